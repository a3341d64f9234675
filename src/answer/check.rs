//! `hinomi check`: are the definitions true to each other and to the store?
//!
//! Each query runs once over no facts at all (as of batch 0): it then costs nothing, and proves
//! that it prepares, binds its parameters and returns the columns that its header promises.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};
use jiff::Timestamp;
use jiff::civil::Date;

use super::fits::{board_faults, faults_beside};
use super::given::{self, Chosen};
use super::shared::WorkedOut;
use crate::definitions::given::is_period;
use crate::definitions::indicator::{Indicator, Shape};
use crate::definitions::mapping::{Column, Mapping};
use crate::definitions::role::Role;
use crate::definitions::{Catalog, Problem, lint, scheme_faults, word_faults};
use crate::measure::register::called;
use crate::privacy::refusals;
use crate::store::{AsOf, BatchId, Param, Query, Store};

/// Bytes of what shared queries come to without facts.
const SHARED: u64 = 16 << 20;
const DEADLINE: Duration = Duration::from_secs(20);

/// All checks. Blocking: queries run.
pub fn check(catalog: &Catalog, store: &Store) -> Vec<Problem> {
    let (mut problems, shared) = (check_alone(catalog), WorkedOut::new(SHARED));
    for indicator in catalog.indicators.values() {
        let file = format!("queries/indicators/{}.sql", indicator.id);
        if let Some(what) = undated_runs(catalog, store, indicator) {
            problems.push(Problem { file: file.clone(), what });
        }
        let choices =
            if indicator.by.is_empty() { vec![None] } else { indicator.by.iter().map(Some).collect() };
        for by in choices {
            let chosen = trial(indicator, by.map(String::as_str));
            for what in returned(catalog, (store, &shared), indicator, &chosen) {
                problems.push(Problem { file: file.clone(), what });
            }
        }
    }
    for quality in catalog.quality.values() {
        let params = trial_params(&lint::parameters(&quality.sql), &NOTHING_CHOSEN);
        let query = Query::new(&*quality.id, Arc::clone(&quality.sql), params);
        if let Err(error) = store.query(&query, AsOf::Batch(BatchId(0)), DEADLINE) {
            let file = format!("queries/quality/{}.sql", quality.id);
            problems.push(Problem { file, what: format!("does not run: {error}") });
        }
    }
    problems
}

/// The checks that need no store.
pub fn check_alone(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |file: String, what: String| problems.push(Problem { file, what });
    for indicator in catalog.indicators.values() {
        let file = format!("queries/indicators/{}.sql", indicator.id);
        for (line, what) in lint::faults(&indicator.sql) {
            say(file.clone(), if line == 0 { what } else { format!("line {line} of the query: {what}") });
        }
        for what in header_faults(indicator).into_iter().chain(catalog.undated_faults(indicator)) {
            say(file.clone(), what);
        }
        if let Some(what) = catalog.unknown_group(indicator.group.as_deref()) {
            say(file.clone(), what);
        }
        if let Some(call) = &indicator.measure {
            let found = called(call).map_or_else(
                |why| vec![format!("line {}: measure: {why}", indicator.measure_line)],
                |method| (method.faults)(call, catalog),
            );
            found.into_iter().for_each(|what| say(file.clone(), what));
        }
        if let Some(bands) = &indicator.bands
            && catalog.banding(bands).is_none()
        {
            say(file.clone(), format!("there is no banding {bands}"));
        }
        for source in &indicator.source {
            let known = catalog.table(source).is_some() || catalog.mappings.contains_key(source);
            if !known {
                say(file.clone(), format!("source {source} is neither a table nor a source"));
            }
        }
    }
    for indicator in catalog.indicators.values() {
        for what in catalog.told_by_faults(indicator) {
            say(format!("queries/indicators/{}.sql", indicator.id), what);
        }
    }
    for quality in catalog.quality.values() {
        for (line, what) in lint::faults(&quality.sql) {
            say(format!("queries/quality/{}.sql", quality.id), format!("line {line} of the query: {what}"));
        }
    }
    for (name, shared) in &catalog.shared {
        for (line, what) in lint::faults(&shared.sql) {
            say(format!("queries/shared/{name}.sql"), format!("line {line} of the query: {what}"));
        }
    }
    for board in catalog.boards.values() {
        for what in
            board_faults(board, catalog).into_iter().chain(catalog.unknown_group(board.group.as_deref()))
        {
            say(format!("dashboards/{}.toml", board.id), what);
        }
    }
    for (file, what) in faults_beside(catalog) {
        say(file.to_owned(), what);
    }
    for problem in scheme_faults::problems(catalog).into_iter().chain(word_faults::problems(catalog)) {
        say(problem.file, problem.what);
    }
    let shown = shown(catalog);
    for indicator in catalog.indicators.values() {
        let file = format!("queries/indicators/{}.sql", indicator.id);
        match (indicator.on_board, shown.contains(indicator.id.as_str())) {
            (true, false) => say(file, "shown on no board (say `board: none` if that is meant)".to_owned()),
            (false, true) => say(file, "says `board: none` and stands on a board".to_owned()),
            _ => {}
        }
    }
    for mapping in catalog.mappings.values() {
        for what in mapping_faults(mapping, catalog) {
            say(format!("queries/sources/{}.toml", mapping.source), what);
        }
    }
    problems
}

