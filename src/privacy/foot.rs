//! Rows that stand in a table and are no rows of it: totals (合計, 小計) anywhere, and what stands at its foot, below its
//! last row, and has nothing that a row is known by. They are left out and named; a row with a figure beside a key that
//! can't be read is none of them and held back. No rule here ever leaves out a person: a total in a list of people has its
//! word where the id stands or first of all, no id, no required cell, and nothing that is known of anybody.

use super::row::Outcome;
use crate::definitions::mapping::Mapping;
use crate::intake::aside::{Aside, LeftOut, Why};
use crate::intake::fault::Fault;

/// No table has more notes below it.
const LONGEST: usize = 100;

/// Rows of the foot that say neither that they are totals nor that they are notes.
const NAMELESS: usize = 3;

/// What is known of a row that can't be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// What it says that it is, if it says so.
    pub aside: Option<Aside>,
    /// Nothing that a row is known by could be read.
    pub keyless: bool,
    /// It has figures beside a key that is there, or something of a person: no note has.
    pub tells: bool,
    /// Nothing at all is known but figures: see [`super::gate`].
    pub of_nobody: bool,
}

#[derive(Debug)]
pub(super) struct Foot {
    /// Rows are totals: nobody goes missing with one.
    of_totals: bool,
    /// Rows that are the foot unless a row of the table follows.
    waiting: Vec<(Why, Fault, Vec<Outcome>)>,
    nameless: usize,
    left_out: Vec<LeftOut>,
    /// A row of the table was met.
    any: bool,
}

impl Foot {
    pub(super) fn of(mapping: &Mapping) -> Self {
        let of_totals = mapping.is_of_totals();
        Self { of_totals, waiting: Vec::new(), nameless: 0, left_out: Vec::new(), any: false }
    }

    /// Is a row a total, wherever it stands? One that can be let through is none if it has all that it is known by.
    pub(super) fn is_total(&self, seen: Seen) -> bool {
        seen.aside == Some(Aside::Total) && (self.of_totals || seen.of_nobody)
    }

    pub(super) fn of_totals(&self) -> bool {
        self.of_totals
    }

    /// May a row that can't be let through be of the foot?
    pub(super) fn may_take(&self, seen: Seen) -> bool {
        let more = self.any && self.waiting.len() < LONGEST;
        match seen.aside {
            _ if !(more && seen.keyless) => false,
            Some(Aside::Total) => self.of_totals,
            _ if seen.tells => false,
            Some(Aside::Note) => true,
            None => self.of_totals && self.nameless < NAMELESS,
        }
    }

    pub(super) fn leave_out(&mut self, row: u64, why: Why) {
        self.left_out.push(LeftOut { row, why });
    }

    /// Keeps a row back until it is known whether the table goes on.
    pub(super) fn wait(&mut self, seen: Seen, fault: Fault, outcomes: Vec<Outcome>) {
        self.nameless += usize::from(seen.aside.is_none());
        let why = if seen.aside == Some(Aside::Total) { Why::Total } else { Why::Foot };
        self.waiting.push((why, fault, outcomes));
    }

    /// The table goes on, with a row that is let through or with one that is not: what waited was not its foot.
    pub(super) fn goes_on(&mut self, with_a_row: bool) -> Vec<(Why, Fault, Vec<Outcome>)> {
        if with_a_row {
            self.any = true;
            self.nameless = 0;
        }
        std::mem::take(&mut self.waiting)
    }

    /// The table has ended: the rows that are none of it, in the order of their numbers.
    pub(super) fn end(&mut self) -> Vec<LeftOut> {
        let mut rows = std::mem::take(&mut self.left_out);
        let foot = std::mem::take(&mut self.waiting).into_iter();
        rows.extend(foot.map(|(why, fault, _)| LeftOut { row: fault.row, why }));
        rows.sort_unstable();
        rows
    }
}
