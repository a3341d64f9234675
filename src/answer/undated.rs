//! How many rows a figure would count if their day were known: what is missing from it without anybody having held it
//! back. Worked out once for each version of the data and each way of counting; then picked by disease and days. Groups of
//! which nobody is known, and sums of several sources, are judged here too.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::cells::cell_of;
use super::extent::Extent;
use super::handle::{Answers, Result, failed};
use super::memory::{Lacked, LedgerView};
use super::question::{Cell, Undated};
use super::untold;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::Title;
use crate::definitions::role::Role;
use crate::definitions::undated::Dated;
use crate::epi::banding::Band;
use crate::epi::reason::Reason;
use crate::measure::method::Making;
use crate::store::{BatchId, Query};

/// The column of those of whom the decade alone is known.
const AGE: &str = "age_decade";

/// Whom a figure leaves out.
pub(super) struct LeftOut {
    pub undated: Vec<Undated>,
    /// Who lacks something else than a day, on whatever days: first day, last day, what it is called, how many.
    unplaced: Vec<(Option<Date>, Option<Date>, usize, u64)>,
    spans: bool,
}

impl Answers {
    /// The rows of a disease without the day that an indicator counts by. `days`: of rows of which something says
    /// about when, those only; a figure may yet grow for its lag, and so long they may belong to it.
    pub(super) async fn left_out(
        &self,
        indicator: &Indicator,
        disease: &str,
        batch: BatchId,
        (from, to): (Date, Date),
        (bands, ledger): (Option<&str>, &LedgerView),
    ) -> Result<LeftOut> {
        let Some(dated) = self.catalog().dated.get(&indicator.id) else {
            return Ok(LeftOut { undated: Vec::new(), unplaced: Vec::new(), spans: false });
        };
        let ask = async {
            let query = Query::new(format!("{}, undated", indicator.id), Arc::clone(&dated.sql), []);
            Ok(Arc::new(read(&self.rows(query, batch).await?)))
        };
        let found = self.lacking().get_or_work(self.1, (Arc::clone(&dated.sql), batch), ask).await;
        let found = found.map_err(|why| failed(&indicator.id, why))?;
        let last = to.saturating_add(i64::from(indicator.lag_days).days());
        let ranged = indicator.takes_period();
        // A figure over several days begins before the first of them.
        let first = from.saturating_sub((i64::from(indicator.window.unwrap_or(1)) - 1).days());
        let never: Vec<bool> =
            dated.days.iter().map(|(column, _)| self.never_told(indicator, column, ledger)).collect();
        let banding = bands.and_then(|id| self.catalog().banding(id));
        let fits = |decade: i64| {
            let fits = |band: &Band| i64::from(band.from) <= decade && decade + 9 <= i64::from(band.to);
            banding.is_some_and(|all| all.bands.iter().any(fits))
        };
        // The first of those things that it lacks and that were asked of it.
        let lacks = |of: &Lacked| {
            (0..dated.days.len()).find(|place| {
                let banded = dated.days[*place].0 == AGE && of.decade.is_some_and(fits);
                of.lacks & (1 << place) != 0 && !never[*place] && !banded
            })
        };
        let within = |of: &Lacked, is_day: bool| {
            if dated.are_spans {
                let ended = of.until.is_some_and(|until| until <= if ranged { from } else { to });
                return !ended && of.near.is_none_or(|near| near <= to);
            }
            // Who lacks something else than a day is of his day.
            let (first, last) = if is_day { (from, last) } else { (first, to) };
            !ranged || of.near.is_none_or(|near| (first..=last).contains(&near))
        };
        let asked = |of: &&Lacked| {
            dated.sources.contains(&of.source)
                && (!indicator.takes_disease() || of.disease.as_deref().is_none_or(|own| own == disease))
        };
        let mut rows = vec![0; dated.days.len()];
        let mut unplaced = Vec::new();
        for of in found.iter().filter(asked) {
            let Some(place) = lacks(of) else { continue };
            let is_day = dated.are_days[place];
            if !is_day {
                unplaced.push((of.near, of.until, place, of.cases));
            }
            if within(of, is_day) {
                rows[place] += of.cases;
            }
        }
        let undated = counted(indicator, dated, rows);
        Ok(LeftOut { undated, unplaced, spans: dated.are_spans })
    }

    /// Rows without zeros, where of all it is not known in which group they are.
    pub(super) fn nobody_known(
        &self,
        rows: RecordBatch,
        indicator: &Indicator,
        left_out: &LeftOut,
        end: impl Fn(Date) -> Date,
    ) -> Result<RecordBatch, ArrowError> {
        let dated = self.catalog().dated.get(&indicator.id);
        let table = self.catalog().counted(indicator).filter(|table| table.subject);
        let (Some(dated), Some(table)) = (dated, table) else { return Ok(rows) };
        let days_of_moves = left_out.spans && indicator.column_of(Role::Value).is_none();
        if indicator.lists_items() || matches!(indicator.making(), Some(Making::Stretches)) || days_of_moves {
            return Ok(rows);
        }
        let window = i64::from(indicator.window.unwrap_or(1)) - 1;
        // Of a row's own days, whatever days are asked for beside them.
        let of_days = |first: Date| {
            let last = end(first);
            let first = first.saturating_sub(window.days());
            let mut sums = vec![0; dated.days.len()];
            for (near, until, place, cases) in &left_out.unplaced {
                let there = match left_out.spans {
                    true => near.is_none_or(|near| near <= last) && until.is_none_or(|until| until > first),
                    false => near.is_none_or(|near| (first..=last).contains(&near)),
                };
                sums[*place] += if there { *cases } else { 0 };
            }
            counted(indicator, dated, sums)
        };
        let unknown = |first: Option<Date>| {
            let found = first.map_or_else(|| left_out.undated.clone(), of_days);
            let unplaced = found.iter().filter(|one| !table.has_day(&one.date));
            let unplaced: Vec<String> =
                unplaced.map(|one| format!("{} {}{}", one.title, one.rows, one.unit.ja())).collect();
            (!unplaced.is_empty()).then(|| format!("{}のため値なし", unplaced.join("・")))
        };
        untold::nobody_known(&rows, indicator, unknown)
    }

