//! What a measure says of itself: its name, its parameters, the columns that it needs and makes, its formula, and how it is
//! made. Each stands in a file of its own in `register/`; [`super::register`] lists them.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::civil::Date;

use super::parameter::Parameter;
use crate::definitions::Catalog;
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Meaning};

/// A measure.
pub struct Method {
    pub name: &'static str,
    pub parameters: &'static [&'static dyn Parameter],
    /// The columns of the query that it reads. Those that it does not drop stand in the answer with these roles.
    pub needs: &'static [Column],
    /// Columns of the query that its answer leaves out, where the query has them.
    pub drops: &'static [&'static str],
    /// The columns of its answer, in order.
    pub makes: &'static [Part],
    /// Its answer has one row, whatever the query's rows are.
    pub one_row: bool,
    /// Made once a night, of what was known at midnight: what takes seconds is not made anew for each delivery.
    pub nightly: bool,
    /// It takes days of its own: none may be asked for.
    pub own_days: bool,
    pub formula: fn(&MeasureCall) -> Formula,
    /// What the catalog lacks for it.
    pub faults: fn(&MeasureCall, &Catalog) -> Vec<String>,
    /// The reference data that stand beside its formula.
    pub notes: fn(&MeasureCall, &Catalog) -> Vec<Note>,
    /// What the night's log says of an answer.
    pub log: fn(&RecordBatch) -> Option<String>,
    pub making: Making,
}

/// How an answer is made of the query.
pub enum Making {
    /// Of the query's rows.
    Rows(fn(&MeasureCall, &RecordBatch, &Beside<'_>) -> Result<RecordBatch, ArrowError>),
    /// Of the answers of the indicators that the rows' items ask; asked for in `answer/against.rs`.
    Items,
    /// Of the query, asked for stretches of time one after the other; asked for in `answer/to_date.rs`.
    Stretches,
}

/// What most measures say.
pub const USUAL: Method = Method {
    name: "",
    parameters: &[],
    needs: &[],
    drops: &[],
    makes: &[],
    one_row: false,
    nightly: false,
    own_days: false,
    formula: |_| Formula { ja: "", en: "" },
    faults: |_, _| Vec::new(),
    notes: |_, _| Vec::new(),
    log: |_| None,
    making: Making::Items,
};

/// Part of an answer's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The query's first column: what its rows are of.
    First,
    /// The query's other columns.
    Rest,
    Made(Column),
}

/// A formula with its literature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    pub ja: &'static str,
    pub en: &'static str,
}

/// A line beside the formula: its name and its text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub name: Formula,
    pub ja: String,
    pub en: String,
}

/// The days that an answer is of: a series may have been read from before the first.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    pub from: Date,
    pub to: Date,
    /// The day of the moment asked for.
    pub view: Date,
}

/// What a measure knows beside the rows.
pub struct Beside<'a> {
    pub catalog: &'a Catalog,
    pub disease: &'a str,
    pub days: Days,
}

impl Method {
    /// What is wrong with a call of it.
    pub fn fault(&self, call: &MeasureCall) -> Option<String> {
        let known = |name: &String| self.parameters.iter().any(|p| p.name() == name);
        let unknown = call.arguments.keys().find(|name| !known(name));
        let unknown = unknown.map(|name| format!("`{name}` means nothing to {}", self.name));
        self.parameters.iter().find_map(|parameter| parameter.fault(call)).or(unknown)
    }

    /// The names of the answer's columns, given those of the query; what is missing from the query is the error.
    pub fn columns(&self, query: &[&str]) -> Result<Vec<String>, String> {
        if let Some(missing) = self.needs.iter().find(|need| !query.contains(&need.name)) {
            return Err(format!("its measure needs the column {}", missing.name));
        }
        let mut found = Vec::new();
        for part in self.makes {
            match part {
                Part::First => found.extend(query.first().copied()),
                Part::Rest => {
                    found.extend(query.iter().skip(1).copied().filter(|name| !self.drops.contains(name)));
                }
                Part::Made(column) => found.push(column.name),
            }
        }
        Ok(found.into_iter().map(str::to_owned).collect())
    }

    /// The columns that it makes.
    pub fn made(&self) -> impl Iterator<Item = Column> {
        self.makes.iter().filter_map(|part| match part {
            Part::Made(column) => Some(*column),
            Part::First | Part::Rest => None,
        })
    }

    /// The columns whose roles it knows: those that it makes, then those that it reads.
    pub fn known(&self) -> impl Iterator<Item = Column> {
        self.made().chain(self.needs.iter().copied())
    }

    /// What a column of its answer is, where it knows.
    pub fn meaning(&self, name: &str) -> Option<Meaning> {
        self.known().find(|column| column.name == name).map(|column| column.meaning)
    }
}

/// A call that can't be made: `hinomi check` and the start name it before.
pub fn uncalled(why: String) -> ArrowError {
    ArrowError::InvalidArgumentError(why)
}
