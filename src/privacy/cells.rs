//! One column of a delivery: what becomes of each of its cells. Text comes in; a value for the table, or the kind of
//! fault, goes out.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::{Date, DateTime, Time, date};
use regex::Regex;

use super::happened::{Event, Outcome, is_death, without_word};
use super::identifiers::first;
use super::individual_number::{Column as TwelveDigits, Verdict};
use super::judge::{Limits, as_identifier, judge_id};
use super::key::Pseudonyms;
use super::number;
use super::outputs::Value;
use super::row::{Became, Row, Target};
use super::text::{Found, Memo, Words};
use super::unsaid::{is_unsaid, says_no_day};
use super::zeros::{Zeros, give_back};
use crate::definitions::districts::Districts;
use crate::epi::age::{self, Age, AgeWord};
use crate::epi::clock::from_jst;
use crate::epi::era::{DateOrder, epoch_day};
use crate::epi::parts::{day_of, moment_of};
use crate::epi::text::{plain, word};
use crate::epi::time::{parse_date, parse_datetime};
use crate::epi::vague::{Open, left_open};
use crate::intake::fault::FaultKind;
use crate::intake::raw::PARTS;

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
        /// Codes that lost the zeros before them.
        short: HashMap<String, u16>,
        /// The code of those who died, in a column that says how it goes with people.
        died: Option<u16>,
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
    /// Its day is of what need not have happened.
    pub event: Option<Event>,
    /// Words that may stand beside its day.
    pub beside: &'static [&'static str],
    /// A cell is made from several columns.
    pub is_of_parts: bool,
    /// What there is to say of the cell last read, which was let through: a warning.
    pub noted: Option<FaultKind>,
    /// How the ids of the column are written.
    pub ids: Ids,
    /// The words for "unknown", and the codes of a code list.
    pub words: Words,
    /// Dates in other forms than ISO, as days since 1970.
    pub days: Memo<i64>,
}

impl Cells {
    /// Reads one cell into the row.
    #[inline]
    pub(super) fn read(
        &mut self,
        text: &str,
        row: &mut Row,
        districts: &Districts,
    ) -> Result<Became, FaultKind> {
        let text = as_text(text);
        self.noted = None;
        let blank =
            text.is_empty() || self.is_of_parts && text.split(PARTS).all(|part| part.trim().is_empty());
        let became = match blank {
            true => Became::Empty,
            false => self.known(text, row, districts).map_err(|kind| self.identified(kind, text))?,
        };
        match became {
            Became::Less(kind) if self.required => Err(kind),
            Became::Empty | Became::Unknown if self.required => Err(FaultKind::Missing),
            became => Ok(became),
        }
    }

    /// The fault that the cell has: that of an identifier, where it seems to hold one. In a column of days, moments, ages or
    /// numbers six digits are a day or a number that can't be read, and no id.
    #[cold]
    fn identified(&self, kind: FaultKind, text: &str) -> FaultKind {
        let is_of_digits = matches!(
            self.task,
            Task::Day { .. }
                | Task::Instant { .. }
                | Task::Age { .. }
                | Task::Number { .. }
                | Task::Decimal { .. }
        );
        match as_identifier(kind, text) {
            FaultKind::LooksLikeHerSysId if is_of_digits => kind,
            found => found,
        }
    }

    /// Does a fault of this kind hold the whole row back? Everything else costs the cell, not the person.
    pub(super) fn holds_back(&self, kind: FaultKind) -> bool {
        self.required || self.is_key || kind.is_identifying() || kind == FaultKind::OutsideWindow
    }

    /// Notes in the row that this cell of it could not be read.
    #[cold]
    pub(super) fn miss(&self, row: &mut Row) {
        if let Task::Number { into: Target::Series(code), .. }
        | Task::Decimal { into: Target::Series(code), .. } = self.task
        {
            row.unread_series.push(code);
        }
        row.unread.extend(self.outputs().into_iter().flatten());
    }

    /// Notes in the row that this cell of it names a time and no day: something happened on a day that nobody knows.
    #[cold]
    pub(super) fn note_vague(&self, kind: FaultKind, row: &mut Row) {
        if kind == FaultKind::VagueDate {
            row.vague.extend(self.outputs().into_iter().flatten());
        }
    }

