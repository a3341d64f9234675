//! The one path for every file, and the same path for a trial of it, which is rolled back.
//!
//! A file comes to exactly one of these ends: accepted (or found to change nothing), and only then deleted,
//! moved or left as the mapping says; refused, with its receipt, in `refused/`; held for a person in `held/`;
//! or, when the fault is ours (disk, store) or the file is still being written, left where it is and tried again.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use tracing::field::Empty;
use tracing::{error_span, info, warn};

use super::context::Context;
pub use super::disposal::Disposal;
use super::disposal::dispose;
use super::look::look;
use super::reading::{Ended, Ending, read_through};
use super::watch::Watch;
use crate::definitions::mapping::{After, Mapping};
use crate::epi::text::shown;
use crate::intake::fault::Fault;
use crate::intake::stamp::{self, Named, Stamp};
use crate::privacy::Finding;
use crate::store::{AHEAD, DeliveryStart, Outcome, Receipt, StoreError};

/// Rows held back that a line of the log names.
const NAMED: usize = 5;

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The time that the source gives its data; read from the file's name when absent.
    pub stamp: Option<Timestamp>,
    /// History: the batch counts as known from its stamp.
    pub replay: bool,
    /// A person has said that a held delivery is right.
    pub confirmed: bool,
    pub disposal: Disposal,
}

/// Why a file came to no end yet. It is where it was.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    #[error("{0}: ファイルがありません · the file is not there")]
    Gone(String),
    #[error(
        "{0}: 読んでいる間にファイルが変わりました。何も取り込んでいません · the file changed while it was read; nothing of it was taken"
    )]
    Changed(String),
    /// The program or the database can't take what is in the file.
    #[error("{file}: {why}")]
    Content { file: String, why: String },
    /// The disk is full, the store failed.
    #[error("{file}: 何も取り込んでいません · nothing of it was taken")]
    Store { file: String, source: Box<StoreError> },
    #[error("{file}: {why:#}")]
    Other { file: String, why: anyhow::Error },
}

