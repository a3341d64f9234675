//! The archive against itself (hashes) and against the database (as of every batch); journals against ledgers.

use std::path::Path;

use serde::Serialize;

use super::archive::{self, Folder, Manifest};
use super::deliveries;
use super::engine::{self, Session};
use super::error::StoreError;
use super::handle::Store;
use super::lock::lock;
use super::schema::{Schema, Table};
use super::seal::{self, InJournal};
use super::settings::StoreSettings;
use super::types::Progress;
use super::versions::{Versions, files};
use super::writer::Writer;
use super::{journal, keep, sql, top_code};

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Findings {
    /// Empty when all is well. Each names its file, batch or table.
    pub faults: Vec<String>,
    pub batches: u64,
    pub files: u64,
    pub bytes: u64,
    /// Versions of rows compared.
    pub rows: u64,
    /// Batches that were not sealed, and are now that nothing is wrong with them.
    pub sealed: u64,
}

impl Store {
    /// Checks the archive's hashes, and the archive against the database as of every batch. Deliveries wait
    /// meanwhile, queries go on.
    pub fn verify(&self, progress: &dyn Fn(Progress)) -> Result<Findings, StoreError> {
        let conn = self.0.connect()?;
        self.0.with_writer(|writer| {
            let settings = &self.0.settings;
            let mut findings = Findings::default();
            let folders = match archive::folders(&settings.paths()) {
                Ok(folders) => folders,
                Err(error) => {
                    findings.faults.push(error.to_string());
                    self.degrade(error.to_string());
                    return Ok(findings);
                }
            };
            hashes(&folders, &mut findings, progress);
            // Damaged files can't be compared.
            if findings.faults.is_empty() {
                seals(&conn, settings, &folders, &mut findings, progress);
                compare(&conn, &self.0.schema, settings, &folders, &mut findings, progress)?;
            }
            match findings.faults.first() {
                Some(first) => self.degrade(first.clone()),
                // What was damaged is whole again.
                None => drop(lock(&self.0.fault).take()),
            }
            for (table, rows) in top_code::found(&conn, &self.0.schema)? {
                findings.faults.push(format!(
                    "{table}: 上限をかけていない年齢が{rows}行の版に残っています。次の起動で取り除きます · {table}: {rows} versions keep an age that is not \
                     top-coded: the next start removes them"
                ));
            }
            if findings.faults.is_empty() && seal::last(&folders).is_none() {
                findings.sealed = folders.iter().map(|folder| folder.batches.len() as u64).sum();
                self.seal(writer, &conn, &folders)?;
            }
            Ok(findings)
        })
    }

    /// Seals an archive of which everything equals the database.
    fn seal(&self, writer: &mut Writer, conn: &Session, folders: &[Folder]) -> Result<(), StoreError> {
        let sealed = seal::anew(conn, &self.0.settings.paths(), folders, None, "equal to the database")?;
        let (note, number) = (sealed.note(self.0.clock.now())?, writer.notes.next());
        writer.keep(
            |w| &mut w.notes,
            &note,
            |conn| {
                keep::add_note(conn, number, &note)?;
                seal::keep(conn, Some(&sealed.head))
            },
        )?;
        writer.head = Some(sealed.head);
        Ok(())
    }
}

/// A database file that nobody holds against the archive, whose hashes were looked at when the file was made of it.
pub(super) fn database(
    settings: &StoreSettings,
    file: &Path,
    progress: &dyn Fn(Progress),
) -> Result<Findings, StoreError> {
    let conn = Session::open(file, settings, settings.memory_limit / 2)?;
    let schema = Schema::of(&settings.schema);
    let folders = archive::folders(&settings.paths())?;
    let mut findings = Findings::default();
    compare(&conn, &schema, settings, &folders, &mut findings, progress)?;
    Ok(findings)
}

