//! How many of ours will be in the ward's hospitals: what a projection is made from, and from how far back.
//!
//! The rows are stays as they are known now, counted by age band, first and last day (`known_day` null), and what
//! became known of stays on which day (1 and −1). What was known on a past day is what is known now without
//! what came later: no projection of the past sees its future.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::backtest::{self, Backtest};
use super::projection::Admissions;
use super::{Group, Origin, Projection, Settings, Stay, project};
use crate::epi::reason::Reason;
use crate::measure::columns::{days, numbers, words};
use crate::measure::intervals::Level;
use crate::measure::nowcast::{self, History, Report, Triangle, steady_since};
use crate::measure::survival::{self, kaplan_meier};

/// Days of admissions that a projection looks back on: eight weeks for the weekdays, and some.
const LOOKED_BACK: i64 = 70;
/// Days from which the stays are estimated.
const STAYS_FROM: i64 = 180;
/// Fewer stays than these that have ended, and a band takes the curve of all.
const FEWEST: usize = 30;
/// Days after which an admission is known, but for corrections.
const LONGEST_DELAY: usize = 14;
/// Past days on which projections are tried, and the days from one to the next.
const TRIED: i64 = 90;
const EVERY: usize = 2;
/// Stays that are alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    pub band: Option<String>,
    pub from: Date,
    pub to: Option<Date>,
}

/// The stays in a ward, as they are known and as they became known.
pub struct Ward {
    now: BTreeMap<Kept, i64>,
    /// What became known, by day.
    changes: Vec<(Date, Kept, i64)>,
    pub secured: Option<f64>,
    /// Patients of other wards, as last reported.
    pub others: Option<f64>,
    /// Hospitals whose beds are not among them.
    pub left_out: Option<String>,
}

impl Ward {
    pub fn read(rows: &RecordBatch) -> Result<Self, ArrowError> {
        let bands = words(rows, "band")?;
        let (from, to) = (days(rows, "from_day")?, days(rows, "to_day")?);
        let (known, stays) = (days(rows, "known_day")?, numbers(rows, "stays")?);
        let (secured, others) = (numbers(rows, "secured")?, numbers(rows, "others")?);
        let mut ward = Self {
            now: BTreeMap::new(),
            changes: Vec::new(),
            secured: secured.iter().copied().flatten().next(),
            others: others.iter().copied().flatten().next(),
            left_out: words(rows, "left_out")?.into_iter().flatten().next(),
        };
        for row in 0..rows.num_rows() {
            let (Some(from), Some(stays)) = (from[row], stays[row]) else { continue };
            // Who left on the day of admission has taken no bed overnight; who left before it, none at all.
            if to[row].is_some_and(|to| to <= from) {
                continue;
            }
            let kept = Kept { band: bands[row].clone(), from, to: to[row] };
            match known[row] {
                None => *ward.now.entry(kept).or_default() += stays as i64,
                Some(day) => ward.changes.push((day, kept, stays as i64)),
            }
        }
        Ok(ward)
    }

    /// The stays as they were known at the end of a day.
    pub fn known_on(&self, day: Date) -> BTreeMap<Kept, i64> {
        let mut known = self.now.clone();
        for (_, kept, delta) in self.changes.iter().filter(|(when, ..)| *when > day) {
            *known.entry(kept.clone()).or_default() -= delta;
        }
        known.retain(|_, stays| *stays > 0);
        known
    }

    /// The first day from which on news came steadily: before it nothing is known of what was known.
    fn first_known(&self) -> Option<Date> {
        steady_since(self.changes.iter().map(|(day, ..)| *day))
    }

    /// How many were in at the end of each day, as known now.
    pub fn occupancy(&self, first: Date, last: Date) -> Vec<Option<f64>> {
        let inside = |day: Date| self.now.iter().filter(|(kept, _)| is_in(kept, day)).map(|(_, n)| *n).sum();
        first.series(1.day()).take_while(|day| *day <= last).map(|day| Some(count(inside(day)))).collect()
    }

