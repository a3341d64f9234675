//! A mapping is read from its text and proved to make sense before any file is.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::types::{Column, Kind, Mapping, Mode, Privacy, RhythmDays, heading_key};
use crate::epi::{age, parts};

/// What is wrong with a mapping file. Who reads the file names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{line}行目{column}文字目: 書き方が正しくありません · line {line}, column {column}: {message}")]
    Syntax { line: usize, column: usize, message: String },
    #[error("{}: {} · {at}: {}", at_ja(at), why.ja, why.en)]
    Sense { at: String, why: Why },
}

/// Why something makes no sense, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub ja: String,
    pub en: String,
}

fn why(ja: impl Into<String>, en: impl Into<String>) -> Why {
    Why { ja: ja.into(), en: en.into() }
}

fn fed_by_none(field: &str) -> Why {
    why(format!("{field} に入る列がありません"), format!("{field} is fed by no column"))
}

/// `column 年齢` is 列「年齢」; keys are called as they are written.
fn at_ja(at: &str) -> String {
    at.strip_prefix("column ").map_or_else(|| at.to_owned(), |name| format!("列「{name}」"))
}

/// The table whose rows are totals of a series: a column may name it.
const TOTALS: &str = "aggregate_counts";

/// Tables in which no row is about one person.
const OF_TOTALS: [&str; 6] =
    ["aggregate_counts", "bed_capacity", "bed_reports", "events", "facilities", "population"];

