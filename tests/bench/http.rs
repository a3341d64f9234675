//! Repeated answers over HTTP: Hinomi's, and the same bytes as files behind nginx, asked by one client in a process
//! of its own.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hinomi::config::Settings;
use hinomi::epi::clock::Clock;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::facts::Facts;
use super::wall::{Served, free_address};
use super::{median, print_table};

const LEAST: f64 = 0.5;
const CLIENTS: [usize; 3] = [1, 16, 64];

/// Small and large answers, as text and as a picture.
const ANSWERS: [&str; 4] = [
    "/api/v1/indicators/under_care",
    "/api/v1/indicators/new_cases_received?from=FROM&to=TO",
    "/api/v1/indicators/new_cases_received?from=FROM&to=TO&format=csv",
    "/api/v1/indicators/new_cases_received.svg",
];

#[derive(Clone, Debug, clap::Args)]
pub struct Sizes {
    /// Cases behind the answers; 200000 when absent
    #[arg(long)]
    rows: Option<u32>,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 3)]
    times: usize,
}

/// (measured by the bench) Asks for one address again and again.
#[derive(Clone, Debug, clap::Args)]
pub struct Client {
    address: SocketAddr,
    path: String,
    clients: usize,
    seconds: f64,
    /// Says that it takes gzip.
    #[arg(long)]
    gzip: bool,
}

/// What a client counted.
#[derive(Debug, Serialize, Deserialize)]
struct Counted {
    answers: u64,
    /// Of the body of one answer.
    bytes: usize,
    seconds: f64,
}

pub fn run(settings: &Settings, sizes: &Sizes, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let rows = sizes.rows.unwrap_or(200_000);
    let clock = Clock::running();
    Facts::twice(rows, &clock).fill(settings, &clock)?;
    let ours = free_address()?;
    let server = Served::hinomi(settings, ours)?;
    wait_for(ours, "/readyz")?;
    let (to, from) = (clock.today(), clock.today().saturating_sub(jiff::Span::new().days(364)));
    let site = folder.join("site");
    fs::create_dir_all(&site)?;
    let mut pages = Vec::new();
    for (n, template) in (0..).zip(ANSWERS) {
        let path = template.replace("FROM", &from.to_string()).replace("TO", &to.to_string());
        for gzip in [false, true] {
            let (headers, body) = get(ours, &path, gzip)?;
            let packed = headers.to_ascii_lowercase().contains("content-encoding: gzip");
            anyhow::ensure!(headers.starts_with("HTTP/1.1 200"), "{path}: {headers}");
            if gzip != packed {
                continue; // too small to pack
            }
            fs::write(site.join(format!("answer{n}{}", if packed { ".gz" } else { "" })), &body)?;
            pages.push((path.clone(), format!("/answer{n}"), packed));
        }
    }
    let theirs = SocketAddr::from(([127, 0, 0, 1], ours.port() + 1));
    let nginx = nginx(folder, &site, theirs)?;
    writeln!(out, "http: repeated answers on {rows} cases; nginx sends the same bytes from files")?;
    let mut table = Vec::new();
    let mut under = 0;
    for (path, file, gzip) in &pages {
        for clients in CLIENTS {
            let (mut with, mut without, mut bytes) = (Vec::new(), Vec::new(), 0);
            for _ in 0..sizes.times.max(1) {
                let plain = measure(theirs, file, clients, sizes.seconds, *gzip)?;
                let own = measure(ours, path, clients, sizes.seconds, *gzip)?;
                // The instant in an answer moves on by the minute, and with it a few digits.
                let apart = plain.bytes.abs_diff(own.bytes);
                anyhow::ensure!(apart < 64, "{path}: {} and {} bytes", own.bytes, plain.bytes);
                without.push(plain.answers as f64 / plain.seconds);
                with.push(own.answers as f64 / own.seconds);
                bytes = own.bytes;
            }
            let (with, without) = (median(with), median(without));
            let ratio = with / without;
            under += usize::from(ratio < LEAST);
            let name = path.trim_start_matches("/api/v1/indicators/").split('?').next().unwrap_or_default();
            let form = if path.ends_with("format=csv") { " csv" } else { "" };
            table.push(vec![
                format!("{name}{form}{}", if *gzip { " gzip" } else { "" }),
                bytes.to_string(),
                clients.to_string(),
                format!("{without:.0}"),
                format!("{with:.0}"),
                format!("{ratio:.2}"),
                format!("{} {LEAST}", if ratio >= LEAST { "above" } else { "UNDER" }),
            ]);
        }
    }
    print_table(out, &["answer", "bytes", "clients", "nginx /s", "hinomi /s", "ratio", "at least"], &table)?;
    writeln!(out, "{under} of {} under {LEAST}", table.len())?;
    // Told to end, it ends its workers too.
    nginx.stop()?;
    server.stop()
}

