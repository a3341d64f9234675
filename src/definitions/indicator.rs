//! An indicator: one SQL file whose header says what the figure means.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::error::CatalogError;
use super::files::File;
use super::given::{PERIODS, REFERENCE_ITEMS};
use super::header::{Header, check_stem};
pub use super::indicator_kinds::{HighIs, Missing, Shape, Unit};
use super::measure::MeasureCall;
use super::part::{self, Part};
pub use super::reference_value::Reference;
use super::reference_value::{named_schemes, references};
use crate::epi::against::Against;

/// A parsed indicator file.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// The file's stem.
    pub id: String,
    pub title_ja: String,
    pub title_en: String,
    pub unit: Unit,
    pub shape: Shape,
    /// Its series is drawn as bars where nobody chooses.
    pub bars: bool,
    /// The heading that people look for it under, of `queries/reference/groups.toml`.
    pub group: Option<String>,
    /// What statistics make of the query's rows; none: they stand as they are.
    pub measure: Option<MeasureCall>,
    /// The line of the header that says so.
    pub measure_line: usize,
    /// 受理, 管内, 区民, 区内病院, 公表 …
    pub basis: String,
    /// The date that rows are placed by: 受理日, 報告年月日, 発病日, 公表日, 0時現在 …
    pub date: String,
    pub numerator: String,
    pub denominator: Option<String>,
    /// How the figure is made of them, in Japanese and in English, where that does not follow from unit and measure.
    pub formula: Option<(String, String)>,
    /// Source tables, or sources.
    pub source: Vec<String>,
    /// Columns of what it counts, the first of its sources: a source whose mapping does not feed them can't tell.
    pub told_by: Vec<String>,
    /// What the whole, or columns of the answer, need beside that.
    pub parts_told_by: Vec<Part>,
    /// Columns that its text names and that files may lack: it means the same without them.
    pub told_without: Vec<String>,
    /// The days that a row of that table must have to be counted by them, and what it is called where one is not known.
    pub counted_by: Vec<(String, String)>,
    /// Which of its rows are counted at all, whatever their days: a condition.
    pub counted_if: Option<String>,
    /// What becomes of rows without those days, in Japanese and English, where they are not just left out.
    pub undated: Option<(String, String)>,
    /// Days after which a day's figure is complete.
    pub lag_days: u32,
    /// gap or zero: what a day without rows means.
    pub missing: Missing,
    pub high_is: HighIs,
    pub reference: Vec<Reference>,
    /// The schemes of reference values whose marks it carries.
    pub schemes: Vec<String>,
    /// Result columns: (SQL name, Japanese label).
    pub columns: Vec<(String, String)>,
    /// The words of the glossary that its labels are.
    pub(super) terms: BTreeSet<String>,
    /// What `$by` may be; the first is the default. Of what lists items every scheme of the catalog, those of the header first.
    pub by: Vec<String>,
    /// The banding of its ages when nobody names one; any other of the file may be asked for.
    pub bands: Option<String>,
    /// What its period may be compared with; the first is the default.
    pub against: Vec<Against>,
    /// How many days `$from`..`$to` covers when nobody says.
    pub days: u32,
    /// How many days up to its own a row's figure counts, where they are more than its period.
    pub window: Option<u32>,
    /// The same of columns of their own, up to the row's day or to today.
    pub windows: Vec<(String, u32)>,
    /// Stands on a board; false with `board: none`.
    pub on_board: bool,
    /// The indicator whose text this one reads too, with another measure.
    pub(super) query: Option<String>,
    /// The text after the header.
    pub sql: Arc<str>,
    /// The parameters that the text names.
    pub parameters: BTreeSet<String>,
    /// All words of the text: which tables may it read?
    pub(super) words: BTreeSet<String>,
    /// SHA-256 of the whole file, hex.
    pub hash: String,
}

const KEYS: [&str; 34] = [
    "title.ja",
    "title.en",
    "unit",
    "shape",
    "chart",
    "group",
    "measure",
    "basis",
    "date",
    "numerator",
    "denominator",
    "formula.ja",
    "formula.en",
    "source",
    "told_by",
    "parts_told_by",
    "told_without",
    "counted_by",
    "counted_if",
    "undated.ja",
    "undated.en",
    "lag_days",
    "missing",
    "high_is",
    "reference",
    "columns",
    "by",
    "bands",
    "against",
    "days",
    "window",
    "board",
    "note",
    "query",
];

