//! The manual and the README are run: every command that they show, every file that they show.
//!
//! - A block ```` ```console ```` holds commands behind `$ `. They run in the order of the page, in a folder of the page's own
//!   that `hinomi init` has made. A line below a command must be in what it says, `…` standing for any text. A command fails where the page shows its
//!   error (`hinomi: …`), and nowhere else.
//! - A block with `title="NAME"` is a file, written where the page has come to.
//! - `hinomi serve` and `hinomi demo` run until the page ends, on a free port; `curl` asks them.
//! - Any other block is listed in [`NOT_RUN`] with its reason.
//! - The English half shows the same blocks as the Japanese one.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hinomi::definitions::Definitions;
use hinomi::definitions::manual::{MARKDOWN, Manual};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use tempfile::TempDir;

use super::Place;

/// Blocks that are shown and not run: the page, how the block begins, why.
const NOT_RUN: [(&str, &str, &str); 15] = [
    (
        "README.md",
        "cargo run --release -- demo",
        "builds the program; the demo itself is run by the page `start`",
    ),
    ("02-install.md", "cargo build --release", "builds and installs the program"),
    ("02-install.md", "sudo apt install ./hinomi_*.deb", "run by tests/package/trial"),
    ("02-install.md", "sudo systemctl restart hinomi", "run by tests/package/trial"),
    ("02-install.md", "sudo install -o hinomi", "run by tests/package/trial"),
    ("02-install.md", "# systemctl edit hinomi", "a drop-in of a unit of systemd"),
    ("18-keeping.md", "sudo systemctl stop hinomi", "run by tests/package/trial"),
    ("18-keeping.md", "sudo -u hinomi hinomi backup", "run by tests/package/trial"),
    ("18-keeping.md", "sudo apt remove hinomi", "run by tests/package/trial"),
    ("03-display.md", "sudo apt-get install", "installs packages"),
    ("03-display.md", "cage -- chromium", "needs a display"),
    ("14-files.md", "python3 -c", "needs pandas, DuckDB's command line and R"),
    ("CONTRIBUTING.md", "cargo", "builds the program and its package, runs these tests"),
    ("CONTRIBUTING.md", "HINOMI_BLESS=1", "rewrites what tests expect"),
    ("CONTRIBUTING.md", "HINOMI_FAULTS=0..200", "goes through hundreds of faults"),
];

struct Block {
    info: String,
    text: String,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for event in Parser::new_ext(markdown, MARKDOWN) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                inside = true;
                found.push(Block { info, text: String::new() });
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => found.last_mut().expect("a block").text.push_str(&text),
            _ => {}
        }
    }
    found
}

impl Block {
    fn file(&self) -> Option<&str> {
        self.info.split_once("title=\"")?.1.split_once('"').map(|(name, _)| name)
    }

    fn is_console(&self) -> bool {
        self.info == "console"
    }
}

/// Does one line of what was said hold what is shown, part by part between the `…`?
fn says(said: &str, shown: &str) -> bool {
    said.lines().any(|line| {
        let mut rest = line;
        shown.split('…').all(|part| match rest.split_once(part.trim()) {
            Some((_, behind)) => {
                rest = behind;
                true
            }
            None => false,
        })
    })
}

#[test]
fn what_is_shown_is_looked_for_part_by_part() {
    assert!(says("a\n  3行 = 新規3 + 更新0\n", "3行 = 新規3 + …"));
    assert!(!says("a\n3行\n新規3", "3行 … 新規3"), "in one line");
    assert!(!says("3 new", "new … 3"), "in order");
}

/// A folder, and how far a page has come in it.
struct Reading {
    root: TempDir,
    here: PathBuf,
    server: Option<(Child, String)>,
}

