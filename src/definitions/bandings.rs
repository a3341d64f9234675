//! `queries/reference/age_bands.toml`: the bandings that may be asked for.

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::reference::read;
use crate::epi::banding::Bands;

/// A banding, its names and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banding {
    pub id: String,
    pub ja: String,
    pub en: String,
    pub source: String,
    pub bands: Bands,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    banding: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    ja: String,
    en: String,
    source: String,
    bands: Vec<Band>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    ja: String,
    en: String,
    from: i16,
    #[serde(default)]
    to: Option<i16>,
}

/// In the order of the file; none when it is absent.
pub(super) fn bandings(definitions: &Definitions) -> Result<Vec<Banding>, CatalogError> {
    const FILE: &str = "queries/reference/age_bands.toml";
    let Some(read) = read::<Listed>(definitions, FILE)? else { return Ok(Vec::new()) };
    let mut found: Vec<Banding> = Vec::new();
    for Named { id, ja, en, source, bands } in read.banding {
        let wrong = |what: String| CatalogError::Toml { file: FILE.to_owned(), what };
        let bands = bands.into_iter().map(|band| (band.ja, band.en, band.from, band.to)).collect();
        let bands = Bands::parse(bands).map_err(|why| wrong(format!("banding {id}: {why}")))?;
        if found.iter().any(|earlier| earlier.id == id) {
            return Err(wrong(format!("banding {id} for the second time")));
        }
        found.push(Banding { id, ja, en, source, bands });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epi::age::{OLDEST, band_en, band_ja, decade_of};

    #[test]
    fn the_house_s_bandings_are_read() {
        let found = bandings(&Definitions::embedded()).expect("reads");
        let ids: Vec<&str> = found.iter().map(|b| b.id.as_str()).collect();
        assert_eq!(ids, ["ten", "five", "sentinel", "over65", "school"]);
        for age in 0..=OLDEST {
            assert!(found.iter().all(|banding| banding.bands.place(age).is_some()), "{age}");
            let ten = found[0].bands.iter().nth(found[0].bands.place(age).expect("a place")).expect("a band");
            assert_eq!(
                (ten.ja.as_str(), ten.en.as_str()),
                (band_ja(decade_of(age)), band_en(decade_of(age)))
            );
        }
    }

    #[test]
    fn a_fault_names_the_banding() {
        let mut definitions = Definitions::embedded();
        let path = "queries/reference/age_bands.toml";
        let text = definitions.text(path).expect("there").replace("from = 65 },\n]", "from = 66 },\n]");
        definitions.put(path, &text);
        let error = bandings(&definitions).expect_err("a gap").to_string();
        assert!(error.contains("banding over65: band 65歳以上 begins with 66, due is 65"), "{error}");
        definitions.put(path, &text.replace("source =", "sauce ="));
        assert!(bandings(&definitions).is_err());
    }
}
