//! Texts that have passed the check: each is read once. Texts are constant, so there is one for each name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::super::super::error::StoreError;
use super::super::super::lock::lock;
use super::super::queries::Query;
use super::check::{self, Columns};
use super::session::Session;

/// What was found of the last text of each name.
#[derive(Default)]
pub(super) struct Checked(Mutex<BTreeMap<String, Found>>);

struct Found {
    sql: Arc<str>,
    given: Vec<Arc<str>>,
    columns: Columns,
}

impl Found {
    fn is_of(&self, query: &Query) -> bool {
        let given = query.given.iter().map(|table| &table.name);
        (Arc::ptr_eq(&self.sql, &query.sql) || self.sql == query.sql) && self.given.iter().eq(given)
    }
}

impl Checked {
    /// Checks a text, once, and says how it names columns.
    pub(super) fn columns(
        &self,
        query: &Query,
        tables: &[String],
        conn: impl FnOnce() -> Result<Session, StoreError>,
    ) -> Result<Columns, StoreError> {
        if let Some(found) = lock(&self.0).get(&query.id).filter(|found| found.is_of(query)) {
            return Ok(found.columns);
        }
        let refused = |why| StoreError::Query { query: query.id.clone(), why };
        let given: Vec<Arc<str>> = query.given.iter().map(|table| Arc::clone(&table.name)).collect();
        if let Some(name) = given.iter().find(|name| tables.iter().any(|t| t.eq_ignore_ascii_case(name))) {
            return Err(refused(format!("the table {name} is given with it, and there is one of this name")));
        }
        let tree = check::syntax_tree(&conn()?, &query.sql).map_err(refused)?;
        let readable: Vec<&str> =
            tables.iter().map(String::as_str).chain(given.iter().map(AsRef::as_ref)).collect();
        let columns = check::check(&tree, &readable).map_err(refused)?;
        lock(&self.0).insert(query.id.clone(), Found { sql: Arc::clone(&query.sql), given, columns });
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(checked: &Checked, query: &Query) -> Result<Columns, StoreError> {
        checked.columns(query, &["cases".to_owned()], Session::bare)
    }

    #[test]
    fn a_text_is_read_once_and_one_is_remembered_of_each_name() {
        let checked = Checked::default();
        for n in 0..20 {
            let query = Query::new("same", format!("SELECT sex FROM cases WHERE age > {n}"), []);
            assert_eq!(columns(&checked, &query).unwrap(), Columns::Named);
            let again = checked.columns(&query, &[], || panic!("read twice"));
            assert_eq!(again.unwrap(), Columns::Named);
        }
        assert_eq!(lock(&checked.0).len(), 1);
        assert!(columns(&checked, &Query::new("same", "SELECT hi FROM identities", [])).is_err());
        let star = Query::new("same", "SELECT * FROM cases", []);
        assert_eq!(columns(&checked, &star).unwrap(), Columns::All);
    }
}
