//! The control socket's language: one JSON line asks, JSON lines answer, the last of them says how it ended.
//! Bytes of a result follow the line that gives their number.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::command::Command;
use super::output::Event;

const ENDED: &str = "コマンドの途中でサーバーが終了しました (the server ended before the command did)";

/// A request is one line of at most this many bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub version: String,
    pub command: Command,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    Event(Event),
    Bytes(u64),
    Done,
    Failed(String),
}

/// What a client hears.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    Event(Event),
    Done,
    Failed(String),
}

pub(super) async fn write_request(
    to: &mut (impl AsyncWrite + Unpin),
    command: Command,
) -> anyhow::Result<()> {
    let request = Request { version: env!("CARGO_PKG_VERSION").to_owned(), command };
    write_line(to, &request).await.context("unable to ask the server")
}

pub(super) async fn read_request(from: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<Request> {
    let mut line = Vec::new();
    from.take(LONGEST).read_until(b'\n', &mut line).await?;
    let request: Request = serde_json::from_slice(&line).context("not a request")?;
    anyhow::ensure!(
        request.version == env!("CARGO_PKG_VERSION"),
        "サーバーの版 {0} とコマンドの版 {1} が違います (the server is version {0}, this command version {1})",
        env!("CARGO_PKG_VERSION"),
        request.version
    );
    Ok(request)
}

pub(super) async fn write_event(to: &mut (impl AsyncWrite + Unpin), event: Event) -> io::Result<()> {
    match event {
        Event::Bytes(bytes) => {
            write_line(to, &Reply::Bytes(bytes.len() as u64)).await?;
            to.write_all(&bytes).await
        }
        event => write_line(to, &Reply::Event(event)).await,
    }
}

pub(super) async fn write_end(
    to: &mut (impl AsyncWrite + Unpin),
    ended: anyhow::Result<()>,
) -> io::Result<()> {
    let end = match ended {
        Ok(()) => Reply::Done,
        Err(why) => Reply::Failed(format!("{why:#}")),
    };
    write_line(to, &end).await
}

pub(super) async fn read_reply(from: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<Message> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line).await.context("unable to hear the server")?;
    anyhow::ensure!(!line.is_empty(), ENDED);
    Ok(match serde_json::from_slice(&line).context("not an answer")? {
        Reply::Event(event) => Message::Event(event),
        Reply::Bytes(number) => {
            let mut bytes = Vec::new();
            from.take(number).read_to_end(&mut bytes).await.context("unable to hear the server")?;
            anyhow::ensure!(bytes.len() as u64 == number, ENDED);
            Message::Event(Event::Bytes(bytes))
        }
        Reply::Done => Message::Done,
        Reply::Failed(why) => Message::Failed(why),
    })
}

async fn write_line(to: &mut (impl AsyncWrite + Unpin), line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    to.write_all(&text).await?;
    to.flush().await
}

/// A socket's address has room for some hundred bytes; a longer path is reached through its folder's handle,
/// which must be kept while the address is in use.
pub(super) fn address(socket: &Path) -> io::Result<(PathBuf, Option<std::fs::File>)> {
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStrExt;
    if socket.as_os_str().as_bytes().len() < 100 {
        return Ok((socket.to_owned(), None));
    }
    let folder = std::fs::File::open(socket.parent().unwrap_or(Path::new(".")))?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    Ok((short.join(socket.file_name().unwrap_or_default()), Some(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

    #[tokio::test]
    async fn events_and_bytes_cross_the_wire() {
        let mut wire = Vec::new();
        let text = Event::Text("新規感染者数\n".into());
        let bytes = Event::Bytes(b"ARROW1\n\0\n".to_vec());
        write_event(&mut wire, text.clone()).await.unwrap();
        write_event(&mut wire, bytes.clone()).await.unwrap();
        write_end(&mut wire, Err(anyhow::anyhow!("no"))).await.unwrap();
        let mut read = BufReader::new(&wire[..]);
        assert_eq!(read_reply(&mut read).await.unwrap(), Message::Event(text));
        assert_eq!(read_reply(&mut read).await.unwrap(), Message::Event(bytes));
        assert_eq!(read_reply(&mut read).await.unwrap(), Message::Failed("no".into()));
        assert!(read_reply(&mut read).await.is_err(), "nothing after the end");
    }
}
