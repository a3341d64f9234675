//! Reference marks over time: thin lines across and limits in steps. [`crate::draw::legend`] names them.

use crate::draw::axes::Axes;
use crate::draw::canvas::{Canvas, Point};
use crate::draw::kinds::lines;
use crate::draw::numbers::sound;
use crate::draw::parts::Timeline;

impl Axes {
    /// Thin lines across, and the limit that the data bring along, in steps from day to day.
    pub(super) fn marks(&self, canvas: &mut Canvas, time: &Timeline) {
        for value in time.marks.iter().filter_map(|mark| sound(Some(mark.value))) {
            let y = self.y(value);
            let line = canvas.hairline() * 1.6;
            canvas.line((self.area.x, y), (self.area.right(), y), line, canvas.palette.mark);
        }
        let Some(limit) = &time.limit else { return };
        let half = self.days.band() / 2.0;
        for run in lines::runs(limit, &self.days) {
            let mut points: Vec<Point> = Vec::new();
            for (day, value) in run {
                let (x, y) = (self.days.x(day), self.y(value));
                points.extend([(x - half, y), (x + half, y)]);
            }
            points.dedup_by(|a, b| a == b);
            canvas.path(points, canvas.hairline() * 2.2, canvas.palette.mark);
        }
    }
}
