//! What every picture and every file says about itself, inside: that training data is no real data, whose figures of
//! which disease these are, their title, unit, period and moment, their sources, and the versions they were made by.
//!
//! A figure travels without its page. In goes a block and what the settings and the catalog know; out come the same
//! facts as lines, as JSON, as a file's name, and as what stands around a picture.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::figures::Block;
use super::words;
use crate::config::Settings;
use crate::definitions::role::Role;
use crate::definitions::{Catalog, Glossary, Word};
use crate::draw::chart::Caption;
use crate::draw::font::drawable;
use crate::draw::written;
use crate::epi::clock::jst;

/// Characters of a definition's hash that stand for its version.
const SHORT: usize = 12;

/// One thing that is said: a key for programs, its name and itself for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: &'static str,
    pub name: String,
    pub text: String,
    /// The same beside its name, where the text says the name too.
    beside_name: Option<String>,
}

impl Fact {
    /// The text as it stands beside the name.
    pub fn beside_name(&self) -> &str {
        self.beside_name.as_deref().unwrap_or(&self.text)
    }
}

/// All that is said of one answer.
#[derive(Clone, Debug)]
pub struct Facts {
    pub training: bool,
    all: Vec<Fact>,
    json: Map<String, Value>,
    file: String,
    /// 訓練データ, as the glossary has it.
    mark: String,
    ward: String,
    disease: String,
    period: String,
    as_of: String,
    dated: String,
    sources: Vec<(String, String)>,
    versions: String,
}

