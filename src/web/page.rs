//! The page of a wall display. Complete as it comes from the server: the script only puts newer
//! parts in place of older ones, turns boards over, and says when nothing comes any more.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::asked::{Asked, Named, Pairs, QueryString};
use super::errors;
use super::frames::{Frame, STRIP, Shown};
use super::hall::{Hall, Kept, Past};
use super::plain;
use crate::answer::{FreshState, Refusal};
use crate::definitions::board::Board;
use crate::draw::chart::Theme;
use crate::epi::clock::jst;
use crate::epi::era;
use crate::present::figures::{Figures, PanelFigures};
use crate::present::headline::Hung;
use crate::present::{headline, panel, strip, words};
use crate::store::BatchId;

/// What the address of a wall may say.
#[derive(Debug)]
pub(super) struct Display {
    /// Boards to go through.
    play: Vec<String>,
    theme: Theme,
    /// What the board showed at this moment.
    at: Option<Timestamp>,
    /// For tests and slow networks: seconds between heartbeats, and of silence until the stale mark.
    heartbeat: Option<u32>,
    stale: Option<u32>,
}

impl QueryString for Display {
    const NAMES: &'static [&'static str] = &["play", "theme", "at", "heartbeat", "stale"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        let at = said.moment("at", hall.clock.now())?;
        if at.is_some() {
            said.without(&["play", "heartbeat", "stale"], ("過去の表示（at）では", "beside at"))?;
        }
        Ok(Self {
            play: said.boards("play", hall)?,
            theme: said.theme()?,
            at,
            heartbeat: said.number("heartbeat", 1..=60)?,
            stale: said.number("stale", 2..=60)?,
        })
    }
}

/// What the address of the first wall may say.
pub(super) struct Shade(Theme);

impl QueryString for Shade {
    const NAMES: &'static [&'static str] = &["theme"];

    fn read(said: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        Ok(Self(said.theme()?))
    }
}

/// `/wall`: the first board of the playlist, and then the others.
pub(super) async fn first(State(hall): State<Hall>, Asked(Shade(theme)): Asked<Shade>) -> Response {
    let Some(board) = hall.playlist.first().or_else(|| hall.boards.keys().next()) else {
        return errors::page(
            StatusCode::NOT_FOUND,
            "ボードがありません",
            "No board is defined",
            hall.notes,
            &hall.assets,
        );
    };
    let play = (hall.playlist.len() > 1).then(|| format!("play={}", hall.playlist.join(",")));
    let dark = (theme == Theme::Dark).then(|| "theme=dark".to_owned());
    let said: Vec<String> = play.into_iter().chain(dark).collect();
    let query = if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) };
    Redirect::temporary(&format!("/wall/{board}{query}")).into_response()
}

/// `/wall/{board}`
pub(super) async fn wall(
    State(hall): State<Hall>,
    Named(board): Named,
    Asked(display): Asked<Display>,
) -> Response {
    if !hall.boards.contains_key(&board) {
        return no_such_board(&hall);
    }
    let Some(at) = display.at else {
        hall.ask_for(&playlist(&board, &display.play)).await;
        return Html(live(&hall, &board, &display).into_string()).into_response();
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
        Ok(Ok(Past::Shown(kept))) => {
            Html(replay(&hall, &kept, at, display.theme, Told::Kept).into_string()).into_response()
        }
        Ok(Ok(past)) => match (reckoned(&hall, &board, at).await, past) {
            (Some(kept), _) => {
                Html(replay(&hall, &kept, at, display.theme, Told::Anew).into_string()).into_response()
            }
            (None, Past::NotYet { first }) => before_the_first(&hall, &board, at, first),
            (None, _) => before_the_first(&hall, &board, at, None),
        },
        Ok(Err(why)) => {
            tracing::error!(board, why, "unable to read a kept frame");
            errors::broken(hall.notes, &hall.assets)
        }
        Err(_) => errors::broken(hall.notes, &hall.assets),
    }
}

/// Where a board of then comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It was kept.
    Kept,
    /// No display is on record as showing it: reckoned by what was known then.
    Anew,
}

/// The board as of a moment of which no frame was kept. None of a moment of which nothing is known at all.
async fn reckoned(hall: &Hall, board: &str, at: Timestamp) -> Option<Kept> {
    let (anew, board) = (hall.anew.clone()?, hall.boards.get(board)?.clone());
    let figures = anew(board, at).await;
    (figures.batch != BatchId::default()).then_some(Kept { board: figures, strip: None })
}

