//! Tables that the definitions give to a query, beside the facts, and the queries that it shares with others. The tables
//! go along with the query as record batches; a shared query that names what is asked stands before its text as a common
//! table expression. So the text of an indicator is the same for every question.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use jiff::civil::Date;

use super::peopled::{Missing, lacking};
use crate::definitions::Catalog;
use crate::definitions::given::{AGE_BANDS, MUTE, PERIODS, POPULATION_LACKS};
use crate::definitions::indicator::Indicator;
use crate::definitions::schemes::{self, Scheme};
use crate::definitions::waves::Wave;
use crate::epi::against::Against;
use crate::epi::banding::Band;
use crate::epi::calendar::are_alike;
use crate::epi::period::Period;
use crate::epi::reason::Reason;
use crate::store::Given;

/// One table: its name, its columns, its rows.
#[derive(Clone, Debug, PartialEq)]
struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Type)],
    rows: Vec<Vec<Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Day,
    Whole,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Null,
    Text(String),
    Day(Date),
    Whole(i64),
}

/// The choices that the rows of given tables depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen<'a> {
    pub by: Option<&'a str>,
    pub bands: Option<&'a str>,
    pub against: Option<Against>,
    pub disease: &'a str,
    pub from: Date,
    pub to: Date,
    /// The sources that can't tell.
    pub mute: &'a [String],
}

/// Shared queries that have been worked out: the rows of each by its name.
pub(super) type Known = BTreeMap<String, RecordBatch>;

/// The texts of all indicators as they are sent, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts(BTreeMap<String, Arc<str>>);

impl Texts {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let one = |indicator: &Arc<Indicator>| (indicator.id.clone(), text(catalog, indicator));
        Self(catalog.indicators.values().map(one).collect())
    }

    /// An indicator's text.
    pub(super) fn get(&self, indicator: &Indicator) -> Arc<str> {
        self.0.get(&indicator.id).unwrap_or(&indicator.sql).clone()
    }
}

/// An indicator's text, with the shared queries that it reads and that depend on what is asked.
pub(super) fn text(catalog: &Catalog, indicator: &Indicator) -> Arc<str> {
    let asked = catalog.shared.iter().filter(|(name, _)| indicator.reads(name));
    let asked = asked.filter(|(_, shared)| !shared.stands_alone(&catalog.shared));
    let tables: Vec<String> = asked.map(|(name, shared)| format!("{name} AS (\n{}\n)", shared.sql)).collect();
    if tables.is_empty() { Arc::clone(&indicator.sql) } else { with(&indicator.sql, &tables).into() }
}

/// The tables that an indicator reads beside the facts, for a question's choices: those of the definitions, and what is known
/// of the queries that it shares.
pub(super) fn tables(
    catalog: &Catalog,
    indicator: &Indicator,
    chosen: &Chosen<'_>,
    known: &Known,
) -> Result<Vec<Given>, ArrowError> {
    let mut tables = Vec::new();
    if indicator.reads(PERIODS) {
        tables.push(periods(catalog, chosen));
    }
    if indicator.reads(AGE_BANDS) {
        tables.push(age_bands(catalog, chosen.bands));
    }
    if indicator.reads(schemes::TABLE) {
        tables.push(reference_items(&catalog.schemes));
    }
    if indicator.reads(MUTE) {
        tables.push(mute(chosen.mute));
    }
    if indicator.reads(POPULATION_LACKS) {
        tables.push(population_lacks(&lacking(catalog, known).missing));
    }
    let known = known.iter().map(|(name, rows)| Given { name: name.as_str().into(), rows: rows.clone() });
    tables.iter().map(Table::given).chain(known.map(Ok)).collect()
}

impl Table {
    fn given(&self) -> Result<Given, ArrowError> {
        let fields = self.columns.iter().map(|(name, kind)| Field::new(*name, kind.stored(), true));
        let columns = self.columns.iter().enumerate().map(|(at, (_, kind))| self.column(at, *kind)).collect();
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)?;
        Ok(Given { name: self.name.into(), rows })
    }

    /// One column; a value of another type is null.
    fn column(&self, at: usize, kind: Type) -> ArrayRef {
        let cells = self.rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
        match kind {
            Type::Text => Arc::new(
                cells
                    .map(|cell| match cell {
                        Value::Text(text) => Some(text),
                        _ => None,
                    })
                    .collect::<StringArray>(),
            ),
            Type::Day => Arc::new(
                cells
                    .map(|cell| match cell {
                        Value::Day(day) => Some((*day - EPOCH).get_days()),
                        _ => None,
                    })
                    .collect::<Date32Array>(),
            ),
            Type::Whole => Arc::new(
                cells
                    .map(|cell| match cell {
                        Value::Whole(number) => Some(*number),
                        _ => None,
                    })
                    .collect::<Int64Array>(),
            ),
        }
    }
}

/// The day from which Arrow counts.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// `mute`: those who can't tell. What they left out is not known to be nothing.
fn mute(sources: &[String]) -> Table {
    Table {
        name: MUTE,
        columns: &[("source", Type::Text)],
        rows: sources.iter().map(|source| vec![Value::Text(source.clone())]).collect(),
    }
}

