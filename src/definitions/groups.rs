//! `queries/reference/groups.toml`: the headings under which people look for indicators and boards, in order.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::Catalog;
use super::board::Board;
use super::error::CatalogError;
use super::files::Definitions;
use super::indicator::Indicator;
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

/// Where that stands which says no group: nothing is missing from a list.
static OTHER: LazyLock<Group> =
    LazyLock::new(|| Group { id: "other".to_owned(), ja: "その他".to_owned(), en: "Others".to_owned() });

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

impl Catalog {
    /// All indicators under their headings, by name within one. A heading without any is left out.
    pub fn indicators_by_group(&self) -> Vec<(&Group, Vec<&Arc<Indicator>>)> {
        self.by_group(self.indicators.values().collect(), |indicator| indicator.group.as_deref())
    }

    /// All boards under their headings; within one those of the playlist come first, in its order.
    pub fn boards_by_group(&self) -> Vec<(&Group, Vec<&Arc<Board>>)> {
        let mut boards: Vec<&Arc<Board>> = self.boards.values().collect();
        let listed = &self.playlist.boards;
        boards.sort_by_key(|board| listed.iter().position(|id| *id == board.id).unwrap_or(listed.len()));
        self.by_group(boards, |board| board.group.as_deref())
    }

    fn by_group<'a, T>(
        &'a self,
        all: Vec<&'a T>,
        group: impl Fn(&'a T) -> Option<&'a str>,
    ) -> Vec<(&'a Group, Vec<&'a T>)> {
        let known = |id: &str| self.groups.iter().any(|known| known.id == id);
        let of = |heading: &Group| -> Vec<&'a T> {
            all.iter().copied().filter(|one| group(one) == Some(heading.id.as_str())).collect()
        };
        let mut found: Vec<(&Group, Vec<&T>)> = self.groups.iter().map(|g| (g, of(g))).collect();
        let rest = all.iter().copied().filter(|one| !group(one).is_some_and(known)).collect();
        found.push((&OTHER, rest));
        found.retain(|(_, members)| !members.is_empty());
        found
    }

    /// The fault of naming a group that there is not. What names none stands under その他.
    pub fn unknown_group(&self, group: Option<&str>) -> Option<String> {
        let id = group.filter(|id| self.groups.iter().all(|known| known.id != **id))?;
        let known = self.groups.iter().map(|g| g.id.as_str()).collect::<Vec<_>>().join(", ");
        Some(format!("there is no group {id}; groups: {known}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_listed_once_and_today_s_board_comes_first() {
        let mut definitions = Definitions::embedded();
        let own = definitions.text("dashboards/beds.toml").expect("there").replace("group = \"beds\"\n", "");
        definitions.put("dashboards/own.toml", &own);
        let catalog = Catalog::load(&definitions).expect("loads");

        let boards = catalog.boards_by_group();
        let ids = |members: &[&Arc<Board>]| members.iter().map(|b| b.id.clone()).collect::<Vec<_>>();
        assert_eq!((boards[0].0.id.as_str(), ids(&boards[0].1)), ("today", vec!["today".to_owned()]));
        let (last, others) = boards.last().expect("a group");
        assert_eq!((last.ja.as_str(), ids(others)), ("その他", vec!["own".to_owned()]));
        assert_eq!(boards.iter().map(|(_, members)| members.len()).sum::<usize>(), catalog.boards.len());

        let indicators = catalog.indicators_by_group();
        assert_eq!(
            indicators.iter().map(|(_, members)| members.len()).sum::<usize>(),
            catalog.indicators.len()
        );
        assert!(indicators.iter().all(|(group, _)| group.id != "other"), "each built-in one says its group");
    }

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
