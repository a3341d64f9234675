//! A board's title: its name, or the first sentence whose rule holds.

use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::figures::{Block, Figures, HeadlineFigures, Table};
use super::layout::{FOOTNOTE, PART, TITLE};
use super::{numbers, words};
use crate::answer::{Cell, NOT_APPLIED, NOT_REACHED};
use crate::definitions::board::When;
use crate::definitions::indicator::Reference;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;
use crate::epi::period::Period;
use crate::measure::register::beds_tested::is_better;

/// The title's id on the page and in messages.
pub fn id(board: &str) -> String {
    format!("title-{board}")
}

/// Where a title hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hung {
    /// On a live board, of this minute.
    Live,
    /// A kept frame that stands in until the figures have been made anew.
    StandIn,
    /// A kept frame, looked up.
    LookedUp,
}

/// In a sentence: when that was.
const WHEN: &str = "{when}";
/// What the clock leaves a name with the disease and the moment, in u.
const ROOM_OF_NAME: f64 = 152.0;

/// What the clock, the day and the state of the sources leave of the line under the name, at their longest, in u.
const ROOM: f64 = 90.0;

/// The title with the disease and the moment that the board speaks of. `hidden`: another board of the playlist is shown.
pub fn title(figures: &Figures, hung: Hung, hidden: bool) -> Markup {
    let said = figures.headline.as_ref().and_then(|h| Some((h, found(h)?)));
    let as_of = if hung == Hung::Live { words::time(figures.at) } else { words::moment(figures.at) };
    let as_of = format!("{as_of} 時点");
    let (name, name_en) = match &said {
        Some((headline, found)) => {
            let today = jst(figures.at).date();
            // As many names as have room.
            let mut all = (1..=NAMED).rev().map(|named| sentences(headline, found, today, named));
            let fits = |(ja, _): &(String, String)| font::width(ja, TITLE, Weight::Strong) <= ROOM_OF_NAME;
            let (ja, en) = all.find(fits).unwrap_or_else(|| sentences(headline, found, today, 1));
            (ja, Some(en))
        }
        None => (figures.title.ja.clone(), None),
    };
    // A long sentence leaves the moment no room beside it: it stands below.
    let named = font::width(&name, TITLE, Weight::Strong)
        + font::width(&figures.disease, FOOTNOTE, Weight::Strong)
        + PART;
    let below = named + font::width(&as_of, FOOTNOTE, Weight::Text) + PART > ROOM_OF_NAME;
    // A longer one the disease neither.
    let disease_below = named > ROOM_OF_NAME;
    let disease = html! { @if !figures.disease.is_empty() { span.disease { (figures.disease) } } };
    let room = if below { ROOM - font::width(&as_of, FOOTNOTE, Weight::Text) - PART } else { ROOM };
    let taken = font::width(&figures.disease, FOOTNOTE, Weight::Strong) + PART;
    let room = if disease_below { room - taken } else { room };
    html! {
        div.title id=(id(&figures.board)) data-board=(figures.board) hidden[hidden] {
            div.name {
                h1 title=[name_en] { (name) }
                @if !disease_below { (disease) }
                @if !below { span.asof { (as_of) } }
            }
            p {
                @if disease_below { (disease) }
                @if below { span.asof { (as_of) } }
                (under(figures, said.as_ref().map(|(headline, found)| (*headline, found)), hung, room)) }
        }
    }
}

