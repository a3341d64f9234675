//! What a question says in an address, and how it is said right.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::{App, asof};
use crate::answer::Question;
use crate::catalog::indicator::Indicator;
use crate::epi::against::Against;

/// What a question may say in an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub from: Option<String>,
    pub to: Option<String>,
    pub as_of: Option<String>,
    pub by: Option<String>,
    pub bands: Option<String>,
    pub against: Option<String>,
    pub disease: Option<String>,
    pub format: Option<String>,
    /// A CSV that Excel opens as UTF-8.
    pub bom: Option<String>,
    /// Pixels, for pictures.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub theme: Option<String>,
}

/// Which parameter is wrong, and how it is written right.
#[derive(Debug, PartialEq, Eq)]
pub struct BadQuery(pub String);

impl Asked {
    /// Empty fields, as forms send them, say nothing.
    pub fn question(&self, indicator: &Indicator, app: &App) -> Result<Question, BadQuery> {
        let (from, to) = (day("from", self.from.as_deref())?, day("to", self.to.as_deref())?);
        let against = said(self.against.as_deref()).map(|word| {
            Against::parse(word).ok_or_else(|| BadQuery("against: previous or last_year".to_owned()))
        });
        let against = against.transpose()?;
        Ok(Question {
            indicator: indicator.id.clone(),
            from,
            to,
            as_of: self.moment(app.parts.clock.now())?,
            by: said(self.by.as_deref()).map(str::to_owned),
            bands: said(self.bands.as_deref()).map(str::to_owned),
            against,
            disease: said(self.disease.as_deref()).unwrap_or(&app.parts.settings.disease).to_owned(),
        })
    }

    fn moment(&self, now: Timestamp) -> Result<Option<Timestamp>, BadQuery> {
        let Some(text) = said(self.as_of.as_deref()) else { return Ok(None) };
        let wrong = || BadQuery("as_of: 2026-11-21, 2026-11-21T10:05 (Japan) or RFC 3339".to_owned());
        asof::read(text, now).map(Some).ok_or_else(wrong)
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, BadQuery> {
    let Some(text) = said(text) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| BadQuery(format!("{name}: a day like 2026-11-21")))
}
