//! What became of a file, in lines: the same words for a delivery and for a trial of one.

use super::output::Output;
use crate::intake::fault::{Fault, Unread};
use crate::jobs::stamp::told;
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
    if let Some(at) = receipt.known_from {
        let at = told(at);
        out.line(format!(
            "  {at}（日本時間）から分かっていたものとします · counts as known from {at} (Japan)"
        ));
    }
    if !receipt.left_out.is_empty() {
        let rows = ranges(&receipt.left_out);
        out.line(format!("  {rows}行目は表の行ではないため除きました（合計・表の下の注） · rows {rows} left out: totals, the foot of the table"));
    }
    faults(&receipt.faults, *quarantined, listed, out);
    let merged = receipt.merged_rows.len() as u64;
    let merged = receipt.counted.map_or(merged, |counted| merged.max(counted.merged));
    faults(&receipt.merged_rows, merged, listed, out);
    for unread in &receipt.unread {
        let rows: Vec<String> = unread.rows.iter().map(u64::to_string).collect();
        let more = if unread.cells > unread.rows.len() as u64 { " …" } else { "" };
        let Unread { column, cells, filled, kind, .. } = unread;
        let (ja, en) = if kind.keeps_value() { ("", "") } else { ("は不明として", " unknown") };
        out.line(format!(
            "  {column}: {filled}件のうち{cells}件{ja}: {} · {cells} of {filled} cells{en}: {} (rows {}{more})",
            kind.ja(),
            kind.reason(),
            rows.join(", ")
        ));
    }
}

fn faults(faults: &[Fault], all: u64, listed: usize, out: &Output) {
    for fault in faults.iter().take(listed) {
        let beside = fault.other.map_or_else(String::new, |other| format!(" (row {other})"));
        let (row, kind) = (fault.row, fault.kind);
        let ja = if fault.column.is_empty() { "行全体" } else { &fault.column };
        out.line(format!(
            "  {row}行目 {ja}: {} · row {row}, {}: {}{beside}",
            kind.ja(),
            column(&fault.column),
            kind.reason()
        ));
    }
    let told = faults.len().min(listed) as u64;
    if all > told {
        out.line(format!("  … and {} more", all - told));
    }
}

/// `4, 49–51`
fn ranges(rows: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => runs.push((*row, *row)),
        }
    }
    let run = |(first, last): (u64, u64)| {
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(", ")
}

fn column(name: &str) -> &str {
    if name.is_empty() { "the whole row" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_follow_each_other_are_one_range() {
        assert_eq!(ranges(&[4, 49, 50, 51]), "4, 49–51");
        assert_eq!(ranges(&[7]), "7");
    }
}
