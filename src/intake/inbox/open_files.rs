//! Which files some process still writes to, as Linux tells it. What a process of another user or another machine
//! does can't be seen: for those there is only waiting.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The files below these folders that are open for writing.
pub(super) fn being_written(folders: &[&Path]) -> BTreeSet<PathBuf> {
    let folders: Vec<PathBuf> = folders.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect();
    let mut found = BTreeSet::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let fds = process.path().join("fd");
        for fd in fs::read_dir(&fds).into_iter().flatten().flatten() {
            let Ok(target) = fs::read_link(fd.path()) else { continue };
            if folders.iter().any(|folder| target.starts_with(folder))
                && writes(&process.path().join("fdinfo").join(fd.file_name()))
            {
                found.insert(target);
            }
        }
    }
    found
}

/// `flags: 0100001`, say: the last octal digit is the mode; 0 only reads.
fn writes(info: &Path) -> bool {
    let text = fs::read_to_string(info).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & 0o3 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_seen_as_long_as_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let writer = fs::File::create(&path).unwrap();
        let reader = fs::File::open(&path).unwrap();
        assert_eq!(being_written(&[folder.path()]), BTreeSet::from([fs::canonicalize(&path).unwrap()]));
        drop(writer);
        assert_eq!(being_written(&[folder.path()]), BTreeSet::new());
        drop(reader);
    }
}
