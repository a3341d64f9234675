//! People of whom two stays overlap: each counts once, and the figure says of how many that was to be decided.

use std::collections::BTreeSet;

use super::cells::cell_of;
use super::given::Known;
use super::range::Asked;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::Title;
use crate::epi::clock::jst;

/// The shared query that decides it.
const OVERLAPS: &str = "double_stays";

/// How many people of a disease were in two places at once by what is on record: on the days asked for, or now.
pub(super) fn overlapping(indicator: &Indicator, known: &Known, disease: &str, asked: &Asked) -> u64 {
    let Some(rows) = known.get(OVERLAPS) else { return 0 };
    let column = |name: &str| rows.column_by_name(name);
    let (Some(of), Some(case), Some(from), Some(to)) =
        (column("disease"), column("case_id"), column("overlap_from"), column("overlap_to"))
    else {
        return 0;
    };
    let concerns = |row: &usize| {
        let Some(first) = cell_of(from, *row).instant() else { return false };
        let last = cell_of(to, *row).instant();
        cell_of(of, *row).text() == Some(disease)
            && match indicator.takes_period() {
                true => {
                    jst(first).date() <= asked.to && last.is_none_or(|last| jst(last).date() >= asked.from)
                }
                false => first <= asked.as_of && last.is_none_or(|last| last > asked.as_of),
            }
    };
    let people = (0..rows.num_rows()).filter(concerns).filter_map(|row| cell_of(case, row).int());
    people.collect::<BTreeSet<i64>>().len() as u64
}

/// What is said of them beside a figure.
pub(super) fn note(people: u64) -> Option<Title> {
    (people > 0).then(|| Title {
        ja: format!("滞在の記録が重なる者{people}人は、後から始まった滞在だけで数える"),
        en: format!("of {people} people stays overlap: each counts once, in the stay that began last"),
    })
}
