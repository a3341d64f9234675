//! The night's full reload: sources that leave their files in place (`after = "leave"`) are read again whole,
//! which catches what watching missed. What is the same changes nothing.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Context;
use super::deliver::{DeliverError, Options, deliver, file_name};
use super::work::{Done, Work, joined};
use crate::definitions::mapping::{After, Mapping, Mode};
use crate::epi::text::in_both;
use crate::intake::inbox::is_delivery;
use crate::intake::stamp;
use crate::store::DeliveryEntry;

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
    own.is_some_and(|own| newest(cx, mapping).is_some_and(|newest| own < newest))
        && was_taken(cx, mapping, path)
}

/// Was this file, as it is, taken before? What it said then it does not say anew, even where its time has changed, once
/// a newer file was taken.
pub(super) fn was_taken(cx: &Context, mapping: &Mapping, path: &Path) -> bool {
    let Ok(Some(entry)) = cx.store.last_of_name(&mapping.source, &file_name(path)) else { return false };
    if !entry.receipt.outcome.is_taken() || !is_same(path, &entry) {
        return false;
    }
    let own = stamp::of_left(path, mapping).map(|own| own.min(entry.received_at));
    entry.stamp.is_some() && (entry.stamp == own || entry.stamp < newest(cx, mapping))
}

/// The stamp of the newest file of a source.
fn newest(cx: &Context, mapping: &Mapping) -> Option<Timestamp> {
    cx.store.sources().into_iter().find(|state| state.source == mapping.source)?.stamp
}

/// Has a file the content that it was delivered with? It is read where anything of it has changed since.
fn is_same(path: &Path, entry: &DeliveryEntry) -> bool {
    let Ok(meta) = fs::metadata(path) else { return false };
    let nanoseconds = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
    if nanoseconds < entry.received_at.as_nanosecond() {
        return true;
    }
    meta.len() == entry.bytes
        && fs::File::open(path).is_ok_and(|mut file| {
            let mut digest = Sha256::new();
            io::copy(&mut file, &mut digest).is_ok() && hex::encode(digest.finalize()) == entry.digest
        })
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