/// What stands under the name, as far as it has room: never over the day beside it.
fn under(
    figures: &Figures,
    said: Option<(&HeadlineFigures, &Found<'_>)>,
    hung: Hung,
    mut room: f64,
) -> Markup {
    let mut parts = Vec::new();
    if hung == Hung::StandIn {
        parts.push(("保存された図・再集計中".to_owned(), "standin"));
    }
    if let Some((headline, found)) = said
        && let Some(lacks) = found.lacks(&headline.main)
    {
        parts.push((lacks.to_owned(), "reference"));
    }
    if let Some((headline, Found { mark: Some(reference), .. })) = said {
        let mark = threshold(&headline.main, reference);
        let text = format!("{} の目安{} {mark}", reference.label, reference.area_ja());
        parts.push((text, "reference"));
    }
    parts.push(match said {
        // The board's name, which its sentence has taken the place of.
        Some(_) => (figures.title.ja.clone(), "reference"),
        None => (figures.title.en.clone(), "english"),
    });
    parts.retain(|(text, _)| {
        let width = font::width(text, FOOTNOTE, Weight::Strong) + PART;
        let fits = width <= room;
        room -= if fits { width } else { 0.0 };
        fits
    });
    html! {
        @for (text, what) in &parts {
            @if *what == "english" { span lang="en" { (text) } } @else { span.(what) { (text) } }
        }
    }
}

/// What a rule has found.
#[derive(Clone)]
struct Found<'a> {
    /// The reference value that is reached.
    mark: Option<&'a Reference>,
    /// The rows of which the rule holds; of none, the last figure is spoken of.
    rows: Vec<usize>,
    /// The difference that it speaks of.
    change: Option<f64>,
}

impl Found<'_> {
    /// What the figure that is spoken of lacks.
    fn lacks<'a>(&self, block: &'a Block) -> Option<&'a str> {
        let row = match self.rows.first() {
            Some(row) => block.table.rows.get(*row)?,
            None => block.table.rows.first().filter(|_| block.table.rows.len() == 1)?,
        };
        row.get(block.place(Role::Reason)?)?.text()
    }

    fn of_rows(rows: Vec<usize>) -> Option<Self> {
        (!rows.is_empty()).then_some(Self { mark: None, rows, change: None })
    }
}

impl HeadlineFigures {
    /// Whether the rule of the sentence holds.
    pub fn holds(&self) -> bool {
        found(self).is_some()
    }
}

fn place(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|(name, _)| name == column)
}

fn found(headline: &HeadlineFigures) -> Option<Found<'_>> {
    let table = &headline.main.table;
    let place = |column: &str| place(table, column);
    let figure = |row: &Vec<Cell>, place: usize| row.get(place).and_then(numbers::number);
    let those = |holds: &dyn Fn(&Vec<Cell>) -> bool| {
        Found::of_rows((0..table.rows.len()).filter(|row| holds(&table.rows[*row])).collect())
    };
    // Of the last row that has the column.
    let last = |column: &str, holds: &dyn Fn(f64) -> bool| {
        let place = place(column)?;
        let row = (0..table.rows.len()).rev().find(|row| figure(&table.rows[*row], place).is_some())?;
        holds(figure(&table.rows[row], place)?).then(|| Found { mark: None, rows: vec![row], change: None })
    };
    match &headline.when {
        When::Reached => Some(Found { mark: Some(reached(&headline.main)?), rows: Vec::new(), change: None }),
        When::Above { column, bound } => last(column, &|value| value > *bound),
        When::Below { column, bound } => last(column, &|value| value < *bound),
        When::AnyAbove { column, bound } => {
            let place = place(column)?;
            those(&|row| figure(row, place).is_some_and(|value| value > *bound))
        }
        When::Under { column, of } => {
            let (place, of) = (place(column)?, self::place(table, of)?);
            those(&|row| figure(row, place).zip(figure(row, of)).is_some_and(|(value, of)| value < of))
        }
        When::Highest => {
            let (lower, upper) =
                (headline.main.place(Role::Lower(95))?, headline.main.place(Role::Upper(95))?);
            let known: Vec<&Vec<Cell>> =
                table.rows.iter().filter(|row| figure(row, upper).is_some()).collect();
            those(&|row| {
                let above = |other: &&Vec<Cell>| {
                    std::ptr::eq(*other, row) || figure(other, upper) < figure(row, lower)
                };
                known.len() > 1 && figure(row, lower).is_some() && known.iter().all(above)
            })
        }
        When::Unproved => {
            let verdict = headline.main.place(Role::Verdict)?;
            let said: Vec<&str> = table.rows.iter().filter_map(|row| row.get(verdict)?.text()).collect();
            let unproved = !said.is_empty() && !said.iter().any(|verdict| is_better(verdict));
            unproved.then(|| Found { mark: None, rows: Vec::new(), change: None })
        }
        When::Risen { rows, by } => {
            let value = headline.main.place(Role::Value)?;
            let at = |row: usize| numbers::number(table.rows.get(row)?.get(value)?);
            let last = (0..table.rows.len()).rev().find(|row| at(*row).is_some())?;
            let before = at(last.checked_sub(usize::try_from(*rows).ok()?)?)?;
            let change = at(last)? - before;
            (change >= *by).then_some(Found { mark: None, rows: vec![last], change: Some(change) })
        }
        When::Filled { column } => {
            let place = place(column)?;
            // That no mark is reached is no alarm.
            let none = |cell: &Cell| {
                headline.main.role(place) == Role::Reached
                    && cell.text().is_some_and(|said| [NOT_REACHED, NOT_APPLIED].contains(&said))
            };
            let filled =
                |row: &Vec<Cell>| row.get(place).is_some_and(|cell| *cell != Cell::Null && !none(cell));
            Found::of_rows((0..table.rows.len()).filter(|row| filled(&table.rows[*row])).collect())
        }
    }
}

