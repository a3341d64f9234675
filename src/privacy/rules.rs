//! What each column of each table may hold, as the table itself says (`-- rule:` in `queries/schema/`): an age is
//! top-coded, a district is a code of the table of districts, a subject is a pseudonym, a number has its limits. The
//! rule binds the table: no mapping's word loosens it, and what would not keep it is refused before a row is read.

use std::fmt;

use super::headings::is_of_an_age;
use super::identifiers::first;
use crate::definitions::Domains;
use crate::definitions::districts::Districts;
use crate::definitions::mapping::{Column, Kind, Mapping, Privacy, Why};
use crate::definitions::schema::{Rule, Table};
use crate::epi::era::DateOrder;
use crate::epi::time::parse_date;

/// Something of a mapping that would not keep its table's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// `column 年齢`, `constant disease`, `table`.
    pub at: String,
    pub why: Why,
}

impl fmt::Display for Breach {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, why } = self;
        write!(to, "{}: {} · {at}: {}", at_ja(at), why.ja, why.en)
    }
}

/// Where a rule of the table is not kept: `column 年齢`, `constant disease`, `table`.
fn at_ja(at: &str) -> String {
    match at.split_once(' ') {
        Some(("column", name)) => format!("列「{name}」"),
        Some(("constant", field)) => format!("定数 {field}"),
        _ => "表の名前".to_owned(),
    }
}

fn no_column(table: &Table, field: &str) -> Why {
    Why::new(
        format!("表 {} に {field} という列はありません", table.name),
        format!("{} has no column {field}", table.name),
    )
}

/// Everything of a mapping that would not keep its table's rules.
pub(super) fn breaches(mapping: &Mapping, domains: &Domains) -> Vec<Breach> {
    let districts = &domains.districts;
    let Some(table) = domains.table(&mapping.table) else {
        let why = Why::new(
            format!("{} という表は queries/schema にありません", mapping.table),
            format!("{} is not among the tables of queries/schema", mapping.table),
        );
        return vec![Breach { at: "table".to_owned(), why }];
    };
    let mut found = Vec::new();
    for column in mapping.columns.iter().filter(|c| c.privacy != Privacy::Drop) {
        let at = format!("column {}", column.name());
        let mut whys = of_column(table, column, districts);
        if whys.is_empty() {
            whys.extend(age_elsewhere(column));
        }
        found.extend(whys.into_iter().map(|why| Breach { at: at.clone(), why }));
    }
    for (field, text) in &mapping.constants {
        let why = match table.rule(field) {
            None => Some(no_column(table, field)),
            Some(rule) => of_constant(rule, text, districts).map(|why| why.of(table, field)),
        };
        found.extend(why.map(|why| Breach { at: format!("constant {field}"), why }));
    }
    found
}

/// An age that would be kept as it is, in a column that is no age. Of a closed list nothing goes on but its codes.
fn age_elsewhere(column: &Column) -> Option<Why> {
    let closed = match column.kind? {
        Kind::Age | Kind::Flag => true,
        Kind::Code => !column.codes.is_empty(),
        _ => false,
    };
    let heading = column.every_heading().find(|heading| !closed && is_of_an_age(heading))?;
    Some(Why::new(
        format!("見出し「{heading}」は年齢です。type age にするか、捨ててください（privacy を書かない）"),
        format!("the heading {heading} says an age: it takes type age, or is dropped (no privacy)"),
    ))
}

fn of_column(table: &Table, column: &Column, districts: &Districts) -> Vec<Why> {
    let Some(kind) = column.kind else { return Vec::new() };
    if let Some(series) = &column.series {
        let mut found = of_type(table, "value", kind);
        found.extend(
            table
                .rule("series")
                .map_or_else(|| Some(no_column(table, "series")), |rule| of_code(rule, series, districts)),
        );
        return found;
    }
    let Some(field) = column.field.as_deref() else { return Vec::new() };
    if field == "subject" {
        let why = Why::new(
            format!("表 {} の行に患者の番号（subject）はありません", table.name),
            format!("rows of {} have no subject", table.name),
        );
        return if table.subject { Vec::new() } else { vec![why] };
    }
    let mut found: Vec<Why> = column.feeds().iter().flat_map(|fed| of_type(table, fed, kind)).collect();
    if let (Some(rule), Kind::Code) = (table.rule(field), kind) {
        let faulty = column.codes.keys().filter_map(|code| of_code(rule, code, districts));
        found.extend(faulty.map(|why| why.of(table, field)));
    }
    found
}

