//! Walls: from a committed batch to the last display, and from the start of the server to its first wall.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::query::fill;
use super::{machine, median, print_table, verdict};
use crate::app::{App, Server};
use crate::config::Settings;
use crate::epi::clock::{Clock, jst};
use crate::jobs::Unwatched;
use crate::jobs::deliver::{Disposal, Options, deliver};
use crate::store::MadeUp;
use crate::synth::{Live, Plan, Scenario, Ward};

const MOST_PUSH: f64 = 1.0;
const MOST_START: f64 = 2.0;

#[derive(Clone, Debug, clap::Args)]
pub struct Sizes {
    /// Cases behind the pushed wall; 1000000 when absent
    #[arg(long)]
    rows: Option<u32>,
    /// Cases behind the started server; 10000000 when absent
    #[arg(long)]
    start_rows: Option<u32>,
    /// Displays that listen
    #[arg(long, default_value_t = 1000)]
    displays: usize,
    /// Where the made-up data stands while it is measured
    #[arg(long, default_value = "hinomi-bench")]
    pub folder: PathBuf,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 5)]
    times: usize,
}

pub fn run(settings: &Settings, sizes: &Sizes, folder: &Path) -> anyhow::Result<()> {
    machine::say(settings.threads())?;
    raise_file_limit();
    let mut here = settings.clone();
    here.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let pushed = sizes.rows.unwrap_or(1_000_000);
    let push = tokio::runtime::Runtime::new()?.block_on(push(&here, sizes, pushed, folder))?;
    let started = sizes.start_rows.unwrap_or(10_000_000);
    let start = start(&here, sizes, started, folder)?;
    let row = |name: String, times: &[f64], most: f64| {
        let middle = median(times.to_vec());
        let worst = times.iter().copied().fold(0.0, f64::max);
        vec![name, format!("{middle:.3}"), format!("{worst:.3}"), verdict(middle, most)]
    };
    let table = [
        row(format!("commit to the last of {} displays, {pushed} cases", sizes.displays), &push, MOST_PUSH),
        row(format!("start to the first wall, {started} cases"), &start, MOST_START),
    ];
    print_table(&["", "median s", "worst s", "at most s"], &table);
    Ok(())
}

/// Seconds from each commit to the last display's having heard of it.
async fn push(settings: &Settings, sizes: &Sizes, rows: u32, folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut settings = settings.clone();
    settings.data_dir = folder.join("push");
    let clock = Clock::running();
    let facts = MadeUp { cases: rows, days: 1096, today: clock.today(), at: clock.now() };
    fill(&settings, &clock, &facts)?;
    let server = Server::build(settings, clock.clone()).await?;
    let (app, address) = (server.app.clone(), server.address()?);
    let serving = tokio::spawn(server.run_until_stopped());
    let (heard, mut hears) = mpsc::unbounded_channel();
    for display in 0..sizes.displays {
        tokio::spawn(display_at(address, display, heard.clone()));
    }
    drop(heard);
    // Each display first hears the wall as it is.
    for _ in 0..sizes.displays {
        let first = tokio::time::timeout(Duration::from_secs(120), hears.recv()).await;
        first.context("not all displays heard the first wall")?.context("a display went away")?;
    }
    let plan = Plan { cases: 2000, days: 60, ..Plan::of(Scenario::Pandemic, jst(clock.now())) };
    let mut live = Live::new(Ward::new(plan)?, crate::synth::minute_of(jst(clock.now())));
    let mut seconds = Vec::new();
    for _ in 0..sizes.times {
        settle(&mut hears).await;
        let committed = commit(&app, &mut live, folder).await?;
        let mut last = committed;
        for _ in 0..sizes.displays {
            let next = tokio::time::timeout(Duration::from_secs(60), hears.recv()).await;
            last = last.max(next.context("a display heard nothing")?.context("a display went away")?);
        }
        seconds.push(last.duration_since(committed).as_secs_f64());
    }
    app.stop.say();
    serving.await??;
    Ok(seconds)
}

/// Waits until nothing more is under way.
async fn settle(hears: &mut mpsc::UnboundedReceiver<Instant>) {
    while let Ok(Some(_)) = tokio::time::timeout(Duration::from_secs(2), hears.recv()).await {}
}