impl Mapping {
    /// Reads the mapping of the source `name` (the file's stem) and checks that it makes sense.
    pub fn parse(name: &str, text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.get(..at).unwrap_or(text);
            MappingError::Syntax {
                line: before.matches('\n').count() + 1,
                column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
                message: error.message().to_owned(),
            }
        })?;
        mapping.check(name).map_err(|(at, why)| MappingError::Sense { at, why })?;
        Ok(mapping)
    }

    /// Rows have an identity (a subject or key columns); otherwise they are compared as a multiset.
    pub fn keyed(&self) -> bool {
        !self.key.is_empty() || self.subject().is_some()
    }

    /// The column that carries the case's id.
    pub fn subject(&self) -> Option<&Column> {
        self.columns.iter().find(|c| c.field.as_deref() == Some("subject"))
    }

    /// Rows are totals, beds or people counted, and never a person.
    pub fn is_of_totals(&self) -> bool {
        OF_TOTALS.contains(&self.table.as_str()) && self.subject().is_none()
    }

    /// Is a row known by this column's cell: is it of the key, or must it have a value?
    pub fn is_known_by(&self, column: &Column) -> bool {
        let feeds = || column.feeds().into_iter().chain(column.field.clone());
        column.required || feeds().any(|field| field == "subject" || self.key.contains(&field))
    }

    /// The table columns that a row of this source feeds, the constants among them, the subject not. Two columns
    /// may feed one (the first with a known value counts), and a constant stands where the columns say nothing.
    pub fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = self.columns.iter().flat_map(Column::feeds).collect();
        fields.extend(self.constants.keys().cloned());
        fields
    }

    fn check(&self, name: &str) -> Result<(), (String, Why)> {
        let wrong = |at: &str, why: Why| Err((at.to_owned(), why));
        if self.source != name {
            return wrong(
                "source",
                why("ファイル名と同じでなければなりません", "must be the file's own name"),
            );
        }
        if self.columns.is_empty() {
            return wrong("column", why("列が一つもありません", "at least one column is needed"));
        }
        if self.files.is_empty() || self.files.contains('/') {
            return wrong(
                "files",
                why("ファイル名の型でなければなりません", "must be the pattern of a file name"),
            );
        }
        if !(0.0..=1.0).contains(&self.max_bad_share) {
            return wrong(
                "max_bad_share",
                why("0から1までの割合でなければなりません", "must be a share between 0 and 1"),
            );
        }
        if !self.columns.iter().any(|c| c.expected || c.required) {
            return wrong(
                "column",
                why(
                    "expected の列が一つもありません（どんなファイルも受け取ってしまいます）",
                    "at least one column must be expected, or any file would be taken",
                ),
            );
        }
        self.check_rhythm()?;
        self.check_window()?;
        for column in &self.columns {
            column.check(&self.table).map_err(|why| (format!("column {}", column.name()), why))?;
        }
        self.check_headings()?;
        self.check_fields()?;
        match self.mode {
            Mode::Upsert | Mode::Aggregate if !self.keyed() => wrong(
                "key",
                why(
                    "upsert と aggregate には subject か key が要ります",
                    "an upsert or an aggregate needs a subject or a key",
                ),
            ),
            _ if self.window.is_some() && self.mode != Mode::Snapshot => {
                wrong("window", why("window があるのは snapshot だけです", "only a snapshot has a window"))
            }
            _ => Ok(()),
        }
    }

    fn check_rhythm(&self) -> Result<(), (String, Why)> {
        let rhythm = &self.rhythm;
        let wrong = |why: Why| Err(("rhythm".to_owned(), why));
        if rhythm.every_minutes == Some(0) {
            return wrong(why("every_minutes は1以上です", "every_minutes must be at least 1"));
        }
        if rhythm.by.as_deref().is_some_and(|by| jiff::fmt::strtime::parse("%H:%M", by).is_err()) {
            return wrong(why("by は 09:30 のような時刻です", "by must be a time of day, as 09:30"));
        }
        match (rhythm.every_minutes, &rhythm.by, rhythm.calendar) {
            (None, None, RhythmDays::Once) => Ok(()),
            (Some(_), Some(_), _) => {
                wrong(why("every_minutes と by はどちらか一つです", "either every_minutes or by, not both"))
            }
            (_, _, RhythmDays::Once) => wrong(why(
                "一度だけ届く系統に every_minutes や by はありません",
                "a source that speaks once has neither every_minutes nor by",
            )),
            (None, None, _) => wrong(why("every_minutes か by が要ります", "every_minutes or by is needed")),
            _ => Ok(()),
        }
    }

    fn check_window(&self) -> Result<(), (String, Why)> {
        let Some(window) = &self.window else { return Ok(()) };
        let found = match Regex::new(&window.in_name) {
            Err(_) => why("正規表現ではありません", "is not a regular expression"),
            Ok(regex) if regex.captures_len() != 3 => {
                why("初日と最終日の二つの括弧が要ります", "must have two groups, the first and the last day")
            }
            Ok(_) => return Ok(()),
        };
        Err(("window.in_name".to_owned(), found))
    }

    fn check_headings(&self) -> Result<(), (String, Why)> {
        let mut owners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            for heading in column.every_heading() {
                let wrong = |why: Why| Err((format!("column {}", column.name()), why));
                let key = heading_key(heading);
                if key.is_empty() {
                    return wrong(why("見出しが空です", "an empty heading"));
                }
                let before = owners.entry(key).or_default();
                for other in before.iter().filter_map(|other| self.columns.get(*other)) {
                    if std::ptr::eq(other, column) && !column.from.is_empty() {
                        return wrong(why(
                            format!("from に「{heading}」が二度あります"),
                            format!("from names {heading} twice"),
                        ));
                    }
                    if let Some((ja, en)) = column.shares_not(other) {
                        return wrong(why(
                            format!("見出し「{heading}」はほかの列のものでもあります{ja}"),
                            format!("the heading {heading} belongs to another column too{en}"),
                        ));
                    }
                }
                before.push(index);
            }
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<(), (String, Why)> {
        let fed: BTreeSet<String> = self.fields().into_iter().collect();
        for (field, value) in &self.constants {
            if value.trim().is_empty() {
                return Err((format!("constants.{field}"), why("空です", "is empty")));
            }
        }
        let totals = self.columns.iter().any(|c| c.series.is_some());
        for key in &self.key {
            let by_stem = self.columns.iter().any(|c| c.field.as_ref() == Some(key)) && key != "subject";
            if !(fed.contains(key) || by_stem || totals && key == "series") {
                return Err(("key".to_owned(), fed_by_none(key)));
            }
        }
        if let Some(window) = &self.window
            && !fed.contains(&window.column)
        {
            return Err(("window.column".to_owned(), fed_by_none(&window.column)));
        }
        let missing = match (self.subject().is_some(), self.namespace.as_deref()) {
            (true, None | Some("")) => {
                Some(why("subject のある系統には要ります", "a source with a subject needs one"))
            }
            (false, Some(_)) => {
                Some(why("subject のある系統だけに書きます", "only a source with a subject has one"))
            }
            _ => None,
        };
        missing.map_or(Ok(()), |why| Err(("namespace".to_owned(), why)))
    }
}

impl Column {
    /// What a text in `ages` stands for when it names no age.
    pub const UNKNOWN_AGE: &str = "unknown";

    /// The name by which faults call the column: its first heading, or those of its parts.
    pub fn name(&self) -> String {
        match self.headings.first() {
            Some(heading) => heading.clone(),
            None if self.from.is_empty() => "?".to_owned(),
            None => self.from.join("・"),
        }
    }

    /// The name of one of the places that the column is read from.
    pub fn part_name(&self, part: usize) -> String {
        self.from.get(part).cloned().unwrap_or_else(|| self.name())
    }

