//! Horizontal bars with reference marks: one row a name, in columns when there are many.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::Weight;
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::parts::Caption;
use crate::draw::parts::Mark;
use crate::draw::words;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    pub bars: Vec<(String, Option<f64>)>,
    pub marks: Vec<Mark>,
    /// The right end of the axis, if it should not follow the data (100 for per cent).
    pub to: Option<f64>,
}

/// What bars in rows say, in words.
pub(super) fn describe(bars: &Bars) -> Vec<String> {
    let places = decimals(bars.bars.iter().filter_map(|(_, v)| sound(*v)));
    let row = |(name, value): &(String, Option<f64>)| {
        format!("{name} {}", sound(*value).map_or("—".to_owned(), |v| number(v, places)))
    };
    bars.bars.iter().map(row).chain(bars.marks.iter().map(|m| m.label.clone())).collect()
}

/// A bar, its name, its figure.
type Row<'a> = (&'a str, Option<f64>);

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, caption: &Caption, bars: &Bars) -> bool {
    let rows: Vec<Row> = bars.bars.iter().map(|(name, value)| (name.as_str(), sound(*value))).collect();
    let values: Vec<f64> = rows.iter().filter_map(|(_, v)| *v).collect();
    if values.is_empty() {
        return false;
    }
    let references = bars.marks.iter().filter_map(|m| sound(Some(m.value)));
    let to = sound(bars.to).unwrap_or(0.0);
    let most = values.iter().copied().chain(references).fold(to, f64::max);
    let most = if most > 0.0 { most } else { 1.0 };
    let places = decimals(values.iter().copied());
    let (columns, size, shown) = arrange(canvas, &room, &rows);
    let head = if bars.marks.is_empty() || room.h < canvas.text * 4.0 { 0.0 } else { canvas.note() * 1.5 };
    let hidden = rows.len() - shown;
    let foot = if hidden > 0 { canvas.note() * 1.3 } else { 0.0 };
    let area = room.less(0.0, head, 0.0, foot);
    let gutter = canvas.text;
    let wide = (area.w - gutter * (columns as f64 - 1.0)) / columns as f64;
    let per_column = shown.div_ceil(columns);
    let height = (area.h / per_column as f64).min(canvas.text * 3.0);
    let sheet = Sheet { most, places, size, height, unit: short_unit(caption) };
    let mut marks = Vec::new();
    for (n, chunk) in rows[..shown].chunks(per_column).enumerate() {
        let x = area.x + (wide + gutter) * n as f64;
        let column = Rect::new(x, area.y, wide, height * chunk.len() as f64);
        marks.extend(sheet.column(canvas, column, chunk, bars, head > 0.0));
    }
    if head > 0.0 {
        heads(canvas, &room, room.y + canvas.note() * 0.6, &marks, columns);
    }
    if hidden > 0 {
        let words = format!("ほか {hidden}");
        let ink = canvas.small();
        canvas.write(&words, room.right(), room.bottom() - ink.size * 0.6, Anchor::End, ink);
    }
    true
}

fn short_unit(caption: &Caption) -> &str {
    if matches!(caption.unit.chars().next(), Some('%' | '％')) { "%" } else { "" }
}

/// Columns, text size and how many rows are shown: larger text before fewer columns, all rows before
/// large text.
fn arrange(canvas: &Canvas, room: &Rect, rows: &[Row]) -> (usize, f64, usize) {
    let height = room.h - canvas.note() * 1.5;
    for share in [1.0, 0.88, 0.76, 0.68, 0.6] {
        let size = canvas.text * share;
        let per_column = ((height / (size * 1.15)) as usize).max(1);
        let most = ((room.w / (size * 13.0)) as usize).max(1);
        let columns = rows.len().div_ceil(per_column);
        if columns <= most {
            return (columns, size, rows.len());
        }
    }
    let size = canvas.text * 0.6;
    let columns = ((room.w / (size * 13.0)) as usize).max(1);
    let per_column = (((height - canvas.note() * 1.3) / (size * 1.15)) as usize).max(1);
    (columns, size, (columns * per_column).min(rows.len()))
}

