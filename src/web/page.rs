//! The page of a wall display. Complete as it comes from the server: the script only puts newer
//! parts in place of older ones, turns boards over, and says when nothing comes any more.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use super::figures::{Figures, PanelFigures};
use super::frames::{Frame, STRIP, Shown};
use super::hall::{Hall, Kept, Notes};
use super::headline::Hung;
use super::{asof, errors, headline, panel, strip, words};
use crate::answer::FreshState;
use crate::catalog::board::Board;
use crate::draw::chart::Theme;
use crate::epi::clock::jst;
use crate::epi::era;
use crate::store::BatchId;

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Boards to go through, separated by commas.
    #[serde(default)]
    play: String,
    #[serde(default)]
    theme: String,
    /// What the board showed at this moment.
    at: Option<String>,
    /// For tests and slow networks: seconds between heartbeats, and of silence until the stale mark.
    heartbeat: Option<u64>,
    stale: Option<u64>,
}

pub fn theme(name: &str) -> Theme {
    if name == "dark" { Theme::Dark } else { Theme::Light }
}

/// `/wall`: the first board of the playlist, and then the others.
pub async fn first(State(hall): State<Hall>) -> Response {
    let Some(board) = hall.playlist.first().or_else(|| hall.boards.keys().next()) else {
        return errors::page(
            StatusCode::NOT_FOUND,
            "ボードがありません",
            "No board is defined",
            hall.notes,
            &hall.assets,
        );
    };
    let play =
        if hall.playlist.len() > 1 { format!("?play={}", hall.playlist.join(",")) } else { String::new() };
    Redirect::temporary(&format!("/wall/{board}{play}")).into_response()
}

/// `/wall/{board}`
pub async fn wall(
    State(hall): State<Hall>,
    Path(board): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    if !hall.boards.contains_key(&board) {
        return errors::page(
            StatusCode::NOT_FOUND,
            "このボードはありません",
            "No such board",
            hall.notes,
            &hall.assets,
        );
    }
    let Some(at) = &asked.at else { return Html(live(&hall, &board, &asked).into_string()).into_response() };
    let Some(at) = asof::parse(at, hall.clock.now()) else {
        let (ja, en) = ("日時が読めません（例 2026-11-14T10:05）", "Not a date and time");
        return errors::page(StatusCode::BAD_REQUEST, ja, en, hall.notes, &hall.assets);
    };
    let Some(history) = hall.history.clone() else {
        return errors::page(
            StatusCode::NOT_FOUND,
            "記録がありません",
            "No record",
            hall.notes,
            &hall.assets,
        );
    };
    let name = board.clone();
    match tokio::task::spawn_blocking(move || history(&name, at)).await {
        Ok(Ok(Some(kept))) => {
            Html(replay(&hall, &kept, at, theme(&asked.theme)).into_string()).into_response()
        }
        Ok(Ok(None)) => {
            let ja = format!("{} より前の図は保存されていません", words::moment(at));
            errors::page(
                StatusCode::NOT_FOUND,
                &ja,
                "No frame was kept before that moment",
                hall.notes,
                &hall.assets,
            )
        }
        Ok(Err(why)) => {
            tracing::error!(board, why, "unable to read a kept frame");
            errors::broken(hall.notes, &hall.assets)
        }
        Err(_) => errors::broken(hall.notes, &hall.assets),
    }
}

/// The boards of the display, the asked one first.
fn playlist(hall: &Hall, board: &str, play: &str) -> Vec<String> {
    let known = |b: &&str| hall.boards.contains_key(*b);
    let mut boards: Vec<String> = play.split(',').filter(known).map(str::to_owned).collect();
    boards.dedup();
    match boards.iter().position(|b| b == board) {
        Some(place) => boards.rotate_left(place),
        None => boards.insert(0, board.to_owned()),
    }
    boards
}

