//! Is a column of a delivery read so badly that a person has to look? Single cells that can't be read cost nobody; a
//! column of which most can't is a form that changed, or a mapping that never fitted.

use std::collections::BTreeMap;

use super::hold::Hold;
use crate::intake::fault::Unread;

/// With fewer filled cells than this their share says nothing.
const FEW: u64 = 5;
/// Cells that a share above the usual takes.
const MANY: u64 = 20;
/// Deliveries that make a usual share.
const HISTORY: usize = 3;
/// So much above the usual share is far more.
const FAR: f64 = 0.2;

/// A column's cells in one delivery.
#[derive(Clone, Copy, Debug, Default)]
struct Cells {
    /// Of which nothing could be made.
    foreign: u64,
    /// The same, and those that say less than the column holds.
    unread: u64,
    filled: u64,
}

impl Cells {
    fn share(self) -> f64 {
        self.unread as f64 / self.filled.max(1) as f64
    }
}

fn by_column(unread: &[Unread]) -> BTreeMap<&str, Cells> {
    let mut columns: BTreeMap<&str, Cells> = BTreeMap::new();
    for of in unread {
        let cells = columns.entry(&of.column).or_default();
        cells.filled = of.filled;
        cells.unread += of.cells;
        cells.foreign += if of.kind.is_understood() { 0 } else { of.cells };
    }
    columns
}

/// The column that can't be read and its shares, if there is one. `earlier`: of the source's last deliveries that were
/// taken, any order.
pub(super) fn badly_read(unread: &[Unread], earlier: &[Vec<Unread>]) -> Option<Hold> {
    let usual = |column: &str| {
        let shares = earlier.iter().map(|of| by_column(of).get(column).map_or(0.0, |cells| cells.share()));
        shares.sum::<f64>() / earlier.len().max(1) as f64
    };
    by_column(unread).into_iter().find_map(|(column, Cells { foreign, unread, filled })| {
        let hold = |cells, usual| Hold::Unreadable { column: column.to_owned(), cells, filled, usual };
        if filled >= FEW && foreign * 2 > filled {
            return Some(hold(foreign, None));
        }
        let (usual, cells) = (usual(column), Cells { foreign, unread, filled });
        let far = earlier.len() >= HISTORY && unread >= MANY && cells.share() > usual + FAR;
        far.then(|| hold(unread, Some(usual)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::fault::FaultKind;

    fn of(kind: FaultKind, cells: u64, filled: u64) -> Unread {
        Unread { column: "年齢".into(), kind, cells, filled, rows: Vec::new() }
    }

    #[test]
    fn over_half_of_a_column_waits_for_a_person() {
        let half = |cells, filled| badly_read(&[of(FaultKind::NotAnAge, cells, filled)], &[]);
        assert_eq!(half(1, 1), None, "one cell says nothing of a column");
        assert_eq!(half(4, 4), None);
        assert_eq!(half(3, 6), None, "half is not over half");
        let why = half(12, 20).expect("held").en();
        assert_eq!(why, "column 年齢: 12 of 20 filled cells can't be read (60 %), more than half");
        let two = [of(FaultKind::NotAnAge, 6, 20), of(FaultKind::OutOfRange, 5, 20)];
        assert!(badly_read(&two, &[]).is_some(), "kinds of one column count together");
        assert_eq!(badly_read(&[of(FaultKind::SpansBands, 20, 20)], &[]), None, "bands of another office");
    }

    #[test]
    fn far_more_than_usual_waits_too() {
        let usual: Vec<Vec<Unread>> =
            (0..4).map(|_| vec![of(FaultKind::NotAnAge, 10, 100)]).chain([Vec::new()]).collect();
        let now =
            |cells, earlier: &[Vec<Unread>]| badly_read(&[of(FaultKind::NotAnAge, cells, 100)], earlier);
        assert_eq!(now(25, &usual), None);
        let why = now(45, &usual).expect("held").en();
        assert_eq!(
            why,
            "column 年齢: 45 of 100 filled cells can't be read (45 %), far more than usual (8 %)"
        );
        assert_eq!(now(45, &usual[..2]), None, "two deliveries are no custom");
        assert_eq!(badly_read(&[of(FaultKind::NotAnAge, 15, 40)], &usual), None, "few cells");
        assert!(badly_read(&[of(FaultKind::VagueDate, 60, 100)], &usual).is_some());
    }
}
