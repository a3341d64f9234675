//! `hinomi explain`

use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthStr;

use super::output::Output;
use crate::answer::{AnswerError, Choices};
use crate::app::App;

/// Says what an indicator means: numerator, denominator, formula and its literature, inputs and how fresh they are
///
/// In Japanese, with English beside it: also the lag, what a missing day means, dated reference values and their source, the hash of the
/// definition, and the query itself. The page /explain/INDICATOR of the server says the same.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    hinomi explain bed_occupancy\n  \
    hinomi explain reproduction_number\n  \
    hinomi explain against_reference")]
pub struct Explain {
    /// The indicator: the name of its file
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    indicator: String,
    /// The disease by its code; the settings' when absent
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    disease: Option<String>,
}

impl Explain {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let none = || AnswerError::NoIndicator { indicator: self.indicator.clone() };
        let indicator = app.catalog.indicator(&self.indicator).ok_or_else(none)?;
        let choices = Choices { disease: self.disease.clone(), ..Choices::default() };
        let question = choices.question(indicator, &app.settings.disease).map_err(AnswerError::Refused)?;
        let explained = app.answers.explain(&question).await?;
        let mut text = format!("{} ({})\n\n", explained.title_ja, explained.title_en);
        for line in &explained.lines {
            text += &named(&line.ja, &line.en);
            text += &line.text;
            text.push('\n');
            if let Some(english) = &line.english {
                text += &" ".repeat(NAME);
                text += english;
                text.push('\n');
            }
        }
        out.text(format!("{text}\n{}\n", explained.sql));
        Ok(())
    }
}

/// Columns that the name of a line takes, and the gap after it.
const NAME: usize = 30;

/// `分子 numerator` and the gap, as wide as it is shown.
fn named(ja: &str, en: &str) -> String {
    let name = format!("{ja} {en}");
    let gap = NAME.saturating_sub(name.width()).max(1);
    name + &" ".repeat(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_wide_as_they_are_shown() {
        assert_eq!(named("分子", "numerator").width(), NAME);
        assert!(named("基準人口", "standard population").ends_with(' '));
    }
}
