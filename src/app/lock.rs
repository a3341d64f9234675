//! One holder of a data folder at a time.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::fs::{FlockOperation, flock};

/// A data folder has one holder at a time. A command waits a little for another to end.
pub fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("{0} を開けません (unable to open {0})", path.display()))?;
    let until = Instant::now() + Duration::from_secs(10);
    while flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        anyhow::ensure!(
            Instant::now() < until,
            "データフォルダ {0} は別の hinomi が使用中です (the data folder {0} is in use by another hinomi)",
            folder.display()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(file)
}
