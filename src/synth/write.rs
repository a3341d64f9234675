//! Files on disk: the history of a ward's deliveries, or one export of any size.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Ward;
use super::cp932;
use super::form::Form;
use super::moment::{DAY, Day, HOUR, Minute, date_of, day_in, day_of};

#[derive(Debug, thiserror::Error)]
#[error("{path} に書けません (unable to write {path})")]
pub struct WriteError {
    pub path: PathBuf,
    #[source]
    pub why: io::Error,
}

/// One moment at which all sources deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Minute,
    /// The moment before; none: the first.
    pub since: Option<Minute>,
    /// How many days before `since` the export of notifications goes back.
    pub reach: Day,
}

/// When the sources deliver: at the end of each month, for the last `daily` days each evening, a week and a month
/// before the end of the plan every half hour around the same time of day (so that a figure so far has its like), and
/// at the end of the plan.
pub fn schedule(ward: &Ward, daily: Day) -> Vec<Moment> {
    let plan = ward.plan();
    let evening = 21 * HOUR;
    let (first, last) = (plan.first_day(), plan.last_day());
    let monthly = (first..=last - daily).filter(|day| {
        let month_ends = day_of(date_of(*day).last_of_month()) == *day;
        month_ends || *day == last - daily
    });
    let mut times: Vec<(Minute, Day)> = monthly.map(|day| (day * DAY + evening, 45)).collect();
    times.extend(((last - daily + 1).max(first)..=last).map(|day| (day * DAY + evening, 21)));
    let end = plan.end_minute();
    let month = last - day_of(date_of(last).saturating_sub(jiff::Span::new().months(1)));
    for (days, count) in [(7, ALIKE), (month, ALIKE / 2)] {
        let same = end - days * DAY;
        times.extend((0..count).map(|n| (same - 10 + n * 30, 21)));
    }
    times.retain(|(at, _)| (first * DAY..end).contains(at));
    times.push((end, 21));
    times.sort_unstable();
    times.dedup_by_key(|(at, _)| *at);
    let mut since = None;
    let moment = |(at, reach): (Minute, Day)| Moment { at, since: since.replace(at), reach };
    times.into_iter().map(moment).collect()
}

/// Half hours around the same time of day a week before.
const ALIKE: Minute = 8;

/// Writes what all sources deliver at these moments, each into a folder of its own below `dir`; gives the files
/// in the order of their deliveries.
pub fn write(ward: &Ward, moments: &[Moment], dir: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let mut written = Vec::new();
    for moment in moments {
        for delivery in ward.deliveries(moment.since, moment.at, moment.reach) {
            let folder = dir.join(delivery.source);
            let path = folder.join(&delivery.name);
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&path, &delivery.bytes))
                .map_err(|why| WriteError { path: path.clone(), why })?;
            written.push(path);
        }
    }
    Ok(written)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Cp932,
    Utf8,
}

impl Ward {
    /// Writes the whole HER-SYS export as known at `at`, a piece at a time: the withdrawn duplicates are not in
    /// it. Every `changed`-th row has another state of care than the ward knows, as if a day had passed.
    /// Returns the number of rows.
    pub fn export(
        &self,
        at: Minute,
        encoding: Encoding,
        changed: Option<u32>,
        out: &mut impl Write,
    ) -> io::Result<u32> {
        const PIECE: usize = 1 << 20;
        let form = Form { seed: self.plan.seed, at, diseases: self.diseases, days: &self.days };
        let (mut text, mut bytes) = (String::with_capacity(PIECE * 2), Vec::with_capacity(PIECE * 2));
        let mut rows = 0;
        Form::header(&mut text);
        let mut give = |text: &mut String| {
            match encoding {
                Encoding::Utf8 => out.write_all(text.as_bytes())?,
                Encoding::Cp932 => {
                    bytes.clear();
                    cp932::encode(text, &mut bytes);
                    out.write_all(&bytes)?;
                }
            }
            text.clear();
            Ok::<(), io::Error>(())
        };
        for case in self.cases.iter().filter(|c| c.is_in_export(at)) {
            rows += 1;
            let otherwise = changed.is_some_and(|every| rows % every == 0);
            form.row(&mut text, case, self.stays_of(case), otherwise);
            if text.len() > PIECE {
                give(&mut text)?;
            }
        }
        give(&mut text)?;
        Ok(rows)
    }

    /// A moment at which everything is known that ever will be, and an open case has its last status.
    pub fn long_after(&self) -> Minute {
        self.plan.end_minute() + 60 * DAY
    }

    /// The first and last day of report.
    pub fn span(&self) -> (Day, Day) {
        (self.plan.first_day(), day_in(self.plan.end_minute()))
    }
}