impl Facts {
    /// Of a block that answers a question about `disease`.
    pub fn of(settings: &Settings, catalog: &Catalog, disease: &str, block: &Block) -> Self {
        let glossary = &catalog.glossary;
        let about = &block.about;
        let asks = catalog.indicator(&about.id).is_none_or(|indicator| indicator.takes_disease());
        let (named, in_english) = match asks {
            true => (catalog.disease_ja(disease), catalog.disease_en(disease)),
            false => (glossary.ja(Word::AllDiseases), glossary.en(Word::AllDiseases)),
        };
        let named = drawable(named).into_owned();
        let (from, to) = block.judged().unwrap_or((block.from, block.to));
        let days = about.ranged.then_some((from, to));
        let sources = sources(block);
        let version: String = about.hash.chars().take(SHORT).collect();
        let program = format!("hinomi {}", env!("CARGO_PKG_VERSION"));
        let ward = &settings.ward;
        let mut facts = Self {
            training: settings.training,
            all: Vec::new(),
            json: Map::new(),
            file: file_name(settings.training, asks.then_some(disease), days, block),
            mark: glossary.ja(Word::Training).to_owned(),
            ward: ward.ja.clone(),
            disease: named.clone(),
            period: period(days),
            as_of: words::moment(block.as_of),
            dated: dated(block),
            versions: format!(
                "{} {version}・{} {}・{program}",
                glossary.ja(Word::DefinitionVersion),
                glossary.ja(Word::DataVersion),
                block.batch.0
            ),
            sources,
        };
        facts.json.insert("training".to_owned(), settings.training.into());
        if settings.training {
            let note = glossary.ja(Word::TrainingNote);
            let whole = format!("{}（{note}）", facts.mark);
            facts.say(glossary, "notice", Word::Training, &whole, None);
            facts.all.iter_mut().for_each(|fact| fact.beside_name = Some(note.to_owned()));
        }
        let place = json!({ "code": ward.code, "ja": ward.ja, "en": ward.en });
        facts.say(glossary, "ward", Word::Ward, &format!("{}（{}）", ward.ja, ward.code), Some(place));
        let of = json!({ "code": asks.then_some(disease), "ja": named, "en": in_english });
        let told = if asks { format!("{named}（{disease}）") } else { named };
        facts.say(glossary, "disease", Word::Disease, &told, Some(of));
        let title = format!("{} / {}", about.title.ja, about.title.en);
        let both = json!({ "ja": about.title.ja, "en": about.title.en });
        facts.say(glossary, "title", Word::Title, &title, Some(both));
        facts.say(glossary, "indicator", Word::Indicator, &about.id, None);
        // A table may say the unit of each row.
        let each = block.has(Role::RowUnit);
        let unit = if each { glossary.ja(Word::EachItem) } else { about.unit.ja() };
        let told = if unit.is_empty() { "—" } else { unit };
        facts.say(glossary, "unit", Word::Unit, told, Some(about.unit.word().into()));
        facts.say(glossary, "basis", Word::Basis, &about.basis, None);
        facts.say(glossary, "date", Word::DateOf, &about.date, None);
        facts.span(glossary, days);
        if let Some((against, first, last)) = block.against {
            let text = format!("{} {first} – {last}", against.ja());
            let span = json!({ "period": against, "from": first.to_string(), "to": last.to_string() });
            facts.say(glossary, "against", Word::ComparedWith, &text, Some(span));
        }
        if let Some(by) = &block.by {
            facts.say(glossary, "by", Word::PeriodUnit, &catalog.by_ja(by), Some(by.as_str().into()));
        }
        if let Some(bands) = &block.bands {
            let named = catalog.banding(bands).map_or(bands.as_str(), |banding| &banding.ja);
            facts.say(glossary, "bands", Word::AgeBands, named, Some(bands.as_str().into()));
        }
        facts.say(glossary, "as_of", Word::AsOf, &japanese(block.as_of), None);
        let told: Vec<String> =
            facts.sources.iter().map(|(title, stamp)| format!("{title} {stamp}")).collect();
        let list = block.sources.iter().map(|source| json!(source)).collect::<Value>();
        facts.say(glossary, "sources", Word::Sources, &told.join("; "), Some(list));
        if let Some(found) = block.held_back() {
            facts.say(glossary, "held_back", Word::HeldBack, &words::held_back(found), None);
        }
        let waiting = words::waiting_of(&block.sources);
        if !waiting.is_empty() {
            let list = waiting.iter().map(|one| json!(one)).collect::<Value>();
            let text = waiting.iter().map(|one| one.ja.as_str()).collect::<Vec<_>>().join("・");
            facts.say(glossary, "waiting", Word::Waiting, &text, Some(list));
        }
        if !block.undated.is_empty() {
            let list = block.undated.iter().map(|one| json!(one)).collect::<Value>();
            let text = words::undated_in_full(&block.undated);
            facts.say(glossary, "undated", Word::Undated, &text, Some(list));
        }
        if !block.untold.is_empty() {
            let list = block.untold.iter().map(|one| json!(one)).collect::<Value>();
            let text = block.untold.iter().map(|one| one.ja.as_str()).collect::<Vec<_>>().join("・");
            facts.say(glossary, "untold", Word::Untold, &text, Some(list));
        }
        if !block.caveats.is_empty() {
            let list = block.caveats.iter().map(|one| json!(one)).collect::<Value>();
            let text = block.caveats.iter().map(|one| one.ja.as_str()).collect::<Vec<_>>().join("・");
            facts.say(glossary, "caveats", Word::Caveats, &text, Some(list));
        }
        facts.say(glossary, "definition_version", Word::DefinitionVersion, &version, None);
        facts.say(
            glossary,
            "data_version",
            Word::DataVersion,
            &block.batch.0.to_string(),
            Some(block.batch.0.into()),
        );
        facts.say(glossary, "program", Word::Program, &program, None);
        facts
    }

    fn say(&mut self, glossary: &Glossary, key: &'static str, word: Word, text: &str, value: Option<Value>) {
        let text: String = text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
        self.json.insert(key.to_owned(), value.unwrap_or_else(|| text.as_str().into()));
        self.all.push(Fact { key, name: glossary.ja(word).to_owned(), text, beside_name: None });
    }

