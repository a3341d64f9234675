//! The gate itself: a raw batch in, a safe batch and a report out.

use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::Timestamp;
use jiff::civil::Date;

use super::cells::Cells;
use super::error::GateError;
use super::findings::{Finding, Tally};
use super::foot::{Foot, Seen};
use super::key::Key;
use super::outputs::{Frame, Hasher, Ledger, Value};
use super::plan::Plan;
use super::row::{Became, Outcome, Row};
use super::safe::{HeldKey, SafeBatch};
use crate::definitions::Domains;
use crate::definitions::districts::Districts;
use crate::epi::era::epoch_day;
use crate::intake::aside::{Aside, LeftOut, Why};
use crate::intake::bind::Bound;
use crate::intake::fault::{Fault, FaultKind, Unread};
use crate::intake::raw::RawBatch;

/// Warnings told one by one in a delivery; beyond that they are only counted.
const TOLD: usize = 1_000;

/// Lets the rows of one delivery through, without what identifies a person. Made once a delivery: it remembers what
/// it has seen of the id columns.
pub struct Gate {
    bound: Bound,
    plan: Plan,
    districts: Districts,
    /// The rows tell of what has happened.
    happened: bool,
    tallies: Vec<Tally>,
    row: Row,
    hasher: Hasher,
    told: usize,
    foot: Foot,
    /// The column of the file's window, where it stands in a row, and its first and last day.
    window: Option<InWindow>,
}

#[derive(Clone, Copy, Debug)]
struct InWindow {
    column: usize,
    output: usize,
    first: i64,
    last: i64,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Passed {
    /// The rows let through; `None` when there are none.
    pub safe: Option<SafeBatch>,
    /// One fault for each row that was not let through: the identifying one if there is one, else the row's first.
    pub faults: Vec<Fault>,
    /// Of the rows that were not let through, the keys that could be read.
    pub held: Vec<HeldKey>,
    /// Rows let through of which a cell counts as unknown because nothing could be made of it, or of which something
    /// is unusual; at most the delivery's first thousand. [`Gate::unread`] counts them all.
    pub warnings: Vec<Fault>,
    /// Rows that are none of the table, or give no fact: totals and the foot, which only [`Gate::end`] knows, and rows of
    /// totals without any value.
    pub left_out: Vec<LeftOut>,
}

impl Gate {
    /// Refuses a mapping that would let something identifying through. `key` is needed where the mapping
    /// pseudonymises.
    pub fn new(bound: &Bound, key: Option<&Key>, domains: &Domains) -> Result<Self, GateError> {
        let plan = Plan::new(bound, key, domains)?;
        Ok(Self {
            tallies: plan.cells.iter().map(|_| Tally::default()).collect(),
            row: Row { values: vec![Value::Null; plan.outputs.len()], ..Row::default() },
            bound: bound.clone(),
            plan,
            districts: domains.districts.clone(),
            happened: domains.table(&bound.mapping.table).is_some_and(|table| table.happened),
            hasher: Hasher::default(),
            told: 0,
            foot: Foot::of(&bound.mapping),
            window: None,
        })
    }

    /// The file says in its name of which days it is: a row of another day is not one that a later file of these days
    /// could withdraw, and of the days between nobody has told. It is held back.
    pub fn within(mut self, window: Option<(&str, Date, Date)>) -> Self {
        self.window = window.and_then(|(name, first, last)| {
            let output = self.plan.outputs.iter().position(|output| output.name == name)?;
            let column = self.plan.cells.iter().position(|cells| cells.outputs().contains(&Some(output)))?;
            let day = |day: Date| i64::from(epoch_day(day));
            Some(InWindow { column, output, first: day(first), last: day(last) })
        });
        self
    }

    /// Nothing can have happened after this day, in tables of what has happened. Capacities, stays and events may be
    /// planned.
    pub fn until(mut self, day: Date) -> Self {
        if self.happened {
            self.plan.cells.iter_mut().for_each(|cell| cell.last_day = cell.last_day.min(day));
        }
        self
    }

    /// Nothing can have happened after this minute, in tables of what has happened: it was known then.
    pub fn known_at(mut self, at: Timestamp) -> Self {
        const MINUTE: i64 = 60_000_000;
        if self.happened {
            let last = at.as_microsecond().div_euclid(MINUTE) * MINUTE + (MINUTE - 1);
            self.plan.cells.iter_mut().for_each(|cell| cell.last_instant = cell.last_instant.min(last));
        }
        self
    }

