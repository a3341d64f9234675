//! The projection: simulated admissions and stays, their bands, and when a number of beds is reached.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use super::growth::{Day, Growth, scatter};
use super::stay::Stay;
use crate::epi::reason::{Reason, count};
use crate::measure::score::{Forecast, sorted_quantile};

/// Admissions of one day as known now, and the negative binomial of those not yet known
/// (from the nowcast; mean 0 where the day is complete).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Admissions {
    pub known: u32,
    pub missing_mean: f64,
    pub missing_size: f64,
}

impl Admissions {
    pub fn complete(known: u32) -> Self {
        Self { known, missing_mean: 0.0, missing_size: f64::INFINITY }
    }
}

/// One age group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Daily admissions, oldest first, the last one of today; all groups of equal length.
    pub admissions: Vec<Admissions>,
    /// Those in hospital today by days since admission.
    pub inpatients: Vec<u32>,
    pub stay: Stay,
    /// Discharges behind the curve: its own error is 1/√n on the log rate. `None` = taken as known.
    pub discharges: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Days ahead: 14, or 21 for the planning reference.
    pub horizon: usize,
    pub paths: usize,
    /// Days of admissions that make the trend.
    pub fitted: usize,
    /// Standard deviation of growth rates a day before data are seen; rates from few counts are drawn to 0.
    pub rate_spread: f64,
    /// δ: what is left of the growth a day later.
    pub damping: f64,
    /// Standard deviation of a day's own change of growth.
    pub wander: f64,
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            horizon: 14,
            paths: 1000,
            fitted: 17,
            rate_spread: 0.03,
            damping: 0.85,
            wander: 0.035,
            seed: 1,
        }
    }
}

/// Simulated beds in use, day by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    horizon: usize,
    /// Path after path, `horizon` days each.
    beds: Vec<u32>,
    /// Day 1, 2, … from now.
    pub days: Vec<Forecast>,
    /// Daily growth of admissions now (log scale).
    pub growth: f64,
}

/// When a number of beds is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Chance that it is reached by day 1, 2, … from now; the last is that of the whole horizon.
    pub by_day: Vec<f64>,
    /// The middle one of the first days, among the paths that reach it.
    pub median_day: Option<usize>,
    /// Middle 80 % of the first days, among the same paths.
    pub day_band: Option<(usize, usize)>,
}

/// Simulate the beds in use of all groups together.
///
/// Growth is that of all admissions; each group keeps its share of the last four weeks.
pub fn project(groups: &[Group], settings: &Settings) -> Result<Projection, Reason> {
    check(groups, settings)?;
    let days = together(groups);
    let growth = Growth::fit(&days, settings.fitted, settings.rate_spread)?;
    let shares = shares(groups);
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let horizon = settings.horizon;
    let mut beds = Vec::with_capacity(settings.paths * horizon);
    for _ in 0..settings.paths {
        let course = growth.course(horizon, settings.damping, settings.wander, &mut rng);
        let mut leaving = vec![0_i64; horizon + 2];
        for (group, share) in groups.iter().zip(&shares) {
            walk(group, *share, &course, &growth, horizon, &mut leaving, &mut rng);
        }
        let mut inside = leaving[0];
        for change in &leaving[1..=horizon] {
            inside += change;
            beds.push(u32::try_from(inside).unwrap_or(0));
        }
    }
    let days = (0..horizon)
        .map(|day| {
            let mut values: Vec<f64> =
                beds.iter().skip(day).step_by(horizon).map(|&n| f64::from(n)).collect();
            Forecast::from_samples(&mut values)
        })
        .collect::<Result<_, _>>()?;
    Ok(Projection { horizon, beds, days, growth: growth.rate })
}

/// Add one group's stays to the changes of a path: place 0 holds who is in today, place d the change on day d.
fn walk(
    group: &Group,
    share: f64,
    course: &[f64],
    growth: &Growth,
    horizon: usize,
    changes: &mut [i64],
    rng: &mut ChaCha8Rng,
) {
    let error: f64 = StandardNormal.sample(rng);
    let power = group.discharges.map_or(1.0, |n| (error / f64::from(n.max(4)).sqrt()).exp());
    let stays = |elapsed: usize, from: usize, changes: &mut [i64], rng: &mut ChaCha8Rng| {
        let patience: f64 = Exp1.sample(rng);
        let left = group.stay.days_left(elapsed, horizon, patience / power);
        changes[from] += 1;
        if from + left < horizon {
            changes[from + left + 1] -= 1;
        }
    };
    for (elapsed, &people) in group.inpatients.iter().enumerate() {
        for _ in 0..people {
            stays(elapsed, 0, changes, rng);
        }
    }
    for (elapsed, day) in group.admissions.iter().rev().enumerate() {
        if day.missing_mean <= 0.0 {
            continue;
        }
        let dispersion = 1.0 + day.missing_mean / day.missing_size;
        for _ in 0..scatter(day.missing_mean, dispersion, rng) {
            // Admitted, not yet known, and perhaps gone again.
            if rng.random::<f64>() < group.stay.share(elapsed) {
                stays(elapsed, 0, changes, rng);
            }
        }
    }
    for (ahead, mean) in course.iter().enumerate() {
        for _ in 0..scatter(mean * share, growth.dispersion, rng) {
            stays(0, ahead + 1, changes, rng);
        }
    }
}