/// The indicators that stand on a board, over something, in a headline or on the strip.
fn shown(catalog: &Catalog) -> BTreeSet<&str> {
    let panels = catalog.boards.values().flat_map(|board| {
        let panels = board.panels.iter().flat_map(|p| [Some(&p.show), p.over.as_ref(), p.verdict.as_ref()]);
        panels.chain(board.headlines.iter().map(|h| Some(&h.show))).flatten()
    });
    panels.chain(catalog.strip.items.iter().map(|item| &item.show)).map(String::as_str).collect()
}

/// Why no delivery by a mapping could be taken, or not as it says.
fn mapping_faults(mapping: &Arc<Mapping>, catalog: &Catalog) -> Vec<String> {
    let mut found = refusals(mapping, &catalog.domains);
    let day = |column: &str| catalog.table(&mapping.table).is_some_and(|table| table.has_day(column));
    if let Some(window) = mapping.window.as_ref().filter(|window| !day(&window.column)) {
        let (table, column) = (&mapping.table, &window.column);
        found.push(format!(
            "window: 表 {table} に {column} という日の列はありません · window: {table} has no day column {column}"
        ));
    }
    found.extend(mapping.columns.iter().filter_map(towns_fault));
    found
}

fn towns_fault(column: &Column) -> Option<String> {
    let other = column.table.as_deref().filter(|table| *table != "districts")?;
    Some(format!(
        "列「{0}」: {other} という表はありません。町名は districts にあります · column {0}: there is no table {other}; towns are in districts",
        column.name()
    ))
}

/// Why the rows without a day can't be counted.
fn undated_runs(catalog: &Catalog, store: &Store, indicator: &Indicator) -> Option<String> {
    let sql = Arc::clone(&catalog.dated.get(&indicator.id)?.sql);
    let query = Query::new(format!("{}, undated", indicator.id), sql, []);
    let ran = store.query(&query, AsOf::Batch(BatchId(0)), DEADLINE);
    ran.err().map(|error| format!("counted_by and counted_if do not run: {error}"))
}

/// What a header says that does not agree with itself or with its query.
fn header_faults(indicator: &Indicator) -> Vec<String> {
    let mut found = Vec::new();
    let names: Vec<&str> = indicator.columns.iter().map(|(name, _)| name.as_str()).collect();
    let roles: Vec<Role> = names.iter().map(|name| indicator.meaning(name).role).collect();
    let fits = match indicator.shape {
        Shape::Value => roles.contains(&Role::Value),
        Shape::Series => roles.first() == Some(&Role::Period) && roles.len() > 1,
        Shape::Breakdown => roles.get(1) == Some(&Role::Value),
        Shape::Pyramid => is_pyramid(&roles),
        Shape::Heat => roles == [Role::Period, Role::Band, Role::Value],
        Shape::Table => !roles.is_empty(),
    };
    if !fits {
        found.push(format!("columns [{}] are not those of a {}", names.join(", "), indicator.shape.word()));
    }
    let periodic = indicator.by.iter().any(|by| is_period(by));
    if periodic && !indicator.by.iter().all(|by| is_period(by)) {
        found.push("by mixes periods with other words".to_owned());
    }
    let reads = |table| indicator.reads(table);
    let named = |parameter| indicator.names(parameter);
    let compared = reads("before_first_day") || named("before_from") || named("before_to");
    for (key, said, used, how) in [
        ("by", !indicator.by.is_empty(), named("by") || reads("periods"), "name $by or read periods"),
        ("bands", indicator.bands.is_some(), named("bands") || reads("age_bands"), "read age_bands"),
        ("against", !indicator.against.is_empty(), compared, "name $before_from or read before_first_day"),
    ] {
        match (said, used) {
            (false, true) => {
                found.push(format!("the query's text wants a choice and the header has no {key}"));
            }
            (true, false) => found.push(format!("the header has {key} and the query does not {how}")),
            _ => {}
        }
    }
    if reads("periods") && !periodic {
        found.push("the query reads periods and by names none".to_owned());
    }
    found
}

