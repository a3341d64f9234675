//! The copies of each batch: in the archive, in the database, in backups.

use std::collections::BTreeMap;

use super::super::archive::{Folder, Manifest};
use super::super::deliveries;
use super::super::engine::{self, Session, batch as batch_value};
use super::super::error::StoreError;
use super::super::schema::Schema;
use super::super::seal::{self, Parts};
use super::super::sums::{self, Sums};
use super::super::types::BatchId;
use super::archived::{Archived, Backups};
use super::damage::{Copy, Damage, NOT_THERE, Of};
use super::database::Database;
use super::ledgers::Ledgers;

/// What a batch is made of.
pub(super) enum Source {
    /// A folder of the archive or of a backup, as it is.
    Folder(Folder),
    /// One batch of a pack.
    Packed(Folder, Manifest),
    Database(Manifest),
}

/// Where each batch comes from, batch 1 first.
pub(super) struct Batches(pub Vec<Source>);

impl Batches {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds a whole copy of each batch; what is damaged is told.
    pub(super) fn look(
        archived: &Archived,
        database: &mut Database,
        schema: &Schema,
        backups: &Backups,
        ledgers: &Ledgers,
    ) -> (Self, Vec<Damage>) {
        let stored = database.conn.as_ref().ok().map(|conn| in_database(conn, schema)).transpose();
        let stored = stored.unwrap_or_else(|error| {
            database.spoilt(engine::chain(&error));
            None
        });
        let stored = stored.unwrap_or_default();
        // The batch after the last one of the ledgers was never acknowledged.
        let last = match ledgers.last_batch() {
            Some(last) => last.max(database.latest),
            None => archived.last().max(database.latest),
        };
        let (mut sources, mut damages) = (Vec::new(), Vec::new());
        let mut before = Some(String::new());
        let mut n = 1;
        while n <= last {
            let own = archived.of(n).filter(|(_, manifest)| follows(before.as_deref(), manifest));
            if let Some((folder, manifest)) = own {
                // A pack is taken as a whole.
                let end = folder.batches.last().map_or(n, |batch| batch.batch.0);
                let whole = folder.batches.first().is_some_and(|batch| batch.batch.0 == n);
                let head = |manifest: &Manifest| manifest.seal.as_ref().and_then(|seal| seal.head.clone());
                if whole {
                    before = folder.batches.last().and_then(head);
                    check_database(&folder.batches, &stored, database);
                    sources.push(Source::Folder(folder.clone()));
                    n = end + 1;
                    continue;
                }
                before = head(manifest);
                sources.push(Source::Packed(folder.clone(), manifest.clone()));
                n += 1;
                continue;
            }
            let known = archived.known(n);
            let (mut whole, mut source) = (Vec::new(), None);
            if let Some((manifest, parts)) = stored.get(&n)
                && let Some(made) = proven(manifest, parts, known, before.as_deref())
            {
                whole.push(Copy::Database);
                source = Some(Source::Database(made));
            }
            for backup in &backups.0 {
                let Some((folder, manifest)) = backup.archived.of(n) else { continue };
                let same = known.is_none_or(|known| {
                    known.seal.as_ref().map(|s| &s.head) == manifest.seal.as_ref().map(|s| &s.head)
                });
                if !same || !follows(before.as_deref(), manifest) {
                    continue;
                }
                whole.push(Copy::Backup(backup.folder.clone()));
                source = source.or_else(|| {
                    Some(match folder.pack {
                        true => Source::Packed(folder.clone(), manifest.clone()),
                        false => Source::Folder(folder.clone()),
                    })
                });
            }
            before = source.as_ref().and_then(Source::head);
            damages.push(Damage {
                of: Of::Batch(n),
                copy: Copy::Archive,
                why: archived.why(n).unwrap_or_else(|| NOT_THERE.into()),
                whole,
            });
            sources.extend(source);
            n += 1;
        }
        (Self(sources), damages)
    }
}

