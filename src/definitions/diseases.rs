//! `queries/reference/diseases.toml`: what diseases are called, by the code that facts and questions have.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::reference::read;

/// A notifiable disease.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disease {
    pub code: String,
    pub ja: String,
    pub en: String,
    /// 一類 … 五類, 新型インフルエンザ等; none of one's own.
    #[serde(default)]
    pub class: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Diseases {
    #[serde(default)]
    disease: Vec<Disease>,
}

/// By their code; none when the file is absent.
pub(super) fn diseases(definitions: &Definitions) -> Result<BTreeMap<String, Disease>, CatalogError> {
    const FILE: &str = "queries/reference/diseases.toml";
    let Some(read) = read::<Diseases>(definitions, FILE)? else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for disease in read.disease {
        let code = disease.code.clone();
        if found.insert(code.clone(), disease).is_some() {
            let what = format!("disease {code} for the second time");
            return Err(CatalogError::Toml { file: FILE.to_owned(), what });
        }
    }
    Ok(found)
}
