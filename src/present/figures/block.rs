//! An answer as boards, pages and files show it, with what its indicator says of it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::cells::Table;
use crate::answer::{Cell, FreshState, Freshness, HeldBack, Undated};
use crate::definitions::indicator::{HighIs, Missing, Reference, Shape, Unit};
use crate::definitions::mapping::Title;
use crate::definitions::role::{Meaning, Role};
use crate::definitions::{Codes, Glossary, Word};
use crate::epi::against::Against;
use crate::epi::clock::jst;
use crate::epi::comparison::Comparison;
use crate::epi::reason::{NOT_TOLD, Reason};
use crate::measure::names::meaning;
use crate::store::BatchId;

/// One indicator's answer and everything that must stand beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub about: About,
    pub from: Date,
    pub to: Date,
    pub by: Option<String>,
    /// The banding of ages. Absent in frames kept by earlier programs, as is the next.
    #[serde(default)]
    pub bands: Option<String>,
    /// What the period is compared with, and the days of that.
    #[serde(default)]
    pub against: Option<(Against, Date, Date)>,
    /// Those days are not compared: one is a holiday and the other is not (比較不可).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlike: bool,
    /// Why there is nothing of those days to compare with, where no row says it. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_compared: Option<Title>,
    pub as_of: Timestamp,
    /// The moment that the board or the question is of, where the figures are of an earlier one. Absent in frames kept by
    /// earlier programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<Timestamp>,
    pub batch: BatchId,
    pub table: Table,
    pub sources: Vec<Freshness>,
    /// Rows that would count if their day were known. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undated: Vec<Undated>,
    /// What else is to be known of the figures. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Title>,
    /// What nobody has told of, and why. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Title>,
    /// The last day whose figures grow no more. Absent in frames kept by earlier programs, whose `lag_days` said it.
    #[serde(default)]
    pub settled: Option<Date>,
    /// What the codes in the table are called: facilities, districts, areas.
    pub names: BTreeMap<String, Title>,
    /// The marks of items, by their code. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: BTreeMap<String, RowMarks>,
}

/// The marks that a row of a scheme is held to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowMarks {
    pub comparison: Comparison,
    pub values: Vec<f64>,
}

/// An indicator's header, as it stood when the figures were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub id: String,
    pub title: Title,
    pub unit: Unit,
    pub shape: Shape,
    /// Its series is drawn as bars where nobody chooses. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bars: bool,
    pub basis: String,
    pub date: String,
    pub numerator: String,
    pub denominator: Option<String>,
    pub source: Vec<String>,
    pub lag_days: u32,
    pub missing: Missing,
    pub high_is: HighIs,
    pub reference: Vec<Reference>,
    pub columns: Vec<(String, String)>,
    /// What its columns are, of those of which its measure says so. Absent in frames kept by earlier programs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub meanings: BTreeMap<String, Meaning>,
    /// The figures are of the days from `from` to `to`, rather than of one moment.
    pub ranged: bool,
    /// Of the file that defines it.
    pub hash: String,
}

impl About {
    /// What a column is: its measure has said so, or its name does.
    pub fn meaning(&self, column: &str) -> Meaning {
        self.meanings.get(column).copied().unwrap_or_else(|| meaning(column))
    }

    /// A column's Japanese label; its name when the header gives none.
    pub fn label<'a>(&'a self, column: &'a str) -> &'a str {
        self.columns.iter().find(|(name, _)| name == column).map_or(column, |(_, label)| label)
    }
}

impl Block {
    /// The state of its worst source. Where nobody has told of any of it none is up to date, however lately it spoke.
    pub fn state(&self) -> Option<FreshState> {
        let state = super::super::marks::worst(&self.sources).map(|s| s.state)?;
        let nobody =
            |said: &Title| said.ja.starts_with(NOT_TOLD) || said.ja.starts_with(Reason::NoRecords.ja());
        let untold =
            state == FreshState::Fresh && self.untold.first().is_some_and(nobody) && self.why().is_some();
        Some(if untold { FreshState::Never } else { state })
    }

    /// Rows held back of all its sources together.
    pub fn held_back(&self) -> Option<HeldBack> {
        HeldBack::sum(self.sources.iter().filter_map(|source| source.held_back))
    }

    /// The last day whose figures grow no more.
    pub fn settled(&self) -> Date {
        let by_lag = || jst(self.as_of).date().saturating_sub((i64::from(self.about.lag_days) + 1).days());
        self.settled.unwrap_or_else(by_lag)
    }

    /// A column's label, with the days that 期間内 means here: `直近7日の受理` up to today, `11/1–11/20の受理` else.
    pub fn label(&self, column: &str) -> String {
        let label = self.about.label(column);
        let Some(rest) = label.strip_prefix(WITHIN).filter(|_| self.about.ranged) else {
            return label.to_owned();
        };
        let today = jst(self.as_of).date();
        if self.to == today {
            return format!("直近{}日の{rest}", (self.to - self.from).get_days() + 1);
        }
        let day = |day| super::super::words::day_seen_from(day, today);
        format!("{}–{}の{rest}", day(self.from), day(self.to))
    }

    /// The day from which its times are seen: a time without its day is one of this day.
    pub fn today(&self) -> Date {
        jst(self.judged_at.unwrap_or(self.as_of)).date()
    }

