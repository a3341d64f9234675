//! What alarms, as sentences: the figure, the range in which it was expected, a small chart of the two, and one line that
//! says how many were judged.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{FOOTNOTE, Look, lines_of};
use super::length::of_hundred;
use super::reached::Reached;
use super::{numbers, table};
use crate::answer::Cell;
use crate::definitions::board::Place;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};

/// Height of a row, of the line of what was judged and of a line of reasons, in u.
const ROW: f64 = 6.8;
const JUDGED: f64 = 5.0;
const LINE: f64 = 3.9;

struct Alarm {
    name: String,
    value: f64,
    expected: Option<f64>,
    bound: Option<f64>,
    methods: String,
}

/// How many were judged, and why some were not, or not by all methods.
struct Judged {
    of: &'static str,
    rows: usize,
    quiet: usize,
    silent: usize,
    why: String,
}

pub(super) fn alarms(block: &Block, look: &Look, place: Place) -> Markup {
    if block.table.rows.is_empty() {
        return table::no_data(block);
    }
    let fired: Vec<Alarm> = block.table.rows.iter().filter_map(|row| alarm(block, row)).collect();
    let judged = judged(block, fired.len());
    let width = look.rows(place, ROW, 0.0).1;
    let lines = lines_of(font::width(&judged.why, FOOTNOTE, Weight::Text), width);
    let rows = look.rows(place, ROW, JUDGED + lines * LINE).0;
    let most = fired.iter().flat_map(|a| a.bound.into_iter().chain([a.value])).fold(1.0, f64::max);
    let below = html! {
        p.judged {
            (judged.of) " " b { (judged.rows) } "を判定: 検知 " b { (fired.len()) } "、なし " b { (judged.quiet) }
            @if judged.silent > 0 { "、判定できず " b { (judged.silent) } }
        }
        @if !judged.why.is_empty() { p.absent { (judged.why) } }
    };
    if fired.is_empty() {
        let (ja, en) = if judged.rows > judged.silent {
            ("期待される範囲を超えたものはない", "None above what was expected")
        } else {
            ("判定できるものがない", "None could be judged")
        };
        return html! { div.held { p.none { (ja) small lang="en" { (en) } } (below) } };
    }
    table::pages(
        fired
            .chunks(table::alike(fired.len(), rows))
            .map(|page| {
                html! {
                    div.held { ul.alarms { @for alarm in page { (one(block, alarm, most)) } } (below) }
                }
            })
            .collect(),
    )
}

fn alarm(block: &Block, row: &[Cell]) -> Option<Alarm> {
    let said = row[block.place(Role::Alarm)?].text()?;
    let value = numbers::number(&row[block.place(Role::Value)?])?;
    let methods: Vec<&str> = said.split_whitespace().collect();
    let places = 0..block.table.columns.len();
    // The bound of the method with the widest baseline that alarms: it stands before that of C3, which may be none.
    let label = |place: usize| block.about.label(&block.table.columns[place].0);
    let bounds: Vec<(usize, f64)> = places
        .clone()
        .filter(|place| block.role(*place) == Role::Bound)
        .filter(|place| methods.iter().any(|method| label(*place).starts_with(method)))
        .filter_map(|place| Some((place, numbers::number(&row[place])?)))
        .filter(|(_, bound)| *bound > 0.0)
        .collect();
    let bound = bounds.iter().max_by(|a, b| a.1.total_cmp(&b.1)).copied();
    // What the method expected; where it has no bound of its own, what the first method expected.
    let at = bound.map_or(block.table.columns.len(), |(at, _)| at);
    let all = places.filter(|place| *place < at && block.role(*place) == Role::Expected);
    let mut all: Vec<f64> = all.filter_map(|place| numbers::number(&row[place])).collect();
    let expected = if bound.is_some() { all.pop() } else { all.first().copied() };
    let name = block.name_of_row(row).to_owned();
    Some(Alarm { name, value, expected, bound: bound.map(|(_, bound)| bound), methods: methods.join("・") })
}

fn judged(block: &Block, fired: usize) -> Judged {
    let bounds: Vec<usize> =
        (0..block.table.columns.len()).filter(|place| block.role(*place) == Role::Bound).collect();
    let rows = block.table.rows.len();
    let silent = block
        .table
        .rows
        .iter()
        .filter(|row| bounds.iter().all(|place| numbers::number(&row[*place]).is_none()))
        .count();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    if let Some(reason) = block.place(Role::Reason) {
        for why in block.table.rows.iter().filter_map(|row| row[reason].text()) {
            *told.entry(why).or_default() += 1;
        }
    }
    // Which methods could not speak is said; why each could not stands on the indicator's page.
    let methods = |why: &str| {
        let named = why.split_whitespace().filter_map(|word| word.strip_suffix(':').map(str::to_owned));
        let named: Vec<String> = named.collect();
        if named.is_empty() {
            why.to_owned()
        } else {
            format!("使えなかった方法 {}", named.join("・"))
        }
    };
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for (why, count) in told {
        *said.entry(methods(why)).or_default() += count;
    }
    let each = said.into_iter().map(|(why, count)| match count == rows {
        true => why,
        false => format!("{why}（{count}件）"),
    });
    let of = match block.role(0) {
        Role::District => "地区",
        Role::Disease => "疾患",
        Role::Area => "自治体",
        _ => "項目",
    };
    Judged {
        of,
        rows,
        quiet: rows.saturating_sub(fired + silent),
        silent,
        why: each.collect::<Vec<_>>().join(" "),
    }
}

