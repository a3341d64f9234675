//! What an address says after its question mark. Every route reads it here and nowhere else: a name that the route
//! does not know, a name said twice and a value that can't be are refused by the parameter's name, never passed
//! over. People get a page, programs a problem.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::extract::{FromRef, FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;

use super::errors;
use super::hall::Hall;
use crate::answer::{Choices, Refusal, lies_ahead, parameter_name};
use crate::draw::chart::Theme;
use crate::epi::against::Against;
use crate::epi::clock::jst;
use crate::epi::moment;

/// The query of one route.
pub(super) trait QueryString: Sized {
    /// All names that it may hold.
    const NAMES: &'static [&'static str];
    /// Those of them that the page's own form sends empty where nothing was written into a field. An empty value
    /// anywhere else is refused.
    const BLANK: &'static [&'static str] = &[];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal>;
}

/// A route's query, as the handler takes it; what can't be has been answered already.
pub(super) struct Asked<Q>(pub Q);

impl<S, Q> FromRequestParts<S> for Asked<Q>
where
    S: Send + Sync,
    Q: QueryString,
    Hall: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let hall = Hall::from_ref(state);
        let read = Pairs::of(&parts.uri, Q::NAMES, Q::BLANK).and_then(|said| Q::read(&said, &hall));
        read.map(Self).map_err(|why| errors::refused(&hall, &parts.uri, StatusCode::BAD_REQUEST, &why))
    }
}

/// The query of a route that takes none.
pub(super) struct Nothing;

impl QueryString for Nothing {
    const NAMES: &'static [&'static str] = &[];

    fn read(_: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        Ok(Self)
    }
}

/// The one part of a path that differs, as text.
pub(super) struct Named(pub String);

impl<S> FromRequestParts<S> for Named
where
    S: Send + Sync,
    Hall: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            // Bytes that are no text name nothing.
            Err(_) => Err(errors::no_such_page(&Hall::from_ref(state), &parts.uri)),
        }
    }
}

