//! Which row of a file has its headings. Mostly the first; a title may stand above it.

use std::sync::Arc;

use super::records::texts;
use super::split::Splitter;
use super::window::Window;
use crate::definitions::mapping::{HeaderPlace, Mapping};
use crate::intake::bind::{Layout, headings_in, lay};
use crate::intake::error::Refusal;
use crate::intake::fault::FaultKind;

/// Rows that are looked at for the headings.
const LOOKED_AT: u64 = 20;

/// Reads up to the row of headings: how the columns stand, and the row's number. A file whose first row has them not
/// is refused with what is known: where they stand, or which of them are missing from the row that has most.
pub(super) fn find(
    window: &mut Window,
    splitter: &mut Splitter,
    mapping: &Arc<Mapping>,
) -> Result<(Layout, u64), Refusal> {
    let mut row = 0;
    let Some(first) = texts(window, splitter, &mut row)? else { return Err(Refusal::Empty) };
    let why = match lay(mapping.clone(), &first, row) {
        Ok(layout) => return Ok((layout, row)),
        Err(why @ Refusal::MissingColumns { .. }) => why,
        Err(why) => return Err(why),
    };
    if let [only] = first.as_slice()
        && let Some(found) = separator(mapping, only)
    {
        return Err(Refusal::Separator { row, found });
    }
    // A file whose every line is one quoted cell has all its headings in one.
    let quoted = first.len() == 1 && first[0].contains(',');
    let why = if quoted { Refusal::Header { row, kind: FaultKind::RecordInQuote } } else { why };
    let mut best = (headings_in(mapping, &first), why);
    while row < LOOKED_AT {
        // What can't be read further down says nothing about the headings.
        let Ok(Some(record)) = texts(window, splitter, &mut row) else { break };
        match lay(mapping.clone(), &record, row) {
            Ok(layout) if mapping.header == HeaderPlace::Search => return Ok((layout, row)),
            Ok(_) => return Err(Refusal::HeadingsBelow { row, above: row - 1 }),
            Err(why) => {
                let found = headings_in(mapping, &record);
                if found > best.0 {
                    best = (found, why);
                }
            }
        }
    }
    Err(best.1)
}

/// The sign that parts the headings of a row without commas, where headings are found by it.
fn separator(mapping: &Mapping, row: &str) -> Option<char> {
    ['\t', ';', '|', '，', '、', '；'].into_iter().find(|sign| {
        let cells: Vec<String> = row.split(*sign).map(str::to_owned).collect();
        cells.len() > 1 && headings_in(mapping, &cells) > 1
    })
}
