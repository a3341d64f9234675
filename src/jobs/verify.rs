//! Archive against database, as of every batch.

use super::watch::tell;
use super::work::{Done, Work, joined};
use crate::epi::text::in_both;

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let found = work.cx.store.verify(&|p| tell(work.watch, &p))?;
    if !found.faults.is_empty() {
        let faults: Vec<String> =
            found.faults.iter().map(|fault| in_both("記録を読めません", fault)).collect();
        let faults = joined(&faults);
        let (ja, en) = faults.split_once(" · ").unwrap_or_default();
        anyhow::bail!(
            "記録（archive）とデータベースが食い違います: {ja} · archive and database differ: {en}"
        );
    }
    Ok(Done {
        rows: found.rows, note: format!("{0}バッチを照合 · {0} batches verified", found.batches)
    })
}
