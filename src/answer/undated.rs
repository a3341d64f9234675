//! How many rows a figure would count if their day were known: what is missing from it without anybody having held it
//! back. Worked out once for each version of the data and each way of counting; then picked by disease and days.

use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::ToSpan;
use jiff::civil::Date;

use super::cells::cell_of;
use super::handle::{Answers, Result, failed};
use super::memory::Lacked;
use super::question::{Cell, Undated};
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::Title;
use crate::definitions::undated::Dated;
use crate::store::{BatchId, Query};

impl Answers {
    /// The rows of a disease without the day that an indicator counts by. `days`: of rows of which something says
    /// about when, those only; a figure may yet grow for its lag, and so long they may belong to it.
    pub(super) async fn undated(
        &self,
        indicator: &Indicator,
        disease: &str,
        batch: BatchId,
        (from, to): (Date, Date),
    ) -> Result<Vec<Undated>> {
        let Some(dated) = self.catalog().dated.get(&indicator.id) else { return Ok(Vec::new()) };
        let ask = async {
            let query = Query::new(format!("{}, undated", indicator.id), Arc::clone(&dated.sql), []);
            Ok(Arc::new(read(&self.rows(query, batch).await?)))
        };
        let found = self.lacking().get_or_work(self.1, (Arc::clone(&dated.sql), batch), ask).await;
        let found = found.map_err(|why| failed(&indicator.id, why))?;
        let last = to.saturating_add(i64::from(indicator.lag_days).days());
        let within = |of: &Lacked| {
            // Who lacks something else than a day is of his day.
            let last = if dated.are_days.get(of.lacks).copied().unwrap_or(true) { last } else { to };
            !indicator.takes_period() || of.near.is_none_or(|near| (from..=last).contains(&near))
        };
        let asked = |of: &&Lacked| {
            dated.sources.contains(&of.source)
                && (!indicator.takes_disease() || of.disease.as_deref().is_none_or(|own| own == disease))
                && within(of)
        };
        Ok(counted(indicator, dated, found.iter().filter(asked)))
    }
}

fn counted<'a>(
    indicator: &Indicator,
    dated: &Dated,
    found: impl Iterator<Item = &'a Lacked>,
) -> Vec<Undated> {
    let mut rows = vec![0; dated.days.len()];
    for of in found {
        if let Some(sum) = rows.get_mut(of.lacks) {
            *sum += of.cases;
        }
    }
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
            lacks: usize::try_from(cell("lacks", row).int()?).ok()?,
            near: cell("near", row).day(),
            cases: u64::try_from(cell("cases", row).int()?).ok()?,
        })
    };
    (0..rows.num_rows()).filter_map(one).collect()
}