/// Age bands, the sexes, those of neither (rates have none), and the same of the period compared with.
fn is_pyramid(roles: &[Role]) -> bool {
    use Role::{Band, Female, FemaleBefore, Male, MaleBefore, OtherSex, OtherSexBefore};
    matches!(
        roles,
        [Band, Male, Female]
            | [Band, Male, Female, OtherSex]
            | [Band, Male, Female, MaleBefore, FemaleBefore]
            | [Band, Male, Female, OtherSex, MaleBefore, FemaleBefore, OtherSexBefore]
    )
}

/// What the query returns that its header does not promise.
fn returned(
    catalog: &Catalog,
    at: (&Store, &WorkedOut),
    indicator: &Indicator,
    chosen: &Chosen<'_>,
) -> Vec<String> {
    let rows = match trial_rows(catalog, at, indicator, chosen) {
        Ok(rows) => rows,
        Err(error) => return vec![format!("does not run: {error}")],
    };
    let mut found = columns_differ(indicator, &rows.schema());
    let made_one = indicator.method().is_some_and(|method| method.one_row);
    if indicator.shape == Shape::Value && !made_one && rows.num_rows() != 1 {
        found.push(format!("a value is one row; without any facts it returns {}", rows.num_rows()));
    }
    found
}

fn trial_rows(
    catalog: &Catalog,
    (store, shared): (&Store, &WorkedOut),
    indicator: &Indicator,
    chosen: &Chosen<'_>,
) -> anyhow::Result<RecordBatch> {
    let none = BatchId(0);
    let known = shared.of(catalog, indicator, (store, none, DEADLINE))?;
    let params = trial_params(&indicator.parameters, chosen);
    let tables = given::tables(catalog, indicator, chosen, &known)?;
    let query = Query::new(&*indicator.id, given::text(catalog, indicator), params).given(tables);
    Ok(store.query(&query, AsOf::Batch(none), DEADLINE)?)
}

fn columns_differ(indicator: &Indicator, schema: &Schema) -> Vec<String> {
    let promised: Vec<&str> = indicator.columns.iter().map(|(name, _)| name.as_str()).collect();
    let query: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let got = match indicator.method() {
        None => query.iter().map(|name| (*name).to_owned()).collect(),
        Some(method) => match method.columns(&query) {
            Ok(columns) => columns,
            Err(why) => return vec![why],
        },
    };
    if got != promised {
        return vec![format!("returns [{}], promises [{}]", got.join(", "), promised.join(", "))];
    }
    let wrong = |field: &arrow::datatypes::Field| {
        let kind = field.data_type();
        let fits = match indicator.meaning(field.name()).role {
            Role::Period => *kind == DataType::Date32,
            Role::Value
            | Role::Male
            | Role::Female
            | Role::OtherSex
            | Role::MaleBefore
            | Role::FemaleBefore
            | Role::OtherSexBefore => is_plain_number(kind),
            Role::Complete => *kind == DataType::Boolean,
            _ => is_plain_number(kind) || is_plain_other(kind),
        };
        (!fits).then(|| format!("column {} is of type {kind}", field.name()))
    };
    schema.fields().iter().filter_map(|field| wrong(field)).collect()
}

/// Sums come out as decimals of 38 digits unless they are cast: no reader wants those.
fn is_plain_number(kind: &DataType) -> bool {
    kind.is_integer() || matches!(kind, DataType::Float64 | DataType::Float32)
}

fn is_plain_other(kind: &DataType) -> bool {
    matches!(kind, DataType::Date32 | DataType::Timestamp(..) | DataType::Boolean)
        || matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Two days at the beginning of time.
const NOTHING_CHOSEN: Chosen<'_> = Chosen {
    by: None,
    bands: None,
    against: None,
    disease: "covid-19",
    from: Date::constant(1970, 1, 1),
    to: Date::constant(1970, 1, 2),
    mute: &[],
};

fn trial<'a>(indicator: &'a Indicator, by: Option<&'a str>) -> Chosen<'a> {
    let against = indicator.against.first().copied();
    Chosen { by, bands: indicator.bands.as_deref(), against, ..NOTHING_CHOSEN }
}

/// Values for the parameters that a text names.
fn trial_params(named: &BTreeSet<String>, chosen: &Chosen<'_>) -> Vec<(String, Param)> {
    let text = |text: Option<&str>| text.map_or(Param::Null, |text| Param::Text(text.to_owned()));
    let value = |name: &str| match name {
        "from" | "before_from" => Param::Day(chosen.from),
        "to" | "before_to" | "as_of_day" => Param::Day(chosen.to),
        "as_of_at" => Param::Instant(Timestamp::UNIX_EPOCH),
        "disease" => text(Some(chosen.disease)),
        "by" => text(chosen.by),
        "bands" => text(chosen.bands),
        _ => Param::Null,
    };
    named.iter().map(|name| (name.clone(), value(name))).collect()
}

#[cfg(test)]
mod tests;
