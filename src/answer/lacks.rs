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
use crate::definitions::given::{PERIODS, WAVE};
use crate::definitions::indicator::{Indicator, Shape};
use crate::definitions::mapping::{Mapping, Title};
use crate::definitions::role::Role;
use crate::epi::period::Period;
use crate::epi::reason::{NOT_TOLD, Reason};
use crate::measure::method::Making;
use crate::store::BatchId;

/// What an answer lacks.
#[derive(Default)]
pub(super) struct Lacks {
    /// There is no figure at all.
    pub nothing: bool,
    /// There is no record of the disease.
    pub unrecorded: bool,
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
        if indicator.lists_items() {
            return Ok(lacks);
        }
        if !self.has_records_of(indicator, &question.disease, batch).await? {
            lacks.unrecorded = true;
            lacks.notes.push(self.silence(indicator, &question.disease, ledger));
            return Ok(lacks);
        }
        if extent.spoken || extent.has_mute_part() {
            lacks.notes.extend(extent.notes());
        }
        if lacks.notes.is_empty() && !extent.is_told() {
            lacks.notes.push(self.silence(indicator, &question.disease, ledger));
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

    /// Why there is nothing at all: the sources that could tell never came, or none of them has told of this disease.
    fn silence(&self, indicator: &Indicator, disease: &str, ledger: &LedgerView) -> Title {
        let all = self.catalog().mappings.values();
        let own: Vec<_> = all.filter(|m| indicator.counts_of(m) && self.takes(m)).collect();
        let may: Vec<_> = own.iter().copied().filter(|m| indicator.may_be_told_by(m, disease)).collect();
        if !own.iter().any(|mapping| has_spoken(ledger, mapping)) && !may.is_empty() {
            return not_taken(&may, ledger);
        }
        let none = Reason::NoRecords.ja();
        if !indicator.takes_disease() {
            return Title { ja: none.to_owned(), en: "nothing is on record".to_owned() };
        }
        let (ja, en) = (self.catalog().disease_ja(disease), self.catalog().disease_en(disease));
        Title {
            ja: format!("{none}（{ja}について届けた系統なし）"),
            en: format!("no source has told this of {en}"),
        }
    }

    /// What is to be said of figures that are not there, where neither their rows nor anything else says it: a source that they are
    /// divided by or read beside never came, or there is no record of what was asked.
    pub(super) fn unsaid(
        &self,
        indicator: &Indicator,
        rows: &RecordBatch,
        ledger: &LedgerView,
        by: Option<&str>,
    ) -> Option<Title> {
        if indicator.lists_items() {
            return None;
        }
        let schema = rows.schema();
        let role = |place: usize| indicator.meaning(schema.field(place).name()).role;
        let is_figure = |place: &usize| {
            let names = *place == 0 && indicator.shape == Shape::Breakdown;
            schema.field(*place).data_type().is_numeric() && !role(*place).is_key() && !names
        };
        let figures: Vec<usize> = (0..rows.num_columns()).filter(is_figure).collect();
        let reason = (0..rows.num_columns()).find(|place| role(*place) == Role::Reason);
        let said = |row: usize| reason.is_some_and(|reason| rows.column(reason).is_valid(row));
        let none = |row: usize| figures.iter().any(|figure| rows.column(*figure).is_null(row));
        if rows.num_rows() > 0 && (0..rows.num_rows()).all(|row| said(row) || !none(row)) {
            return None;
        }
        let mappings = || self.catalog().mappings.values().filter(|mapping| self.takes(mapping));
        let feeds = |table: &String, mapping: &Mapping| *table == mapping.table || *table == mapping.source;
        let silent = indicator.source.iter().flat_map(|table| {
            let own: Vec<_> = mappings().filter(|mapping| feeds(table, mapping)).collect();
            if own.iter().any(|mapping| has_spoken(ledger, mapping)) { Vec::new() } else { own }
        });
        let silent: Vec<_> = silent.collect();
        if !silent.is_empty() {
            return Some(not_taken(&silent, ledger));
        }
        let (ja, en) = match rows.num_rows() {
            0 if by == Some(WAVE) => ("該当する流行の波なし", "no wave of the disease touches these days"),
            0 => ("該当する記録なし（指定した期間・区分）", "nothing is on record of what was asked"),
            _ => (
                "「—」の欄は記録がないか、算出できない",
                "where there is no figure nothing is on record, or it can't be computed",
            ),
        };
        Some(Title { ja: ja.to_owned(), en: en.to_owned() })
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
            let end = |first| self.end_of(asked, &question.disease, first);
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
        rows = self.over_gaps(rows, indicator, asked, extent)?;
        if let Some(note) = lacks.in_part.first().filter(|_| indicator.shape == Shape::Value) {
            rows = untold::in_part(&rows, indicator, &note.ja)?;
        }
        match lacks.notes.first() {
            // That there is no record the rows may say themselves.
            Some(note) if note.ja.starts_with(Reason::NoRecords.ja()) => {
                untold::where_none(&rows, indicator, &note.ja)
            }
            Some(note) if lacks.nothing || lacks.unrecorded || !extent.is_told() => {
                untold::because(&rows, indicator, &note.ja)
            }
            _ => Ok(rows),
        }
    }
}

fn has_spoken(ledger: &LedgerView, mapping: &Mapping) -> bool {
    ledger.states.iter().any(|state| state.source == mapping.source && state.taken.is_some())
}

/// 未着（感染者管理台帳が届いていません）. Of what came and was refused or is held:
/// 未着（感染者管理台帳は届きましたが、取り込まれていません）.
fn not_taken(sources: &[&Arc<Mapping>], ledger: &LedgerView) -> Title {
    let came = |m: &Mapping| ledger.states.iter().any(|state| state.source == m.source);
    let (came, silent): (Vec<&Arc<Mapping>>, Vec<&Arc<Mapping>>) = sources.iter().partition(|m| came(m));
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    let titles = |of: &[&Arc<Mapping>], one: fn(&Title) -> &str, sign: &str| {
        of.iter().map(|m| one(&m.title)).collect::<Vec<_>>().join(sign)
    };
    if !silent.is_empty() {
        ja.push(format!("{}が届いていません", titles(&silent, |of| &of.ja, "・")));
        en.push(format!("{} never came", titles(&silent, |of| &of.en, ", ")));
    }
    if !came.is_empty() {
        ja.push(format!("{}は届きましたが、取り込まれていません", titles(&came, |of| &of.ja, "・")));
        en.push(format!("{} came and was not taken in", titles(&came, |of| &of.en, ", ")));
    }
    Title { ja: format!("{NOT_TOLD}（{}）", ja.join("。")), en: format!("not told: {}", en.join("; ")) }
}

impl Answers {
    /// The last day of the period that begins on a day.
    pub(super) fn end_of(&self, asked: &Asked, disease: &str, first: Date) -> Date {
        if let Some(period) = asked.by.as_deref().map_or(Some(Period::Day), Period::parse) {
            return period.end(first);
        }
        let wave = self.0.catalog.waves_of(disease).find(|wave| wave.from == first);
        wave.and_then(|wave| wave.to).unwrap_or(Date::MAX)
    }

