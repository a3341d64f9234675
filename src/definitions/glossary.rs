//! The glossary: words that pages, pictures, files and headers share, said once in `queries/reference/glossary.toml`.
//!
//! The program takes a word by its [`Word`]; a header's `@id` in place of a column's label is put into words when
//! the catalog is read. A file of one's own may lack words: those are taken from the program's own file, and
//! `hinomi check` names them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use super::indicator::Indicator;
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
pub struct Glossary(pub(super) BTreeMap<String, Term>);

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
    GrowthLine = "growth_line",
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
    Waiting = "waiting",
    Undated = "undated",
    Untold = "untold",
    Caveats = "caveats",
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
pub(super) const MARK: char = '@';

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

#[cfg(test)]
mod tests {
    use super::*;

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
