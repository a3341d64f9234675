//! Which rows of a delivery are equal to what is stored, found while they come in: a nightly dump of a million rows
//! with a hundredth changed stages ten thousand of them. An answer "known" only spares the copying; the
//! comparison that decides is made again, exactly, when the delivery is accepted.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::UInt64Type;
use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray, UInt64Chunked};

use super::engine::{Staging, UNREAD};
use super::error::StoreError;

/// With more stored rows than this nothing is kept at hand (a set of them would take over 300 MB).
const MOST: usize = 20_000_000;

/// What is stored of a source (within the delivery's window), by mixed identity and content.
pub(super) enum Known {
    /// Nothing is stored, or it isn't worth asking: every row is staged.
    Nothing,
    Keyed(HashSet<u64, BuildHasherDefault<AsItIs>>),
    /// Content, and how many copies of it have not been met yet.
    Counted(HashMap<u64, u32, BuildHasherDefault<AsItIs>>),
}

/// The numbers are hashes already.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole numbers are hashed");
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl Known {
    /// Reads what identifies the stored rows. `staged`: rows of this delivery are staged already.
    pub(super) fn read(rows: &dyn Staging, keyed: bool, staged: bool) -> Result<Self, StoreError> {
        let stored = rows.stored()?;
        let Ok(capacity @ 1..=MOST) = usize::try_from(stored) else { return Ok(Self::Nothing) };
        if keyed {
            let mut known = HashSet::with_capacity_and_hasher(capacity, BuildHasherDefault::default());
            rows.stored_rows(&mut |batch| {
                let [hi, lo, key, content] = [0, 1, 2, 3].map(|at| numbers(batch, at));
                known.extend((0..batch.num_rows()).map(|row| mix(hi[row], lo[row], key[row], content[row])));
            })?;
            return Ok(Self::Keyed(known));
        }
        let mut counts: HashMap<u64, u32, _> = HashMap::default();
        rows.stored_contents(&mut |batch| {
            numbers(batch, 0).iter().for_each(|content| *counts.entry(*content).or_insert(0) += 1);
        })?;
        if staged {
            rows.staged_contents(&mut |batch| {
                for content in numbers(batch, 0) {
                    counts.entry(*content).and_modify(|n| *n = n.saturating_sub(1));
                }
            })?;
        }
        Ok(Self::Counted(counts))
    }

    /// For each row of a frame: must it be staged?
    pub(super) fn rows_to_stage(&mut self, frame: &DataFrame) -> Result<Option<BooleanChunked>, StoreError> {
        let column = |name: &str| -> Result<UInt64Chunked, StoreError> {
            frame
                .column(name)
                .and_then(|c| c.u64().cloned())
                .map_err(|e| StoreError::Inconsistent(format!("a safe batch without {name}: {e}")))
        };
        let contents = column("content__")?;
        let wanted: Vec<bool> = match self {
            Self::Nothing => return Ok(None),
            Self::Keyed(known) => {
                let (hi, lo, keys) = (column("subject_hi__")?, column("subject_lo__")?, column("key__")?);
                let rows = hi.iter().zip(lo.iter()).zip(keys.iter()).zip(contents.iter());
                let new = rows.map(|(((hi, lo), key), content)| {
                    let own = |n: Option<u64>| n.unwrap_or(0);
                    !known.contains(&mix(own(hi), own(lo), own(key), own(content)))
                });
                match frame.column(UNREAD).map(polars::prelude::Column::is_not_null) {
                    // A cell that could not be read may have to be taken from another row of the key.
                    Ok(unread) => {
                        new.zip(unread.iter()).map(|(new, unread)| new || unread == Some(true)).collect()
                    }
                    Err(_) => new.collect(),
                }
            }
            Self::Counted(counts) => contents
                .iter()
                .map(|content| match counts.get_mut(&content.unwrap_or(0)) {
                    Some(left) if *left > 0 => {
                        *left -= 1;
                        false
                    }
                    _ => true,
                })
                .collect(),
        };
        Ok(Some(BooleanChunked::from_slice("".into(), &wanted)))
    }
}

/// The values of a column that has no nulls.
fn numbers(batch: &RecordBatch, column: usize) -> &[u64] {
    batch.column(column).as_primitive::<UInt64Type>().values()
}

/// One number of an identity and its content.
fn mix(hi: u64, lo: u64, key: u64, content: u64) -> u64 {
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
        (wide as u64) ^ ((wide >> 64) as u64)
    };
    fold(fold(hi, lo).rotate_left(17) ^ content, key.wrapping_add(0xa076_1d64_78bd_642f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_anywhere_is_a_difference() {
        let all = [
            mix(1, 2, 3, 4),
            mix(2, 1, 3, 4),
            mix(1, 2, 4, 3),
            mix(1, 2, 3, 5),
            mix(0, 0, 0, 0),
            mix(0, 0, 1, 0),
        ];
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
