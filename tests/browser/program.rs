//! The program itself, as a user starts it: a moving wall, killed and started again.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::driver::{Browser, free_port, wait_for};
use super::layout::faults;

/// `hinomi demo` with a small ward.
pub(super) struct Program {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Program {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let child = Self::spawn(&folder, port, &[]);
        Self { child, port, folder }
    }

    fn spawn(folder: &tempfile::TempDir, port: u16, more: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_hinomi"))
            .args(["demo", "--cases", "3000", "--days", "90", "--every", "2", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(more)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program")
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn wait_until_ready(&self) {
        let url = self.url("/readyz");
        wait_for("the first wall", Duration::from_mins(6), || ureq::get(&url).call().ok().map(drop));
    }

    /// As by `kill -9`.
    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    fn start_again(&mut self) {
        self.child = Self::spawn(&self.folder, self.port, &["--keep"]);
        self.wait_until_ready();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn figures(browser: &Browser) -> String {
    browser.run("return [...document.querySelectorAll('.board[data-board=today] .digits')].map(d => d.textContent).join()").to_string()
}

#[test]
fn the_demo_s_wall_moves_survives_a_kill_and_remembers() {
    let mut program = Program::start();
    program.wait_until_ready();
    let browser = Browser::open(1920, 1080);
    browser.goto(&program.url("/wall"));
    browser.size(1920, 1080);
    assert!(browser.text(".notes").contains("訓練データ"));
    let first = figures(&browser);
    assert!(first.contains(|c: char| c.is_ascii_digit() && c != '0'), "{first}");
    wait_for("the wall to move", Duration::from_mins(3), || (figures(&browser) != first).then_some(()));
    for board in ["today", "age-sex", "beds", "trend", "care", "districts", "reported"] {
        browser.goto(&program.url(&format!("/wall/{board}")));
        assert_eq!(faults(&browser), Vec::<String>::new(), "{board}");
        browser.picture(&format!("demo-{board}"));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());

    browser.goto(&program.url("/wall/today"));
    std::thread::sleep(Duration::from_secs(2));
    let last = figures(&browser);
    let killed = Instant::now();
    program.kill();
    wait_for("the stale mark", Duration::from_mins(1), || {
        browser.run("return document.body.classList.contains('stale')").as_bool().filter(|stale| *stale)
    });
    println!("stale {:.0} s after the kill", killed.elapsed().as_secs_f64());
    assert_eq!(figures(&browser), last, "the last figures stay");

    program.start_again();
    wait_for("the wall after", Duration::from_mins(3), || {
        browser.run("return !document.body.classList.contains('stale')").as_bool().filter(|fresh| *fresh)
    });

    // What it showed before the kill is still on record.
    let url = program.url("/api/v1/boards/today/frames");
    let frame: serde_json::Value =
        ureq::get(&url).call().expect("a frame").body_mut().read_json().expect("json");
    assert!(frame["figures"]["panels"].as_array().is_some_and(|p| !p.is_empty()), "{frame}");
    let at = frame["at"].as_str().expect("a moment").to_owned();
    browser.goto(&program.url(&format!("/wall/today?at={at}")));
    assert!(browser.text(".replayed").contains("に表示していた図"));
}

#[test]
fn lists_are_searched_while_one_types() {
    let program = Program::start();
    program.wait_until_ready();
    let browser = Browser::open(390, 844);
    let shown = "return [...document.querySelectorAll('.group li')].filter(li => li.offsetParent).length";
    let typed = |text: &str| {
        browser.run(&format!(
            "const field = document.querySelector('[data-find]'); field.value = '{text}'; \
             field.dispatchEvent(new Event('input')); return 0"
        ));
        browser.run(shown).as_u64().expect("a number")
    };
    for path in ["/", "/boards", "/explore", "/explore?indicator=deaths&q=nothing"] {
        browser.goto(&program.url(path));
        let wide = browser.run("return document.documentElement.scrollWidth <= innerWidth");
        assert_eq!(wide, true, "{path}: a telephone does not scroll sideways");
        let (all, some) = (typed(""), typed("病床"));
        assert!(all > some && some > 0, "{path}: {some} of {all}");
        assert_eq!(typed("ＢＥＤＳ 病床"), some.min(typed("beds 病床")), "{path}");
        // Last, because what follows looks at what it leaves.
        assert_eq!(typed("zqx"), 0, "{path}");
        let said = browser.run("return document.querySelector('.nothing').hidden");
        assert_eq!(said, false, "{path}: that nothing was found is said");
        browser.picture(&format!("list{}", path.replace(['/', '?', '=', '&'], "-")));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn explore_and_the_api_answer() {
    let program = Program::start();
    program.wait_until_ready();
    let browser = Browser::open(390, 844);
    browser.goto(&program.url("/explore?indicator=new_cases_received"));
    let wide = browser.run("return document.documentElement.scrollWidth <= innerWidth");
    assert_eq!(wide, true, "a telephone does not scroll sideways");
    assert!(browser.text("table").contains("20") && browser.text(".definition").contains("分子"));
    browser.picture("explore-telephone");
    browser.size(1280, 900);
    browser.picture("explore-desk");
    for path in [
        "/",
        "/boards",
        "/boards/today",
        "/admin",
        "/explore?indicator=under_care",
        "/explore?indicator=age_sex",
    ] {
        browser.goto(&program.url(path));
        browser.picture(&format!("page{}", path.replace(['/', '?', '='], "-")));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());

    let get = |path: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(program.url(path)).call().expect("an answer")
    };
    let mut answer = get("/api/v1/indicators/new_cases_received?from=2020-01-01&to=2020-01-31");
    assert_eq!(answer.status(), 200);
    let tag = answer.headers()["etag"].clone();
    let body: serde_json::Value = answer.body_mut().read_json().expect("json");
    assert_eq!(body["indicator"], "new_cases_received");
    assert_eq!(body["rows"].as_array().map(Vec::len), Some(31));
    let again = ureq::get(program.url("/api/v1/indicators/new_cases_received?from=2020-01-01&to=2020-01-31"))
        .header("if-none-match", tag)
        .call();
    assert!(again.is_ok_and(|a| a.status() == 304 || a.status() == 200));
    for (format, start) in
        [("arrow", &b"\xff\xff\xff\xff"[..]), ("parquet", &b"PAR1"[..]), ("csv", &b"# "[..])]
    {
        let mut answer = get(&format!("/api/v1/indicators/new_cases_received?format={format}"));
        let bytes = answer.body_mut().read_to_vec().expect("bytes");
        assert!(bytes.starts_with(start), "{format}");
    }
    assert_eq!(get("/api/v1/indicators/new_cases_received.svg").headers()["content-type"], "image/svg+xml");
    assert_eq!(get("/api/v1/indicators/age_sex.png").headers()["content-type"], "image/png");
    for (path, status) in [
        ("/api/v1/indicators/nothing", 404),
        ("/api/v1/indicators/deaths?from=yesterday", 400),
        ("/api/v1/indicators/deaths?by=minute", 400),
        ("/api/v1/indicators/deaths?colour=red", 400),
        ("/api/v1/nothing", 404),
    ] {
        let answer = get(path);
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
    }
    assert_eq!(get("/healthz").status(), 200);
    assert_eq!(get("/nothing").status(), 404);
    let mut status = get("/api/v1/status");
    let status: serde_json::Value = status.body_mut().read_json().expect("json");
    assert!(status["sources"].as_array().is_some_and(|s| s.len() > 5), "{status}");
}
