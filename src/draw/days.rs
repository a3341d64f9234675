//! The time axis: days, weeks or months from left to right, and as many of their names as there is room for.

use jiff::civil::Date;

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::parts::Step;
use crate::epi::calendar::weekday_ja;

/// Bars side by side, one a day, a week or `every` months.
#[derive(Clone, Debug)]
pub(super) struct Days {
    first: Date,
    last: Date,
    step: Step,
    /// Days, weeks or months from one bar to the next (12 months for years given by their first month).
    every: f64,
    left: f64,
    width: f64,
}

/// The height below the plot that the names take, in text sizes, and their middle line.
pub(in crate::draw) const FOOT: f64 = 1.24;
pub(in crate::draw) const MIDDLE: f64 = 0.82;

/// A name on the axis and the day under which it stands.
type Tick = (Date, String);

impl Days {
    /// None without a day.
    pub(super) fn over(days: impl Iterator<Item = Date>, step: Step) -> Option<Days> {
        let mut days: Vec<Date> = days.collect();
        days.sort_unstable();
        days.dedup();
        let (first, last) = (*days.first()?, *days.last()?);
        let mut axis = Days { first, last, step, every: 1.0, left: 0.0, width: 1.0 };
        let gaps = days.windows(2).map(|w| axis.steps(w[1]) - axis.steps(w[0]));
        let smallest = gaps.fold(f64::INFINITY, f64::min);
        if smallest.is_finite() {
            axis.every = if smallest < 1.0 { smallest } else { smallest.floor() };
        }
        Some(axis)
    }

    pub(super) fn lay(&mut self, area: &Rect) {
        self.left = area.x;
        self.width = area.w;
    }

    /// Steps from the first day.
    fn steps(&self, day: Date) -> f64 {
        match self.step {
            Step::Day => whole_days(self.first, day),
            Step::Week => whole_days(self.first, day) / 7.0,
            Step::Month => {
                let months = |d: Date| f64::from(d.year()) * 12.0 + f64::from(d.month());
                months(day) - months(self.first) + f64::from(day.day() - self.first.day()) / 31.0
            }
        }
    }

    fn bars(&self) -> f64 {
        self.steps(self.last) / self.every + 1.0
    }

    /// Whether nothing is missing between two days that follow each other in the data.
    pub(super) fn adjoin(&self, day: Date, next: Date) -> bool {
        (self.steps(next) - self.steps(day)) / self.every < 1.5
    }

    /// The width of one bar with the space around it.
    pub(super) fn band(&self) -> f64 {
        self.width / self.bars()
    }

    /// The middle of a day's bar.
    pub(super) fn x(&self, day: Date) -> f64 {
        self.left + (self.steps(day) / self.every + 0.5) * self.band()
    }

