//! A mapping is read from its text and proved to make sense before any file is.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::error::{MappingError, Why, why};
use super::types::{Column, Mapping, Mode, RhythmDays, heading_key};

fn fed_by_none(field: &str) -> Why {
    why(format!("{field} に入る列がありません"), format!("{field} is fed by no column"))
}

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
