//! What the sources behind a figure have told of: by which columns, of which days, up to which moment. What nobody has told
//! of is no zero and never complete, and says why.
//!
//! A source has told of a column from where its files have it ([`crate::store::ToldOf`]), and of days up to its stamp. One
//! that speaks every so many minutes, and is in its rhythm, tells of today too, however few minutes old its last file is.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::definitions::mapping::Title;
use crate::epi::clock::jst;
use crate::epi::reason::NOT_TOLD;

/// Days of which a source has told by all columns that a figure needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// None: as far back as there are records.
    pub from: Option<Date>,
    pub until: Timestamp,
    /// When it said so: the days of a window that ends earlier are told of as they were by then.
    pub said: Timestamp,
}

/// How much of some days was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Covered {
    All,
    Part,
    None,
}

/// What one source has told of a figure by a moment.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub title: Title,
    /// In the order of their days. None where its files, or its mapping, lack what the figure needs.
    pub spans: Vec<Span>,
    /// It is to speak up to now: what it has not told of yet is missing. A source that speaks once is not, nor one that
    /// has been silent for weeks while others went on.
    pub expected: bool,
    /// It is in its rhythm, and has told of yesterday at least.
    pub current: bool,
    /// It speaks every so many minutes: it is to tell of today.
    pub of_today: bool,
    /// What files, or some of them, did not have, by its heading.
    pub lacking: Vec<String>,
    /// The same of the last ones.
    pub stopped: Vec<String>,
}

impl Part {
    pub(super) fn silent(title: Title, lacking: Vec<String>) -> Self {
        let spans = Vec::new();
        Self { title, spans, expected: false, current: false, of_today: false, lacking, stopped: Vec::new() }
    }

    pub(super) fn until(&self) -> Option<Timestamp> {
        self.spans.iter().map(|span| span.until).max()
    }

    fn said(&self) -> Option<Timestamp> {
        self.spans.iter().map(|span| span.said).max()
    }

    fn is_in_rhythm(&self) -> bool {
        self.current && self.of_today
    }

    /// The last day of which it has told anything.
    fn last_day(&self, at: Timestamp) -> Option<Date> {
        let until = self.until()?;
        Some(if self.is_in_rhythm() { jst(at).date() } else { day_of(until) })
    }

    /// How much of these days it has told of. None where it has no need to tell of any.
    fn covers(&self, first: Date, last: Date, at: Timestamp) -> Option<Covered> {
        let Some(own_last) = self.last_day(at) else { return Some(Covered::None) };
        let needed = if self.expected && !self.current { last } else { last.min(own_last) };
        if needed < first {
            return None;
        }
        let end = self.until();
        let (mut next, mut any, mut gap) = (first, false, false);
        for span in &self.spans {
            let to = if Some(span.until) == end { own_last } else { day_of(span.until) };
            let from = span.from.unwrap_or(Date::MIN);
            if to < next || from > needed {
                continue;
            }
            any = true;
            gap |= from > next;
            next = to.saturating_add(1.day());
        }
        Some(match (any, gap || next <= needed) {
            (false, _) => Covered::None,
            (true, true) => Covered::Part,
            (true, false) => Covered::All,
        })
    }

    /// What is to be said of it: `named` where there are others beside it.
    fn note(&self, named: bool) -> Title {
        let said = match self.until() {
            None => lacking(&self.lacking),
            Some(until) => ended(until, &self.stopped),
        };
        self.named(said, named)
    }

    fn named(&self, said: Title, named: bool) -> Title {
        if !named {
            return said;
        }
        Title { ja: format!("{}: {}", self.title.ja, said.ja), en: format!("{}: {}", self.title.en, said.en) }
    }

    /// Those of these days of which it has not told, though it has of later ones.
    fn gaps(&self, first: Date, last: Date) -> Vec<(Date, Date)> {
        let mut gaps = Vec::new();
        let mut next = first;
        for span in &self.spans {
            let (from, to) = (span.from.unwrap_or(Date::MIN), day_of(span.until));
            if to < next {
                continue;
            }
            if from > next && next <= last {
                gaps.push((next, from.saturating_sub(1.day()).min(last)));
            }
            next = to.saturating_add(1.day());
        }
        gaps
    }

