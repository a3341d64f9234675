//! The gate's plan for one bound mapping: which column feeds which output, and why a mapping is refused before a
//! single row is read.

use std::collections::BTreeMap;

use super::cells::{Cells, Ids, LAST_DAY, Task};
use super::error::GateError;
use super::happened::{Event, beside};
use super::headings::{Announced, announced};
use super::individual_number::Column as TwelveDigits;
use super::judge::{LARGEST, Limits};
use super::key::Key;
use super::lists::{ages, list_codes, list_flags, pattern};
use super::outputs::{Output, Shape, Value};
use super::row::Target;
use super::rules;
use super::text::{Memo, Words};
use super::unknown::{NO_DAY, NO_ID};
use super::zeros::shortened;
use crate::definitions::Domains;
use crate::definitions::districts::Districts;
use crate::definitions::mapping::{Column, Kind, Mapping, Privacy, Why};
use crate::definitions::schema::Rule;
use crate::intake::bind::Bound;

pub(super) struct Plan {
    /// One for each cell of a raw row.
    pub cells: Vec<Cells>,
    /// The table columns that are fed, in the order of their names.
    pub outputs: Vec<Output>,
    pub has_subject: bool,
    /// Outputs of the key, in the mapping's order.
    pub key: Vec<usize>,
    /// Where a series' code and value go, when totals are laid out in columns.
    pub series: Option<(usize, usize)>,
    /// Outputs of which the first usually comes before the second.
    pub order: Vec<(usize, usize)>,
    /// Outputs of which the second is the end of what the first begins.
    pub spans: Vec<(usize, usize)>,
}

impl Plan {
    pub(super) fn new(bound: &Bound, key: Option<&Key>, domains: &Domains) -> Result<Self, GateError> {
        let mapping = bound.mapping.as_ref();
        for column in &mapping.columns {
            check(column)?;
        }
        if let Some(breach) = rules::breaches(mapping, domains).into_iter().next() {
            return Err(GateError::Rule(breach));
        }
        for (at, column) in mapping.columns.iter().enumerate() {
            let needed = column.privacy != Privacy::Drop && (column.required || is_subject(column));
            if needed && !bound.read.contains(&at) {
                return Err(GateError::Absent { column: heading(column) });
            }
        }
        let read: Vec<&Column> = bound.read.iter().filter_map(|at| mapping.columns.get(*at)).collect();
        let outputs = outputs(mapping, &read, &domains.districts)?;
        let at = |name: &str| outputs.iter().position(|o| o.name == name);
        let table = domains.table(&mapping.table);
        let places = |pairs: &[(String, String)]| -> Vec<(usize, usize)> {
            pairs.iter().filter_map(|(a, b)| Some((at(a)?, at(b)?))).collect()
        };
        let order = table.map(|table| places(&table.usually)).unwrap_or_default();
        let spans = table.map(|table| places(&table.span_columns().concat())).unwrap_or_default();
        let has_subject = read.iter().any(|c| is_subject(c));
        let mut plan = Self {
            cells: Vec::with_capacity(read.len()),
            has_subject,
            key: Vec::new(),
            series: None,
            order,
            spans,
            outputs,
        };
        if let Some(column) = read.iter().find(|c| c.series.is_some()) {
            plan.series = Some((plan.at("series")?, plan.at(value_field(column))?));
        }
        for column in &read {
            let cells = plan.cells_of(column, mapping, domains, key)?;
            plan.cells.push(cells);
        }
        for field in &mapping.key {
            plan.key.push(plan.key_output(field)?);
        }
        if let Some((series, _)) = plan.series
            && !plan.key.is_empty()
            && !plan.key.contains(&series)
        {
            plan.key.push(series);
        }
        for cells in &mut plan.cells {
            cells.is_key = cells.outputs().iter().flatten().any(|output| plan.key.contains(output));
        }
        Ok(plan)
    }

    fn at(&self, name: &str) -> Result<usize, GateError> {
        let found = self.outputs.iter().position(|o| o.name == name);
        found.ok_or_else(|| GateError::NoSuchField { field: name.to_owned() })
    }

    /// A key field by its table column, or by the datetime that feeds it.
    fn key_output(&self, field: &str) -> Result<usize, GateError> {
        self.at(field).or_else(|e| self.at(&format!("{field}_at")).map_err(|_| e))
    }

