//! The signs by which a file that lost its end, or whose columns can't be read, waits for a person.
//!
//! A program that sends less than it has says nothing of it: a snapshot would then withdraw people who are there. What
//! is looked for, in this order:
//! - it is older than a file that was taken already, and would set rows back ([`super::order`]);
//! - the last line has no line end and too few cells;
//! - it has none, the delivery changes something, and every earlier file of the source by this mapping had one;
//! - a column can't be read (see [`badly_read`]);
//! - a snapshot with no rows, or with fewer than half of those stored;
//! - as many lines as a sheet of a spreadsheet can have, where the delivery changes something at all;
//! - three withdrawals or more of the last rows by their place in the file or by their day, no new one behind them, and hardly
//!   any change elsewhere (at most ten rows, or 5 %);
//! - the last days of the window in the file's name have no rows, and all that were stored of them would go;
//! - a share of withdrawals far above the source's usual one: over three times the highest of its last 30 deliveries,
//!   and at least ten rows and 5 %. While fewer than three deliveries say what is usual, one row in five.

use jiff::ToSpan;

use super::change::Change;
use super::deliveries;
use super::delivery::Delivery;
use super::engine::{self, Ends, Lost, number, text};
use super::error::StoreError;
use super::hold::Hold;
use super::unread::badly_read;
use crate::definitions::mapping::Mode;

/// Lines of a sheet: of .xls, and of .xlsx. The header is one of them, or was cut off before.
const SHEETS: [u64; 2] = [65_536, 1_048_576];
/// Withdrawals from the end that are no ordinary correction.
const AT_THE_END: u64 = 3;
/// Deliveries that say what is usual, and how many it takes to know.
const OF_LATE: u64 = 30;
const KNOWN: usize = 3;
/// So many times the usual is far above it.
const FAR_ABOVE: f64 = 3.0;
/// Fewer are never many.
const FEW: u64 = 10;
const FEW_SHARE: f64 = 0.05;
/// What is many while nothing is known of the source.
const NEW_SOURCE: f64 = 0.2;

/// The sign that a delivery shows, if a person has not confirmed it.
pub(super) fn look(delivery: &Delivery, change: &Change) -> Result<Option<Hold>, StoreError> {
    if delivery.start.confirmed {
        return Ok(None);
    }
    if change.set_back > 0 {
        return Ok(Some(Hold::Older { rows: change.set_back }));
    }
    if let Some(row) = delivery.torn_row() {
        return Ok(Some(Hold::Torn { row }));
    }
    if change.opened + change.closed > 0
        && let Some(row) = delivery.unended
        && always_ended(delivery)?
    {
        return Ok(Some(Hold::NoLineEnd { row }));
    }
    if let Some(hold) = unreadable(delivery)? {
        return Ok(Some(hold));
    }
    let snapshot = delivery.start.mode == Mode::Snapshot;
    if snapshot && let Some(hold) = shrunk(delivery, change) {
        return Ok(Some(hold));
    }
    if change.opened + change.closed > 0
        && let Some(lines) = full_sheet(delivery)
    {
        return Ok(Some(Hold::FullSheet { lines, withdrawn: change.counted.withdrawn }));
    }
    if !snapshot || change.first || change.counted.withdrawn == 0 {
        return Ok(None);
    }
    let ends = delivery.rows.ends()?;
    if let Some(hold) = lost_end(delivery, change, &ends)? {
        return Ok(Some(hold));
    }
    if let Some(hold) = lost_days(delivery, change, &ends)? {
        return Ok(Some(hold));
    }
    many_withdrawn(delivery, change)
}

/// Did every file of the source that was taken, by the mapping as it is, end with a line end? Without one: no.
fn always_ended(delivery: &Delivery) -> Result<bool, StoreError> {
    let values = [("source", text(&delivery.start.source)), ("mapping", text(&delivery.start.mapping_hash))];
    let found = engine::system_rows(delivery.rows.ledger(), "ledger.line_ends", &[], &values, |row| {
        Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
    })?;
    Ok(found.into_iter().next().is_some_and(|(taken, open)| taken > 0 && open == 0))
}

