//! A picture before it is written: shapes in order, and labels above them with the room they take.
//! Charts draw on it; `svg` writes it out.

use crate::draw::font::{self, Weight};
use crate::draw::parts::Size;
use crate::draw::theme::{Palette, Rgb};
use crate::draw::words::{Fitted, LINE};

pub(super) type Point = (f64, f64);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Rect {
    pub(super) fn new(x: f64, y: f64, w: f64, h: f64) -> Rect {
        Rect { x, y, w: w.max(0.0), h: h.max(0.0) }
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(super) fn middle(&self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// What is left after taking so much off each side.
    pub(super) fn less(&self, left: f64, top: f64, right: f64, bottom: f64) -> Rect {
        Rect::new(self.x + left, self.y + top, self.w - left - right, self.h - top - bottom)
    }

    /// The area that both cover.
    pub(super) fn shared(&self, other: &Rect) -> f64 {
        let w = self.right().min(other.right()) - self.x.max(other.x);
        let h = self.bottom().min(other.bottom()) - self.y.max(other.y);
        if w > 0.0 && h > 0.0 { w * h } else { 0.0 }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Fill(Rect, Rgb),
    Polygon(Vec<Point>, Rgb),
    Path { points: Vec<Point>, width: f64, colour: Rgb },
    Dot { at: Point, radius: f64, colour: Rgb },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub size: f64,
    pub weight: Weight,
    pub colour: Rgb,
    /// A rim in the ground's colour, so that the label reads over lines.
    pub halo: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Label {
    pub text: String,
    pub x: f64,
    /// The line the characters stand on.
    pub baseline: f64,
    pub anchor: Anchor,
    pub ink: Ink,
    /// The room the characters take.
    pub room: Rect,
}

#[derive(Debug)]
pub(super) struct Canvas {
    pub width: f64,
    pub height: f64,
    /// Label size in pixels.
    pub text: f64,
    pub palette: &'static Palette,
    pub shapes: Vec<Shape>,
    pub labels: Vec<Label>,
    /// Where the data are drawn, between axes; None of charts whose rows have names and figures of their own.
    pub plot: Option<Rect>,
}

impl Canvas {
    pub(super) fn new(size: Size, palette: &'static Palette) -> Canvas {
        let side = |n: u32| f64::from(n.clamp(16, 16_384));
        let text = if size.text.is_finite() { size.text.clamp(4.0, 400.0) } else { 16.0 };
        Canvas {
            width: side(size.width),
            height: side(size.height),
            text,
            palette,
            shapes: Vec::new(),
            labels: Vec::new(),
            plot: None,
        }
    }

    /// The size of notes: footers, units, reference labels.
    pub(super) fn note(&self) -> f64 {
        self.text * 0.76
    }

    /// The width of a data line.
    pub(super) fn stroke(&self) -> f64 {
        (self.text * 0.14).clamp(1.5, 8.0)
    }

    pub(super) fn hairline(&self) -> f64 {
        (self.text * 0.05).clamp(0.8, 3.0)
    }

    pub(super) fn whole(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width, self.height)
    }

    pub(super) fn plain(&self) -> Ink {
        Ink { size: self.text, weight: Weight::Text, colour: self.palette.text, halo: false }
    }

    pub(super) fn strong(&self) -> Ink {
        Ink { weight: Weight::Strong, ..self.plain() }
    }

    pub(super) fn quiet(&self) -> Ink {
        Ink { colour: self.palette.muted, ..self.plain() }
    }

    pub(super) fn small(&self) -> Ink {
        Ink { size: self.note(), ..self.quiet() }
    }

    pub(super) fn fill(&mut self, rect: Rect, colour: Rgb) {
        if rect.w > 0.0 && rect.h > 0.0 {
            self.shapes.push(Shape::Fill(rect, colour));
        }
    }

    pub(super) fn line(&mut self, from: Point, to: Point, width: f64, colour: Rgb) {
        self.path(vec![from, to], width, colour);
    }

    pub(super) fn path(&mut self, points: Vec<Point>, width: f64, colour: Rgb) {
        if points.len() > 1 {
            self.shapes.push(Shape::Path { points, width, colour });
        }
    }

    /// A line of short strokes.
    pub(super) fn dotted(&mut self, from: Point, to: Point, width: f64, colour: Rgb) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let step = (self.text * 0.3).max(4.0);
        let at = |along: f64| {
            let share = (along / length).min(1.0);
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        let count = (length / step).ceil().clamp(0.0, 2_000.0) as usize;
        for n in 0..count {
            let start = n as f64 * step;
            self.line(at(start), at(start + step * 0.45), width, colour);
        }
    }

    pub(super) fn polygon(&mut self, points: Vec<Point>, colour: Rgb) {
        if points.len() > 2 {
            self.shapes.push(Shape::Polygon(points, colour));
        }
    }

    pub(super) fn dot(&mut self, at: Point, radius: f64, colour: Rgb) {
        self.shapes.push(Shape::Dot { at, radius, colour });
    }

    pub(super) fn outline(&mut self, rect: Rect, width: f64, colour: Rgb) {
        let (l, t, r, b) = (rect.x, rect.y, rect.right(), rect.bottom());
        self.path(vec![(l, t), (r, t), (r, b), (l, b), (l, t)], width, colour);
    }

    /// Slanted strokes within `rect`, as one path that runs to and fro: no pattern, so no id that
    /// could clash when several pictures stand in one page.
    pub(super) fn hatch(&mut self, rect: Rect, colour: Rgb) {
        let step = (self.text * 0.45).max(5.0);
        let width = (self.text * 0.08).clamp(1.0, 3.0);
        if rect.w < width || rect.h < width {
            return;
        }
        let mut points = Vec::new();
        let mut start = ((rect.x - rect.h) / step).ceil() * step;
        let mut upwards = true;
        while start < rect.right() {
            let low = if start < rect.x {
                (rect.x, rect.bottom() - (rect.x - start))
            } else {
                (start, rect.bottom())
            };
            let end = start + rect.h;
            let high = if end > rect.right() {
                (rect.right(), rect.y + (end - rect.right()))
            } else {
                (end, rect.y)
            };
            points.extend(if upwards { [low, high] } else { [high, low] });
            upwards = !upwards;
            start += step;
        }
        self.path(points, width, colour);
    }

    /// Width of `text` as it will be drawn.
    pub(super) fn measure(text: &str, ink: Ink) -> f64 {
        font::width(&font::drawable(text), ink.size, ink.weight)
    }

    /// The room a label would take with its middle line at `y`.
    pub(super) fn room(text: &str, x: f64, y: f64, anchor: Anchor, ink: Ink) -> Rect {
        let width = Canvas::measure(text, ink);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        Rect::new(left, y - ink.size * 0.5, width, ink.size)
    }

    /// Writes a label whose middle line is `y`. Where it would leave the picture or cover another, a
    /// label is left out: charts plan their room, this is what holds in pictures too small for them.
    pub(super) fn write(&mut self, text: &str, x: f64, y: f64, anchor: Anchor, ink: Ink) -> Rect {
        let room = Canvas::room(text, x, y, anchor, ink);
        let core = room.less(0.3, room.h * 0.1, 0.3, room.h * 0.1);
        if room.w > 0.0 && self.is_free(&core) {
            // Digits are 0.73 em high and stand on the line; Japanese characters hang 0.12 em below it.
            let baseline = y + ink.size * 0.37;
            self.labels.push(Label {
                text: font::drawable(text).into_owned(),
                x,
                baseline,
                anchor,
                ink,
                room,
            });
        }
        room
    }

    /// Writes lines around a middle line, in the size that they fit in.
    pub(super) fn write_lines(&mut self, fitted: &Fitted, x: f64, y: f64, anchor: Anchor, ink: Ink) {
        let ink = Ink { size: fitted.size, ..ink };
        let step = fitted.size * LINE;
        let first = y - step * (fitted.lines.len() as f64 - 1.0) / 2.0;
        for (n, line) in fitted.lines.iter().enumerate() {
            self.write(line, x, first + step * n as f64, anchor, ink);
        }
    }

    /// Whether a label would stand clear of those already written, and inside the picture.
    pub(super) fn is_free(&self, room: &Rect) -> bool {
        room.x >= 0.0
            && room.y >= -0.5
            && room.right() <= self.width
            && room.bottom() <= self.height + 0.5
            && self.labels.iter().all(|label| label.room.shared(room) <= 0.0)
    }
}
