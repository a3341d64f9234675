//! `queries/reference/waves.toml`: the waves of a disease, as they are commonly told.

use jiff::civil::Date;
use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::reference::read;

/// One wave. Days between two waves belong to none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    pub disease: String,
    pub id: String,
    pub ja: String,
    pub en: String,
    pub from: Date,
    /// None: it is still going.
    #[serde(default)]
    pub to: Option<Date>,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waves {
    #[serde(default)]
    wave: Vec<Wave>,
}

/// In the order of their days; none when the file is absent.
pub(super) fn waves(definitions: &Definitions) -> Result<Vec<Wave>, CatalogError> {
    const FILE: &str = "queries/reference/waves.toml";
    let Some(read) = read::<Waves>(definitions, FILE)? else { return Ok(Vec::new()) };
    let mut waves = read.wave;
    waves.sort_by(|a, b| (&a.disease, a.from).cmp(&(&b.disease, b.from)));
    let wrong = |wave: &Wave, what: &str| {
        let what = format!("wave {} of {}: {what}", wave.id, wave.disease);
        Err(CatalogError::Toml { file: FILE.to_owned(), what })
    };
    for (place, wave) in waves.iter().enumerate() {
        if wave.to.is_some_and(|to| to < wave.from) {
            return wrong(wave, "it ends before it begins");
        }
        let mut earlier = waves[..place].iter().filter(|earlier| earlier.disease == wave.disease);
        if earlier.clone().any(|earlier| earlier.id == wave.id || earlier.ja == wave.ja) {
            return wrong(wave, "for the second time");
        }
        if earlier.any(|earlier| earlier.to.is_none_or(|to| to >= wave.from)) {
            return wrong(wave, "overlaps the one before");
        }
    }
    Ok(waves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Wave>, String> {
        let mut definitions = Definitions::default();
        definitions.put("queries/reference/waves.toml", text);
        waves(&definitions).map_err(|error| error.to_string())
    }

    fn wave(id: &str, days: &str) -> String {
        format!(
            "[[wave]]\ndisease = \"measles\"\nid = \"{id}\"\nja = \"{id}\"\nen = \"{id}\"\n{days}\nsource = \"x\"\n"
        )
    }

    #[test]
    fn the_house_s_waves_are_read() {
        let found = waves(&Definitions::embedded()).expect("reads");
        assert_eq!(found.iter().filter(|wave| wave.disease == "covid-19").count(), 8);
        assert!(found.windows(2).all(|two| two[0].to < Some(two[1].from)));
    }

    #[test]
    fn waves_do_not_overlap() {
        let (first, open) =
            (wave("a", "from = \"2020-01-01\"\nto = \"2020-03-01\""), wave("a", "from = \"2020-01-01\""));
        let next = |from: &str| wave("b", &format!("from = \"{from}\""));
        assert_eq!(read(&(next("2020-03-02") + &first)).expect("reads")[0].id, "a");
        assert!(read(&(first.clone() + &next("2020-03-01"))).expect_err("a day twice").contains("overlaps"));
        assert!(read(&(open + &next("2021-01-01"))).expect_err("never ended").contains("overlaps"));
        assert!(read(&first.replace("to =", "until =")).is_err());
        assert!(
            read(&first.replace("2020-03", "2019-03")).expect_err("backwards").contains("before it begins")
        );
    }
}
