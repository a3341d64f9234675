//! `/boards`: all boards. `/boards/{board}`: the moments at which one showed something, and a field for any other.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};

use super::asked::{Asked, Named, Pairs, QueryString};
use super::hall::Hall;
use super::{App, errors, page, plain};
use crate::answer::Refusal;
use crate::definitions::board::Board;
use crate::definitions::{Catalog, Word};
use crate::epi::clock::{from_jst, jst};
use crate::present::lists;
use crate::store::{Store, StoreError};

pub(super) fn router() -> Router<App> {
    Router::new().route("/boards", get(boards)).route("/boards/{board}", get(kept))
}

/// What is looked for in a list.
pub(super) struct Searched(pub Option<String>);

impl QueryString for Searched {
    const NAMES: &'static [&'static str] = &["q"];
    // An empty search shows the whole list again.
    const BLANK: &'static [&'static str] = &["q"];

    fn read(said: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        Ok(Self(said.owned("q")))
    }
}

async fn boards(
    State(catalog): State<Arc<Catalog>>,
    State(hall): State<Hall>,
    Asked(Searched(q)): Asked<Searched>,
) -> Html<String> {
    let content = html! {
        h1 { "ボード一覧" small lang="en" { "Boards" } }
        p { a.button href="/wall" { (catalog.glossary.ja(Word::InTurn)) "（F11 で全画面）" } }
        (lists::search("/boards", q.as_deref(), &[]))
        (lists::boards(&catalog, q.as_deref()))
    };
    plain::page("ボード一覧", &content, hall.notes, &hall.assets)
}

/// The day whose moments are listed.
struct Listed(Option<Date>);

impl QueryString for Listed {
    const NAMES: &'static [&'static str] = &["day"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        Ok(Self(said.past_day("day", hall.clock.now())?))
    }
}

/// What is on record of one board.
struct Record {
    days: Vec<(Date, u64)>,
    day: Option<Date>,
    times: Vec<Timestamp>,
}

async fn kept(
    State(catalog): State<Arc<Catalog>>,
    State(store): State<Store>,
    State(hall): State<Hall>,
    Named(id): Named,
    Asked(Listed(day)): Asked<Listed>,
) -> Response {
    let Some(board) = catalog.boards.get(&id).cloned() else {
        return page::no_such_board(&hall);
    };
    let read = tokio::task::spawn_blocking(move || -> Result<Record, StoreError> {
        let days = store.frame_days(&id)?;
        let day = day.or_else(|| days.last().map(|(day, _)| *day));
        let times = match day {
            Some(day) => {
                let (from, next) = (day.at(0, 0, 0, 0), day.saturating_add(1.day()).at(0, 0, 0, 0));
                let to = from_jst(next).saturating_sub(1.microsecond()).unwrap_or(Timestamp::MAX);
                store.frame_times(&id, from_jst(from), to)?
            }
            None => Vec::new(),
        };
        Ok(Record { days, day, times })
    });
    match read.await {
        Ok(Ok(record)) => {
            let title = format!("過去の表示 {}", board.title.ja);
            let content = content(&board, &record, hall.clock.now());
            plain::page(&title, &content, hall.notes, &hall.assets).into_response()
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "unable to list kept frames");
            errors::broken(hall.notes, &hall.assets)
        }
        Err(_) => errors::broken(hall.notes, &hall.assets),
    }
}

fn content(board: &Board, record: &Record, now: Timestamp) -> Markup {
    // The field knows whole minutes: the one that is over when the last frame was kept holds it.
    let local = |at: Timestamp| {
        let whole = at.saturating_add(59.seconds()).unwrap_or(at);
        jst(whole).strftime("%Y-%m-%dT%H:%M").to_string()
    };
    html! {
        h1 { (board.title.ja) small lang="en" { (board.title.en) } }
        p.hint { "表示したものは保存し、そのまま読み出します。表示していた画面のない時刻は、その時点で分かっていたことから計算し直し、そう断ります。" }
        @if !board.questions.is_empty() {
            h2 { "このボードで分かること" small lang="en" { "What it answers" } }
            ul.plainlist {
                @for question in &board.questions {
                    li { b { (question.seconds) "秒 " } (question.ask.ja) small lang="en" { (question.ask.en) } }
                }
            }
        }
        h2 { "過去の表示" small lang="en" { "What it showed" } }
        form.choices action=(format!("/wall/{}", board.id)) method="get" {
            label {
                span { "表示日時" small lang="en" { "Moment" } }
                input type="datetime-local" name="at" required value=(local(record.times.last().copied().unwrap_or(now))) max=(local(now));
            }
            button type="submit" { "表示" small lang="en" { "Show" } }
        }
        @if record.days.is_empty() {
            p { "まだ保存された表示がありません" small lang="en" { "Nothing has been kept yet" } }
        } @else {
            h2 { "記録のある日" small lang="en" { "Days on record" } }
            ul.moments {
                @for (day, frames) in record.days.iter().rev() {
                    li { a href=(format!("/boards/{}?day={day}", board.id)) aria-current=[(record.day == Some(*day)).then_some("date")] { (day) } small { (frames) "回" } }
                }
            }
            @if let Some(day) = record.day { (times(board, day, &record.times)) }
        }
        p { a href=(format!("/wall/{}", board.id)) { "今の表示へ" small lang="en" { "As it is now" } } " ・ " a href="/boards" { "ボード一覧へ" } }
    }
}

/// The moments of a day, hour by hour.
fn times(board: &Board, day: Date, times: &[Timestamp]) -> Markup {
    let hours = times.chunk_by(|one, next| jst(*one).hour() == jst(*next).hour());
    html! {
        h2 { (day) " に表示が変わった時刻" small lang="en" { "When it changed" } }
        @if times.is_empty() { p { "この日の記録はありません" small lang="en" { "Nothing was kept on this day" } } }
        dl.moments {
            @for hour in hours {
                dt { (jst(hour[0]).hour()) "時" }
                dd { @for at in hour { a href=(format!("/wall/{}?at={at}", board.id)) { (jst(*at).strftime("%H:%M:%S").to_string()) } " " } }
            }
        }
    }
}
