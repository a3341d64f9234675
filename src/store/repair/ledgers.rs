//! The copies of each ledger: its journal, the database, the journals of backups.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::deliveries;
use super::super::delivery_line::DeliveryLine;
use super::super::engine::{self, Session, number};
use super::super::error::StoreError;
use super::super::frames::{self, FrameLine};
use super::super::journal::{self, JOURNALS};
use super::super::keep::{self, DefinitionLine, NoteLine};
use super::super::runs::{self, RunLine};
use super::super::seal::{self, Sealed};
use super::super::settings::Paths;
use super::archived::Backups;
use super::damage::{Copy, Damage, NOT_THERE, Of};
use super::database::Database;

/// Every ledger, in the order of [`JOURNALS`].
pub(super) struct Ledgers(pub Vec<Ledger>);

pub(super) struct Ledger {
    pub name: &'static str,
    /// Its lines made again, with their newlines; None where the journal is whole.
    pub made: Option<Vec<Vec<u8>>>,
    /// The batch of its last delivery that has one.
    last_batch: Option<u32>,
    entries: u64,
}

/// A journal as it lies there.
#[derive(Default)]
struct Looked {
    /// Lines that can be read, by their numbers; and whether they prove themselves.
    lines: BTreeMap<u64, (Vec<u8>, bool)>,
    why: Option<String>,
    missing: bool,
}

impl Looked {
    fn look(path: &Path) -> Self {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let why = if missing { NOT_THERE.to_owned() } else { error.to_string() };
                return Self { why: Some(why), missing, ..Self::default() };
            }
        };
        let mut found = Self::default();
        let mut checks = false;
        for (at, line) in (1_u64..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let Some(line) = line.strip_suffix(b"\n").filter(|line| !line.contains(&0)) else {
                // A torn last line was never acknowledged.
                if at as usize != text.split_inclusive(|byte| *byte == b'\n').count() {
                    found.fault(format!("line {at} has holes"));
                }
                continue;
            };
            match journal::entry::<serde_json::Value>(line) {
                Ok((n, _)) => {
                    let checked = journal::is_checked(line) == Ok(true);
                    if checks && !checked {
                        found.fault(format!("line {at} has lost its check"));
                        continue;
                    }
                    checks = checked;
                    if n != at {
                        found.fault(format!("line {at} is numbered {n}"));
                    }
                    found.lines.insert(n, (line.to_vec(), checked));
                }
                Err(why) => found.fault(format!("line {at} can't be read: {why}")),
            }
        }
        found
    }

    fn fault(&mut self, why: String) {
        self.why.get_or_insert(why);
    }
}

impl Ledgers {
    pub(super) fn look(paths: &Paths, database: &Database, backups: &Backups) -> (Self, Vec<Damage>) {
        let looked: Vec<Looked> =
            JOURNALS.iter().map(|(name, _)| Looked::look(&journal::path(&paths.journal(), name))).collect();
        let sealed = sealed(&looked[JOURNALS.len() - 1], database);
        let changed = sealed.map(|sealed| seal::changed_journals(paths, &sealed)).unwrap_or_default();
        let (mut ledgers, mut damages) = (Vec::new(), Vec::new());
        for ((name, counted), mut own) in JOURNALS.into_iter().zip(looked) {
            let conn = database.conn.as_ref().ok();
            let stored = conn.and_then(|conn| engine::count(conn, counted, &[], &[]).ok()).unwrap_or(0);
            let path = journal::path(&paths.journal(), name).display().to_string();
            let last = own.lines.keys().next_back().copied().unwrap_or(0);
            if own.why.is_none() && last < stored {
                own.fault(format!("the journal ends with entry {last}, the database has {stored}"));
            }
            if let Some(why) = changed.iter().find(|why| why.starts_with(&path)).filter(|_| !own.missing) {
                own.fault(why.clone());
                // What proves nothing of itself may be what was changed.
                own.lines.retain(|_, (_, checked)| *checked);
            }
            let last = own.lines.keys().next_back().copied().unwrap_or(0);
            let elsewhere =
                backups.0.iter().map(|b| journal::path(&b.paths.journal(), name)).any(|path| path.exists());
            if own.missing && stored == 0 && !elsewhere {
                // Nothing was ever written.
                own.why = None;
            }
            let mut ledger = Ledger { name, made: None, last_batch: None, entries: last.max(stored) };
            if let Some(why) = own.why.take() {
                let (made, whole) = made(name, &own, stored, conn, backups);
                damages.push(Damage { of: Of::Ledger(name.to_owned()), copy: Copy::Journal, why, whole });
                ledger.last_batch = last_batch(name, made.iter().map(Vec::as_slice));
                ledger.entries = made.len() as u64;
                ledger.made = Some(made);
            } else {
                ledger.last_batch = last_batch(name, own.lines.values().map(|(line, _)| line.as_slice()));
            }
            ledgers.push(ledger);
        }
        (Self(ledgers), damages)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|ledger| ledger.entries == 0)
    }

    /// The last batch that a delivery has; None where there is no delivery.
    pub(super) fn last_batch(&self) -> Option<u32> {
        self.0.first().filter(|ledger| ledger.entries > 0).map(|ledger| ledger.last_batch.unwrap_or(0))
    }
}

