//! What statistics add to a query's rows: `-- measure: rt(window=7, mean=4.7, sd=2.9)`.

use std::collections::BTreeMap;

use crate::measure::farrington::Step;
use crate::measure::intervals::PoissonLimits;
use crate::measure::standardised::DirectLimits;

/// What is made of the rows of a query. A row of which nothing can be said has a `reason` instead of a `value`.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    None,
    /// `rate(per=100000, limits=exact)`: `cases` ÷ `population` × `per`, with exact limits or, unless it says so, Byar's.
    Rate {
        per: f64,
        limits: PoissonLimits,
    },
    /// `share()`: `cases` of `total`, per cent, with Wilson's limits.
    Share,
    /// `rate_ratio()`: the rate of each row against that of `other_cases` in `other_population`, with exact limits.
    RateRatio,
    /// `simple_r()`: the ratio of the last seven days to the seven before, to the power of 5/7 (five days from case to case).
    SimpleR,
    /// `compared()`: `value` in `days` against `before` in `before_days`, as a ratio of daily means with exact limits; a row
    /// that says why it is `unlike` has none.
    Compared,
    /// `standardised(standard=japan_1985, per=100000, limits=fay_feuer)`: of rows by `age_from`, one row for each name,
    /// with the limits of Fay and Feuer or, unless it says so, of Dobson.
    Standardised {
        standard: String,
        per: f64,
        limits: DirectLimits,
    },
    /// `rt(window=7)`: the effective reproduction number of Cori et al. from `day` and `cases`, with the disease's serial
    /// interval.
    Rt {
        window: usize,
    },
    /// `alerts(years=5, step=week)`: of `cases` by name, is the last week or day above what those before (EARS), and the
    /// same season of past years (Farrington Flexible), lead us to expect?
    Alerts {
        years: usize,
        step: Step,
    },
    /// `nowcast(longest=21)`: of `day`, `known_day` and `cases`, how many each day will have had once all that comes
    /// within `longest` days has come.
    Nowcast {
        longest: usize,
    },
    /// `nowcast_coverage(longest=21)`: of the same rows, how often past nowcasts' bands held in a day's first week.
    NowcastCoverage {
        longest: usize,
    },
    /// `stay_length()`: from stays by `band`, how long they last, with those still in censored.
    StayLength,
    /// `stay_curve()`: from the same rows, the share still in by days since admission.
    StayCurve,
    /// `beds_ahead(days=21)`: from stays and what became known of them by day, how many will be in.
    BedsAhead {
        days: usize,
    },
    /// `beds_reached(days=21)`: from the same rows, when the beds that are left would be taken, and how likely that is.
    BedsReached {
        days: usize,
    },
    /// `beds_tested(days=21)`: from the same rows, how past projections did beside forecasts that anyone could make.
    BedsTested {
        days: usize,
    },
    /// `quartiles()`: of `age` and `cases` by period, the median age and the quartiles, one row a period.
    Quartiles,
    /// `doubling()`: days in which `cases` double, from all rows.
    Doubling,
    /// `against()`: each `item` of a scheme of reference values, with the answer of the indicator that it names.
    Against,
    /// `to_date()`: the query's `cases` from the start of each period to now, and to the same point of earlier periods.
    ToDate,
}

const NAMES: [&str; 20] = [
    "none",
    "rate",
    "share",
    "rate_ratio",
    "simple_r",
    "compared",
    "standardised",
    "rt",
    "alerts",
    "nowcast",
    "nowcast_coverage",
    "stay_length",
    "stay_curve",
    "beds_ahead",
    "beds_reached",
    "beds_tested",
    "quartiles",
    "doubling",
    "against",
    "to_date",
];

/// The columns that a measure puts after the first: the figure with its limits.
const FIGURE: [&str; 3] = ["value", "lower", "upper"];
/// A median within the bands that hold 50, 80 and 95 of a hundred.
const FORECAST: [&str; 7] = ["value", "lower50", "upper50", "lower80", "upper80", "lower", "upper"];
/// A count with what its last days or weeks lead us to expect, and each bound of EARS.
const RECENT: [&str; 5] = ["value", "expected", "c1_upper", "upper", "c3_upper"];
/// What alarms, the days that were judged, and what could not be.
const ALARM: [&str; 4] = ["alarm", "judged_from", "judged_to", REASON];
pub const REASON: &str = "reason";
/// Why a row is compared with nothing.
pub const UNLIKE: &str = "unlike";
/// A ratio of two periods with its limits.
pub const RATIO: [&str; 3] = ["ratio", "ratio_lower", "ratio_upper"];
pub const AGAINST: [&str; 6] = ["item", "value", "unit", "marks", "reached", REASON];
pub const TO_DATE: [&str; 9] =
    ["span", "value", "before", "before_now", "last_year", "ratio", "ratio_lower", "ratio_upper", REASON];

