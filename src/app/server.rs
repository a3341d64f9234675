//! The running server: its parts, and their orderly end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::doors::{Doors, Most};
use super::open_files::{self, Room};
use super::opened::App;
use super::starting::Pages;
use super::supervisor::Supervisor;
use super::tending;
use crate::config::{FolderLock, Settings, folder};
use crate::epi::clock::Clock;
use crate::intake::inbox::{Inbox, Pace, Place};
use crate::jobs::Context;
use crate::jobs::arrivals::{Arrival, Arrivals};
use crate::jobs::ticker::Ticker;
use crate::web;

/// A wall that has not come round for so long hangs: it does each minute.
const STUCK: Duration = Duration::from_mins(10);

/// What takes commands beside the pages: the control socket. It is there before the data folder is open.
pub trait Control {
    /// From now on commands are carried out, until the app's shutdown. What comes back ends with the commands in hand.
    fn ready(self, app: Arc<App>) -> JoinHandle<()>;

    /// The server did not come up.
    fn close(self);
}

/// A server: an open data folder and an address to answer at.
pub struct Server<C> {
    pub app: Arc<App>,
    address: SocketAddr,
    pages: Pages,
    serving: JoinHandle<()>,
    /// What the pages show, once they are shown.
    site: Option<web::App>,
    room: Room,
    control: C,
    supervisor: Supervisor,
    stop: Stop,
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
        let room = open_files::raise().within(settings.connections);
        let listener = TcpListener::bind(settings.listen).await.with_context(|| {
            format!("{0} で待ち受けできません (unable to listen on {0})", settings.listen)
        })?;
        let address = listener.local_addr()?;
        let lock = App::hold(&settings).await?;
        let control = control(settings.folder().socket())?;
        let (pages, shutdown) = (Pages::default(), CancellationToken::new());
        let most = Most { in_all: room.connections, per_address: settings.connections.per_address };
        let serving = tokio::spawn(Doors::new(listener, most).serve(pages.clone(), shutdown.clone()));
        let supervisor = Supervisor::of_environment();
        match supervisor.while_starting(open(settings, clock, lock, shutdown)).await {
            Ok(app) => {
                // Heard from now on, though it is acted on later.
                let stop = Stop::listen();
                Ok(Self { app, address, pages, serving, room, control, supervisor, stop, site: None })
            }
            Err(why) => {
                serving.abort();
                control.close();
                Err(why)
            }
        }
    }

    /// The address that is really listened on (a test asks for port 0).
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows the pages from now on, in place of the words that the server is starting.
    pub fn show(&mut self) -> web::App {
        let (app, room, pages) = (&self.app, self.room, &self.pages);
        let shown = self.site.get_or_insert_with(|| {
            let site = site(app, room);
            pages.open(web::router(&site));
            site
        });
        shown.clone()
    }

    /// Shows the pages until SIGTERM, SIGINT or the app's shutdown; then takes no more files, finishes the one in hand,
    /// lets readers and jobs go, writes everything and closes.
    pub async fn run_until_stopped(mut self) -> anyhow::Result<()> {
        let site = self.show();
        let Self { app, address, serving, room, control, supervisor, mut stop, .. } = self;
        let shutdown = app.shutdown.clone();
        let arrivals = Arrivals::new(app.jobs.clone(), shutdown.clone());
        info!(%address, data = %app.settings.data_dir.display(), "serving");
        info!(displays = room.displays, open_files = room.files, "room for displays");

        let pulse = site.pulse().clone();
        let wall = tokio::spawn(web::wall::run(site, shutdown.clone()));
        let tending = tokio::spawn(tending::tend(app.clone(), shutdown.clone()));
        let commands = control.ready(app.clone());
        let taking = tokio::spawn({
            let (app, arrivals) = (app.clone(), arrivals.clone());
            async move {
                // Nothing is added to an archive that may be damaged.
                look_over(&app).await;
                arrivals.run().await;
            }
        });
        let watching = tokio::spawn(watch_inboxes(app.clone(), arrivals.clone()));
        let catching_up = tokio::spawn({
            let runner = app.runner.clone();
            async move { runner.catch_up().await }
        });
        let ticker = Ticker::start(&app.jobs, app.runner.clone(), arrivals).await?;

        supervisor.tell(&format!("READY=1\nSTATUS=http://{address}/"));
        let store = app.store.clone();
        let lives = move || store.is_kept_alone() || pulse.since_last_round() < STUCK;
        tokio::select! {
            () = stop.told() => {}
            () = shutdown.cancelled() => {}
            () = supervisor.watch(lives) => {}
        }
        info!("stopping");
        supervisor.tell("STOPPING=1");
        shutdown.cancel();
        let parts =
            Parts { app, ticker, watching, others: [taking, commands, catching_up, tending], wall, serving };
        tokio::select! {
            ended = parts.end() => ended,
            // How long that may take is bounded by whoever stops it.
            () = supervisor.watch(|| true) => Ok(()),
        }
    }
}

