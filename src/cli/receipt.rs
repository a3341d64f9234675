//! What became of a file, in lines: the same words for a delivery and for a trial of one.

use super::output::Output;
use crate::intake::fault::Fault;
use crate::store::Receipt;

/// Says what became of a file: its rows in versions and in an equation, then row by row what was held back, merged or
/// partly unread. At most `listed` of each.
pub fn tell(file: &str, what: &str, receipt: &Receipt, listed: usize, out: &Output) {
    let Receipt { rows, opened, closed, unchanged, quarantined, .. } = receipt;
    out.line(format!(
        "{file}: {what}: {rows} rows, {opened} versions opened, {closed} closed, {unchanged} unchanged, \
         {quarantined} quarantined{}",
        if receipt.stale { ", older than what was known" } else { "" }
    ));
    if let Some(counted) = receipt.counted.filter(|_| *rows > 0) {
        let gone = if receipt.outcome.is_taken() { "withdrawn" } else { "would be withdrawn" };
        out.line(format!(
            "  {rows} rows = {} new + {} changed + {unchanged} unchanged + {} merged + {quarantined} held back; {} {gone}",
            counted.new, counted.changed, counted.merged, counted.withdrawn
        ));
    }
    faults(&receipt.faults, *quarantined, listed, out);
    let merged = receipt.merged_rows.len() as u64;
    let merged = receipt.counted.map_or(merged, |counted| merged.max(counted.merged));
    faults(&receipt.merged_rows, merged, listed, out);
    for unread in &receipt.unread {
        let rows: Vec<String> = unread.rows.iter().map(u64::to_string).collect();
        let more = if unread.cells > unread.rows.len() as u64 { " …" } else { "" };
        out.line(format!(
            "  {}: {} of {} cells unknown: {} (rows {}{more})",
            unread.column,
            unread.cells,
            unread.filled,
            unread.kind.reason(),
            rows.join(", ")
        ));
    }
}

fn faults(faults: &[Fault], all: u64, listed: usize, out: &Output) {
    for fault in faults.iter().take(listed) {
        let beside = fault.other.map_or_else(String::new, |other| format!(" (row {other})"));
        out.line(format!("  row {}, {}: {}{beside}", fault.row, column(&fault.column), fault.kind.reason()));
    }
    let told = faults.len().min(listed) as u64;
    if all > told {
        out.line(format!("  … and {} more", all - told));
    }
}

fn column(name: &str) -> &str {
    if name.is_empty() { "the whole row" } else { name }
}
