//! Why the gate would refuse a mapping whatever the file is: for `hinomi check`.

use std::sync::Arc;

use super::key::Key;
use super::plan::{Plan, check};
use super::rules::breaches;
use crate::definitions::Domains;
use crate::definitions::mapping::{Mapping, Privacy};
use crate::intake::bind::Bound;

/// What refuses every delivery by this mapping; nothing when a file with all its columns could be taken.
pub fn refusals(mapping: &Arc<Mapping>, domains: &Domains) -> Vec<String> {
    let columns = mapping.columns.iter().filter_map(|column| check(column).err());
    let mut found: Vec<String> = columns.map(|error| error.to_string()).collect();
    let breaches = breaches(mapping, domains);
    found.extend(breaches.iter().map(ToString::to_string));
    if !found.is_empty() {
        return found;
    }
    let read = |at: &usize| mapping.columns[*at].privacy != Privacy::Drop;
    let bound = Bound {
        mapping: mapping.clone(),
        read: (0..mapping.columns.len()).filter(read).collect(),
        unlisted: Vec::new(),
    };
    // Nothing is read, so any key does.
    let plan = Plan::new(&bound, Some(&Key::throwaway()), domains);
    plan.err().map(|error| error.to_string()).into_iter().collect()
}
