//! The calendar: a column a week, Monday first, weekends set apart; one hue from none to the most. Days
//! without data stay open, public holidays have a dot.

use jiff::civil::{Date, Weekday};

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::theme::blend;
use crate::epi::calendar::{is_holiday, weekday_ja};

/// A column a week, Monday first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// None is a gap, never zero.
    pub days: Vec<(Date, Option<f64>)>,
    /// Days from this one on are not yet complete: hatched.
    pub incomplete_from: Option<Date>,
}

/// What a calendar says, in words.
pub(super) fn describe(calendar: &Calendar) -> Vec<String> {
    calendar.in_words()
}

const HOLIDAY: &str = "祝日";
/// More weeks than this are not drawn: the last ones are.
const MOST_WEEKS: usize = 120;

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, calendar: &Calendar) -> bool {
    let days = shown(calendar);
    let known: Vec<f64> = days.iter().filter_map(|(_, v)| *v).collect();
    let (Some((first, _)), false) = (days.first(), known.is_empty()) else { return false };
    let scale =
        Scale { most: known.iter().copied().fold(0.0, f64::max), places: decimals(known.iter().copied()) };
    let holidays = days.iter().any(|(day, _)| is_holiday(*day));
    let weeks = days.last().map_or(0, |(day, _)| week(*first, *day)) + 1;
    let (text, note) = (canvas.text, canvas.note());
    let head = if room.h >= text * 4.0 { note * 1.35 } else { 0.0 };
    let beside = scale.width(canvas, holidays);
    let beside = if room.h >= text * 4.0 && beside <= room.w * 0.3 { beside } else { 0.0 };
    let area = room.less(0.0, head, beside, 0.0);
    let row = area.h / (7.0 + APART);
    let names = Ink { size: text.min(row * 0.98), ..canvas.plain() };
    let name_width = Canvas::measure("月", Ink { size: names.size.max(note), ..names }) + text * 0.3;
    let named = name_width <= room.w * 0.2;
    let area = if named { area.less(name_width, 0.0, 0.0, 0.0) } else { area };
    // Few weeks in a wide panel: cells stay cells.
    let column = (area.w / weeks as f64).min(row * 7.0);
    let grid = Grid { area, first: *first, row, column };
    canvas.plot = Some(area);
    if named {
        grid.name_rows(canvas, names, room.x);
    }
    grid.cells(canvas, &days, calendar.incomplete_from, &scale);
    grid.months(canvas, &days, head);
    if beside > 0.0 {
        let left = (area.x + column * weeks as f64 + text * 0.5).min(area.right() + text * 0.5);
        scale.legend(canvas, Rect::new(left, area.y, room.right() - left, area.h), holidays);
    }
    true
}

/// Days that can be drawn, in order, none twice.
fn shown(calendar: &Calendar) -> Vec<(Date, Option<f64>)> {
    let mut days: Vec<(Date, Option<f64>)> =
        calendar.days.iter().map(|(day, value)| (*day, sound(*value))).collect();
    days.sort_by_key(|(day, _)| *day);
    days.dedup_by_key(|(day, _)| *day);
    let Some(last) = days.last().map(|(day, _)| *day) else { return days };
    days.retain(|(day, _)| week(*day, last) < MOST_WEEKS);
    days
}

/// Weeks, Monday first, from that of one day to that of another.
fn week(from: Date, to: Date) -> usize {
    let span = from.until(to).map_or(0, |span| span.get_days());
    let before = i32::from(from.weekday().to_monday_zero_offset());
    usize::try_from((span + before).div_euclid(7)).unwrap_or(0)
}

/// The gap between Friday and Saturday, in rows.
const APART: f64 = 0.3;

struct Grid {
    area: Rect,
    first: Date,
    row: f64,
    column: f64,
}

impl Grid {
    fn top(&self, weekday: i8) -> f64 {
        let apart = if weekday >= 5 { APART } else { 0.0 };
        self.area.y + self.row * (f64::from(weekday) + apart)
    }

    fn cell(&self, day: Date) -> Rect {
        let x = self.area.x + self.column * week(self.first, day) as f64;
        Rect::new(x, self.top(day.weekday().to_monday_zero_offset()), self.column, self.row)
    }

    /// 月 to 日; where rows are too low for that, the weekend and Monday.
    fn name_rows(&self, canvas: &mut Canvas, ink: Ink, x: f64) {
        let all = ["月", "火", "水", "木", "金", "土", "日"];
        if ink.size >= canvas.text * 0.6 {
            for (n, name) in all.into_iter().zip(0_i8..).map(|(name, n)| (n, name)) {
                canvas.write(name, x, self.top(n) + self.row / 2.0, Anchor::Start, ink);
            }
            return;
        }
        let ink = Ink { size: (self.row * 1.7).min(canvas.note()), ..ink };
        for (n, name) in [(0, "月"), (2, "水"), (4, "金"), (6, "日")] {
            canvas.write(name, x, self.top(n) + self.row / 2.0, Anchor::Start, ink);
        }
    }

