//! Manifests: what each batch was, beside its files. A manifest ends with a check of its own text, and says the sums of the
//! rows of its batch and the head of the chain of batches.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::types::{BatchId, BatchKind};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const IDENTITIES: &str = "identities.parquet";

/// What a batch was, beside its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub batch: BatchId,
    pub accepted_at: Timestamp,
    pub kind: BatchKind,
    pub source: String,
    pub table: String,
    pub mapping: String,
    /// The table's version (NNNN) and the hash of all tables' texts.
    pub schema_version: u32,
    pub schema: String,
    pub delivery: u64,
    pub opened: u64,
    pub closed: u64,
    pub identities: u64,
    /// Of this folder; empty in a pack, which lists its own.
    pub files: Vec<FileEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Seal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// Many batches in one folder, compacted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pack {
    pub batches: Vec<Manifest>,
    pub files: Vec<FileEntry>,
}

/// What a manifest says of the rows of its batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seal {
    pub opened: String,
    pub closed: String,
    pub identities: String,
    /// The head of the chain with this batch; absent while an earlier one is not sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

pub(super) fn opened_name(table: &str) -> String {
    format!("{table}.opened.parquet")
}

pub(super) fn closed_name(table: &str) -> String {
    format!("{table}.closed.parquet")
}

/// The digest of what a batch changed; None while its rows are not summed.
fn digest(manifest: &Manifest) -> Option<String> {
    let seal = manifest.seal.as_ref()?;
    let Manifest {
        batch,
        accepted_at,
        kind,
        source,
        table,
        mapping,
        delivery,
        opened,
        closed,
        identities,
        ..
    } = manifest;
    let kind = serde_json::to_string(kind).ok()?;
    let text = format!(
        "hinomi batch 1\n{}\n{accepted_at}\n{kind}\n{source}\n{table}\n{mapping}\n{delivery}\n\
         opened {opened} {}\nclosed {closed} {}\nidentities {identities} {}\n",
        batch.0, seal.opened, seal.closed, seal.identities
    );
    Some(hex::encode(Sha256::digest(text)))
}

/// The head of the chain with a batch, after the head before it (empty before the first).
pub(super) fn head(before: &str, manifest: &Manifest) -> Option<String> {
    let digest = digest(manifest)?;
    Some(hex::encode(Sha256::digest(format!("hinomi chain 1\n{before}\n{digest}\n"))))
}

/// Reads a manifest or a list. One that has a check is compared with it; earlier ones have none.
pub(super) fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, StoreError> {
    read_checked(path).map(|(value, _)| value)
}

/// The same, and whether it has a check.
pub(super) fn read_checked<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<(T, bool), StoreError> {
    let text = fs::read(path).map_err(StoreError::file("unable to read", path))?;
    let damaged = |why: String| StoreError::Damaged { path: path.to_owned(), why };
    let check = check(&text);
    if let Some((said, sum)) = &check
        && **said != *sum.as_bytes()
    {
        return Err(damaged("its text is not what its own check says".into()));
    }
    let value = serde_json::from_slice(&text).map_err(|e| damaged(format!("it can't be read: {e}")))?;
    Ok((value, check.is_some()))
}

const CHECK: &str = ",\n  \"check\": \"";
const CHECK_END: &str = "\"\n}";

/// The check that a text ends with, and what it should be.
fn check(text: &[u8]) -> Option<(&[u8], String)> {
    let at = text.len().checked_sub(CHECK.len() + 64 + CHECK_END.len())?;
    let (body, tail) = text.split_at(at);
    let said = tail.strip_prefix(CHECK.as_bytes())?.strip_suffix(CHECK_END.as_bytes())?;
    Some((said, hex::encode(Sha256::digest(body))))
}

/// Writes a manifest or a list, with a check of its text; it is on disk when this returns.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let unwritable =
        |why: String| StoreError::Inconsistent(format!("{} can't be written: {why}", path.display()));
    let mut text = serde_json::to_string_pretty(value).map_err(|e| unwritable(e.to_string()))?;
    let body = text.strip_suffix("\n}").map(str::len).ok_or_else(|| unwritable("it is no object".into()))?;
    text.truncate(body);
    let sum = hex::encode(Sha256::digest(&text));
    text.extend([CHECK, sum.as_str(), CHECK_END]);
    let written =
        File::create(path).and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()));
    written.map_err(StoreError::file("unable to write", path))
}
