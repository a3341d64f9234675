//! What a delivery was found to change, and whether it may.

use super::hold::Hold;
use super::types::{Counted, Outcome};

/// What a delivery changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub opened: u64,
    pub closed: u64,
    pub unchanged: u64,
    pub held: u64,
    pub identities: u64,
    pub counted: Counted,
    /// Row number, the row that counts, does it say otherwise: the first of each kind.
    pub merged: Vec<(u64, u64, bool)>,
    /// Facts that arrived, each once.
    pub arrived: u64,
    /// Nothing of the source was stored before.
    pub first: bool,
    /// A newer file of the source was taken before.
    pub older: bool,
    /// Facts by which it would set back what that one said.
    pub set_back: u64,
}

/// Whether what a delivery changes is to be written.
#[derive(Debug)]
pub(super) enum Verdict {
    Take,
    Refuse(String),
    Hold(Hold),
}

impl Verdict {
    /// The outcome, of a delivery that would change something or nothing.
    pub(super) fn outcome(&self, changes: bool) -> Outcome {
        match self {
            Self::Take if changes => Outcome::Accepted,
            Self::Take => Outcome::Unchanged,
            Self::Refuse(why) => Outcome::Refused(why.clone()),
            Self::Hold(hold) => Outcome::Held(hold.words()),
        }
    }
}
