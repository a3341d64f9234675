//! All definitions together, and what is looked up in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bandings::Banding;
use super::board::{Board, Playlist, Strip};
use super::codes::{self, Codes};
use super::diseases::{self, Disease};
use super::districts::District;
use super::domains::Domains;
use super::error::CatalogError;
use super::files::{self, Definitions};
use super::given::is_period;
use super::glossary::{self, Glossary};
use super::groups::Group;
use super::indicator::Indicator;
use super::manual::Manual;
use super::mapping::Mapping;
use super::quality::Quality;
use super::reference::{self, Area, Facility, Outage, Serial, Standard};
use super::schema::{self, Schema};
use super::schemes::{self, Scheme};
use super::shared::SharedQueries;
use super::undated::Dated;
use super::waves::Wave;
use super::{bandings, boards, districts, groups, questions, shared, waves};

/// All definitions, parsed. Cheap to share; never changes while the program runs.
#[derive(Debug, Default)]
pub struct Catalog {
    pub indicators: BTreeMap<String, Arc<Indicator>>,
    pub boards: BTreeMap<String, Arc<Board>>,
    pub mappings: BTreeMap<String, Arc<Mapping>>,
    /// The strip 急ぐ, on every board.
    pub strip: Strip,
    /// The boards that a display without settings of its own goes through.
    pub playlist: Playlist,
    /// Queries that others share, by name.
    pub shared: SharedQueries,
    /// By indicator, how rows are found that it would count if their day were known.
    pub dated: BTreeMap<String, Dated>,
    /// Queries of which every row is a fault in the data.
    pub quality: BTreeMap<String, Arc<Quality>>,
    /// Hospitals, hotels and care homes by their id.
    pub facilities: BTreeMap<String, Facility>,
    /// The tables and the districts: what columns may hold.
    pub domains: Domains,
    /// Municipalities and prefectures by their code.
    pub areas: BTreeMap<String, Area>,
    /// Notifiable diseases by their code: what they are called.
    pub disease_names: BTreeMap<String, Disease>,
    /// Planned outages of sources (計画停止).
    pub outages: Vec<Outage>,
    /// Standard populations by their id.
    pub standards: BTreeMap<String, Standard>,
    /// Serial intervals by disease.
    pub serials: BTreeMap<String, Serial>,
    /// Ways to divide ages into bands, in the order of their file.
    pub bandings: Vec<Banding>,
    /// The waves of diseases, in the order of their days.
    pub waves: Vec<Wave>,
    /// The headings of lists, in their order.
    pub groups: Vec<Group>,
    /// Reference values (目安) by the scheme that set them.
    pub schemes: BTreeMap<String, Scheme>,
    /// Words that pages, pictures, files and headers share.
    pub glossary: Glossary,
    /// What the codes in dimensions are called.
    pub codes: Codes,
    pub manual: Manual,
    /// SHA-256 over all definition files, hex.
    pub hash: String,
}

impl Catalog {
    /// Reads everything; the first file that does not parse is the error.
    pub fn load(definitions: &Definitions) -> Result<Self, CatalogError> {
        let (catalog, mut errors) = Self::read(definitions);
        if errors.is_empty() { Ok(catalog) } else { Err(errors.remove(0)) }
    }

    /// Reads everything that parses, and says what does not.
    pub fn read(definitions: &Definitions) -> (Self, Vec<CatalogError>) {
        let (schemes, mut errors) = schemes::schemes(definitions);
        let mut catalog = Self { hash: definitions.hash(), schemes, ..Self::default() };
        for (path, stem, file) in definitions.in_folder("queries/indicators", "sql") {
            let read = Indicator::parse(path, stem, file)
                .map(|read| read.of_schemes(&catalog.schemes))
                .and_then(|read| read.marked(path, &catalog.schemes));
            keep(&mut catalog.indicators, stem, read.map(Arc::new), &mut errors);
        }
        let texts = catalog.indicators.clone();
        for indicator in catalog.indicators.values_mut() {
            match indicator.with_text(&texts) {
                Some(Ok(whole)) => *indicator = Arc::new(whole),
                Some(Err(error)) => errors.push(error),
                None => {}
            }
        }
        catalog.glossary = or_none(glossary::glossary(definitions), &mut errors);
        for indicator in catalog.indicators.values_mut() {
            if let Some(whole) = indicator.in_words(&catalog.glossary) {
                *indicator = Arc::new(whole);
            }
        }
        catalog.codes = or_none(codes::codes(definitions), &mut errors);
        catalog.shared = shared::shared(definitions, &mut errors);
        for indicator in catalog.indicators.values_mut() {
            if let Some(whole) = indicator.sharing(&catalog.shared) {
                *indicator = Arc::new(whole);
            }
        }
        for (path, stem, file) in definitions.in_folder("queries/quality", "sql") {
            keep(&mut catalog.quality, stem, Quality::parse(path, stem, file).map(Arc::new), &mut errors);
        }
        for (path, stem, file) in definitions.in_folder("dashboards", "toml") {
            if boards::NOT_BOARDS.contains(&stem) {
                continue;
            }
            if let Some(board) = stem.strip_suffix(questions::SUFFIX) {
                errors.extend(boards::of_no_board(definitions, path, board));
                continue;
            }
            let board = Board::parse(path, stem, file)
                .and_then(|board| Ok(Board { questions: questions::of_board(definitions, stem)?, ..board }));
            keep(&mut catalog.boards, stem, board.map(Arc::new), &mut errors);
        }
        for (path, stem, file) in definitions.in_folder("queries/sources", "toml") {
            keep(&mut catalog.mappings, stem, mapping(path, stem, file).map(Arc::new), &mut errors);
        }
        for indicator in catalog.indicators.values_mut() {
            if let Some(whole) = indicator.of_series(catalog.mappings.values().map(AsRef::as_ref)) {
                *indicator = Arc::new(whole);
            }
        }
        let (schema, faults) = Schema::read(definitions);
        errors.extend(faults);
        let districts = or_none(districts::districts(definitions), &mut errors);
        catalog.domains = Domains { schema: Arc::new(schema), districts };
        let dated = catalog.indicators.iter().filter_map(|(id, i)| Some((id.clone(), catalog.dated(i)?)));
        catalog.dated = dated.collect();
        catalog.strip = or_none(boards::strip(definitions), &mut errors);
        catalog.playlist = or_none(boards::playlist(definitions), &mut errors);
        catalog.facilities = or_none(reference::facilities(definitions), &mut errors);
        catalog.disease_names = or_none(diseases::diseases(definitions), &mut errors);
        catalog.areas = or_none(reference::areas(definitions), &mut errors);
        catalog.standards = or_none(reference::standards(definitions), &mut errors);
        catalog.serials = or_none(reference::serial_intervals(definitions), &mut errors);
        catalog.bandings = or_none(bandings::bandings(definitions), &mut errors);
        catalog.waves = or_none(waves::waves(definitions), &mut errors);
        catalog.groups = or_none(groups::groups(definitions), &mut errors);
        catalog.manual = or_none(Manual::read(definitions), &mut errors);
        catalog.outages = or_none(reference::outages(definitions), &mut errors);
        (catalog, errors)
    }

