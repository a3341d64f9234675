//! What an indicator means, line by line: for the command line and for a page.

use jiff::Timestamp;

use super::handle::{Answers, Result};
use super::question::{FreshState, Freshness, Question};
use crate::definitions::indicator::{HighIs, Indicator, Missing, Unit};
use crate::definitions::schemes::{Figure, Scheme, SchemeItem};
use crate::definitions::undated::Need;
use crate::definitions::{Catalog, Word};
use crate::epi::clock::jst;
use crate::store::Query;

/// An indicator explained.
#[derive(Clone, Debug)]
pub struct Explained {
    pub title_ja: String,
    pub title_en: String,
    pub lines: Vec<Line>,
    /// The query as it is sent, after a comment for each table that is given with it.
    pub sql: String,
}

/// One line: its name in both languages, the text, and the text in English where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub ja: String,
    pub en: String,
    pub text: String,
    pub english: Option<String>,
}

impl Answers {
    /// Explains an indicator as it is asked now.
    pub async fn explain(&self, question: &Question) -> Result<Explained> {
        let query = self.query(question)?;
        let answer = self.ask(question).await?;
        let (catalog, indicator) = (self.catalog(), &answer.indicator);
        let mut lines = meaning(catalog, indicator);
        lines.push(line("入力", "inputs", inputs(catalog, indicator)));
        for source in &answer.sources {
            let (ja, en) = fresh(source.state);
            let english = format!("{en}; last delivery {}", moment(source.last_delivery));
            lines.push(both("系統", "source", freshness(source, ja), english));
            if let Some(found) = source.held_back {
                let (text, english) = (
                    format!("{} {}行中{}行", source.title, found.of, found.rows),
                    format!("{} of {} rows delivered are held back", found.rows, found.of),
                );
                lines.push(both("取込保留", "held back", text, english));
            }
        }
        for one in &answer.undated {
            let text = format!("{} {}{}", one.title, one.rows, one.unit.ja());
            lines.push(word(
                catalog,
                Word::Undated,
                text,
                Some(format!("{} without {}", one.rows, one.date)),
            ));
        }
        for said in &answer.caveats {
            lines.push(word(catalog, Word::Caveats, said.ja.clone(), Some(said.en.clone())));
        }
        lines.push(line("時点", "as of", moment(Some(answer.as_of))));
        lines.push(word(catalog, Word::DataVersion, answer.batch.0.to_string(), None));
        lines.push(line("掲示", "boards", boards(catalog, indicator)));
        let file = format!("queries/indicators/{}.sql", indicator.id);
        lines.push(line("定義", "definition", format!("{file} sha256 {}", indicator.hash)));
        Ok(Explained {
            title_ja: indicator.title_ja.clone(),
            title_en: indicator.title_en.clone(),
            lines,
            sql: sent(&query),
        })
    }
}

/// The text of a query, after what is given with it.
fn sent(query: &Query) -> String {
    let given = query.given.iter().map(|table| {
        let schema = table.rows.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let (name, columns, rows) = (&table.name, columns.join(", "), table.rows.num_rows());
        format!("-- 与えられる表 given: {name} ({columns}) {rows}行\n")
    });
    given.chain([query.sql.to_string()]).collect()
}

fn line(ja: &str, en: &str, text: impl Into<String>) -> Line {
    Line { ja: ja.to_owned(), en: en.to_owned(), text: text.into(), english: None }
}

fn both(ja: &str, en: &str, text: impl Into<String>, english: impl Into<String>) -> Line {
    Line { english: Some(english.into()), ..line(ja, en, text) }
}

/// A line whose name the glossary has.
fn word(catalog: &Catalog, name: Word, text: impl Into<String>, english: Option<String>) -> Line {
    let (ja, en) = (catalog.glossary.ja(name), catalog.glossary.en(name));
    Line { english, ..line(ja, &en.to_lowercase(), text) }
}

