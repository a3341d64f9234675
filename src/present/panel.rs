//! One panel: its heading, its basis, the state of its sources, and what it shows.

use maud::{Markup, PreEscaped, html};

use super::figures::{Block, PanelFigures};
use super::layout::{CLOSE, FOOTNOTE, LABEL, Look, TIGHT, in_a_word, lines_of};
use super::{alarms, beds, chart, gauges, marks, sentences, standing, table, tile, undated, words};
use crate::answer::FreshState;
use crate::definitions::PanelKind;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};

/// The id that a panel has on its board's page and in the messages to displays.
pub fn id(board: &str, place: usize) -> String {
    format!("{board}-{}", place + 1)
}

/// The whole panel. Complete by itself: a display only puts it in its place.
pub fn panel(board: &str, place: usize, panel: &PanelFigures, look: &Look) -> Markup {
    let at = panel.place;
    let grid = format!("c{} r{} w{} h{}", at.column, at.row, at.width, at.height);
    let state = panel.main.as_ref().and_then(Block::state).map_or("fresh", marks::class);
    let kind = kind_class(panel.kind);
    html! {
        section.panel.(grid).(kind).(state).tall[at.height > 2] id=(id(board, place)) {
            @match (&panel.main, &panel.failed) {
                (Some(block), failed) => { (heading(panel, block, look, failed.is_some())) (body(panel, block, look)) }
                (None, Some(why)) => { (failure(panel, why)) }
                (None, None) => { (loading(panel)) }
            }
        }
    }
}

/// The frame around a basis, in u.
const TAG: f64 = 2.0 * (TIGHT + 0.15);

const fn kind_class(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Hero => "hero",
        PanelKind::Tile => "tile",
        PanelKind::Table => "table",
        PanelKind::Beds => "beds",
        PanelKind::Gauges => "gauges",
        PanelKind::Alarms => "alarms",
        PanelKind::Sentences => "sentences",
        PanelKind::Spark => "spark",
        _ => "chart",
    }
}

fn heading(panel: &PanelFigures, block: &Block, look: &Look, failed: bool) -> Markup {
    let about = &block.about;
    let hero = (panel.kind == PanelKind::Hero).then(|| tile::hero_title(block, look)).flatten();
    let beside = hero.as_ref().map(|(_, beside)| beside.clone());
    let own = panel.title.as_ref().unwrap_or(&about.title);
    let title = hero.map_or_else(|| own.ja.clone(), |(title, _)| title);
    // Charts and tables have their basis in the footer, numbers beside their title.
    let tagged = matches!(panel.kind, PanelKind::Hero | PanelKind::Tile) && !title.contains(&about.basis);
    let with_unit = !matches!(panel.kind, PanelKind::Hero | PanelKind::Tile | PanelKind::Spark | PanelKind::Beds | PanelKind::Sentences)
            // A table that says the unit of each row has none of its own.
            && !block.has(Role::RowUnit)
            && !about.unit.ja().is_empty();
    let words = font::width(&title, LABEL, Weight::Strong);
    let unit = match with_unit {
        true => CLOSE + font::width(&format!("({})", about.unit.ja()), FOOTNOTE, Weight::Text),
        false => 0.0,
    };
    let tag = if tagged { CLOSE + TAG + font::width(&about.basis, FOOTNOTE, Weight::Text) } else { 0.0 };
    let inside = look.inside(panel.place).0;
    let over = panel.over.as_ref();
    let number = matches!(panel.kind, PanelKind::Hero | PanelKind::Tile);
    let undated = undated::MissingRows::of(block, over).filter(|_| number && !failed);
    let least = undated.as_ref().map_or(0.0, undated::MissingRows::wanted);
    // A long heading is smaller, so that the marks beside it have room.
    let wanted = standing::wanted(block, over);
    let tight = words + unit + tag + CLOSE + wanted + least > inside;
    let words = if tight { words * FOOTNOTE / LABEL } else { words };
    let room = inside - words - unit - tag - CLOSE;
    let undated = undated.map(|said| said.in_heading(room - wanted));
    let room = room - undated.as_ref().map_or(0.0, |(_, taken)| *taken);
    html! {
        header {
            h2.tight[tight] title=(format!("{} — {}", own.en, definition(block))) {
                (title)
                @if with_unit { span.beside { "(" (about.unit.ja()) ")" } }
                @if tagged { span.basis { (about.basis) } }
            }
            @if failed {
                (marks::mark(FreshState::Stopped, Some(&words::time_seen_from(block.as_of, block.today()))))
            } @else if let Some((undated, _)) = undated {
                span.marks { (undated) (standing::standing(block, over, room)) }
            } @else {
                (standing::standing(block, over, room))
            }
        }
        @if let Some(beside) = beside { p.beside { (beside) } }
    }
}

/// Numerator and denominator, as the header gives them: often sentences, which no sign can stand between.
pub fn definition(block: &Block) -> String {
    match &block.about.denominator {
        Some(denominator) => format!("分子: {}、分母: {denominator}", block.about.numerator),
        None => block.about.numerator.clone(),
    }
}

