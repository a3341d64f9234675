//! The database, as a copy.

use std::path::Path;

use super::super::engine::{self, Session};
use super::super::error::StoreError;
use super::super::schema::Schema;
use super::super::seal;
use super::super::settings::StoreSettings;
use super::damage::NOT_THERE;

/// The database, if it is whole.
pub(super) struct Database {
    /// Open and of this program's tables; otherwise why not.
    pub conn: Result<Session, String>,
    /// There is none.
    pub is_new: bool,
    /// Its last batch.
    pub latest: u32,
}

impl Database {
    pub(super) fn open(settings: &StoreSettings, schema: &Schema) -> Self {
        let file = settings.paths().database();
        if !file.exists() {
            return Self { conn: Err(NOT_THERE.into()), is_new: true, latest: 0 };
        }
        let looked = look(settings, schema, &file);
        let latest = looked.as_ref().map_or(0, |(_, latest)| *latest);
        Self { conn: looked.map(|(conn, _)| conn), is_new: false, latest }
    }

    /// It was found to be damaged after all.
    pub(super) fn spoilt(&mut self, why: String) {
        self.conn = Err(why);
        self.latest = 0;
    }
}

fn look(settings: &StoreSettings, schema: &Schema, file: &Path) -> Result<(Session, u32), String> {
    let told = |error: StoreError| engine::chain(&error);
    let conn = Session::open(file, settings, settings.memory_limit).map_err(told)?;
    if engine::count(&conn, "schema.is_made", &[], &[]).map_err(told)? == 0 {
        return Err("it has no tables".into());
    }
    let hash = engine::system_rows(&conn, "schema.stored_hash", &[], &[], |row| row.get::<String>(0));
    if hash.map_err(told)?.first() != Some(&schema.hash) {
        return Err("its tables are not those of this program".into());
    }
    seal::read_ledgers(&conn).map_err(told)?;
    let latest = engine::count(&conn, "schema.last_batch", &[], &[]).map_err(told)?;
    Ok((conn, u32::try_from(latest).unwrap_or(u32::MAX)))
}
