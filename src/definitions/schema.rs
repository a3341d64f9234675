//! The tables, as `queries/schema/NNNN_<table>.sql` states them: one lifting SELECT a table and version, read here for all.
//!
//! A lifting SELECT takes each column of the table from one input of `staged` (what a delivery brings, or an older archive
//! held), one in a line: `CAST(age AS SMALLINT) AS age,   -- rule: age; …`. The rule says what the column may hold.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::error::CatalogError;
use super::files::Definitions;

/// The newest version of each table, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    pub tables: BTreeMap<String, Table>,
}

/// One table of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// NNNN of the file.
    pub version: u32,
    /// Rows are about a case.
    pub subject: bool,
    /// Rows tell of what has happened: nothing in them is later than today.
    pub happened: bool,
    /// Days, or moments, of which the first is usually not after the second.
    pub usually: Vec<(String, String)>,
    /// Beginnings and ends, each by the name that its moment (`_at`) and its day (`_day`) share. None ends before it begins.
    pub spans: Vec<(String, String)>,
    /// The days in whose order rows lie in the database, of each row the first that it has: as `-- cluster:` says, else the
    /// table's first day. Empty when it has none.
    pub cluster: Vec<String>,
    /// A row is a person (`-- counts: persons`), rather than a stay, a report, a total.
    pub counts_persons: bool,
    /// Days of what need not happen (`-- event`): null where it has not, or where its day is not known. With the condition
    /// by which other columns say that it has, if there is one.
    pub events: BTreeMap<String, Option<String>>,
    pub columns: Vec<Column>,
    /// The select list, without comments.
    pub list: String,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The column of `staged` that it is made of.
    pub input: String,
    /// `VARCHAR`, `DECIMAL(38,15)`.
    pub sql_type: String,
    pub kind: ColumnType,
    pub rule: Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    /// SMALLINT, INTEGER, BIGINT.
    Whole,
    Decimal,
    Flag,
    Day,
    Instant,
}

/// What a column holds, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
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
    /// Names of columns; the store's own note, which no mapping feeds.
    Store,
}

/// The column in which the store notes which cells of a row were filled and gave no value: `,death_day,`. A table has it
/// whose events would else seem not to have happened.
pub const NOTE: &str = "unread";

/// Column names that the store keeps for itself, beside all that end in `__`.
const OWN: [&str; 4] = ["source", "case_id", "known_from", "known_to"];

/// `  CAST(age AS SMALLINT) AS age,   -- rule: age; …`
static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*CAST\(\s*(\w+)\s+AS\s+(\w+)\s*(\(\d+,\s*\d+\))?\s*\)\s+AS\s+([a-z][a-z0-9_]*)(,?)\s*(?:--(.*))?$",
    )
    .ok()
});

static EMBEDDED: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let (schema, _) = Schema::read(&Definitions::embedded());
    Arc::new(schema)
});

impl Schema {
    /// The tables that the program carries.
    pub fn embedded() -> Arc<Self> {
        Arc::clone(&EMBEDDED)
    }

    /// Every table that can be read, and what is wrong with the others.
    pub fn read(definitions: &Definitions) -> (Self, Vec<CatalogError>) {
        let (mut schema, mut errors) = (Self::default(), Vec::new());
        for (path, stem, file) in definitions.in_folder("queries/schema", "sql") {
            match file.text(path).and_then(|text| Table::parse(path, stem, text)) {
                // In the order of their numbers: a later version replaces an earlier one.
                Ok(table) => drop(schema.tables.insert(table.name.clone(), table)),
                Err(error) => errors.push(error),
            }
        }
        (schema, errors)
    }

    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
}

