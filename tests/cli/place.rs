//! A folder with settings, a mapping of its own and a data folder; and a server in it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::ward::Ward;

/// A source that anyone could have: a list with an id, a day, an age and things that must not get in.
const MAPPING: &str = r#"
source = "town-list"
title = { ja = "町の一覧", en = "Town list" }
table = "cases"
mode = "upsert"
namespace = "town"
files = "*.csv"
rhythm = { every_minutes = 5 }

[constants]
disease = "covid-19"
class = "confirmed"
channel = "open_data"

[[column]]
headings = ["整理番号"]
privacy = "pseudonymise"
field = "subject"
type = "id"
pattern = "T[0-9]{6}"
expected = true
required = true

[[column]]
headings = ["公表日"]
privacy = "keep"
field = "published_day"
type = "date"
expected = true
required = true

[[column]]
headings = ["年齢"]
privacy = "coarsen"
field = "age"
type = "age"

[[column]]
headings = ["性別"]
privacy = "keep"
field = "sex"
type = "code"
codes = { M = ["男"], F = ["女"] }

[[column]]
headings = ["氏名"]
"#;

pub struct Place(Ward);

impl Place {
    pub fn new() -> Self {
        // The program has the machine's own clock.
        let ward = Ward::new("2026-11-20T10:00").source(MAPPING);
        ward.write(
            "hinomi.toml",
            "data_dir = 'data'\ndefinitions_dir = 'definitions'\nlisten = '127.0.0.1:0'\n\
             memory_limit = '256MB'\nfree_disk_floor = '1MB'\nthreads = 1\n",
        );
        Self(ward)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        self.0.write(name, text)
    }

    /// Rows of `town-list`: ids from `first`, all of one day.
    pub fn list(&self, name: &str, first: u32, rows: u32, day: &str) -> PathBuf {
        self.write(name, &list(first, rows, day))
    }

    pub fn command(&self, args: &[&str]) -> Command {
        self.0.command(args)
    }

    pub fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().expect("the program starts"))
    }

    /// Runs a command that must succeed; its result.
    pub fn ok(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "hinomi {args:?}: {}{}", said.out, said.err);
        said.out
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve"]);
        command.envs(environment.iter().copied());
        Server::start(self, command)
    }

    /// A server whose data folder, named by the environment, is another.
    pub fn serve_in(&self, data: &Path, environment: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve"]);
        command.envs(environment.iter().copied());
        Server::start_in(self, data, command)
    }

    /// A server that the shell starts after setting limits (`ulimit …`); its log goes to `limited.log`.
    pub fn serve_limited(&self, limits: &str) -> Server {
        let mut command = Command::new("sh");
        command.current_dir(self.0.root()).env("HINOMI__LOG__FILE", self.path("limited.log"));
        command.arg("-c").arg(format!("{limits}; exec \"$0\" serve")).arg(env!("CARGO_BIN_EXE_hinomi"));
        Server::start(self, command)
    }
}

pub fn list(first: u32, rows: u32, day: &str) -> String {
    let mut text = "整理番号,公表日,年齢,性別,氏名\n".to_owned();
    for id in first..first + rows {
        text +=
            &format!("T{id:06},{day},{},{},山田 太郎{id}\n", id % 90, if id % 2 == 0 { "男" } else { "女" });
    }
    text
}

/// The rows of a CSV file and their heading, without what is said above them: when they were asked for is among it.
pub fn rows_of(csv: &str) -> String {
    csv.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", output.status)),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    fn start(place: &Place, command: Command) -> Self {
        Self::start_in(place, &place.path("data"), command)
    }

    fn start_in(place: &Place, data: &Path, mut command: Command) -> Self {
        let log = fs::File::create(place.path("server.log")).expect("a log");
        let mut child =
            command.stdout(Stdio::from(log)).stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        let mut said = String::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else { panic!("the server did not come up: {said}") };
            if let Some(address) = line.strip_prefix("hinomi: http://") {
                break address.trim_end_matches('/').to_owned();
            }
            said += &line;
        };
        // Somebody must go on reading, or the server would wait for room to speak.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let server = Self { child, address };
        wait_for("the control socket", || data.join("hinomi.sock").exists());
        server
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("http://{}{path}", self.address)).call().expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    }

    /// A file that is served.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let mut answer = ureq::get(format!("http://{}{path}", self.address)).call().expect("an answer");
        answer.body_mut().read_to_vec().expect("bytes")
    }

    /// SIGTERM; the exit code.
    pub fn stop(mut self) -> i32 {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("told");
        let until = Instant::now() + Duration::from_mins(4);
        loop {
            match self.child.try_wait().expect("asked") {
                Some(status) => return status.code().unwrap_or(-1),
                None if Instant::now() > until => panic!("the server does not stop"),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn wait_for(what: &str, holds: impl Fn() -> bool) {
    // Never a measure of speed.
    let until = Instant::now() + Duration::from_mins(4);
    while !holds() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn files_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
