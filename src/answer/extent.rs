//! What the sources behind a figure have told of: by which columns, of which days, up to which moment. What nobody has told
//! of is no zero and never complete, and says why.
//!
//! A source has told of a column from where its files have it ([`ToldOf`]), and of days up to its stamp. One that speaks
//! every so many minutes, and is in its rhythm, tells of today too, however few minutes old its last file is.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::handle::Answers;
use super::memory::Heard;
use super::question::FreshState;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::{Column, Mapping, Title};
use crate::epi::clock::jst;
use crate::epi::reason::NOT_TOLD;
use crate::store::{SourceState, ToldOf};

/// Days of which a source has told by all columns that a figure needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// None: as far back as there are records.
    pub from: Option<Date>,
    pub until: Timestamp,
}

/// How much of some days was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Covered {
    All,
    Part,
    None,
}

/// What was told of a figure by a moment.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    /// In the order of their days.
    spans: Vec<Span>,
    /// The sources that can't tell.
    pub mute: Vec<String>,
    /// One of those that could tell has spoken.
    pub spoken: bool,
    /// What files did not have, by its heading.
    lacking: Vec<String>,
    /// A source that could tell is in its rhythm, and has told of yesterday at least.
    current: bool,
    /// The same, and it speaks every so many minutes: it tells of today.
    in_rhythm: bool,
    at: Timestamp,
}

impl Extent {
    /// Has anybody told of it at all?
    pub(super) fn is_told(&self) -> bool {
        !self.spans.is_empty()
    }

    fn until(&self) -> Option<Timestamp> {
        self.spans.iter().map(|span| span.until).max()
    }

    /// The moment up to which it was told, where that is not the moment asked for.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        self.until().filter(|until| *until < self.at && !self.current)
    }

    /// The last day of which anything was told.
    pub(super) fn last_day(&self) -> Option<Date> {
        let until = self.until()?;
        Some(if self.in_rhythm { jst(self.at).date() } else { day_of(until) })
    }

    /// The last day that was told to its end. A stamp that is a day alone is a moment before its end.
    pub(super) fn whole_day(&self) -> Option<Date> {
        let until = self.until()?.saturating_add(1.second()).ok()?;
        Some(jst(until).date().saturating_sub(1.day()))
    }

    /// How much of these days was told of; of the last day any part will do.
    pub(super) fn covers(&self, first: Date, last: Date) -> Covered {
        let end = self.until();
        let (mut next, mut any, mut gap) = (first, false, false);
        for span in &self.spans {
            let to = if Some(span.until) == end { self.last_day() } else { Some(day_of(span.until)) };
            let (from, to) = (span.from.unwrap_or(Date::MIN), to.unwrap_or(Date::MIN));
            if to < next || from > last {
                continue;
            }
            any = true;
            gap |= from > next;
            next = to.saturating_add(1.day());
        }
        match (any, gap || next <= last) {
            (false, _) => Covered::None,
            (true, true) => Covered::Part,
            (true, false) => Covered::All,
        }
    }

    /// Why a row has no figure: its days lie behind what was told, or the files had no such column.
    pub(super) fn reason(&self, first: Date) -> String {
        match self.last_day().filter(|last| first > *last) {
            Some(_) => self.note().ja,
            None => lacking(&self.lacking).ja,
        }
    }

    /// What is to be said of the whole answer.
    pub(super) fn note(&self) -> Title {
        let Some(until) = self.until() else { return lacking(&self.lacking) };
        let (month_day, time) =
            (jst(until).strftime("%-m月%-d日 %H:%M"), jst(until).strftime("%Y-%m-%d %H:%M"));
        if self.lacking.is_empty() {
            return Title {
                ja: format!("{NOT_TOLD}（{month_day}までのデータ）"),
                en: format!("not told: the data end at {time}"),
            };
        }
        let (ja, en) = (self.lacking.join("・"), self.lacking.join(", "));
        Title {
            ja: format!("{NOT_TOLD}（{ja}の列は{month_day}まで）"),
            en: format!("not told: the column {en} was delivered up to {time}"),
        }
    }
}

/// 死亡年月日の列が届いていません
pub(super) fn lacking(headings: &[String]) -> Title {
    if headings.is_empty() {
        return Title {
            ja: format!("{NOT_TOLD}（届いていません）"),
            en: "not told: nothing was delivered".into(),
        };
    }
    Title {
        ja: format!("{NOT_TOLD}（{}の列が届いていません）", headings.join("・")),
        en: format!("not told: no file had the column {}", headings.join(", ")),
    }
}

/// The day that an instant ends: midnight ends the day before.
fn day_of(until: Timestamp) -> Date {
    jst(until.saturating_sub(1.microsecond()).unwrap_or(until)).date()
}

