//! `hinomi show`

use std::sync::Arc;

use clap::ValueEnum;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use serde::{Deserialize, Serialize};

use super::moment::{as_of, day};
use super::output::Output;
use super::table::{Side, Table};
use crate::answer::{Answer, AnswerError, Choices, FreshState, Freshness};
use crate::app::App;
use crate::definitions::given::WAVE;
use crate::epi::against::Against;
use crate::epi::clock::jst;
use crate::jobs::Watch;
use crate::present;
use crate::present::figures::CellKind;

/// Answers an indicator, of now or as of any past moment
///
/// Times are Japan's. A day given to --as-of means its end, today means now. An indicator of one moment (`under_care`, `hospital_beds` …)
/// takes no --from and --to: a past moment is asked for by --as-of. Without a name: lists the indicators, by group.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    hinomi show new_cases_received --from 2026-11-01 --to 2026-11-21\n  \
    hinomi show under_care --as-of yesterday\n  \
    hinomi show age_sex_by_period --by month --bands school --format csv > age_sex.csv\n  \
    hinomi show bed_occupancy --format excel > beds.csv\n  \
    hinomi show cases_against --by quarter --against last_year")]
pub struct Show {
    /// The indicator: the name of its file
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    indicator: Option<String>,
    /// First day (2026-11-01, today, yesterday)
    #[arg(long, value_name = "DAY", requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY", requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    to: Option<String>,
    /// What was known then: 2026-11-21T10:05, or a day
    #[arg(long, value_name = "TIME", requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    as_of: Option<String>,
    /// Period or kind: what the indicator's header lists
    #[arg(long, requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    by: Option<String>,
    /// Banding of ages: ten, five, sentinel, over65, school, or one of your own
    #[arg(long, requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    bands: Option<String>,
    /// What the period is compared with: previous, `last_year`
    #[arg(long, value_parser = against(), requires = "indicator")]
    against: Option<Against>,
    /// The disease by its code; the settings' when absent
    #[arg(long, requires = "indicator", value_parser = NonEmptyStringValueParser::new())]
    disease: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table, requires = "indicator")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
enum Format {
    Table,
    Csv,
    /// CSV with Japanese headings, for Excel
    Excel,
    Json,
    Arrow,
    Parquet,
}

fn against() -> impl TypedValueParser<Value = Against> {
    let known = PossibleValuesParser::new(Against::ALL.map(Against::name));
    known.try_map(|word| Against::parse(&word).ok_or("no such comparison"))
}

impl Show {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let Some(id) = &self.indicator else {
            list(app, out);
            return Ok(());
        };
        let none = || AnswerError::NoIndicator { indicator: id.clone() };
        let indicator = app.catalog.indicator(id).ok_or_else(none)?;
        let asked = |text: &Option<String>| text.as_deref().map(|t| day(t, &app.clock)).transpose();
        let choices = Choices {
            from: asked(&self.from)?,
            to: asked(&self.to)?,
            as_of: self.as_of.as_deref().map(|t| as_of(t, &app.clock)).transpose()?,
            by: self.by.clone(),
            bands: self.bands.clone(),
            against: self.against,
            disease: self.disease.clone(),
        };
        let question = choices.question(indicator, &app.settings.disease).map_err(AnswerError::Refused)?;
        let answer = app.answers.ask(&question).await?;
        match self.format {
            Format::Table => table(app, &answer, &question.disease, out),
            Format::Csv => export(app, &answer, &question.disease, present::Format::Csv, out)?,
            Format::Excel => export(app, &answer, &question.disease, present::Format::Excel, out)?,
            Format::Json => export(app, &answer, &question.disease, present::Format::Json, out)?,
            Format::Arrow => export(app, &answer, &question.disease, present::Format::Arrow, out)?,
            Format::Parquet => export(app, &answer, &question.disease, present::Format::Parquet, out)?,
        }
        Ok(())
    }
}

/// The same bytes as the API gives.
fn export(
    app: &App,
    answer: &Answer,
    disease: &str,
    format: present::Format,
    out: &Output,
) -> anyhow::Result<()> {
    let block = present::block_of(answer, &app.catalog);
    let facts = present::Facts::of(&app.settings, &app.catalog, disease, &block);
    out.bytes(present::write_answer(answer, &block, format, &facts)?);
    if format == present::Format::Json {
        out.text("\n");
    }
    Ok(())
}