impl Projection {
    /// When `beds` or more are in use.
    pub fn reach(&self, beds: u32) -> Reach {
        let mut firsts: Vec<usize> = self
            .beds
            .chunks_exact(self.horizon)
            .filter_map(|path| path.iter().position(|inside| *inside >= beds).map(|place| place + 1))
            .collect();
        firsts.sort_unstable();
        let paths = (self.beds.len() / self.horizon) as f64;
        let by_day: Vec<f64> = (1..=self.horizon)
            .map(|day| firsts.partition_point(|first| *first <= day) as f64 / paths)
            .collect();
        let values: Vec<f64> = firsts.iter().map(|&first| first as f64).collect();
        let at = |p: f64| sorted_quantile(&values, p).round() as usize;
        let median_day = (!values.is_empty()).then(|| at(0.5));
        let day_band = (!values.is_empty()).then(|| (at(0.1), at(0.9)));
        Reach { by_day, median_day, day_band }
    }
}

fn check(groups: &[Group], settings: &Settings) -> Result<(), Reason> {
    let first = groups.first().ok_or(Reason::TooFew { have: 0, need: 1 })?;
    let checks = [
        ("horizon", (1..=60).contains(&settings.horizon)),
        ("paths", (100..=100_000).contains(&settings.paths)),
        ("damping", (0.0..=1.0).contains(&settings.damping)),
        ("wander", (0.0..=1.0).contains(&settings.wander)),
    ];
    if let Some((name, _)) = checks.into_iter().find(|(_, holds)| !holds) {
        return Err(Reason::Setting { name });
    }
    for group in groups {
        if group.admissions.len() != first.admissions.len() {
            return Err(Reason::LengthsDiffer {
                left: first.admissions.len(),
                right: group.admissions.len(),
            });
        }
        for day in &group.admissions {
            count(day.missing_mean)?;
            if day.missing_size.is_nan() || day.missing_size <= 0.0 {
                return Err(Reason::Setting { name: "missing_size" });
            }
        }
    }
    Ok(())
}

/// Admissions of all groups, with what the nowcast adds.
fn together(groups: &[Group]) -> Vec<Day> {
    let length = groups.iter().map(|group| group.admissions.len()).min().unwrap_or(0);
    (0..length)
        .map(|day| {
            let known: f64 = groups.iter().map(|group| f64::from(group.admissions[day].known)).sum();
            let missing: f64 = groups.iter().map(|group| group.admissions[day].missing_mean).sum();
            let total = known + missing;
            Day { count: total, share: if total > 0.0 { known / total } else { 1.0 } }
        })
        .collect()
}

/// Each group's share of the admissions of the last four weeks; equal where there were none.
fn shares(groups: &[Group]) -> Vec<f64> {
    let recent = |group: &Group| -> f64 {
        group.admissions.iter().rev().take(28).map(|day| f64::from(day.known) + day.missing_mean).sum()
    };
    let sums: Vec<f64> = groups.iter().map(|group| recent(group) + 0.5).collect();
    let total: f64 = sums.iter().sum();
    sums.iter().map(|sum| sum / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady() -> Group {
        let curve: Vec<f64> = (0..60).map(|day| 0.875_f64.powi(day)).collect();
        let stay = Stay::new(&curve).unwrap();
        let inpatients = (0..60).map(|elapsed| (10.0 * stay.share(elapsed)).round() as u32).collect();
        Group { admissions: vec![Admissions::complete(10); 70], inpatients, stay, discharges: Some(400) }
    }

    #[test]
    fn a_steady_ward_stays_as_it_is() {
        let projection = project(&[steady()], &Settings::default()).unwrap();
        // Little's law: 10 a day for 8 days on average.
        for day in &projection.days {
            assert!((day.median - 80.0).abs() < 8.0, "{day:?}");
            assert!(day.bands[2].lower <= day.bands[1].lower && day.bands[1].upper <= day.bands[2].upper);
        }
        let reach = projection.reach(60);
        assert!(reach.by_day[0] > 0.95 && reach.median_day == Some(1));
        let never = projection.reach(100_000);
        assert_eq!((never.by_day[13], never.median_day, never.day_band), (0.0, None, None));
    }

    #[test]
    fn the_same_seed_gives_the_same_bands() {
        let settings = Settings { paths: 200, ..Settings::default() };
        assert_eq!(project(&[steady()], &settings), project(&[steady()], &settings));
    }

    #[test]
    fn what_can_not_be_projected_is_refused() {
        let settings = Settings::default();
        assert_eq!(project(&[], &settings).unwrap_err(), Reason::TooFew { have: 0, need: 1 });
        let short = Group { admissions: vec![Admissions::complete(1); 5], ..steady() };
        assert_eq!(
            project(std::slice::from_ref(&short), &settings).unwrap_err(),
            Reason::SeriesTooShort { have: 5, need: 17 }
        );
        let uneven = Reason::LengthsDiffer { left: 70, right: 5 };
        assert_eq!(project(&[steady(), short], &settings).unwrap_err(), uneven);
        let endless = Settings { horizon: 0, ..settings };
        assert_eq!(project(&[steady()], &endless).unwrap_err(), Reason::Setting { name: "horizon" });
    }
}
