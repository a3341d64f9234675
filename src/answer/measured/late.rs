//! What is still to come of the last days: nowcasts from the days on which cases became known.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::Days;
use super::columns::{batch, day_column, days, floats, forecast, numbers, reasons};
use crate::epi::rounding::plain;
use crate::measure::nowcast::{EventDay, Held, History, Report, Settings, Triangle, held};
use crate::measure::reason::Reason;
use crate::measure::score::{Band, Forecast, LEVELS};

/// A week: those days that a wall is asked about most.
const FIRST_DAYS: usize = 7;
/// Days without news around a new year.
const LONGEST_SILENCE: i32 = 7;
/// Past days on which nowcasts are tried.
const TRIED: i64 = 42;
/// Days before the view whose reports a nowcast is made from, whatever days are asked for; the queries know them too.
const REACH: i64 = 115;

/// The rows as reports: event day, known day, count.
fn read(rows: &RecordBatch) -> Result<Vec<Report>, ArrowError> {
    let (events, known, counts) = (days(rows, "day")?, days(rows, "known_day")?, numbers(rows, "cases")?);
    let report = |((event, known), count): ((&Option<Date>, &Option<Date>), &Option<f64>)| {
        Some(Report { event: (*event)?, known: (*known)?, count: (*count)? as i64 })
    };
    Ok(events.iter().zip(&known).zip(&counts).filter_map(report).collect())
}

/// The reports of days within reach of a view, from the day on since which news came steadily.
fn recent(all: &[Report], view: Date) -> Vec<Report> {
    let reach = view.saturating_sub(REACH.days());
    let within = || all.iter().filter(move |report| report.event >= reach);
    let first = steady_since(within().map(|report| report.known));
    within().filter(|report| Some(report.event) >= first).copied().collect()
}

/// The reports of older days, if news came steadily ever since.
fn older(all: &[Report], view: Date) -> Vec<Report> {
    let reach = view.saturating_sub(REACH.days());
    let within = || all.iter().filter(move |report| report.event >= reach).map(|report| report.known);
    if steady_since(within()) != within().min() {
        return Vec::new();
    }
    let first = steady_since(all.iter().map(|report| report.known));
    all.iter().filter(|report| report.event < reach && Some(report.event) >= first).copied().collect()
}

/// The day from which on news came without a longer silence: what came a month at a time says nothing of delays of
/// days.
pub fn steady_since(known: impl Iterator<Item = Date>) -> Option<Date> {
    let days: BTreeSet<Date> = known.collect();
    let mut first = days.last().copied()?;
    for day in days.into_iter().rev() {
        if (first - day).get_days() > LONGEST_SILENCE {
            break;
        }
        first = day;
    }
    Some(first)
}

fn nowcasts(triangle: &Triangle, view: Date) -> Result<Vec<EventDay>, Reason> {
    History::prepare(triangle, Settings::default(), view, view)?.seen_on(view)
}

/// One row a day asked for that is over: what is known of it, and what it will have been. A day has one figure, whatever days
/// are asked for.
pub fn nowcast(rows: &RecordBatch, longest: usize, wanted: Days) -> Result<RecordBatch, ArrowError> {
    let all = read(rows)?;
    let reach = wanted.view.saturating_sub(REACH.days());
    let built = Triangle::build(recent(&all, wanted.view), longest, wanted.view);
    let before = Triangle::build(older(&all, wanted.view), longest, wanted.view);
    let made = built.as_ref().map_err(Clone::clone).and_then(|triangle| nowcasts(triangle, wanted.view));
    let asked: Vec<Date> =
        wanted.from.series(1.day()).take_while(|day| *day <= wanted.to && *day < wanted.view).collect();
    let known = |day: Date| {
        let triangle = if day < reach { before.as_ref() } else { built.as_ref() }.ok()?;
        Some(triangle.known(triangle.place(day).ok()?, longest))
    };
    let whole = |day: Date| {
        let known = known(day).map(|n| Forecast { median: n, bands: [Band { lower: n, upper: n }; 3] });
        known.ok_or(Reason::NoHistory)
    };
    let total = |day: Date| match &made {
        Err(why) if day >= reach => Err(why.clone()),
        Err(_) => whole(day),
        Ok(made) => match made.iter().find(|(event, _)| *event == day) {
            Some((_, found)) => found.clone().map(|found| found.total),
            // All that will come has come.
            None => whole(day),
        },
    };
    let found: Vec<Result<Forecast, Reason>> = asked.iter().map(|day| total(*day)).collect();
    let mut columns = vec![("day", day_column(asked.iter().copied()))];
    columns.extend(forecast(&found));
    let known = floats(asked.iter().map(|day| known(*day)));
    columns.extend([("known", cast(&known, &DataType::Int64)?), ("reason", reasons(&found))]);
    batch(columns)
}

