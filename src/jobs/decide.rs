//! A person decides on a file that is held: it is taken as it is, or refused. Either is kept in the ledger of deliveries
//! and as a note of its own, with the sign for which the file was held; the strip is then clear.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::context::Context;
use super::deliver::{Disposal, Options, deliver, file_name};
use super::folders;
use super::watch::Watch;
use crate::definitions::mapping::Mapping;
use crate::store::{DeliveryEntry, Outcome, Receipt};

/// The kind of note that a decision leaves.
pub const NOTE: &str = "held_delivery";

/// A file that waits for a person, and its entry in the ledger.
struct Waiting {
    /// None: somebody's own file that is no longer there.
    path: Option<PathBuf>,
    entry: DeliveryEntry,
    /// It lies in `held/`: the source delivered it.
    ours: bool,
}

/// Takes a held file as it is, with the stamp and as the history that it was delivered as. What came after it must not be
/// undone by it: then it can only be refused, or loaded anew.
pub fn accept(
    cx: &Context,
    mapping: &Arc<Mapping>,
    named: &Path,
    watch: &dyn Watch,
) -> anyhow::Result<Receipt> {
    let waiting = waiting(cx, mapping, named)?;
    let path = waiting.path.as_deref().with_context(|| not_there(named))?;
    let file = &waiting.entry.name;
    let states = cx.store.sources();
    let later = states.iter().find(|s| s.source == mapping.source).and_then(|s| s.taken);
    anyhow::ensure!(
        later.is_none_or(|taken| taken < waiting.entry.receipt.delivery),
        "{file}: その後に届いた {0} のファイルを受け入れているため、これは受け入れられません。拒否するか、--confirm を付けて取り込み直してください · \
         a later delivery of {0} was taken since: refuse this one, or load it with --confirm",
        mapping.source
    );
    let disposal = if waiting.ours { Disposal::ByRule } else { Disposal::Leave };
    let (stamp, replay) = (waiting.entry.stamp, waiting.entry.replay);
    let options = Options { stamp, replay, confirmed: true, disposal };
    let receipt = deliver(cx, path, mapping, &options, watch)?;
    note(cx, &waiting, &receipt)?;
    Ok(receipt)
}

/// Refuses a held file: it goes to `refused/` with its receipt. A person's own file stays where it is, or may be gone.
pub fn refuse(cx: &Context, mapping: &Arc<Mapping>, named: &Path) -> anyhow::Result<Receipt> {
    let _one_at_a_time = cx.writing();
    let waiting = waiting(cx, mapping, named)?;
    let why = match &waiting.entry.receipt.hold {
        Some(hold) => format!("担当者が拒否（{}） · refused by a person: {}", hold.ja(), hold.en()),
        None => "担当者が拒否 · refused by a person".to_owned(),
    };
    let receipt = cx.store.refuse_held(&waiting.entry, cx.clock.now(), &why)?;
    if let Some(path) = waiting.path.as_deref().filter(|_| waiting.ours) {
        folders::remove(&folders::receipt_of(path))?;
        let put = folders::put(path, &cx.folder.refused().join(&mapping.source))?;
        folders::put_receipt(&put, &receipt)?;
    }
    note(cx, &waiting, &receipt)?;
    Ok(receipt)
}

fn waiting(cx: &Context, mapping: &Mapping, named: &Path) -> anyhow::Result<Waiting> {
    let name = file_name(named);
    let held = cx.folder.held().join(&mapping.source).join(&name);
    // A second file of one name was put away as `name.2`.
    let as_delivered =
        || name.rsplit_once('.').filter(|(_, n)| n.parse::<u32>().is_ok()).map(|(name, _)| name);
    let mut entry = cx.store.last_of_name(&mapping.source, &name)?;
    if entry.is_none() && held.is_file() {
        entry =
            as_delivered().map(|name| cx.store.last_of_name(&mapping.source, name)).transpose()?.flatten();
    }
    let entry = entry.filter(|entry| matches!(entry.receipt.outcome, Outcome::Held(_)));
    let entry = entry.with_context(|| {
        format!(
            "{name}: {0} に保留中のこの名前のファイルはありません · no delivery of {0} by this name is held",
            mapping.source
        )
    })?;
    // One that was put away, or somebody's own; a name may stand for both.
    let unreadable = || format!("{name}: ファイルを読めません · the file can't be read");
    let mut another = false;
    for path in [held.as_path(), named].into_iter().filter(|path| path.is_file()) {
        if digest(path).with_context(unreadable)? == entry.digest {
            return Ok(Waiting { ours: path == held, path: Some(path.to_owned()), entry });
        }
        another = true;
    }
    anyhow::ensure!(
        !another,
        "{name}: 保留中のファイルと中身が違います。load で取り込んでください · this is not the file that is held: load it"
    );
    Ok(Waiting { path: None, entry, ours: false })
}

fn not_there(named: &Path) -> String {
    format!("{}: ファイルがありません · the file is not there", named.display())
}

/// SHA-256 of a file as it was delivered, in hexadecimal.
fn digest(path: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let (mut file, mut buffer) = (File::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hex::encode(hash.finalize()))
}

fn note(cx: &Context, waiting: &Waiting, receipt: &Receipt) -> anyhow::Result<()> {
    let held = &waiting.entry.receipt;
    let body = json!({
        "source": waiting.entry.source,
        "file": waiting.entry.name,
        "digest": waiting.entry.digest,
        "held": held.delivery,
        "sign": held.hold,
        "decided": receipt.delivery,
        "outcome": receipt.outcome,
    });
    Ok(cx.store.keep_note(NOTE, &body.to_string())?)
}
