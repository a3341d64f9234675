//! Which sources have a part in a figure, and what each has told of it by a moment.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::extent::{Extent, Part, Span, day_of, lacking};
use super::handle::Answers;
use super::memory::LedgerView;
use super::question::FreshState;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::{Column, Mapping, Title};
use crate::definitions::undated::Need;
use crate::epi::clock::jst;
use crate::store::{SourceState, ToldOf};

/// After so long without a word, while others went on, a source has ended: four weeks. One that the settings name is
/// waited for all the same.
const RETIRED: SignedDuration = SignedDuration::from_hours(28 * 24);

impl Answers {
    /// What was told of an indicator by a moment.
    pub(super) fn extent(
        &self,
        indicator: &Indicator,
        disease: &str,
        ledger: &LedgerView,
        at: Timestamp,
    ) -> Extent {
        let counted = self.catalog().counted(indicator);
        let together = counted.is_some_and(|table| table.subject);
        let mut extent = Extent { parts: Vec::new(), mute: Vec::new(), spoken: false, together, at };
        for mapping in self.catalog().mappings.values().filter(|m| indicator.counts_of(m)) {
            let may = indicator.may_be_told_by(mapping, disease);
            let has_part = counted.is_none_or(|table| indicator.has_part(mapping, table, disease));
            let state = ledger.states.iter().find(|s| s.source == mapping.source && s.taken.is_some());
            let Some(state) = state.filter(|_| has_part || may) else {
                if !may {
                    extent.mute.push(mapping.source.clone());
                }
                continue;
            };
            extent.spoken |= may;
            let own = if may {
                self.part(indicator, mapping, state, ledger, at)
            } else {
                self.mute_part(indicator, mapping)
            };
            if own.spans.is_empty() {
                extent.mute.push(mapping.source.clone());
            }
            if has_part {
                extent.parts.push(own);
            }
        }
        // Of a source whose mapping is gone its rows stay, and count.
        let gone = ledger.states.iter().filter(|state| {
            state.taken.is_some()
                && counted.is_some_and(|table| table.name == state.table)
                && !self.catalog().mappings.contains_key(&state.source)
        });
        for state in gone {
            let spans = spans(None, state, &indicator.told_by, at);
            if !spans.is_empty() {
                let title = Title { ja: state.source.clone(), en: state.source.clone() };
                extent.parts.push(Part { spans, ..Part::silent(title, Vec::new()) });
            }
        }
        let newest = extent.parts.iter().filter_map(Part::until).max();
        let silent = |until: Timestamp| newest.is_some_and(|newest| newest.duration_since(until) > RETIRED);
        let named = self.takes_named();
        for part in &mut extent.parts {
            part.expected &= named || !part.until().is_some_and(silent);
        }
        extent
    }

    /// What a source has told that may tell of it.
    fn part(
        &self,
        indicator: &Indicator,
        mapping: &Mapping,
        state: &SourceState,
        ledger: &LedgerView,
        at: Timestamp,
    ) -> Part {
        let mut spans = spans(Some(mapping), state, &indicator.told_by, at);
        spans.sort_by_key(|span| (span.from, span.until));
        let lacking = lacked(mapping, &state.told, &indicator.told_by);
        let last = state.told.len().saturating_sub(1);
        let stopped = lacked(mapping, &state.told[last..], &indicator.told_by);
        let part = Part { spans, stopped, ..Part::silent(mapping.title.clone(), lacking) };
        let yesterday = jst(at).date().saturating_sub(1.day());
        let current = part.until().is_some_and(|until| {
            day_of(until) >= yesterday
                && state.told.last().is_some_and(|last| last.until.min(at) == until)
                // A window that ends before the file was made has told nothing of today.
                && (mapping.rhythm.every_minutes.is_none()
                    || state.told.last().is_some_and(|last| last.said.min(at) <= until))
                && self.judged(mapping, ledger, at).state == FreshState::Fresh
        });
        let once = mapping.rhythm.every_minutes.is_none() && mapping.rhythm.by.is_none();
        let expected = !once && self.takes(mapping);
        Part { current, expected, of_today: mapping.rhythm.every_minutes.is_some(), ..part }
    }

