//! What boards answer (`dashboards/NAME.questions.toml`) is true of the seeded demo: the words and figures by which each is answered
//! stand on its board, where a person sees them.

use std::process::{Child, Stdio};

use hinomi::definitions::{Catalog, Definitions};
use regex::Regex;

use crate::browser::driver::free_port;
use crate::cli::place::{Place, wait_for};

/// The demo that the answers are of, whenever it is made.
pub const DEMO: [&str; 9] =
    ["demo", "--at", "2026-11-27T14:05", "--days", "400", "--cases", "8000", "--every", "0"];

struct Demo {
    child: Child,
    address: String,
    _place: Place,
}

impl Demo {
    fn start() -> Self {
        let place = Place::new();
        let address = format!("127.0.0.1:{}", free_port());
        let child = place
            .command(&DEMO)
            .args(["--listen", &address, "--data-dir", "demo"])
            .env_remove("HINOMI__DATA_DIR")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        let demo = Self { child, address, _place: place };
        wait_for("the first wall", || demo.get("/readyz").is_some());
        demo
    }

    fn get(&self, path: &str) -> Option<String> {
        let mut answer = ureq::get(format!("http://{}{path}", self.address)).call().ok()?;
        answer.body_mut().read_to_string().ok()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What is seen of a page: no tag, nothing that only a machine reads, no space.
fn seen(page: &str) -> String {
    let unseen = Regex::new(
        r"(?s)<(title|desc|head|noscript)\b.*?</(title|desc|head|noscript)>|<[^>]*\shidden[^>]*>.*?</div>",
    )
    .expect("a pattern");
    let tags = Regex::new(r"<[^>]*>|\s").expect("a pattern");
    let text = tags.replace_all(&unseen.replace_all(page, ""), "").into_owned();
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (written, meant)| text.replace(written, meant))
}

fn close(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_answer_stands_on_its_board() {
    let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
    let demo = Demo::start();
    let mut wrong = Vec::new();
    for board in catalog.boards.values() {
        let shown = || demo.get(&format!("/wall/{}", board.id)).map(|page| seen(&page)).expect("the board");
        wait_for("the board's figures", || !shown().contains("集計中Being"));
        let page = shown();
        for question in &board.questions {
            for words in question.seen.iter().filter(|words| !page.contains(&close(words))) {
                wrong.push(format!("{} {} s: {words}", board.id, question.seconds));
            }
        }
    }
    assert!(wrong.is_empty(), "{} do not stand on their boards:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_not_seen_does_not_count() {
    let page = "<head><title>9</title></head><p>82<span class=\"unit\"> %</span></p><svg><title>7</title><text>目安</text></svg>";
    assert_eq!(seen(page), "82%目安");
}