fn live(hall: &Hall, board: &str, asked: &Asked) -> Markup {
    let boards = playlist(hall, board, &asked.play);
    let theme = theme(&asked.theme);
    let now = hall.clock.now();
    let shown: Vec<Drawn> =
        boards.iter().enumerate().map(|(place, b)| drawn(hall, b, theme, place > 0)).collect();
    let strip = hall.wall.latest(STRIP);
    let heartbeat = asked.heartbeat.unwrap_or(hall.heartbeat.as_secs()).clamp(1, 60);
    let stale = asked.stale.unwrap_or(hall.stale.as_secs()).clamp(2, 60);
    let rotate: Vec<String> =
        boards.iter().map(|b| hall.boards.get(b).map_or(30, |b| b.rotate_seconds).to_string()).collect();
    let next = boards.get(1).map(|next| {
        let theme = if theme == Theme::Dark { "&theme=dark" } else { "" };
        format!("{}; url=/wall/{next}?play={}{theme}", rotate[0], asked.play)
    });
    let settings = html! {
        // Without a script the page still comes anew, and still goes through its boards.
        noscript { meta http-equiv="refresh" content=(next.unwrap_or_else(|| "60".to_owned())); }
        script src=(hall.assets.url("wall.js")) defer {}
    };
    let data = Data {
        program: hall.wall.program(),
        boards: &boards.join(","),
        rotate: &rotate.join(","),
        heartbeat,
        stale,
        now: now.as_millisecond(),
    };
    let frame = |id: &str| strip.as_ref().and_then(|f| part(f, theme, id));
    let chrome = Chrome { strip: frame("strip"), systems: frame("systems"), banner: None };
    document(hall, theme, now, &settings, &shown, &chrome, Some(&data))
}

/// One board of the page: its title and its grid.
struct Drawn {
    board: String,
    title: Markup,
    panels: Markup,
    hidden: bool,
}

struct Chrome {
    strip: Option<Markup>,
    systems: Option<Markup>,
    banner: Option<Markup>,
}

/// What the script reads.
struct Data<'a> {
    program: &'a str,
    boards: &'a str,
    rotate: &'a str,
    heartbeat: u64,
    stale: u64,
    now: i64,
}

fn drawn(hall: &Hall, board: &str, theme: Theme, hidden: bool) -> Drawn {
    if let Some(frame) = hall.wall.latest(board)
        && let Shown::Board(figures) = &frame.shown
    {
        let hung = if frame.stand_in { Hung::StandIn } else { Hung::Live };
        let title = headline::title(figures, hung, hidden);
        let parts = &frame.drawn(theme).parts;
        let panels = html! { @for (_, panel) in parts.iter().skip(1) { (PreEscaped(panel)) } };
        return Drawn { board: board.to_owned(), title, panels, hidden };
    }
    let empty = hall.boards.get(board).map(|b| not_yet(b, hall.clock.now()));
    let look = hall.wall.look();
    Drawn {
        board: board.to_owned(),
        title: empty.as_ref().map_or_else(Markup::default, |f| headline::title(f, Hung::Live, hidden)),
        panels: empty.map_or_else(Markup::default, |f| all_panels(&f, &look)),
        hidden,
    }
}

fn all_panels(figures: &Figures, look: &super::layout::Look) -> Markup {
    html! {
        @for (place, shown) in figures.panels.iter().enumerate() {
            (panel::panel(&figures.board, place, shown, look))
        }
    }
}

/// A board whose figures are being made for the first time.
pub fn not_yet(board: &Board, now: Timestamp) -> Figures {
    let panels = board.panels.iter().map(|p| PanelFigures {
        show: p.show.clone(),
        kind: p.kind,
        title: p.title.clone(),
        place: p.at,
        main: None,
        over: None,
        urgent: Vec::new(),
        failed: None,
    });
    Figures {
        board: board.id.clone(),
        title: board.title.clone(),
        disease: String::new(),
        at: now,
        batch: BatchId::default(),
        panels: panels.collect(),
        headline: None,
    }
}

fn part(frame: &Frame, theme: Theme, id: &str) -> Option<Markup> {
    frame.drawn(theme).parts.iter().find(|(name, _)| name == id).map(|(_, html)| PreEscaped(html.clone()))
}

