//! A mapping: what the columns of one source system mean, and what becomes of each (TOML, `queries/sources/`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::epi::era::DateOrder;

/// One source system's file, as `queries/sources/<source>.toml` states it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Equal to the file's stem.
    pub source: String,
    pub title: Title,
    /// The table of the store that the rows feed.
    pub table: String,
    pub mode: Mode,
    /// Fields that identify a row besides the subject. With neither a subject nor keys the source is keyless.
    #[serde(default)]
    pub key: Vec<String>,
    /// Namespace of the subject's pseudonym, shared by the sources that share ids.
    #[serde(default)]
    pub namespace: Option<String>,
    /// File names taken in the source's folder, with `*` and `?`.
    #[serde(default = "any_file")]
    pub files: String,
    /// What happens to a raw file once its delivery is acknowledged.
    #[serde(default)]
    pub after: After,
    /// When the source is expected to speak.
    pub rhythm: Rhythm,
    /// A delivery of which more than this share of rows is held back is refused whole.
    #[serde(default = "five_percent")]
    pub max_bad_share: f64,
    /// Day order of `1/2/2020`: year first unless this says otherwise.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Words that mean "unknown", beside the built-in ones.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Which of a file's contradicting rows of one key counts.
    #[serde(default, skip_serializing_if = "OnRepeat::is_default")]
    pub on_repeat: OnRepeat,
    /// Where the headings stand.
    #[serde(default)]
    pub header: HeaderPlace,
    /// For a snapshot: what is absent within the window is withdrawn. Without one the window is the whole source.
    #[serde(default)]
    pub window: Option<Window>,
    /// Table columns that are the same for every row.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub ja: String,
    pub en: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Rows are added; a key already known with the same content changes nothing, with other content is a fault.
    Append,
    /// Rows replace the row of the same key.
    Upsert,
    /// The delivery is everything within its window; what is absent is withdrawn.
    Snapshot,
    /// As upsert, of totals: one fact per (series, area, day and classes).
    Aggregate,
}

/// Which of several rows of one key counts, where they contradict each other in one file. Identical rows count once
/// in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRepeat {
    /// The later row: files are mostly written in the order of their entries.
    #[default]
    Last,
    First,
    /// None of them: all are held back, and the stored version stays.
    Hold,
}

impl OnRepeat {
    /// At its default it is no part of a mapping's hash.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderPlace {
    /// In the first row that is not blank; a file with a title above is refused, and told where its headings are.
    #[default]
    First,
    /// In the first of some rows that has all expected headings; what stands above is a title and is not read.
    Search,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    #[default]
    Delete,
    Move,
    Leave,
}

/// When a source is expected to speak. `every` in minutes; `by` a JST time on the calendar's days.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// Minutes between deliveries for a near-real-time source.
    #[serde(default)]
    pub every_minutes: Option<u32>,
    /// For a daily source: the JST time, `HH:MM`, by which the day's delivery is there.
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub calendar: RhythmDays,
    /// Lateness that is not yet worth a mark.
    #[serde(default)]
    pub grace_minutes: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RhythmDays {
    #[default]
    Daily,
    /// Mondays to Fridays that are neither 祝日 nor 年末年始 (12-29 to 01-03).
    Office,
    /// Mondays of `Office`'s kind: once a week.
    Weekly,
    /// Once; never late.
    Once,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The table's day column that the window is over.
    pub column: String,
    /// A pattern with two groups (first and last day, `YYYYMMDD`) that the file's name carries.
    /// A file whose name carries none withdraws nothing.
    pub in_name: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Accepted headings; compared after NFKC, without spaces, case-insensitively.
    #[serde(default)]
    pub headings: Vec<String>,
    /// In place of headings, for a day or a moment that stands in several columns: the heading of each part, in the
    /// order of [`crate::epi::parts`].
    #[serde(default)]
    pub from: Vec<String>,
    #[serde(default)]
    pub privacy: Privacy,
    /// The table column it feeds. A `received` datetime feeds `received_at` and `received_day`; an `age`
    /// feeds `age` and `age_decade`; `subject` is the case's id. Absent for dropped columns.
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<Kind>,
    /// For codes: stored code → accepted texts (compared after NFKC, trimmed, case-insensitively).
    #[serde(default)]
    pub codes: BTreeMap<String, Vec<String>>,
    /// For ids: the pattern of the whole value.
    #[serde(default)]
    pub pattern: Option<String>,
    /// For ages: a text of the source → the age or band that it means (`"50-59"`, `"90+"`), or `unknown`. The usual forms
    /// are read without it.
    #[serde(default)]
    pub ages: BTreeMap<String, String>,
    /// For numbers.
    #[serde(default)]
    pub min: Option<i64>,
    #[serde(default)]
    pub max: Option<i64>,
    /// For numbers: a leading note such as the `注8　` of `注8　431` is not part of the number.
    #[serde(default)]
    pub strip_note: bool,
    /// The column must be there. A cell of it may be empty unless `required`.
    #[serde(default)]
    pub expected: bool,
    /// Every cell must have a known value.
    #[serde(default)]
    pub required: bool,
    /// For totals laid out in columns: the series this column's number belongs to (table `aggregate_counts`).
    #[serde(default)]
    pub series: Option<String>,
    /// The words that mean "unknown" in this column only.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// For districts: the table (`queries/reference/<name>.toml`) of 町名 → 地区.
    #[serde(default)]
    pub table: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Kept as it is.
    Keep,
    /// Kept less exactly (an age top-coded, an address as its district).
    Coarsen,
    /// Kept as HMAC.
    Pseudonymise,
    /// Never read past the parser.
    #[default]
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Date,
    /// Feeds `<field>_at` (UTC) and `<field>_day` (JST).
    Datetime,
    /// A whole number, zero or more unless `min` says otherwise.
    Count,
    /// A whole number of either sign.
    Integer,
    Decimal,
    /// Feeds `age` (years, 0 to 90, 90 meaning 90 and over; null when only a band is known) and `age_decade` (0, 10 … 90).
    Age,
    Code,
    Id,
    /// Yes or no: `1 ○ 有り 有 あり はい true` / `0 × 無し 無 なし いいえ false` and empty (null).
    Flag,
    /// An address or 町名, coarsened to a district's code.
    District,
}

fn any_file() -> String {
    "*".into()
}

fn five_percent() -> f64 {
    0.05
}

/// How headings are compared: after NFKC, without spaces, case-insensitively.
pub fn heading_key(heading: &str) -> String {
    heading
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '\u{200b}'))
        .flat_map(char::to_lowercase)
        .collect()
}
