//! Districts: an address or 町名 becomes the district (地区) it lies in, and nothing finer goes on. The table is
//! configuration (`queries/reference/districts.toml`); what it does not know is unknown.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::CatalogError;
use super::files::Definitions;
use crate::epi::text::plain;

/// The table of 町名 → 地区 of one municipality.
#[derive(Clone, Debug, Default)]
pub struct Districts {
    prefecture: String,
    municipality: String,
    districts: Vec<District>,
    /// Towns and the district names, longest first: 芝公園 before 芝.
    towns: Vec<Town>,
}

/// One district, as the table names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    pub code: String,
    pub ja: String,
    pub en: String,
}

#[derive(Clone, Debug)]
struct Town {
    name: String,
    whole: Option<u16>,
    /// 丁目 → district, for a town that lies in two.
    blocks: Vec<(u32, u16)>,
}

/// `queries/reference/districts.toml`; no districts when it is absent.
pub(super) fn districts(definitions: &Definitions) -> Result<Districts, CatalogError> {
    const FILE: &str = "queries/reference/districts.toml";
    let Some(file) = definitions.get(FILE) else { return Ok(Districts::default()) };
    Districts::parse(file.text(FILE)?)
        .map_err(|error| CatalogError::Toml { file: FILE.to_owned(), what: error.to_string() })
}

#[derive(Debug, thiserror::Error)]
pub enum DistrictsError {
    #[error("the table of districts is not valid TOML: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("the table of districts names {town} in both {first} and {second}")]
    Twice { town: String, first: String, second: String },
    #[error("the table of districts names {code} twice")]
    Code { code: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default, rename = "source")]
    _source: String,
    #[serde(default, rename = "date")]
    _date: String,
    #[serde(default, rename = "code")]
    _code: String,
    #[serde(default)]
    prefecture: String,
    #[serde(default)]
    municipality: String,
    #[serde(default)]
    district: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    ja: String,
    en: String,
    #[serde(default)]
    towns: Vec<String>,
    #[serde(default)]
    blocks: BTreeMap<String, Vec<u32>>,
}

impl Districts {
    pub fn parse(text: &str) -> Result<Self, DistrictsError> {
        let table: Table = toml::from_str(text)?;
        let mut made = Self {
            prefecture: fold(&table.prefecture),
            municipality: fold(&table.municipality),
            ..Self::default()
        };
        for entry in &table.district {
            if made.districts.iter().any(|d| d.code == entry.code) {
                return Err(DistrictsError::Code { code: entry.code.clone() });
            }
            let number = made.districts.len() as u16;
            made.districts.push(District {
                code: entry.code.clone(),
                ja: entry.ja.clone(),
                en: entry.en.clone(),
            });
            for town in &entry.towns {
                made.add(town, None, number)?;
            }
            for (town, blocks) in &entry.blocks {
                for block in blocks {
                    made.add(town, Some(*block), number)?;
                }
            }
        }
        made.towns.sort_by(|a, b| b.name.len().cmp(&a.name.len()).then(a.name.cmp(&b.name)));
        Ok(made)
    }

    pub fn get(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    /// The districts in the table's order.
    pub fn all(&self) -> &[District] {
        &self.districts
    }

    /// The code of the district that an address, a 町名 or a district's own name lies in.
    pub fn find(&self, text: &str) -> Option<&str> {
        self.index_of(text).map(|n| self.districts[usize::from(n)].code.as_str())
    }

    /// As [`Self::find`], by place in [`Self::all`].
    pub fn index_of(&self, text: &str) -> Option<u16> {
        let text = text.trim();
        // The common form needs no folding: 東京都港区芝公園… or 港区芝公園….
        let rest = text.strip_prefix(self.prefecture.as_str()).unwrap_or(text);
        if let Some(town) =
            rest.strip_prefix(self.municipality.as_str()).filter(|_| !self.municipality.is_empty())
            && let Some(found) = self.town(town)
        {
            return Some(found);
        }
        let folded = fold(text);
        if let Some(named) = self.named(&folded) {
            return Some(named);
        }
        self.town(self.within(&folded)?)
    }

    /// A district by its own name or code: 芝地区, 麻布地区総合支所, shiba.
    fn named(&self, folded: &str) -> Option<u16> {
        let name = folded.trim_end_matches("総合支所").trim_end_matches("地区");
        let is_it = |d: &District| fold(&d.ja) == name || d.code == folded.to_ascii_lowercase();
        self.districts.iter().position(is_it).map(|n| n as u16)
    }

    /// What stands behind the municipality's name; `None` for another municipality's address.
    fn within<'a>(&self, folded: &'a str) -> Option<&'a str> {
        let code = folded.trim_start_matches('〒');
        let digits = code.len() - code.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').len();
        let address = if digits >= 7 { &code[digits..] } else { folded };
        let rest = address.strip_prefix(self.prefecture.as_str()).unwrap_or(address);
        if let Some(town) = rest.strip_prefix(self.municipality.as_str()) {
            return Some(town);
        }
        // Another place's name in front (名古屋市港区…, 埼玉県…) makes it another place's address.
        let elsewhere =
            rest.chars().take(8).any(|c| matches!(c, '都' | '道' | '府' | '県' | '市' | '区' | '郡'));
        (!elsewhere).then_some(rest)
    }

    fn town(&self, text: &str) -> Option<u16> {
        let town = self.towns.iter().find(|t| text.starts_with(t.name.as_str()))?;
        if town.blocks.is_empty() {
            return town.whole;
        }
        let block = block(&text[town.name.len()..])?;
        town.blocks.iter().find(|(n, _)| *n == block).map(|(_, district)| *district)
    }

    fn add(&mut self, town: &str, block: Option<u32>, district: u16) -> Result<(), DistrictsError> {
        let name = fold(town);
        let at = if let Some(at) = self.towns.iter().position(|t| t.name == name) {
            at
        } else {
            self.towns.push(Town { name, whole: None, blocks: Vec::new() });
            self.towns.len() - 1
        };
        let twice = |first: u16| DistrictsError::Twice {
            town: town.to_owned(),
            first: self.districts[usize::from(first)].code.clone(),
            second: self.districts[usize::from(district)].code.clone(),
        };
        let held = &self.towns[at];
        let taken = match block {
            None => held.whole.or(held.blocks.first().map(|(_, d)| *d)),
            Some(n) => held.whole.or(held.blocks.iter().find(|(b, _)| *b == n).map(|(_, d)| *d)),
        };
        if let Some(first) = taken {
            return Err(twice(first));
        }
        match block {
            None => self.towns[at].whole = Some(district),
            Some(n) => self.towns[at].blocks.push((n, district)),
        }
        Ok(())
    }
}

