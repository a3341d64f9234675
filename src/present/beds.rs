//! The bed board: a bar a hospital — occupied, severe, free — as long as its beds, those in need first; then pages when there
//! are many.

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{CLOSE, FOOTNOTE, LABEL, LINE, Look, TITLE};
use super::length::of_hundred;
use super::reached::Reached;
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
    /// What stands beside its name: the day of a report that is not today's, or what can't be told.
    beside: Option<String>,
    in_ward: bool,
    /// It has not reported.
    is_silent: bool,
}

/// How the names fit beside their bars, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// In the size of a title, where there are few; the same on two lines.
    Large,
    Tall,
    /// In label size.
    Plain,
    /// In label size and on two lines.
    Broken,
    /// Smaller, beside shorter bars.
    Long,
    /// Smaller and on two lines.
    Double,
}

/// What a hospital's bar and figures take beside its name, in u: with large names, with plain ones, with those on two lines and with long ones.
const BESIDE_LARGE: f64 = 58.0;
const BESIDE: f64 = 64.0;
const BESIDE_BROKEN: f64 = 52.0;
const BESIDE_LONG: f64 = 43.0;
/// Heights of the legend and of the line of heads, in u.
const LEGEND: f64 = 5.0;
const HEADS: f64 = 3.9;
/// Height of a line with a name on two lines: of smaller text in lines of one, of label size in u.
const DOUBLE: f64 = 1.35;
const BROKEN: f64 = 9.0;
/// Heights of a line with a name in the size of a title on one line and on two.
const LARGE: f64 = 6.6;
const TALL: f64 = 10.4;
/// Height of a line with a name in small text on two lines, in u; one hospital in so many may have such a name.
const SMALL: f64 = 6.8;
const FEW: usize = 4;
/// The share of two lines that a name fills which is broken only between its words.
const FILLED: f64 = 0.8;
/// What stands beside a hospital of which it can't be told how many beds are taken.
const UNREAD: &str = "読めない値か空欄";
const NO_BEDS: &str = "病床数の報告なし";
const SILENT: &str = "報告なし";
/// A panel this wide has two columns.
const WIDE: u8 = 11;

