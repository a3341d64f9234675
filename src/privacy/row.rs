//! One row on its way through the gate: the values that its cells gave, and what became of each cell.

use super::outputs::{Output, Value};
use crate::intake::fault::FaultKind;

/// The values of the row being read.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub values: Vec<Value>,
    /// The texts of the row's ids and decimals.
    pub arena: String,
    pub subject: Option<(u64, u64)>,
    /// For totals laid out in columns: each series' code and value.
    pub series: Vec<(u16, Value)>,
    /// Outputs of which a cell could not be read; and the series of such cells.
    pub unread: Vec<usize>,
    /// Days of which a cell says less: a month, or about when.
    pub vague: Vec<usize>,
    pub unread_series: Vec<u16>,
    /// Cells that are let through with a warning, mostly as unknown: column and kind.
    pub warned: Vec<(usize, FaultKind)>,
    /// What became of each cell.
    pub outcomes: Vec<Outcome>,
}

/// What became of a cell that can be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Empty,
    Known,
    /// It says that nothing is known, or its district is not in the table.
    Unknown,
    /// It was understood, and says less than the column holds.
    Less(FaultKind),
}

/// What became of a cell: for the counts of its column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub became: Result<Became, FaultKind>,
    /// What there is to say of a cell whose value is known.
    pub noted: Option<FaultKind>,
}

impl Row {
    /// Forgets the row before.
    pub(super) fn clear(&mut self) {
        self.values.fill(Value::Null);
        self.arena.clear();
        self.subject = None;
        self.series.clear();
        self.unread.clear();
        self.vague.clear();
        self.unread_series.clear();
        self.warned.clear();
        self.outcomes.clear();
    }

    /// Keeps a text with the row's.
    pub(super) fn text(&mut self, text: &str) -> Value {
        let from = self.arena.len() as u32;
        self.arena.push_str(text);
        Value::Text(from, self.arena.len() as u32)
    }

    /// Once all cells are read: of two columns that feed one output the other may have been known; and where nothing
    /// was said, the constants stand. An unreadable cell did say something: that is not guessed.
    pub(super) fn settle(&mut self, outputs: &[Output]) {
        for places in [&mut self.unread, &mut self.vague] {
            places.retain(|at| self.values[*at] == Value::Null);
            places.sort_unstable();
            places.dedup();
        }
        for (at, (value, output)) in self.values.iter_mut().zip(outputs).enumerate() {
            if *value == Value::Null && !self.unread.contains(&at) {
                *value = output.standing;
            }
        }
    }

    /// Gives an output its value; of two columns that feed one output the first that knows it counts.
    #[inline]
    pub(super) fn set(&mut self, output: usize, value: Value) {
        if self.values[output] == Value::Null {
            self.values[output] = value;
        }
    }

    /// Gives an output or a series its value.
    pub(super) fn put(&mut self, into: Target, value: Value) {
        match into {
            Target::Output(output) => self.set(output, value),
            Target::Series(code) => self.series.push((code, value)),
        }
    }
}

/// Where a number goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Output(usize),
    Series(u16),
}
