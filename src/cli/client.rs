//! Carries out a command: through the server's control socket when a server holds the data folder, here otherwise.

use std::io;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::io::BufReader;
use tokio::net::UnixStream;

use super::command::{Command, execute};
use super::output::Output;
use super::printer::Printer;
use super::trial::Scratch;
use super::wire::{self, Message};
use super::{Common, log};
use crate::app::App;
use crate::config::Settings;
use crate::epi::clock::Clock;

pub(super) fn run(common: &Common, mut command: Command) -> anyhow::Result<()> {
    let settings = common.settings()?;
    log::beside_results(&settings.log, common.log.is_some())?;
    command.resolve_paths(&std::env::current_dir()?);
    tokio::runtime::Runtime::new()?.block_on(async {
        match connect(&settings).await? {
            Some(server) => ask(server, command).await,
            None if tries_without_data(&settings, &command) => {
                let (_scratch, settings) = Scratch::make(settings)?;
                here(App::open(settings, Clock::running()).await?, command).await
            }
            None => match App::open(settings.clone(), Clock::running()).await {
                Ok(app) => here(app, command).await,
                // A server took the folder in between.
                Err(why) => match connect(&settings).await {
                    Ok(Some(server)) => ask(server, command).await,
                    _ => match command {
                        Command::Restore(restore) if restore.may_replace(&why) => {
                            restore.over_damage(settings).await
                        }
                        _ => Err(why),
                    },
                },
            },
        }
    })
}

/// A trial leaves no data folder behind where there was none.
fn tries_without_data(settings: &Settings, command: &Command) -> bool {
    matches!(command, Command::Source(source) if source.is_trial()) && !settings.folder().archive().exists()
}

/// The server that holds the data folder, if there is one.
pub(super) async fn connect(settings: &Settings) -> anyhow::Result<Option<UnixStream>> {
    let socket = settings.folder().socket();
    let (address, _folder) = match wire::address(&socket) {
        Ok(address) => address,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    match UnixStream::connect(&address).await {
        Ok(server) => Ok(Some(server)),
        // No socket, or one that a dead server left behind.
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => Ok(None),
        Err(e) => Err(e).with_context(|| {
            format!("サーバーに接続できません ({}: unable to reach the server)", socket.display())
        }),
    }
}

async fn ask(server: UnixStream, command: Command) -> anyhow::Result<()> {
    let (read, mut write) = server.into_split();
    wire::write_request(&mut write, command).await?;
    let mut read = BufReader::new(read);
    let mut printer = Printer::default();
    loop {
        match wire::read_reply(&mut read).await? {
            Message::Event(event) => {
                if let Err(e) = printer.show(event) {
                    return nobody_reads(e).map_err(Into::into);
                }
            }
            Message::Done => return Ok(()),
            Message::Failed(why) => anyhow::bail!(why),
        }
    }
}

async fn here(app: Arc<App>, command: Command) -> anyhow::Result<()> {
    let (out, mut events) = Output::channel();
    let work = tokio::spawn({
        let app = app.clone();
        async move { execute(&app, command, &out).await }
    });
    let mut printer = Printer::default();
    let mut ended: anyhow::Result<()> = Ok(());
    while let Some(event) = events.recv().await {
        if ended.is_ok()
            && let Err(e) = printer.show(event)
        {
            ended = nobody_reads(e).map_err(Into::into);
        }
    }
    drop(printer);
    let worked =
        work.await.context("プログラムの誤りで終了しました (a fault in the program ended the command)")?;
    app.close().await?;
    worked.and(ended)
}

/// `hinomi show … | head` is no error.
fn nobody_reads(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}