/// Names that stand in a sentence; of more it says how many.
const NAMED: usize = 3;

/// What rows are counted as: 地区, 項目; what has a longer name, 件.
fn counted(block: &Block) -> &str {
    let name = block.table.columns.first().map_or("", |(name, _)| block.about.label(name));
    if (1..=2).contains(&name.chars().count()) { name } else { "件" }
}

/// The sentence in both languages. It names the days that it is of, unless they are today.
fn sentences(headline: &HeadlineFigures, found: &Found<'_>, today: Date, named: usize) -> (String, String) {
    let main = &headline.main;
    let of = |role: Role| {
        let row = main.table.rows.get(*found.rows.first()?)?;
        row.get(main.place(role)?).cloned()
    };
    let value = match main.table.rows.len() {
        1 => main.first_of(Role::Value).clone(),
        _ => of(Role::Value).or_else(|| main.latest().map(Cell::Float)).unwrap_or(Cell::Null),
    };
    let value = numbers::figure(&value, main.about.unit);
    let ratio = of(Role::Ratio).and_then(|ratio| numbers::number(&ratio));
    let ratio = ratio.map_or_else(String::new, |ratio| numbers::decimal(ratio, 2));
    let days = days_of(main);
    let change = found
        .change
        .map_or_else(String::new, |change| numbers::decimal(change, numbers::places(main.about.unit)));
    let name = |row: &usize| main.table.rows.get(*row).map_or("不明", |row| main.name_of_row(row));
    let mut names = found.rows.iter().take(named).map(name).collect::<Vec<_>>().join("・");
    if found.rows.len() > named {
        names += &format!(" ほか{}{}", found.rows.len() - named, counted(main));
    }
    let count = found.rows.len().to_string();
    let said = [
        ("{value}", &value),
        ("{count}", &count),
        ("{names}", &names),
        ("{change}", &change),
        ("{ratio}", &ratio),
    ];
    let filled = |pattern: &str| {
        said.iter().fold(pattern.to_owned(), |text, (placeholder, words)| text.replace(placeholder, words))
    };
    let (ja, en) = (filled(&headline.ja), filled(&headline.en));
    let Some((from, to)) = days else {
        return (
            ja.replace(WHEN, "").trim_start_matches('、').to_owned(),
            en.replace(WHEN, "").trim_start_matches(": ").to_owned(),
        );
    };
    let (when_ja, when_en) = when(from, to, today);
    if headline.ja.contains(WHEN) {
        return (ja.replace(WHEN, &when_ja), en.replace(WHEN, &when_en));
    }
    if (from, to) == (today, today) {
        return (ja, en);
    }
    let report = if main.has(Role::ReportedTo) { "の報告" } else { "" };
    let (days_ja, days_en) = in_days(from, to, today);
    (format!("{ja}（{days_ja}{report}）"), format!("{en} ({days_en})"))
}

