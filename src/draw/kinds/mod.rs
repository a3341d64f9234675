//! The kinds of charts, one file each: what it is made of, how it is drawn, what it says in words. A new kind is a file, its
//! lines here, its line among [`crate::definitions::PanelKind`]s, and how it is made of an answer in `present/chart.rs`.

mod bars;
mod calendar;
mod forest;
mod heat;
pub(super) mod lines;
mod pyramid;
mod rows;
mod spark;
mod survival;

pub use calendar::Calendar;
pub use forest::{Estimate, Forest, Interval};
pub use heat::{Across, Heat};
pub use pyramid::Pyramid;
pub use rows::Bars;
pub use survival::{Curve, Stay, Survival};

use crate::draw::canvas::{Canvas, Rect};
use crate::draw::described;
use crate::draw::parts::{Caption, Series, Timeline};

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub caption: Caption,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Line(Timeline),
    /// Bars for `series[0]`, lines for `over`.
    Bars(Timeline),
    /// Bars stacked in the order of `series`.
    Stacked(Timeline),
    Pyramid(Pyramid),
    Heat(Heat),
    Spark(Series),
    /// Horizontal bars with reference marks.
    Marks(Bars),
    /// Estimates with their intervals.
    Forest(Forest),
    /// The share still in, by days since admission.
    Survival(Survival),
    /// A figure a day, in weeks.
    Calendar(Calendar),
}

impl Chart {
    /// What lies ahead is drawn faintly.
    pub fn set_faint(&mut self, faint: bool) {
        if let Kind::Line(time) = &mut self.kind {
            time.faint = faint;
        }
    }
}

impl Kind {
    /// Draws into `room`; false if there is no value to draw.
    pub(in crate::draw) fn draw(&self, canvas: &mut Canvas, room: Rect, caption: &Caption) -> bool {
        match self {
            Self::Line(time) => lines::draw(canvas, room, caption, time),
            Self::Bars(time) => bars::single(canvas, room, caption, time),
            Self::Stacked(time) => bars::stacked(canvas, room, caption, time),
            Self::Pyramid(pyramid) => pyramid::draw(canvas, room, caption, pyramid),
            Self::Heat(heat) => heat::draw(canvas, room, heat),
            Self::Spark(series) => spark::draw(canvas, room, series, !caption.bare),
            Self::Forest(forest) => forest::draw(canvas, room, forest),
            Self::Survival(survival) => survival::draw(canvas, room, survival),
            Self::Calendar(calendar) => calendar::draw(canvas, room, calendar),
            Self::Marks(bars) => rows::draw(canvas, room, caption, bars),
        }
    }

    /// What the picture says, part by part, in words.
    pub(in crate::draw) fn described(&self) -> Vec<String> {
        match self {
            Self::Line(time) | Self::Bars(time) | Self::Stacked(time) => described::timeline(time),
            Self::Spark(series) => described::over_time(series).into_iter().collect(),
            Self::Pyramid(pyramid) => pyramid::describe(pyramid),
            Self::Heat(heat) => heat::describe(heat),
            Self::Forest(forest) => forest::describe(forest),
            Self::Survival(survival) => survival::describe(survival),
            Self::Calendar(calendar) => calendar::describe(calendar),
            Self::Marks(bars) => rows::describe(bars),
        }
    }
}
