//! Puts forecasts to the test, once a night: past nowcasts and projections against what came. What boards show of it
//! is then at hand in the morning.

use super::work::{Done, Work};
use crate::answer::{Answer, Question};
use crate::definitions::measure::Measure;
use crate::epi::rounding::plain;

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let cx = work.cx;
    let (mut tried, mut notes) = (0, Vec::new());
    for indicator in cx.catalog.indicators.values().filter(|i| i.measure.is_of_last_night()) {
        work.go_on()?;
        let question = Question::of(&indicator.id, &cx.settings.disease);
        let answer = tokio::runtime::Handle::current().block_on(cx.answers.ask(&question))?;
        tried += 1;
        if matches!(indicator.measure, Measure::BedsTested { .. }) {
            notes.extend(said(&answer));
        }
    }
    notes.insert(0, format!("{tried} indicators put to the test"));
    // No row of a source was read or verified.
    Ok(Done { rows: 0, note: notes.join("; ") })
}

/// The score a week ahead, beside those of the forecasts that anyone could make.
fn said(answer: &Answer) -> Option<String> {
    let week = (0..answer.rows.num_rows()).find(|row| answer.number(*row, "ahead") == Some(7.0))?;
    let number = |column: &str| answer.number(week, column);
    let (own, last, mean) = (number("value")?, number("last_value")?, number("week_mean")?);
    let [own, last, mean] = [own, last, mean].map(|score| plain(score, 2).unwrap_or_default());
    Some(format!("beds 7 days ahead: score {own}, last value {last}, mean of 7 days {mean}"))
}