    /// Judges some rows. An error refuses the whole delivery, what was let through before included.
    pub fn pass(&mut self, mut batch: RawBatch) -> Result<Passed, GateError> {
        self.judge_ids(&batch)?;
        let per_row = if self.plan.series.is_some() { self.plan.cells.len() } else { 1 };
        let mut frame = Frame::new(&self.plan.outputs, batch.len() * per_row, self.plan.has_subject);
        let mut faults = Vec::new();
        let mut held = Vec::new();
        let mut warnings = Vec::new();
        let mut left_out = Vec::new();
        let mut broken = std::mem::take(&mut batch.faults).into_iter().peekable();
        let mut asides = std::mem::take(&mut batch.asides).into_iter().peekable();
        for at in 0..batch.len() {
            let row = batch.rows[at];
            while let Some(fault) = broken.next_if(|fault| fault.row < row) {
                self.broken(aside_of(&mut asides, fault.row), fault, &mut faults);
            }
            let aside = aside_of(&mut asides, row);
            let fault = self.read(&batch, at);
            let total = fault.is_some() && self.says_total(&batch, at);
            let aside = if total { Some(Aside::Total) } else { aside };
            let of_nobody = aside == Some(Aside::Total) && self.is_of_nobody(&batch, at);
            let seen = Seen { aside, keyless: self.is_keyless(), tells: self.tells(&batch, at), of_nobody };
            if self.foot.is_total(seen) && (!self.foot.of_totals() || fault.is_some() || self.lacks_key()) {
                self.foot.leave_out(row, Why::Total);
                continue;
            }
            if self.repeats_headings(&batch, at) {
                self.foot.leave_out(row, Why::Headings);
                continue;
            }
            let valueless = fault.is_none() && self.is_valueless();
            if valueless && self.is_empty() {
                self.foot.leave_out(row, Why::NoValue);
                continue;
            }
            match fault {
                None if valueless => {
                    self.goes_on(false, &mut faults);
                    self.count(row);
                    faults.push(Fault::new(row, String::new(), FaultKind::Missing));
                }
                Some((column, kind)) => {
                    let fault = Fault::new(row, self.plan.cells[column].heading.clone(), kind);
                    if self.foot.may_take(seen) {
                        self.foot.wait(seen, fault, self.row.outcomes.clone());
                        continue;
                    }
                    self.goes_on(false, &mut faults);
                    self.count(row);
                    faults.push(fault);
                    self.held(row, &mut held);
                }
                None => {
                    self.goes_on(true, &mut faults);
                    self.count(row);
                    self.warn(row, &mut warnings);
                    if !self.push(row, &mut frame) {
                        left_out.push(LeftOut { row, why: Why::NoValue });
                    }
                    self.held_series(row, &mut held);
                }
            }
        }
        for fault in broken {
            self.broken(aside_of(&mut asides, fault.row), fault, &mut faults);
        }
        let safe = if frame.len() == 0 {
            None
        } else {
            let frame = frame.finish(&self.plan.outputs).map_err(|e| GateError::Frame(e.to_string()))?;
            Some(SafeBatch::new(self.bound.mapping.table.clone(), frame))
        };
        Ok(Passed { safe, faults, held, warnings, left_out })
    }

    /// The delivery has ended: what stands at the foot of its table is none of its rows.
    pub fn end(&mut self) -> Passed {
        let left_out = self.foot.end();
        Passed { safe: None, faults: Vec::new(), held: Vec::new(), warnings: Vec::new(), left_out }
    }

    /// Judges a row that the parser could not split.
    fn broken(&mut self, aside: Option<Aside>, fault: Fault, faults: &mut Vec<Fault>) {
        // Nothing of it was read, and what was seen of it are a label and figures.
        let seen = Seen { aside, keyless: true, tells: false, of_nobody: true };
        if self.foot.is_total(seen) {
            self.foot.leave_out(fault.row, Why::Total);
        } else if aside.is_some() && self.foot.may_take(seen) {
            self.foot.wait(seen, fault, Vec::new());
        } else {
            self.goes_on(false, faults);
            faults.push(fault);
        }
    }

    /// What waited for the end of the table was not its foot.
    fn goes_on(&mut self, with_a_row: bool, faults: &mut Vec<Fault>) {
        for (_, fault, outcomes) in self.foot.goes_on(with_a_row) {
            count(&self.plan.cells, &mut self.tallies, &outcomes, fault.row);
            faults.push(fault);
        }
    }

    /// What became of each column so far, for `source try`: never a value.
    pub fn findings(&self) -> Vec<Finding> {
        super::findings::of(&self.bound, &self.tallies)
    }