/// The longest range that an indicator may ask for by default, in days.
const MOST_DAYS: u32 = 3660;

impl Indicator {
    /// Reads one file. Keys that may be absent: `chart`, `group`, `denominator`, `formula.ja` and `formula.en`, `told_by`,
    /// `parts_told_by`, `told_without`, `counted_by`, `counted_if`, `undated.ja` and `undated.en`, `reference`, `by`, `bands`, `against`, `days` (1), `window`, `board`,
    /// `note`, `query`.
    pub fn parse(path: &str, stem: &str, file: &File) -> Result<Self, CatalogError> {
        check_stem(path, stem)?;
        let header = Header::split(path, file.text(path)?, &KEYS)?;
        let measure =
            MeasureCall::parse(header.required("measure")?).map_err(|why| header.wrong("measure", &why))?;
        if header.optional("board").is_some() {
            header.one_of("board", &[("none", ())])?;
        }
        let days = header.number("days", Some(1))?;
        let (window, windows) = windows(&header)?;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(header.wrong("days", &format!("not between 1 and {MOST_DAYS}")));
        }
        Ok(Self {
            id: stem.to_owned(),
            title_ja: header.required("title.ja")?.to_owned(),
            title_en: header.required("title.en")?.to_owned(),
            unit: header.one_of("unit", &Unit::WORDS)?,
            shape: header.one_of("shape", &Shape::WORDS)?,
            bars: bars(&header)?,
            group: header.optional("group").map(str::to_owned),
            basis: header.required("basis")?.to_owned(),
            date: header.required("date")?.to_owned(),
            numerator: header.required("numerator")?.to_owned(),
            denominator: header.optional("denominator").map(str::to_owned),
            formula: both(&header, "formula.ja", "formula.en")?,
            source: names(&header)?,
            told_by: header.list("told_by", ',').into_iter().map(str::to_owned).collect(),
            parts_told_by: part::parts(&header.list("parts_told_by", ';')),
            told_without: header.list("told_without", ',').into_iter().map(str::to_owned).collect(),
            counted_by: counted_by(&header)?,
            counted_if: header.optional("counted_if").map(str::to_owned),
            undated: both(&header, "undated.ja", "undated.en")?,
            lag_days: header.number("lag_days", None)?,
            missing: header.one_of("missing", &[("gap", Missing::Gap), ("zero", Missing::Zero)])?,
            high_is: header.one_of(
                "high_is",
                &[("bad", HighIs::Bad), ("good", HighIs::Good), ("neither", HighIs::Neither)],
            )?,
            reference: references(&header)?,
            schemes: named_schemes(&header),
            columns: columns(&header)?,
            terms: BTreeSet::new(),
            by: header.list("by", ';').into_iter().map(str::to_owned).collect(),
            bands: header.optional("bands").map(str::to_owned),
            against: against(&header)?,
            days,
            window,
            windows,
            on_board: header.optional("board").is_none(),
            measure,
            measure_line: header.line("measure"),
            query: header.optional("query").map(str::to_owned),
            sql: Arc::from(header.sql.trim()),
            parameters: super::lint::parameters(header.sql),
            words: super::lint::words(header.sql),
            hash: file.hash.clone(),
        })
    }

    /// The Japanese label of a result column.
    pub fn label(&self, column: &str) -> Option<&str> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, label)| label.as_str())
    }

    /// The last day that it may speak of: a sum over days that are compared does not hold one that is not over.
    pub fn last_day(&self, as_of: Date) -> Date {
        let summed = matches!(self.shape, Shape::Breakdown | Shape::Pyramid) && self.lag_days > 0;
        let whole = summed || !self.against.is_empty();
        if whole { as_of.saturating_sub(1.day()) } else { as_of }
    }

    /// Does its text know the days that are asked for?
    pub fn names_days(&self) -> bool {
        self.names("from") || self.names("to") || self.reads(PERIODS)
    }

    /// Does it list the items of a scheme of reference values, each of which asks another indicator?
    pub fn lists_items(&self) -> bool {
        self.reads(REFERENCE_ITEMS)
    }

    /// Is it of one disease, that which is asked for? One that is not is of all diseases.
    pub fn takes_disease(&self) -> bool {
        self.names("disease") || self.lists_items()
    }

    /// Does the query's text read this table that the definitions give?
    pub fn reads(&self, table: &str) -> bool {
        self.words.contains(table)
    }

    /// Does the query's text name this parameter?
    pub fn names(&self, parameter: &str) -> bool {
        self.parameters.contains(parameter)
    }
}

