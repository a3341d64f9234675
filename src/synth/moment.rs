//! Time in the synthetic ward: Japanese civil days and minutes as whole numbers, and their texts.

use jiff::civil::{Date, DateTime, Time, date};

/// Days since 1970-01-01.
pub type Day = i32;
/// Minutes of Japanese civil time since 1970-01-01 00:00.
pub type Minute = i32;

/// Later than everything.
pub const NEVER: Minute = i32::MAX;
/// A day that nobody knows.
pub(super) const NO_DAY: Day = i32::MIN;

pub const HOUR: Minute = 60;
pub const DAY: Minute = 24 * HOUR;

const EPOCH: Date = date(1970, 1, 1);

pub fn day_of(date: Date) -> Day {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

pub fn date_of(day: Day) -> Date {
    EPOCH.checked_add(jiff::Span::new().days(day)).unwrap_or(EPOCH)
}

pub fn minute_of(at: DateTime) -> Minute {
    day_of(at.date()) * DAY + Minute::from(at.hour()) * HOUR + Minute::from(at.minute())
}

pub fn date_time_of(at: Minute) -> DateTime {
    let within = at.rem_euclid(DAY);
    let time = Time::new((within / HOUR) as i8, (within % HOUR) as i8, 0, 0).unwrap_or(Time::midnight());
    date_of(at.div_euclid(DAY)).to_datetime(time)
}

pub fn day_in(at: Minute) -> Day {
    at.div_euclid(DAY)
}

/// Monday 0 … Sunday 6.
pub(super) fn weekday(day: Day) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// The day's texts, made once, because a file has millions of them.
pub(super) struct DayTexts {
    first: Day,
    texts: Vec<[String; 3]>,
}

/// How a day is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 2026/01/05
    Slash = 0,
    /// 2026/1/5
    Short = 1,
    /// R8.1.5
    Era = 2,
}

impl DayTexts {
    pub(super) fn new(first: Day, last: Day) -> Self {
        let texts = (first..=last).map(|day| texts_of(date_of(day))).collect();
        Self { first, texts }
    }

    /// Empty for [`NO_DAY`] and for a day outside the table.
    pub(super) fn get(&self, day: Day, style: Style) -> &str {
        let at = i64::from(day) - i64::from(self.first);
        usize::try_from(at).ok().and_then(|i| self.texts.get(i)).map_or("", |t| &t[style as usize])
    }

    /// `2026/01/05 09:05`, or nothing for [`NEVER`].
    pub(super) fn push_minute(&self, out: &mut String, at: Minute) {
        if at == NEVER {
            return;
        }
        out.push_str(self.get(day_in(at), Style::Slash));
        let within = at.rem_euclid(DAY);
        out.push(' ');
        push_two(out, within / HOUR);
        out.push(':');
        push_two(out, within % HOUR);
    }
}

fn push_two(out: &mut String, n: i32) {
    out.push((b'0' + (n / 10) as u8) as char);
    out.push((b'0' + (n % 10) as u8) as char);
}

fn texts_of(d: Date) -> [String; 3] {
    let (y, m, n) = (d.year(), d.month(), d.day());
    let era = if d >= date(2019, 5, 1) {
        format!("R{}.{m}.{n}", y - 2018)
    } else {
        format!("H{}.{m}.{n}", y - 1988)
    };
    [format!("{y}/{m:02}/{n:02}"), format!("{y}/{m}/{n}"), era]
}

/// 令和8年1月5日
pub(super) fn era_ja(day: Day) -> String {
    let d = date_of(day);
    let (name, year) =
        if d >= date(2019, 5, 1) { ("令和", d.year() - 2018) } else { ("平成", d.year() - 1988) };
    let year = if year == 1 { "元".to_owned() } else { year.to_string() };
    format!("{name}{year}年{}月{}日", d.month(), d.day())
}

/// `20260105`
pub(super) fn compact(day: Day) -> String {
    let d = date_of(day);
    format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())
}

/// `20260105T090500`
pub(super) fn compact_minute(at: Minute) -> String {
    let within = at.rem_euclid(DAY);
    format!("{}T{:02}{:02}00", compact(day_in(at)), within / HOUR, within % HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn minutes_and_days_go_there_and_back() {
        let at = datetime(2026, 11, 22, 14, 5, 0, 0);
        assert_eq!(date_time_of(minute_of(at)), at);
        assert_eq!(weekday(day_of(at.date())), 6, "a Sunday");
        assert_eq!(compact_minute(minute_of(at)), "20261122T140500");
        assert_eq!(era_ja(day_of(date(2019, 5, 1))), "令和元年5月1日");
    }

    #[test]
    fn texts_follow_their_style() {
        let day = day_of(date(2026, 1, 5));
        let texts = DayTexts::new(day - 1, day + 1);
        assert_eq!(texts.get(day, Style::Slash), "2026/01/05");
        assert_eq!(texts.get(day, Style::Short), "2026/1/5");
        assert_eq!(texts.get(day, Style::Era), "R8.1.5");
        assert_eq!(texts.get(NO_DAY, Style::Era), "");
    }
}
