//! Archive against database, as of every batch.

use super::watch::tell;
use super::work::{Done, Work};

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let found = work.cx.store.verify(&|p| tell(work.watch, &p))?;
    anyhow::ensure!(found.faults.is_empty(), "{}", found.faults.join("; "));
    Ok(Done { rows: found.rows, note: format!("{} batches verified", found.batches) })
}
