//! What a column is that no measure made: the one rule for `measure: none`, and for frames kept by earlier programs, which
//! have no roles.
//!
//! A column is what its name means. Those of [`NAMED`] have the roles that stand beside them there. A name that a measure makes has the role
//! that it has there, of the first in the register. What ends in `_lower` or `_upper` limits the column before it, what ends in
//! `_hours` is a wait. Any other is a figure or a word beside the others.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::register::METHODS;
use crate::definitions::indicator::Unit;
use crate::definitions::role::{Meaning, NAMED, Role, Scale};

static ALL: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    let made = METHODS.iter().flat_map(|method| method.known());
    for column in NAMED.into_iter().chain(made) {
        all.entry(column.name).or_insert(column.meaning);
    }
    all
});

/// What a column of this name is.
pub fn meaning(name: &str) -> Meaning {
    ALL.get(name).copied().unwrap_or_else(|| by_ending(name))
}

fn by_ending(name: &str) -> Meaning {
    match name.rsplit_once('_') {
        Some((_, "lower")) => Meaning { role: Role::PartLower, ..Meaning::OTHER },
        Some((_, "upper")) => Meaning { role: Role::PartUpper, ..Meaning::OTHER },
        Some((_, "hours")) => Meaning { scale: Scale::Like(Unit::Hours), ..Meaning::OTHER },
        _ => Meaning::OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::common::VALUE;

    #[test]
    fn no_name_stands_twice_in_the_table() {
        for (place, column) in NAMED.iter().enumerate() {
            assert!(NAMED[..place].iter().all(|earlier| earlier.name != column.name), "{}", column.name);
        }
    }

    #[test]
    fn a_column_is_what_its_name_means() {
        assert_eq!(meaning("value"), VALUE.meaning);
        assert_eq!(meaning("lower80").role, Role::Lower(80));
        assert_eq!(meaning("at_risk").role, Role::AtRisk);
        assert_eq!(meaning("unlinked_lower").role, Role::PartLower);
        assert_eq!(meaning("longest_wait_hours").scale, Scale::Like(Unit::Hours));
        assert_eq!(meaning("hotel"), Meaning::OTHER);
    }
}
