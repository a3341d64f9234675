//! Facts, with the time from which and until when Hinomi knew them.
//!
//! In go safe batches, one [`Delivery`] at a time ([`Store::begin`], [`Delivery::stage`], [`Delivery::accept`]);
//! out come Arrow record batches for queries by name ([`Queries`]), as of the latest batch or an earlier one.
//! Beside the facts stand the ledgers: deliveries, batches, runs of jobs, frames, definitions, notes.
//!
//! What is acknowledged is on disk twice: in the database, and as files in the archive, from which the database
//! can be made again ([`Store::rebuild`]).

mod accept;
mod alone;
mod archive;
mod asking;
mod backup;
mod bridge;
mod change;
mod cluster;
mod compact;
mod deliveries;
mod delivery;
mod delivery_line;
mod disk;
mod engine;
mod error;
mod exchange;
mod folder;
mod forward;
mod frames;
mod handle;
mod hold;
mod journal;
mod keep;
mod known;
mod known_backups;
mod lock;
mod looking;
mod manifest;
mod open;
mod order;
mod rebuild;
mod remake;
mod repair;
mod resolve;
mod restore;
mod runs;
mod schema;
mod seal;
mod settings;
mod signs;
mod spoken;
mod sql;
mod sums;
mod tally;
mod tend;
mod top_code;
mod trouble;
mod types;
mod told;
mod unread;
mod verify;
mod versions;
mod writer;

pub use asking::FrameDue;
pub use backup::Backup;
pub use delivery::Delivery;
pub use disk::Disk;
pub use engine::{AsOf, Given, Lane, Param, Queries, Query, Unversioned};
pub use error::{EngineError, StoreError};
pub use handle::Store;
pub use hold::Hold;
pub use keep::KEY_NOTE;
pub(crate) use order::AHEAD;
pub use remake::rebuild;
pub use repair::{Copy, Damage, NOT_THERE, Of, Repair, repair};
pub use restore::restore;
pub use settings::StoreSettings;
pub use spoken::Taken;
pub use tally::{DeliveriesOf, Tally};
pub use trouble::Trouble;
pub use types::{
    BatchEntry, BatchId, BatchKind, Counted, Definition, DeliveryEntry, DeliveryStart, FaultCount, Frame,
    LeftOutCount, NOT_SHOWN, Note, Outcome, Progress, Receipt, Run, RunId, RunOutcome, SourceState, ToldOf,
};
pub use verify::Findings;