    /// First and last day; a figure of one moment has none.
    fn span(&mut self, glossary: &Glossary, days: Option<(Date, Date)>) {
        let text = match days {
            Some((from, to)) => format!("{from}/{to}"),
            None => format!("{}（{}）", glossary.ja(Word::AtOneMoment), self.as_of),
        };
        let span = days.map(|(from, to)| json!({ "from": from.to_string(), "to": to.to_string() }));
        self.say(glossary, "period", Word::Period, &text, Some(span.unwrap_or(Value::Null)));
    }

    /// All facts in order, for files of text and for metadata.
    pub fn all(&self) -> &[Fact] {
        &self.all
    }

    /// The same for programs.
    pub fn json(&self) -> &Map<String, Value> {
        &self.json
    }

    /// `bed_occupancy_covid-19_20261030-20261126_asof-20261127T1127.csv`
    pub fn file_name(&self, extension: &str) -> String {
        format!("{}.{extension}", self.file)
    }

    /// `訓練データ　港区　新型コロナウイルス感染症`
    pub fn whose(&self) -> String {
        let mark = if self.training { self.mark.as_str() } else { "" };
        let parts = [mark, &self.ward, &self.disease].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("　")
    }

    /// Puts them around and into a picture.
    pub fn onto(&self, caption: &mut Caption) {
        let mark = if self.training { self.mark.as_str() } else { "" };
        let dated = [self.dated.as_str(), &self.period].into_iter().filter(|part| !part.is_empty());
        let said: Vec<String> = std::iter::once(self.whose()).chain(dated.map(str::to_owned)).collect();
        caption.footer = format!("{}　{} 時点", said.join("　"), self.as_of);
        let sources: Vec<String> = match self.sources.as_slice() {
            [] => vec!["—".to_owned()],
            sources => sources.iter().map(|(title, stamp)| format!("{title} {stamp}")).collect(),
        };
        caption.notes = vec![format!("出典 {}", sources.join("・")), self.versions.clone()];
        let lacking = self
            .all
            .iter()
            .filter(|fact| ["held_back", "waiting", "undated", "untold", "caveats"].contains(&fact.key));
        let lacking: Vec<String> = lacking.map(|fact| format!("{} {}", fact.name, fact.text)).collect();
        if !lacking.is_empty() {
            caption.notes.insert(0, lacking.join("・"));
        }
        mark.clone_into(&mut caption.stamp);
        caption.name = format!("{} {}", self.whose(), caption.title);
        // The description begins with the title; the other language has its own place.
        let said = self.all.iter().filter(|fact| fact.key != "title");
        let facts: Vec<String> = said.map(|fact| format!("{}: {}", fact.name, fact.beside_name())).collect();
        caption.description = format!("{} {}。", caption.description, facts.join("。"));
        caption.metadata = Value::Object(self.json.clone()).to_string();
    }
}

impl Facts {
    /// Into the bytes of a picture, where programs and file managers look for them.
    pub fn inside(&self, caption: &Caption, png: Vec<u8>) -> Vec<u8> {
        let texts = [
            ("Title", caption.name.as_str()),
            ("Description", &caption.description),
            ("Software", concat!("hinomi ", env!("CARGO_PKG_VERSION"))),
            ("hinomi", &caption.metadata),
        ];
        written(png, &texts)
    }
}

/// Each source with its own time, or when it last spoke.
fn sources(block: &Block) -> Vec<(String, String)> {
    let one = |source: &crate::answer::Freshness| {
        let stamp = source.source_time.or(source.last_delivery).map_or("—".to_owned(), words::moment);
        (source.title.clone(), stamp)
    };
    block.sources.iter().map(one).collect()
}

/// `受理・受理日`: basis and date without what the header explains in brackets.
fn dated(block: &Block) -> String {
    words::basis_and_date(&block.about.basis, &block.about.date)
}

/// `2026-10-30–2026-11-26`; one day alone.
fn period(days: Option<(Date, Date)>) -> String {
    match days {
        Some((from, to)) if from == to => from.to_string(),
        Some((from, to)) => format!("{from}–{to}"),
        None => String::new(),
    }
}