    fn cells_of(
        &mut self,
        column: &Column,
        mapping: &Mapping,
        domains: &Domains,
        key: Option<&Key>,
    ) -> Result<Cells, GateError> {
        let kind = kind(column)?;
        let own = mapping.unknown.iter().chain(&column.unknown).map(String::as_str);
        let of_kind = match kind {
            Kind::Date | Kind::Datetime => NO_DAY,
            Kind::Id => NO_ID,
            _ => &[],
        };
        let rule = domains.table(&mapping.table).and_then(|table| table.rule(value_field(column)));
        let mut words = Words::new(own.chain(of_kind.iter().copied()));
        let task = match (kind, column.series.as_deref()) {
            (Kind::Id, None) if is_subject(column) => subject(column, mapping, key)?,
            (Kind::Count | Kind::Integer, series) => {
                let least = if column.kind == Some(Kind::Count) { 0 } else { -LARGEST };
                Task::Number { into: self.target(column, series)?, limits: self.limits(column, rule, least) }
            }
            (Kind::Decimal, series) => Task::Decimal {
                into: self.target(column, series)?,
                limits: self.limits(column, rule, -LARGEST),
            },
            (_, Some(_)) => {
                return Err(GateError::Incomplete {
                    column: heading(column),
                    lacks: Why::new("系列の数の type", "a number for its series"),
                });
            }
            (Kind::Date, None) => Task::Day { output: self.at(field(column)?)? },
            (Kind::Datetime, None) => {
                let field = field(column)?;
                Task::Instant { at: self.at(&format!("{field}_at"))?, day: self.at(&format!("{field}_day"))? }
            }
            (Kind::Age, None) => {
                let (field, words) = (field(column)?, ages(column)?);
                if field.ends_with("_decade") {
                    Task::Age { years: None, decade: self.at(field)?, words }
                } else {
                    let decade = self.at(&format!("{field}_decade"))?;
                    Task::Age { years: Some(self.at(field)?), decade, words }
                }
            }
            (Kind::Code, None) => {
                let output = self.at(field(column)?)?;
                list_codes(column, &mut self.outputs[output], &mut words)?;
                let codes = &self.outputs[output].codes;
                let number =
                    |code: &str| codes.iter().position(|c| c == code).and_then(|at| u16::try_from(at).ok());
                let died = if field(column)? == "status" { number("died") } else { None };
                Task::Code { output, died, short: shortened(column, &mut words, number) }
            }
            (Kind::Flag, None) => {
                list_flags(&mut words);
                Task::Flag { output: self.at(field(column)?)? }
            }
            (Kind::District, None) => Task::District { output: self.at(field(column)?)? },
            (Kind::Id, None) => {
                let name = field(column)?;
                Task::Id {
                    output: self.at(name)?,
                    pattern: pattern(column)?,
                    is_area: name == "area" || name.ends_with("_area"),
                    numbers: TwelveDigits::default(),
                }
            }
        };
        let day = match (kind, &column.field) {
            (Kind::Date, Some(field)) => Some(field.clone()),
            (Kind::Datetime, Some(field)) => Some(format!("{field}_day")),
            _ => None,
        };
        let events = domains.table(&mapping.table).map(|table| &table.events);
        let beside = day.as_deref().map_or(&[][..], beside);
        let event = day.filter(|day| events.is_some_and(|events| events.contains_key(day)));
        Ok(Cells {
            task,
            beside,
            event: event.map(|day| Event::of(&day)),
            heading: heading(column),
            required: column.required || is_subject(column),
            is_key: false,
            order: mapping.date_order,
            last_day: LAST_DAY,
            last_instant: i64::MAX,
            is_of_parts: !column.from.is_empty(),
            noted: None,
            ids: Ids::default(),
            words,
            days: Memo::default(),
        })
    }

    /// The column's own limits, within those of the table.
    fn limits(&self, column: &Column, rule: Option<&Rule>, least: i64) -> Limits {
        let (lowest, highest) = match rule {
            Some(Rule::Number { least, most, .. }) => (*least, *most),
            _ => (i64::MIN, i64::MAX),
        };
        Limits {
            least: column.min.unwrap_or(least).max(lowest),
            most: column.max.unwrap_or(LARGEST).min(highest),
            per_person: self.has_subject && column.max.is_none(),
            strip_note: column.strip_note,
        }
    }

    fn target(&mut self, column: &Column, series: Option<&str>) -> Result<Target, GateError> {
        match (series, self.series) {
            (Some(series), Some((output, _))) => Ok(Target::Series(self.outputs[output].code(series))),
            _ => Ok(Target::Output(self.at(field(column)?)?)),
        }
    }
}

/// Refuses a column that keeps what announces itself as an identifier, or that has no type to keep it by.
pub(super) fn check(column: &Column) -> Result<(), GateError> {
    if column.privacy == Privacy::Drop {
        return Ok(());
    }
    let kind = kind(column)?;
    // Whatever a heading announces: of a closed list nothing goes on but its codes, of a yes or no nothing but that.
    let closed = match kind {
        Kind::Code => !column.codes.is_empty(),
        kind => kind == Kind::Flag,
    };
    // A date of birth may stand in three columns.
    let whole = (!column.from.is_empty()).then(|| column.from.concat());
    for heading in column.every_heading().chain(&whole) {
        let Some(what) = announced(heading) else { continue };
        let coarsened =
            what == Announced::Address && kind == Kind::District && column.privacy == Privacy::Coarsen;
        if !coarsened && !closed {
            return Err(GateError::KeepsIdentifier { heading: heading.clone(), what });
        }
    }
    let lacks = match (column.privacy, kind) {
        (Privacy::Pseudonymise, Kind::Id) if is_subject(column) => None,
        (Privacy::Pseudonymise, _) => Some(Why::new(
            "type id と field subject。仮名化できるのは患者の番号だけです",
            "type id and field subject: only a case's id is pseudonymised",
        )),
        (Privacy::Coarsen, kind) if !matches!(kind, Kind::Age | Kind::District) => Some(Why::new(
            "type age か district。ほかは粗くできません",
            "type age or district: nothing else is coarsened",
        )),
        (_, Kind::Code) if column.codes.is_empty() => Some(Why::new("codes", "codes")),
        (_, Kind::Id) if column.pattern.is_none() => Some(Why::new("pattern", "a pattern")),
        _ => None,
    };
    match lacks {
        Some(lacks) => Err(GateError::Incomplete { column: self::heading(column), lacks }),
        None => Ok(()),
    }
}