impl Source {
    fn head(&self) -> Option<String> {
        let manifest = match self {
            Self::Folder(folder) => folder.batches.last()?,
            Self::Packed(_, manifest) | Self::Database(manifest) => manifest,
        };
        manifest.seal.as_ref()?.head.clone()
    }
}

/// Does a manifest follow from the head before it? Yes where one of them has no seal.
fn follows(before: Option<&str>, manifest: &Manifest) -> bool {
    let said = manifest.seal.as_ref().and_then(|seal| seal.head.as_ref());
    match (before, said) {
        (Some(before), Some(said)) => seal::head(before, manifest).as_ref() == Some(said),
        _ => true,
    }
}

/// The manifest of a batch as the database has it, where its rows are those of the manifest that is known.
fn proven(
    stored: &Manifest,
    parts: &Parts,
    known: Option<&Manifest>,
    before: Option<&str>,
) -> Option<Manifest> {
    let mut made = Manifest { seal: Some(parts.seal(None)), ..stored.clone() };
    if !parts.fit(&made) || known.is_some_and(|known| !parts.fit(known)) {
        return None;
    }
    let head = before.and_then(|before| seal::head(before, &made));
    if let Some(known) = known
        && let Some(said) = known.seal.as_ref().and_then(|seal| seal.head.as_ref())
        && head.as_ref().is_some_and(|head| head != said)
    {
        return None;
    }
    made.seal = Some(parts.seal(head));
    Some(made)
}

/// A database whose rows are not those of a batch that is whole in the archive is damaged, if its columns are those of then.
fn check_database(whole: &[Manifest], stored: &BTreeMap<u32, (Manifest, Parts)>, database: &mut Database) {
    for manifest in whole {
        let Some((entry, parts)) = stored.get(&manifest.batch.0) else {
            if database.conn.is_ok() && manifest.batch.0 <= database.latest {
                database.spoilt(format!("it lacks batch {}", manifest.batch.0));
            }
            continue;
        };
        let same_columns = manifest.schema == entry.schema;
        if manifest.seal.is_some() && same_columns && !parts.fit(manifest) {
            database.spoilt(seal::not_sealed(manifest.batch));
            return;
        }
    }
}

/// Every batch of the database: its entry in the ledger, and the sums of its rows.
fn in_database(conn: &Session, schema: &Schema) -> Result<BTreeMap<u32, (Manifest, Parts)>, StoreError> {
    let entries = deliveries::batches_as_archived(conn)?;
    let last = entries.last().map_or(BatchId(0), |batch| batch.batch);
    let (mut opened, mut closed, mut identities) = (Sums::new(), Sums::new(), Sums::new());
    let range = [("first", batch_value(BatchId(1))), ("last", batch_value(last))];
    let add = |section: &str, places: &[(&str, &str)], by: &str, into: &mut Sums| {
        let found = sums::of(by, |each| engine::streamed(conn, section, places, &range, each))?;
        sums::join(into, &found);
        Ok::<_, StoreError>(())
    };
    for table in schema.tables.values() {
        let public = table.public();
        let places = [("table", table.name.as_str()), ("columns", public.as_str())];
        add("seal.opened", &places, "known_from", &mut opened)?;
        add("seal.closed", &places, "known_to", &mut closed)?;
    }
    add("seal.identities", &[], "known_from", &mut identities)?;
    let mut found = BTreeMap::new();
    for entry in entries {
        let n = entry.batch.0;
        let version = schema.tables.get(&entry.table).map_or(0, |table| table.version);
        let part = |sums: &mut Sums| sums.remove(&n).unwrap_or_default();
        let parts =
            Parts { opened: part(&mut opened), closed: part(&mut closed), identities: part(&mut identities) };
        let entry = Manifest { schema_version: version, schema: schema.hash.clone(), ..entry };
        found.insert(n, (entry, parts));
    }
    Ok(found)
}