/// Names and values, each name once and no value empty.
#[derive(Debug, Default)]
pub(super) struct Pairs(BTreeMap<&'static str, String>);

impl Pairs {
    /// `blank`: names whose empty values say nothing.
    pub(super) fn of(uri: &Uri, names: &'static [&'static str], blank: &[&str]) -> Result<Self, Refusal> {
        let unreadable = |_| Refusal::new("query", "条件が読めません", "the conditions can't be read");
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(unreadable)?;
        let mut said = BTreeMap::new();
        for (name, value) in pairs {
            let Some(known) = names.iter().find(|known| **known == name) else {
                return Err(unknown(&name, names));
            };
            if said.insert(*known, value.trim().to_owned()).is_some() {
                let ja = format!("{}（{known}）が二度指定されています", parameter_name(known).ja);
                return Err(Refusal::new(known, ja, format!("{known} is said twice")));
            }
        }
        let empty = said.iter().find(|(name, value)| value.is_empty() && !blank.contains(*name));
        if let Some((name, _)) = empty {
            return Err(Refusal::blank(name));
        }
        said.retain(|_, value| !value.is_empty());
        Ok(Self(said))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(super) fn day(&self, name: &'static str) -> Result<Option<Date>, Refusal> {
        let wrong = || {
            let ja = format!("{}（{name}）は 2026-11-21 のように書いてください", parameter_name(name).ja);
            Refusal::new(name, ja, format!("{name}: a day like 2026-11-21"))
        };
        match self.text(name).map(|text| moment::day(text).ok_or_else(wrong)).transpose()? {
            Some(day) if !moment::YEARS.contains(&day.year()) => Err(Refusal::year(name)),
            day => Ok(day),
        }
    }

    /// A day that is not ahead.
    pub(super) fn past_day(&self, name: &'static str, now: Timestamp) -> Result<Option<Date>, Refusal> {
        let (day, today) = (self.day(name)?, jst(now).date());
        match day.filter(|day| *day > today) {
            Some(day) => Err(Refusal::not_yet(name, day, today)),
            None => Ok(day),
        }
    }

    /// A moment that is not ahead.
    pub(super) fn moment(&self, name: &'static str, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let Some(at) = moment::read(text, now) else {
            let ja = format!(
                "{}（{name}）は 2026-11-21 または 2026-11-21T10:05 のように書いてください",
                parameter_name(name).ja
            );
            return Err(Refusal::new(
                name,
                ja,
                format!("{name}: 2026-11-21, 2026-11-21T10:05 (Japan) or RFC 3339"),
            ));
        };
        if !moment::can_be_asked(at) {
            return Err(Refusal::year(name));
        }
        if lies_ahead(at, now) {
            return Err(Refusal::future(name, at, now));
        }
        Ok(Some(at.min(now)))
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meant)| Some(*meant));
        found.ok_or_else(|| Refusal::choice(name, words.iter().map(|(word, _)| *word)))
    }

    pub(super) fn theme(&self) -> Result<Theme, Refusal> {
        let words = [("light", Theme::Light), ("dark", Theme::Dark)];
        Ok(self.word("theme", &words)?.unwrap_or(Theme::Light))
    }

    pub(super) fn number(
        &self,
        name: &'static str,
        within: RangeInclusive<u32>,
    ) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && within.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = (within.start(), within.end());
            let ja = format!("{}（{name}）は {least} から {most} までの整数です", parameter_name(name).ja);
            Refusal::new(name, ja, format!("{name}: a whole number from {least} to {most}"))
        })
    }

    /// Boards by their names, separated by commas.
    pub(super) fn boards(&self, name: &'static str, hall: &Hall) -> Result<Vec<String>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(Vec::new()) };
        let boards: Vec<String> = text.split(',').map(|board| board.trim().to_owned()).collect();
        if boards.iter().any(|board| !hall.boards.contains_key(board)) {
            return Err(Refusal::choice(name, hall.boards.keys().cloned()));
        }
        Ok(boards)
    }

    /// Refuses what means nothing where it is said.
    pub(super) fn without(&self, names: &[&'static str], (ja, en): (&str, &str)) -> Result<(), Refusal> {
        match names.iter().find(|name| self.0.contains_key(*name)) {
            None => Ok(()),
            Some(name) => {
                let ja = format!("{}（{name}）は{ja}指定できません", parameter_name(name).ja);
                Err(Refusal::new(name, ja, format!("{name} means nothing {en}")))
            }
        }
    }

    /// What a link, a form or a file's address says of an indicator.
    pub(super) fn choices(&self, now: Timestamp) -> Result<Choices, Refusal> {
        Ok(Choices {
            from: self.day("from")?,
            to: self.day("to")?,
            as_of: self.moment("as_of", now)?,
            by: self.owned("by"),
            bands: self.owned("bands"),
            against: self.word("against", &Against::ALL.map(|against| (against.name(), against)))?,
            disease: self.owned("disease"),
        })
    }
}

