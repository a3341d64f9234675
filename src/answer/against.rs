//! A scheme of reference values as a table: each item with the answer of its own indicator, as of the same moment.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use jiff::{Timestamp, ToSpan};

use super::error::AnswerError;
use super::handle::{Answers, Result};
use super::question::{Answer, Cell, FreshState, Freshness, Question, Undated};
use crate::definitions::Catalog;
use crate::definitions::held::AreaClass;
use crate::definitions::indicator::{Shape, Unit};
use crate::definitions::mapping::Title;
use crate::definitions::role::Role;
use crate::definitions::schemes::{Asks, Figure, NO_VALUES, Scheme, SchemeItem};
use crate::epi::clock::jst;
use crate::measure::reference::{Applies, Judgement, judge, rounding_would_mislead};
use crate::measure::register::against::{ITEM, METHOD};
use crate::store::BatchId;

/// One row of the table.
#[derive(Default)]
struct Line {
    item: String,
    value: Option<f64>,
    unit: &'static str,
    marks: String,
    reached: Option<String>,
    reason: Option<String>,
}

/// A figure, or why there is none.
type Found = Result<f64, String>;

/// What is to be said of the figures that a table is put together from.
#[derive(Default)]
pub(super) struct OfParts {
    pub undated: Vec<Undated>,
    pub caveats: Vec<Title>,
}

impl Answers {
    /// The rows for the items that the query listed, and the sources of all that was asked, with what is to be said of them.
    pub(super) async fn against(
        &self,
        items: &RecordBatch,
        question: &Question,
        now: Timestamp,
        latest: BatchId,
    ) -> Result<(RecordBatch, Vec<Freshness>, OfParts), AnswerError> {
        let mut lines = Vec::new();
        let OfParts { mut undated, mut caveats } = OfParts::default();
        let mut sources: Vec<Freshness> = Vec::new();
        for row in 0..items.num_rows() {
            let code = items.column_by_name(ITEM.name).map(|column| super::cells::cell_of(column, row));
            let Some((scheme, item)) =
                code.as_ref().and_then(Cell::text).and_then(|code| self.catalog().scheme_item(code))
            else {
                continue;
            };
            let mut lacks = None;
            let mut found = Vec::new();
            for asks in item.asks() {
                let part = Question {
                    as_of: question.as_of,
                    by: asks.by.clone(),
                    ..Question::of(&asks.indicator, &question.disease)
                };
                let answer = self.ask_at(&part, now, latest).await?;
                found.push(figure(&answer, asks, question.as_of.unwrap_or(now)));
                if found.len() == 1 {
                    lacks = lack(&answer, asks);
                }
                for one in &answer.undated {
                    // The same people stand behind several items.
                    match undated.iter_mut().find(|known| known.title == one.title) {
                        Some(known) => known.rows = known.rows.max(one.rows),
                        None => undated.push(one.clone()),
                    }
                }
                for caveat in &answer.caveats {
                    if !caveats.contains(caveat) {
                        caveats.push(caveat.clone());
                    }
                }
                for source in &answer.sources {
                    if !sources.iter().any(|s| s.source == source.source) {
                        sources.push(source.clone());
                    }
                }
            }
            lines.push(match scheme.is_for(&question.disease) {
                true => line(item, scheme.area, &found, lacks),
                false => not_held(self.catalog(), scheme, item, &found),
            });
        }
        sources.sort_by(|one, other| one.source.cmp(&other.source));
        Ok((told(&question.indicator, batch(&lines))?, sources, OfParts { undated, caveats }))
    }
}

/// The figure that an item means: of a series its last complete day, of a breakdown the row that it names.
fn figure(answer: &Answer, asks: &Asks, at: Timestamp) -> Found {
    if !answer.sources.is_empty() && answer.sources.iter().all(|s| s.state == FreshState::Never) {
        return Err("未受信".to_owned());
    }
    // What is of an earlier day stands beside no value as if it were of now.
    let earlier = jst(answer.as_of).date() < jst(at).date();
    if let Some(note) = answer.untold.first().filter(|_| earlier) {
        return Err(note.ja.clone());
    }
    let row = row_of(answer, asks);
    let none = || answer.untold.first().map_or("値なし", |note| note.ja.as_str()).to_owned();
    let Some(row) = row else { return Err(none()) };
    let untold = answer.untold.first().map_or("値なし", |note| note.ja.as_str());
    let reason = || answer.cell_of(row, Role::Reason).text().unwrap_or(untold).to_owned();
    answer.number(row, &asks.column).ok_or_else(reason)
}

/// The row that an item means.
fn row_of(answer: &Answer, asks: &Asks) -> Option<usize> {
    match (&asks.row, answer.indicator.shape) {
        (Some(name), _) => {
            (0..answer.len()).find(|row| answer.row(*row).first().and_then(Cell::text) == Some(name.as_str()))
        }
        (None, Shape::Series) => {
            let lag = i64::from(answer.indicator.lag_days);
            let complete = jst(answer.as_of).date().saturating_sub(lag.days());
            (0..answer.len()).find(|row| answer.cell_of(*row, Role::Period).day() == Some(complete))
        }
        (None, _) => (!answer.is_empty()).then_some(0),
    }
}