/// All hospitals of the answer, those with the least room first: `lines` to a column, then pages of equal length.
pub fn beds(block: &Block, look: &Look, place: Place) -> Markup {
    if block.table.rows.is_empty() {
        if !block.untold.is_empty() {
            return table::no_data(block);
        }
        return html! { p.none { "病床の報告はまだありません" small lang="en" { "No hospital has reported" } } };
    }
    let mut hospitals: Vec<Hospital> = (0..block.table.rows.len()).map(|row| hospital(block, row)).collect();
    hospitals.sort_by(|one, other| other.need().total_cmp(&one.need()));
    let longest = hospitals.iter().map(Hospital::length).fold(1.0, f64::max);
    let mut lines = look.rows(place, LINE, LEGEND + HEADS).0;
    let columns = if hospitals.len() > lines && place.width >= WIDE { 2 } else { 1 };
    let width = look.inside(place).0 / if columns == 2 { 2.06 } else { 1.0 };
    let fit = |height: f64| hospitals.len() <= look.rows(place, height, LEGEND + HEADS).0 * columns;
    let names = names(&hospitals, width, [LARGE, TALL, BROKEN, SMALL].map(fit));
    if names == Names::Double {
        lines = fewer(lines);
    }
    let page = table::alike(hospitals.len(), lines * columns);
    html! {
        (legend(block, hospitals.iter().any(|hospital| hospital.taken().is_none())))
        (table::pages(hospitals.chunks(page).map(|page| html! {
            ul.hospitals.two[columns == 2].(names.class()) {
                @for column in 0..columns { @if column * page.len().div_ceil(columns) < page.len() { (heads()) } }
                @for hospital in page { (one(hospital, longest, !names.hold(hospital, width))) }
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

/// The largest form in which all names fit, or all but a few, which stand in small text on two lines. The heights that there
/// are: for a line in the size of a title, for two of those, for two of label size, and for two of small text.
fn names(hospitals: &[Hospital], width: f64, [large, tall, roomy, small]: [bool; 4]) -> Names {
    let choices = [
        (Names::Large, large, true),
        (Names::Tall, tall, true),
        (Names::Plain, true, small),
        (Names::Broken, roomy, true),
        (Names::Long, true, false),
    ];
    let fit = |(names, allowed, smaller): &(Names, bool, bool)| {
        let others: Vec<&Hospital> = hospitals.iter().filter(|one| !names.hold(one, width)).collect();
        let few = *smaller && others.len() * FEW <= hospitals.len();
        *allowed && (others.is_empty() || few && others.iter().all(|one| names.hold_small(one, width)))
    };
    choices.iter().find(|choice| fit(choice)).map_or(Names::Double, |(names, _, _)| *names)
}

impl Names {
    /// The size of the names, what stands beside them and on how many lines they may go, in u.
    const fn form(self) -> (f64, f64, f64) {
        match self {
            Self::Large => (TITLE, BESIDE_LARGE, 1.0),
            Self::Tall => (TITLE, BESIDE_LARGE, 2.0 * FILLED),
            Self::Plain => (LABEL, BESIDE, 1.0),
            Self::Broken => (LABEL, BESIDE_BROKEN, 2.0 * FILLED),
            Self::Long => (FOOTNOTE, BESIDE_LONG, 1.0),
            Self::Double => (FOOTNOTE, BESIDE_LONG, 2.0 * FILLED),
        }
    }

    fn hold(self, hospital: &Hospital, width: f64) -> bool {
        let (size, beside, lines) = self.form();
        hospital.name_width(size) <= lines * (width - beside)
    }

    /// The same in small text on two lines.
    fn hold_small(self, hospital: &Hospital, width: f64) -> bool {
        let (_, beside, _) = self.form();
        hospital.name_width(FOOTNOTE) <= 2.0 * FILLED * (width - beside)
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Tall => "large tall",
            Self::Plain => "plain",
            Self::Broken => "broken",
            Self::Long => "long",
            Self::Double => "long double",
        }
    }
}

impl Hospital<'_> {
    fn name_width(&self, size: f64) -> f64 {
        let beside =
            self.beside.as_ref().map_or(0.0, |text| CLOSE + font::width(text, FOOTNOTE, Weight::Strong));
        let outside = if self.in_ward { 0.0 } else { 9.0 };
        font::width(self.name, size, Weight::Text) + beside + outside
    }

    /// The share that is taken, where both figures are known.
    fn taken(&self) -> Option<f64> {
        match (self.occupied?, self.secured?) {
            (occupied, secured) if secured > 0.0 => Some(occupied / secured),
            (occupied, _) if occupied > 0.0 => Some(f64::MAX),
            _ => Some(0.0),
        }
    }

    /// By what hospitals stand in their order: after the full ones those of which it can't be told, last who has not reported.
    fn need(&self) -> f64 {
        self.taken().unwrap_or(if self.is_silent { -1.0 } else { 1.0 - f64::EPSILON })
    }

    fn is_full(&self) -> bool {
        self.taken().is_some_and(|taken| taken >= 1.0)
    }

    /// Beds that its bar is as long as.
    fn length(&self) -> f64 {
        self.secured.unwrap_or(0.0).max(self.occupied.unwrap_or(0.0))
    }
}

fn hospital(block: &Block, row: usize) -> Hospital<'_> {
    let today = jst(block.as_of).date();
    let reported = match block.cell_of(row, Role::ReportedAt) {
        Cell::Instant(at) => Some(jst(*at).date()),
        _ => None,
    };
    let occupied = numbers::number(block.cell_of(row, Role::Occupied));
    let secured = numbers::number(block.cell_of(row, Role::Secured));
    let unplanned = || block.cell_of(row, Role::Reason).text().is_some_and(|why| why.contains(NO_BEDS));
    let what = match reported {
        None => Some(SILENT),
        Some(_) if occupied.is_none() => Some(UNREAD),
        Some(_) if secured.is_none() => Some(if unplanned() { NO_BEDS } else { UNREAD }),
        Some(_) => None,
    };
    let old =
        reported.filter(|day| *day < today).map(|day| format!("{} 報告", words::day_seen_from(day, today)));
    let beside: Vec<String> = old.into_iter().chain(what.map(str::to_owned)).collect();
    let name = match block.cell_of(row, Role::Facility) {
        Cell::Text(id) => block.name_of(id),
        _ => "不明",
    };
    Hospital {
        name,
        occupied,
        secured,
        severe: numbers::number(block.cell_of(row, Role::Severe)),
        beside: (!beside.is_empty()).then(|| beside.join(" ")),
        is_silent: reported.is_none(),
        in_ward: !matches!(block.cell_of(row, Role::InWard), Cell::Bool(false)),
    }
}

/// What the columns of figures are.
fn heads() -> Markup {
    html! {
        li.hospital.heads { span.name {} span {} span.count { "使用/確保" } span.severe { "重症" } }
    }
}

/// `small`: its name is too long for the size of the others.
fn one(hospital: &Hospital, longest: f64, small: bool) -> Markup {
    let severe = hospital.severe.filter(|n| *n > 0.0);
    let state = if hospital.is_full() { Reached::All } else { Reached::None };
    html! {
        li.hospital.(state.class()) {
            span.name {
                b.fine[small] { (broken(hospital.name)) }
                @if !hospital.in_ward { span.basis { "区外" } }
                @if let Some(text) = &hospital.beside { span.old { (text) } }
            }
            (bar(hospital, longest))
            span.count {
                (state.shape())
                span.digits data-n=(hospital.name) { (whole(hospital.occupied)) }
                span.of { "/" (whole(hospital.secured)) }
            }
            span.severe { @if let Some(n) = severe { (whole(Some(n))) } }
        }
    }
}

/// Words after which a hospital's name may go on in the next line.
const BREAKS: [&str; 6] = ["病院", "大学", "学部", "法人", "附属", "機構"];

/// A name with the places at which it may be broken: after a word that such names are made of, or where the script changes
/// to katakana; never within a word.
fn broken(name: &str) -> Markup {
    let is_kana = |c: char| ('ァ'..='ー').contains(&c);
    let may_break = |at: usize, before: char, c: char| {
        BREAKS.iter().any(|word| name[..at].ends_with(word)) || is_kana(c) && !is_kana(before)
    };
    let chars = name.char_indices();
    let breaks =
        chars.clone().skip(1).zip(chars).filter(|((at, c), (_, before))| may_break(*at, *before, *c));
    let ends: Vec<usize> = breaks.map(|((at, _), _)| at).chain([name.len()]).collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    html! {
        @for (place, (start, end)) in starts.zip(&ends).enumerate() {
            @if place > 0 { wbr; }
            (name[start..*end])
        }
    }
}

/// The widths are attributes of a drawing: the page's policy allows no style in the markup.
fn bar(hospital: &Hospital, longest: f64) -> Markup {
    let (occupied, secured) = (hospital.occupied.unwrap_or(0.0), hospital.secured.unwrap_or(0.0));
    let share = |n: f64| of_hundred(n, longest);
    let severe = hospital.severe.unwrap_or(0.0).min(occupied);
    let label = format!("使用 {} 確保 {}", whole(hospital.occupied), whole(hospital.secured));
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            @if hospital.taken().is_none() {
                // As long as what is known of it, and never filled.
                rect.unknown x="0" y="0.5" width=(share(hospital.length().max(longest / 4.0))) height="9" {}
            } @else {
            @if secured > 0.0 { rect.free x="0" y="0.5" width=(share(secured)) height="9" {} }
            @if occupied > 0.0 {
                rect.occupied x="0" y="0.5" width=(share(occupied)) height="9" {}
                @if severe > 0.0 { rect.severe x="0" y="0.5" width=(share(severe)) height="9" {} }
                @if occupied > secured { rect.over x=(share(secured)) y="0.5" width=(share(occupied - secured)) height="9" {} }
            }
            }
        }
    }
}

fn legend(block: &Block, unknown: bool) -> Markup {
    let severe = severe_label(block);
    let swatch = |class: &str| html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect.(class) x="0.5" y="0.5" width="9" height="9" {} } };
    html! {
        p.legend {
            span { (swatch("severe")) (severe) } span { (swatch("occupied")) "使用" } span { (swatch("free")) "空き" }
            @if unknown { span { (swatch("unknown")) "不明" } }
            span.of { (Reached::All.shape()) " 満床" }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str, occupied: Option<f64>, secured: f64) -> Hospital<'_> {
        Hospital {
            name,
            occupied,
            secured: Some(secured),
            severe: None,
            beside: None,
            in_ward: true,
            is_silent: occupied.is_none(),
        }
    }

    #[test]
    fn those_in_need_stand_first_and_the_full_are_marked() {
        let mut all = [
            made("a", Some(1.0), 2.0),
            made("b", None, 5.0),
            made("c", Some(7.0), 7.0),
            made("d", Some(9.0), 8.0),
        ];
        all.sort_by(|one, other| other.need().total_cmp(&one.need()));
        assert_eq!(all.map(|h| h.name), ["d", "c", "a", "b"]);
        assert!(one(&made("c", Some(7.0), 7.0), 10.0, false).into_string().contains("hospital over"));
        assert!(!one(&made("c", Some(6.0), 7.0), 10.0, false).into_string().contains("reached"));
    }

    #[test]
    fn where_it_cannot_be_told_no_bar_is_filled() {
        let unknown = Hospital { secured: None, ..made("a", Some(5.0), 0.0) };
        let unread = Hospital { is_silent: false, ..made("b", None, 9.0) };
        for hospital in [&unknown, &unread] {
            let drawn = one(hospital, 10.0, false).into_string();
            assert!(drawn.contains("rect class=\"unknown\"") && !drawn.contains("occupied"), "{drawn}");
            assert!(
                !drawn.contains("over") && !drawn.contains("reached") && !drawn.contains("free"),
                "{drawn}"
            );
        }
        let mut all =
            [made("silent", None, 9.0), made("half", Some(2.0), 4.0), unread, made("full", Some(4.0), 4.0)];
        all.sort_by(|one, other| other.need().total_cmp(&one.need()));
        assert_eq!(all.map(|h| h.name), ["full", "b", "half", "silent"]);
    }

    #[test]
    fn one_long_name_does_not_make_the_others_small() {
        let short = || made("芝訓練総合病院", Some(1.0), 2.0);
        let long = || made("高輪訓練大学附属病院高度救命救急センター", Some(1.0), 2.0);
        let mut all: Vec<Hospital> = (0..5).map(|_| short()).collect();
        assert_eq!(names(&all, 100.0, [true; 4]), Names::Large);
        all.push(long());
        assert_eq!(names(&all, 100.0, [true; 4]), Names::Large);
        assert!(!Names::Large.hold(&all[5], 100.0) && Names::Large.hold(&all[0], 100.0));
        all.push(long());
        assert_ne!(names(&all, 100.0, [true; 4]), Names::Large, "two of seven are not few");
    }

    #[test]
    fn bars_are_as_long_as_the_beds() {
        let drawn = bar(&made("a", Some(2.0), 5.0), 10.0).into_string();
        assert!(drawn.contains("width=\"50.00\"") && drawn.contains("width=\"20.00\""), "{drawn}");
        assert!(
            !bar(&made("a", Some(0.0), 5.0), 10.0).into_string().contains("occupied"),
            "zero draws nothing"
        );
    }

    #[test]
    fn a_name_is_broken_between_its_words() {
        let name = broken("高輪訓練大学附属病院高度救命救急センター<分院>").into_string();
        assert_eq!(name, "高輪訓練大学<wbr>附属<wbr>病院<wbr>高度救命救急<wbr>センター&lt;分院&gt;");
        assert_eq!(broken("病院").into_string(), "病院");
    }
}
