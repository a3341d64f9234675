//! Walls: from a committed batch to the last display, and from the start of the server to its first wall.

use std::collections::BTreeSet;
use std::io::{BufRead, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::ToSpan as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::facts::Facts;
use super::{HINOMI, median, print_table, verdict};

use hinomi::app::{App, Control, Server, open_files};
use hinomi::config::Settings;
use hinomi::epi::clock::{Clock, jst};
use hinomi::jobs::Unwatched;
use hinomi::jobs::deliver::{Disposal, Options, deliver};
use hinomi::store::BatchId;
use hinomi::synth::{self, Live, Plan, Scenario, Ward};

const MOST_PUSH: f64 = 1.0;
/// Times what it takes when nobody asks.
const MOST_CROWDED: f64 = 2.0;
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
    /// Who ask heavy questions all the time, for the second measurement
    #[arg(long, default_value_t = 60)]
    askers: usize,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 5)]
    times: usize,
}

pub fn run(settings: &Settings, sizes: &Sizes, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    // A thousand displays are two thousand open files in one process.
    open_files::raise();
    let mut here = settings.clone();
    here.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let pushed = sizes.rows.unwrap_or(1_000_000);
    let (push, crowded) = tokio::runtime::Runtime::new()?.block_on(push(&here, sizes, pushed, folder))?;
    let started = sizes.start_rows.unwrap_or(10_000_000);
    let start = start(&here, sizes, started, folder)?;
    let row = |name: String, times: &[f64], most: f64| {
        let middle = median(times.to_vec());
        let worst = times.iter().copied().fold(0.0, f64::max);
        vec![name, format!("{middle:.3}"), format!("{worst:.3}"), verdict(middle, most)]
    };
    let table = [
        row(format!("commit to the last of {} displays, {pushed} cases", sizes.displays), &push, MOST_PUSH),
        row(
            format!("the same while {} ask heavy questions", sizes.askers),
            &crowded,
            MOST_CROWDED * median(push.clone()),
        ),
        row(format!("start to the first wall, {started} cases"), &start, MOST_START),
    ];
    Ok(print_table(out, &["", "median s", "worst s", "at most s"], &table)?)
}

