//! The night's full reload: sources that leave their files in place (`after = "leave"`) are read again whole,
//! which catches what watching missed. What is the same changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::deliver::{DeliverError, Options, deliver, file_name};
use super::work::{Done, Work, joined};
use super::{Context, stamp};
use crate::definitions::mapping::{After, Mapping, Mode};
use crate::epi::text::in_both;
use crate::intake::inbox::is_delivery;

pub fn run(work: &Work<'_>) -> anyhow::Result<Done> {
    let (mut rows, mut files, mut faults) = (0, 0, Vec::new());
    let left = |m: &&std::sync::Arc<Mapping>| work.cx.after(m) == After::Leave && m.mode != Mode::Append;
    for mapping in work.cx.sources().filter(left) {
        for path in waiting(&work.cx.inbox(&mapping.source), mapping) {
            work.go_on()?;
            if was_overtaken(work.cx, mapping, &path) {
                continue;
            }
            match deliver(work.cx, &path, mapping, &Options::default(), work.watch) {
                Ok(receipt) => {
                    rows += receipt.rows;
                    files += 1;
                }
                Err(DeliverError::Gone(_) | DeliverError::Changed(_)) => {}
                Err(why) => faults.push(in_both("読み直せないファイルがあります", &why.to_string())),
            }
        }
    }
    anyhow::ensure!(faults.is_empty(), "{}", joined(&faults));
    Ok(Done {
        rows,
        note: if files == 0 {
            String::new()
        } else {
            format!("{files}ファイルを読み直し · {files} files read again")
        },
    })
}

/// Was this file taken before, and a newer one after it? It has nothing to say again.
fn was_overtaken(cx: &Context, mapping: &Mapping, path: &Path) -> bool {
    let own = stamp::of_left(path, mapping);
    let newest = cx.store.sources().into_iter().find(|state| state.source == mapping.source);
    let newest = newest.and_then(|state| state.stamp);
    own.is_some_and(|own| newest.is_some_and(|newest| own < newest)) && was_taken(cx, mapping, path)
}

/// Was this file, as it is, taken before? It goes by its name and by the time that it had.
pub(super) fn was_taken(cx: &Context, mapping: &Mapping, path: &Path) -> bool {
    let Ok(Some(entry)) = cx.store.last_of_name(&mapping.source, &file_name(path)) else { return false };
    entry.receipt.outcome.is_taken() && entry.stamp.is_some() && entry.stamp == stamp::of_left(path, mapping)
}

/// The files in a source's folder that its mapping takes, by name. A link there is none.
pub fn waiting(folder: &Path, mapping: &Mapping) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| is_delivery(p) && is_file(p) && mapping.takes_file(&file_name(p)))
        .collect();
    found.sort();
    found
}

fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file())
}
