//! The design system to look at: every kind of panel in every state, and every kind of chart, by the code that boards use. The
//! figures are made up, and each says so.

mod charts;
mod panels;

use charts::{chart, charts};
use jiff::civil::Time;
use maud::{Markup, html};
use panels::{SAMPLE, WIDE, panels, urgent};

use super::layout::Look;
use super::{marks, panel, strip};
use crate::answer::FreshState;
use crate::definitions::Catalog;
use crate::definitions::board::Place;
use crate::draw::chart::Theme;
use crate::draw::style::{COLOURS, PAGE_TYPE, SPACES, TYPE};
use crate::draw::theme::{CATEGORIES, Palette};

/// All of it in one theme.
pub fn sheet(catalog: &Catalog, theme: Theme) -> Markup {
    let look = Look { theme, notes: false, closing: Time::constant(9, 0, 0, 0) };
    html! {
        h2 { "色" small lang="en" { "Colours" } }
        (colours(theme))
        h2 { "文字の大きさ" small lang="en" { "Sizes of type" } }
        (sizes())
        h2 { "状態と向きの印" small lang="en" { "Marks of state and direction" } }
        (states())
        h2 { "急ぐ" small lang="en" { "The strip" } }
        (strip::strip(&urgent(false))) (strip::strip(&urgent(true)))
        h2 { "パネル" small lang="en" { "Panels" } }
        div.specimens {
            @for (place, (name, one)) in panels(catalog).into_iter().enumerate() {
                (specimen(&name, one.place, &panel::panel("specimen", place, &one, &look)))
            }
        }
        h2 { "図" small lang="en" { "Charts" } }
        div.specimens {
            @for (name, kind) in charts() {
                (specimen(name, WIDE, &html! { section.panel { div.plot { (chart(name, kind, look)) } } }))
            }
        }
    }
}

fn specimen(name: &str, place: Place, shown: &Markup) -> Markup {
    html! {
        figure.specimen {
            figcaption { b { (SAMPLE) } " " (name) }
            div.frame.(format!("f{}x{}", place.width, place.height)) { (shown) }
        }
    }
}

fn colours(theme: Theme) -> Markup {
    let palette = Palette::of(theme);
    let swatch = |colour: &str| {
        html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect x="0" y="0" width="10" height="10" fill=(colour) {} } }
    };
    html! {
        ul.swatches {
            @for colour in COLOURS {
                @let hex = (colour.of)(palette).hex();
                li { (swatch(&hex)) span { b { (colour.ja) } " " (colour.name) " " (hex) small lang="en" { (colour.en) } } }
            }
            @for n in 0..8 {
                @let hex = palette.series(n).hex();
                @let of: Vec<&str> = CATEGORIES.iter().filter(|(_, place)| *place == n).map(|(name, _)| *name).collect();
                li { (swatch(&hex)) span { b { "区分" (n + 1) } " " (of.join("・")) " " (hex) } }
            }
            @for (name, colour) in [("男", palette.male), ("女", palette.female)] {
                li { (swatch(&colour.hex())) span { b { (name) } " " (colour.hex()) } }
            }
        }
    }
}

fn sizes() -> Markup {
    html! {
        ul.scale {
            @for size in TYPE { li.(size.name) { "人123 " small { (size.ja) "・" (size.u) "u" } } }
        }
        ul.scale {
            @for space in SPACES {
                li { svg.spacer.(space.name) viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" { rect width="1" height="1" {} } small { (space.ja) "・" (space.u) "u" } }
            }
        }
        p.beside {
            "ページ: " @for (name, rem) in PAGE_TYPE { (name) " " (rem) "rem " }
        }
    }
}

fn states() -> Markup {
    html! {
        p.marks {
            @for state in [FreshState::Fresh, FreshState::Late, FreshState::Stopped, FreshState::Maintenance, FreshState::Never] {
                (marks::mark(state, None))
            }
            span { "秘匿 " (marks::masked()) } span { "不明 —" }
        }
        p.marks { span { "増 " b { "+12" } } span { "減 " b { "−3" } } span { "同じ " b { "±0" } } span { "比較できない " b { "比較不可" } } }
    }
}