    /// Cells of the rows so far of which nothing could be made, by column and kind: all of them.
    pub fn unread(&self) -> Vec<Unread> {
        let columns = self.plan.cells.iter().zip(&self.tallies);
        columns.flat_map(|(cells, tally)| tally.all_unread(&cells.heading)).collect()
    }

    /// Id columns are judged as a whole, with the rows before, before any of their values is.
    fn judge_ids(&mut self, batch: &RawBatch) -> Result<(), GateError> {
        for (column, cells) in self.plan.cells.iter_mut().enumerate().filter(|(_, c)| c.is_judged()) {
            for row in 0..batch.len() {
                cells.note(batch.cell(row, column));
            }
            if cells.holds_individual_numbers() {
                return Err(GateError::IndividualNumbers { column: cells.heading.clone() });
            }
            if cells.is_mixed() {
                return Err(GateError::MixedIds { column: cells.heading.clone() });
            }
        }
        Ok(())
    }

    /// Reads one row's cells into `self.row`; the column and kind of the fault that holds it back if it has one.
    fn read(&mut self, batch: &RawBatch, at: usize) -> Option<(usize, FaultKind)> {
        self.row.clear();
        let mut fault: Option<(usize, FaultKind)> = None;
        for (column, cells) in self.plan.cells.iter_mut().enumerate() {
            let became = cells.read(batch.cell(at, column), &mut self.row, &self.districts);
            self.row.outcomes.push(Outcome { became, noted: cells.noted });
            match became {
                Ok(Became::Known) => self.row.warned.extend(cells.noted.map(|kind| (column, kind))),
                Ok(Became::Unknown | Became::Empty) => {}
                Ok(Became::Less(kind)) => {
                    self.row.warned.push((column, kind));
                    cells.note_vague(kind, &mut self.row);
                }
                Err(kind) if cells.holds_back(kind) => {
                    let graver = |held: FaultKind| kind.is_identifying() && !held.is_identifying();
                    if fault.is_none_or(|(_, held)| graver(held)) {
                        fault = Some((column, kind));
                    }
                }
                Err(kind) => {
                    self.row.warned.push((column, kind));
                    cells.miss(&mut self.row);
                }
            }
        }
        fault = fault.or(self.end_spans());
        self.row.settle(&self.plan.outputs);
        fault.or_else(|| self.strays())
    }

    /// Is the row that was read of a day outside the file's window?
    fn strays(&mut self) -> Option<(usize, FaultKind)> {
        let InWindow { column, output, first, last } = self.window?;
        let Value::Whole(day) = self.row.values[output] else { return None };
        if (first..=last).contains(&day) {
            return None;
        }
        let kind = FaultKind::OutsideWindow;
        self.row.outcomes[column].became = Err(kind);
        Some((column, kind))
    }

    /// An end that lies before its beginning is not known. The column and kind of the fault where it has to be.
    fn end_spans(&mut self) -> Option<(usize, FaultKind)> {
        const KIND: FaultKind = FaultKind::EndBeforeBegin;
        let Self { plan, row, .. } = self;
        for (begin, end) in &plan.spans {
            let (Value::Whole(begins), Value::Whole(ends)) = (row.values[*begin], row.values[*end]) else {
                continue;
            };
            if begins <= ends {
                continue;
            }
            // Of two columns that feed it, the first that knows it gave the value.
            let gave = |(cells, outcome): (&Cells, &Outcome)| {
                matches!(outcome.became, Ok(Became::Known)) && cells.outputs().contains(&Some(*end))
            };
            let Some(column) = plan.cells.iter().zip(&row.outcomes).position(gave) else { continue };
            let cells = &plan.cells[column];
            cells.outputs().into_iter().flatten().for_each(|output| row.values[output] = Value::Null);
            row.warned.retain(|(warned, _)| *warned != column);
            row.outcomes[column] = Outcome { became: Err(KIND), noted: None };
            if cells.holds_back(KIND) {
                return Some((column, KIND));
            }
            row.warned.push((column, KIND));
            cells.miss(row);
        }
        None
    }

    /// Counts the cells of the row that was read.
    fn count(&mut self, row: u64) {
        count(&self.plan.cells, &mut self.tallies, &self.row.outcomes, row);
    }

    /// The keys of the row that was read and has a fault, where every part of them is known: one, or one for each
    /// series when totals are laid out in columns.
    fn held(&mut self, row: u64, held: &mut Vec<HeldKey>) {
        match self.plan.series {
            Some((series, _)) => {
                let codes = self.plan.outputs[series].codes.len() as u16;
                (0..codes).for_each(|code| self.hold(row, Some(code), held));
            }
            None => self.hold(row, None, held),
        }
    }