    /// The accepted headings, and those of the parts.
    pub fn every_heading(&self) -> impl Iterator<Item = &String> {
        self.headings.iter().chain(&self.from)
    }

    /// Why this column and another can't be read from one heading: empty words where one of them is not read. What is
    /// pseudonymised must not come in beside its pseudonym, nor what is coarsened beside what is left of it; a closed
    /// list of codes lets nothing through that is not in the list.
    fn shares_not(&self, other: &Self) -> Option<(&'static str, &'static str)> {
        let listed = |c: &Self| matches!(c.kind, Some(Kind::Code | Kind::Flag));
        if std::ptr::eq(self, other) {
            return None;
        }
        match (self.privacy, other.privacy) {
            (Privacy::Drop, _) | (_, Privacy::Drop) => Some(("", "")),
            (Privacy::Pseudonymise, _) | (_, Privacy::Pseudonymise) => {
                Some(("（仮名化する列です）", ", and is pseudonymised"))
            }
            (Privacy::Coarsen, Privacy::Keep) if !listed(self) && !listed(other) => {
                Some(("（粗くする列です）", ", and is coarsened"))
            }
            (Privacy::Keep, Privacy::Coarsen) if !listed(self) && !listed(other) => {
                Some(("（粗くする列です）", ", and is coarsened"))
            }
            _ => None,
        }
    }

    /// The table columns it feeds; none for dropped columns and the subject.
    pub fn feeds(&self) -> Vec<String> {
        if self.privacy == Privacy::Drop || self.series.is_some() {
            return Vec::new();
        }
        match (self.field.as_deref(), self.kind) {
            (None | Some("subject"), _) => Vec::new(),
            (Some(field), Some(Kind::Datetime)) => vec![format!("{field}_at"), format!("{field}_day")],
            (Some(field), Some(Kind::Age)) if !field.ends_with("_decade") => {
                vec![field.to_owned(), format!("{field}_decade")]
            }
            (Some(field), _) => vec![field.to_owned()],
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, Some(Kind::Count | Kind::Integer | Kind::Decimal))
    }

    fn check(&self, table: &str) -> Result<(), Why> {
        let wrong = |why: Why| Err(why);
        match (self.headings.is_empty(), self.from.is_empty()) {
            (true, true) => return wrong(why("見出しが要ります", "a column needs a heading")),
            (false, false) => {
                return wrong(why(
                    "headings と from はどちらか一つです",
                    "either headings or from, not both",
                ));
            }
            (true, false) if self.privacy == Privacy::Drop => {
                return wrong(why(
                    "複数の列から作れるのは読む列だけです",
                    "only a column that is read is made from several",
                ));
            }
            _ => {}
        }
        if self.privacy == Privacy::Drop {
            let said = self.field.is_some()
                || self.kind.is_some()
                || self.series.is_some()
                || !self.codes.is_empty();
            return if said || self.required {
                wrong(why(
                    "捨てる列は読みません。field も type もなく、必須にもできません",
                    "a dropped column is not read: it has neither field nor type, and can't be required",
                ))
            } else {
                Ok(())
            };
        }
        let Some(kind) = self.kind else {
            return wrong(why("読む列には type が要ります", "a column that is read needs a type"));
        };
        match (&self.field, &self.series) {
            (Some(_), Some(_)) => {
                return wrong(why(
                    "field と series はどちらか一つです",
                    "either a field or a series, not both",
                ));
            }
            (None, None) => {
                return wrong(why("読む列には field が要ります", "a column that is read needs a field"));
            }
            (None, Some(_)) if table != TOTALS => {
                return wrong(why(
                    "series は表 aggregate_counts のものです",
                    "a series belongs to the table aggregate_counts",
                ));
            }
            (None, Some(_)) if !self.is_number() => {
                return wrong(why(
                    "series は数（count・integer・decimal）です",
                    "a series is of counts, integers or decimals",
                ));
            }
            (None, Some(series)) if series.trim().is_empty() => {
                return wrong(why("series が空です", "an empty series"));
            }
            (Some(field), None) if field.trim().is_empty() => {
                return wrong(why("field が空です", "an empty field"));
            }
            _ => {}
        }
        if !self.from.is_empty() {
            match kind {
                Kind::Date if parts::DAY.contains(&self.from.len()) => {}
                Kind::Datetime if parts::MOMENT.contains(&self.from.len()) => {}
                Kind::Date => {
                    return wrong(why(
                        "日付は年・月・日、または年・月日から作ります",
                        "a date is made from year, month and day, or year and month-and-day",
                    ));
                }
                Kind::Datetime => {
                    return wrong(why(
                        "日時は日付（または年・月・日）と時刻から作ります",
                        "a datetime is made from a day (or year, month and day) and a time of day",
                    ));
                }
                _ => {
                    return wrong(why(
                        "複数の列から作れるのは日付と日時だけです",
                        "only a date or a datetime is made from several columns",
                    ));
                }
            }
        }
        self.check_privacy(kind)?;
        self.check_codes(kind)?;
        self.check_ages(kind)?;
        match (&self.pattern, kind) {
            (Some(_), _) if kind != Kind::Id => {
                return wrong(why("pattern があるのは id だけです", "only an id has a pattern"));
            }
            (Some(pattern), _) if Regex::new(pattern).is_err() => {
                return wrong(why(
                    "pattern が正規表現ではありません",
                    "the pattern is not a regular expression",
                ));
            }
            (None, Kind::Id) if self.privacy == Privacy::Keep => {
                return wrong(why("残す id には pattern が要ります", "an id that is kept needs a pattern"));
            }
            _ => {}
        }
        if (self.min.is_some() || self.max.is_some() || self.strip_note) && !self.is_number() {
            return wrong(why(
                "min・max・strip_note は数の列のものです",
                "min, max and strip_note are for numbers",
            ));
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return wrong(why("min が max より大きくなっています", "min is above max"));
        }
        Ok(())
    }