/// nginx with a file for each answer, as many workers as there are processors, and no log.
fn nginx(folder: &Path, site: &Path, address: SocketAddr) -> anyhow::Result<Served> {
    let place = folder.join("nginx.conf");
    let (folder, site) = (folder.display(), site.display());
    // Workers of a master that is root are somebody else, who may not read the folder.
    let user = if rustix::process::getuid().is_root() { "user root;" } else { "" };
    fs::write(
        &place,
        format!(
            "{user} daemon off; pid {folder}/nginx.pid; error_log stderr crit; worker_processes auto;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n\
             default_type application/json; gzip_static on; open_file_cache max=100;\n\
             client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;\n\
             uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n\
             server {{ listen {address}; root {site}; }} }}\n"
        ),
    )?;
    let started = Command::new("nginx").arg("-c").arg(&place).arg("-p").arg(folder.to_string()).spawn();
    let nginx = started.context("nginx is needed beside: sudo apt-get install nginx-light")?;
    let nginx = Served(nginx);
    wait_for(address, "/answer0")?;
    Ok(nginx)
}

fn wait_for(address: SocketAddr, path: &str) -> anyhow::Result<()> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(2) {
        if get(address, path, false).is_ok_and(|(headers, _)| headers.starts_with("HTTP/1.1 200")) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("{address}{path} does not answer")
}

fn measure(
    address: SocketAddr,
    path: &str,
    clients: usize,
    seconds: f64,
    gzip: bool,
) -> anyhow::Result<Counted> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["client", &address.to_string(), path]);
    command.args([clients.to_string(), seconds.to_string()]);
    if gzip {
        command.arg("--gzip");
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(output.status.success(), "the client failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Client {
    pub fn run(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let counted = runtime.block_on(async {
            let started = Instant::now();
            let until = started + Duration::from_secs_f64(self.seconds);
            let asking: Vec<_> = (0..self.clients).map(|_| tokio::spawn(ask(self.clone(), until))).collect();
            let (mut answers, mut bytes) = (0, 0);
            for one in asking {
                let (count, size) = one.await??;
                answers += count;
                bytes = size;
            }
            anyhow::Ok(Counted { answers, bytes, seconds: started.elapsed().as_secs_f64() })
        })?;
        Ok(writeln!(out, "{}", serde_json::to_string(&counted)?)?)
    }
}

/// Asks on one line until the time is over; how many answers came, and the size of the last.
async fn ask(client: Client, until: Instant) -> anyhow::Result<(u64, usize)> {
    let mut stream = TcpStream::connect(client.address).await?;
    stream.set_nodelay(true)?;
    let request = request(client.address, &client.path, client.gzip);
    let mut buffer = vec![0; 256 << 10];
    let (mut answers, mut size) = (0, 0);
    while Instant::now() < until {
        stream.write_all(request.as_bytes()).await?;
        let (mut filled, mut whole) = (0, None);
        while whole.is_none_or(|(head, body)| filled < head + body) {
            if filled == buffer.len() {
                buffer.resize(buffer.len() * 2, 0);
            }
            let read = stream.read(&mut buffer[filled..]).await?;
            anyhow::ensure!(read > 0, "{}: the line was closed", client.address);
            filled += read;
            if whole.is_none() {
                whole = head_of(&buffer[..filled])?;
            }
        }
        size = whole.map_or(0, |(_, body)| body);
        answers += 1;
    }
    Ok((answers, size))
}

fn request(address: SocketAddr, path: &str, gzip: bool) -> String {
    let takes = if gzip { "Accept-Encoding: gzip\r\n" } else { "" };
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{takes}\r\n")
}

/// The lengths of head and body, once the head is there.
fn head_of(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    anyhow::ensure!(head.starts_with("HTTP/1.1 200"), "{}", head.lines().next().unwrap_or_default());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok(Some((end + 4, length.context("an answer without its length")?)))
}

/// One answer: its head as text, its body.
fn get(address: SocketAddr, path: &str, gzip: bool) -> anyhow::Result<(String, Vec<u8>)> {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(address)?;
    let closing = request(address, path, gzip).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    stream.write_all(closing.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("no answer")?;
    let body = bytes.split_off(end + 4);
    Ok((String::from_utf8(bytes)?, body))
}