    /// Where there is no figure at all and the day of some is not known, that is why: something is on record.
    pub(super) fn nobody_dated(
        &self,
        rows: RecordBatch,
        indicator: &Indicator,
        left_out: &LeftOut,
    ) -> Result<RecordBatch, ArrowError> {
        let Some(table) = self.catalog().counted(indicator) else { return Ok(rows) };
        let undated = left_out.undated.iter().filter(|one| table.has_day(&one.date));
        let undated: Vec<String> =
            undated.map(|one| format!("{} {}{}", one.title, one.rows, one.unit.ja())).collect();
        if undated.is_empty() || !untold::is_without(&rows, indicator) {
            return Ok(rows);
        }
        let why = format!("{}のため値なし", undated.join("・"));
        untold::instead(&rows, indicator, Reason::is_of_nobody, &why)
    }

    /// Where more than one source has people in a figure, it is their sum: none knows whom the other tells of.
    pub(super) async fn caveats(
        &self,
        indicator: &Indicator,
        disease: &str,
        batch: BatchId,
        extent: &Extent,
        (from, to): (Date, Date),
    ) -> Result<Vec<Title>> {
        let Some(table) = self.catalog().counted(indicator) else { return Ok(Vec::new()) };
        if !extent.together || extent.parts.len() < 2 {
            return Ok(Vec::new());
        }
        let Some(day) = indicator.day_of(table) else { return Ok(Vec::new()) };
        let disease_of = if table.column("disease").is_some() { "disease" } else { "CAST(NULL AS VARCHAR)" };
        let name = &table.name;
        let sql: Arc<str> = format!(
            "SELECT source, {disease_of} AS disease, 0 AS lacks, {day} AS near, CAST(NULL AS DATE) AS until, \
             CAST(NULL AS SMALLINT) AS decade, count(*) AS cases\nFROM {name}\nWHERE {day} IS NOT NULL\n\
             GROUP BY source, {disease_of}, {day}\nORDER BY source, disease, near"
        )
        .into();
        let ask = async {
            let query = Query::new(format!("{}, sources", indicator.id), Arc::clone(&sql), []);
            Ok(Arc::new(read(&self.rows(query, batch).await?)))
        };
        let found = self.lacking().get_or_work(self.1, (Arc::clone(&sql), batch), ask).await;
        let found = found.map_err(|why| failed(&indicator.id, why))?;
        let ranged = indicator.takes_period() && indicator.window.is_none();
        let asked = |of: &&Lacked| {
            let own = !indicator.takes_disease() || of.disease.as_deref() == Some(disease);
            own && of.near.is_some_and(|near| near <= to && (!ranged || near >= from))
        };
        let sources: BTreeSet<&str> = found.iter().filter(asked).map(|of| of.source.as_str()).collect();
        Ok(match sources.len() {
            0 | 1 => Vec::new(),
            n => vec![Title {
                ja: format!("{n}つの系統の合計。重複がありうる"),
                en: format!("a sum of {n} sources, which may tell of one person twice"),
            }],
        })
    }
}

/// The days that rows are judged on, where they say so: of others nothing is said beside them.
pub(super) fn days_of(indicator: &Indicator, rows: &RecordBatch, (from, to): (Date, Date)) -> (Date, Date) {
    let days = |role: Role| {
        let column = rows.column_by_name(indicator.column_of(role)?)?;
        Some((0..rows.num_rows()).filter_map(|row| cell_of(column, row).day()).collect::<Vec<_>>())
    };
    match (days(Role::JudgedFrom), days(Role::JudgedTo)) {
        (Some(first), Some(last)) => {
            (first.into_iter().min().unwrap_or(to), last.into_iter().max().unwrap_or(to))
        }
        _ => (from, to),
    }
}

/// How many lack each of those things.
fn counted(indicator: &Indicator, dated: &Dated, rows: Vec<u64>) -> Vec<Undated> {
    let note = indicator.undated.as_ref().map(|(ja, en)| Title { ja: ja.clone(), en: en.clone() });
    let all = dated.days.iter().zip(rows).filter(|(_, rows)| *rows > 0);
    let one = |((date, title), rows): (&(String, String), u64)| Undated {
        date: date.clone(),
        title: title.clone(),
        rows,
        unit: dated.unit,
        note: note.clone(),
    };
    all.map(one).collect()
}

fn read(rows: &RecordBatch) -> Vec<Lacked> {
    let cell = |name: &str, row: usize| rows.column_by_name(name).map_or(Cell::Null, |c| cell_of(c, row));
    let one = |row: usize| {
        Some(Lacked {
            source: cell("source", row).text()?.to_owned(),
            disease: cell("disease", row).text().map(str::to_owned),
            lacks: u64::try_from(cell("lacks", row).int()?).ok()?,
            near: cell("near", row).day(),
            until: cell("until", row).day(),
            decade: cell("decade", row).int(),
            cases: u64::try_from(cell("cases", row).int()?).ok()?,
        })
    };
    (0..rows.num_rows()).filter_map(one).collect()
}