    fn check_privacy(&self, kind: Kind) -> Result<(), Why> {
        let wrong = |why: Why| Err(why);
        match (self.privacy, kind) {
            (Privacy::Coarsen, Kind::Age | Kind::District) | (Privacy::Pseudonymise, Kind::Id) => {}
            (Privacy::Coarsen, _) => {
                return wrong(why(
                    "粗くできる（coarsen）のは年齢と地区だけです",
                    "only an age or a district can be coarsened",
                ));
            }
            (Privacy::Pseudonymise, _) => {
                return wrong(why("仮名化できるのは id だけです", "only an id can be pseudonymised"));
            }
            (_, Kind::District) => {
                return wrong(why(
                    "地区は住所を粗くしたもの（coarsen）で、そのまま残せません",
                    "a district is coarsened from an address, never kept as it is",
                ));
            }
            _ => {}
        }
        let subject = self.field.as_deref() == Some("subject");
        // A source may deliver its own pseudonyms; the gate makes sure that they are some.
        let own = subject && self.privacy == Privacy::Keep && kind == Kind::Id;
        if subject != (self.privacy == Privacy::Pseudonymise) && !own {
            return wrong(why(
                "仮名化するのは subject だけで、subject は必ず仮名化します",
                "the subject, and nothing else, is pseudonymised",
            ));
        }
        if (kind == Kind::District) != self.table.is_some() {
            return wrong(why(
                "町名の表（table）を書くのは地区だけで、地区には必ず書きます",
                "a district, and nothing else, names a table of 町名",
            ));
        }
        Ok(())
    }

    fn check_ages(&self, kind: Kind) -> Result<(), Why> {
        if !self.ages.is_empty() && kind != Kind::Age {
            return Err(why("ages があるのは年齢だけです", "only an age has words for ages"));
        }
        let no_age = |age: &&String| *age != Self::UNKNOWN_AGE && age::parse(age).is_none();
        match self.ages.values().find(no_age) {
            Some(age) => Err(why(
                format!(
                    "ages の {age} は年齢でも 50-59 のような年代でも {} でもありません",
                    Self::UNKNOWN_AGE
                ),
                format!("{age} is neither an age or band, as 50-59, nor {}", Self::UNKNOWN_AGE),
            )),
            None => Ok(()),
        }
    }

    fn check_codes(&self, kind: Kind) -> Result<(), Why> {
        match (kind, self.codes.is_empty()) {
            (Kind::Code, true) => return Err(why("区分には codes が要ります", "a code needs its code list")),
            (Kind::Code | Kind::Flag, _) | (_, true) => {}
            _ => {
                return Err(why(
                    "codes があるのは区分と有無だけです",
                    "only a code or a flag has a code list",
                ));
            }
        }
        let mut owner: BTreeMap<String, &str> = BTreeMap::new();
        for (code, texts) in &self.codes {
            for text in texts {
                let folded: String = text.nfkc().collect::<String>().trim().to_lowercase();
                if owner.insert(folded, code).is_some_and(|other| other != code) {
                    return Err(why(
                        format!("「{text}」が二つの区分を表しています"),
                        format!("the text {text} stands for two codes"),
                    ));
                }
            }
        }
        Ok(())
    }
}