    /// When admissions became known: event day and known day.
    pub fn triangle(&self, view: Date) -> Result<Triangle, Reason> {
        let first = self.first_known().ok_or(Reason::NoHistory)?;
        let reports = self.changes.iter().filter(|(_, kept, _)| kept.from >= first);
        let reports =
            reports.map(|(known, kept, delta)| Report { event: kept.from, known: *known, count: *delta });
        Triangle::build(reports, LONGEST_DELAY, view).map_err(|_| Reason::NoHistory)
    }

    /// The beds that are left for ours.
    pub fn limit(&self) -> Option<f64> {
        Some((self.secured? - self.others.unwrap_or(0.0)).max(0.0))
    }

    /// What a projection from the end of `day` starts from, with what was known on the day after it.
    pub fn groups(&self, day: Date, history: &History<'_>) -> Result<Vec<Group>, Reason> {
        let known_on = tomorrow(day)?;
        let known = self.known_on(known_on);
        let missing = missing(history, known_on);
        let pooled = curve(&known, None, day)?;
        let first = back(day, LOOKED_BACK - 1)?;
        // The bands as they were known: one that came later was no part of the ward's picture then.
        let mut bands: Vec<&Option<String>> = known.keys().map(|kept| &kept.band).collect();
        bands.dedup();
        let recent = |band: &Option<String>| -> f64 {
            let since = back(day, 27).unwrap_or(day);
            let of = known.iter().filter(|(k, _)| k.band == *band && k.from >= since && k.from <= day);
            of.map(|(_, n)| count(*n)).sum::<f64>()
        };
        let total: f64 = bands.iter().copied().map(recent).sum();
        bands
            .iter()
            .copied()
            .map(|band| {
                let share = if total > 0.0 { recent(band) / total } else { 1.0 / bands.len() as f64 };
                let own = band.as_ref().and_then(|_| curve(&known, Some(band), day).ok());
                let (stay, ended) =
                    own.filter(|(_, ended)| *ended >= FEWEST).unwrap_or_else(|| pooled.clone());
                let mut admitted: BTreeMap<Date, u32> = BTreeMap::new();
                let mut inpatients = Vec::new();
                for (kept, stays) in known.iter().filter(|(kept, _)| kept.band == *band) {
                    let stays = u32::try_from(*stays).unwrap_or(0);
                    if kept.from >= first && kept.from <= day {
                        *admitted.entry(kept.from).or_default() += stays;
                    }
                    if is_in(kept, day) {
                        let elapsed = (day - kept.from).get_days().unsigned_abs() as usize;
                        if inpatients.len() <= elapsed {
                            inpatients.resize(elapsed + 1, 0);
                        }
                        inpatients[elapsed] += stays;
                    }
                }
                let admissions = first.series(1.day()).take_while(|at| *at <= day).map(|at| {
                    let known = admitted.get(&at).copied().unwrap_or(0);
                    match missing.get(&at) {
                        Some((mean, size)) => {
                            Admissions { known, missing_mean: mean * share, missing_size: *size }
                        }
                        None => Admissions::complete(known),
                    }
                });
                let discharges = u32::try_from(ended).ok();
                Ok(Group { admissions: admissions.collect(), inpatients, stay, discharges })
            })
            .collect()
    }
}

fn is_in(kept: &Kept, day: Date) -> bool {
    kept.from <= day && kept.to.is_none_or(|to| to > day)
}

fn count(n: i64) -> f64 {
    n as f64
}

fn tomorrow(day: Date) -> Result<Date, Reason> {
    day.tomorrow().map_err(|_| Reason::NoHistory)
}

fn back(day: Date, days: i64) -> Result<Date, Reason> {
    day.checked_sub(days.days()).map_err(|_| Reason::NoHistory)
}

