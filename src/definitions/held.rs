//! Whom a reference value (目安) was made for: it is held only against the diseases and areas that it was made for.

use serde::{Deserialize, Serialize};

/// The kind of area that a reference value was made for. What was made for prefectures stands beside a ward's figure with that
/// said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaClass {
    Country,
    Prefecture,
    HealthCentre,
    Municipality,
}

impl AreaClass {
    const WORDS: [(&str, Self); 4] = [
        ("country", Self::Country),
        ("prefecture", Self::Prefecture),
        ("health_centre", Self::HealthCentre),
        ("municipality", Self::Municipality),
    ];

    /// From the word that files use: `prefecture`.
    pub fn parse(word: &str) -> Result<Self, String> {
        let found = Self::WORDS.iter().find(|(one, _)| *one == word).map(|(_, area)| *area);
        found.ok_or_else(|| {
            let words: Vec<&str> = Self::WORDS.iter().map(|(one, _)| *one).collect();
            format!("area `{word}` is none of {}", words.join(", "))
        })
    }

    pub const fn ja(self) -> &'static str {
        match self {
            Self::Country => "全国",
            Self::Prefecture => "都道府県",
            Self::HealthCentre => "保健所",
            Self::Municipality => "市区町村",
        }
    }
}

/// Was something made for these diseases made for this one? What names none was made for any.
pub(super) fn is_for(diseases: &[String], disease: &str) -> bool {
    diseases.is_empty() || diseases.iter().any(|of| of == disease)
}

/// In frames kept by earlier programs: all reference values of then were made for prefectures.
#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
pub(super) const fn of_prefectures() -> Option<AreaClass> {
    Some(AreaClass::Prefecture)
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, Definitions};

    #[test]
    fn no_scheme_is_held_against_a_disease_that_it_was_not_made_for() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let diseases =
            ["covid-19", "measles", "rubella", "tuberculosis", "ehec", "pertussis", "dengue", "cre"];
        for disease in diseases {
            assert!(catalog.diseases().contains_key(disease), "{disease}");
            for indicator in catalog.indicators.values() {
                let held = indicator.held_for(disease);
                assert!(held.reference.iter().all(|r| r.is_for(disease)), "{}: {disease}", indicator.id);
                assert_eq!(
                    held.reference.is_empty(),
                    disease != "covid-19" || indicator.reference.is_empty()
                );
            }
        }
        for scheme in catalog.schemes.values() {
            assert_eq!(
                (scheme.diseases.as_slice(), scheme.area.is_some()),
                (&["covid-19".to_owned()][..], true)
            );
        }
    }

    #[test]
    fn a_kept_mark_without_an_area_was_made_for_prefectures() {
        let kept: super::super::indicator::Reference =
            serde_json::from_str(r#"{"value":50.0,"label":"2021-04-15 分科会 ステージIV"}"#).expect("reads");
        assert_eq!(kept.label_ja(), "2021-04-15 分科会 ステージIV（都道府県）");
        assert!(kept.is_for("covid-19"));
    }
}