/// `2026-11-27T11:27:05+09:00`
fn japanese(at: Timestamp) -> String {
    format!("{}+09:00", jst(at).strftime("%Y-%m-%dT%H:%M:%S"))
}

/// ASCII alone: every system keeps it as it is.
fn file_name(training: bool, disease: Option<&str>, days: Option<(Date, Date)>, block: &Block) -> String {
    let plain = |text: &str| -> String {
        let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' };
        text.chars().map(keep).collect()
    };
    let day = |day: Date| day.strftime("%Y%m%d").to_string();
    let span = days.map(|(from, to)| format!("_{}-{}", day(from), day(to))).unwrap_or_default();
    let by = block.by.as_deref().map(|by| format!("_by-{}", plain(by))).unwrap_or_default();
    format!(
        "{}{}_{}{span}_asof-{}{by}",
        if training { "training_" } else { "" },
        block.about.id,
        plain(disease.unwrap_or("all-diseases")),
        jst(block.as_of).strftime("%Y%m%dT%H%M"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::definitions::Definitions;
    use crate::draw::chart::Caption;

    fn facts(training: bool, change: impl FnOnce(&mut Block)) -> Facts {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let mut block = samples::block("bed_occupancy");
        block.about.hash = "0123456789abcdef0123".to_owned();
        change(&mut block);
        let settings = Settings { training, ..Settings::default() };
        Facts::of(&settings, &catalog, "covid-19", &block)
    }

    #[test]
    fn a_file_is_named_by_what_is_in_it() {
        let name = "bed_occupancy_covid-19_20261116-20261122_asof-20261122T1405.csv";
        assert_eq!(facts(false, |_| {}).file_name("csv"), name);
        assert_eq!(facts(true, |_| {}).file_name("csv"), format!("training_{name}"));
        let now = facts(false, |block| block.about.ranged = false);
        assert_eq!(now.file_name("png"), "bed_occupancy_covid-19_asof-20261122T1405.png");
        let by = facts(false, |block| block.by = Some("fiscal_year".to_owned()));
        assert!(by.file_name("json").ends_with("_asof-20261122T1405_by-fiscal-year.json"));
    }

    #[test]
    fn all_that_must_be_said_is_said_once() {
        let facts = facts(true, |_| {});
        let keys: Vec<&str> = facts.all().iter().map(|fact| fact.key).collect();
        for key in ["notice", "ward", "disease", "title", "unit", "basis", "period", "as_of", "sources"] {
            assert_eq!(keys.iter().filter(|k| **k == key).count(), 1, "{key}");
        }
        let text = |key: &str| facts.all().iter().find(|fact| fact.key == key).map(|fact| fact.text.clone());
        assert_eq!(text("period").as_deref(), Some("2026-11-16/2026-11-22"));
        assert_eq!(text("as_of").as_deref(), Some("2026-11-22T14:05:00+09:00"));
        assert_eq!(text("definition_version").as_deref(), Some("0123456789ab"));
        assert_eq!(facts.json()["training"], true);
        assert_eq!(
            facts.json()["disease"],
            json!({ "code": "covid-19", "ja": "新型コロナウイルス感染症", "en": "COVID-19" })
        );
    }

    #[test]
    fn a_picture_says_whose_it_is() {
        let mut caption = Caption { title: "確保病床使用率".to_owned(), ..Caption::default() };
        facts(true, |_| {}).onto(&mut caption);
        for said in [
            "訓練データ",
            "港区",
            "新型コロナウイルス感染症",
            "2026-11-16–2026-11-22",
            "2026-11-22 14:05 時点",
        ] {
            assert!(caption.footer.contains(said), "{said}: {}", caption.footer);
        }
        assert_eq!(caption.stamp, "訓練データ");
        assert_eq!(caption.description.matches("訓練データ").count(), 1, "{}", caption.description);
        assert!(caption.name.contains("確保病床使用率") && caption.notes[0].contains("発生届"));
        facts(false, |_| {}).onto(&mut caption);
        assert!(caption.stamp.is_empty() && !caption.footer.contains("訓練"));
    }
}