/// Each batch has the rows that were sealed, and archive, journals and database have the same seal.
fn seals(
    conn: &Session,
    settings: &StoreSettings,
    folders: &[Folder],
    findings: &mut Findings,
    progress: &dyn Fn(Progress),
) {
    progress(Progress { doing: "comparing the seals".into(), done: 0, of: 1 });
    let paths = settings.paths();
    match seal::broken(conn, folders) {
        Ok(broken) => findings.faults.extend(
            broken
                .iter()
                .map(|(folder, batch)| format!("{}: {}", folder.path.display(), seal::not_sealed(*batch))),
        ),
        Err(error) => findings.faults.push(engine::chain(&error)),
    }
    let said = InJournal::read(&paths).and_then(|said| seal::agree(&paths, folders, &said));
    if let Err(error) = said {
        findings.faults.push(engine::chain(&error));
    }
    match seal::in_database(conn) {
        Ok(head) if head == seal::last(folders) => {}
        Ok(_) => findings.faults.push(
            "保管記録とデータベースの封印が異なります · archive and database have different seals".into(),
        ),
        Err(error) => findings.faults.push(engine::chain(&error)),
    }
}

/// Each file of the archive has the length and the hash that its manifest says.
fn hashes(folders: &[Folder], findings: &mut Findings, progress: &dyn Fn(Progress)) {
    let of = folders.len() as u64;
    for (done, folder) in (0..).zip(folders) {
        progress(Progress { doing: "hashing the archive".into(), done, of });
        findings.batches += folder.batches.len() as u64;
        for (path, said) in folder.paths() {
            findings.files += 1;
            match archive::compare(&path, said) {
                Ok(()) => findings.bytes += said.bytes,
                Err(error) => findings.faults.push(engine::chain(&error)),
            }
        }
    }
}

fn compare(
    conn: &Session,
    schema: &Schema,
    settings: &StoreSettings,
    folders: &[Folder],
    findings: &mut Findings,
    progress: &dyn Fn(Progress),
) -> Result<(), StoreError> {
    let of = schema.tables.len() as u64 + 1;
    for (done, table) in (0..).zip(schema.tables.values()) {
        progress(Progress { doing: format!("comparing {}", table.name), done, of });
        if let Err(error) = versions(conn, table, folders, findings) {
            findings.faults.push(format!("{}: {}", table.name, engine::chain(&error)));
            // The temporary tables may be there still; nothing after this can be trusted.
            return Ok(());
        }
    }
    progress(Progress { doing: "comparing the ledgers".into(), done: of - 1, of });
    if let Err(error) = seal::read_ledgers(conn) {
        findings.faults.push(engine::chain(&error));
        return Ok(());
    }
    identities(conn, folders, findings)?;
    ledger(conn, folders, findings)?;
    for (name, counted) in journal::JOURNALS {
        let stored = engine::count(conn, counted, &[], &[])?;
        let mut written = 0;
        let read = journal::read(&settings.paths().journal(), name, |n, _: serde_json::Value| {
            written = n;
            Ok(())
        });
        match read {
            Err(error) => {
                let fault = engine::chain(&error);
                if !findings.faults.contains(&fault) {
                    findings.faults.push(fault);
                }
            }
            Ok(()) if written != stored => {
                findings.faults.push(format!(
                    "ジャーナル {name}: {written}件、データベースには{stored}件 · journal {name}: {written} entries, {stored} in the database"
                ));
            }
            Ok(()) => {}
        }
    }
    progress(Progress { doing: "compared".into(), done: of, of });
    Ok(())
}