/// What runs, and ends in order.
struct Parts {
    app: Arc<App>,
    ticker: Ticker,
    watching: JoinHandle<anyhow::Result<()>>,
    others: [JoinHandle<()>; 4],
    wall: JoinHandle<()>,
    serving: JoinHandle<()>,
}

impl Parts {
    async fn end(self) -> anyhow::Result<()> {
        let Self { app, ticker, watching, others, wall, serving } = self;
        ticker.stop().await;
        watching.abort();
        for part in others {
            if let Err(why) = part.await {
                warn!(%why, "a part of the server did not end cleanly");
            }
        }
        if !app.runner.drain(Duration::from_mins(1)).await {
            warn!("a job still runs; its ledger entry stays open");
        }
        if tokio::time::timeout(Duration::from_secs(10), wall).await.is_err() {
            warn!("the wall did not end in time");
        }
        serving.await?;
        app.close().await?;
        info!("stopped");
        Ok(())
    }
}

async fn open(
    settings: Settings,
    clock: Clock,
    lock: FolderLock,
    shutdown: CancellationToken,
) -> anyhow::Result<Arc<App>> {
    let app = App::open_held(settings, clock, lock, shutdown).await?;
    if app.jobs.sources().any(|m| Context::needs_key(m)) {
        match app.jobs.key() {
            Ok(_) => {}
            // Nothing that needs it is taken; what is stored is shown as it is.
            Err(why) if app.store.key_fingerprint()?.is_some() => {
                tracing::error!(why = format!("{why:#}"), "deliveries wait for the key");
            }
            Err(why) => return Err(why),
        }
    }
    Ok(app)
}

async fn look_over(app: &App) {
    let (store, shutdown) = (app.store.clone(), app.shutdown.clone());
    match tokio::task::spawn_blocking(move || store.look_over(&|| !shutdown.is_cancelled())).await {
        Ok(Ok(())) => {}
        Ok(Err(why)) => tracing::error!(%why, "the archive could not be looked over"),
        Err(why) => tracing::error!(%why, "a fault in the program"),
    }
}

fn site(app: &App, room: Room) -> web::App {
    web::App::new(web::Parts {
        store: app.store.clone(),
        answers: app.answers.clone(),
        catalog: app.catalog.clone(),
        clock: app.clock.clone(),
        settings: app.settings.clone(),
        definitions: app.definitions.clone(),
        most_displays: room.displays,
        lingers: web::LINGERS,
        memory: app.settings.cache_limit.0 / 4,
    })
}

/// Feeds the queue with complete files from every source's folder.
async fn watch_inboxes(app: Arc<App>, arrivals: Arc<Arrivals>) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for mapping in app.jobs.sources() {
        let folder = app.jobs.inbox(&mapping.source);
        folder::make(&folder)?;
        places.push(Place { folder, mapping: mapping.clone() });
    }
    let mut inbox = Inbox::open(places, Pace::default());
    loop {
        let complete = inbox.next().await;
        arrivals.add(complete.into_iter().map(|(source, path)| Arrival { source, path }).collect());
    }
}

/// SIGTERM and SIGINT.
struct Stop(Option<(Signal, Signal)>);

impl Stop {
    fn listen() -> Self {
        let both =
            signal(SignalKind::terminate()).and_then(|term| Ok((term, signal(SignalKind::interrupt())?)));
        Self(both.inspect_err(|why| warn!(%why, "no signal can be heard")).ok())
    }

    async fn told(&mut self) {
        let Some((terminate, interrupt)) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