/// The admissions that are still to be reported, by day: mean and size. Without a history of delays: none.
fn missing(history: &History<'_>, known_on: Date) -> BTreeMap<Date, (f64, f64)> {
    let made = history.seen_on(known_on).unwrap_or_default();
    let found = made.into_iter().filter_map(|(day, found)| {
        let found = found.ok()?;
        Some((day, (found.missing_mean.max(0.0), found.missing_size)))
    });
    found.filter(|(_, (mean, _))| *mean > 0.0).collect()
}

/// The survival of stays as known, and how many of them had ended.
fn curve(
    known: &BTreeMap<Kept, i64>,
    band: Option<&Option<String>>,
    day: Date,
) -> Result<(Stay, usize), Reason> {
    let window = back(day, STAYS_FROM)?;
    let mut stays = Vec::new();
    let mut ended = 0;
    let days = |from: Date, to: Date| f64::from((to - from).get_days());
    for (kept, n) in known.iter().filter(|(kept, _)| band.is_none_or(|band| kept.band == *band)) {
        if kept.from > day || kept.to.is_some_and(|to| to <= window) {
            continue;
        }
        let gone = kept.to.filter(|to| *to <= day);
        let stay = survival::Stay {
            entry: days(kept.from, window.max(kept.from)),
            exit: days(kept.from, gone.unwrap_or(day)),
            ended: gone.is_some(),
        };
        let n = usize::try_from(*n).unwrap_or(0);
        ended += if stay.ended { n } else { 0 };
        stays.extend(std::iter::repeat_n(stay, n));
    }
    let found = kaplan_meier(&stays, Level::P95)?;
    let last = found.steps().last().map_or(0.0, |step| step.time) as usize;
    let shares: Vec<f64> = (0..=last).map_while(|day| found.at(day as f64).ok()).collect();
    Ok((Stay::new(&shares)?, ended))
}

/// The projection from the end of the day before `view`.
pub fn projected(ward: &Ward, ahead: usize, view: Date) -> Result<Projection, Reason> {
    let day = back(view, 1)?;
    let triangle = ward.triangle(view)?;
    let history = History::prepare(&triangle, nowcast::Settings::default(), view, view)?;
    once(ward.groups(day, &history)?, Settings { horizon: ahead, ..Settings::default() })
}

/// The projection made last, with what it was made from.
static LAST: Mutex<Option<(Vec<Group>, Settings, Projection)>> = Mutex::new(None);

/// A board asks for the days ahead and for the day on which beds are taken: both from one simulation.
fn once(groups: Vec<Group>, settings: Settings) -> Result<Projection, Reason> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match last.as_ref() {
        Some((from, with, made)) if *from == groups && *with == settings => Ok(made.clone()),
        _ => {
            let made = project(&groups, &settings)?;
            *last = Some((groups, settings, made.clone()));
            Ok(made)
        }
    }
}

/// Projections as they would have been made on past days, against what came.
pub fn tested(ward: &Ward, ahead: usize, view: Date) -> Result<Backtest, Reason> {
    let last = back(view, 1)?;
    let first_known = ward.first_known().ok_or(Reason::NoHistory)?;
    // The delays need a past of their own.
    let steady = first_known.checked_add(14.days()).map_err(|_| Reason::NoHistory)?;
    let oldest = back(last, TRIED)?.max(steady);
    if oldest >= last {
        return Err(Reason::NoHistory);
    }
    let triangle = ward.triangle(view)?;
    let history = History::prepare(&triangle, nowcast::Settings::default(), tomorrow(oldest)?, view)?;
    let first = back(oldest, LOOKED_BACK)?;
    let occupancy = ward.occupancy(first, last);
    let mut origins = Vec::new();
    for day in oldest.series((EVERY as i64).days()).take_while(|day| *day < last) {
        let at = (day - first).get_days().unsigned_abs() as usize;
        if let Ok(groups) = ward.groups(day, &history) {
            origins.push(Origin { at, groups });
        }
    }
    let settings = Settings { horizon: ahead, ..Settings::default() };
    backtest::backtest(&origins, &occupancy, &settings)
}
