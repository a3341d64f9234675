//! Cells and lines of CSV.

/// A cell, quoted where it must be.
pub(super) fn push_cell(out: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        push_quoted(out, text);
    } else {
        out.push_str(text);
    }
}

pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}

/// A line of cells.
pub(super) fn push_line(out: &mut String, cells: &[&str], end: &str) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        push_cell(out, cell);
    }
    out.push_str(end);
}

/// A line of cells, every one of them in quotes.
pub(super) fn push_quoted_line(out: &mut String, cells: &[&str], end: &str) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        push_quoted(out, cell);
    }
    out.push_str(end);
}