/// The table columns that the read columns and the constants feed, in the order of their names.
fn outputs(mapping: &Mapping, read: &[&Column], districts: &Districts) -> Result<Vec<Output>, GateError> {
    let mut made: BTreeMap<String, Output> = BTreeMap::new();
    let mut add = |name: &str, shape: Shape, heading: &str| -> Result<(), GateError> {
        match made.get(name) {
            Some(held) if held.shape != shape => Err(GateError::TwoTypes { field: name.to_owned() }),
            Some(_) => Ok(()),
            None => {
                made.insert(name.to_owned(), Output::new(name, shape, heading));
                Ok(())
            }
        }
    };
    // One column of the table holds the values of all series.
    let decimals = read.iter().any(|c| c.series.is_some() && c.kind == Some(Kind::Decimal));
    for column in read {
        let heading = heading(column);
        if column.series.is_some() {
            let shape = if decimals { Shape::Decimal } else { Shape::Whole };
            add("series", Shape::Code, &heading)?;
            add(value_field(column), shape, &heading)?;
            continue;
        }
        if is_subject(column) {
            continue;
        }
        let field = field(column)?;
        match kind(column)? {
            Kind::Date => add(field, Shape::Day, &heading)?,
            Kind::Datetime => {
                add(&format!("{field}_at"), Shape::Instant, &heading)?;
                add(&format!("{field}_day"), Shape::Day, &heading)?;
            }
            Kind::Count | Kind::Integer => add(field, Shape::Whole, &heading)?,
            Kind::Decimal => add(field, Shape::Decimal, &heading)?,
            Kind::Age if field == "age" => {
                add("age", Shape::Whole, &heading)?;
                add("age_decade", Shape::Whole, &heading)?;
            }
            Kind::Age => add(field, Shape::Whole, &heading)?,
            Kind::Code | Kind::District => add(field, Shape::Code, &heading)?,
            Kind::Flag => add(field, Shape::Flag, &heading)?,
            Kind::Id => add(field, Shape::Text, &heading)?,
        }
    }
    for name in mapping.constants.keys() {
        add(name, Shape::Code, name)?;
    }
    // A district's number is its place in the table, whatever else feeds the output.
    for column in read.iter().filter(|c| c.kind == Some(Kind::District)) {
        if let Some(output) = made.get_mut(field(column)?) {
            output.codes = districts.all().iter().map(|d| d.code.clone()).collect();
        }
    }
    for (name, text) in &mapping.constants {
        if let Some(output) = made.get_mut(name) {
            output.standing = Value::Code(output.code(text));
        }
    }
    Ok(made.into_values().collect())
}

fn subject(column: &Column, mapping: &Mapping, key: Option<&Key>) -> Result<Task, GateError> {
    let pattern = pattern(column)?;
    if column.privacy == Privacy::Keep {
        // Only a pseudonym may be kept: an id of any other shape would come in as it is.
        if ["1234567", "123456789018", "H001"].iter().any(|id| pattern.is_match(id)) {
            return Err(GateError::KeepsId { column: heading(column) });
        }
        return Ok(Task::OwnPseudonym { pattern });
    }
    let Some(namespace) = &mapping.namespace else {
        return Err(GateError::Incomplete {
            column: heading(column),
            lacks: Why::new("取込定義の namespace", "the mapping's namespace"),
        });
    };
    let key = key.ok_or_else(|| GateError::NoKey { column: heading(column) })?;
    Ok(Task::Pseudonym { pattern, pseudonyms: key.pseudonyms(namespace), numbers: TwelveDigits::default() })
}

fn is_subject(column: &Column) -> bool {
    column.field.as_deref() == Some("subject")
}

fn heading(column: &Column) -> String {
    column.name()
}

fn value_field(column: &Column) -> &str {
    column.field.as_deref().unwrap_or("value")
}

fn field(column: &Column) -> Result<&str, GateError> {
    let lacks = || GateError::Incomplete { column: heading(column), lacks: Why::new("field", "a field") };
    column.field.as_deref().ok_or_else(lacks)
}

fn kind(column: &Column) -> Result<Kind, GateError> {
    column
        .kind
        .ok_or_else(|| GateError::Incomplete { column: heading(column), lacks: Why::new("type", "a type") })
}