/// What all columns share.
struct Sheet<'a> {
    most: f64,
    places: usize,
    size: f64,
    height: f64,
    unit: &'a str,
}

impl Sheet<'_> {
    /// Draws one column; gives back where its marks stand.
    fn column<'b>(
        &self,
        canvas: &mut Canvas,
        area: Rect,
        rows: &[Row],
        bars: &'b Bars,
        named: bool,
    ) -> Vec<(f64, &'b str)> {
        let mut found = Vec::new();
        let ink = Ink { size: self.size, ..canvas.plain() };
        let figure = Ink { weight: Weight::Strong, ..ink };
        let said = |value: Option<f64>| {
            value.map_or("—".to_owned(), |v| format!("{}{}", number(v, self.places), self.unit))
        };
        let figures = rows.iter().map(|(_, v)| Canvas::measure(&said(*v), figure)).fold(0.0, f64::max);
        let names = rows.iter().map(|(n, _)| Canvas::measure(n, ink)).fold(0.0, f64::max);
        let gap = self.size * 0.4;
        let names = names.min((area.w - figures - 2.0 * gap) * 0.6).max(0.0);
        let start = area.x + names + gap;
        let reach = (area.right() - figures - gap - start).max(1.0);
        let thick = (self.height * 0.66).min(self.size * 1.3);
        let (colour, grid) = (canvas.palette.series(0), canvas.palette.grid);
        for (n, (name, value)) in rows.iter().enumerate() {
            let y = area.y + self.height * (n as f64 + 0.5);
            canvas.fill(Rect::new(start, y - thick / 2.0, reach, thick), grid);
            let length = value.map_or(0.0, |v| v.max(0.0) / self.most * reach);
            canvas.fill(Rect::new(start, y - thick / 2.0, length, thick), colour);
            let name = words::name(name, (names + 0.5, self.height), self.size, Weight::Text);
            canvas.write_lines(&name, area.x + names, y, Anchor::End, ink);
            canvas.write(&said(*value), area.right(), y, Anchor::End, figure);
        }
        let (mark, line) = (canvas.palette.mark, canvas.hairline() * 1.6);
        // A line without its name would say nothing.
        for one in bars.marks.iter().filter(|_| named) {
            let Some(value) = sound(Some(one.value)).filter(|v| *v >= 0.0) else { continue };
            let x = start + value / self.most * reach;
            canvas.line((x, area.y - canvas.note() * 0.2), (x, area.bottom()), line, mark);
            found.push((x, one.label.as_str()));
        }
        found
    }
}

/// Each mark's name over its line if all fit there, else all in one row.
fn heads(canvas: &mut Canvas, room: &Rect, y: f64, marks: &[(f64, &str)], columns: usize) {
    let ink = Ink { colour: canvas.palette.mark, ..canvas.small() };
    let gap = ink.size * 0.5;
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for (x, label) in marks {
        let half = Canvas::measure(label, ink) / 2.0;
        let middle = x.min(room.right() - half).max(room.x + half);
        placed.push((middle, half));
    }
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let clear = placed.windows(2).all(|w| w[0].0 + w[0].1 + gap <= w[1].0 - w[1].1)
        && placed.iter().all(|(_, half)| half * 2.0 <= room.w);
    if columns == 1 && clear {
        for (x, label) in marks {
            let half = Canvas::measure(label, ink) / 2.0;
            let middle = x.min(room.right() - half).max(room.x + half);
            canvas.write(label, middle, y, Anchor::Middle, ink);
        }
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for (_, label) in marks {
        if !names.contains(label) {
            names.push(label);
        }
    }
    let named = format!("縦線 {}", names.join(" ・ "));
    let named = words::name(&named, (room.w, ink.size * 1.3), ink.size, ink.weight);
    canvas.write_lines(&named, room.x, y, Anchor::Start, ink);
}