    pub(super) fn holds(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Whether the bar that begins on `day` has days from `incomplete_from` on.
    pub(super) fn is_incomplete(&self, day: Date, incomplete_from: Option<Date>) -> bool {
        let Some(from) = incomplete_from else { return false };
        let next = match self.step {
            Step::Day => day.tomorrow().ok(),
            Step::Week => day.checked_add(jiff::Span::new().days(7)).ok(),
            Step::Month => day.checked_add(jiff::Span::new().months(self.every as i32)).ok(),
        };
        next.is_none_or(|n| n > from)
    }

    /// Ticks and their names below `area`, left of `end`; as dense as can be read.
    pub(super) fn draw(&self, canvas: &mut Canvas, area: &Rect, end: f64, ink: Ink) {
        let y = area.bottom() + ink.size * MIDDLE;
        let chosen = self.names().find_map(|ticks| self.fitting(&ticks, end, ink));
        let chosen = chosen.unwrap_or_else(|| self.ends(end, y, ink));
        let (axis, line) = (canvas.palette.axis, canvas.hairline() * 1.4);
        for (day, name, anchor, at) in chosen {
            let x = self.x(day);
            canvas.line((x, area.bottom()), (x, area.bottom() + ink.size * 0.2), line, axis);
            canvas.write(&name, at, y, anchor, ink);
        }
    }

    /// The names that fit, or None if they'd touch or fewer than two are left.
    fn fitting(&self, ticks: &[Tick], right: f64, ink: Ink) -> Option<Vec<Placed>> {
        let mut kept: Vec<Placed> = Vec::new();
        let mut end = f64::NEG_INFINITY;
        for (day, name) in ticks {
            let x = self.x(*day);
            let half = Canvas::measure(name, ink) / 2.0;
            // At the edges a name may stand a little aside of its tick.
            let at = x.min(right - half).max(half);
            if (at - x).abs() > half * 0.6 || 2.0 * half > right {
                continue;
            }
            if at - half < end + ink.size * 0.45 {
                return None;
            }
            end = at + half;
            kept.push((*day, name.clone(), Anchor::Middle, at));
        }
        let wanted = if self.first == self.last { 1 } else { 2 };
        (kept.len() >= wanted).then_some(kept)
    }

    /// Too narrow for anything else: the first and the last day, or the last alone.
    fn ends(&self, end: f64, y: f64, ink: Ink) -> Vec<Placed> {
        let name = |d: Date| match self.step {
            Step::Month => format!("{}/{}", d.year(), d.month()),
            _ => short(d),
        };
        let right = (self.left + self.width + ink.size * 0.3).min(end);
        let left = (self.left - ink.size * 0.3).max(0.0);
        let last = Canvas::room(&name(self.last), right, y, Anchor::End, ink);
        let first = Canvas::room(&name(self.first), left, y, Anchor::Start, ink);
        let mut kept = Vec::new();
        if last.x < 0.0 {
            return kept;
        }
        if self.first != self.last && first.right() + ink.size * 0.4 <= last.x {
            kept.push((self.first, name(self.first), Anchor::Start, left));
        }
        kept.push((self.last, name(self.last), Anchor::End, right));
        kept
    }

    /// Ways to name the axis, from dense to sparse.
    fn names(&self) -> impl Iterator<Item = Vec<Tick>> + '_ {
        let dense: &[Way] = match self.step {
            Step::Day => &[
                Way::Daily(1, with_weekday),
                Way::Daily(1, short),
                Way::Daily(2, with_weekday),
                Way::Daily(2, short),
                Way::Daily(3, short),
                Way::Weekly(1, with_weekday),
                Way::Weekly(1, short),
                Way::Weekly(2, short),
            ],
            Step::Week => &[Way::Weekly(1, short), Way::Weekly(2, short), Way::Weekly(4, short)],
            Step::Month => &[],
        };
        let years = self.step == Step::Month && self.every >= 12.0;
        let sparse = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200].into_iter().map(Way::Months);
        dense.iter().copied().filter(move |_| !years).chain(sparse).map(|way| self.ticks(way))
    }

    fn ticks(&self, way: Way) -> Vec<Tick> {
        match way {
            Way::Daily(days, name) if self.bars() <= 16.0 => self.each(days, name),
            Way::Daily(..) => Vec::new(),
            Way::Weekly(weeks, name) if self.bars() <= 400.0 => self.each(weeks * 7, name),
            Way::Weekly(..) => Vec::new(),
            Way::Months(months) => self.months(months),
        }
    }

    /// Every so many days, counted back from the last, which is the one looked at first.
    fn each(&self, days: i32, name: fn(Date) -> String) -> Vec<Tick> {
        let mut found = Vec::new();
        let mut day = self.last;
        while day >= self.first {
            found.push((day, name(day)));
            let Ok(before) = day.checked_sub(jiff::Span::new().days(days)) else { break };
            day = before;
        }
        found.reverse();
        found
    }

    /// Firsts of months, counted from January (or from the data's own month, where bars are years).
    fn months(&self, months: i32) -> Vec<Tick> {
        let years = self.step == Step::Month && self.every >= 12.0;
        if f64::from(months) < self.every {
            return Vec::new();
        }
        let begins = i32::from(if years { self.first.month() } else { 1 });
        let mut found: Vec<Tick> = Vec::new();
        let mut day = self.first.first_of_month();
        while day <= self.last {
            let count = i32::from(day.year()) * 12 + i32::from(day.month()) - begins;
            if day >= self.first && count.rem_euclid(months) == 0 {
                let fiscal = years && self.first.month() == 4;
                let name = match (years, months >= 12, found.is_empty() || day.month() == 1) {
                    (true, ..) if fiscal => format!("{}年度", day.year()),
                    (true, ..) | (_, true, _) => format!("{}年", day.year()),
                    (_, _, true) => format!("{}年{}月", day.year(), day.month()),
                    _ => format!("{}月", day.month()),
                };
                found.push((day, name));
            }
            let Ok(next) = day.checked_add(jiff::Span::new().months(1)) else { break };
            day = next;
        }
        found
    }
}

