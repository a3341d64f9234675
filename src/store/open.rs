//! Opening and closing: a new data folder, an ordinary start, a start after a crash, a start with other tables.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use super::disk::Disk;
use super::engine::{self, Lane, Readers, Session};
use super::error::StoreError;
use super::folder::lock_folder;
use super::handle::{Busy, Inner, Memory, Store};
use super::lock::lock;
use super::remake::remake;
use super::runs;
use super::schema::Schema;
use super::settings::{Paths, StoreSettings};
use super::types::BatchId;
use super::writer::Writer;
use super::{archive, deliveries, exchange, forward, keep, rebuild, seal, top_code};
use crate::config::FolderLock;
use crate::epi::clock::Clock;

/// How long a closing store waits for the deliveries under way.
const DRAIN: Duration = Duration::from_mins(1);

/// A database that is open, and what is kept at hand of it.
pub(super) struct Opened {
    pub schema: Schema,
    pub readers: Readers,
    /// None where the archive is damaged and the database is not.
    pub writer: Option<Writer>,
    pub fault: Option<String>,
    pub memory: Memory,
}

impl Store {
    /// Opens the data folder, made when absent.
    ///
    /// A database that is missing, damaged, behind its archive or of other tables than this program's is made
    /// again from the archive first; that takes time in proportion to the archive. A table that is new is added.
    pub fn open(settings: &StoreSettings, clock: &Clock) -> Result<Self, StoreError> {
        Self::open_held(settings, clock, lock_folder(settings)?)
    }

    /// As `open`, of a data folder that is held already; closing the store lets it go.
    pub fn open_held(
        settings: &StoreSettings,
        clock: &Clock,
        folder: FolderLock,
    ) -> Result<Self, StoreError> {
        let mut opened = open(settings, clock)?;
        let interrupted = opened.writer.as_mut().map(|writer| runs::interrupt_open(writer, clock.now()));
        let runs_open = match interrupted.transpose() {
            // What can't be written now is no reason not to show what is there.
            Err(error @ StoreError::NoRoom { .. }) => {
                tracing::error!(%error, "runs that were cut off stay open in the ledger");
                true
            }
            other => other.map(|_| false)?,
        };
        let latest = BatchId(u32::try_from(opened.memory.accepted.len()).unwrap_or(u32::MAX));
        let inner = Arc::new(Inner {
            settings: settings.clone(),
            clock: clock.clone(),
            schema: opened.schema,
            readers: RwLock::new(Some(opened.readers)),
            writer: Mutex::new(opened.writer),
            fault: Mutex::new(opened.fault),
            memory: RwLock::new(opened.memory),
            changes: watch::Sender::new(latest),
            commits: AtomicU64::new(0),
            busy: Mutex::new(Busy::default()),
            tidy: Mutex::new(()),
            failed: Mutex::default(),
            reading: Mutex::default(),
            opened_again: AtomicU64::new(0),
            runs_open: AtomicBool::new(runs_open),
            lock: Mutex::new(Some(folder)),
        });
        let store = Self(inner, Lane::Direct);
        if store.fault().is_none()
            && let Err(error) = store.mend_backups()
        {
            tracing::error!(error = engine::chain(&error), "the backups can't be looked through");
        }
        Ok(store)
    }

    /// Ends the store for all its clones: deliveries under way come to their end first (for at most a minute),
    /// then the log of changes is folded into the database file. Later calls fail with [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        let patience = Instant::now() + DRAIN;
        loop {
            let mut busy = lock(&self.0.busy);
            // Nothing more begins.
            busy.closing = true;
            if busy.sources.is_empty() && !busy.alone {
                break;
            }
            if Instant::now() > patience {
                busy.closing = false;
                return Err(StoreError::NotQuiet { doing: "closing the store" });
            }
            drop(busy);
            std::thread::sleep(Duration::from_millis(10));
        }
        let writer = lock(&self.0.writer).take();
        let readers = self.0.readers.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(readers);
        // With little room the log of changes stays as it is: the next start reads it.
        let folded = match writer {
            Some(writer) if self.room_to_fold().is_ok() => {
                engine::system(&writer.conn, "schema.checkpoint", &[], &[]).map(drop)
            }
            _ => Ok(()),
        };
        lock(&self.0.fault).take();
        lock(&self.0.lock).take();
        folded
    }
}

