//! `queries/reference/groups.toml`: the headings under which people look for indicators and boards, in order.

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::reference::read;

/// One heading.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub ja: String,
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Groups {
    #[serde(default)]
    group: Vec<Group>,
}

/// In the order of the file; none when it is absent.
pub(super) fn groups(definitions: &Definitions) -> Result<Vec<Group>, CatalogError> {
    const FILE: &str = "queries/reference/groups.toml";
    let Some(Groups { group: groups }) = read::<Groups>(definitions, FILE)? else { return Ok(Vec::new()) };
    for (place, group) in groups.iter().enumerate() {
        if groups[..place].iter().any(|earlier| earlier.id == group.id) {
            let what = format!("group {} for the second time", group.id);
            return Err(CatalogError::Toml { file: FILE.to_owned(), what });
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_comes_once() {
        let mut definitions = Definitions::embedded();
        definitions.put(
            "queries/reference/groups.toml",
            "group = [{ id = \"a\", ja = \"一\", en = \"a\" }, { id = \"a\", ja = \"二\", en = \"b\" }]",
        );
        assert!(groups(&definitions).expect_err("twice").to_string().contains("group a for the second time"));
    }
}