pub(super) fn no_such_board(hall: &Hall) -> Response {
    let list = html! {
        ul.plainlist { @for board in hall.boards.values() { li { a href=(format!("/wall/{}", board.id)) { (board.title.ja) } } } }
    };
    let said = ("このボードはありません", "No such board");
    errors::page_with(StatusCode::NOT_FOUND, said, &list, hall.notes, &hall.assets)
}

/// A moment before anything was kept: from when on there is something, and the nearest of it.
fn before_the_first(hall: &Hall, board: &str, at: Timestamp, first: Option<Timestamp>) -> Response {
    let title = hall.boards.get(board).map_or(board, |b| b.title.ja.as_str());
    let ja = match first {
        Some(_) => format!("「{title}」の {} の表示は保存されていません", words::moment(at)),
        None => format!("「{title}」の表示はまだ保存されていません"),
    };
    let more = html! {
        @if let Some(first) = first {
            p {
                "最初の記録は " a href=(format!("/wall/{board}?at={first}")) { (words::moment(first)) } " です "
                small lang="en" { "the first record" }
            }
            p { a href=(format!("/boards/{board}")) { "記録の一覧から選ぶ" small lang="en" { "All that was kept" } } }
        }
        p { a href=(format!("/wall/{board}")) { "今の表示へ" small lang="en" { "As it is now" } } }
    };
    let said = (ja.as_str(), "No frame was kept before that moment");
    errors::page_with(StatusCode::NOT_FOUND, said, &more, hall.notes, &hall.assets)
}

/// The boards of the display, the asked one first.
fn playlist(board: &str, play: &[String]) -> Vec<String> {
    let mut boards = play.to_vec();
    boards.dedup();
    match boards.iter().position(|b| b == board) {
        Some(place) => boards.rotate_left(place),
        None => boards.insert(0, board.to_owned()),
    }
    boards
}

fn live(hall: &Hall, board: &str, asked: &Display) -> Markup {
    let boards = playlist(board, &asked.play);
    let theme = asked.theme;
    let now = hall.clock.now();
    let shown: Vec<Drawn> =
        boards.iter().enumerate().map(|(place, b)| drawn(hall, b, theme, place > 0)).collect();
    let strip = hall.wall.latest(STRIP);
    let heartbeat = asked.heartbeat.map_or(hall.heartbeat.as_secs(), u64::from);
    let stale = asked.stale.map_or(hall.stale.as_secs(), u64::from);
    let rotate: Vec<String> =
        boards.iter().map(|b| hall.boards.get(b).map_or(30, |b| b.rotate_seconds).to_string()).collect();
    let next = boards.get(1).map(|next| {
        let theme = if theme == Theme::Dark { "&theme=dark" } else { "" };
        format!("{}; url=/wall/{next}?play={}{theme}", rotate[0], asked.play.join(","))
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

fn all_panels(figures: &Figures, look: &crate::present::layout::Look) -> Markup {
    html! {
        @for (place, shown) in figures.panels.iter().enumerate() {
            (panel::panel(&figures.board, place, shown, look))
        }
    }
}

/// A board whose figures are being made for the first time.
pub(super) fn not_yet(board: &Board, now: Timestamp) -> Figures {
    let panels = board.panels.iter();
    let panels = panels.map(|p| PanelFigures::empty(p.show.clone(), p.kind, p.title.clone(), p.at));
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

/// A board of then. A kept frame is drawn from what was kept, never reckoned again.
fn replay(hall: &Hall, kept: &Kept, at: Timestamp, theme: Theme, told: Told) -> Markup {
    let look = crate::present::layout::Look { theme, notes: true, ..hall.wall.look() };
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
            @match told {
                Told::Kept => {
                    b { (words::moment(at)) " に表示していた図" }
                    span { "（保存された記録・" (words::time_seen_from(figures.at, jst(at).date())) " 集計・版 " (figures.batch.0) "）" }
                }
                Told::Anew => {
                    b { (words::moment(at)) " 時点の図（再計算）" }
                    span { "その時刻に表示していた画面の記録はありません・版 " (figures.batch.0) }
                }
            }
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
                @match &chrome.banner { Some(banner) => (banner), None => (plain::notes(hall.notes)), }
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
                        (crate::present::marks::shape(FreshState::Stopped))
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
                        (crate::present::marks::shape(FreshState::Stopped))
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
