//! `nowcast(longest=21)`: of `day`, `known_day` and `cases`, how many each day will have had once all that comes within
//! `longest` days has come.

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::columns::{batch, day_column, days, floats, forecast, numbers, reasons};
use crate::measure::common::{
    CASES, DAY, KNOWN_DAY, LOWER, LOWER50, LOWER80, REASON, UPPER, UPPER50, UPPER80, VALUE,
};
use crate::measure::method::{Beside, Days, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::nowcast::{EventDay, History, Report, Settings, Triangle, older, reach, recent};
use crate::measure::parameter::Whole;
use crate::measure::score::{Band, Forecast};

/// Days after which all has come.
pub(super) const LONGEST: Whole = Whole { name: "longest", most: 60 };

/// Counts by the day of the event and the day on which they became known.
pub(super) const REPORTS: &[Column] = &[DAY, KNOWN_DAY, CASES];

pub static METHOD: Method = Method {
    name: "nowcast",
    parameters: &[&LONGEST],
    needs: REPORTS,
    makes: &[
        Part::First,
        Part::Made(VALUE),
        Part::Made(LOWER50),
        Part::Made(UPPER50),
        Part::Made(LOWER80),
        Part::Made(UPPER80),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(Column::new("known", Role::Count)),
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "遅れの日数ごとの積み上がり（チェインラダー法、0件でも使える形 (x + 1 − F) ÷ F）。50・80・95%の帯は、同じ系列で過去に\
             推計した誤差に当てはめた負の二項分布（Mack, ASTIN Bulletin 1993; Wolffram et al., PLoS Computational Biology 2023）",
        en: "chain ladder by days of delay, in its zero-safe form (x + 1 − F) ÷ F; the bands are a negative \
             binomial fitted to the errors of this history's own past nowcasts (Mack, ASTIN Bulletin 1993; \
             Wolffram et al., PLoS Computational Biology 2023)",
    },
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    nowcast(rows, LONGEST.of(call).map_err(uncalled)?, beside.days)
}

/// The rows as reports: event day, known day, count.
pub(super) fn read(rows: &RecordBatch) -> Result<Vec<Report>, ArrowError> {
    let (events, known, counts) = (days(rows, "day")?, days(rows, "known_day")?, numbers(rows, "cases")?);
    let report = |((event, known), count): ((&Option<Date>, &Option<Date>), &Option<f64>)| {
        Some(Report { event: (*event)?, known: (*known)?, count: (*count)? as i64 })
    };
    Ok(events.iter().zip(&known).zip(&counts).filter_map(report).collect())
}

fn nowcasts(triangle: &Triangle, view: Date) -> Result<Vec<EventDay>, Reason> {
    History::prepare(triangle, Settings::default(), view, view)?.seen_on(view)
}

/// One row a day asked for that is over: what is known of it, and what it will have been. A day has one figure, whatever days
/// are asked for.
fn nowcast(rows: &RecordBatch, longest: usize, wanted: Days) -> Result<RecordBatch, ArrowError> {
    let all = read(rows)?;
    let reach = reach(wanted.view);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;
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
            let read = |event: Date| from < reach(view) || event >= reach(view);
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
}