fn list(app: &App, out: &Output) {
    let mut table = Table::new([
        ("group", Side::Left),
        ("indicator", Side::Left),
        ("title", Side::Left),
        ("unit", Side::Left),
        ("basis", Side::Left),
        ("by", Side::Left),
    ]);
    for (group, indicators) in app.catalog.indicators_by_group() {
        for indicator in indicators {
            table.row([
                group.ja.clone(),
                indicator.id.clone(),
                indicator.title_ja.clone(),
                indicator.unit.ja().to_owned(),
                indicator.basis.clone(),
                indicator.by.join(" "),
            ]);
        }
    }
    table.lines().into_iter().for_each(|line| out.line(line));
}

/// The title, the rows under their labels, and what stands beside a figure.
fn table(app: &App, answer: &Answer, disease: &str, out: &Output) {
    let block = present::block_of(answer, &app.catalog);
    let indicator = &answer.indicator;
    let unit = match indicator.unit.ja() {
        "" => String::new(),
        unit => format!(" [{unit}]"),
    };
    out.line(format!("{} ({}){unit}", indicator.title_ja, indicator.title_en));
    out.line(present::Facts::of(&app.settings, &app.catalog, disease, &block).whose());
    let columns: Vec<(&str, Side)> =
        block.table.columns.iter().map(|(name, kind)| (name.as_str(), side(*kind))).collect();
    let mut table = Table::new(columns.iter().map(|(name, side)| (block.about.label(name), *side)));
    for row in &block.table.rows {
        table.row(
            columns.iter().zip(row).map(|((name, _), cell)| present::cell_text(&block, name, cell, row)),
        );
    }
    table.lines().into_iter().for_each(|line| out.line(line));
    if block.table.rows.is_empty() {
        let wave = answer.by.as_deref() == Some(WAVE);
        let why = if wave { "no wave of the disease touches these days" } else { "no data in these days" };
        out.line(format!("データがありません ({why})"));
    }
    // What is of one moment has no days: its moment is the as-of.
    let days =
        if block.about.ranged { format!("{} – {}, ", answer.from, answer.to) } else { String::new() };
    out.line(format!(
        "{days}{}, as of {} (batch {})",
        indicator.basis,
        jst(answer.as_of).strftime("%Y-%m-%d %H:%M"),
        answer.batch.0
    ));
    if let Some((against, first, last)) = answer.against {
        let why = answer.not_compared.as_ref();
        let why = why.map_or_else(String::new, |why| format!(" {} · {}", why.ja, why.en));
        out.line(format!("{} {first} – {last}{why}", against.ja_of(answer.from, answer.to)));
    }
    for (source, found) in answer.sources.iter().filter_map(|s| Some((s, s.held_back?))) {
        let Freshness { title, source, .. } = source;
        let held = present::held_back(found);
        out.line(format!(
            "取込保留 {held} {title} ({source}): {} of {} rows held back",
            found.rows, found.of
        ));
    }
    for said in present::waiting_of(&answer.sources) {
        out.line(format!("{} · {}", said.ja, said.en));
    }
    for said in &answer.untold {
        out.line(format!("{} · {}", said.ja, said.en));
    }
    for said in &answer.caveats {
        out.line(format!("注意 {} · {}", said.ja, said.en));
    }
    if !answer.undated.is_empty() {
        let said = present::undated_in_full(&answer.undated);
        out.line(format!("不明 {said}: {}", present::undated_en(&answer.undated)));
    }
    for source in answer.sources.iter().filter(|s| s.state != FreshState::Fresh) {
        out.say(&source_line(source));
    }
}

/// A source's state and name.
pub(super) fn source_line(source: &Freshness) -> String {
    let state = match source.state {
        FreshState::Fresh => "● 最新",
        FreshState::Late => "▲ 遅れ",
        FreshState::Stopped => "■ 停止",
        FreshState::Maintenance => "◇ 保守中",
        FreshState::Never => "― 未着",
    };
    format!("{state} {} ({})", source.title, source.source)
}

/// Numbers stand to the right.
fn side(kind: CellKind) -> Side {
    match kind {
        kind if kind.is_number() => Side::Right,
        _ => Side::Left,
    }
}
