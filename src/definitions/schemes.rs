//! Reference values (目安) as files: `queries/reference/schemes/*.toml`. Each scheme has a date and a source; each item names
//! the indicator that it is asked of, its marks, and when it does not apply.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::error::CatalogError;
use super::files::{Definitions, File};
/// The table of all items, which queries read.
pub use super::given::REFERENCE_ITEMS as TABLE;
use super::held::AreaClass;
use super::indicator::{Reference, Unit};
use crate::epi::comparison::Comparison;

/// One dated set of reference values.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheme {
    pub id: String,
    pub date: Date,
    pub ja: String,
    pub en: String,
    /// Who set it, as a mark on a chart says: 分科会.
    pub short: String,
    pub source: String,
    /// The diseases that it was made for; none, in a scheme that does not say: any.
    pub diseases: Vec<String>,
    /// The kind of area that it was made for.
    pub area: Option<AreaClass>,
    pub items: Vec<SchemeItem>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SchemeItem {
    /// `2021-04/bed_occupancy`
    pub code: String,
    pub ja: String,
    pub en: String,
    pub unit: Unit,
    pub figure: Figure,
    /// Other indicators of the same figure that carry the marks (a series beside today's value).
    pub marks_on: Vec<String>,
    pub comparison: Comparison,
    /// None: the scheme sets no value for it.
    pub marks: Vec<Mark>,
    /// How far the figure must go back from a mark that it has reached before a wall says so no longer.
    pub back: f64,
    pub applies: Option<Condition>,
    pub source: String,
    /// What could not be verified, or is read differently here.
    pub verified: Option<String>,
}

