//! The reporting triangle: events by day and by the delay with which they became known.

use jiff::civil::Date;

use crate::epi::reason::Reason;

/// So many events of one day became known on a day; negative takes back what was known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub event: Date,
    pub known: Date,
    pub count: i64,
}

/// Counts known by delay, cumulated; one row an event day, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Triangle {
    first: Date,
    longest: usize,
    cumulated: Vec<f64>,
    /// Events that became known after the longest delay; they are not part of the target.
    pub beyond: i64,
}

impl Triangle {
    /// Build with delays 0 to `longest` ≥ 1. What is known before its event day counts with delay 0.
    ///
    /// Rows reach from the first event day to `view`; what is known after `view` is left out.
    pub fn build(
        reports: impl IntoIterator<Item = Report>,
        longest: usize,
        view: Date,
    ) -> Result<Self, Reason> {
        if longest == 0 {
            return Err(Reason::Setting { name: "longest" });
        }
        let seen = |report: &Report| report.known.max(report.event) <= view;
        let reports: Vec<Report> = reports.into_iter().filter(seen).collect();
        let first = reports.iter().map(|report| report.event).min().ok_or(Reason::AllMissing)?;
        let width = longest + 1;
        let rows = days_between(first, view)? + 1;
        let mut cumulated = vec![0.0; rows * width];
        let mut beyond = 0;
        for report in &reports {
            let row = days_between(first, report.event)?;
            let delay = days_between(report.event, report.known.max(report.event))?;
            if delay > longest {
                beyond += report.count;
            } else {
                cumulated[row * width + delay] += report.count as f64;
            }
        }
        for row in cumulated.chunks_exact_mut(width) {
            for delay in 1..width {
                row[delay] += row[delay - 1];
            }
        }
        Ok(Self { first, longest, cumulated, beyond })
    }

    pub fn first(&self) -> Date {
        self.first
    }

    pub fn longest(&self) -> usize {
        self.longest
    }

    pub fn rows(&self) -> usize {
        self.cumulated.len() / (self.longest + 1)
    }

    /// The row of a day; refused before the first and after the last.
    pub fn place(&self, day: Date) -> Result<usize, Reason> {
        if day < self.first {
            return Err(Reason::NoHistory);
        }
        let place = days_between(self.first, day)?;
        if place < self.rows() { Ok(place) } else { Err(Reason::AfterTheView) }
    }

    /// Events of a row known after `delay` days; corrections may have taken some back, but not under 0.
    pub fn known(&self, row: usize, delay: usize) -> f64 {
        self.raw(row, delay.min(self.longest)).max(0.0)
    }

    fn raw(&self, row: usize, delay: usize) -> f64 {
        self.cumulated[row * (self.longest + 1) + delay]
    }

    /// Known counts of a row by delay up to `upto`, as if later corrections had been made at once: what is
    /// taken back later is taken from the reports before it, so that the counts never fall.
    pub fn settled(&self, row: usize, upto: usize, into: &mut Vec<f64>) {
        into.clear();
        into.extend((0..=upto).map(|delay| self.raw(row, delay).max(0.0)));
        for delay in (0..upto).rev() {
            into[delay] = into[delay].min(into[delay + 1]);
        }
    }
}

fn days_between(from: Date, to: Date) -> Result<usize, Reason> {
    let days = to.since(from).map_err(|_| Reason::AfterTheView)?.get_days();
    usize::try_from(days).map_err(|_| Reason::AfterTheView)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn corrections_are_taken_from_what_they_correct() {
        let event = date(2026, 5, 1);
        let report = |day, count| Report { event, known: date(2026, 5, day), count };
        let triangle =
            Triangle::build([report(1, 5), report(2, 4), report(3, -6), report(20, 2)], 5, date(2026, 5, 30))
                .unwrap();
        assert_eq!((triangle.known(0, 0), triangle.known(0, 1), triangle.known(0, 2)), (5.0, 9.0, 3.0));
        assert_eq!(triangle.beyond, 2);
        let mut row = Vec::new();
        triangle.settled(0, 1, &mut row);
        assert_eq!(row, [5.0, 9.0], "the correction is not known before it is made");
        triangle.settled(0, 5, &mut row);
        assert_eq!(row, [3.0; 6]);
    }

    #[test]
    fn known_before_the_event_is_known_on_the_day() {
        let report = Report { event: date(2026, 5, 2), known: date(2026, 5, 1), count: 3 };
        let triangle = Triangle::build([report], 2, date(2026, 5, 2)).unwrap();
        assert_eq!(triangle.known(0, 0), 3.0);
        assert_eq!(Triangle::build([], 2, date(2026, 5, 2)), Err(Reason::AllMissing));
        assert_eq!(Triangle::build([report], 0, date(2026, 5, 2)), Err(Reason::Setting { name: "longest" }));
    }

    proptest! {
        #[test]
        fn settled_counts_never_fall(counts in prop::collection::vec((0..10_i8, -9..20_i64), 1..30)) {
            let event = date(2026, 5, 1);
            let reports = counts.iter().map(|&(delay, count)| Report { event, known: date(2026, 5, 1 + delay), count });
            let triangle = Triangle::build(reports, 9, date(2026, 5, 31)).unwrap();
            let mut row = Vec::new();
            triangle.settled(0, 9, &mut row);
            prop_assert!(row.windows(2).all(|pair| 0.0 <= pair[0] && pair[0] <= pair[1]));
        }
    }
}