    /// The keys of the totals of the row that could not be read: they are not withdrawn.
    fn held_series(&mut self, row: u64, held: &mut Vec<HeldKey>) {
        for n in 0..self.row.unread_series.len() {
            self.hold(row, Some(self.row.unread_series[n]), held);
        }
    }

    fn hold(&mut self, row: u64, code: Option<u16>, held: &mut Vec<HeldKey>) {
        let plan = &self.plan;
        let series = plan.series.map(|(series, _)| series);
        let subject = !plan.has_subject || self.row.subject.is_some();
        let known = |part: &usize| Some(*part) == series || self.row.values[*part] != Value::Null;
        let keyed = plan.has_subject || !plan.key.is_empty();
        if !(subject && keyed && plan.key.iter().all(known)) {
            return;
        }
        if let (Some(at), Some(code)) = (series, code) {
            self.row.values[at] = Value::Code(code);
        }
        let key = self.hasher.key(&plan.key, &plan.outputs, &self.row.values, self.row.arena.as_str());
        held.push(HeldKey { row, subject: self.row.subject, key });
    }

    /// Tells of cells that count as unknown, and of dates in an unusual order.
    fn warn(&mut self, row: u64, warnings: &mut Vec<Fault>) {
        for n in 0..self.row.warned.len() {
            let (column, kind) = self.row.warned[n];
            self.tell(row, column, kind, warnings);
        }
        for n in 0..self.plan.order.len() {
            let (earlier, later) = self.plan.order[n];
            let (Value::Whole(first), Value::Whole(second)) =
                (self.row.values[earlier], self.row.values[later])
            else {
                continue;
            };
            if first <= second {
                continue;
            }
            let heading = &self.plan.outputs[later].heading;
            if let Some(column) = self.plan.cells.iter().position(|c| c.heading == *heading) {
                self.tallies[column].warnings += 1;
                self.tell(row, column, FaultKind::OutOfOrder, warnings);
            }
        }
    }

    fn tell(&mut self, row: u64, column: usize, kind: FaultKind, warnings: &mut Vec<Fault>) {
        if self.told < TOLD {
            self.told += 1;
            warnings.push(Fault::new(row, self.plan.cells[column].heading.clone(), kind));
        }
    }

    /// Adds the row that was read: one row, or one for each series with a value. False where there is none.
    fn push(&mut self, row: u64, frame: &mut Frame) -> bool {
        let Some((series, value)) = self.plan.series else {
            self.push_one(row, frame);
            return true;
        };
        for n in 0..self.row.series.len() {
            let (code, number) = self.row.series[n];
            self.row.values[series] = Value::Code(code);
            self.row.values[value] = number;
            self.push_one(row, frame);
        }
        !self.row.series.is_empty()
    }

    fn push_one(&mut self, row: u64, frame: &mut Frame) {
        let (outputs, values, arena) = (&self.plan.outputs, &self.row.values, self.row.arena.as_str());
        let key = self.hasher.key(&self.plan.key, outputs, values, arena);
        let (subject, unread, vague) = (self.row.subject, &*self.row.unread, &*self.row.vague);
        let content = self.hasher.content(outputs, values, arena, unread, vague);
        frame.push(outputs, values, arena, Ledger { row, subject, key, content, unread, vague });
    }
}

/// What the parser says of a row that may be none of the table; rows come in the order of their numbers.
fn aside_of(asides: &mut Peekable<IntoIter<(u64, Aside)>>, row: u64) -> Option<Aside> {
    while asides.next_if(|(of, _)| *of < row).is_some() {}
    asides.next_if(|(of, _)| *of == row).map(|(_, aside)| aside)
}

/// Adds the cells of a row to the counts of their columns.
fn count(cells: &[Cells], tallies: &mut [Tally], outcomes: &[Outcome], row: u64) {
    for ((cells, tally), outcome) in cells.iter().zip(tallies).zip(outcomes) {
        tally.filled += u64::from(outcome.became != Ok(Became::Empty));
        match outcome.became {
            Ok(Became::Known) => {
                tally.kept += 1;
                if let Some(kind) = outcome.noted {
                    tally.unread(kind, row);
                }
            }
            Ok(Became::Unknown | Became::Empty) => tally.unknown += 1,
            Err(kind) if cells.holds_back(kind) => tally.fault(kind),
            Ok(Became::Less(kind)) | Err(kind) => tally.unread(kind, row),
        }
    }
}

mod nobody;

#[cfg(test)]
mod tests;
