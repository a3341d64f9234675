//! What diseases are called, looked up among all definitions.

use std::collections::BTreeMap;

use super::board::Board;
use super::catalog::Catalog;
use super::mapping::Title;

impl Catalog {
    /// A disease's name: that of the list, else the first that a mapping accepts for its code.
    pub fn disease_name(&self, code: &str) -> Option<&str> {
        if let Some(named) = self.disease_names.get(code) {
            return Some(&named.ja);
        }
        let columns = self.mappings.values().flat_map(|m| &m.columns);
        let named = columns
            .filter(|c| c.field.as_deref() == Some("disease"))
            .find_map(|c| c.codes.get(code)?.first());
        named.map(String::as_str)
    }

    /// What a disease is called: its code where nothing names it.
    pub fn disease_ja<'a>(&'a self, code: &'a str) -> &'a str {
        self.disease_name(code).unwrap_or(code)
    }

    /// The same in English.
    pub fn disease_en<'a>(&'a self, code: &'a str) -> &'a str {
        self.disease_names.get(code).map_or(code, |named| &named.en)
    }

    /// Both names.
    pub fn disease_title(&self, code: &str) -> Title {
        Title { ja: self.disease_ja(code).to_owned(), en: self.disease_en(code).to_owned() }
    }

    /// The disease that a board speaks of, by name; one whose figures are all of every disease says so.
    pub fn disease_of<'a>(&'a self, board: &Board, code: &'a str) -> &'a str {
        let of_one = |id: &String| self.indicator(id).is_none_or(|i| i.takes_disease());
        let mut shown = board.panels.iter().map(|panel| &panel.show);
        if shown.any(of_one) { self.disease_ja(code) } else { "全疾患" }
    }

    /// The diseases that any mapping feeds facts of: code and name.
    pub fn diseases(&self) -> BTreeMap<&str, &str> {
        let mut found = BTreeMap::new();
        for mapping in self.mappings.values() {
            let columns = mapping.columns.iter().filter(|c| c.field.as_deref() == Some("disease"));
            let codes = columns.flat_map(|column| column.codes.keys());
            for code in codes.chain(mapping.constants.get("disease")) {
                found.entry(code.as_str()).or_insert_with(|| self.disease_ja(code));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::diseases::diseases;
    use super::super::files::Definitions;
    use super::*;

    #[test]
    fn every_notifiable_disease_has_a_name_in_both_languages() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let of = |class: &str| {
            catalog.disease_names.values().filter(|d| d.class.as_deref() == Some(class)).count()
        };
        assert_eq!(["一類", "二類", "三類", "四類"].map(of), [7, 7, 5, 44], "感染症法6条");
        // All cases of 24; acute respiratory infection 3, paediatrics 10, eyes 2, sexually transmitted 4, hospitals 8.
        assert_eq!((of("五類"), of("新型インフルエンザ等")), (24 + 3 + 10 + 2 + 4 + 8, 3));
        let (mut ja, mut en) = (Vec::new(), Vec::new());
        for disease in catalog.disease_names.values() {
            assert!(!disease.ja.is_ascii() && disease.en.is_ascii(), "{disease:?}");
            assert!(disease.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            ja.push(&disease.ja);
            en.push(&disease.en);
        }
        for mut names in [ja, en] {
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "no two are called the same");
        }
        assert_eq!(catalog.disease_ja("influenza"), "インフルエンザ");
        assert_eq!(catalog.disease_en("influenza"), "Influenza");
        for code in catalog.diseases().keys() {
            assert!(catalog.disease_names.contains_key(*code), "{code} of a mapping is in the list");
        }
    }

    #[test]
    fn one_s_own_is_called_as_its_mapping_says() {
        let mut definitions = Definitions::embedded();
        let path = "queries/sources/hospital-beds.toml";
        let text = definitions.text(path).expect("there");
        let text = text.replace("\"tuberculosis\" = [", "\"town-fever\" = [\"町熱\"], \"tuberculosis\" = [");
        definitions.put(path, &text);
        let catalog = Catalog::load(&definitions).expect("loads");
        assert_eq!(catalog.diseases()["town-fever"], "町熱");
        assert_eq!(
            (catalog.disease_en("town-fever"), catalog.disease_ja("no-such")),
            ("town-fever", "no-such")
        );
        let twice = "[[disease]]\ncode = \"x\"\nja = \"甲\"\nen = \"a\"\n".repeat(2);
        definitions.put("queries/reference/diseases.toml", &twice);
        assert!(
            diseases(&definitions).expect_err("twice").to_string().contains("disease x for the second time")
        );
    }
}
