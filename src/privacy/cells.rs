//! One column of a delivery: what becomes of each of its cells. Text comes in; a value for the table, or the kind of
//! fault, goes out.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime, date};
use regex::Regex;

use super::districts::Districts;
use super::individual_number::{Column as TwelveDigits, Verdict};
use super::judge::{Limits, as_identifier, judge_id};
use super::key::Pseudonyms;
use super::number;
use super::outputs::Value;
use super::row::{Became, Row, Target};
use super::text::{Found, Memo, Words, plain, word};
use super::unsaid::is_unsaid;
use crate::epi::age::{self, Age};
use crate::epi::clock::from_jst;
use crate::epi::era::{DateOrder, epoch_day, parse_date, parse_datetime};
use crate::epi::vague::is_vague;
use crate::intake::fault::FaultKind;

/// Days that an office has facts about; a serial or a mistyped year outside is no fact.
const FIRST_DAY: Date = date(1926, 1, 1);
pub(super) const LAST_DAY: Date = date(2100, 12, 31);
/// Ages from here on are one.
const TOP: i16 = 90;

/// What a column's cells become.
pub(super) enum Task {
    Pseudonym {
        pattern: Regex,
        pseudonyms: Pseudonyms,
        numbers: TwelveDigits,
    },
    /// The source's own pseudonyms: 32 hexadecimal digits.
    OwnPseudonym {
        pattern: Regex,
    },
    Day {
        output: usize,
    },
    Instant {
        at: usize,
        day: usize,
    },
    Number {
        into: Target,
        limits: Limits,
    },
    Decimal {
        into: Target,
        limits: Limits,
    },
    Age {
        years: Option<usize>,
        decade: usize,
        /// The mapping's own words; `None` means unknown.
        words: HashMap<String, Option<Age>>,
    },
    Code {
        output: usize,
    },
    Flag {
        output: usize,
    },
    Id {
        output: usize,
        pattern: Regex,
        is_area: bool,
        numbers: TwelveDigits,
    },
    District {
        output: usize,
    },
}

/// A column as it is read.
pub(super) struct Cells {
    pub task: Task,
    pub heading: String,
    /// Every cell must have a known value.
    pub required: bool,
    /// It feeds the row's key: what can't be read may belong to any row.
    pub is_key: bool,
    pub order: DateOrder,
    /// No day is later.
    pub last_day: Date,
    /// No instant is later: microseconds since 1970.
    pub last_instant: i64,
    /// The words for "unknown", and the codes of a code list.
    pub words: Words,
    /// Dates in other forms than ISO, as days since 1970.
    pub days: Memo<i64>,
}

impl Cells {
    /// Reads one cell into the row.
    #[inline]
    pub fn read(&mut self, text: &str, row: &mut Row, districts: &Districts) -> Result<Became, FaultKind> {
        let text = text.trim();
        let became = match text.is_empty() {
            true => Became::Empty,
            false => self.known(text, row, districts).map_err(|kind| as_identifier(kind, text))?,
        };
        match became {
            Became::Less(kind) if self.required => Err(kind),
            Became::Empty | Became::Unknown if self.required => Err(FaultKind::Missing),
            became => Ok(became),
        }
    }

    /// Does a fault of this kind hold the whole row back? Everything else costs the cell, not the person.
    pub fn holds_back(&self, kind: FaultKind) -> bool {
        self.required || self.is_key || kind.is_identifying()
    }

    /// Notes in the row that this cell of it could not be read.
    #[cold]
    pub fn miss(&self, row: &mut Row) {
        if let Task::Number { into: Target::Series(code), .. }
        | Task::Decimal { into: Target::Series(code), .. } = self.task
        {
            row.unread_series.push(code);
        }
        row.unread.extend(self.outputs().into_iter().flatten());
    }

    /// The outputs that the column feeds.
    pub fn outputs(&self) -> [Option<usize>; 2] {
        match &self.task {
            Task::Pseudonym { .. } | Task::OwnPseudonym { .. } => [None, None],
            Task::Number { into, .. } | Task::Decimal { into, .. } => match into {
                Target::Output(output) => [Some(*output), None],
                Target::Series(_) => [None, None],
            },
            Task::Instant { at, day } => [Some(*at), Some(*day)],
            Task::Age { years, decade, .. } => [*years, Some(*decade)],
            Task::Day { output }
            | Task::Code { output }
            | Task::Flag { output }
            | Task::Id { output, .. }
            | Task::District { output } => [Some(*output), None],
        }
    }

