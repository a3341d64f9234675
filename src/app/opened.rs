//! The data folder, open.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::training;
use crate::answer::{Answers, Limits};
use crate::config::{FolderLock, Settings};
use crate::definitions::{Catalog, Definitions, Schema};
use crate::epi::clock::Clock;
use crate::jobs::{Context, Runner};
use crate::store::{Store, StoreError, StoreSettings};

/// How long a command waits for another to end.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The data folder, open: what every command works on.
pub struct App {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub definitions: Arc<Definitions>,
    /// Are they kept, as in force from now on? A full disk makes them wait.
    pub(super) definitions_kept: AtomicBool,
    pub catalog: Arc<Catalog>,
    pub store: Store,
    pub answers: Answers,
    pub jobs: Arc<Context>,
    pub runner: Arc<Runner>,
    /// Cancelled when everything is to end.
    pub shutdown: CancellationToken,
}

impl App {
    /// Opens the data folder, which nobody else may hold. Heavy; nothing is served yet.
    pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<Arc<Self>> {
        let lock = Self::hold(&settings).await?;
        Self::open_held(settings, clock, lock, CancellationToken::new()).await
    }

    /// Makes the data folder and keeps everybody else out of it.
    pub async fn hold(settings: &Settings) -> anyhow::Result<FolderLock> {
        let folder = settings.folder();
        Ok(tokio::task::spawn_blocking(move || folder.lock(PATIENCE)).await??)
    }

    /// As `open`, of a data folder that is held already.
    pub async fn open_held(
        settings: Settings,
        clock: Clock,
        lock: FolderLock,
        shutdown: CancellationToken,
    ) -> anyhow::Result<Arc<Self>> {
        tokio::task::spawn_blocking(move || Self::open_blocking(settings, clock, lock, shutdown)).await?
    }

    fn open_blocking(
        mut settings: Settings,
        clock: Clock,
        lock: FolderLock,
        shutdown: CancellationToken,
    ) -> anyhow::Result<Arc<Self>> {
        let definitions = Arc::new(Definitions::embedded_or(settings.definitions_dir.as_deref())?);
        let catalog = Arc::new(Catalog::load(&definitions)?);
        // A header that calls no measure is refused like one that does not parse.
        if let Some(fault) = crate::measure::register::faults(&catalog).into_iter().next() {
            return Err(fault.into());
        }
        check_sources(&settings, &catalog)?;
        let of_store = store_settings(&settings, Arc::clone(&catalog.domains.schema));
        let store = Store::open_held(&of_store, &clock, lock).map_err(with_way_back)?;
        let kept = match keep_definitions(&store, &definitions) {
            Ok(()) => true,
            // With a full disk or a damaged archive what is there is shown all the same.
            Err(error) if waits(&error) => {
                tracing::error!(%error, "nothing is written");
                false
            }
            Err(error) => return Err(error),
        };
        // Made-up data are made up whoever opens them, and however.
        settings.training |= training::made(&settings.data_dir, &store)?;
        let settings = Arc::new(settings);
        let limits = Limits {
            // The rest is for answers as they were sent.
            memory: settings.cache_limit.0 / 4 * 3,
            processors: settings.threads(),
            ..Limits::default()
        };
        let mut answers = Answers::within(store.clone(), catalog.clone(), clock.clone(), limits)
            .closing_at(settings.closing);
        if !settings.sources.is_empty() {
            let taken = catalog.mappings.keys().filter(|source| settings.takes(source)).cloned().collect();
            answers = answers.of_sources(taken);
        }
        let jobs = Arc::new(Context::new(settings.clone(), clock.clone(), store.clone(), answers.clone()));
        let runner = Arc::new(Runner::new(jobs.clone(), shutdown.clone()));
        Ok(Arc::new(Self {
            settings,
            clock,
            definitions,
            definitions_kept: AtomicBool::new(kept),
            catalog,
            store,
            answers,
            jobs,
            runner,
            shutdown,
        }))
    }

    /// Writes what is in memory and lets the data folder go.
    pub async fn close(self: Arc<Self>) -> anyhow::Result<()> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.close()).await??;
        Ok(())
    }
}

/// Damage is told with the command that mends it.
pub fn with_way_back(error: StoreError) -> anyhow::Error {
    let is_damaged = matches!(error, StoreError::Damaged { .. } | StoreError::Differs(_));
    let error = anyhow::Error::new(error);
    match is_damaged {
        true => error.context(
            "保管記録が壊れています。サーバーを止めて hinomi repair を実行してください · the archive is damaged: stop the server and run \
             hinomi repair",
        ),
        false => error,
    }
}

/// Will it pass once there is room on the disk, or the archive is mended?
pub(super) fn waits(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::NoRoom { .. } | StoreError::Degraded { .. }))
}

/// What the store is told of the settings.
pub fn store_settings(settings: &Settings, schema: Arc<Schema>) -> StoreSettings {
    StoreSettings {
        schema,
        memory_limit: settings.memory_limit.0,
        threads: settings.threads(),
        free_disk_floor: settings.free_disk_floor.0,
        key_file: Some(settings.key_file()),
        ..StoreSettings::new(&settings.data_dir)
    }
}

fn check_sources(settings: &Settings, catalog: &Catalog) -> anyhow::Result<()> {
    for source in settings.sources.keys() {
        anyhow::ensure!(
            catalog.mappings.contains_key(source),
            "設定 sources.{source}: この名前の取込定義はありません (sources.{source}: there is no mapping of this name)"
        );
    }
    Ok(())
}

/// Definitions are facts too: what is in force from now on is kept, with its time.
pub fn keep_definitions(store: &Store, definitions: &Definitions) -> anyhow::Result<()> {
    for (path, file) in definitions.iter().filter(|(path, _)| !path.starts_with("static/")) {
        let Some((kind, name)) = path.rsplit_once('/') else { continue };
        store.keep_definition(kind, name, file.text(path)?)?;
    }
    Ok(())
}