/// Why values of a type can't stand in a column of the table.
fn of_type(table: &Table, field: &str, kind: Kind) -> Vec<Why> {
    let Some(rule) = table.rule(field) else {
        return vec![no_column(table, field)];
    };
    let keeps = match rule {
        Rule::Age | Rule::Decade => kind == Kind::Age,
        Rule::District => matches!(kind, Kind::District | Kind::Code),
        Rule::Facility | Rule::Area => matches!(kind, Kind::Id | Kind::Code),
        Rule::Code(_) => kind == Kind::Code,
        Rule::Number { decimals, .. } => {
            matches!(kind, Kind::Count | Kind::Integer) || *decimals && kind == Kind::Decimal
        }
        Rule::Day => matches!(kind, Kind::Date | Kind::Datetime),
        Rule::Instant => kind == Kind::Datetime,
        Rule::Flag => kind == Kind::Flag,
        Rule::Store => false,
    };
    if keeps {
        Vec::new()
    } else {
        vec![Why::new(
            format!(
                "{}.{field} に入るのは{}で、type {} ではありません",
                table.name,
                rule.holds_ja(),
                word(kind)
            ),
            format!("{}.{field} holds {}, not type {}", table.name, rule.holds(), word(kind)),
        )]
    }
}

/// Why a code can't stand in a column. A code is a short English word: what it is called in Japanese stands in
/// `queries/reference/`, and a person's name can't be one.
fn of_code(rule: &Rule, code: &str, districts: &Districts) -> Option<Why> {
    let listed = |codes: Vec<&str>| {
        (!codes.contains(&code)).then(|| {
            let may = codes.join(", ");
            Why::new(
                format!("{code} という区分はありません（使えるのは {may}）"),
                format!("has no code {code}; it may be {may}"),
            )
        })
    };
    match rule {
        Rule::Code(codes) if !codes.is_empty() => return listed(codes.iter().map(String::as_str).collect()),
        Rule::District if !districts.all().is_empty() => {
            return listed(districts.all().iter().map(|d| d.code.as_str()).collect());
        }
        _ => {}
    }
    let shaped = code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_alphanumeric())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if !shaped {
        return Some(Why::new(
            "区分は英字・数字・`-`・`_`・`.` で書きます",
            "a code is of letters a to z, digits, `-`, `_` and `.`",
        ));
    }
    first(code).map(|_| {
        Why::new("区分が個人を特定するもののように見えます", "a code looks like an identifier of a person")
    })
}

/// Why a text can't stand in a column in every row.
fn of_constant(rule: &Rule, text: &str, districts: &Districts) -> Option<Why> {
    let within = |keeps: bool| {
        (!keeps).then(|| {
            Why::new(
                format!("入るのは{}で、この定数は合いません", rule.holds_ja()),
                format!("holds {}, which the constant is not", rule.holds()),
            )
        })
    };
    let number = || text.parse::<i64>().ok();
    match rule {
        Rule::Code(_) | Rule::District | Rule::Facility | Rule::Area => of_code(rule, text, districts),
        Rule::Age => within(number().is_some_and(|n| (0..=90).contains(&n))),
        Rule::Decade => within(number().is_some_and(|n| (0..=90).contains(&n) && n % 10 == 0)),
        Rule::Number { least, most, .. } => within(number().is_some_and(|n| (*least..=*most).contains(&n))),
        Rule::Day => within(parse_date(text, DateOrder::YearFirst).is_some() && text.len() == 10),
        Rule::Flag => within(matches!(text, "true" | "false")),
        Rule::Instant | Rule::Store => within(false),
    }
}

impl Why {
    /// With the column of the table that it is about.
    fn of(self, table: &Table, field: &str) -> Self {
        let at = format!("{}.{field}", table.name);
        Self { ja: format!("{at}: {}", self.ja), en: format!("{at}: {}", self.en) }
    }
}

/// The type as a mapping writes it.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Date => "date",
        Kind::Datetime => "datetime",
        Kind::Count => "count",
        Kind::Integer => "integer",
        Kind::Decimal => "decimal",
        Kind::Age => "age",
        Kind::Code => "code",
        Kind::Id => "id",
        Kind::Flag => "flag",
        Kind::District => "district",
    }
}