    fn known(&mut self, text: &str, row: &mut Row, districts: &Districts) -> Result<Became, FaultKind> {
        let (words, order) = (&mut self.words, self.order);
        let (last, last_instant) = (self.last_day, self.last_instant);
        match &mut self.task {
            Task::Day { output } => {
                let day = match self.days.get(text) {
                    Some(day) => day,
                    None => match parse_date(text, order) {
                        Some(day) => {
                            let day = i64::from(epoch_day(within_life(day, last)?));
                            self.days.put(text, day);
                            day
                        }
                        None => return no_day(words, text, FaultKind::NotADate),
                    },
                };
                row.set(*output, Value::Whole(day));
            }
            Task::Instant { at, day } => match parse_datetime(text, order) {
                Some(time) => {
                    within_life(time.date(), last)?;
                    let instant = microseconds(time);
                    if instant > last_instant {
                        return Err(FaultKind::OutOfRange);
                    }
                    row.set(*at, Value::Whole(instant));
                    row.set(*day, Value::Whole(i64::from(epoch_day(time.date()))));
                }
                None => return no_day(words, text, FaultKind::NotATime),
            },
            Task::Code { output } => match words.find(text) {
                Found::Known(code) => row.set(*output, Value::Code(code)),
                _ => return unknown_or(words, text, FaultKind::UnknownCode),
            },
            Task::Flag { output } => match words.find(text) {
                Found::Known(flag) => row.set(*output, Value::Flag(flag == 1)),
                _ => return unknown_or(words, text, FaultKind::UnknownCode),
            },
            Task::Number { into, limits } => match number::whole(text, limits.strip_note) {
                Some(number) => row.put(*into, Value::Whole(limits.check(number, text)?)),
                None => return unknown_or(words, text, FaultKind::NotANumber),
            },
            Task::Decimal { into, limits } => match number::decimal(text, limits.strip_note) {
                Some(number) => {
                    if number < limits.least as f64 || number > limits.most as f64 {
                        return Err(FaultKind::OutOfRange);
                    }
                    row.put(*into, Value::Real(number));
                }
                None => return unknown_or(words, text, FaultKind::NotANumber),
            },
            Task::Age { years, decade, words: own } => {
                let listed = if own.is_empty() { None } else { own.get(&word(text)).copied() };
                let age = match listed.unwrap_or_else(|| age::parse(text)) {
                    Some(age) => age,
                    None if listed.is_some() || age::is_group(text) => return Ok(Became::Unknown),
                    None => return unknown_or(words, text, FaultKind::NotAnAge),
                };
                let Some(band) = age.decade else { return Ok(Became::Less(FaultKind::SpansBands)) };
                row.set(*decade, Value::Whole(i64::from(band)));
                // 90 means 90 and over, so that band is the age as far as it is kept.
                let top = (band >= TOP).then_some(TOP);
                if let (Some(output), Some(years)) = (*years, top.or(age.years)) {
                    row.set(output, Value::Whole(i64::from(years)));
                }
            }
            Task::District { output } => match districts.index_of(text) {
                Some(district) => row.set(*output, Value::Code(district)),
                None => return Ok(Became::Unknown),
            },
            Task::Id { output, pattern, is_area, numbers } => {
                let id = plain(text);
                if !pattern.is_match(&id) {
                    return unknown_or(words, text, FaultKind::NotAnId);
                }
                judge_id(&id, *is_area, numbers)?;
                let from = row.arena.len() as u32;
                row.arena.push_str(&id);
                row.set(*output, Value::Text(from, row.arena.len() as u32));
            }
            Task::Pseudonym { pattern, pseudonyms, .. } => {
                let id = plain(text);
                if !pattern.is_match(&id) {
                    return unknown_or(words, text, FaultKind::NotAnId);
                }
                row.subject = Some(pseudonyms.of(&id));
            }
            Task::OwnPseudonym { pattern } => {
                let id = plain(text);
                match u128::from_str_radix(&id, 16) {
                    Ok(number) if id.len() == 32 && pattern.is_match(&id) && !id.starts_with('+') => {
                        row.subject = Some(((number >> 64) as u64, number as u64));
                    }
                    _ => return unknown_or(words, text, FaultKind::NotAnId),
                }
            }
        }
        Ok(Became::Known)
    }

    /// Looks at an id before the column is judged.
    pub fn note(&mut self, text: &str) {
        match &mut self.task {
            Task::Pseudonym { numbers, .. } | Task::Id { numbers, .. } => numbers.note(&plain(text)),
            _ => {}
        }
    }

    /// Is this a column of ids, judged as a whole?
    pub fn is_judged(&self) -> bool {
        matches!(self.task, Task::Pseudonym { .. } | Task::Id { .. })
    }

    pub fn holds_individual_numbers(&self) -> bool {
        match &self.task {
            Task::Pseudonym { numbers, .. } | Task::Id { numbers, .. } => {
                numbers.verdict() == Verdict::IndividualNumbers
            }
            _ => false,
        }
    }
}

/// An unknown word is no fault; anything else is.
fn unknown_or(words: &mut Words, text: &str, kind: FaultKind) -> Result<Became, FaultKind> {
    match words.find(text) {
        Found::Known(_) | Found::Unknown => Ok(Became::Unknown),
        Found::Foreign if is_unsaid(text) => {
            words.remember_unknown(text);
            Ok(Became::Unknown)
        }
        Found::Foreign => Err(kind),
    }
}

/// As [`unknown_or`], for a date: it may leave its day open.
fn no_day(words: &mut Words, text: &str, kind: FaultKind) -> Result<Became, FaultKind> {
    match unknown_or(words, text, kind) {
        Err(_) if is_vague(text) => Ok(Became::Less(FaultKind::VagueDate)),
        became => became,
    }
}

fn within_life(day: Date, last: Date) -> Result<Date, FaultKind> {
    if (FIRST_DAY..=last).contains(&day) { Ok(day) } else { Err(FaultKind::OutOfRange) }
}

/// Microseconds since 1970 (UTC) of a time in Japan.
fn microseconds(time: DateTime) -> i64 {
    from_jst(time).as_microsecond()
}