/// What the header says.
fn meaning(catalog: &Catalog, indicator: &Indicator) -> Vec<Line> {
    let mut lines = vec![
        both("単位", "unit", indicator.unit.ja(), indicator.unit.word()),
        line("対象", "basis", &indicator.basis),
        line("日付", "date", &indicator.date),
        line("分子", "numerator", &indicator.numerator),
    ];
    lines.extend(indicator.denominator.as_ref().map(|text| line("分母", "denominator", text)));
    lines.push(word(catalog, Word::Formula, indicator.formula_ja(), Some(indicator.formula_en())));
    lines.extend(indicator.notes(catalog).into_iter().map(|n| both(n.name.ja, n.name.en, n.ja, n.en)));
    lines.extend(without_day(indicator));
    let (ja, en) = match indicator.lag_days {
        0 => ("なし".to_owned(), "none".to_owned()),
        lag => (format!("直近{lag}日は未確定"), format!("the last {lag} days may still change")),
    };
    lines.push(both("遅れ", "lag", ja, en));
    let (ja, en) = missing(indicator.missing);
    lines.push(word(catalog, Word::MissingDay, ja, Some(en.to_owned())));
    let high = high(indicator.high_is);
    let (ja, en) = (catalog.glossary.ja(high), catalog.glossary.en(high));
    lines.push(word(catalog, Word::WhenHigh, ja, Some(en.to_owned())));
    for reference in &indicator.reference {
        let text = format!("{} {}（{}）", reference.value, indicator.unit.ja(), reference.label_ja());
        lines.push(line("目安", "reference", text));
    }
    for scheme in indicator.schemes.iter().filter_map(|id| catalog.schemes.get(id)) {
        lines.push(its_source(catalog, scheme));
    }
    if indicator.lists_items() {
        lines.extend(schemes(catalog, indicator));
    } else {
        // What it is held to in a table, whether or not it carries the marks: with the conditions that they have.
        let asked = |item: &&SchemeItem| matches!(&item.figure, Figure::Asked(asks) if asks.indicator == indicator.id);
        for scheme in catalog.schemes.values() {
            lines.extend(scheme.items.iter().filter(asked).map(|item| held_to(scheme, item)));
        }
    }
    for (column, label) in &indicator.columns {
        lines.push(line("列", "column", format!("{column}: {label}")));
    }
    if !indicator.by.is_empty() {
        lines.push(line("区分", "by", indicator.by.join("・")));
    }
    let bandings: Vec<&str> = catalog.bandings_of(indicator).iter().map(|b| b.id.as_str()).collect();
    if !bandings.is_empty() {
        lines.push(line("年齢区分", "bands", bandings.join("・")));
    }
    lines.extend(indicator.against.iter().map(|a| both("比較", "against", a.ja(), a.name())));
    lines
}

/// What becomes of rows that have no day to be counted by.
fn without_day(indicator: &Indicator) -> Option<Line> {
    let days = |(need, title): &(String, String)| format!("{title}（{}）", Need::of(need).column);
    let days: Vec<String> = indicator.counted_by.iter().map(days).collect();
    let (ja, en) = match &indicator.undated {
        Some((ja, en)) => (ja.as_str(), en.as_str()),
        None => (
            "集計に入らず、人数（件数）を別に示す",
            "not in the figures; how many there are stands beside them",
        ),
    };
    (!days.is_empty()).then(|| both("不明の扱い", "unknown", format!("{}: {ja}", days.join("・")), en))
}

/// All that a table of reference values compares with, and what could not be verified.
fn schemes(catalog: &Catalog, indicator: &Indicator) -> Vec<Line> {
    let mut lines = Vec::new();
    for scheme in indicator.by.iter().filter_map(|id| catalog.schemes.get(id)) {
        lines.push(its_source(catalog, scheme));
        lines.extend(scheme.items.iter().map(|item| held_to(scheme, item)));
    }
    lines
}

