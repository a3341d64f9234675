//! Periods so far, and the same point of earlier ones: Tuesday 15:00 of this week with Tuesday 15:00 of the last.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::calendar::are_alike;
use super::clock::{from_jst, jst};
use super::period::Period;

/// From the first instant of a day to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Date,
    pub to: Timestamp,
}

impl Stretch {
    pub fn length(self) -> SignedDuration {
        self.to.duration_since(midnight(self.from))
    }
}

impl Period {
    /// The code that answers carry for a period that has begun and is not over.
    pub fn so_far(self) -> &'static str {
        match self {
            Self::Day => "this_day",
            Self::Week => "this_week",
            Self::Month => "this_month",
            Self::Quarter => "this_quarter",
            Self::FiscalYear => "this_fiscal_year",
            Self::Season => "this_season",
        }
    }

    /// The period that an instant is in, up to that instant.
    pub fn up_to(self, at: Timestamp) -> Stretch {
        Stretch { from: self.start(jst(at).date()), to: at }
    }

    /// The period before, up to the same point. Of a day: the same weekday a week earlier.
    pub fn before(self, at: Timestamp) -> Stretch {
        let from = self.up_to(at).from;
        let earlier = match self {
            Self::Day | Self::Week => from.saturating_sub(7.days()),
            Self::Month => from.saturating_sub(1.month()),
            Self::Quarter => from.saturating_sub(3.months()),
            Self::FiscalYear => from.saturating_sub(1.year()),
            Self::Season => self.start(from.saturating_sub(1.day())),
        };
        self.same_point(at, earlier)
    }

    /// The same period a year earlier, up to the same point; days and weeks: 52 weeks earlier.
    pub fn year_earlier(self, at: Timestamp) -> Stretch {
        let from = self.up_to(at).from;
        match self {
            Self::Day | Self::Week => self.same_point(at, from.saturating_sub(52.weeks())),
            Self::Month | Self::Quarter => self.same_point(at, from.saturating_sub(1.year())),
            Self::FiscalYear | Self::Season => self.before(at),
        }
    }

    /// May the two be compared? A day only with its like: neither or both a 祝日 or at the turn of the year.
    pub fn alike(self, one: Stretch, other: Stretch) -> bool {
        self != Self::Day || are_alike(one.from, other.from)
    }

    /// As long after the start of an earlier period; a shorter one (February) ends with its last second.
    fn same_point(self, at: Timestamp, from: Date) -> Stretch {
        let to = midnight(from).saturating_add(self.up_to(at).length()).unwrap_or(at);
        let last = midnight(self.next(from)).saturating_sub(SignedDuration::from_secs(1)).unwrap_or(to);
        Stretch { from, to: to.min(last) }
    }
}

fn midnight(day: Date) -> Timestamp {
    from_jst(day.at(0, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(day: Date, hour: i8) -> Timestamp {
        from_jst(day.at(hour, 0, 0, 0))
    }

    fn stretch(from: Date, day: Date, hour: i8) -> Stretch {
        Stretch { from, to: at(day, hour) }
    }

    #[test]
    fn the_same_point_of_the_period_before() {
        // Tuesday 15:00.
        let now = at(date(2022, 2, 15), 15);
        let before = |period: Period| period.before(now);
        assert_eq!(Period::Week.up_to(now), stretch(date(2022, 2, 14), date(2022, 2, 15), 15));
        assert_eq!(before(Period::Day), stretch(date(2022, 2, 8), date(2022, 2, 8), 15));
        assert_eq!(before(Period::Week), stretch(date(2022, 2, 7), date(2022, 2, 8), 15));
        assert_eq!(before(Period::Month), stretch(date(2022, 1, 1), date(2022, 1, 15), 15));
        assert_eq!(before(Period::Quarter), stretch(date(2021, 10, 1), date(2021, 11, 15), 15));
        assert_eq!(before(Period::FiscalYear), stretch(date(2020, 4, 1), date(2021, 2, 15), 15));
        // The season of 2021 began on 2021-09-06, that of 2020 on 2020-08-31: 162 days and 15 hours.
        assert_eq!(Period::Season.up_to(now).from, date(2021, 9, 6));
        assert_eq!(before(Period::Season), stretch(date(2020, 8, 31), date(2021, 2, 9), 15));
    }

    #[test]
    fn a_year_earlier() {
        let now = at(date(2022, 2, 15), 15);
        assert_eq!(Period::Week.year_earlier(now), stretch(date(2021, 2, 15), date(2021, 2, 16), 15));
        assert_eq!(Period::Day.year_earlier(now).from, date(2021, 2, 16));
        assert_eq!(Period::Month.year_earlier(now), stretch(date(2021, 2, 1), date(2021, 2, 15), 15));
    }

    #[test]
    fn a_shorter_month_ends_with_itself() {
        let before = Period::Month.before(at(date(2022, 3, 31), 12));
        assert_eq!(before.from, date(2022, 2, 1));
        assert_eq!(jst(before.to).date(), date(2022, 2, 28));
    }

    #[test]
    fn days_are_compared_with_their_like() {
        let alike = |day: Date| {
            let now = at(day, 12);
            Period::Day.alike(Period::Day.up_to(now), Period::Day.before(now))
        };
        assert!(alike(date(2022, 2, 15)));
        assert!(!alike(date(2022, 2, 11)), "建国記念の日");
        assert!(!alike(date(2022, 1, 3)), "年末年始");
        let week = at(date(2022, 2, 11), 12);
        assert!(Period::Week.alike(Period::Week.up_to(week), Period::Week.before(week)));
    }

    proptest! {
        #[test]
        fn an_earlier_stretch_is_earlier_and_no_longer(minutes in 0i64..30_000_000) {
            let now = at(date(1990, 1, 1), 0) + SignedDuration::from_mins(minutes);
            for period in Period::ALL {
                let own = period.up_to(now);
                prop_assert!(own.length() >= SignedDuration::ZERO);
                for earlier in [period.before(now), period.year_earlier(now)] {
                    prop_assert!(earlier.from < own.from && earlier.to < own.to);
                    prop_assert!(earlier.length() <= own.length());
                    prop_assert!(jst(earlier.to).date() >= earlier.from);
                    prop_assert_eq!(period.up_to(earlier.to).from, earlier.from);
                }
            }
        }
    }
}
