//! The night's work: one step after another; a step that fails doesn't keep the others from their turn.

use super::work::{Done, Work, joined};
use super::{backtest, housekeeping, reload, verify};
use crate::epi::text::in_both;
use crate::store::StoreError;

/// Its name, the same in Japanese, and what it does.
type Step = (&'static str, &'static str, fn(&Work<'_>) -> anyhow::Result<Done>);

/// The step without which nothing is packed: what is damaged would be hashed anew.
const VERIFY: &str = "verify";
/// Steps that write what they read.
const AFTER_VERIFY: [&str; 3] = ["compact", "cluster", "checkpoint"];

const STEPS: [Step; 7] = [
    ("reload", "再読込", reload::run),
    ("backtest", "予測の検証", backtest::run),
    (VERIFY, "照合", verify::run),
    ("compact", "記録のまとめ", compact),
    ("cluster", "並べ直し", cluster),
    ("checkpoint", "書き込みの区切り", checkpoint),
    ("housekeeping", "片付け", housekeeping::run),
];

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    if let Some(why) = work.cx.store.fault() {
        return Err(StoreError::Degraded { why }.into());
    }
    let (mut rows, mut notes, mut faults, mut verified) = (0, Vec::new(), Vec::new(), false);
    for (name, ja, step) in STEPS {
        work.go_on()?;
        if AFTER_VERIFY.contains(&name) && !verified {
            continue;
        }
        work.watch.say(name);
        match step(work) {
            Ok(done) => {
                verified |= name == VERIFY;
                rows += done.rows;
                notes.push(done.note);
            }
            Err(why) => {
                let why = in_both("失敗しました", &format!("{why:#}"));
                let (why_ja, why_en) = why.split_once(" · ").unwrap_or_default();
                faults.push(format!("{ja}: {why_ja} · {name}: {why_en}"));
            }
        }
    }
    anyhow::ensure!(faults.is_empty(), "{}", joined(&faults));
    Ok(Done { rows, note: joined(&notes) })
}

fn compact(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let packed = work.cx.store.compact()?;
    Ok(Done { rows: 0, note: format!("{packed}バッチを一つにまとめ · {packed} batches packed") })
}

fn cluster(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let rows = work.cx.store.cluster()?;
    Ok(Done { rows: 0, note: format!("{rows}行を並べ直し · {rows} rows put in order") })
}

fn checkpoint(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    work.cx.store.checkpoint()?;
    Ok(Done::default())
}
