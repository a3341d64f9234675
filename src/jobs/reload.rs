//! The night's full reload: sources that leave their files in place (`after = "leave"`) are read again whole,
//! which catches what watching missed. What is the same changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::deliver::{DeliverError, Options, deliver, file_name};
use super::work::{Done, Work};
use crate::definitions::mapping::{After, Mapping, Mode};
use crate::intake::inbox::is_delivery;

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let (mut rows, mut files, mut faults) = (0, 0, Vec::new());
    let left = |m: &&std::sync::Arc<Mapping>| work.cx.after(m) == After::Leave && m.mode != Mode::Append;
    for mapping in work.cx.sources().filter(left) {
        for path in waiting(&work.cx.inbox(&mapping.source), mapping) {
            work.go_on()?;
            match deliver(work.cx, &path, mapping, &Options::default(), work.watch) {
                Ok(receipt) => {
                    rows += receipt.rows;
                    files += 1;
                }
                Err(DeliverError::Gone(_) | DeliverError::Changed(_)) => {}
                Err(why) => faults.push(why.to_string()),
            }
        }
    }
    anyhow::ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(Done { rows, note: if files == 0 { String::new() } else { format!("{files} files read again") } })
}

/// The files in a source's folder that its mapping takes, by name.
pub fn waiting(folder: &Path, mapping: &Mapping) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| is_delivery(p) && p.is_file() && mapping.takes_file(&file_name(p)))
        .collect();
    found.sort();
    found
}
