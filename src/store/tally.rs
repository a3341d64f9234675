//! What the ledgers add up to, for those who watch the server from outside.

use super::engine;
use super::error::StoreError;
use super::handle::Store;

/// Sums over all deliveries on record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub deliveries: Vec<DeliveriesOf>,
    /// Of each reason the rows that were held back for it.
    pub held_back: Vec<(String, u64)>,
}

/// The deliveries of a source with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveriesOf {
    pub source: String,
    pub outcome: String,
    pub deliveries: u64,
    pub rows: u64,
    pub held_back: u64,
}

impl Store {
    /// Blocks.
    pub fn tally(&self) -> Result<Tally, StoreError> {
        let conn = self.0.connect()?;
        let whole = |number: i64| u64::try_from(number).unwrap_or_default();
        let deliveries = engine::system_rows(&conn, "ledger.tally", &[], &[], |row| {
            Ok(DeliveriesOf {
                source: row.get(0)?,
                outcome: row.get(1)?,
                deliveries: whole(row.get(2)?),
                rows: whole(row.get(3)?),
                held_back: whole(row.get(4)?),
            })
        })?;
        let held_back = engine::system_rows(&conn, "ledger.tally_of_faults", &[], &[], |row| {
            Ok((row.get::<String>(0)?, whole(row.get(1)?)))
        })?;
        Ok(Tally { deliveries, held_back })
    }

    /// Is some work under way for which the store is kept from everybody else?
    pub fn is_kept_alone(&self) -> bool {
        super::lock::lock(&self.0.busy).alone
    }
}
