//! The bed board: a bar a hospital — occupied, severe, free — in columns, then in pages when there are many.

use maud::{Markup, html};

use super::figures::Block;
use super::{numbers, table, words};
use crate::answer::Cell;
use crate::catalog::indicator::Unit;
use crate::epi::clock::jst;

struct Hospital<'a> {
    name: &'a str,
    occupied: Option<f64>,
    secured: Option<f64>,
    severe: Option<f64>,
    reported: &'a Cell,
    in_ward: bool,
}

/// All hospitals of the answer, in its order, `lines` to a column.
pub fn beds(block: &Block, lines: usize, width: u8) -> Markup {
    if block.table.rows.is_empty() {
        return html! { p.none { "病床の報告はまだありません" small lang="en" { "No hospital has reported" } } };
    }
    let hospitals: Vec<Hospital> = (0..block.table.rows.len()).map(|row| hospital(block, row)).collect();
    // A header line is not needed here: the legend stands in its place.
    let columns = if hospitals.len() > lines && width >= 7 { 2 } else { 1 };
    let page = lines * columns;
    html! {
        (legend(block))
        (table::pages(hospitals.chunks(page).map(|page| html! {
            ul.hospitals.two[columns == 2] { @for hospital in page { (one(hospital, block)) } }
        }).collect()))
    }
}

fn hospital(block: &Block, row: usize) -> Hospital<'_> {
    let table = &block.table;
    let name = match table.cell(row, "facility_id") {
        Cell::Text(id) => block.name_of(id),
        _ => "不明",
    };
    Hospital {
        name,
        occupied: numbers::number(table.cell(row, "occupied")),
        secured: numbers::number(table.cell(row, "secured")),
        severe: numbers::number(table.cell(row, "severe")),
        reported: table.cell(row, "reported_at"),
        in_ward: !matches!(table.cell(row, "in_ward"), Cell::Bool(false)),
    }
}

fn one(hospital: &Hospital, block: &Block) -> Markup {
    let severe = hospital.severe.filter(|n| *n > 0.0);
    let today = jst(block.as_of).date();
    let old = match hospital.reported {
        Cell::Instant(at) if jst(*at).date() < today => Some(words::short_day(jst(*at).date())),
        _ => None,
    };
    html! {
        li.hospital {
            span.name {
                b.long[hospital.name.chars().count() > 9] { (hospital.name) }
                @if !hospital.in_ward { span.basis { "区外" } }
                @if let Some(day) = &old { span.old { (day) " 報告" } }
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
            if let Cell::Text(basis) = block.table.cell(row, "severity_basis") {
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
        [basis] => format!("重症（{}）", words::code(basis).unwrap_or(basis)),
        _ => "重症（基準は病院による）".to_owned(),
    }
}

fn whole(number: Option<f64>) -> String {
    number.map_or_else(|| numbers::MISSING.to_owned(), |n| numbers::figure(&Cell::Float(n), Unit::Beds))
}