    fn cells(
        &self,
        canvas: &mut Canvas,
        days: &[(Date, Option<f64>)],
        incomplete: Option<Date>,
        scale: &Scale,
    ) {
        let between = if self.column > 6.0 && self.row > 6.0 { canvas.hairline() } else { 0.0 };
        let ink = Ink { size: canvas.note().min(self.row * 0.8), ..canvas.plain() };
        let widest = Canvas::measure(&number(scale.most, scale.places), ink);
        let with_figures = ink.size >= canvas.note() * 0.75 && widest + ink.size * 0.9 <= self.column;
        for (day, value) in days {
            let cell = self.cell(*day).less(0.0, 0.0, between, between);
            let colour = match value {
                Some(value) => canvas.palette.heat(scale.share(*value)),
                None => canvas.palette.ground,
            };
            if value.is_some() {
                canvas.fill(cell, colour);
            } else {
                let line = canvas.hairline();
                canvas.outline(cell.less(line, line, line, line), line, canvas.palette.grid);
            }
            let over = canvas.palette.text_on(colour);
            if incomplete.is_some_and(|from| *day >= from) {
                let between = blend(colour, over, 0.55);
                canvas.hatch(cell, if value.is_some() { between } else { canvas.palette.axis });
            }
            if is_holiday(*day) {
                let radius = (cell.w.min(cell.h) * 0.18).min(canvas.text * 0.14);
                let at = (cell.right() - radius * 1.8, cell.y + radius * 1.8);
                canvas.dot(at, radius, over);
            }
            if let (Some(value), true) = (value, with_figures) {
                let (x, y) = cell.middle();
                canvas.write(
                    &number(*value, scale.places),
                    x,
                    y,
                    Anchor::Middle,
                    Ink { colour: over, ..ink },
                );
            }
        }
    }

    /// The width of what is left of a day's month.
    fn rest(&self, day: Date) -> f64 {
        week(day, day.last_of_month()) as f64 * self.column
    }

    /// The months' names over the weeks in which they begin, and a line where one ends.
    fn months(&self, canvas: &mut Canvas, days: &[(Date, Option<f64>)], head: f64) {
        let ink = canvas.small();
        let line = canvas.hairline() * 1.4;
        let bottom = self.top(6) + self.row;
        let mut end = 0.0;
        for (n, (day, _)) in days.iter().enumerate() {
            if day.day() == 1 && n > 0 {
                let cell = self.cell(*day);
                let mut border = vec![(cell.x, bottom), (cell.x, cell.y)];
                if day.weekday() == Weekday::Monday {
                    border.push((cell.x, self.area.y));
                } else {
                    border.extend([(cell.right(), cell.y), (cell.right(), self.area.y)]);
                }
                canvas.path(border, line, canvas.palette.axis);
            }
            // The first month is named if enough of it is left.
            if head <= 0.0 || !(day.day() == 1 || (n == 0 && self.rest(*day) >= ink.size * 2.6)) {
                continue;
            }
            let month = format!("{}月", day.month());
            let dated = format!("{}年{month}", day.year());
            let x = self.cell(*day).x;
            for words in [if end == 0.0 || day.month() == 1 { dated } else { month.clone() }, month] {
                let room = Canvas::room(&words, x, self.area.y - head * 0.55, Anchor::Start, ink);
                let next = self.column * 4.0;
                if x >= end && room.w <= next + ink.size && room.right() <= canvas.width {
                    canvas.write(&words, x, room.middle().1, Anchor::Start, ink);
                    end = room.right() + ink.size * 0.4;
                    break;
                }
            }
        }
    }
}

struct Scale {
    most: f64,
    places: usize,
}

impl Scale {
    fn share(&self, value: f64) -> f64 {
        if self.most > 0.0 { value.max(0.0) / self.most } else { 0.0 }
    }

    fn width(&self, canvas: &Canvas, holidays: bool) -> f64 {
        let ink = canvas.small();
        let figure = Canvas::measure(&number(self.most, self.places), ink) + ink.size;
        let holiday = if holidays { Canvas::measure(HOLIDAY, ink) + ink.size * 0.6 } else { 0.0 };
        canvas.text * 0.5 + figure.max(holiday)
    }

    /// The hue from 0 at the foot to the most at the top, and what the dot says.
    fn legend(&self, canvas: &mut Canvas, room: Rect, holidays: bool) {
        const STEPS: usize = 24;
        let ink = canvas.small();
        let foot = if holidays { ink.size * 1.4 } else { 0.0 };
        let wide = ink.size * 0.6;
        let bar = Rect::new(room.x, room.y, wide, (room.h - foot).min(canvas.text * 7.0));
        let height = bar.h / STEPS as f64;
        for step in 0..STEPS {
            let colour = canvas.palette.heat(step as f64 / (STEPS - 1) as f64);
            let y = bar.bottom() - height * (step + 1) as f64;
            canvas.fill(Rect::new(bar.x, y, wide, height + 0.2), colour);
        }
        canvas.outline(bar, canvas.hairline(), canvas.palette.axis);
        let x = bar.right() + ink.size * 0.3;
        let half = ink.size * 0.45;
        canvas.write(&number(self.most, self.places), x, bar.y + half, Anchor::Start, ink);
        canvas.write("0", x, bar.bottom() - half, Anchor::Start, ink);
        if holidays {
            let y = room.bottom() - ink.size * 0.5;
            canvas.dot((room.x + ink.size * 0.15, y), canvas.text * 0.14, ink.colour);
            canvas.write(HOLIDAY, room.x + ink.size * 0.5, y, Anchor::Start, ink);
        }
    }
}

impl Calendar {
    /// The period, the largest figure with its day of the week, and how many days are open.
    pub fn in_words(&self) -> Vec<String> {
        let days = shown(self);
        let known: Vec<(Date, f64)> = days.iter().filter_map(|(day, v)| Some((*day, (*v)?))).collect();
        let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Vec::new() };
        let Some((day, most)) = known.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else { return Vec::new() };
        let places = decimals(known.iter().map(|(_, v)| *v));
        let mut said = vec![
            format!("{first} から {last} まで"),
            format!("最大 {} ({day} {})", number(*most, places), weekday_ja(*day)),
        ];
        if known.len() < days.len() {
            said.push(format!("データのない日 {}", days.len() - known.len()));
        }
        said
    }
}
