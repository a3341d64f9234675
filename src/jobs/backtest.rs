//! Puts forecasts to the test, once a night: past nowcasts and projections against what came. What boards show of it
//! is then at hand in the morning.

use super::work::{Done, Work, joined};
use crate::answer::Question;

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let cx = work.cx;
    let (mut tried, mut notes) = (0, Vec::new());
    for indicator in cx.catalog.indicators.values().filter(|i| i.is_of_last_night()) {
        work.go_on()?;
        let question = Question::of(&indicator.id, &cx.settings.disease);
        let answer = tokio::runtime::Handle::current().block_on(cx.answers.ask(&question))?;
        tried += 1;
        notes.extend(indicator.method().and_then(|method| (method.log)(&answer.rows)));
    }
    notes.insert(0, format!("{tried}指標の予測を検証 · {tried} indicators put to the test"));
    // No row of a source was read or verified.
    Ok(Done { rows: 0, note: joined(&notes) })
}
