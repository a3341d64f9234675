//! Looks at a row that lacks something it is known by: is it a total, or a note below the table? Cells that no column
//! lists are looked at too, and nothing of them is kept but this answer.

use std::borrow::Cow;

use encoding_rs::SHIFT_JIS;

use super::encoding::Encoding;
use super::split::{Splitter, unquote};
use super::window::Window;
use crate::intake::aside::{Aside, is_figure, is_note, is_total};
use crate::intake::bind::Layout;

pub(super) struct Notes {
    /// Positions of the cells by which a row is known: those of its key, and those that must have a value.
    known_by: Vec<usize>,
    /// Rows are totals: nobody goes missing with one.
    totals: bool,
}

impl Notes {
    pub(super) fn of(layout: &Layout) -> Self {
        let mapping = &layout.bound.mapping;
        let columns = layout.bound.read.iter().zip(&layout.positions);
        let known = columns.filter(|(column, _)| mapping.is_known_by(&mapping.columns[**column]));
        Self {
            known_by: known.flat_map(|(_, positions)| positions.clone()).collect(),
            totals: mapping.is_of_totals(),
        }
    }

    /// Looks at the record at the window's start. `ragged`: it has not the cells that the header has.
    pub(super) fn look(
        &self,
        window: &Window,
        splitter: &Splitter,
        len: usize,
        ragged: bool,
    ) -> Option<Aside> {
        let record = &window.bytes()[..len];
        let cells = splitter.ends.len();
        let cell = |at: usize| splitter.cell(record, at);
        // Where nothing is asked of a row, any row may be none.
        let lacks =
            || self.known_by.is_empty() || self.known_by.iter().any(|at| *at >= cells || is_blank(cell(*at)));
        let begins_in_words = || {
            let first = record.iter().find(|b| **b != b'"');
            first.is_some_and(|b| !b.is_ascii_alphanumeric())
        };
        if !(ragged || lacks() || begins_in_words()) {
            return None;
        }
        let filled: Vec<usize> = (0..cells).filter(|at| !is_blank(cell(*at))).collect();
        let text = |at: usize| decoded(cell(at), window.encoding());
        let first = *filled.first()?;
        let lone = filled.len() == 1;
        let label = |at: &usize| cell(*at).len() <= 96 && is_total(&text(*at));
        if !self.totals {
            // Whoever is a row of a list has more than a label and figures.
            let figures = || {
                filled.iter().skip(1).all(|at| cell(*at).len() <= 48 && is_figure(&text(*at)) || label(at))
            };
            if label(&first) && figures() {
                return Some(Aside::Total);
            }
            // A row about a person may lack all but a remark: only what stands in the first cell and is a note by its
            // mark is none.
            return (lone && first == 0 && is_note(&text(first))).then_some(Aside::Note);
        }
        if filled.iter().any(label) {
            return Some(Aside::Total);
        }
        let words = |text: &str| text.chars().any(char::is_alphabetic);
        (is_note(&text(first)) || lone && words(&text(first))).then_some(Aside::Note)
    }
}

fn is_blank(cell: &[u8]) -> bool {
    let mut left = cell;
    loop {
        left = match left {
            [] => return true,
            // Also an ideographic space, in UTF-8 and in CP932.
            [b' ' | b'\t' | b'"', rest @ ..] | [0xe3, 0x80, 0x80, rest @ ..] | [0x81, 0x40, rest @ ..] => {
                rest
            }
            _ => return false,
        };
    }
}

fn decoded(cell: &[u8], encoding: Encoding) -> String {
    let mut raw = Vec::new();
    unquote(cell, &mut raw);
    let text: Cow<'_, str> = match encoding {
        Encoding::Cp932 => SHIFT_JIS.decode_without_bom_handling(&raw).0,
        _ => String::from_utf8_lossy(&raw),
    };
    text.into_owned()
}
