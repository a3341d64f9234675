//! Periods that figures are counted by: day, ISO week (Monday to Sunday), month, 年度 (from 1 April), and the
//! influenza season (from ISO week 36). Days in, first days and names out.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};

use super::era::era_year;

/// A kind of period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    #[default]
    Day,
    Week,
    Month,
    FiscalYear,
}

impl Period {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::FiscalYear];

    /// From the name that queries and the API use: `day`, `week`, `month`, `fiscal_year`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::FiscalYear => "fiscal_year",
        }
    }

    pub fn ja(self) -> &'static str {
        match self {
            Self::Day => "日",
            Self::Week => "週",
            Self::Month => "月",
            Self::FiscalYear => "年度",
        }
    }

    /// The first day of the period that a day is in.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => iso_week_start(day),
            Self::Month => month_start(day),
            Self::FiscalYear => date(fiscal_year(day), 4, 1),
        }
    }

    /// The first day of the next period.
    pub fn next(self, day: Date) -> Date {
        let start = self.start(day);
        let step = match self {
            Self::Day => Span::new().days(1),
            Self::Week => Span::new().days(7),
            Self::Month => Span::new().months(1),
            Self::FiscalYear => Span::new().years(1),
        };
        start.saturating_add(step)
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

    /// The period's name: `2020-05-09`, `2020年第19週`, `2020年5月`, `令和2年度`.
    pub fn label_ja(self, day: Date) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let (year, week) = iso_week(day);
                format!("{year}年第{week}週")
            }
            Self::Month => format!("{}年{}月", day.year(), day.month()),
            // Named by the era of its last days: 平成31 from April 2019 became 令和元年度.
            Self::FiscalYear => format!("{}年度", era_year(date(fiscal_year(day), 12, 31))),
        }
    }

    /// The period's name: `2020-05-09`, `2020-W19`, `2020-05`, `FY2020`.
    pub fn label_en(self, day: Date) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let (year, week) = iso_week(day);
                format!("{year}-W{week:02}")
            }
            Self::Month => format!("{}-{:02}", day.year(), day.month()),
            Self::FiscalYear => format!("FY{}", fiscal_year(day)),
        }
    }
}

/// The Monday of the ISO 8601 week.
pub fn iso_week_start(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(Span::new().days(back))
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

/// The influenza season, by the ISO year of its first week (36).
pub fn season(day: Date) -> i16 {
    let (year, week) = iso_week(day);
    if week >= 36 { year } else { year - 1 }
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
        assert_eq!(season(date(2020, 8, 30)), 2019);
        assert_eq!(season(date(2020, 8, 31)), 2020);
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
            }
        }
    }
}
