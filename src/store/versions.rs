//! All versions of a table's rows in the archive, as one relation.

use std::collections::BTreeSet;

use super::archive::{self, Folder};
use super::engine::{self, Session};
use super::error::StoreError;
use super::schema::Table;
use super::sql;

/// All versions of one table's rows in the archive.
pub(super) struct Versions {
    /// The columns that the opened files have.
    pub present: BTreeSet<String>,
    pub opened: String,
    pub closed: String,
    pub any_closed: bool,
}

impl Versions {
    /// None when the archive has nothing of the table.
    pub(super) fn of(conn: &Session, table: &Table, folders: &[Folder]) -> Result<Option<Self>, StoreError> {
        let Some(opened) = files(folders, &archive::opened_name(&table.name)) else { return Ok(None) };
        let closed = files(folders, &archive::closed_name(&table.name));
        let any_closed = closed.is_some();
        let closed = match closed {
            Some(files) => sql::render("rebuild.closed_files", &[("files", &files)])?,
            None => sql::text("rebuild.no_closed")?.to_owned(),
        };
        let columns = engine::system_rows(conn, "rebuild.columns", &[("files", &opened)], &[], |row| {
            row.get::<String>(0)
        })?;
        Ok(Some(Self {
            present: columns.into_iter().collect(),
            opened,
            closed: closed.trim().into(),
            any_closed,
        }))
    }

    /// The SELECT of one part of them (`current`, `closed`) in today's columns, then the store's own.
    pub(super) fn lift(&self, table: &Table, part: &str) -> Result<String, StoreError> {
        self.lift_from(table, &format!("rebuild.{part}_from"), &format!("rebuild.{part}_own"))
    }

    /// The same from a relation of one's own (a section), with its own columns (another).
    pub(super) fn lift_from(&self, table: &Table, from: &str, own: &str) -> Result<String, StoreError> {
        let inputs = table.inputs_from(&self.present, "o");
        let places = [("inputs", inputs.as_str()), ("opened", &self.opened), ("closed", &self.closed)];
        let from = sql::render(from, &places)?;
        table.lift(from.trim(), sql::text(own)?.trim())
    }
}

/// The files of one name in the archive, as an SQL list; None when there is none.
pub(super) fn files(folders: &[Folder], name: &str) -> Option<String> {
    let paths: Vec<String> = folders
        .iter()
        .filter(|folder| folder.files.iter().any(|f| f.name == name))
        .map(|folder| sql::quoted(&folder.path.join(name).to_string_lossy()))
        .collect();
    (!paths.is_empty()).then(|| format!("[{}]", paths.join(", ")))
}