/// One row a band: the share of past nowcasts that it held, with its limits, and the share that it should have.
pub fn coverage(rows: &RecordBatch, longest: usize, view: Date) -> Result<RecordBatch, ArrowError> {
    let nights = Triangle::build(recent(&read(rows)?, view), longest, view).and_then(|triangle| {
        let newest = view.checked_sub((longest as i64).days()).map_err(|_| Reason::NoHistory)?;
        let oldest = newest.checked_sub(TRIED.days()).map_err(|_| Reason::NoHistory)?.max(triangle.first());
        let history = History::prepare(&triangle, Settings::default(), oldest, newest)?;
        history.nights(oldest, newest, view, FIRST_DAYS)
    });
    let found: Vec<Result<Held, Reason>> = (0..LEVELS.len())
        .map(|level| held(nights.as_ref().map_err(Clone::clone)?, level, FIRST_DAYS))
        .collect();
    let level: ArrayRef =
        Arc::new(LEVELS.iter().map(|l| Some(format!("{}%", plain(l * 100.0, 0)?))).collect::<StringArray>());
    let part =
        |part: fn(&Held) -> f64| floats(found.iter().map(|held| held.as_ref().ok().map(|h| part(h) * 100.0)));
    let count = |part: fn(&Held) -> usize| -> ArrayRef {
        let counts = found.iter().map(|held| i64::try_from(part(held.as_ref().ok()?)).ok());
        Arc::new(counts.collect::<Int64Array>())
    };
    batch(vec![
        ("level", level),
        ("value", part(|held| held.share.value)),
        ("lower", part(|held| held.share.lower)),
        ("upper", part(|held| held.share.upper)),
        ("expected", part(|held| held.chance)),
        ("forecasts", count(|held| held.forecasts)),
        ("nights", count(|held| held.nights)),
        ("reason", reasons(&found)),
    ])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_has_one_figure_whatever_days_are_asked_for() {
        let view = date(2026, 11, 20);
        // Two years of a few a day, each known within three days; in August a fortnight without any news.
        let mut told: Vec<(Date, Date, i64)> = Vec::new();
        for ago in 0..730_i64 {
            let event = view.saturating_sub(ago.days());
            for delay in 0..4_i64 {
                let known = event.saturating_add(delay.days());
                let count = (ago * 7 + delay * 3) % 5;
                if known <= view && count > 0 {
                    told.push((event, known, count));
                }
            }
        }
        let rows = |from: Date, told: &[(Date, Date, i64)]| {
            let read = |event: Date| {
                from < view.saturating_sub(REACH.days()) || event >= view.saturating_sub(REACH.days())
            };
            let some: Vec<_> = told.iter().filter(|(event, ..)| read(*event)).collect();
            batch(vec![
                ("day", day_column(some.iter().map(|one| one.0))),
                ("known_day", day_column(some.iter().map(|one| one.1))),
                ("cases", Arc::new(some.iter().map(|one| Some(one.2)).collect::<Int64Array>())),
            ])
            .unwrap()
        };
        let silent = |known: &Date| *known < date(2026, 8, 10) || *known > date(2026, 8, 24);
        let broken: Vec<_> = told.iter().copied().filter(|(_, known, _)| silent(known)).collect();
        for told in [told, broken] {
            let asked =
                |from: Date, to: Date| nowcast(&rows(from, &told), 21, Days { from, to, view }).unwrap();
            let whole = asked(date(2025, 6, 1), view);
            let places = days(&whole, "day").unwrap();
            for (from, to) in [
                (date(2026, 11, 1), view),
                (date(2026, 7, 28), date(2026, 11, 10)),
                (date(2026, 7, 27), date(2026, 8, 30)),
                (date(2026, 1, 1), date(2026, 2, 1)),
            ] {
                let part = asked(from, to);
                let at = places.iter().position(|day| *day == Some(from)).unwrap();
                assert_eq!(part, whole.slice(at, part.num_rows()), "{from} to {to}");
            }
        }
    }

    #[test]
    fn months_at_a_time_are_left_out() {
        let monthly = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)];
        let daily = (0..30).map(|n| date(2026, 4, 20).checked_add(i64::from(n).days()).unwrap());
        assert_eq!(steady_since(monthly.into_iter().chain(daily)), Some(date(2026, 4, 20)));
        assert_eq!(steady_since(std::iter::empty()), None);
    }
}
