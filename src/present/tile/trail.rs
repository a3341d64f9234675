//! What a number was at the end of each of the days before, as a small line.

use maud::{Markup, PreEscaped, html};

use super::super::figures::{Block, PanelFigures};
use super::super::layout::Look;
use crate::draw::chart::{Caption, Chart, Kind, Series};

/// Days with a figure from which a trail says something.
const LEAST_DAYS: usize = 4;

/// The way that a number has come, where its tile has room: the same figure at the end of each of the days before.
pub(super) fn trail(panel: &PanelFigures, block: &Block, look: &Look, lines: usize) -> Markup {
    let known = panel.trail.iter().filter(|(_, value)| value.is_some()).count();
    let Some(size) = look.trail(panel.place, lines).filter(|_| known >= LEAST_DAYS) else {
        return Markup::default();
    };
    let days = panel.trail.len();
    let title = block.about.title.ja.clone();
    let description = format!("{title} 直近{days}日の各日24時の値と現在の値。");
    let caption = Caption { title: title.clone(), description, bare: true, ..Caption::default() };
    let points = Series { label: title, points: panel.trail.clone() };
    match crate::draw::svg(&Chart { caption, kind: Kind::Spark(points) }, size, look.theme) {
        Ok(svg) => html! {
            div.trail {
                div.drawn { (PreEscaped(svg)) }
                p.beside { "直近" (days) "日（各日24時・当時の把握）" }
            }
        },
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "unable to draw a trail");
            Markup::default()
        }
    }
}