/// Had the files of a stretch this column?
fn has(told: &ToldOf, mapping: &Mapping, column: &str) -> bool {
    told.columns.as_ref().map_or_else(|| mapping.feeds(column), |all| all.iter().any(|own| own == column))
}

/// The stretches in which the files had all of these columns.
fn spans(mapping: &Mapping, state: &SourceState, columns: &[String], at: Timestamp) -> Vec<Span> {
    let told = state.told.iter().filter(|told| columns.iter().all(|column| has(told, mapping, column)));
    told.map(|told| Span { from: told.from, until: told.until.min(at) }).collect()
}

/// What files of a source lacked of these columns, by heading.
fn lacked(mapping: &Mapping, state: &SourceState, columns: &[String]) -> Vec<String> {
    let short = columns.iter().filter(|column| state.told.iter().any(|told| !has(told, mapping, column)));
    let mut headings: Vec<String> = short.filter_map(|column| heading(mapping, column)).collect();
    headings.dedup();
    headings
}

/// The first heading of what feeds a column.
fn heading(mapping: &Mapping, column: &str) -> Option<String> {
    mapping.columns.iter().find(|own| own.feeds().iter().any(|fed| fed == column)).map(Column::name)
}

impl Answers {
    /// What was told of an indicator by a moment.
    pub(super) fn extent(
        &self,
        indicator: &Indicator,
        disease: &str,
        heard: &Heard,
        at: Timestamp,
    ) -> Extent {
        let mut extent = Extent {
            spans: Vec::new(),
            mute: Vec::new(),
            spoken: false,
            lacking: Vec::new(),
            current: false,
            in_rhythm: false,
            at,
        };
        let mut in_part = Vec::new();
        for mapping in self.catalog().mappings.values().filter(|m| indicator.counts_of(m)) {
            if !indicator.may_be_told_by(mapping, disease) {
                extent.mute.push(mapping.source.clone());
                continue;
            }
            let state = heard.states.iter().find(|s| s.source == mapping.source && s.taken.is_some());
            let Some(state) = state else { continue };
            extent.spoken = true;
            let own = spans(mapping, state, &indicator.told_by, at);
            match own.iter().map(|span| span.until).max() {
                None => {
                    extent.mute.push(mapping.source.clone());
                    extent.lacking.extend(lacked(mapping, state, &indicator.told_by));
                }
                Some(until) => {
                    in_part.extend(lacked(mapping, state, &indicator.told_by));
                    let yesterday = jst(at).date().saturating_sub(1.day());
                    let current = day_of(until) >= yesterday
                        && state.told.last().is_some_and(|last| last.until.min(at) == until)
                        && self.judged(mapping, heard, at).state == FreshState::Fresh;
                    extent.current |= current;
                    extent.in_rhythm |= current && mapping.rhythm.every_minutes.is_some();
                }
            }
            extent.spans.extend(own);
        }
        // Of a source whose mapping is gone its rows stay, and count.
        let table =
            self.catalog().mappings.values().find(|m| indicator.counts_of(m)).map(|m| m.table.as_str());
        let gone = heard.states.iter().filter(|state| {
            state.taken.is_some()
                && Some(state.table.as_str()) == table
                && !self.catalog().mappings.contains_key(&state.source)
        });
        for state in gone {
            let all = |told: &&ToldOf| {
                told.columns
                    .as_ref()
                    .is_none_or(|own| indicator.told_by.iter().all(|column| own.contains(column)))
            };
            let own = state.told.iter().filter(all);
            extent.spans.extend(own.map(|told| Span { from: told.from, until: told.until.min(at) }));
        }
        if extent.is_told() {
            extent.lacking = in_part;
        }
        extent.lacking.dedup();
        extent.spans.sort_by_key(|span| (span.from, span.until));
        extent
    }

    /// What a part of an answer lacks: the headings of its columns, where none of the files lately had one that will do.
    /// `needs`: columns of what is counted, or `table.column`; any one of them will do.
    pub(super) fn lacks(
        &self,
        indicator: &Indicator,
        needs: &[String],
        heard: &Heard,
    ) -> Option<Vec<String>> {
        let mut headings = Vec::new();
        for need in needs {
            let (table, column) = need.split_once('.').unwrap_or(("", need.as_str()));
            let feeding = self.catalog().mappings.values().filter(|m| match table {
                "" => indicator.counts_of(m),
                table => m.table == table,
            });
            for mapping in feeding.filter(|m| m.feeds(column)) {
                let state = heard.states.iter().find(|s| s.source == mapping.source);
                let last = state.and_then(|state| state.told.last());
                if last.is_some_and(|last| has(last, mapping, column)) {
                    return None;
                }
                headings.extend(heading(mapping, column));
            }
        }
        headings.dedup();
        Some(headings)
    }
}
