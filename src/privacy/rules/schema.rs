//! The tables as the gate must know them: their columns and the rule of each, read from the lifting files that the
//! store is made from, so that both speak of the same tables.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use regex::Regex;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/queries/schema");

/// One table of facts.
#[derive(Debug)]
pub(in crate::privacy) struct Table {
    pub name: String,
    /// Rows are about a case.
    pub subject: bool,
    /// Rows tell of what has happened: nothing in them is later than today.
    pub happened: bool,
    columns: BTreeMap<String, Rule>,
}

impl Table {
    pub fn rule(&self, column: &str) -> Option<&Rule> {
        self.columns.get(column)
    }
}

/// What a column holds, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::privacy) enum Rule {
    /// Years, 90 meaning 90 and over.
    Age,
    /// 0, 10 … 90.
    Decade,
    /// A code of the table of districts.
    District,
    /// The id of a hospital, hotel or home.
    Facility,
    /// The code of a municipality or prefecture.
    Area,
    /// One of these; any when there are none.
    Code(Vec<String>),
    Number {
        least: i64,
        most: i64,
        decimals: bool,
    },
    Day,
    Instant,
    Flag,
}

impl Rule {
    /// The end of `cases.age holds …`.
    pub fn holds(&self) -> String {
        match self {
            Self::Age => "an age in years, 90 meaning 90 and over (type age)".to_owned(),
            Self::Decade => "a ten-year band of age, 90 meaning 90 and over (type age)".to_owned(),
            Self::District => {
                "the code of a district (type district, or a code list of districts)".to_owned()
            }
            Self::Facility => "the id of a facility (type id with its pattern, or a code list)".to_owned(),
            Self::Area => "the code of an area (type id with its pattern, or a code list)".to_owned(),
            Self::Code(codes) if codes.is_empty() => "a code (type code with its list)".to_owned(),
            Self::Code(codes) => format!("a code of {} (type code)", codes.join(", ")),
            Self::Number { decimals: true, .. } => "a number (type count, integer or decimal)".to_owned(),
            Self::Number { least, most, .. } => {
                format!("a whole number from {least} to {most} (type count or integer)")
            }
            Self::Day => "a day (type date, or the day of a datetime)".to_owned(),
            Self::Instant => "a moment (type datetime)".to_owned(),
            Self::Flag => "yes or no (type flag)".to_owned(),
        }
    }
}

/// The newest version of a table.
pub(in crate::privacy) fn table(name: &str) -> Option<&'static Table> {
    TABLES.get(name)
}

static TABLES: LazyLock<BTreeMap<String, Table>> = LazyLock::new(|| {
    let mut files: Vec<_> = FILES.files().collect();
    files.sort_by_key(|f| f.path());
    let texts = files.iter().filter_map(|f| f.contents_utf8());
    // A later version replaces an earlier one.
    texts.filter_map(read).map(|table| (table.name.clone(), table)).collect()
});

/// `CAST(age AS SMALLINT) AS age,   -- rule: age; …`
static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*CAST\(\s*\w+\s+AS\s+(\w+)(?:\([\d, ]*\))?\s*\)\s+AS\s+(\w+),?\s*(?:--([^\n]*))?$")
        .ok()
});

/// A column whose mark is lacking or means nothing is not among the table's: no mapping can feed it.
fn read(text: &str) -> Option<Table> {
    let said = |key: &str| text.lines().find_map(|l| l.strip_prefix("-- ")?.strip_prefix(key)).map(str::trim);
    let columns = COLUMN.as_ref()?.captures_iter(text).filter_map(|found| {
        let note = found.get(3).map_or("", |n| n.as_str());
        Some((found[2].to_owned(), rule(&found[1].to_ascii_uppercase(), note)?))
    });
    Some(Table {
        name: said("table:")?.to_owned(),
        subject: said("subject:") == Some("yes"),
        happened: said("happened:") == Some("yes"),
        columns: columns.collect(),
    })
}

/// Days, moments and yes or no follow from the type; texts and numbers say what they are.
fn rule(kind: &str, note: &str) -> Option<Rule> {
    match kind {
        "DATE" => return Some(Rule::Day),
        "TIMESTAMP" => return Some(Rule::Instant),
        "BOOLEAN" => return Some(Rule::Flag),
        _ => {}
    }
    let marked = note.split("rule:").nth(1)?.split(';').next()?;
    let mut words = marked.split_whitespace();
    let decimals = matches!(kind, "DECIMAL" | "DOUBLE" | "FLOAT");
    Some(match (words.next()?, kind) {
        ("age", "SMALLINT") => Rule::Age,
        ("decade", "SMALLINT") => Rule::Decade,
        ("district", "VARCHAR") => Rule::District,
        ("facility", "VARCHAR") => Rule::Facility,
        ("area", "VARCHAR") => Rule::Area,
        ("code", "VARCHAR") => {
            let codes = note.split("codes:").nth(1).unwrap_or("");
            Rule::Code(codes.split_whitespace().map(str::to_owned).collect())
        }
        ("number", _) => {
            let (least, most) = match kind {
                "SMALLINT" => (i64::from(i16::MIN), i64::from(i16::MAX)),
                "INTEGER" => (i64::from(i32::MIN), i64::from(i32::MAX)),
                "BIGINT" | "DECIMAL" | "DOUBLE" | "FLOAT" => (i64::MIN, i64::MAX),
                _ => return None,
            };
            let mut limit = |held: i64| words.next().map_or(Some(held), |text| text.parse().ok());
            Rule::Number { least: limit(least)?, most: limit(most)?, decimals }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_table_has_its_rule() {
        let mut seen = 0;
        for file in FILES.files() {
            let text = file.contents_utf8().expect("a text");
            let table = read(text).expect("a table");
            let casts = text.lines().filter(|l| l.trim_start().starts_with("CAST(")).count();
            assert_eq!(table.columns.len(), casts, "{}: a column without a mark", table.name);
            assert!(["yes", "no"].iter().any(|word| text.contains(&format!("\n-- happened: {word}\n"))));
            seen += casts;
        }
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn rules_are_what_the_files_say() {
        let cases = table("cases").expect("the table");
        assert!(cases.subject && cases.happened);
        assert_eq!(cases.rule("age"), Some(&Rule::Age));
        assert_eq!(cases.rule("age_decade"), Some(&Rule::Decade));
        assert_eq!(cases.rule("spo2"), Some(&Rule::Number { least: 0, most: 100, decimals: false }));
        assert_eq!(cases.rule("sex"), Some(&Rule::Code(vec!["M".into(), "F".into(), "X".into()])));
        assert_eq!(cases.rule("disease"), Some(&Rule::Code(Vec::new())));
        assert_eq!(cases.rule("received_at"), Some(&Rule::Instant));
        assert_eq!(cases.rule("name"), None);
        assert!(table("placements").is_some_and(|t| !t.happened));
        assert!(table("people").is_none());
    }

    #[test]
    fn a_text_or_number_without_its_mark_can_hold_nothing() {
        assert_eq!(rule("VARCHAR", " 疾病名"), None);
        assert_eq!(rule("SMALLINT", ""), None);
        assert_eq!(rule("VARCHAR", " rule: age"), None);
        assert_eq!(
            rule("DECIMAL", " rule: number"),
            Some(Rule::Number { least: i64::MIN, most: i64::MAX, decimals: true })
        );
    }
}