/// Where a scheme comes from, and whom it was made for.
fn its_source(catalog: &Catalog, scheme: &Scheme) -> Line {
    let named = |disease: &String| catalog.disease_ja(disease).to_owned();
    let mut made_for: Vec<String> = scheme.diseases.iter().map(named).collect();
    made_for.extend(scheme.area.map(|area| area.ja().to_owned()));
    let made_for =
        if made_for.is_empty() { String::new() } else { format!("。対象 {}", made_for.join("・")) };
    both("目安の出典", "its source", format!("{}: {}{made_for}", scheme.ja, scheme.source), &scheme.en)
}

/// An item's marks, when it does not apply, and what could not be verified.
fn held_to(scheme: &Scheme, item: &SchemeItem) -> Line {
    // A percentage says its unit with each mark.
    let unit = if item.marks.is_empty() || item.unit == Unit::Percent { "" } else { item.unit.ja() };
    let mut text = format!("{} {} {} {unit}（{}）", scheme.date, item.ja, item.marks_ja(), item.source);
    text.extend(item.applies.as_ref().map(|c| format!(" 適用外: {}", c.otherwise)));
    text.extend(item.verified.as_ref().map(|note| format!(" 注: {note}")));
    both("目安", "reference", text, &item.en)
}

/// The tables or sources that it reads, and the sources that feed those.
fn inputs(catalog: &Catalog, indicator: &Indicator) -> String {
    let feeds = |input: &String| {
        let fed = catalog.mappings.values().filter(|m| m.table == *input).map(|m| m.source.as_str());
        let fed: Vec<&str> = fed.collect();
        if fed.is_empty() { input.clone() } else { format!("{input}（{}）", fed.join(" ")) }
    };
    indicator.source.iter().map(feeds).collect::<Vec<_>>().join(" ; ")
}

fn freshness(source: &Freshness, state: &str) -> String {
    let times = [
        ("最終受信", source.last_delivery),
        ("系統の時刻", source.source_time),
        ("次の予定", source.expected_by),
    ];
    let told = times.into_iter().filter(|(_, at)| at.is_some());
    let told: Vec<String> = told.map(|(name, at)| format!("{name} {}", moment(at))).collect();
    let times = if told.is_empty() { String::new() } else { format!(" {}", told.join(" ")) };
    format!("{state} {}（{}）{times}", source.title, source.source)
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "—".to_owned(),
        |at| {
            let at = jst(at);
            format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
        },
    )
}

const fn fresh(state: FreshState) -> (&'static str, &'static str) {
    match state {
        FreshState::Fresh => ("● 最新", "up to date"),
        FreshState::Late => ("▲ 遅れ", "late"),
        FreshState::Stopped => ("■ 停止", "stopped"),
        FreshState::Maintenance => ("◇ 保守中", "under maintenance"),
        FreshState::Never => ("― 未着", "never received"),
    }
}

const fn missing(missing: Missing) -> (&'static str, &'static str) {
    match missing {
        Missing::Gap => ("欠測（0 とはみなさない）", "a gap, never zero"),
        Missing::Zero => ("0", "zero"),
    }
}

const fn high(high: HighIs) -> Word {
    match high {
        HighIs::Bad => Word::HighBad,
        HighIs::Good => Word::HighGood,
        HighIs::Neither => Word::HighNeither,
    }
}

/// The boards that show it.
fn boards(catalog: &Catalog, indicator: &Indicator) -> String {
    let shows = |show: &str| show == indicator.id;
    let names: Vec<&str> = catalog
        .boards
        .values()
        .filter(|board| {
            board.panels.iter().any(|p| {
                shows(&p.show) || [&p.over, &p.verdict].into_iter().flatten().any(|other| shows(other))
            }) || board.headlines.iter().any(|h| shows(&h.show))
        })
        .map(|board| board.id.as_str())
        .collect();
    if names.is_empty() { "なし".to_owned() } else { names.join("・") }
}