/// `chart: bars`, of a series.
fn bars(header: &Header<'_>) -> Result<bool, CatalogError> {
    if header.optional("chart").is_none() {
        return Ok(false);
    }
    header.one_of("chart", &[("bars", ())])?;
    match header.required("shape")? {
        "series" => Ok(true),
        other => Err(header.wrong("chart", &format!("a {other} can't be drawn as bars"))),
    }
}

fn names(header: &Header<'_>) -> Result<Vec<String>, CatalogError> {
    header.required("source")?;
    Ok(header.list("source", ',').into_iter().map(str::to_owned).collect())
}

/// In both languages, or in none.
fn both(
    header: &Header<'_>,
    ja: &'static str,
    en: &'static str,
) -> Result<Option<(String, String)>, CatalogError> {
    let text = |key: &str| header.optional(key).map(str::to_owned);
    match (text(ja), text(en)) {
        (None, None) => Ok(None),
        (Some(ja), Some(en)) => Ok(Some((ja, en))),
        (Some(_), None) => Err(header.wrong(ja, &format!("{en} is needed too"))),
        (None, Some(_)) => Err(header.wrong(en, &format!("{ja} is needed too"))),
    }
}

/// `from_day 開始日時不明 ; to_day 終了日時不明`
fn counted_by(header: &Header<'_>) -> Result<Vec<(String, String)>, CatalogError> {
    let one = |text: &str| {
        let (column, label) = text.split_once(char::is_whitespace)?;
        Some((column.to_owned(), label.trim().to_owned()))
    };
    let wrong = |text: &str| header.wrong("counted_by", &format!("`{text}` is not `column 日本語`"));
    let listed = header.list("counted_by", ';').into_iter();
    listed.map(|text| one(text).ok_or_else(|| wrong(text))).collect()
}

/// Days of all figures, and of columns of their own.
type Windows = (Option<u32>, Vec<(String, u32)>);

/// `7 ; unlinked_ratio 14`: of all figures, and of a column of its own.
fn windows(header: &Header<'_>) -> Result<Windows, CatalogError> {
    let (mut all, mut own) = (None, Vec::new());
    for text in header.list("window", ';') {
        let (column, days) = text.split_once(char::is_whitespace).unwrap_or(("", text));
        let days = days.trim().parse().ok().filter(|days| *days > 0);
        let days = days.ok_or_else(|| header.wrong("window", &format!("`{text}` says no number of days")))?;
        match column {
            "" => all = Some(days),
            column => own.push((column.to_owned(), days)),
        }
    }
    Ok((all, own))
}

/// `previous ; last_year`
fn against(header: &Header<'_>) -> Result<Vec<Against>, CatalogError> {
    let wrong = |word: &str| header.wrong("against", &format!("`{word}` is none of previous, last_year"));
    let one = |word: &str| Against::parse(word).ok_or_else(|| wrong(word));
    header.list("against", ';').into_iter().map(one).collect()
}

/// `day 日 ; value 人数`.
pub(super) fn columns(header: &Header<'_>) -> Result<Vec<(String, String)>, CatalogError> {
    header.required("columns")?;
    let one = |text: &str| {
        let (name, label) = text.split_once(char::is_whitespace)?;
        Some((name.to_owned(), label.trim().to_owned()))
    };
    let wrong = |text: &str| header.wrong("columns", &format!("`{text}` is not `name 日本語`"));
    let columns = header
        .list("columns", ';')
        .into_iter()
        .map(|text| one(text).ok_or_else(|| wrong(text)))
        .collect::<Result<Vec<_>, _>>()?;
    for (index, (name, _)) in columns.iter().enumerate() {
        if columns[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(header.wrong("columns", &format!("`{name}` for the second time")));
        }
    }
    Ok(columns)
}

#[cfg(test)]
#[path = "indicator_tests.rs"]
mod tests;