/// The days that a figure is of: those that were judged, those of the reports added up, or the period of the last figure.
fn days_of(block: &Block) -> Option<(Date, Date)> {
    if let Some(judged) = block.judged() {
        return Some(judged);
    }
    let reported = block.first_of(Role::ReportedFrom).day().zip(block.first_of(Role::ReportedTo).day());
    if reported.is_some() {
        return reported;
    }
    let (value, period) = (block.place(Role::Value)?, block.place(Role::Period)?);
    let last = block.table.rows.iter().rev().find(|row| numbers::number(&row[value]).is_some())?;
    let first = last[period].day()?;
    let by = Period::parse(block.by.as_deref().unwrap_or("day")).unwrap_or(Period::Day);
    // Of a period that goes on, the days so far.
    Some((first, by.end(first).min(block.to.max(first))))
}

/// `昨日`, `先週`, or the days.
fn when(from: Date, to: Date, today: Date) -> (String, String) {
    let yesterday = today.saturating_sub(1.day());
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let last_week = (monday.saturating_sub(7.days()), monday.saturating_sub(1.day()));
    match (from, to) {
        (from, to) if (from, to) == (yesterday, yesterday) => ("昨日".into(), "Yesterday".into()),
        (from, to) if (from, to) == last_week => ("先週".into(), "Last week".into()),
        (from, to) => in_days(from, to, today),
    }
}

/// The days in both languages.
fn in_days(from: Date, to: Date, today: Date) -> (String, String) {
    let en = if from == to { from.to_string() } else { format!("{from} to {to}") };
    (words::days_seen_from(from, to, today), en)
}

fn threshold(block: &Block, reference: &Reference) -> String {
    let places = usize::from(reference.value.fract() != 0.0);
    format!("{}{}", numbers::decimal(reference.value, places), block.about.unit.ja())
}