/// A kept frame: drawn from what was kept, never reckoned again.
fn replay(hall: &Hall, kept: &Kept, at: Timestamp, theme: Theme) -> Markup {
    let look = super::layout::Look { theme, notes: true, ..hall.wall.look() };
    let figures = &kept.board;
    let shown = Drawn {
        board: figures.board.clone(),
        title: headline::title(figures, Hung::LookedUp, false),
        panels: all_panels(figures, &look),
        hidden: false,
    };
    // One line for all notes: the board below has the same room as a live one.
    let banner = html! {
        div.notes.replayed {
            @if hall.notes.training { b { "訓練データ" } }
            @if hall.notes.open { span { "ログインなしで公開中" } }
            b { (words::moment(at)) " に表示していた図" }
            span { "（保存された記録・" (words::time_seen_from(figures.at, jst(at).date())) " 集計・版 " (figures.batch.0) "）" }
        }
    };
    let chrome = Chrome {
        strip: kept.strip.as_ref().map(strip::strip),
        systems: kept.strip.as_ref().map(strip::systems),
        banner: Some(banner),
    };
    document(hall, theme, at, &Markup::default(), &[shown], &chrome, None)
}

fn document(
    hall: &Hall,
    theme: Theme,
    now: Timestamp,
    settings: &Markup,
    shown: &[Drawn],
    chrome: &Chrome,
    data: Option<&Data>,
) -> Markup {
    let name =
        shown.first().and_then(|d| hall.boards.get(&d.board)).map_or("火の見", |b| b.title.ja.as_str());
    let shade = if theme == Theme::Dark { "dark" } else { "light" };
    let at = jst(now);
    html! {
        (DOCTYPE)
        html lang="ja" data-theme=(shade) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (name) " — 火の見" }
                link rel="icon" href=(hall.assets.url("icon.svg"));
                link rel="preload" href=(hall.assets.font_url()) as="font" type="font/ttf" crossorigin;
                link rel="stylesheet" href=(hall.assets.url("wall.css"));
                (settings)
            }
            body.wall data-shift=(at.hour() % 8)
                data-program=[data.map(|d| d.program)] data-boards=[data.map(|d| d.boards)]
                data-rotate=[data.map(|d| d.rotate)] data-heartbeat=[data.map(|d| d.heartbeat)]
                data-stale=[data.map(|d| d.stale)] data-now=[data.map(|d| d.now)] data-themename=(shade) {
                @match &chrome.banner { Some(banner) => (banner), None => (notes(hall.notes)), }
                div.top {
                    @for board in shown { (board.title) }
                    div.when {
                        span.clock id="clock" { (words::time(now)) }
                        span.day {
                            span id="day" { (era::format_ja(at.date())) }
                            (or_span(chrome.systems.as_ref(), "systems"))
                            span.systems id="systems-gone" hidden { "系統の状態は不明" }
                        }
                    }
                    div.gone id="gone" role="alert" hidden {
                        (super::marks::shape(FreshState::Stopped))
                        b { "サーバー応答なし" } span { span.gone-since {} "以降の情報は更新されていません" }
                    }
                }
                main {
                    @for board in shown {
                        div.board data-board=(board.board) hidden[board.hidden] { (board.panels) }
                    }
                }
                @match &chrome.strip {
                    Some(strip) => (strip),
                    None => footer.strip id="strip" { b.name { "急ぐ" } span.items { span.item.calm { "集計中" } } },
                }
                // Stands in the strip's place while nothing comes: what was urgent then may not be so now.
                footer.strip id="strip-gone" hidden {
                    b.name { "急ぐ" }
                    span.items { span.item.stopped {
                        (super::marks::shape(FreshState::Stopped))
                        "サーバー応答なし " span.gone-since {} "以降の情報は更新されていません"
                    } }
                }
            }
        }
    }
}

fn or_span(markup: Option<&Markup>, id: &str) -> Markup {
    markup.cloned().unwrap_or_else(|| html! { span.systems id=(id) {} })
}

/// 訓練データ, and that anybody can read this. One line on a wall: with both notes the English stays away.
pub fn notes(notes: Notes) -> Markup {
    let both = notes.training && notes.open;
    html! {
        @if notes.any() {
            div.notes {
                @if notes.training {
                    span { b { "訓練データ" } " 実在の人の記録ではありません " @if !both { small lang="en" { "training data" } } }
                }
                @if notes.open {
                    span { b { "ログインなしで公開中" } " 誰でも見られます " @if !both { small lang="en" { "open to anybody" } } }
                }
            }
        }
    }
}