impl Table {
    /// Reads one file.
    pub fn parse(path: &str, stem: &str, text: &str) -> Result<Self, CatalogError> {
        let wrong =
            |line: usize, what: String| CatalogError::Header { file: path.to_owned(), line: line + 1, what };
        let said =
            |key: &str| text.lines().find_map(|l| l.strip_prefix("-- ")?.strip_prefix(key)).map(str::trim);
        let name = said("table:").ok_or_else(|| CatalogError::NoTable { file: path.to_owned() })?;
        let yes_or_no = |key: &'static str, word: &str| match said(word) {
            Some("yes") => Ok(true),
            Some("no") => Ok(false),
            _ => Err(CatalogError::MissingKey { file: path.to_owned(), key }),
        };
        let (subject, happened) =
            (yes_or_no("subject: yes or no", "subject:")?, yes_or_no("happened: yes or no", "happened:")?);
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let numbered = stem.split_once('_').filter(|(_, rest)| plain && *rest == name);
        let version = numbered.and_then(|(number, _)| number.parse().ok());
        let version = version.ok_or_else(|| wrong(0, format!("the file is not named NNNN_{name}.sql")))?;
        let mut columns: Vec<Column> = Vec::new();
        let mut list = Vec::new();
        let (mut begun, mut ended) = (false, false);
        let mut open = true;
        for (number, line) in text.lines().enumerate() {
            let bare = line.split("--").next().unwrap_or("").trim_end();
            match bare {
                "" => {}
                "SELECT" if !begun => begun = true,
                "FROM staged" if begun && !ended && !open => ended = true,
                _ if begun && !ended && open => {
                    let column = column(line).map_err(|what| wrong(number, what))?;
                    if columns.iter().any(|c| c.name == column.name) {
                        return Err(wrong(number, format!("column {} for the second time", column.name)));
                    }
                    open = bare.ends_with(',');
                    columns.push(column);
                    list.push(bare);
                }
                _ => {
                    let what = "not one SELECT of columns, each `CAST(input AS TYPE) AS name` in a line of its own, \
                                that ends in a line `FROM staged`";
                    return Err(wrong(number, what.to_owned()));
                }
            }
        }
        if !ended {
            return Err(wrong(0, "it does not end in a line `FROM staged`".to_owned()));
        }
        let mut table = Self {
            name: name.to_owned(),
            version,
            subject,
            happened,
            usually: Vec::new(),
            spans: Vec::new(),
            cluster: Vec::new(),
            counts_persons: said("counts:") == Some("persons"),
            events: text.lines().filter_map(event).collect(),
            columns,
            list: list.join("\n"),
        };
        for pair in said("usually:").into_iter().flat_map(|all| all.split(';')) {
            let mut days = pair.split_whitespace();
            match (days.next(), days.next(), days.next()) {
                (Some(first), Some(second), None) if table.are_times(first, second) => {
                    table.usually.push((first.to_owned(), second.to_owned()));
                }
                _ => {
                    return Err(wrong(
                        0,
                        format!("usually: `{}` is not two of its days or moments", pair.trim()),
                    ));
                }
            }
        }
        for span in said("spans:").into_iter().flat_map(|all| all.split(';')) {
            match span.split_whitespace().collect::<Vec<_>>()[..] {
                [begin, end] if !table.pairs_of(begin, end).is_empty() => {
                    table.spans.push((begin.to_owned(), end.to_owned()));
                }
                _ => {
                    let what = format!("spans: `{}` is not a beginning and an end", span.trim());
                    return Err(wrong(0, what));
                }
            }
        }
        let first =
            table.columns.iter().find(|column| column.kind == ColumnType::Day).map(|c| c.name.clone());
        table.cluster = match said("cluster:") {
            Some(days) => days.split_whitespace().map(str::to_owned).collect(),
            None => first.into_iter().collect(),
        };
        match table.cluster.iter().find(|day| !table.has_day(day)) {
            Some(other) => Err(wrong(0, format!("cluster: `{other}` is not one of its days"))),
            None => Ok(table),
        }
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn rule(&self, column: &str) -> Option<&Rule> {
        self.column(column).map(|column| &column.rule)
    }

    /// Of each span its columns of which the second never comes before the first: the moments, and the days.
    pub fn span_columns(&self) -> Vec<Vec<(String, String)>> {
        self.spans.iter().map(|(begin, end)| self.pairs_of(begin, end)).collect()
    }

    fn pairs_of(&self, begin: &str, end: &str) -> Vec<(String, String)> {
        let pairs = ["_at", "_day"].map(|unit| (format!("{begin}{unit}"), format!("{end}{unit}")));
        pairs.into_iter().filter(|(first, second)| self.are_times(first, second)).collect()
    }

    /// Do both columns hold days, or both moments?
    fn are_times(&self, first: &str, second: &str) -> bool {
        let kind = |name: &str| self.column(name).map(|column| column.kind);
        kind(first) == kind(second) && matches!(kind(first), Some(ColumnType::Day | ColumnType::Instant))
    }

    /// Does a column hold a day?
    pub fn has_day(&self, column: &str) -> bool {
        self.column(column).is_some_and(|column| column.kind == ColumnType::Day)
    }
}