/// `population_lacks`: of whom the population should be told and is not.
fn population_lacks(missing: &[Missing]) -> Table {
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
    let whole = |number: Option<i64>| number.map_or(Value::Null, Value::Whole);
    let row = |of: &Missing| {
        vec![Value::Day(of.month), text(&of.district), text(&of.sex), whole(of.age), whole(of.decade)]
    };
    Table {
        name: POPULATION_LACKS,
        columns: &[
            ("month", Type::Day),
            ("district", Type::Text),
            ("sex", Type::Text),
            ("age", Type::Whole),
            ("age_decade", Type::Whole),
        ],
        rows: missing.iter().map(row).collect(),
    }
}

/// `periods`: those that the days asked for touch, each with the days that it is compared with, and why a day is not.
fn periods(catalog: &Catalog, chosen: &Chosen<'_>) -> Table {
    let (from, to) = (chosen.from, chosen.to);
    let row = |first, last, label: String, before: Option<(Date, Date)>| {
        let (start, end) = before.map_or((Value::Null, Value::Null), |(a, b)| (Value::Day(a), Value::Day(b)));
        let unlike = first == last && before.is_some_and(|(before, _)| !are_alike(first, before));
        let unlike = if unlike { Value::Text(Reason::NotAlike.ja().to_owned()) } else { Value::Null };
        vec![Value::Day(first), Value::Day(last), Value::Text(label), start, end, unlike]
    };
    let rows = if let Some(period) = chosen.by.and_then(Period::parse) {
        let before = |first| chosen.against.map(|against| against.of_period(period, first, to));
        let one = |first| row(first, period.end(first), period.label_ja(first), before(first));
        period.starts(from, to).map(one).collect()
    } else {
        let touched = |wave: &&Wave| wave.from <= to && wave.to.is_none_or(|last| last >= from);
        let one = |wave: &Wave| {
            let last = wave.to.unwrap_or(Date::MAX);
            let days = (wave.from.max(from), last.min(to));
            let before = chosen.against.map(|against| against.of_days(days.0, days.1));
            row(wave.from, last, wave.ja.clone(), before)
        };
        catalog.waves_of(chosen.disease).filter(touched).map(one).collect()
    };
    Table {
        name: PERIODS,
        columns: &[
            ("first_day", Type::Day),
            ("last_day", Type::Day),
            ("label", Type::Text),
            ("before_first_day", Type::Day),
            ("before_last_day", Type::Day),
            ("before_unlike", Type::Text),
        ],
        rows,
    }
}

/// `age_bands`: the bands of a banding from young to old, with the first and the last age of each.
fn age_bands(catalog: &Catalog, banding: Option<&str>) -> Table {
    let bands = banding.and_then(|id| catalog.banding(id)).into_iter().flat_map(|b| b.bands.iter());
    let whole = |number: i16| Value::Whole(number.into());
    let row = |(place, band): (usize, &Band)| {
        let place = Value::Whole(i64::try_from(place).unwrap_or(i64::MAX));
        vec![
            Value::Text(band.en.clone()),
            Value::Text(band.ja.clone()),
            whole(band.from),
            whole(band.to),
            place,
        ]
    };
    Table {
        name: AGE_BANDS,
        columns: &[
            ("band", Type::Text),
            ("label", Type::Text),
            ("age_from", Type::Whole),
            ("age_to", Type::Whole),
            ("place", Type::Whole),
        ],
        rows: bands.enumerate().map(row).collect(),
    }
}

/// `reference_items`: the items of all schemes, in their order.
fn reference_items(schemes: &BTreeMap<String, Scheme>) -> Table {
    let rows = schemes.values().flat_map(|scheme| {
        scheme.items.iter().enumerate().map(|(place, item)| {
            vec![
                Value::Text(scheme.id.clone()),
                Value::Whole(i64::try_from(place).unwrap_or(i64::MAX)),
                Value::Text(item.code.clone()),
                Value::Text(item.ja.clone()),
            ]
        })
    });
    Table {
        name: schemes::TABLE,
        columns: &[
            ("scheme", Type::Text),
            ("place", Type::Whole),
            ("item", Type::Text),
            ("name", Type::Text),
        ],
        rows: rows.collect(),
    }
}

/// The text with the tables before it.
fn with(sql: &str, tables: &[String]) -> String {
    if tables.is_empty() {
        return sql.to_owned();
    }
    let before = tables.join(",\n");
    let (comments, text) = sql.split_at(start(sql));
    let own = text.get(..4).filter(|word| word.eq_ignore_ascii_case("with"));
    match own.and_then(|_| text.get(4..)).filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => format!("{comments}WITH {before},{rest}"),
        None => format!("{comments}WITH {before}\n{text}"),
    }
}

/// Where the text begins: after the comments of its head.
fn start(sql: &str) -> usize {
    let mut at = 0;
    for line in sql.split_inclusive('\n') {
        let bare = line.trim_start();
        if !bare.is_empty() && !bare.starts_with("--") {
            return at + (line.len() - bare.len());
        }
        at += line.len();
    }
    at
}

impl Type {
    const fn stored(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Day => DataType::Date32,
            Self::Whole => DataType::Int64,
        }
    }
}

#[cfg(test)]
mod tests;
