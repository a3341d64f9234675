//! The content hash of a row as it is stored: what the gate would give it today. For stored rows that have to be changed
//! without a delivery, so that the next delivery finds them unchanged (unless a cell of it could not be read).

use super::outputs::{Hasher, Output, Shape, Value};

/// A value of a stored row, by the table's own type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stored<'a> {
    Null,
    /// Days since 1970-01-01.
    Day(i32),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    Whole(i64),
    Flag(bool),
    Text(&'a str),
}

/// Hashes the rows of some columns.
pub struct Contents {
    /// In the order of their names, with their places in a row.
    columns: Vec<(Output, usize)>,
    hasher: Hasher,
}

impl Contents {
    /// Of rows whose values come in the order of these columns (a table's own, without the store's).
    pub fn of<S: AsRef<str>>(columns: &[S]) -> Self {
        let named = columns.iter().enumerate();
        let mut columns: Vec<(Output, usize)> =
            named.map(|(at, name)| (Output::new(name.as_ref(), Shape::Text, ""), at)).collect();
        columns.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Self { columns, hasher: Hasher::default() }
    }

    pub fn hash(&mut self, row: &[Stored<'_>]) -> u64 {
        let (mut outputs, mut values) = (Vec::new(), Vec::new());
        let mut arena = String::new();
        for (output, at) in &self.columns {
            let (shape, value) = match row.get(*at).copied().unwrap_or(Stored::Null) {
                Stored::Null => continue,
                Stored::Day(day) => (Shape::Day, Value::Whole(day.into())),
                Stored::Instant(micros) => (Shape::Instant, Value::Whole(micros)),
                Stored::Whole(number) => (Shape::Whole, Value::Whole(number)),
                Stored::Flag(flag) => (Shape::Flag, Value::Flag(flag)),
                Stored::Text(text) => {
                    let from = arena.len() as u32;
                    arena.push_str(text);
                    (Shape::Text, Value::Text(from, arena.len() as u32))
                }
            };
            let mut output = output.clone();
            output.shape = shape;
            outputs.push(output);
            values.push(value);
        }
        self.hasher.content(&outputs, &values, &arena, &[], &[])
    }
}
