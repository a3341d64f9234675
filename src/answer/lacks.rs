//! What an answer lacks: columns that no file had, days of which nobody has told. What is lacking is taken out of the rows.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::extent::Extent;
use super::handle::{Answers, Result};
use super::memory::LedgerView;
use super::question::Question;
use super::range::Asked;
use super::untold;
use crate::definitions::Catalog;
use crate::definitions::given::PERIODS;
use crate::definitions::indicator::{Indicator, Shape};
use crate::definitions::mapping::Title;
use crate::definitions::role::Role;
use crate::epi::period::Period;
use crate::measure::method::Making;
use crate::store::BatchId;

/// What an answer lacks.
#[derive(Default)]
pub(super) struct Lacks {
    /// There is no figure at all.
    pub nothing: bool,
    /// Columns of the answer that have none.
    pub parts: Vec<String>,
    /// The same of the rows of one of several sources: what the others tell stands, and is no zero. None named: all.
    pub no_zero: Vec<(Vec<String>, String)>,
    pub notes: Vec<Title>,
    /// Days of it that were not told of.
    pub in_part: Vec<Title>,
}

impl Answers {
    /// What the header says that the answer, or parts of it, need, and no file of late had.
    pub(super) async fn parts_lacking(
        &self,
        indicator: &Indicator,
        question: &Question,
        ledger: &LedgerView,
        extent: &Extent,
        batch: BatchId,
    ) -> Result<Lacks> {
        let mut lacks = Lacks::default();
        if indicator.lists_items() || !self.has_records_of(indicator, &question.disease, batch).await? {
            return Ok(lacks);
        }
        if extent.spoken || extent.has_mute_part() {
            lacks.notes.extend(extent.notes());
        }
        // Bed projections and their like run from today on: there is none where today is not known.
        let by_day = indicator.takes_period() && indicator.shape == Shape::Series;
        lacks.nothing = extent.ended().is_some() && changes(indicator) && !by_day;
        for part in indicator.parts_told_by.iter().filter(|_| extent.is_told()) {
            let Some(missing) = self.lacks(indicator, &question.disease, &part.needs, ledger) else {
                continue;
            };
            let mut note = missing.note;
            if !missing.of.is_empty() {
                let titles = |one: fn(&Title) -> &str| missing.of.iter().map(one).collect::<Vec<_>>();
                note.ja = format!("{}: {}", titles(|of| &of.ja).join("・"), note.ja);
                note.en = format!("{}: {}", titles(|of| &of.en).join(", "), note.en);
                lacks.no_zero.push((part.columns.clone(), note.ja.clone()));
            } else if part.columns.is_empty() {
                lacks.nothing = true;
            } else {
                lacks.parts.extend(part.columns.iter().cloned());
            }
            if !part.columns.is_empty() {
                let label = |name: &String| indicator.label(name).unwrap_or(name).to_owned();
                let labels: Vec<String> = part.columns.iter().map(label).collect();
                note.ja = format!("{}: {}", labels.join("・"), note.ja);
                note.en = format!("{}: {}", part.columns.join(", "), note.en);
            }
            if !lacks.notes.contains(&note) {
                lacks.notes.push(note);
            }
        }
        Ok(lacks)
    }

    /// The rows without what nobody has told of.
    pub(super) fn emptied(
        &self,
        rows: RecordBatch,
        indicator: &Indicator,
        asked: &Asked,
        question: &Question,
        extent: &Extent,
        lacks: &Lacks,
    ) -> Result<RecordBatch, ArrowError> {
        if indicator.lists_items() || matches!(indicator.making(), Some(Making::Stretches)) {
            return Ok(rows);
        }
        let mut rows = rows;
        // Reports of beds and figures that others published stand for themselves.
        let of_people = self.0.catalog.counted(indicator).is_some_and(|table| table.subject);
        if extent.is_told() && of_people && indicator.takes_period() {
            let by = asked.by.as_deref().map_or(Some(Period::Day), Period::parse);
            let wave = |first: Date| {
                let of = self.0.catalog.waves_of(&question.disease).find(|wave| wave.from == first);
                of.and_then(|wave| wave.to).unwrap_or(Date::MAX)
            };
            let end = |first| by.map_or_else(|| wave(first), |period| period.end(first));
            rows = untold::empty(&rows, indicator, extent, end)?;
            let whole_range =
                indicator.column_of(Role::Period).is_some_and(|name| rows.column_by_name(name).is_some());
            let last = asked.to.min(extent.last_day().unwrap_or(Date::MIN));
            if !whole_range && moves_back(&self.0.catalog, indicator) && !extent.is_covered(asked.from, last)
            {
                rows = blank_rows(indicator, &rows);
            }
        }
        let today = asked.as_of_day;
        if indicator.names("like_day")
            && extent.ended().is_some()
            && extent.today().is_some_and(|last| last < today)
        {
            rows = untold::of_today(&rows, indicator, extent, today.saturating_sub(1.day()))?;
        }
        if of_people
            && extent.is_told()
            && extent.has_mute_part()
            && indicator.column_of(Role::Period).is_none()
        {
            rows = untold::no_zero(&rows, indicator, &[], &extent.note().ja)?;
        }
        for (columns, why) in &lacks.no_zero {
            rows = untold::no_zero(&rows, indicator, columns, why)?;
        }
        rows = untold::without(&rows, &lacks.parts)?;
        if let Some(note) = lacks.in_part.first().filter(|_| indicator.shape == Shape::Value) {
            rows = untold::in_part(&rows, indicator, &note.ja)?;
        }
        match lacks.notes.first() {
            Some(note) if lacks.nothing || !extent.is_told() => untold::because(&rows, indicator, &note.ja),
            _ => Ok(rows),
        }
    }
}

/// Does it read when things became known?
fn changes(indicator: &Indicator) -> bool {
    ["cases_changes", "placements_changes"].into_iter().any(|table| indicator.reads(table))
}

/// Is it worked out as of the moment up to which its sources have told? Counts by period are not: their rows say which
/// days nobody has told of. Nor is what is of today alone, or of when things became known; beds are reported one by one.
pub(super) fn moves_back(catalog: &Catalog, indicator: &Indicator) -> bool {
    let counts = indicator.measure.is_none() && indicator.reads(PERIODS);
    let own = counts || indicator.names("like_day") || changes(indicator) || indicator.lists_items();
    !own && !matches!(indicator.making(), Some(Making::Stretches))
        && catalog.counted(indicator).is_some_and(|table| table.subject)
}

/// Nothing is known: a value says so, rows are not there. Those that give reasons stand, without a number.
pub(super) fn blank_rows(indicator: &Indicator, rows: &RecordBatch) -> RecordBatch {
    let column = |role: Role| indicator.column_of(role).and_then(|name| rows.column_by_name(name));
    let no_value = column(Role::Value).is_some_and(|value| value.null_count() == value.len());
    let reasoned = no_value && column(Role::Reason).is_some();
    if indicator.shape != Shape::Value && !reasoned {
        return rows.slice(0, 0);
    }
    let said = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::Date32);
    let fields =
        rows.schema().fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect::<Vec<_>>();
    let length = if reasoned { rows.num_rows() } else { 1 };
    let columns =
        fields.iter().zip(rows.columns()).map(|(field, column)| match reasoned && said(field.data_type()) {
            true => Arc::clone(column),
            false => new_null_array(field.data_type(), length),
        });
    let columns = columns.collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap_or_else(|_| rows.slice(0, 0))
}
