//! Reference values in the header of an indicator.

use serde::{Deserialize, Serialize};

use super::error::CatalogError;
use super::header::Header;
use super::held::{AreaClass, is_for};
use crate::epi::comparison::Comparison;

/// A dated reference value and its source. Shown as a mark, never as a declared stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    pub value: f64,
    /// Date and source: `2021-04-15 分科会 ステージIII`.
    pub label: String,
    /// The diseases that it was made for; none: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diseases: Vec<String>,
    /// The kind of area that it was made for.
    #[serde(default = "super::held::of_prefectures")]
    pub area: Option<AreaClass>,
    /// On which side of it a figure has reached it.
    #[serde(default, skip_serializing_if = "is_at_least")]
    pub comparison: Comparison,
    /// How far a figure that has reached it must go back before it is said to be so no longer.
    #[serde(default, skip_serializing_if = "is_none_at_all")]
    pub back: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_at_least(comparison: &Comparison) -> bool {
    *comparison == Comparison::AtLeast
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none_at_all(back: &f64) -> bool {
    *back == 0.0
}

impl Reference {
    pub fn is_for(&self, disease: &str) -> bool {
        is_for(&self.diseases, disease)
    }

    /// Has a figure reached it? One that had must go back by more than a trifle, so that a figure at the mark does not flicker.
    pub fn is_reached(&self, value: f64, before: bool) -> bool {
        let mark = match self.comparison {
            _ if !before => self.value,
            Comparison::AtLeast | Comparison::Above => self.value - self.back,
            Comparison::AtMost => self.value + self.back,
        };
        self.comparison.holds(value, mark)
    }

    /// `（都道府県）`, or nothing where the area is not said.
    pub fn area_ja(&self) -> String {
        self.area.map_or_else(String::new, |area| format!("（{}）", area.ja()))
    }

    /// `2021-04-15 分科会 ステージIII（都道府県）`
    pub fn label_ja(&self) -> String {
        format!("{}{}", self.label, self.area_ja())
    }
}

/// `20 | 2021-04-15 分科会 ステージIII | covid-19 | prefecture ; 50 | …`: a value, the date and the source of it, the diseases and
/// the kind of area that it was made for, where it was not made for any. Marks of a scheme are not typed again: `2021-04` takes
/// them from its file.
pub(super) fn references(header: &Header<'_>) -> Result<Vec<Reference>, CatalogError> {
    let one = |text: &str| {
        let mut parts = text.split('|').map(str::trim);
        let (value, label) = (parts.next()?, parts.next()?);
        let diseases = parts.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let area = match parts.next() {
            Some(word) => Some(AreaClass::parse(word).ok()?),
            None => None,
        };
        let dated = label.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok());
        let value: f64 = value.parse().ok()?;
        let whole = value.is_finite() && dated && label.len() > 10 && parts.next().is_none();
        whole.then(|| Reference {
            value,
            label: label.to_owned(),
            diseases,
            area,
            comparison: Comparison::AtLeast,
            back: 0.0,
        })
    };
    let wrong = |text: &str| {
        header
            .wrong("reference", &format!("`{text}` is not `value | YYYY-MM-DD source [| diseases [| area]]`"))
    };
    let own = header.list("reference", ';').into_iter().filter(|text| !is_scheme(text));
    own.map(|text| one(text).ok_or_else(|| wrong(text))).collect()
}

/// The other entries: `2021-04`, the id of a scheme.
pub(super) fn named_schemes(header: &Header<'_>) -> Vec<String> {
    header.list("reference", ';').into_iter().filter(|text| is_scheme(text)).map(str::to_owned).collect()
}

fn is_scheme(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