/// What a figure that is there lacks: hospitals that are in neither of its sums, days that were not told of.
fn lack(answer: &Answer, asks: &Asks) -> Option<String> {
    let row = row_of(answer, asks)?;
    answer.number(row, &asks.column)?;
    answer.cell_of(row, Role::Reason).text().map(str::to_owned)
}

/// The figure alone: the scheme was made for other diseases.
fn not_held(catalog: &Catalog, scheme: &Scheme, item: &SchemeItem, found: &[Found]) -> Line {
    let named = |disease: &String| catalog.disease_ja(disease).to_owned();
    let of = scheme.diseases.iter().map(named).collect::<Vec<_>>().join("・");
    let value = match item.figure {
        Figure::Asked(_) => found.first().and_then(|own| own.as_ref().ok()).copied(),
        Figure::NoData(_) => None,
    };
    Line {
        item: item.code.clone(),
        value,
        unit: unit(item.unit),
        marks: "対象外".to_owned(),
        reached: None,
        reason: Some(format!("{of}の目安のため、この疾患には用いない")),
    }
}

/// `found`: the item's own figure first, when it has one, then that of its condition.
fn line(item: &SchemeItem, area: Option<AreaClass>, found: &[Found], lacks: Option<String>) -> Line {
    let of =
        area.filter(|_| !item.marks.is_empty()).map_or_else(String::new, |area| format!("（{}）", area.ja()));
    let marks = format!("{}{of}", item.marks_ja());
    let blank = Line { item: item.code.clone(), unit: unit(item.unit), marks, ..Line::default() };
    let mut found = found.iter();
    let own = match &item.figure {
        Figure::NoData(why) => return Line { reason: Some(why.clone()), ..blank },
        Figure::Asked(_) => found.next().cloned().unwrap_or_else(|| Err("値なし".to_owned())),
    };
    let other = found.next();
    let applies = item.applies.as_ref().map_or(Applies::Always, |condition| {
        let other = other.and_then(|other| other.as_ref().ok()).copied();
        Applies::While(other, condition.comparison, condition.value)
    });
    let value = own.as_ref().ok().copied();
    let marks: Vec<f64> = item.marks.iter().map(|mark| mark.value).collect();
    let judged = judge(value, item.comparison, &marks, applies);
    let (reached, reason) = match judged {
        Judgement::NotApplied => {
            (Some(NOT_APPLIED.to_owned()), item.applies.as_ref().map(|c| c.otherwise.clone()))
        }
        Judgement::Unknown => {
            let why = own.err().or_else(|| other.and_then(|other| other.clone().err()));
            (None, why)
        }
        Judgement::Reached(_) if marks.is_empty() => (None, lacks.or_else(|| Some(NO_VALUES.to_owned()))),
        Judgement::Reached(places) => {
            let misleads = value.is_some_and(|v| rounding_would_mislead(v, item.comparison, &marks));
            let exact = misleads.then(|| "四捨五入前の値で比較".to_owned());
            let beside: Vec<String> = exact.into_iter().chain(lacks).collect();
            (Some(reached(item, &places)), (!beside.is_empty()).then(|| beside.join("、")))
        }
    };
    Line { value, reached, reason, ..blank }
}

/// What stands where no mark is reached, and where the item does not apply.
pub const NOT_REACHED: &str = "該当なし";
pub const NOT_APPLIED: &str = "適用外";

/// `50%以上に該当`: a fact against a dated value, the furthest that is reached; never a stage.
fn reached(item: &SchemeItem, places: &[usize]) -> String {
    match places.last().and_then(|place| item.marks.get(*place)) {
        Some(mark) => format!("{}に該当", item.mark_ja(mark.value)),
        None => NOT_REACHED.to_owned(),
    }
}

fn unit(unit: Unit) -> &'static str {
    if unit == Unit::Per100k { "人/10万" } else { unit.ja() }
}

fn batch(lines: &[Line]) -> Result<RecordBatch, ArrowError> {
    let text = |part: fn(&Line) -> Option<&str>| -> ArrayRef {
        Arc::new(lines.iter().map(part).collect::<StringArray>())
    };
    let columns: [ArrayRef; 6] = [
        text(|line| Some(&line.item)),
        Arc::new(lines.iter().map(|line| line.value).collect::<Float64Array>()),
        text(|line| Some(line.unit)),
        text(|line| Some(&line.marks)),
        text(|line| line.reached.as_deref()),
        text(|line| line.reason.as_deref()),
    ];
    RecordBatch::try_from_iter_with_nullable(METHOD.made().zip(columns).map(|(made, c)| (made.name, c, true)))
}

/// The batch, or the answer's failure.
pub(super) fn told(indicator: &str, made: Result<RecordBatch, ArrowError>) -> Result<RecordBatch> {
    made.map_err(|why| super::handle::unmade(indicator, &why))
}