/// A column that can't be read, judged by the source's last deliveries too.
fn unreadable(delivery: &Delivery) -> Result<Option<Hold>, StoreError> {
    if delivery.unread.is_empty() {
        return Ok(None);
    }
    let earlier = deliveries::unread_of_late(delivery.rows.ledger(), &delivery.start.source, OF_LATE)?;
    Ok(badly_read(&delivery.unread, &earlier))
}

fn shrunk(delivery: &Delivery, change: &Change) -> Option<Hold> {
    if change.arrived == 0 {
        return Some(Hold::Empty);
    }
    let (there, stored) = (change.arrived + delivery.bad_rows.len() as u64, change.counted.stored);
    (there * 2 < stored).then_some(Hold::Shrunk { rows: there, stored })
}

/// The number of lines, where it is that of a full sheet.
fn full_sheet(delivery: &Delivery) -> Option<u64> {
    SHEETS.into_iter().find(|sheet| delivery.last_row == *sheet || delivery.rows_of_table() == *sheet)
}

/// Rows that are gone from the end, whatever else was corrected: what stays may have changed here and there, and without a key a
/// corrected row is one that goes and one that comes.
fn lost_end(delivery: &Delivery, change: &Change, ends: &Ends) -> Result<Option<Hold>, StoreError> {
    let counted = &change.counted;
    let Some((first, last)) = delivery.rows.first_last()? else { return Ok(None) };
    // What would go stood right behind where the file now ends. Numbers of rows that came with other files may be off.
    let right_behind = ends.first_row.abs_diff(last.row + 1) <= AT_THE_END.max(last.row / 20);
    let newest_first = first.day.zip(last.day).is_some_and(|(first, last)| first > last);
    let signs =
        [(ends.by_place, !last.new && right_behind), (ends.by_day, true), (ends.newest_first, newest_first)];
    let few = FEW.max((counted.stored as f64 * FEW_SHARE) as u64);
    let elsewhere = |lost: &Lost| counted.withdrawn.saturating_sub(lost.rows) + counted.changed;
    let found = signs.into_iter().filter(|(lost, shown)| *shown && lost.rows >= AT_THE_END);
    let found = found.map(|(lost, _)| lost).find(|lost| elsewhere(lost) <= few);
    Ok(found.map(|lost| Hold::LostEnd {
        withdrawn: lost.rows,
        stored: counted.stored,
        days: lost.days,
        elsewhere: elsewhere(&lost),
    }))
}

fn lost_days(delivery: &Delivery, change: &Change, ends: &Ends) -> Result<Option<Hold>, StoreError> {
    let Some((column, _, to)) = &delivery.start.window else { return Ok(None) };
    let Some(last) = ends.last_day.filter(|last| last < to) else { return Ok(None) };
    let (stored, lost) = delivery.rows.behind(column, last)?;
    let all_go = (stored > 0 && stored == lost).then_some(());
    Ok(all_go.map(|()| Hold::LostDays {
        from: last.saturating_add(1.day()),
        to: *to,
        withdrawn: change.counted.withdrawn,
        stored: change.counted.stored,
    }))
}

fn many_withdrawn(delivery: &Delivery, change: &Change) -> Result<Option<Hold>, StoreError> {
    let counted = &change.counted;
    let withdrawn = match delivery.start.keyed {
        true => counted.withdrawn,
        // A corrected row is one that goes and one that comes.
        false => counted.withdrawn.saturating_sub(counted.new),
    };
    let share = withdrawn as f64 / counted.stored.max(1) as f64;
    if withdrawn < FEW || share < FEW_SHARE {
        return Ok(None);
    }
    let values = [
        ("source", text(&delivery.start.source)),
        ("keyed", delivery.start.keyed.into()),
        ("n", number(OF_LATE)),
    ];
    let found =
        engine::system_rows(delivery.rows.ledger(), "ledger.usual_withdrawals", &[], &values, |row| {
            Ok((row.get::<i64>(0)?, row.get::<Option<f64>>(1)?))
        })?;
    let usual =
        found.into_iter().next().filter(|(known, _)| *known >= KNOWN as i64).and_then(|(_, most)| most);
    let most = usual.map_or(NEW_SOURCE, |usual| usual * FAR_ABOVE);
    let hold = Hold::ManyWithdrawn { withdrawn, stored: counted.stored, usual };
    Ok((share > most).then_some(hold))
}
