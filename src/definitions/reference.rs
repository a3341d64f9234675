//! Reference files that are not figures: the names of facilities and districts, planned outages.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::CatalogError;
use super::files::Definitions;
use crate::epi::clock::from_jst;
use crate::epi::reason::Reason;
use crate::epi::standard_population::StandardPopulation;

/// A hospital, hotel or care home: the store has the id alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    pub id: String,
    /// hospital, hotel, `care_home`.
    pub kind: String,
    pub in_ward: bool,
    #[serde(default)]
    pub district: Option<String>,
    pub ja: String,
    pub en: String,
}

/// An area's names by 全国地方公共団体コード.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    pub ja: String,
    pub en: String,
}

/// A standard population (基準人口) and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    pub ja: String,
    pub en: String,
    pub source: String,
    pub population: StandardPopulation,
}

/// A disease's serial interval (発症間隔), in days, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Serial {
    pub mean: f64,
    pub sd: f64,
    pub source: String,
}

impl Serial {
    /// Those of which the distribution over whole days is known: the mean is over one day.
    fn is_usable(&self) -> bool {
        self.mean > 1.0 && self.mean < LONGEST && self.sd > 0.0 && self.sd < LONGEST
    }
}

/// Days that mean and standard deviation of a serial interval stay under.
const LONGEST: f64 = 100.0;

/// A planned outage of a source (計画停止): ◇, not ■.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    pub source: String,
    pub from: Timestamp,
    pub to: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facilities {
    #[serde(default)]
    facility: Vec<Facility>,
}

