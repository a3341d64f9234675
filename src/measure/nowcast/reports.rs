//! Which reports a nowcast is made from: those within reach of its view, from the day on since which news came steadily.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::triangle::Report;

/// Days without news around a new year.
const LONGEST_SILENCE: i32 = 7;
/// Days before the view whose reports a nowcast is made from, whatever days are asked for; the queries know them too.
const REACH: i64 = 115;

/// The first day within reach of a view.
pub fn reach(view: Date) -> Date {
    view.saturating_sub(REACH.days())
}

/// The reports of days within reach of a view, from the day on since which news came steadily.
pub fn recent(all: &[Report], view: Date) -> Vec<Report> {
    let reach = reach(view);
    let within = || all.iter().filter(move |report| report.event >= reach);
    let first = steady_since(within().map(|report| report.known));
    within().filter(|report| Some(report.event) >= first).copied().collect()
}

/// The reports of older days, if news came steadily ever since.
pub fn older(all: &[Report], view: Date) -> Vec<Report> {
    let reach = reach(view);
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_at_a_time_are_left_out() {
        let monthly = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)];
        let daily = (0..30).map(|n| date(2026, 4, 20).checked_add(i64::from(n).days()).unwrap());
        assert_eq!(steady_since(monthly.into_iter().chain(daily)), Some(date(2026, 4, 20)));
        assert_eq!(steady_since(std::iter::empty()), None);
    }
}
