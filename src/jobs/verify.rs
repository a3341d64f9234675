//! Archive against database, as of every batch.

use super::watch::tell;
use super::work::{Done, Work};

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let _writing = work.cx.writing();
    let found = work.cx.store.verify(&|p| tell(work.watch, &p))?;
    anyhow::ensure!(
        found.faults.is_empty(),
        "記録（archive）とデータベースが食い違います · {}",
        found.faults.join("; ")
    );
    Ok(Done {
        rows: found.rows, note: format!("{0}バッチを照合 · {0} batches verified", found.batches)
    })
}