    /// Is a row known by this cell more than by any other?
    pub(super) fn identifies(&self) -> bool {
        self.is_key || matches!(self.task, Task::Pseudonym { .. } | Task::OwnPseudonym { .. })
    }

    /// The outputs that the column feeds.
    pub(super) fn outputs(&self) -> [Option<usize>; 2] {
        match &self.task {
            Task::Pseudonym { .. } | Task::OwnPseudonym { .. } => [None, None],
            Task::Number { into, .. } | Task::Decimal { into, .. } => match into {
                Target::Output(output) => [Some(*output), None],
                Target::Series(_) => [None, None],
            },
            Task::Instant { at, day } => [Some(*at), Some(*day)],
            Task::Age { years, decade, .. } => [*years, Some(*decade)],
            Task::Day { output }
            | Task::Code { output, .. }
            | Task::Flag { output }
            | Task::Id { output, .. }
            | Task::District { output } => [Some(*output), None],
        }
    }

    fn known(&mut self, text: &str, row: &mut Row, districts: &Districts) -> Result<Became, FaultKind> {
        let (words, order) = (&mut self.words, self.order);
        let (last, last_instant) = (self.last_day, self.last_instant);
        match &mut self.task {
            Task::Day { output } if self.is_of_parts => {
                let Some(parts) = parts_of(text, words) else { return Ok(Became::Unknown) };
                let day = within_life(day_of(&parts).ok_or(FaultKind::NotADate)?, last)?;
                row.set(*output, Value::Whole(i64::from(epoch_day(day))));
            }
            Task::Instant { at, day } if self.is_of_parts => {
                let Some(parts) = parts_of(text, words) else { return Ok(Became::Unknown) };
                let time = moment_of(&parts, order).ok_or(FaultKind::NotATime)?;
                within_life(time.date(), last)?;
                let instant = microseconds(time);
                if instant > last_instant {
                    return Err(FaultKind::OutOfRange);
                }
                row.set(*at, Value::Whole(instant));
                row.set(*day, Value::Whole(i64::from(epoch_day(time.date()))));
            }
            Task::Day { output } => {
                let day = match self.days.get(text) {
                    Some(day) => day,
                    None => match day_in(text, self.beside, order)
                        .or_else(|| noted(text, |day| parse_date(day, order)))
                    {
                        Some(day) => {
                            let day = i64::from(epoch_day(within_life(day, last)?));
                            self.days.put(text, day);
                            day
                        }
                        None => return no_day(words, text, self.beside, self.event, FaultKind::NotADate),
                    },
                };
                row.set(*output, Value::Whole(day));
            }
            Task::Instant { at, day: into_day } => match time_in(text, self.beside, order)
                .or_else(|| noted(text, |time| parse_datetime(time, order)))
            {
                Some(time) => {
                    within_life(time.date(), last)?;
                    let instant = microseconds(time);
                    if instant > last_instant {
                        return Err(FaultKind::OutOfRange);
                    }
                    row.set(*at, Value::Whole(instant));
                    row.set(*into_day, Value::Whole(i64::from(epoch_day(time.date()))));
                }
                // A day with a time that can't be told exactly, 夕方 or 9時頃, is a day.
                None => match day_in(text, self.beside, order)
                    .or_else(|| noted(text, |day| parse_date(day, order)))
                {
                    Some(day) => {
                        let day = within_life(day, last)?;
                        if microseconds(day.to_datetime(Time::midnight())) > last_instant {
                            return Err(FaultKind::OutOfRange);
                        }
                        self.noted = Some(FaultKind::DayOnly);
                        row.set(*into_day, Value::Whole(i64::from(epoch_day(day))));
                    }
                    None => return no_day(words, text, self.beside, self.event, FaultKind::NotATime),
                },
            },
            Task::Code { output, short, died } => match words.find(text) {
                Found::Known(code) => row.set(*output, Value::Code(code)),
                Found::Foreign if short.contains_key(&*plain(text)) => {
                    self.noted = Some(FaultKind::ZeroGivenBack);
                    row.set(*output, Value::Code(short[&*plain(text)]));
                }
                Found::Foreign if died.is_some() && is_death(text) => {
                    row.set(*output, died.map_or(Value::Null, Value::Code));
                }
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
            Task::Decimal { into, limits } => match number::exact(text, limits.strip_note) {
                Some(number) if !number.is_within(limits.least, limits.most) => {
                    return Err(FaultKind::OutOfRange);
                }
                Some(number) => {
                    self.noted = number.rounded.then_some(FaultKind::Rounded);
                    let value = match number.whole() {
                        Some(whole) => Value::Whole(limits.check(whole, text)?),
                        None => row.text(&number.text),
                    };
                    row.put(*into, value);
                }
                None => return unknown_or(words, text, FaultKind::NotANumber),
            },
            Task::Age { years, decade, words: own } => {
                let listed = if own.is_empty() { None } else { own.get(&word(text)).copied() };
                let said = match listed {
                    Some(listed) => Some(listed.map_or(AgeWord::Group, AgeWord::Age)),
                    None => age::parse_word(text),
                };
                // A remark in brackets behind an age is no part of it, and may still identify somebody.
                if listed.is_none()
                    && said.is_some()
                    && text.contains(['(', '（'])
                    && let Some(found) = first(text)
                {
                    return Err(found.fault());
                }
                let age = match said {
                    Some(AgeWord::Age(age)) => age,
                    Some(AgeWord::Group) => return Ok(Became::Unknown),
                    None => return unknown_or(words, text, FaultKind::NotAnAge),
                };
                let Some(band) = age.decade else { return Ok(Became::Less(FaultKind::SpansBands)) };
                // Each such row would stand for all of 90 and over.
                if self.is_key && band >= TOP && age::is_above(text, TOP) {
                    return Err(FaultKind::AboveTop);
                }
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
                let mut id = self.ids.read(plain(text), pattern);
                if !pattern.is_match(&id) {
                    match give_back(&id, *is_area, |code| pattern.is_match(code)) {
                        Zeros::Back(code) => {
                            self.noted = Some(FaultKind::ZeroGivenBack);
                            id = code.into();
                        }
                        Zeros::Lost => return unknown_or(words, text, FaultKind::LostZero),
                        Zeros::None => return unknown_or(words, text, FaultKind::NotAnId),
                    }
                }
                judge_id(&id, *is_area, numbers)?;
                let value = row.text(&id);
                row.set(*output, value);
            }
            Task::Pseudonym { pattern, pseudonyms, .. } => {
                let id = self.ids.read(plain(text), pattern);
                if !pattern.is_match(&id) {
                    // With a zero before it it could be another person's.
                    let kind = match give_back(&id, false, |id| pattern.is_match(id)) {
                        Zeros::None => FaultKind::NotAnId,
                        Zeros::Back(_) | Zeros::Lost => FaultKind::LostZero,
                    };
                    return unknown_or(words, text, kind);
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
    pub(super) fn note(&mut self, text: &str) {
        match &mut self.task {
            Task::Pseudonym { numbers, pattern, .. } | Task::Id { numbers, pattern, .. } => {
                let id = plain(as_text(text));
                self.ids.note(&id, pattern);
                numbers.note(whole_number(&id).unwrap_or(&id));
            }
            _ => {}
        }
    }

    /// Is this a column of ids, judged as a whole?
    pub(super) fn is_judged(&self) -> bool {
        matches!(self.task, Task::Pseudonym { .. } | Task::Id { .. })
    }

    /// Were ids read as whole numbers in a column in which others are none? `1003.0` may then be another's than `1003`.
    pub(super) fn is_mixed(&self) -> bool {
        self.ids.read_whole && self.ids.others
    }

    pub(super) fn holds_individual_numbers(&self) -> bool {
        match &self.task {
            Task::Pseudonym { numbers, .. } | Task::Id { numbers, .. } => {
                numbers.verdict() == Verdict::IndividualNumbers
            }
            _ => false,
        }
    }
}

/// How the ids of a column are written: a spreadsheet gives whole numbers as `1003.0`, all of them or some.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Some are no whole numbers: then each is what it is.
    others: bool,
    /// One was read as the whole number that it is.
    read_whole: bool,
}

impl Ids {
    fn note(&mut self, id: &str, pattern: &Regex) {
        let is_whole = |id: &str| id.bytes().all(|b| b.is_ascii_digit());
        if id.is_empty() || is_whole(id) || whole_number(id).is_some() {
            return;
        }
        let decimal = id.split_once('.').is_some_and(|(whole, part)| is_whole(whole) && is_whole(part));
        self.others |= decimal || pattern.is_match(id);
    }

    /// The id, as the whole number that it is where the column has nothing but such and the mapping knows no other form.
    fn read<'a>(&mut self, id: Cow<'a, str>, pattern: &Regex) -> Cow<'a, str> {
        match whole_number(&id) {
            Some(whole) if !self.others && !pattern.is_match(&id) => {
                self.read_whole = true;
                Cow::Owned(whole.to_owned())
            }
            _ => id,
        }
    }
}

/// `1003` of `1003.0`.
fn whole_number(id: &str) -> Option<&str> {
    let (whole, part) = id.split_once('.')?;
    let digits = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    (digits && !part.is_empty() && part.bytes().all(|b| b == b'0')).then_some(whole)
}

/// A cell without blanks around it, and without what a spreadsheet puts around a text: `="1004"`.
fn as_text(cell: &str) -> &str {
    let cell = cell.trim();
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.filter(|text| !text.contains('"')).map_or(cell, str::trim)
}

/// A day or moment without the note in brackets behind it: `2026-11-05（死亡診断書による）`. A note that takes the day back, doubts it or
/// has a number of its own is no mere note, and one that may identify somebody is told as that.
fn noted<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    #[rustfmt::skip]
    const DOUBT: &[&str] = &[
        "取消", "取り消", "誤", "訂正前", "削除", "見込", "予定", "未確", "不明", "否", "推定", "仮", "頃", "ごろ", "以前", "以降", "前後", "約", "?", "疑",
        "ではない", "でない", "以外", "まで", "から", "より前", "より後", "翌日", "前日",
    ];
    let folded = plain(text);
    let (day, note) = folded.strip_suffix(')')?.split_once('(')?;
    let is_note = !note.is_empty() && !note.contains(|c: char| c.is_numeric() || c == '(');
    let doubted = DOUBT.iter().any(|word| note.contains(word));
    if !is_note || doubted || first(note).is_some() { None } else { read(day.trim_end()) }
}

/// The parts of a cell that is made from several columns; none where one of them is empty or unknown.
fn parts_of<'a>(text: &'a str, words: &mut Words) -> Option<Vec<&'a str>> {
    let parts: Vec<&str> = text.split(PARTS).map(str::trim).collect();
    let known = parts.iter().all(|part| words.find(part) != Found::Unknown);
    known.then_some(parts)
}

