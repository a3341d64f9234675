//! The glossary: words that pages, pictures, files and headers share, said once in `queries/reference/glossary.toml`.
//!
//! The program takes a word by its [`Word`]; a header's `@id` in place of a column's label is put into words when
//! the catalog is read. A file of one's own may lack words: those are taken from the program's own file, and
//! `hinomi check` names them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Catalog;
use super::error::CatalogError;
use super::files::Definitions;
use super::indicator::Indicator;
use super::problem::Problem;
use super::reference::read;

/// Where the words stand.
pub const FILE: &str = "queries/reference/glossary.toml";

/// A word in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    id: String,
    pub ja: String,
    pub en: String,
    /// What it means, or who says so: for people.
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    #[serde(default)]
    term: Vec<Term>,
}

/// The words by their id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glossary(BTreeMap<String, Term>);

/// The program's own file.
static OWN: LazyLock<Glossary> = LazyLock::new(|| glossary(&Definitions::embedded()).unwrap_or_default());

/// Words that the program uses, and their ids in the file.
macro_rules! words {
    ($($word:ident = $id:literal),+ $(,)?) => {
        /// A word that the program takes from the glossary.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $($word),+ }

        impl Word {
            pub const ALL: &[Self] = &[$(Self::$word),+];

            pub const fn id(self) -> &'static str {
                match self { $(Self::$word => $id),+ }
            }
        }
    };
}

words! {
    CountStatus = "count_status",
    Final = "final",
    Counting = "counting",
    NoRecord = "no_record",
    PartRecord = "part_record",
    GrowingDays = "growing_days",
    GrowingWeeks = "growing_weeks",
    Unfinished = "unfinished",
    Provisional = "provisional",
    ProvisionalShort = "provisional_short",
    RecentDays = "recent_days",
    DaysBefore = "days_before",
    SameDaysLastYear = "same_days_last_year",
    FirstDay = "first_day",
    LastDay = "last_day",
    PeriodUnit = "period_unit",
    AgeBands = "age_bands",
    DataAsOf = "data_as_of",
    QuerySql = "query_sql",
    WhenHigh = "when_high",
    HighBad = "high_bad",
    HighGood = "high_good",
    HighNeither = "high_neither",
    MissingDay = "missing_day",
    Formula = "formula",
    InsideWard = "inside_ward",
    OutsideWard = "outside_ward",
    Training = "training",
    TrainingNote = "training_note",
    Ward = "ward",
    Disease = "disease",
    AllDiseases = "all_diseases",
    Title = "title",
    Indicator = "indicator",
    Unit = "unit",
    EachItem = "each_item",
    Basis = "basis",
    DateOf = "date_of",
    Period = "period",
    AtOneMoment = "at_one_moment",
    ComparedWith = "compared_with",
    AsOf = "as_of",
    Sources = "sources",
    HeldBack = "held_back",
    DefinitionVersion = "definition_version",
    DataVersion = "data_version",
    Program = "program",
    WardAsItComes = "ward_as_it_comes",
    Dark = "dark",
    InTurn = "in_turn",
    ForPrograms = "for_programs",
    ToFirstPage = "to_first_page",
    FirstPage = "first_page",
    HeldRows = "held_rows",
}

/// What stands before an id in a header.
const MARK: char = '@';

impl Glossary {
    /// The program's own words.
    pub fn own() -> &'static Self {
        &OWN
    }

    pub fn get(&self, id: &str) -> Option<&Term> {
        self.0.get(id)
    }

    pub fn ja(&self, word: Word) -> &str {
        self.term(word).map_or(word.id(), |term| &term.ja)
    }

    pub fn en(&self, word: Word) -> &str {
        self.term(word).map_or(word.id(), |term| &term.en)
    }

    fn term(&self, word: Word) -> Option<&Term> {
        self.get(word.id()).or_else(|| OWN.get(word.id()))
    }

    /// Words of this glossary that differ from the program's own, by id.
    pub fn changed(&self) -> impl Iterator<Item = (&str, &Term)> {
        self.0.iter().filter(|(id, term)| OWN.get(id) != Some(term)).map(|(id, term)| (id.as_str(), term))
    }
}

/// `queries/reference/glossary.toml`; empty when the file is absent.
pub(super) fn glossary(definitions: &Definitions) -> Result<Glossary, CatalogError> {
    let Some(file) = read::<Terms>(definitions, FILE)? else { return Ok(Glossary::default()) };
    let mut found = BTreeMap::new();
    for term in file.term {
        let wrong = |what: &str| {
            let what = format!("term {}: {what}", term.id);
            Err(CatalogError::Toml { file: FILE.to_owned(), what })
        };
        if term.ja.trim().is_empty() || term.en.trim().is_empty() {
            return wrong("ja and en are needed");
        }
        if found.contains_key(&term.id) {
            return wrong("for the second time");
        }
        found.insert(term.id.clone(), term);
    }
    Ok(Glossary(found))
}

impl Indicator {
    /// With its columns' `@id` put into words; None when it has none. An id that is in no glossary stays as it stands,
    /// for the check to name.
    pub(super) fn in_words(&self, glossary: &Glossary) -> Option<Self> {
        if !self.columns.iter().any(|(_, label)| label.starts_with(MARK)) {
            return None;
        }
        let mut whole = self.clone();
        for (_, label) in &mut whole.columns {
            let term = |id: &str| glossary.get(id).or_else(|| OWN.get(id));
            if let Some(term) = label.strip_prefix(MARK).and_then(term) {
                whole.terms.insert(label[1..].to_owned());
                *label = term.ja.clone();
            }
        }
        Some(whole)
    }
}

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

    #[test]
    fn a_term_twice_or_without_a_word_is_an_error() {
        let read = |text: &str| {
            let mut definitions = Definitions::default();
            definitions.put(FILE, text);
            glossary(&definitions).map_err(|error| error.to_string())
        };
        let one = "[[term]]\nid = \"a\"\nja = \"あ\"\nen = \"a\"\n";
        assert!(read(one).is_ok());
        assert!(read(&one.repeat(2)).is_err_and(|why| why.contains("term a: for the second time")));
        assert!(read(&one.replace("あ", " ")).is_err_and(|why| why.contains("ja and en are needed")));
        assert!(read(&format!("{one}colour = 1\n")).is_err_and(|why| why.contains(FILE)));
    }
}
