//! Rows that are nobody and no fact: totals, notes, headings once more, rows in which nothing is told.

use super::super::cells::{Cells, Task};
use super::super::row::{Became, Outcome};
use super::Gate;
use crate::epi::text::plain;
use crate::intake::aside::{is_figure, is_total};
use crate::intake::raw::{PARTS, RawBatch};

impl Gate {
    /// Was nothing read that the row is known by?
    pub(super) fn is_keyless(&self) -> bool {
        let by_key = self.plan.cells.iter().any(Cells::identifies);
        let known_by = |cells: &Cells| if by_key { cells.identifies() } else { cells.required };
        let mut cells = self.plan.cells.iter().zip(&self.row.outcomes);
        !cells.any(|(cells, outcome)| known_by(cells) && outcome.became == Ok(Became::Known))
    }

    /// Does the row tell of something though its key can't be read? Of totals: a cell that it is known by is filled, and a
    /// figure stands beside it. Of people: anything is known.
    pub(super) fn tells(&self, batch: &RawBatch, at: usize) -> bool {
        let cells = || self.plan.cells.iter().zip(&self.row.outcomes).enumerate();
        if !self.foot.of_totals() {
            return cells()
                .any(|(_, (_, outcome))| matches!(outcome.became, Ok(Became::Known | Became::Less(_))));
        }
        let is_figure =
            |cells: &Cells| !cells.is_key && matches!(cells.task, Task::Number { .. } | Task::Decimal { .. });
        // A required cell that is empty is a fault too.
        let filled = |column| batch.cell(at, column).split(PARTS).any(|part| !part.trim().is_empty());
        let named = cells().any(|(column, (cells, _))| {
            (cells.is_key || cells.required) && !is_figure(cells) && filled(column)
        });
        let digits = |column| batch.cell(at, column).contains(char::is_numeric);
        let figures = || {
            cells().any(|(column, (cells, outcome))| {
                let known = outcome.became == Ok(Became::Known);
                is_figure(cells) && (known || outcome.became.is_err() && digits(column))
            })
        };
        named && figures()
    }

    /// Does the row say nothing of anybody? No cell of a list has a value: whoever it is of could not be told from anyone.
    pub(super) fn is_valueless(&self) -> bool {
        let said = |outcome: &Outcome| matches!(outcome.became, Ok(Became::Known | Became::Less(_)));
        !self.foot.of_totals() && self.plan.series.is_none() && !self.row.outcomes.iter().any(said)
    }

    /// Is there nothing in any cell that is read?
    pub(super) fn is_empty(&self) -> bool {
        self.row.outcomes.iter().all(|outcome| outcome.became == Ok(Became::Empty))
    }

    /// Is a part of the row's key not known?
    pub(super) fn lacks_key(&self) -> bool {
        let mut cells = self.plan.cells.iter().zip(&self.row.outcomes);
        cells.any(|(cells, outcome)| cells.is_key && outcome.became != Ok(Became::Known))
    }

    /// Does a cell that the row is known by say that it is a total? In a list of people: the id, or a part of the key.
    pub(super) fn says_total(&self, batch: &RawBatch, at: usize) -> bool {
        let of_totals = self.foot.of_totals();
        let may = |cells: &Cells| cells.identifies() || of_totals && cells.required;
        let mut cells = self.plan.cells.iter().enumerate();
        cells.any(|(column, cells)| may(cells) && is_total(batch.cell(at, column)))
    }

    /// Are these the headings once more, as a table printed on several pages has them? Two at least, and nothing else.
    pub(super) fn repeats_headings(&self, batch: &RawBatch, at: usize) -> bool {
        let mut found = 0;
        for (column, cells) in self.plan.cells.iter().enumerate() {
            let text = batch.cell(at, column).trim();
            let same = || text == cells.heading || !text.is_ascii() && plain(text) == plain(&cells.heading);
            if !text.is_empty() && !same() {
                return false;
            }
            found += usize::from(!text.is_empty());
        }
        found > 1
    }

    /// Is nothing known of the row but figures and a district? No id, nothing that every row must have, no day, no sex:
    /// that is nobody.
    pub(super) fn is_of_nobody(&self, batch: &RawBatch, at: usize) -> bool {
        let mut cells = self.plan.cells.iter().zip(&self.row.outcomes).enumerate();
        cells.all(|(column, (cells, outcome))| {
            let figure = || is_figure(batch.cell(at, column));
            match outcome.became {
                Ok(Became::Known) if cells.required || cells.identifies() => false,
                Ok(Became::Known) => matches!(cells.task, Task::District { .. }) || figure(),
                Ok(Became::Less(_)) => figure(),
                Ok(Became::Unknown | Became::Empty) => true,
                Err(kind) => !kind.is_identifying() || figure(),
            }
        })
    }
}