fn last_batch<'a>(name: &str, lines: impl Iterator<Item = &'a [u8]>) -> Option<u32> {
    if name != JOURNALS[0].0 {
        return None;
    }
    let batch = |line: &[u8]| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        journal::entry::<DeliveryLine>(line).ok().and_then(|(_, line)| line.batch).map(|batch| batch.0)
    };
    lines.filter_map(batch).max()
}

/// The last note that sealed, of the journal or of the database.
fn sealed(notes: &Looked, database: &Database) -> Option<Sealed> {
    let mut said = seal::InJournal::default();
    for (line, _) in notes.lines.values() {
        if let Ok((_, note)) = journal::entry::<NoteLine>(line) {
            said.note(&note.kind, &note.body);
        }
    }
    if said.sealed.is_some() {
        return said.sealed;
    }
    let conn = database.conn.as_ref().ok()?;
    let note = keep::last_note(conn, seal::NOTE).ok()??;
    serde_json::from_str(&note).ok()
}

/// The lines of a journal: its own where they prove themselves, then the database's, then a backup's, then its own that
/// can be read. And the copies that were of use; none where lines are still missing.
fn made(
    name: &str,
    own: &Looked,
    stored: u64,
    conn: Option<&Session>,
    backups: &Backups,
) -> (Vec<Vec<u8>>, Vec<Copy>) {
    let others: Vec<(Copy, Looked)> = backups
        .0
        .iter()
        .map(|backup| {
            let looked = Looked::look(&journal::path(&backup.paths.journal(), name));
            (Copy::Backup(backup.folder.clone()), looked)
        })
        .filter(|(_, other)| other.why.is_none() && of_one_history(own, other))
        .collect();
    let from_others = others.iter().filter_map(|(_, other)| other.lines.keys().next_back().copied()).max();
    let own_last = own.lines.keys().next_back().copied().unwrap_or(0);
    let last = own_last.max(stored).max(from_others.unwrap_or(0));
    let mut runs = conn.and_then(|conn| run_events(conn, own).ok()).unwrap_or_default().into_iter();
    let (mut lines, mut whole) = (Vec::new(), Vec::new());
    let mut use_of = |copy: Copy| {
        if !whole.contains(&copy) {
            whole.push(copy);
        }
    };
    for n in 1..=last {
        let proven = own.lines.get(&n).filter(|(_, checked)| *checked || name == "runs");
        let line = if let Some((line, _)) = proven {
            Some(line.clone())
        } else if let Some(conn) = conn.filter(|_| n <= stored)
            && let Some(line) = match name {
                "runs" => runs.next().and_then(|line| journal::written(n, &line).ok()),
                _ => from_database(conn, name, n).ok().flatten(),
            }
        {
            use_of(Copy::Database);
            Some(line)
        } else if let Some((copy, (line, _))) =
            others.iter().find_map(|(copy, other)| Some((copy, other.lines.get(&n)?)))
        {
            use_of(copy.clone());
            Some(line.clone())
        } else {
            own.lines.get(&n).map(|(line, _)| line.clone())
        };
        let Some(mut line) = line else { return (lines, Vec::new()) };
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        lines.push(line);
    }
    if whole.is_empty() {
        // All that is missing is what nobody has: the lines that can be read are all there is.
        whole.push(Copy::Journal);
    }
    (lines, whole)
}

/// Lines that both have are the same.
fn of_one_history(own: &Looked, other: &Looked) -> bool {
    own.lines
        .iter()
        .all(|(n, (line, checked))| !checked || other.lines.get(n).is_none_or(|(there, _)| there == line))
}

/// An entry as the database has it.
fn from_database(conn: &Session, name: &str, n: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let of = [("n", number(n))];
    match name {
        "deliveries" => deliveries::line(conn, n)?.map(|line| journal::written(n, &line)).transpose(),
        "frames" => {
            let line = engine::system_rows(conn, "ledger.frame_line", &[], &of, frames::line)?.pop();
            line.map(|line: FrameLine| journal::written(n, &line)).transpose()
        }
        "definitions" => {
            let line =
                engine::system_rows(conn, "ledger.definition_line", &[], &of, keep::definition_line)?.pop();
            line.map(|line: DefinitionLine| journal::written(n, &line)).transpose()
        }
        _ => {
            let line = engine::system_rows(conn, "ledger.note_line", &[], &of, keep::note_line)?.pop();
            line.map(|line: NoteLine| journal::written(n, &line)).transpose()
        }
    }
}

/// The events of runs that the database has and the lines that can be read have not, in the order of their times.
fn run_events(conn: &Session, own: &Looked) -> Result<Vec<RunLine>, StoreError> {
    let mut there = Vec::new();
    for (line, _) in own.lines.values() {
        if let Ok((_, line)) = journal::entry::<RunLine>(line) {
            there.push(line.which());
        }
    }
    let mut events = runs::events(conn)?;
    events.retain(|event| !there.contains(&event.which()));
    Ok(events)
}
