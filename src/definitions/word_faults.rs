//! Are the glossary and the headers true to each other?

use std::collections::BTreeSet;

use super::catalog::Catalog;
use super::glossary::{FILE, MARK, Word};
use super::problem::Problem;

/// Words that nothing uses, and uses of words that the glossary lacks.
pub fn problems(catalog: &Catalog) -> Vec<Problem> {
    let mut used: BTreeSet<&str> = Word::ALL.iter().map(|word| word.id()).collect();
    let mut found = Vec::new();
    for indicator in catalog.indicators.values() {
        used.extend(indicator.terms.iter().map(String::as_str));
        let unknown = indicator.columns.iter().filter(|(_, label)| label.starts_with(MARK));
        found.extend(unknown.map(|(column, label)| Problem {
            file: format!("queries/indicators/{}.sql", indicator.id),
            what: format!("column {column}: {label} is not in {FILE}"),
        }));
    }
    let say = |what: String| Problem { file: FILE.to_owned(), what };
    let lacking = used.iter().filter(|id| catalog.glossary.get(id).is_none());
    found.extend(lacking.map(|id| say(format!("no term {id}, which is used"))));
    let idle = catalog.glossary.0.keys().filter(|id| !used.contains(id.as_str()));
    found.extend(idle.map(|id| say(format!("nothing uses the term {id}"))));
    found
}

#[cfg(test)]
mod tests {
    use super::super::files::Definitions;
    use super::super::glossary::Glossary;
    use super::*;

    fn catalog(change: impl FnOnce(&str) -> String) -> Catalog {
        let mut definitions = Definitions::embedded();
        let text = change(definitions.text(FILE).expect("there"));
        definitions.put(FILE, &text);
        let (catalog, errors) = Catalog::read(&definitions);
        assert!(errors.is_empty(), "{errors:?}");
        catalog
    }

    fn told(catalog: &Catalog) -> Vec<String> {
        problems(catalog).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn every_word_of_the_program_is_in_its_file_and_no_other() {
        assert_eq!(told(&catalog(str::to_owned)), Vec::<String>::new());
        for word in Word::ALL {
            assert!(Glossary::own().get(word.id()).is_some(), "{word:?}");
        }
    }

    #[test]
    fn a_word_that_nothing_uses_and_one_that_is_missing_are_named() {
        let idle = catalog(|text| format!("{text}\n[[term]]\nid = \"idle\"\nja = \"閑\"\nen = \"idle\"\n"));
        assert_eq!(told(&idle), ["nothing uses the term idle"]);
        let own = catalog(|_| "[[term]]\nid = \"dark\"\nja = \"夜の色\"\nen = \"Night\"\n".to_owned());
        assert!(told(&own).contains(&"no term count_status, which is used".to_owned()));
        assert_eq!(own.glossary.ja(Word::Dark), "夜の色");
        assert_eq!(own.glossary.ja(Word::CountStatus), "集計状況", "from the program's own file");
        assert_eq!(own.glossary.changed().count(), 1);
    }

    #[test]
    fn a_header_s_use_of_a_word_that_is_not_there_is_named() {
        let path = "queries/indicators/deaths_total.sql";
        let mut definitions = Definitions::embedded();
        let text = definitions.text(path).expect("there").replace("value 累計", "value @no_such_word");
        definitions.put(path, &text);
        let (catalog, _) = Catalog::read(&definitions);
        let found = problems(&catalog);
        assert!(found.iter().any(|p| p.file == path && p.what.contains("@no_such_word")), "{found:?}");
    }
}
