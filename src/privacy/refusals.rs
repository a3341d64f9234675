//! Why the gate would refuse a mapping whatever the file is: for `hinomi check`.

use std::sync::Arc;

use super::districts::Districts;
use super::gate::GateError;
use super::key::Key;
use super::plan::Plan;
use super::rules::breaches;
use crate::intake::mapping::{Bound, Mapping, Privacy};

/// What refuses every delivery by this mapping; nothing when a file with all its columns could be taken.
pub fn refusals(mapping: &Arc<Mapping>, districts: &Districts) -> Vec<String> {
    let mut found: Vec<String> =
        breaches(mapping, districts).iter().map(|breach| format!("{}: {}", breach.at, breach.why)).collect();
    let read = |at: &usize| mapping.columns[*at].privacy != Privacy::Drop;
    let bound = Bound {
        mapping: mapping.clone(),
        read: (0..mapping.columns.len()).filter(read).collect(),
        unlisted: Vec::new(),
    };
    // Nothing is read, so any key does.
    match Plan::new(&bound, Some(&Key::throwaway()), districts) {
        Ok(_) | Err(GateError::Rule { .. }) => {}
        Err(error) => found.push(error.to_string()),
    }
    found
}
