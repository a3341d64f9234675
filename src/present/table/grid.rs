//! Rows of texts as a wall writes them: how wide they are, what goes into notes, and how many fit on a page.

use maud::{Markup, html};

use crate::draw::font::{self, Weight};
use crate::present::layout::{FOOTNOTE, LABEL, LINE, lines_of};
use crate::present::numbers;

/// A line of notes, as the style sheet has it, in u.
const NOTE_LINE: f64 = 3.9;
/// Characters from which on a heading is broken.
const LONG_HEAD: usize = 10;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grid {
    pub head: Vec<String>,
    pub rows: Vec<Vec<Entry>>,
    /// What 注1, 注2 … in the cells stand for.
    pub notes: Vec<String>,
}

impl Grid {
    /// Width of its columns as a wall writes them, in u.
    pub(super) fn width(&self) -> f64 {
        let column = |place: usize| {
            let (first, second) = self.head.get(place).map_or(("", ""), |head| broken(head));
            let head = [first, second]
                .map(|part| font::width(part, 3.6, Weight::Text))
                .into_iter()
                .fold(0.0, f64::max);
            let rows = self.rows.iter().filter_map(|r| r.get(place));
            rows.map(|e| font::width(&e.text, LABEL, Weight::Text)).fold(head, f64::max) + 1.6
        };
        (0..self.head.len()).map(column).sum()
    }

    /// With the words of a column as notes, where all of it has no room.
    pub(super) fn noted(mut self, column: usize, room: f64) -> Self {
        if self.width() <= room {
            return self;
        }
        let said = |entry: &&mut Entry| entry.text != numbers::MISSING && !entry.text.is_empty();
        for entry in self.rows.iter_mut().filter_map(|row| row.get_mut(column)).filter(said) {
            let place = self.notes.iter().position(|note| *note == entry.text).unwrap_or_else(|| {
                self.notes.push(entry.text.clone());
                self.notes.len() - 1
            });
            entry.text = mark(place);
        }
        self
    }

    /// The notes that rows refer to.
    fn notes_used(&self, rows: &[Vec<Entry>]) -> Vec<(String, &str)> {
        let notes = self.notes.iter().enumerate().map(|(place, note)| (mark(place), note.as_str()));
        notes.filter(|(mark, _)| rows.iter().flatten().any(|entry| entry.text == *mark)).collect()
    }

    /// Lines of the table that the notes of some rows take.
    pub(super) fn lines_of_notes(&self, rows: &[Vec<Entry>], room: f64) -> f64 {
        let used = self.notes_used(rows);
        let width: f64 = used
            .iter()
            .map(|(mark, note)| font::width(&format!("{mark} {note}　"), FOOTNOTE, Weight::Text))
            .sum();
        lines_of(width, room) * NOTE_LINE / LINE
    }

    /// As many rows a page as there are lines for, with their notes.
    pub(super) fn paged(&self, lines: usize, room: f64) -> Vec<&[Vec<Entry>]> {
        let mut pages = Vec::new();
        let mut rest = self.rows.as_slice();
        while !rest.is_empty() {
            let most = lines.min(rest.len());
            let fits =
                |count: &usize| *count as f64 + self.lines_of_notes(&rest[..*count], room) <= lines as f64;
            let (page, later) = rest.split_at((1..=most).rev().find(fits).unwrap_or(1));
            pages.push(page);
            rest = later;
        }
        pages
    }

    pub(super) fn notes_of(&self, rows: &[Vec<Entry>]) -> Markup {
        let used = self.notes_used(rows);
        html! {
            @if !used.is_empty() {
                p.notes-below { @for (mark, note) in &used { span { (mark) " " (note) } " " } }
            }
        }
    }
}

/// What stands in a cell in place of its words.
fn mark(place: usize) -> String {
    format!("注{}", place + 1)
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub text: String,
    pub number: bool,
}

/// A heading of two lines, where it explains itself in brackets: as wide as the longer one.
pub(super) fn broken(head: &str) -> (&str, &str) {
    match head.find('（') {
        Some(at) if at > 0 && head.chars().count() > LONG_HEAD => head.split_at(at),
        _ => (head, ""),
    }
}
