//! Periods that figures are counted by: day, ISO week (Monday to Sunday), month, quarter, 年度 (from 1 April), and
//! the influenza season (ISO week 36 to 35). Days in, first days and names out.

use jiff::Span;
use jiff::civil::{Date, date};

use serde::{Deserialize, Serialize};

use super::calendar::monday_of;
use super::era::era_year;

/// The ISO week that a season begins with.
const SEASON_WEEK: i8 = 36;

/// A kind of period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    #[default]
    Day,
    Week,
    Month,
    /// Of the calendar year.
    Quarter,
    FiscalYear,
    Season,
}

impl Period {
    pub const ALL: [Self; 6] =
        [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::FiscalYear, Self::Season];

    /// From the name that queries and the API use: `day`, `week`, `month`, `quarter`, `fiscal_year`, `season`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::FiscalYear => "fiscal_year",
            Self::Season => "season",
        }
    }

    /// The first day of the period that a day is in.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => iso_week_start(day),
            Self::Month => month_start(day),
            Self::Quarter => date(day.year(), (quarter(day) - 1) * 3 + 1, 1),
            Self::FiscalYear => date(fiscal_year(day), 4, 1),
            Self::Season => season_start(season(day)),
        }
    }

    /// The first day of the next period.
    pub fn next(self, day: Date) -> Date {
        let step = match self {
            Self::Day => Span::new().days(1),
            Self::Week => Span::new().days(7),
            Self::Month => Span::new().months(1),
            Self::Quarter => Span::new().months(3),
            Self::FiscalYear => Span::new().years(1),
            Self::Season => return season_start(season(day) + 1),
        };
        self.start(day).saturating_add(step)
    }

    /// The last day of the period that a day is in.
    pub fn end(self, day: Date) -> Date {
        self.next(day).saturating_sub(Span::new().days(1))
    }

    /// The first days of all periods that touch `from` to `to` (both included).
    pub fn starts(self, from: Date, to: Date) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.start(from)), move |d| Some(self.next(*d)))
            .take_while(move |d| *d <= to)
    }

    /// The period's name: `2020-05-09`, `2020年第19週`, `2020年5月`, `2020年第2四半期`, `令和2年度`,
    /// `2019/20シーズン`.
    pub fn label_ja(self, day: Date) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let (year, week) = iso_week(day);
                format!("{year}年第{week}週")
            }
            Self::Month => format!("{}年{}月", day.year(), day.month()),
            Self::Quarter => format!("{}年第{}四半期", day.year(), quarter(day)),
            // Named by the era of its last days: 平成31 from April 2019 became 令和元年度.
            Self::FiscalYear => format!("{}年度", era_year(date(fiscal_year(day), 12, 31))),
            Self::Season => format!("{}シーズン", season_name(day)),
        }
    }

    /// The period's name: `2020-05-09`, `2020-W19`, `2020-05`, `2020-Q2`, `FY2020`, `2019/20`.
    pub fn label_en(self, day: Date) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let (year, week) = iso_week(day);
                format!("{year}-W{week:02}")
            }
            Self::Month => format!("{}-{:02}", day.year(), day.month()),
            Self::Quarter => format!("{}-Q{}", day.year(), quarter(day)),
            Self::FiscalYear => format!("FY{}", fiscal_year(day)),
            Self::Season => season_name(day),
        }
    }
}

/// The Monday of the ISO 8601 week.
pub fn iso_week_start(day: Date) -> Date {
    monday_of(day)
}

/// ISO 8601 year and week: 2021-01-03 is 2020-W53.
pub fn iso_week(day: Date) -> (i16, i8) {
    let week = day.iso_week_date();
    (week.year(), week.week())
}

pub fn month_start(day: Date) -> Date {
    day.first_of_month()
}

/// 年度: the year whose 1 April began it.
pub fn fiscal_year(day: Date) -> i16 {
    if day.month() >= 4 { day.year() } else { day.year() - 1 }
}

fn quarter(day: Date) -> i8 {
    (day.month() - 1) / 3 + 1
}

/// The season by the ISO year of its first week.
fn season(day: Date) -> i16 {
    let (year, week) = iso_week(day);
    if week >= SEASON_WEEK { year } else { year - 1 }
}

/// The Monday of week 36. The 4th of January always lies in week 1.
fn season_start(year: i16) -> Date {
    iso_week_start(date(year, 1, 4)).saturating_add(Span::new().weeks(i64::from(SEASON_WEEK) - 1))
}

fn season_name(day: Date) -> String {
    let year = season(day);
    format!("{year}/{:02}", (year + 1).rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weeks_and_years() {
        assert_eq!(iso_week(date(2021, 1, 3)), (2020, 53));
        assert_eq!(iso_week(date(2025, 12, 29)), (2026, 1));
        assert_eq!(iso_week_start(date(2021, 1, 3)), date(2020, 12, 28));
        assert_eq!(fiscal_year(date(2022, 3, 31)), 2021);
        assert_eq!(fiscal_year(date(2022, 4, 1)), 2022);
        assert_eq!(Period::Season.start(date(2020, 8, 30)), date(2019, 9, 2));
        assert_eq!(Period::Season.start(date(2020, 8, 31)), date(2020, 8, 31));
        // 2020 has 53 weeks: this season has too.
        assert_eq!(Period::Season.end(date(2021, 1, 1)), date(2021, 9, 5));
        assert_eq!(Period::Quarter.start(date(2026, 12, 31)), date(2026, 10, 1));
    }

    #[test]
    fn names() {
        let day = date(2020, 5, 9);
        assert_eq!(Period::Week.label_ja(day), "2020年第19週");
        assert_eq!(Period::Month.label_ja(day), "2020年5月");
        assert_eq!(Period::FiscalYear.label_ja(day), "令和2年度");
        assert_eq!(Period::FiscalYear.label_ja(date(2019, 4, 1)), "令和元年度");
        assert_eq!(Period::FiscalYear.label_ja(date(2019, 3, 31)), "平成30年度");
        assert_eq!(Period::Week.label_en(day), "2020-W19");
        assert_eq!(Period::Quarter.label_ja(date(2026, 11, 22)), "2026年第4四半期");
        assert_eq!(Period::Quarter.label_en(date(2026, 11, 22)), "2026-Q4");
        assert_eq!(Period::Season.label_ja(date(2026, 11, 22)), "2026/27シーズン");
        assert_eq!(Period::Season.label_ja(date(2000, 1, 1)), "1999/00シーズン");
        assert_eq!(Period::parse("fiscal_year"), Some(Period::FiscalYear));
        assert_eq!(Period::parse("year"), None);
    }

    #[test]
    fn starts_cover_a_range() {
        let months: Vec<_> = Period::Month.starts(date(2020, 1, 31), date(2020, 3, 1)).collect();
        assert_eq!(months, [date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)]);
    }

    proptest! {
        #[test]
        fn periods_partition_days(days in 0i64..60_000) {
            let day = date(1950, 1, 1).saturating_add(Span::new().days(days));
            for period in Period::ALL {
                let (start, end) = (period.start(day), period.end(day));
                prop_assert!(start <= day && day <= end);
                prop_assert_eq!(period.start(end), start);
                prop_assert_eq!(period.start(period.next(day)), period.next(day));
                prop_assert_eq!(end.saturating_add(Span::new().days(1)), period.next(day));
            }
        }
    }
}
