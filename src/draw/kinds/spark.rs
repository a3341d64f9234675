//! The sparkline: the shape of a series beside its last figure, without axes.

use crate::draw::canvas::{Anchor, Canvas, Point, Rect};
use crate::draw::days::Days;
use crate::draw::kinds::lines;
use crate::draw::numbers::{Scale, sound};
use crate::draw::parts::{Series, Step};

/// Draws into `room`; false if there is no value to draw. `says`: the last figure stands beside the line.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, series: &Series, says: bool) -> bool {
    let values = lines::values(&[series]);
    let days = Days::over(series.points.iter().map(|(day, _)| *day), Step::Day);
    let Some(mut days) = days.filter(|_| !values.is_empty()) else { return false };
    let width = canvas.stroke();
    let ink = canvas.strong();
    let figure =
        lines::entries(&[series], 0, canvas.palette).pop().map_or(String::new(), |entry| entry.figure);
    let wide = Canvas::measure(&figure, ink) + canvas.text * 0.7;
    let shown = says && wide <= room.w * 0.5 && room.h >= ink.size;
    let area = room.less(width, width * 2.0, if shown { wide } else { width * 2.0 }, width * 2.0);
    days.lay(&area);
    let scale = Scale::holding(values.iter().copied(), 1);
    let (_, high) = values.iter().fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
    let top = if high > 0.0 { high } else { scale.high };
    let low = values.iter().copied().fold(0.0, f64::min);
    let place = |value: f64| area.bottom() - (value - low) / (top - low).max(1e-12) * area.h;
    let zero = place(0.0);
    canvas.line((area.x, zero), (area.right(), zero), canvas.hairline(), canvas.palette.axis);
    let colour = canvas.palette.series(0);
    let mut last: Option<Point> = None;
    for run in lines::runs(series, &days) {
        let points: Vec<Point> = run.iter().map(|(day, value)| (days.x(*day), place(*value))).collect();
        last = points.last().copied().or(last);
        let mut below = points.clone();
        if let (Some(first), Some(end)) = (points.first(), points.last()) {
            below.extend([(end.0, zero), (first.0, zero)]);
        }
        canvas.polygon(below, canvas.palette.pale(colour));
        if let [alone] = points.as_slice() {
            canvas.dot(*alone, width, colour);
        }
        canvas.path(points, width, colour);
    }
    if let Some(at) = last {
        canvas.dot(at, width * 1.4, colour);
        if shown {
            let half = ink.size * 0.5;
            let y = at.1.clamp(room.y + half, (room.bottom() - half).max(room.y + half));
            canvas.write(&figure, room.right(), y, Anchor::End, ink);
        }
    }
    sound(values.last().copied()).is_some()
}