impl Measure {
    /// Reads the header's words; the error says what is wrong with them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('(').unwrap_or((text, ")"));
        let inner = rest.strip_suffix(')').ok_or("the bracket is not closed")?;
        let mut given = BTreeMap::new();
        for part in inner.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is not name=value"))?;
            if given.insert(key.trim(), value.trim()).is_some() {
                return Err(format!("`{}` for the second time", key.trim()));
            }
        }
        let measure = match name.trim() {
            "none" => Self::None,
            "rate" => Self::Rate {
                per: number(&mut given, "per")?,
                limits: choice(
                    &mut given,
                    "limits",
                    [("byar", PoissonLimits::Byar), ("exact", PoissonLimits::Exact)],
                )?,
            },
            "share" => Self::Share,
            "rate_ratio" => Self::RateRatio,
            "simple_r" => Self::SimpleR,
            "compared" => Self::Compared,
            "standardised" => Self::Standardised {
                standard: given.remove("standard").ok_or("it does not say standard")?.to_owned(),
                per: number(&mut given, "per")?,
                limits: choice(
                    &mut given,
                    "limits",
                    [("dobson", DirectLimits::Dobson), ("fay_feuer", DirectLimits::FayFeuer)],
                )?,
            },
            "rt" => Self::Rt { window: days(&mut given, "window")? },
            "alerts" => Self::Alerts {
                years: days(&mut given, "years")?,
                step: choice(&mut given, "step", [("week", Step::Week), ("day", Step::Day)])?,
            },
            "stay_length" => Self::StayLength,
            "stay_curve" => Self::StayCurve,
            "beds_ahead" => Self::BedsAhead { days: days(&mut given, "days")? },
            "beds_reached" => Self::BedsReached { days: days(&mut given, "days")? },
            "beds_tested" => Self::BedsTested { days: days(&mut given, "days")? },
            "nowcast" => Self::Nowcast { longest: days(&mut given, "longest")? },
            "nowcast_coverage" => Self::NowcastCoverage { longest: days(&mut given, "longest")? },
            "quartiles" => Self::Quartiles,
            "doubling" => Self::Doubling,
            "against" => Self::Against,
            "to_date" => Self::ToDate,
            other => return Err(format!("`{other}` is none of {}", NAMES.join(", "))),
        };
        match given.keys().next() {
            Some(key) => Err(format!("`{key}` means nothing to {}", name.trim())),
            None => Ok(measure),
        }
    }

    /// Made once a night, of what was known at midnight: what takes seconds is not made anew for each delivery.
    pub fn is_of_last_night(&self) -> bool {
        matches!(self, Self::BedsTested { .. } | Self::NowcastCoverage { .. })
    }

    /// The columns that it reads.
    pub fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Rate { .. } => &["cases", "population"],
            Self::Share => &["cases", "total"],
            Self::RateRatio | Self::SimpleR => &["cases", "population", "other_cases", "other_population"],
            Self::Standardised { .. } => &["age_from", "cases", "population"],
            Self::Nowcast { .. } | Self::NowcastCoverage { .. } => &["day", "known_day", "cases"],
            Self::Rt { .. } | Self::Alerts { .. } | Self::Doubling => &["day", "cases"],
            Self::StayLength | Self::StayCurve => &["band", "from_day", "to_day", "stays"],
            Self::BedsAhead { .. } | Self::BedsReached { .. } | Self::BedsTested { .. } => {
                &["band", "from_day", "to_day", "known_day", "stays", "secured", "others"]
            }
            Self::Quartiles => &["age", "cases"],
            Self::Compared => &["value", "before", "days", "before_days", UNLIKE],
            Self::Against => &["item"],
            Self::ToDate => &["cases", "first_day"],
        }
    }

    /// The columns of the answer, given those of the query; what is missing from the query is the error.
    pub fn columns(&self, query: &[&str]) -> Result<Vec<String>, String> {
        if let Some(missing) = self.needs().iter().find(|need| !query.contains(need)) {
            return Err(format!("its measure needs the column {missing}"));
        }
        let first = query.first().copied().into_iter();
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(match self {
            Self::None => owned(query.to_vec()),
            Self::Rate { .. } | Self::Share | Self::RateRatio | Self::SimpleR => {
                let rest = query.iter().skip(1).copied().filter(|name| *name != UNLIKE);
                owned(first.chain(FIGURE).chain(rest).chain([REASON]).collect())
            }
            Self::Standardised { .. } => {
                owned(first.chain(FIGURE).chain(["crude", "cases", REASON]).collect())
            }
            Self::Rt { .. } => owned(first.chain(FIGURE).chain(["cases", REASON]).collect()),
            Self::Nowcast { .. } => owned(first.chain(FORECAST).chain(["known", REASON]).collect()),
            Self::Alerts { .. } => {
                owned(first.chain(RECENT).chain(["years_expected", "years_upper"]).chain(ALARM).collect())
            }
            Self::StayLength => owned(
                ["band", "value", "lower", "upper", "quarter", "three_quarters", "stays", "still_in", REASON]
                    .into(),
            ),
            Self::StayCurve => owned(["band", "days", "value", "lower", "upper", "at_risk", REASON].into()),
            Self::BedsAhead { .. } => {
                owned(["day"].into_iter().chain(FORECAST).chain(["limit", REASON]).collect())
            }
            Self::BedsReached { .. } => owned(
                [
                    "value",
                    "middle",
                    "earliest",
                    "latest",
                    "limit",
                    "needed",
                    "needed_lower",
                    "needed_upper",
                    "needed_share",
                    REASON,
                ]
                .into(),
            ),
            Self::BedsTested { .. } => owned(
                [
                    "ahead",
                    "value",
                    "last_value",
                    "week_mean",
                    "mase",
                    "held50",
                    "held80",
                    "held95",
                    "forecasts",
                    "than_last",
                    "than_last_lower",
                    "than_last_upper",
                    "than_week",
                    "than_week_lower",
                    "than_week_upper",
                    "verdict",
                    REASON,
                ]
                .into(),
            ),
            Self::NowcastCoverage { .. } => owned(
                ["level"]
                    .into_iter()
                    .chain(FIGURE)
                    .chain(["expected", "forecasts", "nights", REASON])
                    .collect(),
            ),
            Self::Compared => {
                let rest = query.iter().copied().filter(|name| *name != UNLIKE);
                owned(rest.chain(RATIO).chain([REASON]).collect())
            }
            Self::Quartiles => {
                let rest = query.iter().skip(1).copied().filter(|name| !self.needs().contains(name));
                owned(first.chain(FIGURE).chain(["n", "unknown"]).chain(rest).chain([REASON]).collect())
            }
            Self::Doubling => owned(FIGURE.into_iter().chain(["growth", REASON]).collect()),
            Self::Against => owned(AGAINST.to_vec()),
            Self::ToDate => owned(TO_DATE.to_vec()),
        })
    }
}

