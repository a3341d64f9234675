//! What the ledger says of how sources have spoken lately: deliveries of which rows were held back with what was taken
//! after them, deliveries that wait for a person, and the times between deliveries.

use jiff::{SignedDuration, Timestamp};

use super::deliveries::moment;
use super::engine::{self, instant};
use super::error::StoreError;
use super::handle::Store;

/// How far back a delivery is looked for of which rows were held back, or that waits.
const BACK: SignedDuration = SignedDuration::from_hours(31 * 24);

/// A delivery that was taken, with what was held back of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub source: String,
    pub delivery: u64,
    pub name: String,
    pub rows: u64,
    pub quarantined: u64,
}

impl Store {
    /// Of each source of which rows were held back in the last 31 days: its deliveries taken from then on until an
    /// instant, the newest first (two thousand at most). Blocks.
    pub fn taken_since_held_back(&self, until: Timestamp) -> Result<Vec<Taken>, StoreError> {
        let since = until.checked_sub(BACK).unwrap_or(Timestamp::MIN);
        let values = [("at", instant(until)), ("since", instant(since))];
        engine::system_rows(&self.0.connect()?, "ledger.since_held_back", &[], &values, |row| {
            Ok(Taken {
                source: row.get(0)?,
                delivery: row.get(1)?,
                name: row.get(2)?,
                rows: row.get(3)?,
                quarantined: row.get(4)?,
            })
        })
    }

    /// How many deliveries of each source were held in the 31 days before an instant and wait for a person. Blocks.
    pub fn waiting(&self, until: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        let since = until.checked_sub(BACK).unwrap_or(Timestamp::MIN);
        let values = [("at", instant(until)), ("since", instant(since))];
        engine::system_rows(&self.0.connect()?, "ledger.waiting", &[], &values, |row| {
            let files: i64 = row.get(1)?;
            Ok((row.get(0)?, files.unsigned_abs()))
        })
    }

    /// When each source's last deliveries until an instant came, the oldest first: nine of each at most. Blocks.
    pub fn last_times(&self, until: Timestamp) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let values = [("at", instant(until))];
        engine::system_rows(&self.0.connect()?, "ledger.last_times", &[], &values, |row| {
            Ok((row.get(0)?, moment(row, 1)?))
        })
    }
}