#[derive(Deserialize)]
struct Named {
    code: String,
    ja: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outages {
    #[serde(default)]
    outage: Vec<Planned>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    source: String,
    from: String,
    to: String,
}

/// `queries/reference/facilities.toml`; none when the file is absent.
pub(super) fn facilities(definitions: &Definitions) -> Result<BTreeMap<String, Facility>, CatalogError> {
    const FILE: &str = "queries/reference/facilities.toml";
    let Some(read) = read::<Facilities>(definitions, FILE)? else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for facility in read.facility {
        let id = facility.id.clone();
        if found.insert(id.clone(), facility).is_some() {
            let what = format!("facility {id} for the second time");
            return Err(CatalogError::Toml { file: FILE.to_owned(), what });
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Areas {
    #[serde(default)]
    area: Vec<Named>,
}

/// `queries/reference/areas.toml`; none when the file is absent.
pub(super) fn areas(definitions: &Definitions) -> Result<BTreeMap<String, Area>, CatalogError> {
    let Some(read) = read::<Areas>(definitions, "queries/reference/areas.toml")? else {
        return Ok(BTreeMap::new());
    };
    Ok(read.area.into_iter().map(|named| (named.code, Area { ja: named.ja, en: named.en })).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standards {
    #[serde(default)]
    standard: Vec<StandardFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardFile {
    id: String,
    ja: String,
    en: String,
    source: String,
    /// The copy that the numbers were read from, and its terms: for people.
    #[serde(rename = "via")]
    _via: String,
    #[serde(rename = "licence")]
    _licence: String,
    bands: Vec<StandardBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardBand {
    from: u16,
    #[serde(default)]
    to: Option<u16>,
    weight: f64,
}

/// `queries/reference/standard_populations.toml`; none when the file is absent.
pub(super) fn standards(definitions: &Definitions) -> Result<BTreeMap<String, Standard>, CatalogError> {
    const FILE: &str = "queries/reference/standard_populations.toml";
    let Some(read) = read::<Standards>(definitions, FILE)? else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for standard in read.standard {
        let wrong = |what: String| CatalogError::Toml { file: FILE.to_owned(), what };
        let bands = standard.bands.iter().map(|band| (band.from, band.to, band.weight)).collect();
        let population = StandardPopulation::parse(bands)
            .map_err(|why| wrong(format!("standard {}: {why}", standard.id)))?;
        let StandardFile { id, ja, en, source, .. } = standard;
        if found.insert(id.clone(), Standard { ja, en, source, population }).is_some() {
            return Err(wrong(format!("standard {id} for the second time")));
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SerialIntervals {
    #[serde(default)]
    serial_interval: Vec<SerialFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SerialFile {
    disease: String,
    mean: f64,
    sd: f64,
    source: String,
}

/// `queries/reference/serial_intervals.toml`, by disease; none when the file is absent.
pub(super) fn serial_intervals(definitions: &Definitions) -> Result<BTreeMap<String, Serial>, CatalogError> {
    const FILE: &str = "queries/reference/serial_intervals.toml";
    let Some(read) = read::<SerialIntervals>(definitions, FILE)? else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for SerialFile { disease, mean, sd, source } in read.serial_interval {
        let wrong = |what: String| CatalogError::Toml { file: FILE.to_owned(), what };
        let serial = Serial { mean, sd, source };
        if !serial.is_usable() {
            return Err(wrong(format!("{disease}: {}", Reason::SerialIntervalInvalid)));
        }
        if found.insert(disease.clone(), serial).is_some() {
            return Err(wrong(format!("{disease} for the second time")));
        }
    }
    Ok(found)
}

/// `queries/reference/outages.toml`; none when the file is absent. Times are JST, `2026-11-22T22:00`.
pub(super) fn outages(definitions: &Definitions) -> Result<Vec<Outage>, CatalogError> {
    const FILE: &str = "queries/reference/outages.toml";
    let Some(read) = read::<Outages>(definitions, FILE)? else { return Ok(Vec::new()) };
    let instant = |text: &str| {
        text.parse::<DateTime>().map(from_jst).map_err(|_| CatalogError::Toml {
            file: FILE.to_owned(),
            what: "`from` and `to` are times like 2026-11-22T22:00 (JST)".to_owned(),
        })
    };
    read.outage
        .into_iter()
        .map(|planned| {
            Ok(Outage { from: instant(&planned.from)?, to: instant(&planned.to)?, source: planned.source })
        })
        .collect()
}

/// A TOML file of the definitions; none when it is absent.
pub(super) fn read<T: DeserializeOwned>(
    definitions: &Definitions,
    path: &str,
) -> Result<Option<T>, CatalogError> {
    let Some(file) = definitions.get(path) else { return Ok(None) };
    let text = file.text(path)?;
    toml::from_str(text).map(Some).map_err(|error| CatalogError::toml(path, text, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ward_s_facilities_are_read() {
        let found = facilities(&Definitions::embedded()).expect("reads");
        assert!(found.values().filter(|f| f.kind == "hospital" && f.in_ward).count() >= 3);
        assert!(found.values().any(|f| f.kind == "hospital" && !f.in_ward));
    }

    #[test]
    fn standard_populations_are_read() {
        let found = standards(&Definitions::embedded()).expect("reads");
        assert!((found["japan_1985"].population.total() - 120_287_000.0).abs() < 0.5);
        assert!((found["esp_2013"].population.total() - 100_000.0).abs() < 0.5);
    }

    #[test]
    fn serial_intervals_are_read() {
        let found = serial_intervals(&Definitions::embedded()).expect("reads");
        assert_eq!((found["covid-19"].mean, found["covid-19"].sd), (4.7, 2.9));
        let mut definitions = Definitions::default();
        let text = "[[serial_interval]]\ndisease = \"x\"\nmean = 0.5\nsd = 1.0\nsource = \"y\"\n";
        definitions.put("queries/reference/serial_intervals.toml", text);
        assert!(serial_intervals(&definitions).expect_err("too short").to_string().contains("x: "));
    }

    #[test]
    fn outages_are_japanese_times() {
        let mut definitions = Definitions::default();
        definitions.put(
            "queries/reference/outages.toml",
            "[[outage]]\nsource = \"her-sys-cases\"\nfrom = \"2026-11-22T22:00\"\nto = \"2026-11-23T06:00\"\n",
        );
        let found = outages(&definitions).expect("reads");
        assert_eq!(found[0].from.to_string(), "2026-11-22T13:00:00Z");
    }

    #[test]
    fn a_fault_names_file_and_line() {
        let mut definitions = Definitions::default();
        let path = "queries/reference/facilities.toml";
        definitions.put(path, "[[facility]]\nid = \"H001\"\nkindd = \"x\"\n");
        let error = facilities(&definitions).expect_err("unknown key").to_string();
        assert!(error.contains(path) && error.contains("line 3"), "{error}");
    }
}
