//! The running server: its parts, and their orderly end.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::doors::Doors;
use super::open_files::{self, Room};
use super::opened::App;
use super::starting;
use crate::config::Settings;
use crate::epi::clock::Clock;
use crate::intake::inbox::{Inbox, Pace, Place};
use crate::jobs::arrivals::{Arrival, Arrivals};
use crate::jobs::folders::Folders;
use crate::jobs::ticker::Ticker;
use crate::jobs::{Context, folders};
use crate::web;

/// What takes commands beside the pages: the control socket. It is there before the data folder is open.
pub trait Control {
    /// From now on commands are carried out, until the word to stop. What comes back ends with the commands in hand.
    fn ready(self, app: Arc<App>) -> JoinHandle<()>;

    /// The server did not come up.
    fn close(self);
}

/// A server: an open data folder and an address to answer at.
pub struct Server<C> {
    pub app: Arc<App>,
    listener: tokio::net::TcpListener,
    room: Room,
    control: C,
}

impl<C: Control> Server<C> {
    /// Takes the address and the control socket first, so that whoever calls early is told to wait instead of failing;
    /// then opens the data folder.
    pub async fn build(
        settings: Settings,
        clock: Clock,
        control: impl FnOnce(PathBuf) -> anyhow::Result<C>,
    ) -> anyhow::Result<Self> {
        settings.check_listen()?;
        let room = open_files::raise();
        let listener = TcpListener::bind(settings.listen).with_context(|| {
            format!("{0} で待ち受けできません (unable to listen on {0})", settings.listen)
        })?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let lock = App::hold(&settings).await?;
        let control = control(Folders::new(&settings.data_dir).socket())?;
        match starting::answer_while(&listener, open(settings, clock, lock)).await {
            Ok(app) => Ok(Self { app, listener, room, control }),
            Err(why) => {
                control.close();
                Err(why)
            }
        }
    }

    /// Does some work before serving; meanwhile whoever calls is told to come back.
    pub async fn answer_while<T>(&self, work: impl Future<Output = T>) -> T {
        starting::answer_while(&self.listener, work).await
    }

    /// The address that is really listened on (a test asks for port 0).
    pub fn address(&self) -> std::io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until SIGTERM, SIGINT or [`Stop`]; then takes no more files, finishes the one in hand, lets
    /// readers and jobs go, writes everything and closes.
    pub async fn run_until_stopped(self) -> anyhow::Result<()> {
        let Self { app, listener, room, control } = self;
        let arrivals = Arrivals::new(app.jobs.clone(), app.stop.clone());
        info!(address = %listener.local_addr()?, data = %app.settings.data_dir.display(), "serving");
        info!(displays = room.displays, open_files = room.files, "room for displays");

        let pages = tokio::spawn(pages(app.clone(), listener, room));
        let commands = control.ready(app.clone());
        let taking = tokio::spawn(arrivals.clone().run());
        let watching = tokio::spawn(watch_inboxes(app.clone(), arrivals.clone()));
        let catching_up = tokio::spawn({
            let runner = app.runner.clone();
            async move { runner.catch_up().await }
        });
        let ticker = Ticker::start(&app.jobs, app.runner.clone(), arrivals).await?;

        tokio::select! {
            () = word_to_stop() => {}
            () = app.stop.heard() => {}
        }
        info!("stopping");
        app.stop.say();
        ticker.stop().await;
        watching.abort();
        for part in [taking, commands, catching_up] {
            if let Err(why) = part.await {
                warn!(%why, "a part of the server did not end cleanly");
            }
        }
        if !app.runner.drain(Duration::from_secs(60)).await {
            warn!("a job still runs; its ledger entry stays open");
        }
        pages.await??;
        app.close().await?;
        info!("stopped");
        Ok(())
    }
}

async fn open(settings: Settings, clock: Clock, lock: File) -> anyhow::Result<Arc<App>> {
    let app = App::open_held(settings, clock, lock).await?;
    if app.jobs.sources().any(|m| Context::needs_key(m)) {
        app.jobs.key()?;
    }
    Ok(app)
}

/// The pages and the wall's recomputing task.
async fn pages(app: Arc<App>, listener: tokio::net::TcpListener, room: Room) -> anyhow::Result<()> {
    let site = web::App::new(web::Parts {
        store: app.store.clone(),
        answers: app.answers.clone(),
        catalog: app.catalog.clone(),
        clock: app.clock.clone(),
        settings: app.settings.clone(),
        definitions: app.definitions.clone(),
        most_displays: room.displays,
    });
    let wall = tokio::spawn(web::wall::run(site.clone(), app.stop.ear()));
    let stop = app.stop.clone();
    let serving = axum::serve(Doors::new(listener, room.connections), web::router(&site))
        .with_graceful_shutdown(async move { stop.heard().await })
        .into_future();
    let stop = app.stop.clone();
    // The wall ends the displays' streams; a reader that hangs gets a moment, then the line is cut.
    let ended = tokio::select! {
        ended = serving => ended.context("the web server failed"),
        () = async { stop.heard().await; tokio::time::sleep(Duration::from_secs(2)).await } => Ok(()),
    };
    app.stop.say();
    if tokio::time::timeout(Duration::from_secs(10), wall).await.is_err() {
        warn!("the wall did not end in time");
    }
    ended
}

/// Feeds the queue with complete files from every source's folder.
async fn watch_inboxes(app: Arc<App>, arrivals: Arc<Arrivals>) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for mapping in app.jobs.sources() {
        let folder = app.jobs.inbox(&mapping.source);
        folders::make(&folder)?;
        places.push(Place { folder, mapping: mapping.clone() });
    }
    let mut inbox = Inbox::open(places, Pace::default());
    loop {
        let (source, path) = inbox.next().await;
        arrivals.add(Arrival { source, path });
    }
}

async fn word_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