/// The 丁目 that a text begins with, in digits of any width or kanji (to 十九).
fn block(text: &str) -> Option<u32> {
    let text = plain(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return text[..digits].parse().ok().filter(|n| *n < 100);
    }
    let mut number = 0;
    for c in text.chars() {
        match "一二三四五六七八九".chars().position(|k| k == c) {
            Some(n) => number += n as u32 + 1,
            None if c == '十' => number += 10,
            None => break,
        }
    }
    (number > 0).then_some(number)
}

/// One width, without blanks, one spelling of ノ and ヶ.
fn fold(text: &str) -> String {
    plain(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            'の' | '之' => 'ノ',
            'ケ' | 'が' => 'ヶ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Districts {
        Districts::parse(include_str!("../../queries/reference/districts.toml")).expect("the ward's table")
    }

    #[test]
    fn five_districts() {
        let codes: Vec<_> = table().all().iter().map(|d| d.code.clone()).collect();
        assert_eq!(codes, ["shiba", "azabu", "akasaka", "takanawa", "shibaura"]);
    }

    #[test]
    fn addresses_become_districts() {
        let table = table();
        for (text, district) in [
            ("東京都港区芝公園1-5-25", "shiba"),
            ("港区芝５丁目３６番４号", "shiba"),
            ("東京都港区芝浦1-16-1", "shibaura"),
            ("〒105-8511 東京都 港区 芝公園一丁目5番25号", "shiba"),
            ("1058511東京都港区芝公園1-5-25", "shiba"),
            ("三田1-4-1", "shiba"),
            ("港区三田四丁目", "takanawa"),
            ("三田５－１", "takanawa"),
            ("海岸３丁目", "shibaura"),
            ("海岸一丁目", "shiba"),
            ("虎の門1-2", "shiba"),
            ("麻布十番2-3", "azabu"),
            ("元麻布1-1", "azabu"),
            ("六本木", "azabu"),
            ("元赤坂2", "akasaka"),
            ("赤坂九丁目", "akasaka"),
            ("白金台5-1", "takanawa"),
            ("台場1-1", "shibaura"),
            ("芝地区", "shiba"),
            ("芝浦港南地区総合支所", "shibaura"),
            ("麻布", "azabu"),
            ("takanawa", "takanawa"),
        ] {
            assert_eq!(table.find(text), Some(district), "{text}");
        }
    }

    #[test]
    fn other_places_are_unknown() {
        let table = table();
        let texts = "|港区|東京都港区|三田|港区三田|三田6-1|名古屋市港区芝公園1|大阪府大阪市港区三田1-2|東京都新宿区赤坂1|兵庫県三田市三田1|\
            埼玉県さいたま市|銀座1-1|東京都中央区銀座|海外|港区存在しない町1-1";
        for text in texts.split('|') {
            assert_eq!(table.find(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_tables_are_refused() {
        let twice = "[[district]]\ncode='a'\nja='あ'\nen='A'\ntowns=['芝']\n[[district]]\ncode='b'\nja='い'\nen='B'\ntowns=['芝']";
        assert!(matches!(Districts::parse(twice), Err(DistrictsError::Twice { .. })));
        let code = "[[district]]\ncode='a'\nja='あ'\nen='A'\n[[district]]\ncode='a'\nja='い'\nen='B'";
        assert!(matches!(Districts::parse(code), Err(DistrictsError::Code { .. })));
        assert!(Districts::parse("district = 1").is_err());
    }
}
