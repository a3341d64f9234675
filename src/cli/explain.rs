//! `hinomi explain`

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use super::show::source_line;
use crate::answer::Question;
use crate::app::App;
use crate::catalog::Catalog;
use crate::catalog::indicator::{HighIs, Indicator, Missing};
use crate::catalog::measure::Measure;

/// Says what an indicator means: numerator, denominator, formula and its source, inputs and how fresh they are
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    hinomi explain bed_occupancy\n  \
    hinomi explain reproduction_number")]
pub struct Explain {
    /// The indicator: the name of its file
    indicator: String,
}

impl Explain {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let question = Question::of(&self.indicator, &app.settings.disease);
        // Without a fact in the store the definition can still be told.
        let query = app.answers.query(&question)?;
        let indicator = app.catalog.indicator(&self.indicator).cloned();
        let indicator =
            indicator.ok_or_else(|| anyhow::anyhow!("there is no indicator {}", self.indicator))?;
        let mut lines = vec![
            format!("{} ({})", indicator.title_ja, indicator.title_en),
            String::new(),
            format!("単位        {}", indicator.unit.ja()),
            format!("対象        {}", indicator.basis),
            format!("日付        {}", indicator.date),
            format!("分子        {}", indicator.numerator),
        ];
        lines.extend(indicator.denominator.as_ref().map(|text| format!("分母        {text}")));
        lines.push(format!("まだ増える日 {}日", indicator.lag_days));
        lines.push(format!("行のない日  {}", missing(indicator.missing)));
        lines.push(format!("高いとき    {}", high(indicator.high_is)));
        for reference in &indicator.reference {
            lines.push(format!(
                "目安        {}{} ({})",
                reference.value,
                indicator.unit.ja(),
                reference.label
            ));
        }
        lines.extend(indicator.measure.explained().map(|text| format!("算式        {text}")));
        if let Measure::Standardised { standard, .. } = &indicator.measure
            && let Some(standard) = app.catalog.standards.get(standard)
        {
            lines.push(format!("基準人口    {} ({})", standard.ja, standard.source));
        }
        for (column, label) in &indicator.columns {
            lines.push(format!("列          {column}: {label}"));
        }
        if !indicator.by.is_empty() {
            lines.push(format!("区分        {}", indicator.by.join(" ")));
        }
        let bandings = app.catalog.bandings_of(&indicator);
        if !bandings.is_empty() {
            let ids: Vec<&str> = bandings.iter().map(|banding| banding.id.as_str()).collect();
            lines.push(format!("年齢区分    {}", ids.join(" ")));
        }
        lines.extend(indicator.against.iter().map(|a| format!("比較        {}: {}", a.name(), a.ja())));
        lines.push(format!("掲示        {}", boards(&app.catalog, &indicator)));
        lines.push(format!("定義        queries/indicators/{}.sql sha256 {}", indicator.id, indicator.hash));
        let answer = app.answers.ask(&question).await?;
        for source in &answer.sources {
            lines.push(format!("系統        {}", source_line(source)));
        }
        lines.push(format!("データ版    {}", answer.batch.0));
        lines.push(String::new());
        lines.push(query.sql.to_string());
        out.text(&(lines.join("\n") + "\n"));
        Ok(())
    }
}

fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Gap => "欠測 (0 とはみなさない)",
        Missing::Zero => "0",
    }
}

fn high(high: HighIs) -> &'static str {
    match high {
        HighIs::Bad => "悪い",
        HighIs::Good => "良い",
        HighIs::Neither => "どちらでもない",
    }
}

/// The boards that show it.
fn boards(catalog: &Catalog, indicator: &Indicator) -> String {
    let shows = |show: &str| show == indicator.id;
    let names: Vec<&str> = catalog
        .boards
        .values()
        .filter(|board| {
            board.panels.iter().any(|p| shows(&p.show) || p.over.as_deref().is_some_and(shows))
                || board.headline.as_ref().is_some_and(|h| shows(&h.show))
        })
        .map(|board| board.id.as_str())
        .collect();
    if names.is_empty() { "なし".to_owned() } else { names.join(" ") }
}
