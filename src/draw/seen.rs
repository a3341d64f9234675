//! What of a picture is seen where, for tests of other rooms.

use super::canvas::{Rect, Shape};
use super::chart::{Chart, Size, Theme};
use super::compose;

/// Left, top, right, bottom.
pub(crate) type Box4 = [f64; 4];

pub(crate) struct Seen {
    pub labels: Vec<(String, Box4)>,
    /// Lines that stand for something: reference lines and those of series, and what they run through.
    pub lines: Vec<Vec<(f64, f64)>>,
    pub plot: Option<Box4>,
    pub size: (f64, f64),
}

pub(crate) fn seen(chart: &Chart, size: Size, theme: Theme) -> Seen {
    let canvas = compose(chart, size, theme);
    let sides = |rect: Rect| [rect.x, rect.y, rect.right(), rect.bottom()];
    let palette = canvas.palette;
    let speaks: Vec<_> = (0..8).map(|n| palette.series(n)).chain([palette.mark]).collect();
    let line = |shape: &Shape| match shape {
        Shape::Path { points, colour, .. } if speaks.contains(colour) => Some(points.clone()),
        _ => None,
    };
    Seen {
        labels: canvas.labels.iter().map(|label| (label.text.clone(), sides(label.room))).collect(),
        lines: canvas.shapes.iter().filter_map(line).collect(),
        plot: canvas.plot.map(sides),
        size: (canvas.width, canvas.height),
    }
}

/// Whether a line runs through a box.
pub(crate) fn runs_through(line: &[(f64, f64)], [left, top, right, bottom]: Box4) -> bool {
    line.windows(2).any(|pair| {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        // Clipped by each side in turn (Liang and Barsky 1984).
        let (dx, dy) = (to_x - x, to_y - y);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (step, room) in [(-dx, x - left), (dx, right - x), (-dy, y - top), (dy, bottom - y)] {
            if step == 0.0 {
                if room < 0.0 {
                    return false;
                }
            } else if step < 0.0 {
                from = from.max(room / step);
            } else {
                to = to.min(room / step);
            }
        }
        from < to
    })
}

#[test]
fn a_line_is_seen_to_run_through_a_box() {
    let room = [10.0, 10.0, 20.0, 20.0];
    for (line, through) in [
        ([(0.0, 15.0), (30.0, 15.0)], true),
        ([(0.0, 25.0), (30.0, 25.0)], false),
        ([(15.0, 0.0), (15.0, 30.0)], true),
        ([(0.0, 0.0), (30.0, 30.0)], true),
        ([(0.0, 12.0), (12.0, 0.0)], false),
    ] {
        assert_eq!(runs_through(&line, room), through, "{line:?}");
    }
}
