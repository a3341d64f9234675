//! What stands around the plot: title and unit above, period, basis, as-of and source below; and the
//! picture of having nothing to show.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::Weight;
use crate::draw::parts::Caption;
use crate::draw::words::{self, Fitted, fit};

/// Writes title, unit and footer, and gives back the room between them. Low pictures give up the
/// footer first (it stays in `<desc>`), then the title.
pub(super) fn around(canvas: &mut Canvas, caption: &Caption) -> Rect {
    if caption.bare {
        // Above and below the panel has its own room.
        let edge = canvas.text * 0.15;
        return canvas.whole().less(edge, 0.0, edge, 0.0);
    }
    let edge = (canvas.text * 0.4).min(canvas.height * 0.06);
    let mut left = canvas.whole().less(edge, edge, edge, edge);
    let heights = canvas.height / canvas.text;
    if heights >= 3.0 {
        left = title(canvas, caption, left);
    }
    if !caption.notes.is_empty() {
        left = signed(canvas, caption, left);
    } else if heights >= 5.0 {
        let lines = if heights >= 14.0 {
            3
        } else if heights >= 10.0 {
            2
        } else {
            1
        };
        left = footer(canvas, &caption.footer, left, lines);
    }
    left
}

fn title(canvas: &mut Canvas, caption: &Caption, room: Rect) -> Rect {
    if caption.title.is_empty() {
        return room;
    }
    let ink = Ink { size: canvas.text * 1.1, ..canvas.strong() };
    let small = canvas.small();
    let unit = if caption.unit.is_empty() { String::new() } else { format!("({})", caption.unit) };
    let unit_width = if unit.is_empty() { 0.0 } else { Canvas::measure(&unit, small) + canvas.text * 0.4 };
    let lines = if canvas.height / canvas.text >= 9.0 { 2 } else { 1 };
    let title_room = (room.w - unit_width).max(room.w * 0.5);
    let fitted = fit(&caption.title, title_room, ink.size, Weight::Strong, lines, 0.8);
    let ink = Ink { size: fitted.size, ..ink };
    let mut y = room.y;
    for (i, line) in fitted.lines.iter().enumerate() {
        let middle = y + ink.size * 0.55;
        let written = canvas.write(line, room.x, middle, Anchor::Start, ink);
        let x = written.right() + canvas.text * 0.4;
        if i + 1 == fitted.lines.len() && x + unit_width <= room.right() + canvas.text * 0.4 {
            canvas.write(&unit, x, middle + (ink.size - small.size) * 0.3, Anchor::Start, small);
        }
        y += ink.size * 1.2;
    }
    room.less(0.0, y - room.y + canvas.text * 0.15, 0.0, 0.0)
}

fn footer(canvas: &mut Canvas, footer: &str, room: Rect, lines: usize) -> Rect {
    if footer.is_empty() {
        return room;
    }
    let fitted = fit(footer, room.w, canvas.note(), Weight::Text, lines, 0.72);
    below(canvas, room, &[fitted])
}

/// The share of a picture's height that the words below the plot may take.
const BELOW: f64 = 0.34;
/// Lines of the footer of the smallest picture.
const MOST_LINES: usize = 6;

/// The words of a picture that leaves the house: its footer whole, and of its notes those that there is room for.
fn signed(canvas: &mut Canvas, caption: &Caption, room: Rect) -> Rect {
    let size = canvas.note();
    let mut parts = vec![fit(&caption.footer, room.w, size, Weight::Text, MOST_LINES, 0.65)];
    for note in &caption.notes {
        let note = fit(note, room.w, size * 0.9, Weight::Text, 4, 0.8);
        if height(&parts) + height(std::slice::from_ref(&note)) > canvas.height * BELOW {
            break;
        }
        parts.push(note);
    }
    below(canvas, room, &parts)
}

fn height(parts: &[Fitted]) -> f64 {
    parts.iter().map(|part| part.lines.len() as f64 * part.size * 1.2).sum()
}

/// Writes lines at the foot of the room, and gives back what is above them.
fn below(canvas: &mut Canvas, room: Rect, parts: &[Fitted]) -> Rect {
    let height = height(parts);
    let mut top = room.bottom() - height;
    for part in parts {
        let ink = Ink { size: part.size, ..canvas.small() };
        for line in &part.lines {
            canvas.write(line, room.x, top + ink.size * 0.7, Anchor::Start, ink);
            top += ink.size * 1.2;
        }
    }
    room.less(0.0, 0.0, 0.0, height + canvas.text * 0.3)
}

/// Nothing to show: said in words, in the frame where the plot would be.
pub(super) fn nothing(canvas: &mut Canvas, room: Rect) {
    let (grid, line) = (canvas.palette.axis, canvas.hairline());
    let frame = room.less(line, line, line, line);
    canvas.outline(frame, line, grid);
    let ink = canvas.quiet();
    let none = words::name("データなし", (frame.w * 0.9, ink.size), ink.size, Weight::Text);
    let (none, ink) = (none.lines.concat(), Ink { size: none.size, ..ink });
    let (x, y) = frame.middle();
    let mark = canvas.text * 1.1;
    if frame.h < canvas.text * 3.4 || frame.w < canvas.text * 4.0 {
        if frame.h >= ink.size {
            canvas.write(&none, x, y, Anchor::Middle, ink);
        }
        return;
    }
    // An empty axis: a base line without bars.
    let base = y - canvas.text * 0.2;
    let width = canvas.stroke();
    canvas.path(vec![(x - mark, base - mark), (x - mark, base), (x + mark, base)], width, grid);
    canvas.write(&none, x, base + canvas.text, Anchor::Middle, ink);
}
