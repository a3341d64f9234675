//! So far, against the same point of earlier periods: as it was known then, and as it is known now.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::Timestamp;

use super::against::told;
use super::cells::cell_of;
use super::extent::{Extent, day_of};
use super::handle::{Answers, Result};
use super::question::{Cell, FreshState, Freshness, Question};
use super::range::Asked;
use crate::definitions::Word;
use crate::definitions::indicator::Indicator;
use crate::epi::clock::{from_jst, jst};
use crate::epi::period::Period;
use crate::epi::reason::Reason;
use crate::epi::to_date::Stretch;
use crate::measure::common::CASES;
use crate::measure::intervals::{Estimate, Level};
use crate::measure::rate_ratio::{Group, rate_ratio};
use crate::measure::register::to_date::{FIRST_DAY, METHOD};
use crate::store::BatchId;

/// Beside a figure of its own: it is the period before that has none.
const NONE_BEFORE: &str = "前期の記録なし";
const UNKNOWN_THEN: &str = "当時の記録なし";
const UNDELIVERED_THEN: &str = "当時のデータ未着のため比較不可";
const UNDELIVERED_NOW: &str = "現在のデータ未着のため比較不可";

/// One row of the table.
struct Line {
    code: &'static str,
    value: Option<i64>,
    before: Option<i64>,
    before_now: Option<i64>,
    last_year: Option<i64>,
    ratio: Option<Estimate>,
    reason: Option<String>,
}

impl Answers {
    /// The table as of the last whole minute before `asked.as_of` when that is now, else as of that instant.
    pub(super) async fn to_date(
        &self,
        indicator: &Arc<Indicator>,
        question: &Question,
        asked: &Asked,
        batch: BatchId,
        extent: &Extent,
    ) -> Result<RecordBatch> {
        let mut lines = Vec::new();
        for period in Period::ALL {
            lines.push(self.line(indicator, question, asked, batch, (period, extent)).await?);
        }
        let whole = |part: fn(&Line) -> Option<i64>| -> ArrayRef {
            Arc::new(lines.iter().map(part).collect::<Int64Array>())
        };
        let ratio = |part: fn(&Estimate) -> f64| -> ArrayRef {
            Arc::new(lines.iter().map(|l| l.ratio.as_ref().map(part)).collect::<Float64Array>())
        };
        let columns: [ArrayRef; 9] = [
            Arc::new(lines.iter().map(|line| Some(line.code)).collect::<StringArray>()),
            whole(|line| line.value),
            whole(|line| line.before),
            whole(|line| line.before_now),
            whole(|line| line.last_year),
            ratio(|ratio| ratio.value),
            ratio(|ratio| ratio.lower),
            ratio(|ratio| ratio.upper),
            Arc::new(lines.iter().map(|line| line.reason.as_deref()).collect::<StringArray>()),
        ];
        let columns = METHOD.made().zip(columns).map(|(made, column)| (made.name, column, true));
        told(&indicator.id, RecordBatch::try_from_iter_with_nullable(columns))
    }

