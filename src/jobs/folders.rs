//! How a raw file leaves the inbox. Raw files may identify people: every folder here is closed to others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::folder::make;
use crate::store::Receipt;

/// Moves a file into a folder under its own name, or `name.2`, `name.3` … when that is taken.
pub fn put(file: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    make(folder)?;
    let name = file.file_name().map_or_else(|| "file".to_owned(), |n| n.to_string_lossy().into_owned());
    let place = (1..=u32::MAX)
        .map(|n| if n == 1 { name.clone() } else { format!("{name}.{n}") })
        .map(|name| folder.join(name))
        .find(|place| !place.exists())
        .context("空いている名前がありません · no free name")?;
    relocate(file, &place).with_context(|| {
        format!("{0} を {1} に移せません · unable to move {0} to {1}", file.display(), folder.display())
    })?;
    Ok(place)
}

/// Writes a receipt beside a file that was put away.
pub fn put_receipt(file: &Path, receipt: &Receipt) -> anyhow::Result<()> {
    let text = serde_json::to_vec_pretty(receipt)?;
    fs::write(receipt_of(file), text).with_context(|| {
        format!("{0} の受信の内訳を書けません · unable to write the receipt of {0}", file.display())
    })
}

pub fn receipt_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".receipt.json");
    name.into()
}

/// Removes a file; one that is already gone is no error.
pub fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("{0} を削除できません · unable to delete {0}", file.display()))
        }
        _ => Ok(()),
    }
}

fn relocate(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(from, to)?;
            fs::File::open(to)?.sync_all()?;
            fs::remove_file(from)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataFolder;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_taken_name_is_not_overwritten() {
        let root = tempfile::tempdir().unwrap();
        let folders = DataFolder::new(root.path());
        for content in ["1", "2", "3"] {
            let file = root.path().join("a.csv");
            fs::write(&file, content).unwrap();
            put(&file, &folders.refused()).unwrap();
            assert!(!file.exists());
        }
        for (name, content) in [("a.csv", "1"), ("a.csv.2", "2"), ("a.csv.3", "3")] {
            assert_eq!(fs::read_to_string(folders.refused().join(name)).unwrap(), content);
        }
        let mode = fs::metadata(folders.refused()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