impl Reading {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let here = root.path().to_owned();
        let mut reading = Self { root, here, server: None };
        reading.command("hinomi init .", &[]).expect("init");
        reading
    }

    fn shell(&self, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_hinomi"));
        let mut path = program.parent().expect("a folder").as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.here).env("PATH", path).env("HOME", self.root.path());
        for (name, value) in [
            ("LISTEN", "127.0.0.1:0"),
            ("MEMORY_LIMIT", "256MB"),
            ("FREE_DISK_FLOOR", "1MB"),
            ("THREADS", "1"),
        ] {
            command.env(format!("HINOMI__{name}"), value);
        }
        command
    }

    fn run(&mut self, block: &Block) -> Result<(), String> {
        if let Some(name) = block.file() {
            let path = self.here.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, &block.text).expect("written");
            return Ok(());
        }
        let mut lines: VecDeque<&str> = block.text.lines().collect();
        while let Some(line) = lines.pop_front() {
            let Some(command) = line.strip_prefix("$ ") else {
                return Err(format!("a block of commands begins with `{line}`"));
            };
            let mut shown = Vec::new();
            while let Some(said) = lines.pop_front_if(|next| !next.starts_with("$ ")) {
                shown.push(said.trim());
            }
            self.command(command, &shown)?;
        }
        Ok(())
    }

    fn command(&mut self, line: &str, shown: &[&str]) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["cd", folder] => {
                self.here = self.here.join(folder);
                return if self.here.is_dir() { Ok(()) } else { Err(format!("there is no {folder}")) };
            }
            ["hinomi", "serve", ..] => return self.serve(line, "hinomi: http://"),
            // A small ward: what is shown takes a minute otherwise.
            ["hinomi", "demo", ..] => {
                return self.serve(&format!("{line} --cases 300 --days 40"), "ready after");
            }
            ["curl", ..] => return self.ask(&words),
            _ => {}
        }
        let output = self.shell(line).stdin(Stdio::null()).output().expect("a shell");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let fails = shown.iter().any(|line| line.starts_with("hinomi: "));
        let code = output.status.code();
        if code != Some(i32::from(fails)) {
            return Err(format!("`{line}` ended with {code:?}:\n{said}"));
        }
        match shown.iter().find(|line| !says(&said, line)) {
            Some(absent) => Err(format!("`{line}` does not say `{absent}`:\n{said}")),
            None => Ok(()),
        }
    }

    /// Starts what runs until it is told to stop, and waits until it says so much.
    fn serve(&mut self, line: &str, ready: &str) -> Result<(), String> {
        let mut child = self
            .shell(&format!("exec {line}"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        let mut said = String::new();
        let address = loop {
            let Some(Ok(next)) = lines.next() else { return Err(format!("`{line}` ended:\n{said}")) };
            if next.contains(ready) {
                let rest = next.split_once("http://").expect("an address").1;
                break rest.split('/').next().expect("an address").to_owned();
            }
            said += &format!("{next}\n");
        };
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        self.server = Some((child, address));
        // Told to stop before that, it would have nothing to stop in order.
        self.ask(&["http://127.0.0.1:8460/readyz"])
    }

    fn ask(&self, words: &[&str]) -> Result<(), String> {
        let (_, address) = self.server.as_ref().ok_or("curl before `hinomi serve`")?;
        let plain = |word: &str| word.trim_matches('"').to_owned();
        let url = words.iter().map(|w| plain(w)).find(|w| w.starts_with("http://127.0.0.1:8460/"));
        let url = url.ok_or("curl asks somebody else")?.replace("127.0.0.1:8460", address);
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let mut answer = agent.get(&url).call().map_err(|e| e.to_string())?;
            if answer.status().as_u16() == 200 {
                let bytes = answer.body_mut().read_to_vec().map_err(|e| e.to_string())?;
                return if bytes.is_empty() { Err(format!("{url}: nothing")) } else { Ok(()) };
            }
            // The first wall takes a moment.
            if answer.status().as_u16() != 503 || Instant::now() > until {
                return Err(format!("{url}: {}", answer.status()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn end(&mut self) -> Result<(), String> {
        let Some((mut child, _)) = self.server.take() else { return Ok(()) };
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("told");
        let status = child.wait().expect("gone");
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}")) }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.server {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Reads a page from its beginning to its end. What is not run must be listed.
fn read(
    name: &str,
    blocks: &[Block],
    skipped: &Mutex<BTreeSet<(String, &'static str)>>,
) -> Result<(), String> {
    let mut reading = Reading::new();
    let mut unchecked = false;
    for block in blocks {
        if !block.is_console() && block.file().is_none() {
            let listed =
                NOT_RUN.iter().find(|(page, begins, _)| *page == name && block.text.starts_with(begins));
            let Some((_, begins, _)) = listed else {
                return Err(format!("neither run nor listed: ```{}\n{}```", block.info, block.text));
            };
            skipped.lock().expect("a list").insert((name.to_owned(), begins));
            continue;
        }
        unchecked |= block.file().is_some_and(|file| file.starts_with("definitions/"));
        unchecked &= !(block.is_console() && block.text.contains("$ hinomi check\nno fault\n"));
        reading.run(block)?;
    }
    reading.end()?;
    // What a page writes holds together at its end, whether or not it says so.
    if unchecked { reading.command("hinomi check", &["no fault"]) } else { Ok(()) }
}

fn house(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Texts beside the manual that show commands.
const BESIDE: [&str; 3] = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];

#[test]
fn everything_that_the_manual_and_the_readme_show_is_run() {
    let manual = Manual::read(&Definitions::embedded()).expect("the manual");
    let mut waiting: VecDeque<(String, Vec<Block>)> = VecDeque::new();
    let mut wrong = Vec::new();
    let mut shown = 0;
    for page in &manual.pages {
        let ja = blocks(page.markdown(&page.ja));
        for block in page.en.iter().flat_map(|en| blocks(page.markdown(en))) {
            if !ja.iter().any(|other| other.info == block.info && other.text == block.text) {
                wrong.push(format!("{}: only in English: {}", page.file, block.text));
            }
        }
        shown += ja.len();
        waiting.push_back((page.file.clone(), ja));
    }
    waiting.extend(BESIDE.map(|name| (name.to_owned(), blocks(&house(name)))));
    assert!(shown > 50, "{shown} blocks");
    let (waiting, wrong, skipped) = (Mutex::new(waiting), Mutex::new(wrong), Mutex::new(BTreeSet::new()));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some((name, blocks)) = waiting.lock().expect("a queue").pop_front() else { break };
                    let started = Instant::now();
                    if let Err(why) = read(&name, &blocks, &skipped) {
                        wrong.lock().expect("a list").push(format!("{name}: {why}"));
                    }
                    println!("{name}: {:.1} s", started.elapsed().as_secs_f64());
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("a list");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let skipped = skipped.into_inner().expect("a list");
    for (page, begins, why) in NOT_RUN {
        assert!(skipped.contains(&(page.to_owned(), begins)), "{page} does not show `{begins}` ({why})");
    }
}

/// `hinomi job list|run` is two commands.
fn spelled_out(command: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for word in command.split_whitespace().skip(1) {
        let choices: Vec<&str> = word.split('|').collect();
        all = all
            .into_iter()
            .flat_map(|before: Vec<String>| {
                choices.iter().map(move |choice| [before.clone(), vec![(*choice).to_owned()]].concat())
            })
            .collect();
    }
    all
}

#[test]
fn commands_in_the_prose_are_commands() {
    let place = Place::new();
    let manual = Manual::read(&Definitions::embedded()).expect("the manual");
    let pages = manual.pages.into_iter().map(|page| page.text).chain(BESIDE.map(house));
    let mut named = BTreeSet::new();
    for text in pages {
        for event in Parser::new_ext(&text, MARKDOWN) {
            if let Event::Code(code) = event
                && code.starts_with("hinomi ")
            {
                named.extend(spelled_out(&code));
            }
        }
    }
    assert!(named.len() > 15, "{named:?}");
    for args in &named {
        let with_help: Vec<&str> = args.iter().map(String::as_str).chain(["--help"]).collect();
        let said = place.run(&with_help);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
    }
}