    async fn line(
        &self,
        indicator: &Arc<Indicator>,
        question: &Question,
        asked: &Asked,
        batch: BatchId,
        (period, extent): (Period, &Extent),
    ) -> Result<Line> {
        // Of the time after the last word nobody has told: all are up to the point that was told of.
        let began = period.up_to(asked.as_of).from;
        let untold = extent.ended().filter(|until| *until <= from_jst(began.at(0, 0, 0, 0)));
        let at =
            extent.ended().filter(|_| untold.is_none()).map_or(asked.as_of, |until| asked.as_of.min(until));
        let (own, earlier, year) = (period.up_to(at), period.before(at), period.year_earlier(at));
        let known_then = self.known_at(&indicator.id, earlier.to, batch)?;
        let count = async |stretch: Stretch, batch: BatchId| {
            self.counted(indicator, question, asked, stretch, batch).await
        };
        let found = count(own, batch).await?;
        let begun = found.since.filter(|since| *since > own.from);
        let value = found.any(own).filter(|_| extent.is_told() && untold.is_none());
        let mut line = Line {
            code: period.so_far(),
            value,
            before: None,
            before_now: None,
            last_year: None,
            ratio: None,
            reason: None,
        };
        if value.is_none() {
            let why = if untold.is_some() || extent.spoken && !extent.is_told() {
                extent.note().ja
            } else {
                Reason::NoRecords.ja().to_owned()
            };
            return Ok(Line { reason: Some(why), ..line });
        }
        // Of a day between nobody has told: what the others come to is no sum.
        let gap = |stretch: Stretch| extent.gap(stretch.from, day_of(stretch.to));
        if let Some(why) = gap(own) {
            return Ok(Line { value: None, reason: Some(why), ..line });
        }
        if let Some(since) = begun {
            let since = since.strftime("%-m月%-d日");
            let word = self.catalog().glossary.ja(Word::PartRecord);
            return Ok(Line { reason: Some(format!("{word}（{since}から）")), ..line });
        }
        if period.alike(own, year) && gap(year).is_none() {
            line.last_year = count(year, batch).await?.whole(year);
        }
        if !period.alike(own, earlier) {
            return Ok(Line { reason: Some(Reason::NotAlike.ja().to_owned()), ..line });
        }
        if let Some(why) = gap(earlier) {
            return Ok(Line { reason: Some(format!("前期: {why}")), ..line });
        }
        line.before_now = count(earlier, batch).await?.whole(earlier);
        line.before = count(earlier, known_then).await?.whole(earlier);
        let unlike = self.unlike(indicator, earlier.to, at).await?;
        match (line.before.zip(value), unlike) {
            (None, _) if line.before_now.is_none() => {
                let part = found.since.filter(|since| *since > earlier.from && *since <= day_of(earlier.to));
                line.reason = Some(part.map_or_else(
                    || NONE_BEFORE.to_owned(),
                    |since| format!("{}（{since}から）", Reason::BeforeInPart.ja()),
                ));
            }
            (None, _) => line.reason = Some(UNKNOWN_THEN.to_owned()),
            (Some(_), Some(why)) => {
                line.before = line.before.filter(|_| why != UNDELIVERED_THEN);
                line.reason = Some(why.to_owned());
            }
            (Some((before, value)), None) => {
                match rate_ratio(group(value, own), group(before, earlier), Level::P95) {
                    Ok(ratio) => line.ratio = Some(ratio),
                    Err(why) => line.reason = Some(why.in_full().into_owned()),
                }
            }
        }
        Ok(line)
    }

    /// Why two moments may not be compared: at one of them a source had not said all that its rhythm promised. One that
    /// has said nothing in between, because it had ended or has not begun, is missing from both.
    async fn unlike(
        &self,
        indicator: &Indicator,
        then: Timestamp,
        now: Timestamp,
    ) -> Result<Option<&'static str>> {
        let (then, now) =
            (self.freshness_behind(indicator, then).await?, self.freshness_behind(indicator, now).await?);
        let fresh = |source: &Freshness| source.state == FreshState::Fresh;
        let mut why = None;
        for (then, now) in then.iter().zip(&now) {
            let absent = then.last_delivery == now.last_delivery && !fresh(then) && !fresh(now);
            if !absent && !fresh(then) {
                return Ok(Some(UNDELIVERED_THEN));
            }
            if !absent && !fresh(now) {
                why = Some(UNDELIVERED_NOW);
            }
        }
        Ok(why)
    }

    /// The query's one row for a stretch, by what one batch knew.
    async fn counted(
        &self,
        indicator: &Arc<Indicator>,
        question: &Question,
        asked: &Asked,
        stretch: Stretch,
        batch: BatchId,
    ) -> Result<Counted> {
        let day = jst(stretch.to).date();
        let part = Asked { from: stretch.from, to: day, as_of: stretch.to, as_of_day: day, ..asked.clone() };
        let computed = self.computed(indicator, question, &part, batch, false).await?;
        let cell = |name: &str| computed.rows.column_by_name(name).map_or(Cell::Null, |c| cell_of(c, 0));
        Ok(Counted { cases: cell(CASES.name).int(), since: cell(FIRST_DAY.name).day() })
    }
}

/// Cases of a stretch, and the first day of which there is any record.
struct Counted {
    cases: Option<i64>,
    since: Option<jiff::civil::Date>,
}

impl Counted {
    /// The count, if anything at all was recorded by the end of the stretch.
    fn any(&self, stretch: Stretch) -> Option<i64> {
        self.since.filter(|since| *since <= jst(stretch.to).date()).and(self.cases)
    }

    /// The count, if the records began no later than the stretch: what was not recorded is not zero.
    fn whole(&self, stretch: Stretch) -> Option<i64> {
        self.since.filter(|since| *since <= stretch.from).and(self.cases)
    }
}

fn group(cases: i64, stretch: Stretch) -> Group {
    Group { cases: cases as f64, person_time: stretch.length().as_secs().max(1) as f64 }
}

/// Now, without its seconds: what is asked anew within a minute is answered from memory.
pub(super) fn whole_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap_or(at)
}
