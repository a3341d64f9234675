//! What statistics add to a query's rows: `-- measure: rt(window=7, mean=4.7, sd=2.9)`.

use std::collections::BTreeMap;

use crate::measure::serial_interval::SerialInterval;

/// What is made of the rows of a query. A row of which nothing can be said has a `reason` instead of a `value`.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    None,
    /// `rate(per=100000)`: `cases` ÷ `population` × `per`, with Byar's limits.
    Rate {
        per: f64,
    },
    /// `rate_ratio()`: the rate of each row against that of all other rows together, with exact limits.
    RateRatio,
    /// `standardised(standard=japan_1985, per=100000)`: of rows by `age_from`, one row for each name.
    Standardised {
        standard: String,
        per: f64,
    },
    /// `rt(window=7, mean=4.7, sd=2.9)`: the effective reproduction number of Cori et al. from `day` and `cases`.
    Rt {
        window: usize,
        serial_interval: SerialInterval,
    },
    /// `ears()`: of daily `cases` by name, is the last day above what the days before lead us to expect?
    Ears,
    /// `nowcast(longest=21)`: of `day`, `known_day` and `cases`, how many each day will have had once all that comes
    /// within `longest` days has come.
    Nowcast {
        longest: usize,
    },
    /// `nowcast_coverage(longest=21)`: of the same rows, how often past nowcasts' bands held in a day's first week.
    NowcastCoverage {
        longest: usize,
    },
    /// `doubling()`: days in which `cases` double, from all rows.
    Doubling,
    /// `against()`: each `item` of a scheme of reference values, with the answer of the indicator that it names.
    Against,
    /// `to_date()`: the query's `cases` from the start of each period to now, and to the same point of earlier periods.
    ToDate,
}

