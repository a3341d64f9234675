//! A column of a mapping: its names, the table's columns that it feeds, and the proof that what is said of it makes sense.

use std::collections::BTreeMap;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::error::{Why, why};
use super::types::{Column, Kind, Privacy};
use crate::epi::{age, parts};

/// The table whose rows are totals of a series: a column may name it.
const TOTALS: &str = "aggregate_counts";

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
    pub(super) fn shares_not(&self, other: &Self) -> Option<(&'static str, &'static str)> {
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

    pub(super) fn check(&self, table: &str) -> Result<(), Why> {
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
