//! Repair: which copies of each batch, ledger and of the database are whole, and the others made of them.
//!
//! A batch is in the archive and in the database, perhaps in backups; an entry of a ledger in its journal and in the
//! database, perhaps in backups. What is damaged is made again from a copy that is whole, which the seals prove
//! ([`super::seal`]); nothing else is touched. Everything is made beside the archive and proven there before it takes
//! the archive's place. Without `apply` nothing is written.

mod archived;
mod copies;
mod damage;
mod database;
mod ledgers;
mod make;

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;

use self::archived::{Archived, Backups};
use self::copies::Batches;
use self::damage::NOTE;
pub use self::damage::{Copy, Damage, NOT_THERE, Of};
use self::database::Database;
use self::ledgers::Ledgers;
use super::error::StoreError;
use super::exchange;
use super::folder::lock_folder;
use super::handle::Store;
use super::keep::NoteLine;
use super::remake::remake;
use super::schema::Schema;
use super::settings::StoreSettings;
use super::types::Progress;
use crate::epi::clock::Clock;

/// What was found, and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    pub damages: Vec<Damage>,
    /// Everything was made whole, and verified.
    pub done: bool,
}

impl Repair {
    /// Is there a whole copy of everything?
    pub fn can_be_done(&self) -> bool {
        self.damages.iter().all(|damage| !damage.whole.is_empty())
    }
}

/// Looks through a data folder that no process holds, and makes what is damaged again (`apply`). Backups of it may help.
pub fn repair(
    settings: &StoreSettings,
    clock: &Clock,
    backups: &[PathBuf],
    apply: bool,
    progress: &dyn Fn(Progress),
) -> Result<Repair, StoreError> {
    let lock = lock_folder(settings)?;
    let paths = settings.paths();
    exchange::settle(&paths.archive())?;
    exchange::remove(&paths.mending().root)?;
    let schema = Schema::of(&settings.schema);

    progress(Progress { doing: "looking at the database".into(), done: 0, of: 4 });
    let mut database = Database::open(settings, &schema);
    let backups = Backups::open(settings, backups)?;
    progress(Progress { doing: "looking at the ledgers".into(), done: 1, of: 4 });
    let (ledgers, mut damages) = Ledgers::look(&paths, &database, &backups);
    progress(Progress { doing: "looking at the archive".into(), done: 2, of: 4 });
    let archived = Archived::look(settings, &paths)?;
    let (batches, of_batches) = Batches::look(&archived, &mut database, &schema, &backups, &ledgers);
    damages.extend(of_batches);
    if let Err(why) = &database.conn {
        // It is made of the archive, once that is whole. A folder in which nothing was ever kept needs none.
        if !(database.is_new && batches.is_empty() && ledgers.is_empty()) {
            let whole = vec![Copy::Archive];
            damages.push(Damage { of: Of::Database, copy: Copy::Database, why: why.clone(), whole });
        }
    }
    let mut found = Repair { damages, done: false };
    if !apply || found.damages.is_empty() || !found.can_be_done() {
        return Ok(found);
    }

    progress(Progress { doing: "making what is damaged again".into(), done: 3, of: 4 });
    let note = note(clock.now(), &found.damages)?;
    let touched = found.damages.iter().any(|damage| damage.of != Of::Database);
    if touched {
        let fresh = paths.mending();
        let temporary = paths.temporary();
        fs::create_dir_all(&temporary).map_err(StoreError::file("unable to make", &temporary))?;
        let making = make::Making { settings, fresh: &fresh, schema: &schema, database: &database };
        make::make(&making, &batches, &ledgers, &backups, &note)?;
        exchange::exchange(&fresh.archive(), &paths.archive())?;
        exchange::remove(&fresh.root)?;
    }
    let broken = database.conn.is_err();
    drop(database);
    if broken {
        remake(settings, progress)?;
    }
    let store = Store::open_held(settings, clock, lock)?;
    let verified = store.verify(progress).map(|findings| findings.faults);
    if verified.is_ok() && !touched {
        store.keep_note(&note.kind, &note.body)?;
    }
    store.close()?;
    if let Some(first) = verified?.into_iter().next() {
        return Err(StoreError::Differs(first));
    }
    found.done = true;
    Ok(found)
}

fn note(at: Timestamp, damages: &[Damage]) -> Result<NoteLine, StoreError> {
    let body = serde_json::to_string(damages)
        .map_err(|e| StoreError::Inconsistent(format!("a note can't be written: {e}")))?;
    Ok(NoteLine { at, kind: NOTE.to_owned(), body })
}