/// A name that the route does not know. It comes back only if it is a plain word: anybody may have written it.
fn unknown(name: &str, names: &'static [&'static str]) -> Refusal {
    let plain = !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let shown = if plain { name } else { "?" };
    let ja = format!("条件 {shown} はこのページでは使えません");
    let en = format!("{shown} is no parameter of this address");
    Refusal::new("query", ja, en).accepting(names.iter().copied())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(query: &str) -> Result<Pairs, Refusal> {
        let uri: Uri = format!("/x?{query}").parse().expect("an address");
        Pairs::of(&uri, &["from", "theme", "width", "at"], &["at"])
    }

    #[test]
    fn names_are_known_and_said_once() {
        let read = said("from=2026-11-21&width=400&at=").expect("reads");
        assert_eq!(read.day("from"), Ok(Some(jiff::civil::date(2026, 11, 21))));
        assert_eq!((read.theme(), read.number("width", 200..=4000)), (Ok(Theme::Light), Ok(Some(400))));
        assert_eq!(read.text("at"), None, "its form sends it empty");
        for empty in ["theme=", "theme", "theme=%20", "from=2026-11-21&theme=&width=400"] {
            let why = said(empty).expect_err(empty);
            assert_eq!(
                (why.parameter, why.ja.as_str()),
                ("theme", "配色（theme）の値が空です。値を書くか、指定しないでください")
            );
        }
        let typo = said("form=2026-11-21").expect_err("no such name");
        assert_eq!(typo.en, "form is no parameter of this address");
        assert_eq!(typo.accepted, ["from", "theme", "width", "at"]);
        for twice in ["from=&from=2026-11-21", "from=2026-11-21&from=2026-11-21"] {
            assert_eq!(said(twice).expect_err("twice").en, "from is said twice");
        }
        for strange in ["%3Cb%3E=1", "=1", "%FF=1", "a%20b=1"] {
            let told = said(strange).expect_err(strange).to_string();
            assert!(told.contains("条件 ? は") && !told.contains('<'), "{told}");
        }
    }

    #[test]
    fn years_that_no_figure_is_of_are_refused_as_questions() {
        let now: Timestamp = "2026-11-21T05:00:00Z".parse().expect("a moment");
        for day in ["1899-12-31", "2201-01-01", "0001-01-01", "-009999-01-01", "9998-12-31"] {
            let read = said(&format!("from={day}&at={day}")).expect("reads");
            let why = [read.day("from").expect_err(day).en, read.moment("at", now).expect_err(day).en];
            // One with a sign in front is written in no form of a day.
            let year = why.iter().all(|why| why.ends_with(": a year from 1900 to 2200"));
            assert!(year || day.starts_with('-') && why[0] == "from: a day like 2026-11-21", "{why:?}");
        }
    }

    proptest! {
        /// No query of whatever bytes makes anything but an answer or a refusal that names its parameter.
        #[test]
        fn no_query_panics(query in "[a-z_%0-9=&;+.:TZ-]{0,60}|(from|at|theme|width)=[^ #]{0,24}(&(from|at)=[-+0-9TZ:. ]{0,24})?") {
            let Ok(uri) = format!("/x?{query}").parse::<Uri>() else { return Ok(()) };
            let now: Timestamp = "2026-11-21T05:00:00Z".parse().expect("a moment");
            if let Ok(read) = Pairs::of(&uri, &["from", "theme", "width", "at"], &["at"]) {
                let _ = (read.day("from"), read.past_day("from", now), read.moment("at", now), read.theme());
                let _ = read.number("width", 200..=4000);
            }
        }
    }

    #[test]
    fn no_value_comes_back() {
        let now: Timestamp = "2026-11-21T05:00:00Z".parse().expect("a moment");
        let read =
            said("from=%3Cscript%3E&theme=%3Cscript%3E&width=%3Cscript%3E&at=%3Cscript%3E").expect("reads");
        for why in [
            read.day("from").expect_err("no day"),
            read.theme().expect_err("no theme"),
            read.number("width", 200..=4000).expect_err("no number"),
            read.moment("at", now).expect_err("no moment"),
        ] {
            assert!(!why.to_string().contains("script") && why.to_string().contains(why.parameter), "{why}");
        }
        for width in ["199", "4001", "%2B400", "4e2", "99999999999999999999"] {
            let wrong = said(&format!("width={width}")).expect("reads").number("width", 200..=4000);
            assert!(wrong.is_err(), "{width}");
        }
        let ahead = said("at=2026-11-22").expect("reads").moment("at", now).expect_err("tomorrow");
        assert!(ahead.ja.contains("未来"), "{ahead}");
        assert_eq!(said("at=2026-11-21").expect("reads").moment("at", now), Ok(Some(now)));
        let day = |day: &str| said(&format!("from={day}")).expect("reads").past_day("from", now);
        assert_eq!(day("2026-11-21"), Ok(Some(jiff::civil::date(2026, 11, 21))));
        assert!(day("2026-11-22").expect_err("tomorrow").ja.contains("まだ来ていません"));
    }
}