fn column(line: &str) -> Result<Column, String> {
    let found = COLUMN.as_ref().and_then(|pattern| pattern.captures(line));
    let found = found.ok_or("not a column: `CAST(input AS TYPE) AS name,   -- rule: …` in one line")?;
    let name = found[4].to_owned();
    if OWN.contains(&name.as_str()) || name.ends_with("__") {
        return Err(format!("the column name {name} belongs to the store"));
    }
    let word = found[2].to_ascii_uppercase();
    let digits = found.get(3).map_or("", |digits| digits.as_str());
    let kind = column_type(&word).ok_or_else(|| {
        format!("column {name}: the type {word} is none of VARCHAR, SMALLINT, INTEGER, BIGINT, DOUBLE, DECIMAL, BOOLEAN, DATE, TIMESTAMP")
    })?;
    let rule = rule(&word, found.get(6).map_or("", |note| note.as_str()))
        .ok_or_else(|| format!("column {name}: no `-- rule:` that says what a {word} may hold"))?;
    let sql_type = format!("{word}{}", digits.replace(' ', ""));
    Ok(Column { name, input: found[1].to_owned(), sql_type, kind, rule })
}

/// The name of a line's column whose note says that it is an event, and the condition.
fn event(line: &str) -> Option<(String, Option<String>)> {
    let found = COLUMN.as_ref()?.captures(line)?;
    let said = found.get(6)?.as_str().trim().strip_prefix("event")?;
    let condition = said.strip_prefix(':').and_then(|text| text.split(';').next());
    Some((found[4].to_owned(), condition.map(|text| text.trim().to_owned())))
}

fn column_type(word: &str) -> Option<ColumnType> {
    Some(match word {
        "VARCHAR" => ColumnType::Text,
        "SMALLINT" | "INTEGER" | "BIGINT" => ColumnType::Whole,
        "DOUBLE" | "DECIMAL" => ColumnType::Decimal,
        "BOOLEAN" => ColumnType::Flag,
        "DATE" => ColumnType::Day,
        "TIMESTAMP" => ColumnType::Instant,
        _ => return None,
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
    let decimals = matches!(kind, "DECIMAL" | "DOUBLE");
    Some(match (words.next()?, kind) {
        ("age", "SMALLINT") => Rule::Age,
        ("decade", "SMALLINT") => Rule::Decade,
        ("district", "VARCHAR") => Rule::District,
        ("facility", "VARCHAR") => Rule::Facility,
        ("area", "VARCHAR") => Rule::Area,
        ("store", "VARCHAR") => Rule::Store,
        ("code", "VARCHAR") => {
            let codes = note.split("codes:").nth(1).unwrap_or("");
            Rule::Code(codes.split_whitespace().map(str::to_owned).collect())
        }
        ("number", _) => {
            let (least, most) = match kind {
                "SMALLINT" => (i64::from(i16::MIN), i64::from(i16::MAX)),
                "INTEGER" => (i64::from(i32::MIN), i64::from(i32::MAX)),
                "BIGINT" | "DECIMAL" | "DOUBLE" => (i64::MIN, i64::MAX),
                _ => return None,
            };
            let mut limit = |held: i64| words.next().map_or(Some(held), |text| text.parse().ok());
            Rule::Number { least: limit(least)?, most: limit(most)?, decimals }
        }
        _ => return None,
    })
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
            Self::Store => "what the store itself notes of a row".to_owned(),
        }
    }

    /// The same, in Japanese.
    pub fn holds_ja(&self) -> String {
        match self {
            Self::Age => "年齢（歳。90は90歳以上。type age）".to_owned(),
            Self::Decade => "10歳ごとの年代（90は90歳以上。type age）".to_owned(),
            Self::District => "地区のコード（type district、または地区の区分の一覧）".to_owned(),
            Self::Facility => "施設の番号（pattern のある type id、または区分の一覧）".to_owned(),
            Self::Area => "地域のコード（pattern のある type id、または区分の一覧）".to_owned(),
            Self::Code(codes) if codes.is_empty() => "区分（一覧のある type code）".to_owned(),
            Self::Code(codes) => format!("区分 {}（type code）", codes.join(", ")),
            Self::Number { decimals: true, .. } => "数（type count・integer・decimal）".to_owned(),
            Self::Number { least, most, .. } => {
                format!("{least} から {most} までの整数（type count・integer）")
            }
            Self::Day => "日（type date、または datetime の日）".to_owned(),
            Self::Instant => "日時（type datetime）".to_owned(),
            Self::Flag => "はい・いいえ（type flag）".to_owned(),
            Self::Store => "火の見が自分で付ける印".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