/// Day, name, how it is anchored, where.
type Placed = (Date, String, Anchor, f64);

#[derive(Clone, Copy)]
enum Way {
    Daily(i32, fn(Date) -> String),
    Weekly(i32, fn(Date) -> String),
    Months(i32),
}

fn whole_days(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

fn short(day: Date) -> String {
    format!("{}/{}", day.month(), day.day())
}

fn with_weekday(day: Date) -> String {
    format!("{}({})", short(day), weekday_ja(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::parts::{Size, Theme};
    use crate::draw::theme::Palette;
    use jiff::civil::date;

    fn names(days: &[Date], step: Step, width: u32, text: f64) -> Vec<String> {
        let mut canvas = Canvas::new(Size { width, height: 100, text }, Palette::of(Theme::Light));
        let area = Rect::new(text * 2.0, 0.0, f64::from(width) - text * 3.0, 60.0);
        let mut axis = Days::over(days.iter().copied(), step).expect("days");
        axis.lay(&area);
        let ink = canvas.quiet();
        axis.draw(&mut canvas, &area, f64::from(width), ink);
        for (i, label) in canvas.labels.iter().enumerate() {
            assert!(canvas.labels[..i].iter().all(|l| l.room.shared(&label.room) == 0.0));
            assert!(label.room.x >= 0.0 && label.room.right() <= f64::from(width) + 0.01);
        }
        canvas.labels.into_iter().map(|l| l.text).collect()
    }

    fn run(from: Date, days: i32) -> Vec<Date> {
        (0..days).map(|n| from.checked_add(jiff::Span::new().days(n)).expect("a day")).collect()
    }

    #[test]
    fn weekdays_where_there_is_room() {
        let week = run(date(2026, 11, 16), 7);
        assert_eq!(names(&week, Step::Day, 900, 16.0)[6], "11/22(日)");
        assert_eq!(names(&week, Step::Day, 500, 16.0)[6], "11/22");
    }

    #[test]
    fn a_month_of_days_is_named_by_weeks() {
        let days = run(date(2026, 10, 26), 28);
        assert_eq!(names(&days, Step::Day, 700, 24.0), ["11/1(日)", "11/8(日)", "11/15(日)", "11/22(日)"]);
    }

    #[test]
    fn two_years_are_named_by_months() {
        let days = run(date(2020, 11, 1), 730);
        let named = names(&days, Step::Day, 900, 16.0);
        assert!(named.contains(&"2021年1月".to_owned()), "{named:?}");
    }

    #[test]
    fn fiscal_years_have_their_name() {
        let years = [date(2020, 4, 1), date(2021, 4, 1), date(2022, 4, 1)];
        assert_eq!(names(&years, Step::Month, 600, 16.0), ["2020年度", "2021年度", "2022年度"]);
    }

    #[test]
    fn narrow_axes_name_their_ends() {
        let days = run(date(2026, 11, 3), 20);
        assert_eq!(names(&days, Step::Day, 200, 20.0).last().map(String::as_str), Some("11/22"));
        assert!(names(&days, Step::Day, 20, 20.0).is_empty());
    }

    #[test]
    fn a_week_is_incomplete_while_one_of_its_days_is() {
        let weeks = [date(2026, 11, 9), date(2026, 11, 16)];
        let axis = Days::over(weeks.into_iter(), Step::Week).expect("weeks");
        assert!(!axis.is_incomplete(weeks[0], Some(date(2026, 11, 18))));
        assert!(axis.is_incomplete(weeks[1], Some(date(2026, 11, 18))));
        assert!(!axis.is_incomplete(weeks[1], None));
    }
}