/// Opens a data folder, mending the database first where that is needed.
pub(super) fn open(settings: &StoreSettings, clock: &Clock) -> Result<Opened, StoreError> {
    let full = || Disk::of(&settings.data_dir, settings.free_disk_floor).is_ok_and(Disk::is_full);
    mended(settings, clock).map_err(|error| match error {
        StoreError::Database { .. } if !error.is_fatal() && !full() => {
            StoreError::Unreadable { source: Box::new(error) }
        }
        other => other,
    })
}

fn mended(settings: &StoreSettings, clock: &Clock) -> Result<Opened, StoreError> {
    let paths = settings.paths();
    exchange::settle(&paths.archive())?;
    for unfinished in [paths.mending(), paths.restoring()] {
        exchange::remove(&unfinished.root)?;
    }
    make_folders(&paths)?;
    let database = paths.database();
    if !database.exists() && has_archive(&paths)? {
        tracing::warn!("there is an archive and no database: making it again");
        remake(settings, &|_| {})?;
    }
    let (conn, stored) = match look(settings, &database) {
        Err(error @ StoreError::Database { .. }) if has_archive(&paths)? => {
            tracing::error!(error = engine::chain(&error), "the database can't be opened: making it again");
            remake(settings, &|_| {})?;
            look(settings, &database)?
        }
        looked => looked?,
    };
    // A database that is new is there after a crash too.
    archive::sync(&paths.root)?;
    clear(&paths.temporary())?;
    let schema = Schema::of(&settings.schema);
    let fits = match stored {
        None => {
            rebuild::make_tables(&conn, &schema)?;
            true
        }
        Some(hash) if hash == schema.hash => true,
        Some(hash) => rebuild::add_tables(&conn, &schema, &hash, &paths)?,
    };
    let conn = if fits {
        conn
    } else {
        tracing::warn!("the database does not fit the program: making it again");
        drop(conn);
        remake(settings, &|_| {})?;
        Session::open(&database, settings, settings.memory_limit)?
    };
    let conn = top_code(conn, &schema, settings, clock)?;
    ready(conn, schema, settings)
}

/// Opens the database, and reads by which tables it was made; None for one without tables.
fn look(settings: &StoreSettings, database: &Path) -> Result<(Session, Option<String>), StoreError> {
    let conn = Session::open(database, settings, settings.memory_limit)?;
    if engine::count(&conn, "schema.is_made", &[], &[])? == 0 {
        return Ok((conn, None));
    }
    let hash = engine::system_rows(&conn, "schema.stored_hash", &[], &[], |row| row.get::<String>(0))?.pop();
    Ok((conn, Some(hash.unwrap_or_default())))
}

/// Makes the folders that the store writes to; they are there after a crash too.
pub(super) fn make_folders(paths: &Paths) -> Result<(), StoreError> {
    let folders = paths.of_store();
    if folders.iter().all(|folder| folder.is_dir()) {
        return Ok(());
    }
    for folder in &folders {
        fs::create_dir_all(folder).map_err(StoreError::file("unable to make", folder))?;
    }
    [paths.archive(), paths.root.clone()].iter().try_for_each(|folder| archive::sync(folder))?;
    // The data folder itself may be new.
    paths.root.parent().filter(|parent| parent.is_dir()).map_or(Ok(()), archive::sync)
}

