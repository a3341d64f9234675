//! One column of a delivery: what becomes of each of its cells. Text comes in; a value for the table, or the kind of
//! fault, goes out.

use jiff::civil::{Date, DateTime, date};
use regex::Regex;

use super::districts::Districts;
use super::identifiers::{Identifier, first, is_area_code, is_phone_digits};
use super::individual_number::{Column as TwelveDigits, Verdict, check_digit_fits, twelve_digits};
use super::key::Pseudonyms;
use super::number;
use super::outputs::Value;
use super::text::{Found, Memo, Words, plain};
use crate::epi::age;
use crate::epi::clock::from_jst;
use crate::epi::era::{DateOrder, epoch_day, parse_date, parse_datetime};
use crate::intake::fault::FaultKind;

/// Days that an office has facts about; a serial or a mistyped year outside is no fact.
const FIRST_DAY: Date = date(1926, 1, 1);
pub(super) const LAST_DAY: Date = date(2100, 12, 31);
/// A count or number without a stated maximum.
pub(super) const LARGEST: i64 = 999_999_999;
/// Ages from here on are one.
const TOP: i16 = 90;

/// The values of the row being read.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub values: Vec<Value>,
    /// The texts of the row's ids.
    pub arena: String,
    pub subject: Option<(u64, u64)>,
    /// For totals laid out in columns: each series' code and value.
    pub series: Vec<(u16, Value)>,
}

impl Row {
    /// Gives an output its value; of two columns that feed one output the first that knows it counts.
    #[inline]
    fn set(&mut self, output: usize, value: Value) {
        if self.values[output] == Value::Null {
            self.values[output] = value;
        }
    }
}

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

/// Where a number goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Output(usize),
    Series(u16),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub least: i64,
    pub most: i64,
    /// Six or seven digits can't be a count here: a row is a person, and the mapping states no maximum.
    pub per_person: bool,
    /// A note in front (`注8　431`) is not part of the number.
    pub strip_note: bool,
}

/// A column as it is read.
pub(super) struct Cells {
    pub task: Task,
    pub heading: String,
    pub required: bool,
    pub order: DateOrder,
    /// No day is later.
    pub last_day: Date,
    /// The words for "unknown", and the codes of a code list.
    pub words: Words,
    /// Dates in other forms than ISO, as days since 1970.
    pub days: Memo<i64>,
}

impl Cells {
    /// Reads one cell into the row. True when it had a known value.
    #[inline]
    pub fn read(&mut self, text: &str, row: &mut Row, districts: &Districts) -> Result<bool, FaultKind> {
        let text = text.trim();
        let known =
            !text.is_empty() && self.known(text, row, districts).map_err(|kind| as_identifier(kind, text))?;
        if !known && self.required {
            return Err(FaultKind::Missing);
        }
        Ok(known)
    }

    fn known(&mut self, text: &str, row: &mut Row, districts: &Districts) -> Result<bool, FaultKind> {
        let (words, order, last) = (&mut self.words, self.order, self.last_day);
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
                        None => return unknown_or(words, text, FaultKind::NotADate),
                    },
                };
                row.set(*output, Value::Whole(day));
            }
            Task::Instant { at, day } => match parse_datetime(text, order) {
                Some(time) => {
                    within_life(time.date(), last)?;
                    row.set(*at, Value::Whole(microseconds(time)));
                    row.set(*day, Value::Whole(i64::from(epoch_day(time.date()))));
                }
                None => return unknown_or(words, text, FaultKind::NotATime),
            },
            Task::Code { output } => match words.find(text) {
                Found::Known(code) => row.set(*output, Value::Code(code)),
                Found::Unknown => return Ok(false),
                Found::Foreign => return Err(FaultKind::UnknownCode),
            },
            Task::Flag { output } => match words.find(text) {
                Found::Known(flag) => row.set(*output, Value::Flag(flag == 1)),
                Found::Unknown => return Ok(false),
                Found::Foreign => return Err(FaultKind::UnknownCode),
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
            Task::Age { years, decade } => match age::parse(text) {
                Some(age) => {
                    let Some(band) = age.decade else { return Ok(false) };
                    row.set(*decade, Value::Whole(i64::from(band)));
                    // 90 means 90 and over, so that band is the age as far as it is kept.
                    let top = (band >= TOP).then_some(TOP);
                    if let (Some(output), Some(years)) = (*years, top.or(age.years)) {
                        row.set(output, Value::Whole(i64::from(years)));
                    }
                }
                None => return unknown_or(words, text, FaultKind::NotAnAge),
            },
            Task::District { output } => match districts.index_of(text) {
                Some(district) => row.set(*output, Value::Code(district)),
                None => return Ok(false),
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
        Ok(true)
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

impl Row {
    fn put(&mut self, into: Target, value: Value) {
        match into {
            Target::Output(output) => self.set(output, value),
            Target::Series(code) => self.series.push((code, value)),
        }
    }
}

impl Limits {
    fn check(self, number: i64, text: &str) -> Result<i64, FaultKind> {
        if number < self.least {
            return Err(if number < 0 { FaultKind::Negative } else { FaultKind::OutOfRange });
        }
        if number > self.most {
            return Err(FaultKind::OutOfRange);
        }
        if self.per_person && (100_000..10_000_000).contains(&number) {
            return Err(FaultKind::LooksLikeHerSysId);
        }
        if text.len() >= 10 {
            judge_digits(text)?;
        }
        Ok(number)
    }
}

/// A number or id that fits its column may still be a telephone number or an individual number.
fn judge_digits(text: &str) -> Result<(), FaultKind> {
    let text = plain(text);
    if is_phone_digits(&text) {
        return Err(FaultKind::LooksLikePhone);
    }
    if twelve_digits(&text).is_some_and(|d| check_digit_fits(&d)) {
        return Err(FaultKind::LooksLikeIndividualNumber);
    }
    Ok(())
}

/// A kept id that fits its pattern may still be an identifier of a person.
fn judge_id(id: &str, is_area: bool, numbers: &TwelveDigits) -> Result<(), FaultKind> {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    if digits < 6 {
        return Ok(());
    }
    if matches!(id.len(), 6 | 7) && digits == id.len() && !(is_area && is_area_code(id)) {
        return Err(FaultKind::LooksLikeHerSysId);
    }
    if twelve_digits(id).is_some() && numbers.verdict() == Verdict::OwnNumbers {
        return Ok(());
    }
    judge_digits(id)
}

/// An unknown word is no fault; anything else is.
fn unknown_or(words: &mut Words, text: &str, kind: FaultKind) -> Result<bool, FaultKind> {
    match words.find(text) {
        Found::Foreign => Err(kind),
        Found::Known(_) | Found::Unknown => Ok(false),
    }
}

/// Names the identifier that a faulty cell seems to hold, if it does.
#[cold]
fn as_identifier(kind: FaultKind, text: &str) -> FaultKind {
    if kind.is_identifying() {
        return kind;
    }
    first(text).map_or(kind, Identifier::fault)
}

fn within_life(day: Date, last: Date) -> Result<Date, FaultKind> {
    if (FIRST_DAY..=last).contains(&day) { Ok(day) } else { Err(FaultKind::OutOfRange) }
}

/// Microseconds since 1970 (UTC) of a time in Japan.
fn microseconds(time: DateTime) -> i64 {
    from_jst(time).as_microsecond()
}