/// One table's versions.
fn versions(
    conn: &Session,
    table: &Table,
    folders: &[Folder],
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let public = table.public();
    let mut places = vec![("table", table.name.as_str()), ("columns", public.as_str())];
    engine::system(conn, "verify.database", &places, &[])?;
    let archived = Versions::of(conn, table, folders)?;
    let lift = archived.as_ref().map(|a| all(a, table)).transpose()?;
    match (&archived, &lift) {
        (Some(archived), Some(lift)) => {
            places.push(("lift", lift));
            engine::system(conn, "verify.archive", &places, &[])?;
            let strays = [("closed", archived.closed.as_str()), ("opened", archived.opened.as_str())];
            let stray = engine::count(conn, "verify.stray_closed", &strays, &[])?;
            if stray > 0 {
                findings
                    .faults
                    .push(format!(
                        "{0}: 開かれたことのない版が{stray}件閉じられています · {0}: {stray} versions closed that were never opened",
                        table.name
                    ));
            }
        }
        _ => {
            engine::system(conn, "verify.no_archive", &[], &[])?;
        }
    }
    let differences = engine::system_rows(conn, "verify.differences", &[], &[], |row| {
        let until: Option<u32> = row.get(1)?;
        Ok((row.get::<u32>(0)?, until, row.get::<i64>(2)?, row.get::<i64>(3)?))
    })?;
    for (from, until, database, archive) in differences {
        let until_ja = until.map_or_else(String::new, |u| format!("（バッチ{u}まで）"));
        let until = until.map_or_else(String::new, |u| format!(" until {u}"));
        findings.faults.push(format!(
            "{0}: バッチ{from}{until_ja}から分かっている版: 保管記録に{archive}件、データベースに{database}件{1} · {0}: versions known from batch \
             {from}{until}: {archive} in the archive, {database} in the database{2}",
            table.name,
            if archive == database { "（内容が異なります）" } else { "" },
            if archive == database { ", with other content" } else { "" },
        ));
    }
    let counted = engine::rows(conn, "counting", sql::text("verify.counted")?, &[], |row| row.get::<i64>(0))?;
    findings.rows += counted.first().map_or(0, |n| n.unsigned_abs());
    engine::system(conn, "verify.drop_database", &[], &[])?;
    engine::system(conn, "verify.drop_archive", &[], &[]).map(|_| ())
}

/// The SELECT of all versions in the archive.
fn all(archived: &Versions, table: &Table) -> Result<String, StoreError> {
    archived.lift_from(table, "verify.all_from", "rebuild.closed_own")
}

fn identities(conn: &Session, folders: &[Folder], findings: &mut Findings) -> Result<(), StoreError> {
    let digest = |relation: &str| {
        let found = engine::system_rows(conn, "verify.identities", &[("relation", relation)], &[], |row| {
            Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
        })?;
        Ok::<_, StoreError>(found.into_iter().next())
    };
    let stored = digest("vault.identities")?;
    if let Some(files) = files(folders, archive::IDENTITIES) {
        if digest(sql::render("verify.parquet", &[("files", &files)])?.trim())? != stored {
            findings.faults.push("仮名の対応表が保管記録とデータベースで異なります · the identities of archive and database differ".into());
        }
    } else if stored.is_some_and(|(n, _)| n > 0) {
        findings.faults.push(
            "仮名の対応表がデータベースにだけあります · the database has identities, the archive none".into(),
        );
    }
    if engine::count(conn, "verify.twice", &[], &[])? > 0 {
        findings.faults.push("一つの仮名が二人を、または二つの仮名が一人を指しています · a pseudonym stands for two cases, or two for one".into());
    }
    Ok(())
}

/// Batches as their manifests say, in the ledger.
fn ledger(conn: &Session, folders: &[Folder], findings: &mut Findings) -> Result<(), StoreError> {
    let stored = deliveries::batches_as_archived(conn)?;
    let written: Vec<&Manifest> = folders.iter().flat_map(|f| &f.batches).collect();
    if stored.len() != written.len() {
        findings.faults.push(format!(
            "保管記録に{0}バッチ、台帳に{1}バッチあります · {0} batches in the archive, {1} in the ledger",
            written.len(),
            stored.len()
        ));
    }
    for (entry, manifest) in stored.iter().zip(written) {
        // What the ledger does not have.
        let Manifest { schema_version, schema, files, seal, .. } = manifest.clone();
        if (Manifest { schema_version, schema, files, seal, ..entry.clone() }) != *manifest {
            findings.faults.push(format!(
                "バッチ{0}: 台帳と目録が異なります · batch {0}: ledger and manifest differ",
                manifest.batch.0
            ));
        }
    }
    Ok(())
}
