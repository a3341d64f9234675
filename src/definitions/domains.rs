//! What the columns of the tables may hold: the rules of the schema, and the codes of the ward's districts.

use std::sync::Arc;

use super::districts::Districts;
use super::schema::{Schema, Table};

#[derive(Clone, Debug, Default)]
pub struct Domains {
    pub schema: Arc<Schema>,
    pub districts: Districts,
}

impl Domains {
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.schema.table(name)
    }
}

/// The tables that the program carries, with a ward's districts.
impl From<Districts> for Domains {
    fn from(districts: Districts) -> Self {
        Self { schema: Schema::embedded(), districts }
    }
}