/// The highest reference value that the figure has reached. Never a declared stage: a fact beside a date.
fn reached(block: &Block) -> Option<&Reference> {
    let value = block.latest()?;
    let below = block.about.reference.iter().filter(|r| r.is_reached(value, false));
    below.max_by(|a, b| a.value.total_cmp(&b.value))
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;

    fn mark(value: f64, label: &str) -> Reference {
        let area = Some(crate::definitions::held::AreaClass::Prefecture);
        let diseases = vec!["covid-19".into()];
        Reference {
            value,
            label: label.into(),
            diseases,
            area,
            comparison: crate::epi::comparison::Comparison::AtLeast,
            back: 0.0,
        }
    }

    fn beds(percent: f64) -> Figures {
        let mut main = samples::block("bed_occupancy_now");
        main.about.unit = crate::definitions::indicator::Unit::Percent;
        main.about.reference =
            vec![mark(20.0, "2021-04-15 分科会 ステージIII"), mark(50.0, "2021-04-15 分科会 ステージIV")];
        main.table = Table {
            columns: vec![("value".into(), CellKind::Float)],
            rows: vec![vec![Cell::Float(percent)]],
        };
        let mut figures = samples::figures("beds");
        figures.headline = Some(HeadlineFigures {
            ja: "確保病床の{value}%を使用".into(),
            en: "{value} % of secured beds in use".into(),
            when: When::Reached,
            main,
        });
        figures
    }

    #[test]
    fn the_highest_reference_reached_is_named() {
        let text = title(&beds(78.0), Hung::Live, false).into_string();
        assert!(text.contains("確保病床の78.0%を使用"), "{text}");
        assert!(
            text.contains("新型コロナウイルス感染症"),
            "the sentence does not take the disease's place: {text}"
        );
        assert!(
            text.contains("ステージIV の目安（都道府県） 50%") && !text.contains("ステージIII "),
            "{text}"
        );
    }

    #[test]
    fn a_figure_of_an_older_day_names_its_day() {
        let day = |day: i8| Cell::Day(jiff::civil::date(2026, 11, day));
        let said = |from: i8, to: i8| {
            let mut figures = beds(78.0);
            let table = &mut figures.headline.as_mut().expect("there").main.table;
            for (name, cell) in [("reported_from", day(from)), ("reported_to", day(to))] {
                table.columns.push((name.into(), CellKind::Day));
                table.rows[0].push(cell);
            }
            table.columns.push(("reason".into(), CellKind::Text));
            table.rows[0].push(Cell::Text("麻布訓練病院を除く（読めない値か空欄）".into()));
            title(&figures, Hung::Live, false).into_string()
        };
        let today = said(22, 22);
        assert!(today.contains(">確保病床の78.0%を使用</h1>"), "{today}");
        assert!(today.contains("麻布訓練病院を除く（読めない値か空欄）"), "{today}");
        assert!(said(20, 20).contains(">確保病床の78.0%を使用（11/20の報告）</h1>"), "{}", said(20, 20));
        assert!(said(20, 22).contains("を使用（11/20–11/22の報告）</h1>"), "{}", said(20, 22));
    }

    #[test]
    fn the_days_of_an_alarm_are_those_that_were_judged() {
        let date = jiff::civil::date;
        let today = date(2026, 11, 22);
        assert_eq!(when(date(2026, 11, 21), date(2026, 11, 21), today).0, "昨日");
        assert_eq!(when(date(2026, 11, 9), date(2026, 11, 15), today).0, "先週");
        assert_eq!(when(date(2026, 11, 2), date(2026, 11, 8), today).0, "11/2–11/8");
        assert_eq!(when(date(2026, 11, 20), date(2026, 11, 20), today).1, "2026-11-20");
    }

    #[test]
    fn nothing_is_said_below_every_reference() {
        let text = title(&beds(19.9), Hung::Live, false).into_string();
        assert!(text.contains("<h1>病床の状況</h1>") && !text.contains("目安"), "{text}");
    }

    #[test]
    fn marks_that_are_not_reached_are_not_counted() {
        let mut figures = beds(10.0);
        let headline = figures.headline.as_mut().expect("there");
        headline.ja = "目安に{count}項目が該当".into();
        headline.when = When::Filled { column: "reached".into() };
        let meaning = crate::definitions::role::Column::new("", Role::Reached).meaning;
        headline.main.about.meanings.insert("reached".into(), meaning);
        let row = |said: &str| vec![Cell::Float(1.0), Cell::Text(said.into())];
        headline.main.table = Table {
            columns: vec![("value".into(), CellKind::Float), ("reached".into(), CellKind::Text)],
            rows: ["50%以上に該当", NOT_REACHED, NOT_APPLIED].map(row).to_vec(),
        };
        let text = title(&figures, Hung::Live, false).into_string();
        assert!(text.contains("目安に1項目が該当"), "{text}");
    }

    #[test]
    fn a_rule_of_a_limit_or_of_what_alarms_makes_a_sentence() {
        let mut figures = beds(10.0);
        let headline = figures.headline.as_mut().expect("there");
        headline.ja = "先週、{count}地区で増加を検知".into();
        headline.when = When::Filled { column: "alarm".into() };
        let alarm = |said: Option<&str>| said.map_or(Cell::Null, |said| Cell::Text(said.into()));
        headline.main.table = Table {
            columns: vec![("value".into(), CellKind::Int), ("alarm".into(), CellKind::Text)],
            rows: [Some("C1"), None, Some("C2")].map(|said| vec![Cell::Int(3), alarm(said)]).to_vec(),
        };
        let text = title(&figures, Hung::Live, false).into_string();
        assert!(text.contains("先週、2地区で増加を検知") && text.contains("病床の状況"), "{text}");
        let headline = figures.headline.as_mut().expect("there");
        headline.ja = "実効再生産数は{value}".into();
        headline.main.about.unit = crate::definitions::indicator::Unit::Number;
        headline.when = When::Above { column: "lower".into(), bound: 1.0 };
        let row = |value: f64, lower: f64| vec![Cell::Float(value), Cell::Float(lower)];
        headline.main.table = Table {
            columns: vec![("value".into(), CellKind::Float), ("lower".into(), CellKind::Float)],
            rows: vec![row(0.8, 0.7), row(1.3, 1.1), vec![Cell::Null, Cell::Null]],
        };
        let text = title(&figures, Hung::Live, false).into_string();
        assert!(text.contains("実効再生産数は1.30"), "the last figure that there is: {text}");
        figures.headline.as_mut().expect("there").main.table.rows[1][1] = Cell::Float(0.9);
        let text = title(&figures, Hung::Live, false).into_string();
        assert!(text.contains("<h1>病床の状況</h1>"), "{text}");
    }
}