/// Delivers one file. Blocks; run it where blocking is allowed.
pub fn deliver(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Receipt, DeliverError> {
    let _one_at_a_time = cx.writing();
    let file = told_name(path);
    // An error's, so that whatever is logged says which delivery it is about.
    let delivery = error_span!("delivery", source = %mapping.source, file, batch = Empty).entered();
    let receipt = read(cx, path, mapping, options, Ending::Accept, watch)?.receipt;
    if let Some(batch) = receipt.batch {
        delivery.record("batch", batch.0);
    }
    tell(&receipt);
    if options.disposal == Disposal::ByRule {
        dispose(cx, path, mapping, &receipt).map_err(|why| DeliverError::Other { file, why })?;
    }
    Ok(receipt)
}

/// What [`deliver`] would make of a file.
pub struct Trial {
    /// The receipt that the file would have.
    pub receipt: Receipt,
    /// What became of each column; none where the file can't be read.
    pub findings: Vec<Finding>,
    pub encoding: Option<&'static str>,
}

/// Takes a file by the same path as [`deliver`], and takes it back: nothing is written, and the file stays.
pub fn try_out(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Trial, DeliverError> {
    let _one_at_a_time = cx.writing();
    read(cx, path, mapping, options, Ending::Preview, watch)
}

fn read(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
    ending: Ending,
    watch: &dyn Watch,
) -> Result<Trial, DeliverError> {
    let file = told_name(path);
    // What a source delivers is a file of its own: a link in its folder is none.
    let is_link = || options.disposal == Disposal::ByRule && path.is_symlink();
    let before = look(path).filter(|_| !is_link()).ok_or_else(|| DeliverError::Gone(file.clone()))?;
    let start =
        start(cx, path, mapping, options).map_err(|why| DeliverError::Other { file: file.clone(), why })?;
    if let Some(why) = lies_ahead(path, mapping, options, &start) {
        let receipt = match ending {
            Ending::Accept => cx.store.record_refusal(&start, &why),
            Ending::Preview => cx.store.preview_refusal(&start, &why),
        };
        let receipt = receipt.map_err(|source| DeliverError::Store { file, source: source.into() })?;
        return Ok(Trial { receipt, findings: Vec::new(), encoding: None });
    }
    let ended = read_through(cx, path, mapping, &start, ending, watch, || look(path) == Some(before));
    let refused = match ended {
        Ok(done) => {
            let encoding = Some(done.encoding);
            return Ok(Trial { receipt: done.receipt, findings: done.findings, encoding });
        }
        Err(Ended::Changed) => return Err(DeliverError::Changed(file)),
        Err(Ended::Content(why)) => return Err(DeliverError::Content { file, why }),
        Err(Ended::Store(source)) => return Err(DeliverError::Store { file, source: source.into() }),
        Err(Ended::Other(why)) => return Err(DeliverError::Other { file, why }),
        Err(Ended::Refused(_)) if look(path) != Some(before) => return Err(DeliverError::Changed(file)),
        Err(Ended::Refused(why)) => why,
    };
    let receipt = match ending {
        Ending::Accept => cx.store.record_refusal(&start, &refused),
        Ending::Preview => cx.store.preview_refusal(&start, &refused),
    };
    let receipt = receipt.map_err(|source| DeliverError::Store { file, source: source.into() })?;
    Ok(Trial { receipt, findings: Vec::new(), encoding: None })
}

/// Refuses a file of an inbox that failed in the same way again and again: it goes to `refused/` with its receipt.
pub fn refuse(cx: &Context, path: &Path, mapping: &Arc<Mapping>, why: &str) -> Result<Receipt, DeliverError> {
    let _one_at_a_time = cx.writing();
    let file = told_name(path);
    let wrong = |why| DeliverError::Other { file: file.clone(), why };
    let start = start(cx, path, mapping, &Options::default()).map_err(wrong)?;
    let refused = cx.store.record_refusal(&start, why);
    let receipt =
        refused.map_err(|source| DeliverError::Store { file: file.clone(), source: source.into() })?;
    let _delivery = error_span!("delivery", source = %mapping.source, file).entered();
    tell(&receipt);
    dispose(cx, path, mapping, &receipt).map_err(wrong)?;
    Ok(receipt)
}

/// Why a file of times to come is refused: its stamp would make what comes later look old.
fn lies_ahead(path: &Path, mapping: &Mapping, options: &Options, start: &DeliveryStart) -> Option<String> {
    let latest = start.received_at.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let named = || match stamp::in_name(path, mapping)? {
        Named::Stamp(stamp) => Some(stamp.instant(start.received_at)),
        Named::Impossible(_) => None,
    };
    // When a file was last changed is the word of its disk, not of its source.
    let said = options.stamp.or_else(named);
    let stamp = said.filter(|stamp| !start.replay && *stamp > latest)?;
    let at = stamp::in_words(stamp);
    Some(format!(
        "ファイルの時刻（{at}）が今より先です。送り側の時計か、時差（Z・+0900）を確かめてください · the file's stamp ({at}, Japan) \
         lies ahead: look at the sender's clock, or at its zone"
    ))
}

fn start(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
) -> anyhow::Result<DeliveryStart> {
    let now = cx.clock.now();
    // What is read again and again is no fresher for it: a left file's own time stands for the source's.
    let left = options.disposal == Disposal::ByRule && cx.after(mapping) == After::Leave;
    let named = match (options.stamp, left) {
        (Some(_), _) => None,
        (None, true) => stamp::of_left(path, mapping).map(|at| Named::Stamp(Stamp::At(at))),
        (None, false) => stamp::in_name(path, mapping),
    };
    let stamp = match named {
        Some(Named::Impossible(text)) if options.replay => anyhow::bail!(
            "ファイル名の {text} は時刻として読めません。書き方: · {text} in the file's name is no time; it may be: {}",
            stamp::FORMS
        ),
        Some(Named::Stamp(stamp)) => Some(stamp.instant(now)),
        _ => options.stamp,
    };
    let received_at = match (options.replay, stamp) {
        (false, _) => now,
        (true, Some(stamp)) if stamp > now => {
            anyhow::bail!("時刻が未来です: {0} · the stamp is in the future: {0}", stamp::in_words(stamp))
        }
        (true, Some(stamp)) => stamp,
        (true, None) => anyhow::bail!(
            "履歴の取り込みには時刻が要ります。ファイル名か --stamp に書いてください: · history needs its stamp, in the file's \
             name or by --stamp: {}",
            stamp::FORMS
        ),
    };
    let known = DeliveryStart::of(mapping, &mapping.hash(), &file_name(path), received_at);
    // A clock that goes a little fast must not make old what comes next.
    let stamp = stamp.map(|stamp| stamp.min(received_at));
    Ok(DeliveryStart { stamp, replay: options.replay, confirmed: options.confirmed, ..known })
}

/// One line for the log: what became of the file of this delivery.
fn tell(receipt: &Receipt) {
    let Receipt { rows, opened, closed, quarantined, .. } = receipt;
    match &receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => {
            info!(rows, opened, closed, quarantined, "delivered");
            if *quarantined > 0 {
                warn!(rows, quarantined, which = which(receipt), "rows held back");
            }
        }
        Outcome::Refused(why) => {
            let (which, if_taken) = (which(receipt), if_taken(receipt));
            warn!(why, rows, which, if_taken, "refused: nothing was taken");
        }
        Outcome::Held(why) => {
            let (which, if_taken) = (which(receipt), if_taken(receipt));
            warn!(why, rows, which, if_taken, "held for a person: nothing was taken");
        }
    }
}

/// What would become of the rows of a delivery of which nothing was taken.
fn if_taken(receipt: &Receipt) -> String {
    receipt.counted.map_or_else(String::new, |counted| {
        format!(
            "{} new, {} changed, {} unchanged, {} merged, {} held back, {} withdrawn",
            counted.new,
            counted.changed,
            receipt.unchanged,
            counted.merged,
            receipt.quarantined,
            counted.withdrawn
        )
    })
}

/// The first rows that were held back: number, column and reason, never a value.
fn which(receipt: &Receipt) -> String {
    let one = |fault: &Fault| {
        let column = if fault.column.is_empty() { "the whole row" } else { &fault.column };
        format!("row {}, {column}: {}", fault.row, fault.kind.reason())
    };
    let mut named: Vec<String> = receipt.faults.iter().take(NAMED).map(one).collect();
    let left = receipt.quarantined.saturating_sub(named.len() as u64);
    if left > 0 {
        named.push(format!("and {left} more"));
    }
    named.join("; ")
}

/// The name by which a file is spoken of.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// The same, as it may be logged and shown: whoever names a file must not write to a terminal or a log.
pub fn told_name(path: &Path) -> String {
    shown(&file_name(path)).into_owned()
}

/// Finds a file that a person names: a path, or the name of one that waits in `held/`.
pub fn find(cx: &Context, source: &str, named: &Path) -> anyhow::Result<std::path::PathBuf> {
    if named.is_file() {
        return Ok(named.to_owned());
    }
    let held = cx.folder.held().join(source).join(named.file_name().unwrap_or_default());
    Some(held)
        .filter(|h| h.is_file())
        .with_context(|| format!("{}: ファイルがありません · the file is not there", named.display()))
}
