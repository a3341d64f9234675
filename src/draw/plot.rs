//! The plot of a chart over time: its area, the axis of values and the axis of days.

use crate::draw::canvas::Rect;
use crate::draw::days::Days;
use crate::draw::numbers::{Scale, sound};
use crate::draw::parts::Series;

#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub area: Rect,
    pub y: Scale,
    pub days: Days,
}

impl Plot {
    pub(super) fn y(&self, value: f64) -> f64 {
        self.area.bottom() - self.y.share(value) * self.area.h
    }

    /// Heights of a line in steps between two places.
    pub(super) fn steps(&self, series: &Series, (left, right): (f64, f64)) -> Vec<f64> {
        let half = self.days.band() / 2.0;
        let within = |x: f64| x + half >= left && x - half <= right;
        let points = series.points.iter().filter(|(day, _)| within(self.days.x(*day)));
        points.filter_map(|(_, value)| Some(self.y(sound(*value)?))).collect()
    }
}