fn one(block: &Block, alarm: &Alarm, most: f64) -> Markup {
    let unit = block.about.unit;
    let figure = numbers::figure(&Cell::Float(alarm.value), unit);
    let rounded = |n: f64| numbers::decimal(n, 1);
    let range = match (alarm.expected, alarm.bound) {
        (Some(expected), Some(bound)) => {
            format!(
                "期待 {}{unit}、上限 {}{unit} を超過",
                rounded(expected),
                rounded(bound),
                unit = unit.ja()
            )
        }
        (None, Some(bound)) => format!("上限 {}{} を超過", rounded(bound), unit.ja()),
        (Some(expected), None) => {
            format!("期待 {}{}、直前の超過を合わせて検知", rounded(expected), unit.ja())
        }
        (None, None) => "直前の超過を合わせて検知".to_owned(),
    };
    html! {
        li.alarm {
            span.name { (Reached::All.shape()) (alarm.name) }
            span.figure { span.digits data-n=(alarm.name) { (figure) } span.unit { (unit.ja()) } }
            (bar(alarm, most))
            span.said { b { (range) } span { (alarm.methods) " による" } }
        }
    }
}

/// The expected range, what was expected, and the figure over it, all rows on one scale.
fn bar(alarm: &Alarm, most: f64) -> Markup {
    let place = |n: f64| of_hundred(n, most / 0.96);
    let label = format!("{} {}", alarm.name, numbers::decimal(alarm.value, 0));
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            @if let Some(bound) = alarm.bound { rect.range x="0" y="0" width=(place(bound)) height="10" {} }
            rect.occupied x="0" y="3" width=(place(alarm.value)) height="4" {}
            @if let Some(expected) = alarm.expected {
                line.mark-line x1=(place(expected)) x2=(place(expected)) y1="0" y2="10" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;
    use crate::definitions::role::Column;

    fn block(rows: Vec<Vec<Cell>>) -> Block {
        let mut block = samples::block("alerts_weekly_by_district");
        let columns = [
            ("district", CellKind::Text, Role::District),
            ("value", CellKind::Int, Role::Value),
            ("expected", CellKind::Float, Role::Expected),
            ("c1_upper", CellKind::Float, Role::Bound),
            ("upper", CellKind::Float, Role::Bound),
            ("alarm", CellKind::Text, Role::Alarm),
            ("reason", CellKind::Text, Role::Reason),
        ];
        for (name, _, role) in columns {
            block.about.meanings.insert(name.into(), Column::new("", role).meaning);
        }
        block.about.columns = vec![("c1_upper".into(), "C1上限".into()), ("upper".into(), "C2上限".into())];
        block.table =
            Table { columns: columns.iter().map(|(name, kind, _)| ((*name).into(), *kind)).collect(), rows };
        block
    }

    fn row(name: &str, value: i64, alarm: Option<&str>, why: Option<&str>) -> Vec<Cell> {
        let text = |text: Option<&str>| text.map_or(Cell::Null, |text| Cell::Text(text.into()));
        let judged = why != Some("件数なし");
        let bound = |n: f64| if judged { Cell::Float(n) } else { Cell::Null };
        vec![
            text(Some(name)),
            Cell::Int(value),
            bound(20.9),
            bound(33.0),
            bound(41.0),
            text(alarm),
            text(why),
        ]
    }

    #[test]
    fn what_fired_is_said_with_its_range_and_the_others_are_counted() {
        let rows = vec![
            row("赤坂", 47, Some("C1 C2"), None),
            row("芝", 36, Some("C1"), None),
            row("麻布", 12, None, None),
            row("高輪", 0, None, Some("件数なし")),
        ];
        let place = Place { column: 1, row: 1, width: 12, height: 5 };
        let page = alarms(&block(rows), &samples::look(), place).into_string();
        assert_eq!(page.matches("<li class=\"alarm\">").count(), 2, "{page}");
        assert!(page.contains("期待 20.9人、上限 41.0人 を超過") && page.contains("C1・C2 による"), "{page}");
        assert!(page.contains("上限 33.0人 を超過"), "the bound of the method that alarmed: {page}");
        assert!(!page.contains("麻布"), "{page}");
        let judged: String = page.replace("<b>", "").replace("</b>", "");
        assert!(judged.contains("地区 4を判定: 検知 2、なし 1、判定できず 1"), "{judged}");
        assert!(judged.contains("件数なし（1件）"), "{judged}");
    }

    #[test]
    fn methods_that_could_not_speak_are_named_once() {
        let why = "C2: 期間不足（7週分、9週分が必要） 例年: 記録は2026-09-28から（8週）。例年の判定には5年と前後の分（265週）が必要";
        let other = "C2: 期間不足（6週分、9週分が必要） 例年: 記録は2026-10-05から（7週）。例年の判定には5年と前後の分（265週）が必要";
        let found = judged(&block(vec![row("芝", 3, None, Some(why)), row("麻布", 3, None, Some(other))]), 0);
        assert_eq!((found.why.as_str(), found.quiet), ("使えなかった方法 C2・例年", 2));
    }

    #[test]
    fn nothing_above_what_was_expected_is_said_so() {
        let place = Place { column: 1, row: 1, width: 12, height: 4 };
        let page = alarms(&block(vec![row("芝", 3, None, None)]), &samples::look(), place).into_string();
        assert!(page.contains("期待される範囲を超えたものはない"), "{page}");
        let page = alarms(&block(vec![row("芝", 3, None, Some("件数なし"))]), &samples::look(), place);
        assert!(page.into_string().contains("判定できるものがない"));
    }
}