/// A display: opens `/events` for the board `today` and says when each of its frames is there.
async fn display_at(
    address: SocketAddr,
    display: usize,
    heard: mpsc::UnboundedSender<Instant>,
) -> anyhow::Result<()> {
    // Not all at once: a listener's queue is short.
    tokio::time::sleep(Duration::from_millis(display as u64)).await;
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let ask = format!("GET /events?board=today HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut seen = Seen::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = stream.read(&mut buffer).await?;
        anyhow::ensure!(read > 0, "the server closed the line");
        for _ in 0..seen.frames(&buffer[..read]) {
            heard.send(Instant::now())?;
        }
    }
}

/// Counts whole frames of a board in what comes over the line.
#[derive(Default)]
struct Seen {
    rest: Vec<u8>,
}

impl Seen {
    fn frames(&mut self, bytes: &[u8]) -> usize {
        self.rest.extend_from_slice(bytes);
        let mut found = 0;
        while let Some(end) = find(&self.rest, b"\n\n") {
            let event = &self.rest[..end];
            found += usize::from(
                find(event, b"event: frame").is_some() && find(event, b"\"board\":\"today\"").is_some(),
            );
            self.rest.drain(..end + 2);
        }
        found
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|w| w == part)
}

/// Delivers a few new notifications; gives the moment at which their batch was committed.
async fn commit(app: &Arc<App>, live: &mut Live, folder: &Path) -> anyhow::Result<Instant> {
    let files = live.tick(jst(app.clock.now()));
    let file = files.into_iter().find(|f| f.source == "her-sys-cases").context("no notifications")?;
    // A name without a window withdraws nothing.
    let path = folder.join(format!("hersys_{}.csv", file.name.len()));
    std::fs::write(&path, &file.bytes)?;
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let mapping = app.jobs.mapping("her-sys-cases")?;
        let options = Options { disposal: Disposal::Leave, ..Options::default() };
        let receipt = deliver(&app.jobs, &path, &mapping, &options, &Unwatched)?;
        let committed = Instant::now();
        anyhow::ensure!(receipt.batch.is_some(), "the delivery changed nothing");
        Ok(committed)
    })
    .await?
}

/// Seconds from the start of a server to its first wall with real figures.
fn start(settings: &Settings, sizes: &Sizes, rows: u32, folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut settings = settings.clone();
    settings.data_dir = folder.join("start");
    let clock = Clock::running();
    fill(&settings, &clock, &MadeUp { cases: rows, days: 1096, today: clock.today(), at: clock.now() })?;
    let mut seconds = Vec::new();
    for _ in 0..sizes.times {
        let address = free_address()?;
        let started = Instant::now();
        let server = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg("--data-dir")
            .arg(&settings.data_dir)
            .env("HINOMI__LISTEN", address.to_string())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Served(server);
        wait_for_wall(address, started)?;
        seconds.push(started.elapsed().as_secs_f64());
        server.stop()?;
    }
    Ok(seconds)
}

/// Waits until the board `today` has come over the line. Until the server listens, nobody answers.
fn wait_for_wall(address: SocketAddr, started: Instant) -> anyhow::Result<()> {
    while started.elapsed() < Duration::from_secs(120) {
        if first_frame(address).unwrap_or(false) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    anyhow::bail!("no wall within two minutes")
}

fn first_frame(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(format!("GET /events?board=today HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let (mut seen, mut buffer) = (Seen::default(), vec![0; 64 << 10]);
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 || seen.frames(&buffer[..read]) > 0 {
            return Ok(read > 0);
        }
    }
}

/// A port that nothing listens at and that the system gives to nobody: one of those that it does give could
/// become both ends of our own first attempt.
fn free_address() -> anyhow::Result<SocketAddr> {
    let mut ports = (18_460..19_460).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    ports.find(|address| std::net::TcpListener::bind(address).is_ok()).context("no free port")
}

/// A server that does not outlive the measurement.
struct Served(Child);

impl Served {
    fn stop(mut self) -> anyhow::Result<()> {
        let id = rustix::process::Pid::from_raw(self.0.id().cast_signed()).context("no process id")?;
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A thousand displays are two thousand open files in one process.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(why) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%why, "unable to raise the number of open files");
    }
}
