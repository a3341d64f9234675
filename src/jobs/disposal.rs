//! What becomes of a raw file once its delivery has come to an end.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::folders;
use crate::definitions::mapping::{After, Mapping};
use crate::store::{Outcome, Receipt};

/// What may be done with the raw file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disposal {
    /// A file that a source delivered: dealt with by the mapping's `after`; refused and held ones are put away.
    #[default]
    ByRule,
    /// A person's own file stays as it is.
    Leave,
}

/// Deals with a file that a source delivered, after its delivery is acknowledged.
pub fn dispose(cx: &Context, path: &Path, mapping: &Mapping, receipt: &Receipt) -> anyhow::Result<()> {
    let place = |folder: PathBuf| folder.join(&mapping.source);
    match &receipt.outcome {
        Outcome::Refused(_) => {
            let put = folders::put(path, &place(cx.folder.refused()))?;
            folders::put_receipt(&put, receipt)?;
        }
        Outcome::Held(_) => {
            let put = folders::put(path, &place(cx.folder.held()))?;
            folders::put_receipt(&put, receipt)?;
        }
        Outcome::Accepted | Outcome::Unchanged => {
            match cx.after(mapping) {
                After::Delete => folders::remove(path)?,
                After::Move => drop(folders::put(path, &place(cx.folder.done()))?),
                // A file that waited for a person goes where taken files go.
                After::Leave if path.starts_with(cx.folder.held()) => {
                    drop(folders::put(path, &place(cx.folder.done()))?);
                }
                After::Leave => {}
            }
            folders::remove(&folders::receipt_of(path))?;
        }
    }
    Ok(())
}