    /// Is this what every row should have, and what no file ever had a column for? Then nobody lacks it: it was not asked.
    pub(super) fn never_told(&self, indicator: &Indicator, column: &str, ledger: &LedgerView) -> bool {
        let Some(table) = self.catalog().counted(indicator) else { return false };
        let had = |of: &str, column: &str| {
            ledger.states.iter().filter(|state| state.table == of).any(|state| {
                let mapping = self.catalog().mappings.get(&state.source).map(|mapping| &**mapping);
                state.told.iter().any(|told| has(told, mapping, column))
            })
        };
        let mut needs = indicator.counted_by.iter().map(|(need, _)| Need::of(need));
        let others = needs.find(|need| need.column == column).map_or_else(Vec::new, |need| need.others);
        !table.events.contains_key(column)
            && !had(&table.name, column)
            && !others.into_iter().any(|(of, column)| had(of, column))
    }

    /// A source whose people it counts, and that does not give what it asks for.
    fn mute_part(&self, indicator: &Indicator, mapping: &Mapping) -> Part {
        let short = indicator.told_by.iter().filter(|column| !mapping.feeds(column));
        let others = |column: &String| {
            let mut feeding = self.catalog().mappings.values().filter(|m| m.table == mapping.table);
            feeding.find_map(|other| heading(other, column))
        };
        let mut headings: Vec<String> = short.filter_map(others).collect();
        headings.dedup();
        Part::silent(mapping.title.clone(), headings)
    }

    /// What a part of an answer lacks. `needs`: columns of what is counted, or `table.column`; any one of them will do. None
    /// where the files of late had one; of people, those of each source that tells of them.
    pub(super) fn lacks(
        &self,
        indicator: &Indicator,
        disease: &str,
        needs: &[String],
        ledger: &LedgerView,
    ) -> Option<Missing> {
        let counted = self.catalog().counted(indicator)?;
        let (mut headings, mut of) = (Vec::new(), Vec::new());
        for need in needs {
            let (table, column) = need.split_once('.').unwrap_or((&counted.name, need));
            let of_people = self.catalog().table(table).is_some_and(|table| table.subject);
            let (mut had, mut short) = (false, Vec::new());
            for mapping in self.catalog().mappings.values() {
                let fed = mapping.feeds(column);
                let own = match need.contains('.') {
                    true => mapping.table == table && fed,
                    false => {
                        indicator.counts_of(mapping) && (fed || indicator.has_part(mapping, counted, disease))
                    }
                };
                if !own {
                    continue;
                }
                let state = ledger.states.iter().find(|s| s.source == mapping.source && s.taken.is_some());
                let last = state.and_then(|state| state.told.last());
                if fed && last.is_some_and(|last| has(last, Some(mapping), column)) {
                    had = true;
                } else if last.is_some() {
                    short.push(mapping.title.clone());
                }
                headings.extend(heading(mapping, column));
            }
            if had && (short.is_empty() || !of_people) {
                return None;
            }
            if had {
                of = short;
            }
        }
        headings.dedup();
        Some(Missing { note: lacking(&headings), of })
    }
}

/// What the files lacked that a part of an answer needs.
pub(super) struct Missing {
    pub note: Title,
    /// The sources whose files lacked it, where others had it. Empty: none had it.
    pub of: Vec<Title>,
}

/// Had the files of a stretch this column? Where neither they nor a mapping say: they may have had it.
fn has(told: &ToldOf, mapping: Option<&Mapping>, column: &str) -> bool {
    match &told.columns {
        Some(all) => all.iter().any(|own| own == column),
        None => mapping.is_none_or(|mapping| mapping.feeds(column)),
    }
}

/// The stretches in which the files had all of these columns.
fn spans(mapping: Option<&Mapping>, state: &SourceState, columns: &[String], at: Timestamp) -> Vec<Span> {
    let told = state.told.iter().filter(|told| columns.iter().all(|column| has(told, mapping, column)));
    told.map(|told| Span { from: told.from, until: told.until.min(at), said: told.said.min(at) }).collect()
}

/// What some of the files of a source lacked of these columns, by heading.
fn lacked(mapping: &Mapping, files: &[ToldOf], columns: &[String]) -> Vec<String> {
    let short = columns.iter().filter(|column| files.iter().any(|told| !has(told, Some(mapping), column)));
    let mut headings: Vec<String> = short.filter_map(|column| heading(mapping, column)).collect();
    headings.dedup();
    headings
}

/// The first heading of what feeds a column.
fn heading(mapping: &Mapping, column: &str) -> Option<String> {
    mapping.columns.iter().find(|own| own.feeds().iter().any(|fed| fed == column)).map(Column::name)
}
