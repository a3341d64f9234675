//! The measures of a wall, in hundredths of its height (`u`; 1 u is 1 vh on 16:9). The style sheet
//! keeps to the same numbers; sizes of type are those of [`crate::draw::style`], for a display at 5 m.

use jiff::civil::Time;

use crate::definitions::board::Place;
use crate::draw::chart::{Size, Theme};

/// How pages and pictures are to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub theme: Theme,
    /// A line of notes (訓練データ …) takes its share of the height.
    pub notes: bool,
    /// The morning's closing, until which the hero is yesterday's figure.
    pub closing: Time,
}

/// Pixels of one u on the reference display, 1920 × 1080. Pictures are scaled from there.
const U: f64 = 10.8;
const WIDTH: f64 = 1920.0;
const GUTTER: f64 = 20.0;
const EDGE: f64 = 2.0 * CLOSE * U;
const COLUMNS: f64 = 12.0;
const ROWS: f64 = 8.0;

/// Text sizes and spaces in u.
pub use crate::draw::style::{CLOSE, COLUMN, ITEM, LABEL, NOTE as FOOTNOTE, PART, TIGHT, TITLE, UNIT};
/// A panel's own heading and footer lines, and its padding above and below.
const HEADING: f64 = 5.4;
const FOOTER: f64 = 4.0;
const PADDING: f64 = ITEM;
/// A line of the parts of a tile, and the height that its trail takes at most.
const PART_LINE: f64 = 4.7;
const MOST_TRAIL: f64 = 16.0;
/// A line of a table or of the bed board.
pub const LINE: f64 = 5.1;

/// Header, strip, edges and the gaps between them, in u.
const AROUND: f64 = 20.8;
const NOTES: f64 = 5.5;

impl Look {
    fn row(self) -> f64 {
        let notes = if self.notes { NOTES } else { 0.0 };
        ((100.0 - AROUND - notes) * U - (ROWS - 1.0) * GUTTER) / ROWS
    }

    fn width(place: Place) -> f64 {
        let columns = f64::from(place.width);
        let column = (WIDTH - EDGE - (COLUMNS - 1.0) * GUTTER) / COLUMNS;
        columns * column + (columns - 1.0) * GUTTER - 2.0 * PADDING * U
    }

    fn height(self, place: Place) -> f64 {
        let rows = f64::from(place.height);
        rows * self.row() + (rows - 1.0) * GUTTER
    }

    /// Width and height of a whole panel in pixels of the reference display.
    #[cfg(test)]
    pub fn whole(self, place: Place) -> (f64, f64) {
        (Self::width(place) + 2.0 * PADDING * U, self.height(place))
    }

    /// Width in u and lines of label text that a tile has under its heading.
    pub fn inside(self, place: Place) -> (f64, usize) {
        let height = self.height(place) / U - HEADING - 1.2;
        (Self::width(place) / U, whole(height / (LABEL * 1.12)))
    }

    /// Width in u of a panel's footer: one line.
    pub fn footer_room(place: Place) -> f64 {
        Self::width(place) / U
    }

    /// The plot of a chart panel: what its heading and footer leave.
    pub fn plot(self, place: Place) -> Size {
        let height = self.height(place) - (HEADING + FOOTER + PADDING) * U;
        Size { width: pixels(Self::width(place)), height: pixels(height), text: LABEL * U }
    }

    /// The sparkline of a tile: under its number.
    pub fn spark(self, place: Place) -> Size {
        let plot = self.plot(place);
        Size { height: pixels(f64::from(plot.height) - 9.6 * U), ..plot }
    }

    /// The trail of a tall tile, under `lines` lines of its number and parts: None where they leave it too little.
    pub fn trail(self, place: Place, lines: usize) -> Option<Size> {
        const LEAST: f64 = 9.0;
        let height = self.height(place) / U - HEADING - PADDING - PART_LINE * lines as f64 - FOOTNOTE * 1.25;
        let width = pixels(Self::width(place));
        (height >= LEAST).then(|| Size { width, height: pixels(height.min(MOST_TRAIL) * U), text: LABEL * U })
    }

    /// Rows of a height that fit a panel beside what else stands in its body (both in u), and the body's width.
    pub fn rows(self, place: Place, row: f64, beside: f64) -> (usize, f64) {
        let height = self.height(place) / U - HEADING - FOOTER - PADDING - beside;
        (whole(height / row).max(1), Self::width(place) / U)
    }

    /// Lines of a table that fit a panel, its heading, a header line and a footer taken off.
    pub fn lines(self, place: Place) -> usize {
        let height = self.height(place) / U - HEADING - FOOTER - LINE - PADDING;
        whole(height / LINE).max(1)
    }
}

/// The share of a line that words fill before the next one begins.
const FILLED: f64 = 0.92;

/// Lines that words of a width take in a room, both in u.
pub(super) fn lines_of(width: f64, room: f64) -> f64 {
    (width / (room * FILLED)).ceil()
}

/// A reason without what it says in brackets, and of several the first: where the whole has no room.
pub(super) fn in_a_word(why: &str) -> String {
    let (mut said, mut depth) = (String::new(), 0_u32);
    for c in why.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '、' | ';' if depth == 0 => break,
            _ if depth == 0 => said.push(c),
            _ => {}
        }
    }
    said.trim_end().to_owned()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a display's size")]
fn pixels(length: f64) -> u32 {
    length.round().clamp(40.0, 8_000.0) as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a display's size")]
fn whole(count: f64) -> usize {
    count.floor().clamp(0.0, 1_000.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(notes: bool) -> Look {
        Look { theme: Theme::Light, notes, closing: Time::constant(9, 0, 0, 0) }
    }

    #[test]
    fn a_whole_board_fits_the_reference_display() {
        let all = Place { column: 1, row: 1, width: 12, height: 8 };
        let size = look(false).plot(all);
        assert!(size.width < 1920 && size.width > 1800, "{size:?}");
        assert!(size.height < 800 && size.height > 650, "{size:?}");
        assert!(look(true).plot(all).height < size.height);
        assert_eq!(look(true).lines(all), 11);
    }
}
