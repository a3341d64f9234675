//! `queries/reference/codes.toml`: what the codes in dimensions are called.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::mapping::Title;
use super::reference::read;

const FILE: &str = "queries/reference/codes.toml";

/// Names by their code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes(BTreeMap<String, Title>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    code: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    ja: String,
    en: String,
}

/// The program's own file.
static OWN: LazyLock<Codes> = LazyLock::new(|| codes(&Definitions::embedded()).unwrap_or_default());

impl Codes {
    /// The program's own names.
    pub fn own() -> &'static Self {
        &OWN
    }

    /// A code's name; the program's own where this file lacks it.
    pub fn get(&self, code: &str) -> Option<&Title> {
        self.0.get(code).or_else(|| OWN.0.get(code))
    }
}

/// Empty when the file is absent.
pub(super) fn codes(definitions: &Definitions) -> Result<Codes, CatalogError> {
    let Some(file) = read::<File>(definitions, FILE)? else { return Ok(Codes::default()) };
    let mut found = BTreeMap::new();
    for Entry { id, ja, en } in file.code {
        let wrong = |what: &str| {
            Err(CatalogError::Toml { file: FILE.to_owned(), what: format!("code {id}: {what}") })
        };
        if ja.trim().is_empty() || en.trim().is_empty() {
            return wrong("ja and en are needed");
        }
        if found.contains_key(&id) {
            return wrong("for the second time");
        }
        found.insert(id, Title { ja, en });
    }
    Ok(Codes(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centre_s_own_name_stands_before_the_program_s() {
        let mut definitions = Definitions::embedded();
        definitions.put(FILE, "[[code]]\nid = \"home\"\nja = \"自宅\"\nen = \"home\"\n");
        let own = codes(&definitions).expect("reads");
        let ja = |code: &str| own.get(code).map(|title| title.ja.as_str());
        assert_eq!((ja("home"), ja("hotel"), ja("tent")), (Some("自宅"), Some("宿泊療養"), None));
    }

    #[test]
    fn a_code_twice_or_without_a_name_is_an_error() {
        let read = |text: &str| {
            let mut definitions = Definitions::default();
            definitions.put(FILE, text);
            codes(&definitions).map_err(|error| error.to_string())
        };
        let one = "[[code]]\nid = \"a\"\nja = \"あ\"\nen = \"a\"\n";
        assert!(read(one).is_ok());
        assert!(read(&one.repeat(2)).is_err_and(|why| why.contains("code a: for the second time")));
        assert!(read(&one.replace("あ", " ")).is_err_and(|why| why.contains("ja and en are needed")));
    }
}