/// Removes ages above the top code that an earlier program stored: from the archive, and then from the database.
fn top_code(
    conn: Session,
    schema: &Schema,
    settings: &StoreSettings,
    clock: &Clock,
) -> Result<Session, StoreError> {
    let found = top_code::found(&conn, schema)?;
    if found.is_empty() {
        return Ok(conn);
    }
    drop(conn);
    let rows: u64 = found.iter().map(|(_, rows)| rows).sum();
    match top_code::archive(settings, schema, clock.now()) {
        Ok(_) => {
            tracing::warn!(
                rows,
                "ages above the top code were stored: the archive is mended, the database made again"
            );
            remake(settings, &|_| {})?;
        }
        // The archive is as it was, and what is there may be shown as it was.
        Err(error) => {
            tracing::error!(rows, error = engine::chain(&error), "ages above the top code can't be removed");
        }
    }
    Session::open(&settings.paths().database(), settings, settings.memory_limit)
}

/// The rest, once the database fits. Where it is whole and the archive is not, everything can be asked still.
fn ready(conn: Session, schema: Schema, settings: &StoreSettings) -> Result<Opened, StoreError> {
    let root = conn.another()?;
    let (writer, fault) = match writing(conn, &schema, settings) {
        Ok(writer) => (Some(writer), None),
        // A disk that is full is not damage.
        Err(StoreError::File { source, doing, path }) if source.kind() == ErrorKind::StorageFull => {
            return Err(StoreError::File { doing, path, source });
        }
        Err(error @ (StoreError::Damaged { .. } | StoreError::File { .. })) => {
            let why = engine::chain(&error);
            tracing::error!(
                why,
                "the archive is damaged: nothing more is taken until hinomi repair has mended it"
            );
            (None, Some(why))
        }
        Err(error) => return Err(error),
    };
    let accepted = deliveries::batch_times(&root)?;
    let sources = deliveries::memory(&root, Timestamp::MAX)?;
    let memory = Memory { accepted, sources, last_delivery: 0, key: keep::last_note(&root, keep::KEY_NOTE)? };
    let readers = Readers::new(root, settings.readers, schema.readable());
    Ok(Opened { schema, readers, writer, fault, memory })
}

/// The writer, over journals and an archive that fit the database.
fn writing(conn: Session, schema: &Schema, settings: &StoreSettings) -> Result<Writer, StoreError> {
    let paths = &settings.paths();
    let (mut writer, ahead) = Writer::open(conn, settings)?;
    forward::enter(&writer.conn, schema, paths, &ahead)?;
    writer.learn_frames()?;
    let latest = engine::count(&writer.conn, "schema.last_batch", &[], &[])?;
    let folders = archive::drop_orphans(paths, u32::try_from(latest).unwrap_or(u32::MAX))?;
    writer.head = head(&writer.conn, paths, &folders)?;
    Ok(writer)
}

/// The head of the archive's chain, which has to be the database's.
fn head(conn: &Session, paths: &Paths, folders: &[archive::Folder]) -> Result<Option<String>, StoreError> {
    let archived = seal::last(folders);
    match seal::in_database(conn)? {
        stored if stored == archived => {}
        Some(stored) => {
            let archived = archived.as_deref().unwrap_or("none");
            let why = format!("its seal is {archived}, the database's is {stored}");
            return Err(StoreError::Damaged { path: paths.archive(), why });
        }
        // A database of a program that knew no seals.
        None => seal::keep(conn, archived.as_deref())?,
    }
    Ok(archived)
}

fn has_archive(paths: &Paths) -> Result<bool, StoreError> {
    let journal = paths.journal();
    let entries = fs::read_dir(&journal).map_err(StoreError::file("unable to list", &journal))?;
    let written = entries.flatten().any(|e| e.metadata().is_ok_and(|m| m.len() > 0));
    Ok(written || archive::any(paths)?)
}

/// Empties the folder of temporary files.
fn clear(folder: &Path) -> Result<(), StoreError> {
    let entries = fs::read_dir(folder).map_err(StoreError::file("unable to list", folder))?;
    for path in entries.flatten().map(|e| e.path()) {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(StoreError::file("unable to remove", &path))?;
    }
    Ok(())
}
