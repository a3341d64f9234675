//! Tables that the definitions give to a query, beside the facts, and the queries that it shares with others: they
//! stand before its text as common table expressions, so that every engine reads them alike.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::Date;

use crate::definitions::Catalog;
use crate::definitions::given::{AGE_BANDS, MUTE, PERIODS};
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::Mapping;
use crate::definitions::schemes::{self, Scheme};
use crate::definitions::shared::Shared;
use crate::definitions::waves::Wave;
use crate::epi::against::Against;
use crate::epi::banding::Band;
use crate::epi::calendar::are_alike;
use crate::epi::period::Period;
use crate::epi::reason::Reason;

/// One table: its name, its columns, its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Type)],
    pub rows: Vec<Vec<Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Day,
    Whole,
    Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Day(Date),
    Whole(i64),
    Decimal(f64),
}

/// The choices that the rows of given tables depend on.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    pub by: Option<&'a str>,
    pub bands: Option<&'a str>,
    pub against: Option<Against>,
    pub disease: &'a str,
    pub from: Date,
    pub to: Date,
}

/// Shared queries that have been worked out: the text of each by its name.
pub type Known = BTreeMap<String, String>;

/// An indicator's text with the tables that it reads, for a question's choices; what is known of the queries that
/// it shares stands in their place.
pub fn text(catalog: &Catalog, indicator: &Indicator, chosen: &Chosen<'_>, known: &Known) -> Arc<str> {
    let mut tables: Vec<String> = Vec::new();
    if indicator.reads(PERIODS) {
        tables.push(expression(&periods(catalog, chosen)));
    }
    if indicator.reads(AGE_BANDS) {
        tables.push(expression(&age_bands(catalog, chosen.bands)));
    }
    if indicator.reads(schemes::TABLE) {
        tables.push(expression(&reference_items(&catalog.schemes)));
    }
    if indicator.reads(MUTE) {
        tables.push(expression(&mute(catalog, indicator, chosen.disease)));
    }
    let read = catalog.shared.iter().filter(|(name, _)| indicator.reads(name));
    let whole = |(name, shared): (&String, &Shared)| match known.get(name) {
        Some(text) => text.clone(),
        None => format!("{name} AS (\n{}\n)", shared.sql),
    };
    tables.extend(read.map(whole));
    if tables.is_empty() { Arc::clone(&indicator.sql) } else { with(&indicator.sql, &tables).into() }
}

/// `mute`: those who can't tell. What they left out is not known to be nothing.
fn mute(catalog: &Catalog, indicator: &Indicator, disease: &str) -> Given {
    let counted = indicator.source.first();
    let feeding =
        catalog.mappings.values().filter(|m| counted.is_some_and(|of| *of == m.table || *of == m.source));
    let every = !indicator.names("disease");
    let tells = |m: &Mapping| {
        (every || m.tells_of(disease)) && indicator.told_by.iter().all(|column| m.feeds(column))
    };
    let silent = feeding.filter(|m| !tells(m));
    Given {
        name: MUTE,
        columns: &[("source", Type::Text)],
        rows: silent.map(|m| vec![Value::Text(m.source.clone())]).collect(),
    }
}