/// A whole number of days, up to 60.
fn days(given: &mut BTreeMap<&str, &str>, key: &str) -> Result<usize, String> {
    let days = number(given, key)?;
    if days.fract() != 0.0 || days > 60.0 {
        return Err(format!("{key} is not a whole number of days up to 60"));
    }
    Ok(days as usize)
}

/// One of two: the first when nothing is said.
fn choice<T: Copy>(
    given: &mut BTreeMap<&str, &str>,
    key: &str,
    choices: [(&str, T); 2],
) -> Result<T, String> {
    let Some(text) = given.remove(key) else { return Ok(choices[0].1) };
    let found = choices.iter().find(|(word, _)| *word == text).map(|(_, chosen)| *chosen);
    found.ok_or_else(|| format!("{key}: `{text}` is none of {}", choices.map(|(word, _)| word).join(", ")))
}

/// A number above zero.
fn number(given: &mut BTreeMap<&str, &str>, key: &str) -> Result<f64, String> {
    let text = given.remove(key).ok_or_else(|| format!("it does not say {key}"))?;
    let value = text.parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    value.ok_or_else(|| format!("{key}: `{text}` is not a number above zero"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read() {
        assert_eq!(Measure::parse("none"), Ok(Measure::None));
        let byar = Measure::Rate { per: 100_000.0, limits: PoissonLimits::Byar };
        assert_eq!(Measure::parse("rate(per=100000)"), Ok(byar.clone()));
        assert_eq!(Measure::parse("rate(per=100000, limits=byar)"), Ok(byar));
        let exact = Measure::Rate { per: 100_000.0, limits: PoissonLimits::Exact };
        assert_eq!(Measure::parse("rate(limits=exact, per=100000)"), Ok(exact));
        for (said, limits) in [
            ("", DirectLimits::Dobson),
            (", limits=dobson", DirectLimits::Dobson),
            (", limits=fay_feuer", DirectLimits::FayFeuer),
        ] {
            let text = format!("standardised(standard=japan_1985, per=1000{said})");
            let standard = "japan_1985".to_owned();
            assert_eq!(Measure::parse(&text), Ok(Measure::Standardised { standard, per: 1000.0, limits }));
        }
        assert_eq!(Measure::parse("rt(window=7)"), Ok(Measure::Rt { window: 7 }));
        for (text, why) in [
            ("median", "is none of"),
            ("rate", "does not say per"),
            ("rate(per=0)", "not a number above zero"),
            ("rate(per=1, per=2)", "second time"),
            ("rate(per=1, of=2)", "means nothing"),
            ("rt(window=7.5)", "whole number"),
            ("rate(per=1", "not closed"),
            ("rate(per=1, limits=dobson)", "limits: `dobson` is none of byar, exact"),
            ("standardised(standard=a, per=1, limits=exact)", "`exact` is none of dobson, fay_feuer"),
            ("share(limits=wilson)", "`limits` means nothing to share"),
        ] {
            let error = Measure::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn columns_follow_from_the_query() {
        let rate = Measure::parse("rate(per=100000)").unwrap();
        let columns = rate.columns(&["district", "cases", "population"]).unwrap();
        assert_eq!(columns, ["district", "value", "lower", "upper", "cases", "population", "reason"]);
        assert!(rate.columns(&["district", "cases"]).unwrap_err().contains("population"));
    }
}