fn body(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    let at = panel.place;
    match panel.kind {
        PanelKind::Hero => html! { div.body { (tile::hero(panel, block, look)) } },
        PanelKind::Tile => html! { div.body { (tile::tile(panel, block, look)) } },
        PanelKind::Beds => {
            html! { div.body { (beds::beds(block, look, at)) } (footer(panel, block, true)) }
        }
        PanelKind::Gauges => {
            html! { div.body { (gauges::gauges(block, look, at)) } (footer(panel, block, true)) }
        }
        PanelKind::Alarms => {
            html! { div.body { (alarms::alarms(block, look, at)) } (footer(panel, block, true)) }
        }
        PanelKind::Sentences => {
            html! { div.body { (sentences::sentences(panel, block, look)) } (footer(panel, block, true)) }
        }
        PanelKind::Table => {
            html! { div.body { (table::wall(block, look, at)) } (footer(panel, block, true)) }
        }
        PanelKind::Spark => html! {
            div.body { (tile::latest(panel, block, &panel.title.as_ref().unwrap_or(&block.about.title).ja, look)) div.plot { (picture(panel, block, look)) } }
            (footer(panel, block, false))
        },
        _ => html! { div.plot { (picture(panel, block, look)) } (footer(panel, block, false)) },
    }
}

/// The chart, or what to say when there is none to draw.
fn picture(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    if block.table.rows.is_empty() && block.untold.is_empty() {
        return if block.sources.is_empty() {
            html! { p.none { "系統が設定されていません" small lang="en" { "No source of this figure is taken" } } }
        } else {
            table::no_data(block)
        };
    }
    let size = if panel.kind == PanelKind::Spark { look.spark(panel.place) } else { look.plot(panel.place) };
    let drawn_over = panel.over.as_ref().is_some_and(|over| !over.table.rows.is_empty());
    if let Some(why) = block.why().filter(|_| !drawn_over) {
        let lines = lines_of(font::width(why, LABEL, Weight::Strong), look.inside(panel.place).0);
        // The words and their English take so much of the plot's height, which is in pixels.
        let fits = (lines * LABEL * 1.4 + FOOTNOTE * 1.4) * 10.8 <= f64::from(size.height);
        let said = if fits { why.to_owned() } else { in_a_word(why) };
        let roomy = f64::from(size.height) > (LABEL + FOOTNOTE) * 1.5 * 10.8;
        return html! {
            p.none title=(why) { (said) @if roomy { small lang="en" { "No figure can be given" } } }
        };
    }
    let Some(mut drawing) = chart::of(panel.kind, block, panel.over.as_ref(), true) else {
        return html! { p.none { "この形では描けません" small lang="en" { "Not drawable in this form" } } };
    };
    drawing.set_faint(panel.faint);
    match crate::draw::svg(&drawing, size, look.theme) {
        Ok(svg) => PreEscaped(svg),
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "unable to draw a panel");
            html! { p.none { "図を描けませんでした" small lang="en" { "The chart could not be drawn" } } }
        }
    }
}

/// What `1 / 4` takes of a footer, in u.
const PAGE_NUMBER: f64 = 12.0;

/// What the figures lack, basis, period, as-of, source.
fn footer(panel: &PanelFigures, block: &Block, paged: bool) -> Markup {
    let room = Look::footer_room(panel.place) - if paged { PAGE_NUMBER } else { 0.0 };
    // A table has its reasons in its rows.
    let why = block.why().filter(|_| !paged);
    let said = |why: &str| format!("算出できず: {why} ");
    let fits = |why: &String| font::width(why, FOOTNOTE, Weight::Strong) <= room / 2.0;
    let why = why.and_then(|why| [said(why), said(&in_a_word(why))].into_iter().find(fits));
    let why = why.unwrap_or_default();
    let why = if why.is_empty() { chart::alone(block, panel.kind).unwrap_or_default() } else { why };
    let held = chart::held_to(block).filter(|_| !paged);
    let held = held.map(|held| format!("{held} ")).unwrap_or_default();
    let room = room - font::width(&format!("{why}{held}"), FOOTNOTE, Weight::Text);
    let undated = undated::MissingRows::of(block, panel.over.as_ref());
    let (undated, taken) = undated.map_or_else(
        || (Markup::default(), 0.0),
        |said| {
            let least = font::width(&chart::basis_and_days(block, false), FOOTNOTE, Weight::Text);
            said.in_footer(room - least)
        },
    );
    let rest = chart::footer_within(block, room - taken, FOOTNOTE);
    // In the narrowest the picture itself says the days.
    let narrow = font::width(&rest, FOOTNOTE, Weight::Text) > room - taken;
    let rest = if narrow { block.about.basis.clone() } else { rest };
    html! { footer { @if !why.is_empty() { b { (why) } } (undated) (held) (rest) } }
}

fn failure(panel: &PanelFigures, why: &str) -> Markup {
    let title = panel.title.as_ref().map_or(panel.show.as_str(), |t| t.ja.as_str());
    html! {
        header {
            h2 { (title) }
            (marks::mark(FreshState::Stopped, None))
        }
        div.body { p.none { "集計できませんでした" small { (why) } } }
    }
}

fn loading(panel: &PanelFigures) -> Markup {
    let title = panel.title.as_ref().map_or("", |t| t.ja.as_str());
    html! {
        header { h2 { (title) } }
        div.body { p.none { "集計中" small lang="en" { "Being computed" } } }
    }
}
