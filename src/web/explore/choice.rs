//! What may be chosen on `/explore`: read from the address, offered as fields, carried into links.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::asked::{Pairs, QueryString};
use super::super::hall::Hall;
use crate::answer::{Choices, Refusal};
use crate::definitions::Word;
use crate::definitions::given::is_period;
use crate::definitions::indicator::Indicator;
use crate::epi::clock::jst;
use crate::present::{Desk, lists, words};

/// What the address says.
pub(super) struct Form {
    pub indicator: Option<String>,
    pub choices: Choices,
    /// The moment as it was written: links say it again.
    pub as_of: Option<String>,
    /// What is looked for in the list of indicators.
    pub q: Option<String>,
}

impl QueryString for Form {
    const NAMES: &'static [&'static str] =
        &["indicator", "from", "to", "by", "bands", "against", "disease", "as_of", "q"];
    /// A date that nobody chose, a search for nothing.
    const BLANK: &'static [&'static str] = &["from", "to", "as_of", "q"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        Ok(Self {
            indicator: said.owned("indicator"),
            choices: said.choices(hall.clock.now())?,
            as_of: said.owned("as_of"),
            q: said.owned("q"),
        })
    }
}

/// All indicators, each with those of the choices made that it leaves too.
pub(super) fn others(desk: &Desk, chosen: &Indicator, form: &Form) -> Markup {
    let catalog = &desk.catalog;
    let href = |one: &Indicator| {
        let kept = carried(desk, one, form).into_iter();
        let kept: String = kept.map(|(name, value)| format!("&{name}={}", encoded(&value))).collect();
        format!("/explore?indicator={}{kept}", one.id)
    };
    let mut kept = carried(desk, chosen, form);
    kept.extend(form.indicator.clone().map(|id| ("indicator", id)));
    html! {
        details.chooser open[form.q.is_some() || form.indicator.is_none()] {
            summary { "指標を選ぶ" small lang="en" { "Choose an indicator" } " " b { (words::titled(&chosen.title_ja, &chosen.basis)) } }
            (lists::search(lists::EXPLORE, form.q.as_deref(), &kept))
            (lists::indicators(catalog, form.q.as_deref(), href))
        }
    }
}

/// What was chosen, as far as an indicator leaves the choice: a link never leads to a refusal.
pub(super) fn carried(desk: &Desk, one: &Indicator, form: &Form) -> Vec<(&'static str, String)> {
    let catalog = &desk.catalog;
    let known = |disease: &String| one.takes_disease() && catalog.diseases().contains_key(disease.as_str());
    let banding = |bands: &String| catalog.bandings_of(one).iter().any(|banding| banding.id == *bands);
    let mut kept = form.choices.clone();
    kept.by = kept.by.filter(|by| one.by.contains(by));
    kept.bands = kept.bands.filter(banding);
    kept.against = kept.against.filter(|against| one.against.contains(against));
    kept.disease = kept.disease.filter(known);
    let question = kept.clone().question(one, &desk.disease);
    if !question.is_ok_and(|question| desk.answers.check(&question).is_ok()) {
        // It takes no days, or has no figures of these.
        (kept.from, kept.to) = (None, None);
    }
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let fields = [
        ("from", day(kept.from)),
        ("to", day(kept.to)),
        ("by", kept.by),
        ("bands", kept.bands),
        ("against", kept.against.map(|against| against.name().to_owned())),
        ("disease", kept.disease),
        ("as_of", form.as_of.clone()),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The fields of an indicator's choices. `on_record`: the diseases of which there is any record, if that is known.
pub(super) fn fields(
    desk: &Desk,
    chosen: &Indicator,
    form: &Form,
    on_record: Option<&BTreeSet<String>>,
) -> Markup {
    let (catalog, choices) = (&desk.catalog, &form.choices);
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let by = choices.by.as_deref().or_else(|| chosen.by.first().map(String::as_str));
    let as_of = choices.as_of.map(|at| jst(at).strftime("%Y-%m-%dT%H:%M").to_string());
    let own = desk.disease.as_str();
    let disease = choices.disease.as_deref().unwrap_or(own);
    let (ja, en) = (|word| catalog.glossary.ja(word), |word| catalog.glossary.en(word));
    html! {
        form.choices action="/explore" method="get" {
            input type="hidden" name="indicator" value=(chosen.id);
            @if chosen.takes_period() {
                label { span { (ja(Word::FirstDay)) small lang="en" { (en(Word::FirstDay)) } } input type="date" name="from" value=(day(choices.from)); }
                label { span { (ja(Word::LastDay)) small lang="en" { (en(Word::LastDay)) } } input type="date" name="to" value=(day(choices.to)); }
            }
            @if !chosen.by.is_empty() {
                label {
                    @let (ja, en) = match chosen.by.iter().any(|by| is_period(by)) {
                        true => (ja(Word::PeriodUnit), en(Word::PeriodUnit)),
                        false => ("区分", "By"),
                    };
                    span { (ja) small lang="en" { (en) } }
                    select name="by" {
                        @for one in &chosen.by { option value=(one) selected[by == Some(one)] { (catalog.by_ja(one)) } }
                    }
                }
            }
            @if chosen.bands.is_some() {
                label {
                    span { (ja(Word::AgeBands)) small lang="en" { (en(Word::AgeBands)) } }
                    select name="bands" {
                        @for one in catalog.bandings_of(chosen) {
                            option value=(one.id) selected[choices.bands.as_ref() == Some(&one.id)] { (one.ja) }
                        }
                    }
                }
            }
            @if !chosen.against.is_empty() {
                label {
                    span { "比較" small lang="en" { "Against" } }
                    select name="against" {
                        @for one in &chosen.against {
                            option value=(one.name()) selected[choices.against == Some(*one)] { (one.ja()) }
                        }
                    }
                }
            }
            @if chosen.takes_disease() {
                label {
                    span { (ja(Word::Disease)) small lang="en" { (en(Word::Disease)) } }
                    select name="disease" {
                        @for (code, name) in catalog.diseases() {
                            option value=(code) selected[code == disease] { (name) @if on_record.is_some_and(|known| !known.contains(code)) { "（記録なし）" } }
                        }
                    }
                }
            }
            label {
                span { (ja(Word::DataAsOf)) small lang="en" { (en(Word::DataAsOf)) } }
                input type="datetime-local" name="as_of" value=(as_of.unwrap_or_default());
            }
            button type="submit" { "表示" small lang="en" { "Show" } }
            @if !chosen.takes_period() {
                p.hint { "一時点の値です。期間はありません。過去の値はデータ時点で選びます。" small lang="en" { "A figure of one moment: it takes no period" } }
            }
        }
    }
}

/// Percent-encoding for the few characters that dates and times have beyond the plain ones.
pub(super) fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b':');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(encoded("2026-11-21T10:05"), "2026-11-21T10:05");
        assert_eq!(encoded("a&b=<ｘ>"), "a%26b%3D%3C%EF%BD%98%3E");
    }
}
