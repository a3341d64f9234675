//! Removes what nobody needs any more: temporary files of dead runs, raw files whose time is over.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::work::{Done, Work};

const DAY: Duration = Duration::from_hours(24);

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let keep = &work.cx.settings.keep;
    let folder = &work.cx.folder;
    let mut removed = sweep(&folder.temporary(), DAY)?;
    removed += sweep(&folder.done(), DAY * keep.done_days)?;
    removed += sweep(&folder.refused(), DAY * keep.refused_days)?;
    Ok(Done {
        rows: 0, note: format!("古いファイル{removed}件を削除 · {removed} old files removed")
    })
}

/// Removes files that have not changed for so long, below a folder; says how many.
fn sweep(folder: &Path, older_than: Duration) -> anyhow::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other.with_context(|| {
            format!("フォルダ {0} を読めません · unable to read the folder {0}", folder.display())
        })?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let meta = entry.metadata()?;
        if meta.is_dir() {
            removed += sweep(&entry.path(), older_than)?;
        } else if meta.modified()?.elapsed().is_ok_and(|age| age >= older_than) {
            fs::remove_file(entry.path()).with_context(|| {
                format!("{0} を削除できません · unable to delete {0}", entry.path().display())
            })?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn only_old_files_go() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("her-sys-cases");
        fs::create_dir(&below).unwrap();
        let (old, new) = (below.join("old.csv"), below.join("new.csv"));
        fs::write(&old, "x").unwrap();
        fs::write(&new, "x").unwrap();
        let file = fs::File::options().write(true).open(&old).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(sweep(folder.path(), DAY * 7).unwrap(), 1);
        assert!(!old.exists() && new.exists());
        assert_eq!(sweep(&folder.path().join("none"), DAY).unwrap(), 0);
    }
}