    /// Why there is no figure at all, where the answer says so.
    pub fn why(&self) -> Option<&str> {
        let value = self.place(Role::Value);
        if self.table.rows.iter().any(|row| value.is_none_or(|value| row[value] != Cell::Null)) {
            return None;
        }
        if let Some(untold) = self.untold.first() {
            return Some(&untold.ja);
        }
        let reason = value.and(self.place(Role::Reason))?;
        self.table.rows.iter().rev().find_map(|row| match &row[reason] {
            Cell::Text(why) => Some(why.as_str()),
            _ => None,
        })
    }

    /// How many hospitals of how many stand behind the last figure, where some have not reported.
    pub fn reporting(&self) -> Option<(i64, i64)> {
        let (reported, hospitals) = (self.place(Role::Reported)?, self.place(Role::Reporters)?);
        let value = self.place(Role::Value)?;
        let last = self.table.rows.iter().rev().find(|row| row[value] != Cell::Null)?;
        let found = (last[reported].int()?, last[hospitals].int()?);
        Some(found).filter(|(reported, hospitals)| reported < hospitals)
    }

    /// The days that were judged, where they are the same in all rows.
    pub fn judged(&self) -> Option<(Date, Date)> {
        let (from, to) = (self.place(Role::JudgedFrom)?, self.place(Role::JudgedTo)?);
        let of = |row: &Vec<Cell>| match (&row[from], &row[to]) {
            (Cell::Day(from), Cell::Day(to)) => Some((*from, *to)),
            _ => None,
        };
        let first = self.table.rows.first().and_then(of)?;
        self.table.rows.iter().all(|row| of(row) == Some(first)).then_some(first)
    }

    /// A cell of the first row.
    pub fn first(&self, column: &str) -> &Cell {
        self.table.cell(0, column)
    }

    /// The cell of the first row in the first column with a role.
    pub fn first_of(&self, role: Role) -> &Cell {
        self.cell_of(0, role)
    }

    /// The cell of a row in the first column with a role; null where there is none.
    pub fn cell_of(&self, row: usize, role: Role) -> &Cell {
        self.place(role).and_then(|c| self.table.rows.get(row)?.get(c)).unwrap_or(&Cell::Null)
    }

    /// The place of the first column with a role.
    pub fn place(&self, role: Role) -> Option<usize> {
        (0..self.table.columns.len()).find(|place| self.role(*place) == role)
    }

    /// The last figure of a series, the only one else.
    pub fn latest(&self) -> Option<f64> {
        let value = self.place(Role::Value)?;
        self.table.rows.iter().rev().find_map(|row| crate::present::numbers::number(row.get(value)?))
    }

    pub fn has(&self, role: Role) -> bool {
        self.place(role).is_some()
    }

    /// The role of the column in a place.
    pub fn role(&self, place: usize) -> Role {
        self.table.columns.get(place).map_or(Role::Other, |(name, _)| self.about.meaning(name).role)
    }

    /// Of a limit: the place of the column that it limits.
    pub fn limited(&self, place: usize) -> Option<usize> {
        let is_limit = |place: &usize| self.role(*place).is_limit_of_part();
        if is_limit(&place) { (0..place).rev().find(|earlier| !is_limit(earlier)) } else { None }
    }

    /// Do a column's cells say whom a row is of? Then one that is empty says 不明, rather than that a figure is missing.
    pub fn is_key(&self, column: &str) -> bool {
        let first = || self.table.columns.first().is_some_and(|(name, _)| name == column);
        self.about.meaning(column).role.is_key() || (self.about.shape == Shape::Breakdown && first())
    }

    /// A word of the glossary: the centre's own where it has one, the program's else.
    pub fn word(&self, word: Word) -> &str {
        let own = self.names.get(&word_key(word.id()));
        own.map_or_else(|| Glossary::own().ja(word), |title| title.ja.as_str())
    }

    /// What a row is of, by its first column.
    pub fn name_of_row<'a>(&'a self, row: &'a [Cell]) -> &'a str {
        row.first().and_then(Cell::text).map_or("不明", |code| self.name_of(code))
    }

    /// What a dimension's code is called: a name from the tables, a word of the house, or the code.
    pub fn name_of<'a>(&'a self, code: &'a str) -> &'a str {
        self.names
            .get(code)
            .map(|name| name.ja.as_str())
            .or_else(|| Codes::own().get(code).map(|name| name.ja.as_str()))
            .unwrap_or(if code.is_empty() { "不明" } else { code })
    }
}

/// How the label of a column begins that is of the days asked for.
const WITHIN: &str = "期間内の";

/// Where a block keeps a word of the glossary that the centre has changed, among the names of its codes.
pub fn word_key(id: &str) -> String {
    format!("@{id}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_label_says_which_days_it_means() -> Result<(), jiff::Error> {
        let mut block = super::super::super::samples::block("first_contact_pending");
        block.about.columns =
            vec![("received".into(), "期間内の受理".into()), ("value".into(), "未了".into())];
        assert_eq!(block.label("received"), "直近7日の受理");
        assert_eq!(block.label("value"), "未了");
        (block.from, block.to) = ("2026-11-01".parse()?, "2026-11-20".parse()?);
        assert_eq!(block.label("received"), "11/1–11/20の受理");
        Ok(())
    }
}