/// Where an item's figure comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    Asked(Asks),
    /// This centre has no such data, and why.
    NoData(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asks {
    pub indicator: String,
    pub column: String,
    #[serde(default)]
    pub by: Option<String>,
    /// Of a breakdown: the row whose first column says so.
    #[serde(default)]
    pub row: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// ステージIII
    pub ja: String,
    pub value: f64,
}

/// The item applies only while another figure compares so.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub asks: Asks,
    pub comparison: Comparison,
    pub value: f64,
    /// Why it does not apply otherwise.
    pub otherwise: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeFile {
    id: String,
    date: String,
    ja: String,
    en: String,
    short: String,
    source: String,
    #[serde(default)]
    diseases: Vec<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    item: Vec<ItemFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    id: String,
    ja: String,
    en: String,
    unit: Unit,
    #[serde(default)]
    asks: Option<Asks>,
    #[serde(default)]
    no_data: Option<String>,
    #[serde(default)]
    marks_on: Vec<String>,
    #[serde(default)]
    comparison: Option<String>,
    #[serde(default)]
    marks: Vec<Mark>,
    #[serde(default)]
    back: f64,
    #[serde(default)]
    applies: Option<ConditionFile>,
    source: String,
    #[serde(default)]
    verified: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionFile {
    indicator: String,
    column: String,
    #[serde(default)]
    by: Option<String>,
    comparison: String,
    value: f64,
    otherwise: String,
}

/// What a table says in place of marks where none were set, and why nothing is reached then.
pub const NO_MARKS: &str = "なし";
pub const NO_VALUES: &str = "目安の値なし";

const FOLDER: &str = "queries/reference/schemes";

/// All schemes by their id, and what does not parse.
pub(super) fn schemes(definitions: &Definitions) -> (BTreeMap<String, Scheme>, Vec<CatalogError>) {
    let (mut found, mut errors) = (BTreeMap::new(), Vec::new());
    for (path, stem, file) in definitions.in_folder(FOLDER, "toml") {
        match Scheme::parse(path, stem, file) {
            Ok(scheme) => drop(found.insert(scheme.id.clone(), scheme)),
            Err(error) => errors.push(error),
        }
    }
    (found, errors)
}

impl Scheme {
    /// Reads one file; an error names the file, and the item where there is one.
    fn parse(path: &str, stem: &str, file: &File) -> Result<Self, CatalogError> {
        let text = file.text(path)?;
        let read: SchemeFile = toml::from_str(text).map_err(|e| CatalogError::toml(path, text, &e))?;
        let wrong = |what: String| CatalogError::Toml { file: path.to_owned(), what };
        if read.id != stem {
            return Err(wrong(format!("its id is {}", read.id)));
        }
        let date = read.date.parse().map_err(|_| wrong("date is not YYYY-MM-DD".to_owned()))?;
        let mut items: Vec<SchemeItem> = Vec::new();
        for item in read.item {
            let id = item.id.clone();
            let item = SchemeItem::of(stem, item).map_err(|why| wrong(format!("item {id}: {why}")))?;
            if items.iter().any(|earlier| earlier.code == item.code) {
                return Err(wrong(format!("item {id} for the second time")));
            }
            items.push(item);
        }
        let area = read.area.as_deref().map(AreaClass::parse).transpose().map_err(wrong)?;
        let SchemeFile { id, ja, en, short, source, diseases, .. } = read;
        Ok(Self { id, date, ja, en, short, source, diseases, area, items })
    }

    /// Was it made for this disease?
    pub fn is_for(&self, disease: &str) -> bool {
        super::held::is_for(&self.diseases, disease)
    }

    pub fn item(&self, code: &str) -> Option<&SchemeItem> {
        self.items.iter().find(|item| item.code == code)
    }

    /// The marks that an indicator's chart carries: `2021-04-15 分科会 ステージIII`.
    pub fn marks_of(&self, indicator: &str) -> Vec<Reference> {
        let mut found: Vec<Reference> = Vec::new();
        for item in self.items.iter().filter(|item| item.is_of(indicator)) {
            for mark in &item.marks {
                let label = format!("{} {} {}", self.date, self.short, mark.ja);
                let (diseases, area) = (self.diseases.clone(), self.area);
                let reference = Reference {
                    value: mark.value,
                    label,
                    diseases,
                    area,
                    comparison: item.comparison,
                    back: item.back,
                };
                if !found.contains(&reference) {
                    found.push(reference);
                }
            }
        }
        found
    }
}

impl SchemeItem {
    fn of(scheme: &str, item: ItemFile) -> Result<Self, String> {
        let figure = match (item.asks, item.no_data) {
            (Some(asks), None) => Figure::Asked(asks),
            (None, Some(why)) => Figure::NoData(why),
            _ => return Err("it needs either asks or no_data".to_owned()),
        };
        let compared = |text: &str| {
            Comparison::parse(text).ok_or_else(|| format!("comparison `{text}` is none of >=, >, <="))
        };
        let comparison = match &item.comparison {
            Some(text) => compared(text)?,
            None if item.marks.is_empty() => Comparison::AtLeast,
            None => return Err("it has marks and no comparison".to_owned()),
        };
        if item.marks.iter().any(|mark| !mark.value.is_finite() || mark.ja.trim().is_empty()) {
            return Err("a mark needs a name and a number".to_owned());
        }
        if !(item.back.is_finite() && item.back >= 0.0) {
            return Err("back is no length".to_owned());
        }
        let applies = match item.applies {
            Some(condition) => Some(Condition {
                comparison: compared(&condition.comparison)?,
                asks: Asks {
                    indicator: condition.indicator,
                    column: condition.column,
                    by: condition.by,
                    row: None,
                },
                value: condition.value,
                otherwise: condition.otherwise,
            }),
            None => None,
        };
        Ok(Self {
            code: format!("{scheme}/{}", item.id),
            ja: item.ja,
            en: item.en,
            unit: item.unit,
            figure,
            marks_on: item.marks_on,
            comparison,
            marks: item.marks,
            back: item.back,
            applies,
            source: item.source,
            verified: item.verified,
        })
    }

    fn is_of(&self, indicator: &str) -> bool {
        let asked = matches!(&self.figure, Figure::Asked(asks) if asks.indicator == indicator);
        asked || self.marks_on.iter().any(|on| on == indicator)
    }

    /// All that it asks.
    pub fn asks(&self) -> impl Iterator<Item = &Asks> {
        let own = if let Figure::Asked(asks) = &self.figure { Some(asks) } else { None };
        own.into_iter().chain(self.applies.as_ref().map(|condition| &condition.asks))
    }

    /// `20%以上・50%以上`
    pub fn marks_ja(&self) -> String {
        if self.marks.is_empty() {
            return NO_MARKS.to_owned();
        }
        let marks: Vec<String> = self.marks.iter().map(|mark| self.mark_ja(mark.value)).collect();
        marks.join("・")
    }

    /// `50%以上`
    pub fn mark_ja(&self, value: f64) -> String {
        let unit = if self.unit == Unit::Percent { "%" } else { "" };
        format!("{value}{unit}{}", self.comparison.ja())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id = \"x\"\ndate = \"2021-04-15\"\nja = \"a\"\nen = \"a\"\nshort = \"分科会\"\nsource = \"s\"\ndiseases = [\"covid-19\"]\n\
        area = \"prefecture\"\n[[item]]\nid = \"beds\"\nja = \"病床\"\nen = \"beds\"\nunit = \"percent\"\n\
        asks = { indicator = \"bed_occupancy_now\", column = \"value\" }\ncomparison = \">=\"\n\
        marks = [{ ja = \"ステージIII\", value = 20 }, { ja = \"ステージIV\", value = 50 }]\nsource = \"s\"\n";

    fn parse(text: &str) -> Result<Scheme, String> {
        Scheme::parse("queries/reference/schemes/x.toml", "x", &File::made(text)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_scheme_is_read() {
        let scheme = parse(GOOD).expect("reads");
        let marks = scheme.marks_of("bed_occupancy_now");
        assert_eq!(
            marks[1],
            Reference {
                value: 50.0,
                label: "2021-04-15 分科会 ステージIV".into(),
                diseases: vec!["covid-19".into()],
                area: Some(AreaClass::Prefecture),
                comparison: Comparison::AtLeast,
                back: 0.0,
            }
        );
        assert_eq!(scheme.marks_of("deaths"), []);
        assert_eq!(scheme.items[0].marks_ja(), "20%以上・50%以上");
        assert_eq!(scheme.item("x/beds").map(|i| i.ja.as_str()), Some("病床"));
    }

    #[test]
    fn each_fault_names_file_and_item() {
        let twice = format!("{GOOD}{}", GOOD.split_once("[[item]]").map_or("", |_| "[[item]]\nid = \"beds\"\nja = \"病床\"\nen = \"b\"\nunit = \"percent\"\nno_data = \"資料なし\"\nsource = \"s\"\n"));
        for (text, why) in [
            (GOOD.replace("comparison = \">=\"", "comparison = \"=>\""), "item beds: comparison `=>`"),
            (GOOD.replace("comparison = \">=\"\n", ""), "item beds: it has marks and no comparison"),
            (GOOD.replace("\n[[", "\nstage = 3\n[["), "line 9"),
            (
                GOOD.replace("\"prefecture\"", "\"prefectures\""),
                "area `prefectures` is none of country, prefecture",
            ),
            (GOOD.replace("unit = \"percent\"", "unit = \"percents\""), "line"),
            (GOOD.replace("2021-04-15", "2021-04-31"), "date is not"),
            (GOOD.replace("id = \"x\"", "id = \"y\""), "its id is y"),
            (twice, "item beds for the second time"),
            (
                GOOD.replace("asks = { indicator = \"bed_occupancy_now\", column = \"value\" }\n", ""),
                "item beds: it needs either",
            ),
        ] {
            let error = parse(&text).expect_err(why);
            assert!(error.contains("x.toml") && error.contains(why), "{why}: {error}");
        }
    }

    #[test]
    fn a_centre_s_own_scheme_stands_after_those_of_the_header() {
        let mut definitions = Definitions::embedded();
        definitions.put("queries/reference/schemes/x.toml", GOOD);
        let catalog = super::super::Catalog::load(&definitions).expect("loads");
        let table = catalog.indicator("against_reference").expect("there");
        assert_eq!(table.by, ["2021-04", "2020-08", "2021-11", "tokyo-monitoring", "x"]);
        assert!(!catalog.indicator("bed_occupancy_now").expect("there").by.contains(&"x".to_owned()));
    }

    #[test]
    fn what_is_embedded_is_read() {
        let (found, errors) = schemes(&Definitions::embedded());
        assert!(errors.is_empty(), "{errors:?}");
        let ids: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(ids, ["2020-08", "2021-04", "2021-11", "tokyo-monitoring"]);
        assert!(found["tokyo-monitoring"].items.iter().all(|item| item.marks.is_empty()));
    }
}