/// The columns that a measure puts after the first: the figure with its limits.
const FIGURE: [&str; 3] = ["value", "lower", "upper"];
pub const REASON: &str = "reason";
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
            "rate" => Self::Rate { per: number(&mut given, "per")? },
            "rate_ratio" => Self::RateRatio,
            "standardised" => Self::Standardised {
                standard: given.remove("standard").ok_or("it does not say standard")?.to_owned(),
                per: number(&mut given, "per")?,
            },
            "rt" => {
                let window = days(&mut given, "window")?;
                let (mean, sd) = (number(&mut given, "mean")?, number(&mut given, "sd")?);
                let serial_interval = SerialInterval::gamma(mean, sd).map_err(|why| why.to_string())?;
                Self::Rt { window, serial_interval }
            }
            "ears" => Self::Ears,
            "nowcast" => Self::Nowcast { longest: days(&mut given, "longest")? },
            "nowcast_coverage" => Self::NowcastCoverage { longest: days(&mut given, "longest")? },
            "doubling" => Self::Doubling,
            "against" => Self::Against,
            "to_date" => Self::ToDate,
            other => {
                return Err(format!(
                    "`{other}` is none of none, rate, rate_ratio, standardised, rt, ears, nowcast, nowcast_coverage, doubling, \
                     against, to_date"
                ));
            }
        };
        match given.keys().next() {
            Some(key) => Err(format!("`{key}` means nothing to {}", name.trim())),
            None => Ok(measure),
        }
    }

    /// The columns that it reads.
    pub fn needs(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Rate { .. } | Self::RateRatio => &["cases", "population"],
            Self::Standardised { .. } => &["age_from", "cases", "population"],
            Self::Nowcast { .. } | Self::NowcastCoverage { .. } => &["day", "known_day", "cases"],
            Self::Rt { .. } | Self::Ears | Self::Doubling => &["day", "cases"],
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
            Self::Rate { .. } | Self::RateRatio => {
                let rest = query.iter().skip(1).copied();
                owned(first.chain(FIGURE).chain(rest).chain([REASON]).collect())
            }
            Self::Standardised { .. } => {
                owned(first.chain(FIGURE).chain(["crude", "cases", REASON]).collect())
            }
            Self::Rt { .. } => owned(first.chain(FIGURE).chain(["cases", REASON]).collect()),
            Self::Nowcast { .. } => owned(first.chain(FIGURE).chain(["known", REASON]).collect()),
            Self::NowcastCoverage { .. } => owned(vec!["level", "value", "forecasts", REASON]),
            Self::Ears => owned(first.chain(["value", "expected", "upper", "alarm", REASON]).collect()),
            Self::Doubling => owned(FIGURE.into_iter().chain(["growth", REASON]).collect()),
            Self::Against => owned(AGAINST.to_vec()),
            Self::ToDate => owned(TO_DATE.to_vec()),
        })
    }

    /// Formula and source, for people.
    pub fn explained(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Rate { .. } => Some(
                "rate = cases ÷ population × per; 95 % limits of Byar's approximation to the Poisson limits \
                 (Breslow & Day, Statistical Methods in Cancer Research II, 1987)",
            ),
            Self::RateRatio => Some(
                "the row's rate ÷ the rate of all other rows together; exact 95 % limits, conditional on the \
                 total of cases (Przyborowski & Wilenski, Biometrika 1940)",
            ),
            Self::Standardised { .. } => Some(
                "the weighted mean of the age bands' rates, weights from the standard population; 95 % limits of Dobson \
                 et al., Statistics in Medicine 1991; none under 10 cases",
            ),
            Self::Rt { .. } => Some(
                "Rt = cases of the window ÷ the infectivity of the cases before them by the serial interval, gamma prior \
                 with mean 5 and sd 5, \
                 95 % credible interval (Cori et al., American Journal of Epidemiology 2013)",
            ),
            Self::Nowcast { .. } => Some(
                "chain ladder by days of delay, in its zero-safe form (x + 1 − F) ÷ F; the band of 95 % is a negative \
                 binomial fitted to the errors of this history's own past nowcasts (Mack, ASTIN Bulletin 1993; \
                 Wolffram et al., PLoS Computational Biology 2023)",
            ),
            Self::NowcastCoverage { .. } => Some(
                "nowcasts as they would have been made on past days, against what was known when those days were \
                 complete: the share that lay within each band, days 0 to 6 after the event",
            ),
            Self::Ears => Some(
                "EARS C1, C2 and C3 with a baseline of seven days (Hutwagner et al., Journal of Urban Health 2003; \
                 Fricker et al., Statistics in Medicine 2008); expected and upper are those of C2",
            ),
            Self::Doubling => Some(
                "ln 2 ÷ r, r from a log-linear Poisson regression of cases on days with the dispersion that they \
                 show; 95 % limits from those of r; none unless cases grow",
            ),
            Self::Against => Some(
                "each figure as it is, before any rounding, against the scheme's dated marks; an item is not applied while its \
                 condition does not hold; no stage or level is declared",
            ),
            Self::ToDate => Some(
                "cases from the period's first day to now ÷ those of the period before to the same point, as they were known \
                 then; exact 95 % limits as for a rate ratio over equal time (Przyborowski & Wilenski, Biometrika 1940)",
            ),
        }
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
        assert_eq!(Measure::parse("rate(per=100000)"), Ok(Measure::Rate { per: 100_000.0 }));
        assert!(matches!(
            Measure::parse("rt(window=7, mean=4.7, sd=2.9)"),
            Ok(Measure::Rt { window: 7, .. })
        ));
        for (text, why) in [
            ("median", "is none of"),
            ("rate", "does not say per"),
            ("rate(per=0)", "not a number above zero"),
            ("rate(per=1, per=2)", "second time"),
            ("rate(per=1, of=2)", "means nothing"),
            ("rt(window=7, mean=0.5, sd=1)", "serial interval"),
            ("rt(window=7.5, mean=5, sd=1)", "whole number"),
            ("rate(per=1", "not closed"),
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
