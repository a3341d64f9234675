//! The night's work: one step after another; a step that fails doesn't keep the others from their turn.

use super::work::{Done, Work};
use super::{backtest, housekeeping, reload, verify};

type Step = (&'static str, fn(&Work<'_>) -> anyhow::Result<Done>);

const STEPS: [Step; 6] = [
    ("reload", reload::run),
    ("backtest", backtest::run),
    ("compact", compact),
    ("checkpoint", checkpoint),
    ("verify", verify::run),
    ("housekeeping", housekeeping::run),
];

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let (mut rows, mut notes, mut faults) = (0, Vec::new(), Vec::new());
    for (name, step) in STEPS {
        work.go_on()?;
        work.watch.say(name);
        match step(work) {
            Ok(done) => {
                rows += done.rows;
                notes.push(done.note);
            }
            Err(why) => faults.push(format!("{name}: {why:#}")),
        }
    }
    anyhow::ensure!(faults.is_empty(), "{}", faults.join("; "));
    notes.retain(|n| !n.is_empty());
    Ok(Done { rows, note: notes.join("; ") })
}

fn compact(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let packed = work.cx.store.compact()?;
    Ok(Done { rows: 0, note: format!("{packed} batches packed") })
}

fn checkpoint(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    work.cx.store.checkpoint()?;
    Ok(Done::default())
}
