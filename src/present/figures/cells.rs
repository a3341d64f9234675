//! Rows with named, typed columns, as the API and kept frames write them, and as they are read again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Cell, Decimal};

/// Rows with named, typed columns, small enough to keep as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Table {
    pub columns: Vec<(String, CellKind)>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    Int,
    Float,
    /// Figures with the places that they were published with.
    Decimal,
    Text,
    Day,
    Instant,
    Bool,
}

impl CellKind {
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Decimal)
    }
}

impl Table {
    pub fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|(name, _)| name == column)
    }

    pub fn cell(&self, row: usize, column: &str) -> &Cell {
        self.index(column).and_then(|c| self.rows.get(row)?.get(c)).unwrap_or(&Cell::Null)
    }

    /// The decimals of a column all have the places of the one that has most: JSON knows no `9.50`.
    fn align(&mut self) {
        for (column, _) in self.columns.iter().enumerate().filter(|(_, (_, kind))| *kind == CellKind::Decimal)
        {
            let decimal = |row: &Vec<Cell>| match row[column] {
                Cell::Decimal(decimal) => Some(decimal),
                _ => None,
            };
            let places = self.rows.iter().filter_map(decimal).map(|d| d.places).max().unwrap_or(0);
            for row in &mut self.rows {
                if let Some(aligned) = decimal(row).and_then(|d| d.with_places(places)) {
                    row[column] = Cell::Decimal(aligned);
                }
            }
        }
    }

    /// Columns that hold numbers, in order.
    pub fn numeric(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns
            .iter()
            .enumerate()
            .filter(|(_, (_, kind))| kind.is_number())
            .map(|(place, (name, _))| (place, name.as_str()))
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Wire {
    columns: Vec<(String, CellKind)>,
    rows: Vec<Vec<Value>>,
}

impl From<Table> for Wire {
    fn from(table: Table) -> Self {
        let rows = table.rows.iter().map(|row| row.iter().map(to_json).collect()).collect();
        Self { columns: table.columns, rows }
    }
}

impl TryFrom<Wire> for Table {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let mut rows = Vec::with_capacity(wire.rows.len());
        for row in wire.rows {
            if row.len() != wire.columns.len() {
                return Err(format!("a row of {} cells under {} columns", row.len(), wire.columns.len()));
            }
            let cells = row.into_iter().zip(&wire.columns).map(|(value, (name, kind))| {
                from_json(value, *kind).ok_or_else(|| format!("column {name} holds no {kind:?}"))
            });
            rows.push(cells.collect::<Result<_, _>>()?);
        }
        let mut table = Self { columns: wire.columns, rows };
        table.align();
        Ok(table)
    }
}

/// A cell as the API and kept frames write it.
pub fn to_json(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(n) => (*n).into(),
        // What is no number is missing: JSON has no word for it.
        Cell::Float(x) => serde_json::Number::from_f64(*x).map_or(Value::Null, Value::Number),
        Cell::Decimal(d) => serde_json::Number::from_f64(d.number()).map_or(Value::Null, Value::Number),
        Cell::Text(text) => text.as_str().into(),
        Cell::Day(day) => day.to_string().into(),
        Cell::Instant(at) => at.to_string().into(),
        Cell::Bool(yes) => (*yes).into(),
    }
}

fn from_json(value: Value, kind: CellKind) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    Some(match kind {
        CellKind::Int => Cell::Int(value.as_i64()?),
        CellKind::Float => Cell::Float(value.as_f64()?),
        CellKind::Decimal => Cell::Decimal(Decimal::parse(&value.as_f64()?.to_string())?),
        CellKind::Bool => Cell::Bool(value.as_bool()?),
        CellKind::Day => Cell::Day(value.as_str()?.parse().ok()?),
        CellKind::Instant => Cell::Instant(value.as_str()?.parse().ok()?),
        CellKind::Text => match value {
            Value::String(text) => Cell::Text(text),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back_from_json_as_it_went() -> Result<(), Box<dyn std::error::Error>> {
        let table = Table {
            columns: vec![
                ("day".into(), CellKind::Day),
                ("value".into(), CellKind::Int),
                ("share".into(), CellKind::Float),
                ("rate".into(), CellKind::Decimal),
                ("at".into(), CellKind::Instant),
                ("place".into(), CellKind::Text),
            ],
            rows: vec![
                vec![
                    Cell::Day("2026-11-22".parse()?),
                    Cell::Int(-2),
                    Cell::Float(78.0),
                    Cell::Decimal(Decimal { digits: 1381, places: 2 }),
                    Cell::Instant("2026-11-22T05:05:00Z".parse()?),
                    Cell::Text("2026-01-01".into()),
                ],
                vec![
                    Cell::Null,
                    Cell::Null,
                    Cell::Null,
                    Cell::Decimal(Decimal { digits: 950, places: 2 }),
                    Cell::Null,
                    Cell::Null,
                ],
            ],
        };
        let text = serde_json::to_string(&table)?;
        assert_eq!(serde_json::from_str::<Table>(&text)?, table);
        Ok(())
    }

    #[test]
    fn a_kept_table_with_a_wrong_cell_is_refused() {
        let text = r#"{"columns":[["value","int"]],"rows":[["many"]]}"#;
        assert!(serde_json::from_str::<Table>(text).is_err());
        let text = r#"{"columns":[["value","int"]],"rows":[[1,2]]}"#;
        assert!(serde_json::from_str::<Table>(text).is_err());
    }
}
