//! What became of a file, in lines: the same words for a delivery and for a trial of one. What has happened and what would
//! happen are never told alike: nothing was taken of a file that is held or refused, and the counts of its rows say what
//! would become of them.

use super::output::Output;
use crate::epi::text::shown;
use crate::intake::aside::Why;
use crate::intake::fault::{Fault, FaultKind, Unread};
use crate::intake::stamp::in_words;
use crate::store::{Outcome, Receipt};

/// How many rows of each kind are listed one by one.
pub(super) const LISTED: usize = 20;
/// The same of a trial.
pub(super) const LISTED_OF_A_TRIAL: usize = 50;

/// Says what became of a file: what was taken, its rows in an equation, then row by row what was left out, held back,
/// merged or partly unread.
pub(super) fn tell(file: &str, receipt: &Receipt, out: &Output) {
    let file = shown(file);
    let rows = receipt.rows;
    let ((ja, en), taken) = (outcome(receipt), receipt.outcome.is_taken());
    let Receipt { opened, closed, .. } = receipt;
    let (versions_ja, versions_en) = match taken {
        true => (
            format!("、版の追加{opened}・終了{closed}"),
            format!(", {opened} versions opened, {closed} closed"),
        ),
        false => (String::new(), String::new()),
    };
    let (older_ja, older_en) = older(receipt);
    out.line(format!(
        "{file}: {ja}: {rows}行{versions_ja}{older_ja} · {en}: {rows} rows{versions_en}{older_en}"
    ));
    let lead = if taken { ("", "") } else { ("受け取れば: ", "if it were taken: ") };
    details(receipt, lead, LISTED, out);
}

/// The same of a trial: nothing has happened.
pub(super) fn tell_trial(file: &str, receipt: &Receipt, out: &Output) {
    let file = shown(file);
    let would = match &receipt.outcome {
        Outcome::Accepted => "取り込まれます · would be taken".to_owned(),
        Outcome::Unchanged => "新しい内容がなく、何も変わりません · would change nothing".to_owned(),
        Outcome::Refused(why) => format!("全体が受入拒否になります · would be refused whole: {why}"),
        Outcome::Held(why) => format!("保留になります · would be held: {why}"),
    };
    let (older_ja, older_en) = older(receipt);
    out.line(format!("{file}: {would}{older_ja}{older_en}"));
    let lead = match receipt.outcome.is_taken() {
        true => ("取り込めば: ", "on load: "),
        false => ("受け取れば: ", "if it were taken: "),
    };
    details(receipt, lead, LISTED_OF_A_TRIAL, out);
}

/// What became of a delivery, in a few words.
fn outcome(receipt: &Receipt) -> (String, String) {
    match (&receipt.outcome, receipt.batch) {
        (Outcome::Accepted, Some(batch)) => {
            (format!("受け入れました（バッチ{}）", batch.0), format!("taken as batch {}", batch.0))
        }
        (Outcome::Accepted, None) => ("受け入れました".into(), "taken".into()),
        (Outcome::Unchanged, _) => ("新しい内容はありません".into(), "nothing new".into()),
        (Outcome::Refused(_), _) => {
            ("受入拒否（何も取り込んでいません）".into(), "refused, nothing was taken".into())
        }
        (Outcome::Held(_), _) => ("保留（何も取り込んでいません）".into(), "held, nothing was taken".into()),
    }
}

fn older(receipt: &Receipt) -> (&'static str, &'static str) {
    match receipt.stale {
        true => ("、前に届いたものより古い", ", older than what was known"),
        false => ("", ""),
    }
}