    /// What is to be said of a figure over these days, where it has not told of some of them.
    fn gap_note(&self, (first, last): (Date, Date), at: Timestamp, named: bool) -> Option<Title> {
        let gaps = self.gaps(first, last);
        if gaps.is_empty() {
            return None;
        }
        let day = |day: Date| match day.year() == jst(at).year() {
            true => day.strftime("%-m月%-d日").to_string(),
            false => day.strftime("%Y年%-m月%-d日").to_string(),
        };
        let (ja, en): (Vec<String>, Vec<String>) = gaps
            .into_iter()
            .map(|(from, to)| match (from == to, from == Date::MIN) {
                (true, _) => (day(from), from.to_string()),
                (_, true) => (format!("{}まで", day(to)), format!("up to {to}")),
                _ => (format!("{}–{}", day(from), day(to)), format!("{from} to {to}")),
            })
            .unzip();
        let (days, en) = (ja.join("・"), en.join(", "));
        let said = match self.lacking.is_empty() {
            true => Title {
                ja: format!("一部{NOT_TOLD}（{days}の分が届いていません）"),
                en: format!("not told in part: nothing was delivered of {en}"),
            },
            false => Title {
                ja: format!("一部{NOT_TOLD}（{days}は{}の列が届いていません）", self.lacking.join("・")),
                en: format!("not told in part: no file had the column {} for {en}", self.lacking.join(", ")),
            },
        };
        Some(self.named(said, named))
    }
}

/// What was told of a figure by a moment.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    /// Of each source that has spoken and has a part in the figure.
    pub parts: Vec<Part>,
    /// The sources that can't tell.
    pub mute: Vec<String>,
    /// One of those that could tell has spoken.
    pub spoken: bool,
    /// The rows of several sources make one figure: it is told where all have told. Reports of beds, and figures that others
    /// published, stand for themselves.
    pub together: bool,
    pub at: Timestamp,
}

impl Extent {
    /// Has anybody told of it at all?
    pub(super) fn is_told(&self) -> bool {
        self.telling().next().is_some()
    }

    fn telling(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter().filter(|part| !part.spans.is_empty())
    }

    /// Those that are to tell up to now, and have begun to.
    fn expected(&self) -> impl Iterator<Item = &Part> + Clone {
        self.telling().filter(|part| part.expected && self.together)
    }

    fn until(&self) -> Option<Timestamp> {
        let of_all = self.expected().filter_map(Part::until).min();
        of_all.or_else(|| self.telling().filter_map(Part::until).max())
    }

    /// When that was said.
    pub(super) fn said(&self) -> Option<Timestamp> {
        let of_all = self.expected().filter_map(Part::said).min();
        of_all.or_else(|| self.telling().filter_map(Part::said).max())
    }

    fn is_current(&self) -> bool {
        match self.expected().next() {
            Some(_) => self.expected().all(|part| part.current),
            None => self.telling().any(|part| part.current),
        }
    }