/// Seconds from each commit to the last display's having heard of it: quiet, and while many ask.
async fn push(
    settings: &Settings,
    sizes: &Sizes,
    rows: u32,
    folder: &Path,
) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let mut settings = settings.clone();
    // All come from one address here.
    settings.connections.per_address = sizes.displays + sizes.askers * 2 + 64;
    settings.data_dir = folder.join("push");
    let clock = Clock::running();
    Facts::twice(rows, &clock).fill(&settings, &clock)?;
    let server = Server::build(settings, clock.clone(), |_| Ok(NoSocket)).await?;
    let (app, address) = (server.app.clone(), server.address());
    let serving = tokio::spawn(server.run_until_stopped());
    let (heard, mut hears) = mpsc::unbounded_channel();
    for display in 0..sizes.displays {
        tokio::spawn(display_at(address, display, heard.clone()));
    }
    drop(heard);
    // Each display first hears the wall as it is.
    all_hear(&mut hears, sizes.displays, 0).await?;
    let plan = Plan { cases: 2000, days: 60, ..Plan::of(Scenario::Pandemic, jst(clock.now())) };
    let mut live = Live::new(Ward::new(plan)?, synth::minute_of(jst(clock.now())));
    let (mut quiet, mut crowded, mut asking) = (Vec::new(), Vec::new(), Vec::new());
    let answered = Arc::new(AtomicU64::new(0));
    for seconds in [&mut quiet, &mut crowded] {
        for _ in 0..sizes.times {
            let (committed, batch) = commit(&app, &mut live, folder).await?;
            let last = all_hear(&mut hears, sizes.displays, batch.0).await?;
            seconds.push(last.saturating_duration_since(committed).as_secs_f64());
        }
        if asking.is_empty() {
            let ids: Arc<Vec<String>> = Arc::new(heavy(&app));
            asking = (0..sizes.askers)
                .map(|number| tokio::spawn(asker(address, number, ids.clone(), answered.clone())))
                .collect();
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
    println!("answered meanwhile: {}, {:?}", answered.load(Ordering::Relaxed), app.answers.turns());
    asking.iter().for_each(tokio::task::JoinHandle::abort);
    app.shutdown.cancel();
    serving.await??;
    Ok((quiet, crowded))
}

/// The indicators that take a period.
fn heavy(app: &App) -> Vec<String> {
    app.catalog.indicators.values().filter(|i| i.takes_period()).map(|i| i.id.clone()).collect()
}

/// Asks one question after another, each over about three years that nobody else asks for.
async fn asker(
    address: SocketAddr,
    number: usize,
    ids: Arc<Vec<String>>,
    answered: Arc<AtomicU64>,
) -> anyhow::Result<()> {
    let today = Clock::running().today();
    let mut days = 0_i64;
    loop {
        for id in ids.iter() {
            days = (days + 1) % 200;
            let from = today.saturating_sub((900 + days).days());
            let to = today.saturating_sub((number as i64).days());
            let mut stream = tokio::net::TcpStream::connect(address).await?;
            let request = format!(
                "GET /api/v1/indicators/{id}?from={from}&to={to} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            if answer.starts_with(b"HTTP/1.1 200") {
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Nobody commands this server.
struct NoSocket;

impl Control for NoSocket {
    fn ready(self, app: Arc<App>) -> JoinHandle<()> {
        tokio::spawn(async move { app.shutdown.cancelled().await })
    }

    fn close(self) {}
}

/// What a display heard: its number, the data version of the frame, when.
type Heard = (usize, u32, Instant);

/// Waits until every display has heard of a data version; gives the moment at which the last one first had.
async fn all_hear(
    hears: &mut mpsc::UnboundedReceiver<Heard>,
    displays: usize,
    version: u32,
) -> anyhow::Result<Instant> {
    let mut waiting: BTreeSet<usize> = (0..displays).collect();
    let mut last = Instant::now();
    while !waiting.is_empty() {
        let next = tokio::time::timeout(Duration::from_mins(2), hears.recv()).await;
        let (display, heard, at) =
            next.context("a display heard nothing for two minutes")?.context("the displays went away")?;
        if heard >= version && waiting.remove(&display) {
            last = at;
        }
    }
    Ok(last)
}

/// A display: opens `/events` for the board `today` and says when each of its frames is there, whole.
async fn display_at(
    address: SocketAddr,
    display: usize,
    heard: mpsc::UnboundedSender<Heard>,
) -> anyhow::Result<()> {
    // Not all at once: a listener's queue is short.
    tokio::time::sleep(Duration::from_millis(display as u64)).await;
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(ask(address).as_bytes()).await?;
    let mut line = Line::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = stream.read(&mut buffer).await?;
        anyhow::ensure!(read > 0, "the server closed the line");
        for version in line.frames(&buffer[..read])? {
            heard.send((display, version, Instant::now()))?;
        }
    }
}

fn ask(address: SocketAddr) -> String {
    format!("GET /events?board=today HTTP/1.1\r\nHost: {address}\r\n\r\n")
}

/// What comes over a display's line, event by event. Only the beginning of an event is kept.
#[derive(Default)]
pub struct Line {
    head: Vec<u8>,
    /// Bytes of the current line so far.
    length: usize,
}

const HEAD: usize = 400;

impl Line {
    /// The data versions of the board's frames that these bytes complete.
    pub fn frames(&mut self, bytes: &[u8]) -> std::io::Result<Vec<u32>> {
        let (mut found, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let before = rest;
            let part = &before[..rest.skip_until(b'\n')?];
            let room = HEAD.saturating_sub(self.head.len());
            self.head.extend_from_slice(&part[..part.len().min(room)]);
            self.length += part.len();
            if part.ends_with(b"\n") {
                // An event ends with an empty line.
                if self.length == 1 {
                    found.extend(version_of(&String::from_utf8_lossy(&self.head)));
                    self.head.clear();
                }
                self.length = 0;
            }
        }
        Ok(found)
    }
}

/// The data version that a frame of the board `today` is of.
fn version_of(event: &str) -> Option<u32> {
    let of_board = event.contains("event: frame") && event.contains("\"board\":\"today\"");
    let (_, rest) = event.split_once("\"version\":").filter(|_| of_board)?;
    rest[..rest.find(|c: char| !c.is_ascii_digit())?].parse().ok()
}

/// Delivers a few new notifications; gives the moment at which their batch was committed, and the batch.
pub async fn commit(app: &Arc<App>, live: &mut Live, folder: &Path) -> anyhow::Result<(Instant, BatchId)> {
    let files = live.tick(jst(app.clock.now()));
    let file = files.into_iter().find(|f| f.source == "her-sys-cases").context("no notifications")?;
    // A name without a window withdraws nothing.
    let path = folder.join("hersys_new.csv");
    std::fs::write(&path, &file.bytes)?;
    let mut changes = app.store.changes();
    changes.borrow_and_update();
    let committed = tokio::spawn(async move {
        changes.changed().await?;
        anyhow::Ok(Instant::now())
    });
    let app = app.clone();
    let batch = tokio::task::spawn_blocking(move || {
        let mapping = app.jobs.mapping("her-sys-cases")?;
        let options = Options { disposal: Disposal::Leave, ..Options::default() };
        let receipt = deliver(&app.jobs, &path, &mapping, &options, &Unwatched)?;
        receipt.batch.context("the delivery changed nothing")
    });
    let batch = batch.await??;
    Ok((committed.await??, batch))
}

/// Seconds from the start of a server to its first wall with real figures.
fn start(settings: &Settings, sizes: &Sizes, rows: u32, folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut settings = settings.clone();
    settings.data_dir = folder.join("start");
    let clock = Clock::running();
    Facts::twice(rows, &clock).fill(&settings, &clock)?;
    let mut seconds = Vec::new();
    for _ in 0..sizes.times {
        let address = free_address()?;
        let started = Instant::now();
        let server = Served::hinomi(&settings, address)?;
        wait_for_wall(address, started)?;
        seconds.push(started.elapsed().as_secs_f64());
        server.stop()?;
    }
    Ok(seconds)
}

/// Waits until the board `today` has come over the line. Until the server listens, nobody answers.
fn wait_for_wall(address: SocketAddr, started: Instant) -> anyhow::Result<()> {
    while started.elapsed() < Duration::from_mins(2) {
        if first_frame(address).unwrap_or(false) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    anyhow::bail!("no wall within two minutes")
}

fn first_frame(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    stream.write_all(ask(address).as_bytes())?;
    let (mut line, mut buffer) = (Line::default(), vec![0; 64 << 10]);
    let mut answered = false;
    loop {
        let read = stream.read(&mut buffer)?;
        // While it starts it tells whoever comes to come back, and keeps the line open.
        if !answered && !buffer[..read].starts_with(b"HTTP/1.1 200") {
            return Ok(false);
        }
        answered = true;
        if read == 0 || !line.frames(&buffer[..read])?.is_empty() {
            return Ok(read > 0);
        }
    }
}

/// A port that nothing listens at and that the system gives to nobody: one of those that it does give could
/// become both ends of our own first attempt.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let mut ports = (18_460..19_460).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    ports.find(|address| std::net::TcpListener::bind(address).is_ok()).context("no free port")
}

/// A server that does not outlive the measurement.
pub struct Served(pub Child);

impl Served {
    /// Hinomi, serving a data folder.
    pub fn hinomi(settings: &Settings, address: SocketAddr) -> anyhow::Result<Self> {
        let server = Command::new(HINOMI)
            .arg("serve")
            .arg("--data-dir")
            .arg(&settings.data_dir)
            .env("HINOMI__LISTEN", address.to_string())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(server))
    }

    pub fn stop(mut self) -> anyhow::Result<()> {
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
