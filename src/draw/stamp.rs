//! Words across a whole picture, slanted and repeated: whatever part of it is cut out carries them.

use crate::draw::canvas::{Canvas, Point};
use crate::draw::font::{Weight, drawable, width};

/// Degrees, rising to the right.
const ANGLE: f64 = -20.0;
/// Width and height of a mark's cell, in those of the slanted words.
const CELL: (f64, f64) = (1.3, 1.15);
/// The marks have at least so many rows and columns.
const LEAST: f64 = 2.0;

/// One mark: its middle, and the size of its words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark<'a> {
    pub text: &'a str,
    pub middle: Point,
    pub size: f64,
    pub angle: f64,
}

/// The marks of a picture, each whole within it; none for no words.
pub(super) fn marks<'a>(canvas: &Canvas, text: &'a str) -> Vec<Mark<'a>> {
    if text.is_empty() {
        return Vec::new();
    }
    let (across, up) = extent(text);
    let largest = (canvas.width / (across * CELL.0)).min(canvas.height / (up * CELL.1)) / LEAST;
    let size = (canvas.width.min(canvas.height * 16.0 / 9.0) / 17.0).min(largest);
    // As many as were reckoned with, whatever the last digit of a division is.
    let count = |room: f64, cell: f64| (room / cell + 1e-6).floor().max(1.0);
    let columns = count(canvas.width, size * across * CELL.0);
    let rows = count(canvas.height, size * up * CELL.1);
    let mut found = Vec::new();
    for row in 0..rows as usize {
        for column in 0..columns as usize {
            let x = canvas.width / columns * (column as f64 + 0.5);
            let y = canvas.height / rows * (row as f64 + 0.5);
            found.push(Mark { text, middle: (x, y), size, angle: ANGLE });
        }
    }
    found
}

/// Width and height of the slanted words, in their size.
fn extent(text: &str) -> Point {
    let (length, slant) = (width(&drawable(text), 1.0, Weight::Strong), ANGLE.abs().to_radians());
    (length * slant.cos() + slant.sin(), length * slant.sin() + slant.cos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::parts::{Size, Theme};
    use crate::draw::theme::Palette;

    #[test]
    fn every_mark_is_whole_and_no_half_of_a_picture_is_without() {
        for (width, height) in [(200, 120), (400, 225), (1200, 675), (4000, 120), (200, 4000), (4000, 2250)] {
            let canvas = Canvas::new(Size { width, height, text: 16.0 }, Palette::of(Theme::Light));
            let found = marks(&canvas, "訓練データ");
            let (across, up) = extent("訓練データ");
            for mark in &found {
                let (x, y, w, h) =
                    (mark.middle.0, mark.middle.1, across * mark.size / 2.0, up * mark.size / 2.0);
                assert!(x - w >= 0.0 && x + w <= canvas.width, "{width}×{height}: {mark:?}");
                assert!(y - h >= 0.0 && y + h <= canvas.height, "{width}×{height}: {mark:?}");
            }
            let left = found.iter().any(|m| m.middle.0 + across * m.size / 2.0 <= canvas.width / 2.0);
            let top = found.iter().any(|m| m.middle.1 + up * m.size / 2.0 <= canvas.height / 2.0);
            assert!(left && top, "{width}×{height}: {} marks", found.len());
        }
        let canvas = Canvas::new(Size { width: 300, height: 200, text: 16.0 }, Palette::of(Theme::Dark));
        assert!(marks(&canvas, "").is_empty());
    }
}
