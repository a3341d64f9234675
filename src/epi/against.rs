//! What a period is compared with: as many days just before it, or as many a year earlier; a single day with the same weekday.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::period::Period;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// As many days, just before; of a single day the same weekday a week earlier.
    Previous,
    /// As many days from the same date one year earlier; a single day and weeks 52 weeks earlier, which keeps the weekdays.
    LastYear,
}

impl Against {
    pub const ALL: [Self; 2] = [Self::Previous, Self::LastYear];

    /// From the name that headers and the API use: `previous`, `last_year`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::LastYear => "last_year",
        }
    }

    pub fn ja(self) -> &'static str {
        match self {
            Self::Previous => "直前の同じ日数",
            Self::LastYear => "前年同期",
        }
    }

    /// What it is called of these days.
    pub fn ja_of(self, from: Date, to: Date) -> &'static str {
        match self {
            Self::Previous if from == to => "前週の同じ曜日",
            Self::LastYear if from == to => "前年の同じ曜日（52週前）",
            other => other.ja(),
        }
    }

    /// The days to compare any days with: always as many. Of 29 February on, those of 28 February on.
    pub fn of_days(self, from: Date, to: Date) -> (Date, Date) {
        let further = (to - from).get_days();
        let earlier = match self {
            Self::Previous if further == 0 => Span::new().weeks(1),
            Self::Previous => Span::new().days(further + 1),
            Self::LastYear if further == 0 => Span::new().weeks(52),
            Self::LastYear => Span::new().years(1),
        };
        let first = from.saturating_sub(earlier);
        (first, first.saturating_add(Span::new().days(further)))
    }

    /// The days to compare one whole period with, given its first day and the last day that there are figures of:
    /// where that lies within the period, as many days of the other one.
    pub fn of_period(self, period: Period, first: Date, to: Date) -> (Date, Date) {
        let before = match (self, period) {
            (Self::LastYear, Period::Day | Period::Week) => first.saturating_sub(Span::new().weeks(52)),
            (Self::Previous, Period::Day) => first.saturating_sub(Span::new().weeks(1)),
            (Self::LastYear, Period::Month | Period::Quarter | Period::FiscalYear) => {
                first.saturating_sub(Span::new().years(1))
            }
            _ => period.start(first.saturating_sub(Span::new().days(1))),
        };
        let whole = period.end(before);
        if period.end(first) <= to {
            return (before, whole);
        }
        let passed = Span::new().days((to - first).get_days());
        (before, before.saturating_add(passed).min(whole))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days() {
        let (from, to) = (date(2026, 11, 1), date(2026, 11, 28));
        assert_eq!(Against::Previous.of_days(from, to), (date(2026, 10, 4), date(2026, 10, 31)));
        assert_eq!(Against::LastYear.of_days(from, to), (date(2025, 11, 1), date(2025, 11, 28)));
        let day = |against: Against, day: Date| {
            let (first, last) = against.of_days(day, day);
            assert_eq!(first, last);
            first
        };
        assert_eq!(day(Against::LastYear, date(2024, 2, 29)), date(2023, 3, 2), "a Thursday");
        assert_eq!(day(Against::Previous, date(2025, 3, 1)), date(2025, 2, 22), "a Saturday");
        let over_leap = Against::LastYear.of_days(date(2025, 2, 28), date(2025, 3, 1));
        assert_eq!(over_leap, (date(2024, 2, 28), date(2024, 2, 29)), "two days with two");
        let from_leap = Against::LastYear.of_days(date(2024, 2, 29), date(2024, 3, 2));
        assert_eq!(from_leap, (date(2023, 2, 28), date(2023, 3, 2)), "three days with three");
    }

    #[test]
    fn periods() {
        let end = date(2026, 12, 31);
        let monday = date(2026, 11, 16);
        let week = Against::LastYear.of_period(Period::Week, monday, end);
        assert_eq!(week, (date(2025, 11, 17), date(2025, 11, 23)), "Monday to Sunday");
        let day = |against: Against| against.of_period(Period::Day, monday, end).0;
        assert_eq!(day(Against::LastYear), date(2025, 11, 17), "a Monday");
        assert_eq!(day(Against::Previous), date(2026, 11, 9), "a Monday");
        let november = Against::LastYear.of_period(Period::Month, date(2026, 11, 1), date(2026, 11, 22));
        assert_eq!(november, (date(2025, 11, 1), date(2025, 11, 22)), "as far as this month has come");
        let february = Against::LastYear.of_period(Period::Month, date(2025, 2, 1), end);
        assert_eq!(february, (date(2024, 2, 1), date(2024, 2, 29)), "a whole month with a whole month");
        let march = Against::Previous.of_period(Period::Month, date(2026, 3, 1), date(2026, 3, 30));
        assert_eq!(march, (date(2026, 2, 1), date(2026, 2, 28)));
        let season = Against::LastYear.of_period(Period::Season, date(2021, 9, 6), end);
        assert_eq!(season, (date(2020, 8, 31), date(2021, 9, 5)), "53 weeks");
    }

    proptest! {
        #[test]
        fn what_is_compared_lies_before(days in 0i64..60_000, length in 0i64..800) {
            let from = date(1950, 1, 1).saturating_add(Span::new().days(days));
            let to = from.saturating_add(Span::new().days(length));
            for against in Against::ALL {
                let (first, last) = against.of_days(from, to);
                prop_assert!(first <= last && first < from && last < to);
                prop_assert_eq!((last - first).get_days(), (to - from).get_days(), "as many days");
                let by_weekday = length == 0 || against == Against::Previous && (length + 1) % 7 == 0;
                prop_assert!(!by_weekday || first.weekday() == from.weekday());
                for period in Period::ALL {
                    let start = period.start(from);
                    let (first, last) = against.of_period(period, start, to.max(start));
                    prop_assert!(first <= last && last < start);
                    prop_assert!(period.start(first) == first && period.end(first) >= last);
                }
            }
        }
    }
}