/// `periods`: those that the days asked for touch, each with the days that it is compared with, and why a day is not.
fn periods(catalog: &Catalog, chosen: &Chosen<'_>) -> Given {
    let (from, to) = (chosen.from, chosen.to);
    let row = |first, last, label: String, before: Option<(Date, Date)>| {
        let (start, end) = before.map_or((Value::Null, Value::Null), |(a, b)| (Value::Day(a), Value::Day(b)));
        let unlike = first == last && before.is_some_and(|(before, _)| !are_alike(first, before));
        let unlike = if unlike { Value::Text(Reason::NotAlike.ja().to_owned()) } else { Value::Null };
        vec![Value::Day(first), Value::Day(last), Value::Text(label), start, end, unlike]
    };
    let rows = match chosen.by.and_then(Period::parse) {
        Some(period) => {
            let before = |first| chosen.against.map(|against| against.of_period(period, first, to));
            let one = |first| row(first, period.end(first), period.label_ja(first), before(first));
            period.starts(from, to).map(one).collect()
        }
        None => {
            let touched = |wave: &&Wave| wave.from <= to && wave.to.is_none_or(|last| last >= from);
            let one = |wave: &Wave| {
                let last = wave.to.unwrap_or(Date::MAX);
                let days = (wave.from.max(from), last.min(to));
                let before = chosen.against.map(|against| against.of_days(days.0, days.1));
                row(wave.from, last, wave.ja.clone(), before)
            };
            catalog.waves_of(chosen.disease).filter(touched).map(one).collect()
        }
    };
    Given {
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
fn age_bands(catalog: &Catalog, banding: Option<&str>) -> Given {
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
    Given {
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
fn reference_items(schemes: &BTreeMap<String, Scheme>) -> Given {
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
    Given {
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

/// Types are said once a column, not once a cell: a table may have thousands of rows.
fn expression(table: &Given) -> String {
    written(table.name, table.columns, &table.rows)
}

/// A table as the text of a common table expression.
pub fn written(name: &str, columns: &[(&str, Type)], rows: &[Vec<Value>]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let row = |row: &Vec<Value>| format!("({})", row.iter().map(literal).collect::<Vec<_>>().join(", "));
    let mut rows: Vec<String> = rows.iter().map(row).collect();
    let mut only = "";
    if rows.is_empty() {
        rows.push(row(&vec![Value::Null; names.len()]));
        only = " WHERE false";
    }
    let typed = columns.iter().map(|(name, kind)| format!("CAST({name} AS {}) AS {name}", kind.word()));
    let (typed, names) = (typed.collect::<Vec<_>>().join(", "), names.join(", "));
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = write!(
        text,
        "{name} AS (SELECT {typed} FROM (VALUES\n  {}) AS given ({names}){only})",
        rows.join(",\n  ")
    );
    text
}

impl Type {
    fn word(self) -> &'static str {
        match self {
            Self::Text => "VARCHAR",
            Self::Day => "DATE",
            Self::Whole => "BIGINT",
            Self::Decimal => "DOUBLE",
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Day(day) => format!("'{day}'"),
        Value::Whole(number) => number.to_string(),
        Value::Decimal(number) => format!("'{number}'"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::definitions::given::WAVE;

    fn table(rows: Vec<Vec<Value>>) -> Given {
        Given { name: "marks", columns: &[("label", Type::Text), ("mark", Type::Decimal)], rows }
    }

    #[test]
    fn tables_stand_before_the_text() {
        let marks = [expression(&table(vec![vec![Value::Text("it's".into()), Value::Decimal(0.5)]]))];
        let given = "marks AS (SELECT CAST(label AS VARCHAR) AS label, CAST(mark AS DOUBLE) AS mark FROM (VALUES\n  ('it''s', '0.5')) AS given (label, mark))";
        assert_eq!(
            with("-- why\nSELECT label FROM marks", &marks),
            format!("-- why\nWITH {given}\nSELECT label FROM marks")
        );
        assert_eq!(
            with("WITH a AS (SELECT 1) SELECT 2", &marks),
            format!("WITH {given}, a AS (SELECT 1) SELECT 2")
        );
        assert_eq!(with("SELECT 1", &[]), "SELECT 1");
        assert!(with("SELECT label FROM marks", &[expression(&table(Vec::new()))]).contains("WHERE false"));
    }

    fn catalog() -> Catalog {
        Catalog::load(&crate::definitions::Definitions::embedded()).expect("loads")
    }

    fn days(given: &Given) -> Vec<(Date, Date)> {
        let day = |value: &Value| if let Value::Day(day) = value { *day } else { Date::MIN };
        given.rows.iter().map(|row| (day(&row[0]), day(&row[1]))).collect()
    }

    #[test]
    fn waves_are_those_of_the_disease_that_the_days_touch() {
        let (catalog, from, to) = (catalog(), date(2021, 12, 16), date(2022, 6, 25));
        let mut chosen = Chosen { by: Some(WAVE), bands: None, against: None, disease: "covid-19", from, to };
        let labels = |given: Given| given.rows.iter().map(|row| row[2].clone()).collect::<Vec<_>>();
        let named = ["第5波", "第6波", "第7波"].map(|wave| Value::Text(wave.to_owned()));
        assert_eq!(labels(periods(&catalog, &chosen)), named);
        chosen.disease = "measles";
        assert_eq!(periods(&catalog, &chosen).rows, Vec::<Vec<Value>>::new());
    }

    #[test]
    fn those_who_can_t_tell_are_named() {
        let catalog = catalog();
        let mute = |indicator: &str, disease: &str| -> Vec<String> {
            let indicator = catalog.indicator(indicator).expect("there");
            let rows = super::mute(&catalog, indicator, disease).rows;
            rows.into_iter()
                .map(|row| if let Value::Text(source) = &row[0] { source.clone() } else { String::new() })
                .collect()
        };
        assert_eq!(mute("deaths", "covid-19"), ["open-data-patients"], "it has no column for deaths");
        assert_eq!(mute("new_cases_published", "covid-19"), Vec::<String>::new());
        assert_eq!(
            mute("new_cases_published", "measles"),
            ["open-data-patients"],
            "it tells of COVID-19 alone"
        );
        assert_eq!(
            mute("alerts_daily", "measles"),
            Vec::<String>::new(),
            "of all diseases, whatever is asked"
        );
    }

    proptest! {
        #[test]
        fn periods_neither_gap_nor_overlap(start in 0i32..40_000, length in 0i32..1500) {
            let from = date(1960, 1, 1).saturating_add(i64::from(start).days());
            let to = from.saturating_add(i64::from(length).days());
            for period in Period::ALL {
                let by = Some(period.name());
                let chosen = Chosen { by, bands: None, against: None, disease: "covid-19", from, to };
                let found = days(&periods(&Catalog::default(), &chosen));
                prop_assert!(found[0].0 <= from && found[found.len() - 1].1 >= to);
                for (first, last) in &found {
                    prop_assert!(first <= last && *first <= to && *last >= from);
                }
                for two in found.windows(2) {
                    prop_assert_eq!(two[0].1.tomorrow().expect("a day"), two[1].0);
                }
            }
        }
    }
}
