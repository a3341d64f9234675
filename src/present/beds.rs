//! The bed board: a bar a hospital — occupied, severe, free — in columns, then in pages when there are many.

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{FOOTNOTE, LABEL, Look};
use super::{numbers, table, words};
use crate::answer::Cell;
use crate::definitions::board::Place;
use crate::definitions::indicator::Unit;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;

struct Hospital<'a> {
    name: &'a str,
    occupied: Option<f64>,
    secured: Option<f64>,
    severe: Option<f64>,
    /// The day of a report that is not today's.
    old: Option<String>,
    in_ward: bool,
}

/// How the names fit beside their bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// In label size.
    Plain,
    /// Smaller, beside shorter bars.
    Long,
    /// Smaller and on two lines.
    Double,
}

/// What a hospital's bar and figures take beside its name, in u: with plain names and with long ones.
const BESIDE: f64 = 62.0;
const BESIDE_LONG: f64 = 41.0;
/// Height of a line with a name on two lines, in lines.
const DOUBLE: f64 = 1.35;
/// A panel this wide has two columns.
const WIDE: u8 = 11;

/// All hospitals of the answer, in its order: `lines` to a column, then pages of equal length.
pub fn beds(block: &Block, look: &Look, place: Place) -> Markup {
    if block.table.rows.is_empty() {
        return html! { p.none { "病床の報告はまだありません" small lang="en" { "No hospital has reported" } } };
    }
    let hospitals: Vec<Hospital> = (0..block.table.rows.len()).map(|row| hospital(block, row)).collect();
    // A header line is not needed here: the legend stands in its place.
    let mut lines = look.lines(place);
    let columns = if hospitals.len() > lines && place.width >= WIDE { 2 } else { 1 };
    let names = names(&hospitals, look.inside(place).0 / if columns == 2 { 2.06 } else { 1.0 });
    if names == Names::Double {
        lines = fewer(lines);
    }
    let pages = hospitals.len().div_ceil(lines * columns);
    let page = hospitals.len().div_ceil(pages);
    html! {
        (legend(block))
        (table::pages(hospitals.chunks(page).map(|page| html! {
            ul.hospitals.two[columns == 2].long[names != Names::Plain].double[names == Names::Double] {
                @for hospital in page { (one(hospital)) }
            }
        }).collect()))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a few lines"
)]
fn fewer(lines: usize) -> usize {
    ((lines as f64 / DOUBLE) as usize).max(1)
}

fn names(hospitals: &[Hospital], width: f64) -> Names {
    let widest = |size: f64| hospitals.iter().map(|h| h.name_width(size)).fold(0.0, f64::max);
    if widest(LABEL) <= width - BESIDE {
        Names::Plain
    } else if widest(FOOTNOTE) <= width - BESIDE_LONG {
        Names::Long
    } else {
        Names::Double
    }
}

impl Hospital<'_> {
    fn name_width(&self, size: f64) -> f64 {
        let old = self
            .old
            .as_ref()
            .map_or(0.0, |day| 0.8 + font::width(&format!("{day} 報告"), FOOTNOTE, Weight::Strong));
        let outside = if self.in_ward { 0.0 } else { 9.0 };
        font::width(self.name, size, Weight::Text) + old + outside
    }
}

fn hospital(block: &Block, row: usize) -> Hospital<'_> {
    let today = jst(block.as_of).date();
    let old = match block.cell_of(row, Role::ReportedAt) {
        Cell::Instant(at) if jst(*at).date() < today => Some(words::day_seen_from(jst(*at).date(), today)),
        _ => None,
    };
    let name = match block.cell_of(row, Role::Facility) {
        Cell::Text(id) => block.name_of(id),
        _ => "不明",
    };
    Hospital {
        name,
        occupied: numbers::number(block.cell_of(row, Role::Occupied)),
        secured: numbers::number(block.cell_of(row, Role::Secured)),
        severe: numbers::number(block.cell_of(row, Role::Severe)),
        old,
        in_ward: !matches!(block.cell_of(row, Role::InWard), Cell::Bool(false)),
    }
}

fn one(hospital: &Hospital) -> Markup {
    let severe = hospital.severe.filter(|n| *n > 0.0);
    html! {
        li.hospital {
            span.name {
                b { (hospital.name) }
                @if !hospital.in_ward { span.basis { "区外" } }
                @if let Some(day) = &hospital.old { span.old { (day) " 報告" } }
            }
            (bar(hospital))
            span.count {
                span.digits data-n=(hospital.name) { (whole(hospital.occupied)) }
                span.of { "/" (whole(hospital.secured)) }
            }
            span.severe { @if let Some(n) = severe { "重 " (whole(Some(n))) } }
        }
    }
}

/// The widths are attributes of a drawing: the page's policy allows no style in the markup.
fn bar(hospital: &Hospital) -> Markup {
    let (occupied, secured) = (hospital.occupied.unwrap_or(0.0), hospital.secured.unwrap_or(0.0));
    let full = secured.max(occupied).max(1.0);
    let share = |n: f64| format!("{:.2}", 100.0 * n / full);
    let severe = hospital.severe.unwrap_or(0.0).min(occupied);
    let label = format!("使用 {} 確保 {}", whole(hospital.occupied), whole(hospital.secured));
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            rect.free x="0" y="0.5" width=(share(secured)) height="9" {}
            @if hospital.occupied.is_some() {
                rect.occupied x="0" y="0.5" width=(share(occupied)) height="9" {}
                rect.severe x="0" y="0.5" width=(share(severe)) height="9" {}
                @if occupied > secured { rect.over x=(share(secured)) y="0.5" width=(share(occupied - secured)) height="9" {} }
            }
        }
    }
}

fn legend(block: &Block) -> Markup {
    let severe = severe_label(block);
    let swatch = |class: &str| html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect.(class) x="0.5" y="0.5" width="9" height="9" {} } };
    html! {
        p.legend {
            span { (swatch("severe")) (severe) } span { (swatch("occupied")) "使用" } span { (swatch("free")) "空き" }
            span.of { "使用/確保（床）" }
        }
    }
}

/// The severe by whose definition: never one word over two.
fn severe_label(block: &Block) -> String {
    let mut bases: Vec<&str> = (0..block.table.rows.len())
        .filter_map(|row| {
            if let Cell::Text(basis) = block.cell_of(row, Role::SeverityBasis) {
                Some(basis.as_str())
            } else {
                None
            }
        })
        .collect();
    bases.sort_unstable();
    bases.dedup();
    match bases[..] {
        [] => "重症".to_owned(),
        [basis] => format!("重症（{}）", block.name_of(basis)),
        _ => "重症（基準は病院による）".to_owned(),
    }
}

fn whole(number: Option<f64>) -> String {
    number.map_or_else(|| numbers::MISSING.to_owned(), |n| numbers::figure(&Cell::Float(n), Unit::Beds))
}