    /// The moment up to which it was told, where that is not the moment asked for.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        self.until().filter(|until| *until < self.at && !self.is_current())
    }

    /// The last day of which anything was told.
    pub(super) fn last_day(&self) -> Option<Date> {
        self.telling().filter_map(|part| part.last_day(self.at)).max()
    }

    /// The last day of which all have told that are to tell of today. Once a day tells of the days before.
    pub(super) fn today(&self) -> Option<Date> {
        let days = |part: &Part| part.last_day(self.at);
        let minutely = self.expected().filter(|part| part.of_today).filter_map(days).min();
        minutely.or_else(|| self.expected().filter_map(days).min()).or_else(|| self.last_day())
    }

    /// The last day that was told to its end. A stamp that is a day alone is a moment before its end.
    pub(super) fn whole_day(&self) -> Option<Date> {
        let until = self.until()?.saturating_add(1.second()).ok()?;
        Some(jst(until).date().saturating_sub(1.day()))
    }

    /// How much of these days was told of; of the last day any part will do.
    pub(super) fn covers(&self, first: Date, last: Date) -> Covered {
        self.covered(self.parts.iter(), first, last)
    }

    /// The same by those alone that tell of it at all.
    pub(super) fn is_covered(&self, first: Date, last: Date) -> bool {
        self.covered(self.telling(), first, last) == Covered::All
    }

    fn covered<'a>(&self, parts: impl Iterator<Item = &'a Part>, first: Date, last: Date) -> Covered {
        let all: Vec<Covered> = parts.filter_map(|part| part.covers(first, last, self.at)).collect();
        if all.iter().all(|covered| *covered == Covered::None) {
            Covered::None
        } else if all.iter().all(|covered| *covered == Covered::All) {
            Covered::All
        } else {
            Covered::Part
        }
    }

    /// Has one of the sources told nothing at all of these days? Then nobody in the rest is no zero.
    pub(super) fn lacks_a_source(&self, first: Date, last: Date) -> bool {
        self.parts.iter().any(|part| part.covers(first, last, self.at) == Some(Covered::None))
    }

    /// Sources whose people it counts, and of whom they tell nothing of what it asks for.
    pub(super) fn has_mute_part(&self) -> bool {
        self.together && self.parts.iter().any(|part| part.spans.is_empty())
    }

    /// Why a row has no figure, or not all of it: its days lie behind what was told, or the files had no such column.
    pub(super) fn reason(&self, first: Date, last: Date) -> String {
        let covers = |part: &Part| part.covers(first, last, self.at);
        let needed: Vec<&Part> = self.parts.iter().filter(|part| covers(part).is_some()).collect();
        let short = needed.iter().copied().filter(|part| covers(part) != Some(Covered::All));
        let short: Vec<&Part> = if needed.is_empty() { self.parts.iter().collect() } else { short.collect() };
        let mut said: Vec<String> = Vec::new();
        for part in short {
            let named = self.parts.len() > 1;
            let after = part.last_day(self.at).is_some_and(|own| last > own);
            let in_part = || {
                part.gap_note((first, last), self.at, named).filter(|_| covers(part) == Some(Covered::Part))
            };
            let own = match after {
                true => part.note(named),
                false => in_part().unwrap_or_else(|| part.named(lacking(&part.lacking), named)),
            };
            if !said.contains(&own.ja) {
                said.push(own.ja);
            }
        }
        if said.is_empty() { lacking(&[]).ja } else { said.join("、") }
    }

    /// What is to be said of the whole answer: of each source that is behind the moment asked for, or lacks what is needed.
    pub(super) fn notes(&self) -> Vec<Title> {
        let named = self.parts.len() > 1;
        let behind = |part: &&Part| {
            part.spans.is_empty() && (self.together || !self.is_told())
                || part.expected && !part.current && part.until().is_some_and(|until| until < self.at)
        };
        let mut notes: Vec<Title> = Vec::new();
        if self.ended().is_some() || !self.is_told() || self.has_mute_part() {
            notes = self.parts.iter().filter(behind).map(|part| part.note(named)).collect();
        }
        // Nobody is expected to go on: what there is ends somewhere all the same.
        if notes.is_empty()
            && let Some(until) = self.ended()
        {
            let last = self.telling().find(|part| part.until() == Some(until));
            notes.extend(last.map(|part| part.note(false)));
        }
        notes.dedup();
        notes
    }

    /// The same in one line.
    pub(super) fn note(&self) -> Title {
        let notes = self.notes();
        let line = |part: fn(&Title) -> &str, between: &str| {
            notes.iter().map(part).collect::<Vec<_>>().join(between)
        };
        Title { ja: line(|note| &note.ja, "、"), en: line(|note| &note.en, "; ") }
    }

    /// Was one of these days not told of, though later ones were? Why a figure over them can't be given.
    pub(super) fn gap(&self, first: Date, last: Date) -> Option<String> {
        let notes: Vec<String> = self.gap_notes(first, last).into_iter().map(|note| note.ja).collect();
        (!notes.is_empty()).then(|| notes.join("、"))
    }

    /// What is to be said of figures over these days, where some of them were not told of and later ones were.
    pub(super) fn gap_notes(&self, first: Date, last: Date) -> Vec<Title> {
        let named = self.parts.len() > 1;
        let telling = self.telling().filter(|_| self.together);
        telling.filter_map(|part| part.gap_note((first, last), self.at, named)).collect()
    }
}

/// 11月21日 06:00までのデータ
fn ended(until: Timestamp, lacking: &[String]) -> Title {
    let (month_day, time) = (jst(until).strftime("%-m月%-d日 %H:%M"), jst(until).strftime("%Y-%m-%d %H:%M"));
    if lacking.is_empty() {
        return Title {
            ja: format!("{NOT_TOLD}（{month_day}までのデータ）"),
            en: format!("not told: the data end at {time}"),
        };
    }
    let (ja, en) = (lacking.join("・"), lacking.join(", "));
    Title {
        ja: format!("{NOT_TOLD}（{ja}の列は{month_day}まで）"),
        en: format!("not told: the column {en} was delivered up to {time}"),
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
pub(super) fn day_of(until: Timestamp) -> Date {
    jst(until.saturating_sub(1.microsecond()).unwrap_or(until)).date()
}
