//! The past counts that a period is compared with, and the season block of each.

use jiff::ToSpan;
use jiff::civil::Date;

use super::settings::{Series, Settings};
use crate::epi::reason::Reason;

/// The rows of the regression: one a past period that is not missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    pub counts: Vec<f64>,
    /// Periods since the first row's.
    pub times: Vec<f64>,
    /// Season block of each, 1 to the number of blocks; the last holds the windows around the same date.
    pub blocks: Vec<usize>,
    /// ln population.
    pub offset: Option<Vec<f64>>,
    pub time_now: f64,
    pub offset_now: f64,
}

impl Baseline {
    pub fn gather(series: &Series, at: usize, settings: &Settings) -> Result<Self, Reason> {
        let blocks = season_blocks(series, at, settings)?;
        let used: Vec<usize> = (0..at.saturating_sub(settings.recent_left_out))
            .filter(|&i| blocks[i].is_some() && series.counts[i].is_some())
            .collect();
        let counts: Vec<f64> = used.iter().filter_map(|&i| series.counts[i]).collect();
        if counts.is_empty() {
            return Err(Reason::AllMissing);
        }
        if counts.iter().all(|count| *count == 0.0) {
            return Err(Reason::EmptyBaseline);
        }
        let first = used[0];
        let exposure = |i: usize| series.population.map_or(0.0, |people| people[i].ln());
        Ok(Self {
            counts,
            times: used.iter().map(|&i| (i - first) as f64).collect(),
            blocks: used.iter().filter_map(|&i| blocks[i]).collect(),
            offset: series.population.map(|_| used.iter().map(|&i| exposure(i)).collect()),
            time_now: (at - first) as f64,
            offset_now: exposure(at),
        })
    }

    pub fn largest(&self) -> f64 {
        self.counts.iter().copied().fold(0.0, f64::max)
    }

    /// Intercept, trend, then one column a season block from the second on.
    pub fn columns(&self, trend: bool, season_blocks: usize) -> Vec<Vec<f64>> {
        let mut columns = vec![vec![1.0; self.counts.len()]];
        if trend {
            columns.push(self.times.clone());
        }
        for block in 2..=season_blocks {
            columns.push(self.blocks.iter().map(|&b| f64::from(u8::from(b == block))).collect());
        }
        columns
    }

    /// The terms of the judged period, which lies in the last block.
    pub fn terms_now(&self, trend: bool, size: usize) -> Vec<f64> {
        let mut terms = vec![0.0; size];
        terms[0] = 1.0;
        if trend {
            terms[1] = self.time_now;
        }
        let fixed = if trend { 2 } else { 1 };
        if size > fixed {
            terms[size - 1] = 1.0;
        }
        terms
    }
}

/// The block of each period up to the judged one; `None` where it is not compared with.
///
/// The windows around the same date are the last block; what lies between two windows is divided
/// into equal blocks 1, 2, … with the odd periods given to the first ones.
fn season_blocks(series: &Series, at: usize, settings: &Settings) -> Result<Vec<Option<usize>>, Reason> {
    let (w, last) = (settings.half_window, settings.season_blocks);
    let mut blocks = vec![None; at + 1];
    blocks[at.saturating_sub(w)..].fill(Some(last));
    let mut later = at;
    // What is lacking is said of all the years at once.
    let oldest = same_date_years_ago(series, at, settings.years)?;
    for year in 1..=settings.years {
        let same_date = same_date_years_ago(series, at, year)?;
        let reference = usize::try_from(same_date)
            .ok()
            .filter(|&index| index >= w)
            .ok_or_else(|| too_short(at, w, oldest))?;
        let start = reference + w + 1;
        let between = later.checked_sub(w + start).ok_or(Reason::Setting { name: "half_window" })?;
        blocks[reference - w..start].fill(Some(last));
        if last > 1 {
            let parts = last - 1;
            if between < parts {
                return Err(Reason::Setting { name: "season_blocks" });
            }
            let mut from = start;
            for part in 0..parts {
                let length = between / parts + usize::from(part < between % parts);
                blocks[from..from + length].fill(Some(part + 1));
                from += length;
            }
        }
        later = reference;
    }
    Ok(blocks)
}

fn too_short(at: usize, half_window: usize, reference: i64) -> Reason {
    let lacking = half_window as i64 - reference;
    Reason::SeriesTooShort { have: at, need: at + usize::try_from(lacking).unwrap_or(0) }
}

/// The place of the period that begins nearest to the same date `years` before; may lie before the series.
fn same_date_years_ago(series: &Series, at: usize, years: usize) -> Result<i64, Reason> {
    let length = series.step.days();
    let out = |_| Reason::Setting { name: "years" };
    let now = series.first.checked_add((at as i64 * length).days()).map_err(out)?;
    let years = i16::try_from(years).map_err(|_| Reason::Setting { name: "years" })?;
    // 29 February falls on 1 March of a common year.
    let then = match Date::new(now.year() - years, now.month(), now.day()) {
        Ok(date) => date,
        Err(_) => Date::new(now.year() - years, 3, 1).map_err(out)?,
    };
    let days = i64::from(then.since(series.first).map_err(out)?.get_days());
    Ok((days + length / 2).div_euclid(length))
}

#[cfg(test)]
mod tests {
    use super::super::Step;
    use super::*;
    use jiff::civil::date;

    fn weekly(counts: &[Option<f64>]) -> Series<'_> {
        Series { first: date(2015, 1, 5), step: Step::Week, counts, population: None }
    }

    #[test]
    fn a_year_ago_is_the_nearest_week() {
        let counts = vec![Some(1.0); 320];
        // 2020-12-28 is the Monday of 2020-W53; a year before, 2019-12-28, is a Saturday: 2019-12-30.
        let at = 312;
        assert_eq!(same_date_years_ago(&weekly(&counts), at, 1).unwrap(), 260);
    }

    #[test]
    fn blocks_leave_no_gap_between_windows() {
        let counts = vec![Some(1.0); 300];
        let settings = Settings::noufaily_2013();
        let blocks = season_blocks(&weekly(&counts), 299, &settings).unwrap();
        let first = blocks.iter().position(Option::is_some).unwrap();
        assert!(blocks[first..].iter().all(Option::is_some));
        assert_eq!(blocks[299], Some(10));
        let early = season_blocks(&weekly(&counts), 200, &settings).unwrap_err();
        assert!(matches!(early, Reason::SeriesTooShort { have: 200, .. }));
    }
}