    /// Sums over days one of which was not told of are none: those of columns with days of their own, of the day that today is
    /// compared with, of the period compared with.
    fn over_gaps(
        &self,
        rows: RecordBatch,
        indicator: &Indicator,
        asked: &Asked,
        extent: &Extent,
    ) -> Result<RecordBatch, ArrowError> {
        let today = asked.as_of_day;
        let mut spans: Vec<(&str, Date, Date)> = Vec::new();
        if indicator.column_of(Role::Period).is_none() {
            let own = indicator.windows.iter();
            spans.extend(own.map(|(name, days)| {
                (name.as_str(), today.saturating_sub((i64::from(*days) - 1).days()), today)
            }));
        }
        let named =
            move |roles: &'static [Role]| roles.iter().filter_map(move |role| indicator.column_of(*role));
        if indicator.names("like_day") {
            let yesterday = today.saturating_sub(1.day());
            spans.extend(named(&[Role::Yesterday]).map(|name| (name, yesterday, yesterday)));
            let like = asked.like_day;
            spans.extend(named(&[Role::LastWeek]).filter_map(|name| Some((name, like?, like?))));
        }
        if let Some((_, first, last)) = asked.against.filter(|_| !indicator.reads(PERIODS)) {
            let before: Vec<&str> =
                named(&[Role::MaleBefore, Role::FemaleBefore, Role::OtherSexBefore]).collect();
            match before.is_empty() {
                false => spans.extend(before.into_iter().map(|name| (name, first, last))),
                true => {
                    spans
                        .extend(named(&[Role::Value]).chain(["other_cases"]).map(|name| (name, first, last)));
                }
            }
        }
        let mut rows = rows;
        for (name, first, last) in spans {
            if let Some(why) = extent.gap(first, last) {
                rows = untold::without(&rows, &[name.to_owned()])?;
                if indicator.meaning(name).role == Role::Value {
                    rows = untold::because(&rows, indicator, &format!("比較期間: {why}"))?;
                }
            }
        }
        Ok(rows)
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