/// A day, with or without a word of its column beside it.
fn day_in(text: &str, beside: &[&str], order: DateOrder) -> Option<Date> {
    parse_date(text, order).or_else(|| parse_date(without_word(beside, text)?, order))
}

/// The same of a moment.
fn time_in(text: &str, beside: &[&str], order: DateOrder) -> Option<DateTime> {
    parse_datetime(text, order).or_else(|| parse_datetime(without_word(beside, text)?, order))
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

/// As [`unknown_or`], for a date: it may leave its day open, or its year, or say that there is none.
fn no_day(
    words: &mut Words,
    text: &str,
    beside: &[&str],
    event: Option<Event>,
    kind: FaultKind,
) -> Result<Became, FaultKind> {
    if words.find(text) != Found::Foreign {
        return Ok(Became::Unknown);
    }
    match left_open(without_word(beside, text).unwrap_or(text)) {
        Some(Open::Day) => return Ok(Became::Less(FaultKind::VagueDate)),
        // Which day it is can't be told: unlike a month, nothing of it can be believed.
        Some(Open::Year) => return Err(FaultKind::NoYear),
        None => {}
    }
    match event.and_then(|event| event.said(text)) {
        Some(Outcome::Happened) => return Ok(Became::Less(FaultKind::VagueDate)),
        // Understood as no event, and told: it is no day.
        Some(Outcome::Otherwise) => return Ok(Became::Less(FaultKind::OtherOutcome)),
        None => {}
    }
    if says_no_day(text) {
        words.remember_unknown(text);
        return Ok(Became::Unknown);
    }
    unknown_or(words, text, kind)
}

fn within_life(day: Date, last: Date) -> Result<Date, FaultKind> {
    if (FIRST_DAY..=last).contains(&day) { Ok(day) } else { Err(FaultKind::OutOfRange) }
}

/// Microseconds since 1970 (UTC) of a time in Japan.
fn microseconds(time: DateTime) -> i64 {
    from_jst(time).as_microsecond()
}