fn details(receipt: &Receipt, lead: (&str, &str), listed: usize, out: &Output) {
    let Receipt { rows, unchanged, quarantined, .. } = receipt;
    if *rows == 0 && was_read(receipt) {
        let (ja, en) = match receipt.left_out.is_empty() {
            true => ("見出しだけで、データの行が1行もありません", "a heading alone, and no row of data"),
            false => (
                "数える行が1行もありません（除いた行だけです）",
                "no row that counts, only rows that are left out",
            ),
        };
        out.line(format!("  {ja} · {en}"));
    }
    if let Some(counted) = receipt.counted.filter(|_| *rows > 0) {
        let (new, changed, merged, withdrawn) =
            (counted.new, counted.changed, counted.merged, counted.withdrawn);
        out.line(format!(
            "  {}{rows}行 = 新規{new} + 更新{changed} + 変更なし{unchanged} + まとめた行{merged} + 取込保留{quarantined}、取下げ\
             {withdrawn} · {}{rows} rows = {new} new + {changed} changed + {unchanged} unchanged + {merged} merged + \
             {quarantined} held back; {withdrawn} withdrawn",
            lead.0, lead.1
        ));
    }
    if let Some(at) = receipt.known_from {
        let at = in_words(at);
        out.line(format!(
            "  {at}（日本時間）から分かっていたものとします · counts as known from {at} (Japan)"
        ));
    }
    if !receipt.absent.is_empty() {
        let (ja, en) = (receipt.absent.join("・"), receipt.absent.join(", "));
        out.line(format!(
            "  ファイルにない列（その列による数は出しません）: {ja} · columns that the file does not have (what counts by them has no \
             figure): {en}"
        ));
    }
    for count in &receipt.left_out_counts {
        let named: Vec<u64> =
            receipt.left_out.iter().filter(|left| left.why == count.why).map(|left| left.row).collect();
        left_out(count.why, &named, count.rows, out);
    }
    faults(&receipt.faults, *quarantined, listed, out);
    let merged = receipt.merged_rows.len() as u64;
    let merged = receipt.counted.map_or(merged, |counted| merged.max(counted.merged));
    faults(&receipt.merged_rows, merged, listed, out);
    for unread in &receipt.unread {
        let rows: Vec<String> = unread.rows.iter().map(u64::to_string).collect();
        let more = if unread.cells > unread.rows.len() as u64 { " …" } else { "" };
        let Unread { column, cells, filled, kind, .. } = unread;
        if *kind == FaultKind::NoLineEnd {
            let (ja, en) = (kind.ja(), kind.reason());
            out.line(format!("  {0}行目: {ja} · row {0}: {en}", rows.join(", ")));
            continue;
        }
        let (ja, en) = match kind {
            kind if kind.keeps_value() => ("", ""),
            kind if kind.is_understood() => ("は不明として", " unknown"),
            _ => ("は不明として（前に分かっていた値は、そのまま）", " unknown, an earlier value stays"),
        };
        out.line(format!(
            "  {column}: {filled}件のうち{cells}件{ja}: {} · {cells} of {filled} cells{en}: {} (rows {}{more})",
            kind.ja(),
            kind.reason(),
            rows.join(", ")
        ));
    }
}

/// Was the file read to its end? Of one that can't be read nothing is known of its rows.
fn was_read(receipt: &Receipt) -> bool {
    !matches!(receipt.outcome, Outcome::Refused(_))
}

/// Rows that are not counted, by their numbers.
fn left_out(why: Why, named: &[u64], all: u64, out: &Output) {
    let more = all.saturating_sub(named.len() as u64);
    let (more_ja, more_en) = match more {
        0 => (String::new(), String::new()),
        more => (format!(" ほか{more}行"), format!(" and {more} more")),
    };
    let rows = ranges(named);
    out.line(format!(
        "  数えずに除いた行（{}）: {all}行、{rows}行目{more_ja} · left out, not counted ({}): {all}, rows {rows}{more_en}",
        why.ja(),
        why.en()
    ));
}

fn faults(faults: &[Fault], all: u64, listed: usize, out: &Output) {
    for fault in faults.iter().take(listed) {
        let (beside_ja, beside_en) = match fault.other {
            Some(other) => (format!("（{other}行目）"), format!(" (row {other})")),
            None => (String::new(), String::new()),
        };
        let (row, kind) = (fault.row, fault.kind);
        let ja = if fault.column.is_empty() { "行全体" } else { &fault.column };
        out.line(format!(
            "  {row}行目 {ja}: {}{beside_ja} · row {row}, {}: {}{beside_en}",
            kind.ja(),
            column(&fault.column),
            kind.reason()
        ));
    }
    let told = faults.len().min(listed) as u64;
    if all > told {
        let more = all - told;
        out.line(format!("  … ほか{more}行 · and {more} more"));
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
