//! Reference marks over time: thin lines across and limits in steps, each named where its name covers
//! nothing.

use crate::draw::axes::Axes;
use crate::draw::canvas::{Anchor, Canvas, Ink, Point, Rect};
use crate::draw::kinds::lines;
use crate::draw::numbers::sound;
use crate::draw::parts::{Mark, Timeline};
use crate::draw::place;
use crate::draw::words;

impl Axes {
    /// Reference marks: thin lines across, each label where it covers the least.
    pub(super) fn marks(&self, canvas: &mut Canvas, marks: &[Mark], obstacles: &[Rect]) {
        let lines: Vec<f64> = marks.iter().filter_map(|m| sound(Some(m.value))).map(|v| self.y(v)).collect();
        for mark in marks {
            let Some(value) = sound(Some(mark.value)) else { continue };
            let y = self.y(value);
            let line = canvas.hairline() * 1.6;
            canvas.line((self.area.x, y), (self.area.right(), y), line, canvas.palette.mark);
            self.name_mark(canvas, &mark.label, &|_| y, (obstacles, &lines), self.area.x);
        }
    }

    /// The limit that the data bring along, in steps from day to day.
    pub(super) fn limit(&self, canvas: &mut Canvas, time: &Timeline, obstacles: &mut Vec<Rect>) {
        let Some(limit) = &time.limit else { return };
        let half = self.days.band() / 2.0;
        let mut all: Vec<Point> = Vec::new();
        for run in lines::runs(limit, &self.days) {
            let mut points: Vec<Point> = Vec::new();
            for (day, value) in run {
                let (x, y) = (self.days.x(day), self.y(value));
                points.extend([(x - half, y), (x + half, y)]);
            }
            points.dedup_by(|a, b| a == b);
            all.extend(&points);
            canvas.path(points, canvas.hairline() * 2.2, canvas.palette.mark);
        }
        if all.is_empty() {
            return;
        }
        let at = |x: f64| {
            let after = all.iter().position(|p| p.0 >= x).unwrap_or(all.len() - 1);
            all[after].1
        };
        let thin = canvas.text * 0.1;
        let mut corners = obstacles.clone();
        for pair in all.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
            corners.extend(lines::along(pair[0], pair[1], thin * 2.0));
        }
        let first = all.first().map_or(self.area.x, |p| p.0);
        // Before its line, where nothing of what is ahead is covered, if there is room.
        let ink = Ink { colour: canvas.palette.mark, halo: true, ..canvas.small() };
        let start = first - canvas.text * 0.4 - Canvas::measure(&limit.label, ink);
        let room = Canvas::room(&limit.label, start, at(first), Anchor::Start, ink);
        let clear = canvas.is_free(&room) && corners.iter().all(|taken| taken.shared(&room) <= 0.0);
        if clear && room.x >= self.area.x {
            canvas.write(&limit.label, room.x, room.middle().1, Anchor::Start, ink);
        } else {
            self.name_mark(canvas, &limit.label, &at, (&corners, &[]), first);
        }
        for pair in all.windows(2).filter(|pair| pair[0].1 == pair[1].1) {
            obstacles.push(Rect::new(pair[0].0, pair[0].1 - thin, pair[1].0 - pair[0].0, thin * 2.0));
        }
    }

    /// Writes a mark's name: whole where it covers nothing, else without its date, in the plot beside its
    /// line or in the margin at the line's end; where all is taken, on what it covers least.
    fn name_mark(
        &self,
        canvas: &mut Canvas,
        label: &str,
        at: &dyn Fn(f64) -> f64,
        (obstacles, lines): (&[Rect], &[f64]),
        from: f64,
    ) {
        let small = canvas.small();
        let ink = Ink { colour: canvas.palette.mark, halo: true, ..small };
        let mut last_resort = None;
        for form in forms(label) {
            let name = words::name(&form, (self.area.w * 0.9, ink.size), ink.size, ink.weight);
            let (words, ink) = (name.lines.concat(), Ink { size: name.size, ..ink });
            let mut rooms = self.rooms(canvas, &words, at, lines, ink);
            // A line that begins late is named beside it, or as near to it as there is room.
            let wide = Canvas::measure(&words, ink);
            let near = from.min(self.area.right() - wide - canvas.text * 0.4);
            rooms.retain(|room| room.x >= near);
            let clear = |room: &&Rect| {
                canvas.is_free(room) && obstacles.iter().all(|taken| taken.shared(room) <= 0.0)
            };
            let end = at(self.area.right());
            let margin = Canvas::room(&words, self.area.right() + canvas.text * 0.3, end, Anchor::Start, ink);
            let free = rooms.iter().find(clear).copied();
            if let Some(room) = free.or(Some(margin).filter(|room| canvas.is_free(room))) {
                canvas.write(&words, room.x, room.middle().1, Anchor::Start, ink);
                return;
            }
            last_resort =
                place::best(canvas, &rooms, obstacles).map(|n| (words, rooms[n], ink)).or(last_resort);
        }
        if let Some((words, room, ink)) = last_resort {
            canvas.write(&words, room.x, room.middle().1, Anchor::Start, ink);
        }
    }

    /// Above and below a line, between the ends of the plot.
    fn rooms(
        &self,
        canvas: &Canvas,
        words: &str,
        at: &dyn Fn(f64) -> f64,
        lines: &[f64],
        ink: Ink,
    ) -> Vec<Rect> {
        let (wide, pad) = (Canvas::measure(words, ink), canvas.text * 0.2);
        let mut rooms = Vec::new();
        for share in [0.0, 1.0, 0.5, 0.25, 0.75, 0.12, 0.37, 0.62, 0.87] {
            let x = self.area.x + pad + (self.area.w - wide - 2.0 * pad) * share;
            let y = at(x + wide / 2.0);
            for away in [-0.72, 0.72, -0.6, 0.6] {
                let room = Canvas::room(words, x, y + ink.size * away, Anchor::Start, ink);
                // On another mark's line it would seem to be that mark's name.
                let named_otherwise = lines.iter().any(|l| (room.y..room.bottom()).contains(l));
                if !named_otherwise && room.bottom() <= self.area.bottom() + 0.5 {
                    rooms.push(room);
                }
            }
        }
        rooms
    }
}

/// A label, without its date, and its last word alone.
fn forms(label: &str) -> Vec<String> {
    let dated = |word: &&str| {
        word.matches('-').count() == 2 && word.chars().all(|c| c.is_ascii_digit() || "-()".contains(c))
    };
    let undated: Vec<&str> = label.split_whitespace().filter(|word| !dated(word)).collect();
    let mut forms = vec![label.to_owned(), undated.join(" ")];
    forms.extend(undated.last().map(|word| (*word).to_owned()));
    forms.retain(|form| !form.is_empty());
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_gives_up_its_date_first() {
        let found = forms("2021-04-15 分科会 ステージIII");
        assert_eq!(found, ["2021-04-15 分科会 ステージIII", "分科会 ステージIII", "ステージIII"]);
        assert_eq!(forms("確保病床"), ["確保病床"]);
        assert_eq!(forms("50 ステージIV (2021-04-15)")[1], "50 ステージIV");
    }
}
