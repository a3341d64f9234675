//! No file of the past turns back what a newer one of its source has said, whichever way it comes: tried again, accepted
//! late, found again in a folder where it was left.
//!
//! - A **snapshot** tells of the days of its window, and the newest that tells of a day is right: of an older one only
//!   the days count that lie in no newer one's window. Without a window the newest tells of everything.
//! - What only **adds** replaces nothing.
//! - What **replaces by key** may add rows. Whether a newer file has said a row's content anew can't be told: where it
//!   would change stored rows, a person decides; so for a snapshot of which a newer file names no window.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::change::Change;
use super::delivery::Delivery;
use super::engine::{self, instant, text};
use super::error::StoreError;
use super::types::{DeliveryStart, days_in};
use crate::definitions::mapping::Mode;
use crate::intake::aside::{LeftOut, Why};

/// A stamp may lie ahead by so much: clocks differ.
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_mins(60);

/// The names of the source's newer files that were taken.
pub(super) fn newer(start: &DeliveryStart, conn: &engine::Session) -> Result<Vec<String>, StoreError> {
    let Some(stamp) = start.stamp.filter(|_| !start.replay) else { return Ok(Vec::new()) };
    let ahead = start.received_at.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let values = [("source", text(&start.source)), ("stamp", instant(stamp)), ("ahead", instant(ahead))];
    engine::system_rows(conn, "ledger.newer", &[], &values, |row| row.get(0))
}

/// Takes from what an older delivery would change what a newer one has said otherwise.
pub(super) fn settle(delivery: &mut Delivery, change: &mut Change) -> Result<(), StoreError> {
    let newer = newer(&delivery.start, delivery.rows.ledger())?;
    change.older = !newer.is_empty();
    if newer.is_empty() || delivery.start.mode == Mode::Append {
        return Ok(());
    }
    if let Some(free) = free_days(&delivery.start, &newer).filter(|_| !change.first) {
        let rows = delivery.rows.keep_days(&free)?;
        let left_out: Vec<LeftOut> =
            rows.into_iter().map(|row| LeftOut { row, why: Why::Overtaken }).collect();
        delivery.leave_out(&left_out);
        return Ok(());
    }
    let facts = delivery.rows.counted()?;
    change.set_back = match delivery.start.mode {
        Mode::Snapshot => facts.opened + facts.closed,
        _ => facts.opened - facts.new,
    };
    Ok(())
}

/// The days of an older snapshot of which no newer one has told; none where that can't be said.
fn free_days(start: &DeliveryStart, newer: &[String]) -> Option<Vec<(Date, Date)>> {
    if start.mode != Mode::Snapshot {
        return None;
    }
    let Some((_, from, to)) = start.window else {
        // The newest of such a source tells of everything.
        return start.in_name.is_none().then(Vec::new);
    };
    let pattern = start.in_name.as_deref()?;
    let told: Option<Vec<(Date, Date)>> = newer.iter().map(|name| days_in(pattern, name)).collect();
    Some(without((from, to), told?))
}

/// Days without some spans of days.
fn without(days: (Date, Date), mut told: Vec<(Date, Date)>) -> Vec<(Date, Date)> {
    told.sort_unstable();
    let (mut from, to) = days;
    let mut free = Vec::new();
    for (first, last) in told {
        if first > from {
            free.push((from, to.min(first.saturating_sub(1.day()))));
        }
        from = from.max(last.saturating_add(1.day()));
        if from > to {
            return free;
        }
        free.retain(|(first, last)| first <= last);
    }
    free.push((from, to));
    free.retain(|(first, last)| first <= last);
    free
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_days_that_nobody_newer_has_told_of() {
        let day = |n: i8| date(2022, 7, n);
        let free = |told: &[(i8, i8)]| {
            let told = told.iter().map(|(from, to)| (day(*from), day(*to))).collect();
            without((day(5), day(20)), told).into_iter().map(|(a, b)| (a.day(), b.day())).collect::<Vec<_>>()
        };
        assert_eq!(free(&[]), [(5, 20)]);
        assert_eq!(free(&[(1, 4), (21, 25)]), [(5, 20)]);
        assert_eq!(free(&[(6, 30)]), [(5, 5)]);
        assert_eq!(free(&[(1, 30)]), []);
        assert_eq!(free(&[(1, 10)]), [(11, 20)]);
        assert_eq!(free(&[(15, 16), (8, 10)]), [(5, 7), (11, 14), (17, 20)]);
        assert_eq!(free(&[(8, 20)]), [(5, 7)]);
        assert_eq!(free(&[(5, 12), (13, 19)]), [(20, 20)]);
        assert_eq!(free(&[(25, 28)]), [(5, 20)]);
    }
}