    /// A table of facts.
    pub fn table(&self, name: &str) -> Option<&schema::Table> {
        self.domains.table(name)
    }

    /// A district of the ward.
    pub fn district(&self, code: &str) -> Option<&District> {
        self.domains.districts.get(code)
    }

    pub fn indicator(&self, id: &str) -> Option<&Arc<Indicator>> {
        self.indicators.get(id)
    }

    pub fn board(&self, id: &str) -> Option<&Arc<Board>> {
        self.boards.get(id)
    }

    pub fn banding(&self, id: &str) -> Option<&Banding> {
        self.bandings.iter().find(|banding| banding.id == id)
    }

    /// What `$bands` may be for an indicator: its own banding, then the others of the file.
    pub fn bandings_of(&self, indicator: &Indicator) -> Vec<&Banding> {
        let Some(own) = &indicator.bands else { return Vec::new() };
        let mut all: Vec<&Banding> = self.bandings.iter().collect();
        all.sort_by_key(|banding| banding.id != *own);
        all
    }

    /// A disease's waves, in the order of their days.
    pub fn waves_of(&self, disease: &str) -> impl Iterator<Item = &Wave> {
        self.waves.iter().filter(move |wave| wave.disease == disease)
    }

    /// The scheme and the item of a code like `2021-04/bed_occupancy`.
    pub fn scheme_item(&self, code: &str) -> Option<(&Scheme, &schemes::SchemeItem)> {
        let scheme = self.schemes.get(code.split_once('/')?.0)?;
        Some((scheme, scheme.item(code)?))
    }

    /// What a code in a dimension is called: a word of the codes' file, or the title of a scheme of reference values.
    pub fn code_ja(&self, code: &str) -> Option<&str> {
        let scheme = || self.schemes.get(code).map(|scheme| scheme.ja.as_str());
        self.codes.get(code).map(|title| title.ja.as_str()).or_else(scheme)
    }

    /// What `$by` may be, in words.
    pub fn by_ja(&self, by: &str) -> String {
        match (by, self.code_ja(by)) {
            (period, Some(word)) if is_period(period) => format!("{word}別"),
            (_, word) => word.unwrap_or(by).to_owned(),
        }
    }

    /// The sources whose rows an indicator reads: those it names, or those that feed a table it names.
    pub fn sources_of(&self, indicator: &Indicator) -> Vec<&Arc<Mapping>> {
        let named = |m: &&Arc<Mapping>| indicator.source.iter().any(|s| *s == m.source || *s == m.table);
        self.mappings.values().filter(named).collect()
    }
}

fn mapping(path: &str, stem: &str, file: &files::File) -> Result<Mapping, CatalogError> {
    let text = file.text(path)?;
    Mapping::parse(stem, text).map_err(|why| CatalogError::Mapping { file: path.to_owned(), why })
}

fn keep<T>(
    into: &mut BTreeMap<String, T>,
    stem: &str,
    parsed: Result<T, CatalogError>,
    errors: &mut Vec<CatalogError>,
) {
    match parsed {
        Ok(value) => drop(into.insert(stem.to_owned(), value)),
        Err(error) => errors.push(error),
    }
}

fn or_none<T: Default>(read: Result<T, CatalogError>, errors: &mut Vec<CatalogError>) -> T {
    read.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}
