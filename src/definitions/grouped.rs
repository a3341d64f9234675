//! Indicators and boards under the headings that people look for them under.

use std::sync::{Arc, LazyLock};

use super::board::Board;
use super::catalog::Catalog;
use super::groups::Group;
use super::indicator::Indicator;

/// Where that stands which says no group: nothing is missing from a list.
static OTHER: LazyLock<Group> =
    LazyLock::new(|| Group { id: "other".to_owned(), ja: "その他".to_owned(), en: "Others".to_owned() });

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
    use super::super::files::Definitions;
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
}
