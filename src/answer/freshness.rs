//! Is a source as fresh as its rhythm promises? (● fresh ▲ late ■ stopped ◇ maintenance)
//!
//! A delivery is of the time that the source gave it (its stamp), or of when it came where it has none.
//! A source that speaks once a day by a time has a deadline on each day of its calendar; a delivery
//! counts for a deadline when it is of less than twelve hours before it, or later. One that speaks
//! every so many minutes has its next deadline that long after the last delivery, and on the next
//! open day when its calendar is closed then. Past one deadline (and its grace) a source is late,
//! past two it has stopped.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::question::{FreshState, Freshness, HeldBack, Waiting};
use crate::definitions::Outage;
use crate::definitions::mapping::{Mapping, Rhythm, RhythmDays};
use crate::epi::calendar::{first_office_day_of_week, is_office_day};
use crate::epi::clock::{from_jst, jst};
use crate::store::SourceState;

/// How long before its deadline a delivery may come and still be the one that was expected.
const EARLY: SignedDuration = SignedDuration::from_hours(12);
/// When an open day's first deadline counts from, for a source that rests on closed days.
const OPENING: Time = Time::constant(9, 0, 0, 0);
/// Longer than any run of closed days.
const LOOK_AHEAD: i32 = 40;

/// What is known of a source beside its mapping.
#[derive(Clone, Copy, Default)]
pub(super) struct Report<'a> {
    pub state: Option<&'a SourceState>,
    pub held_back: Option<HeldBack>,
    pub waiting: Option<Waiting>,
    /// The usual time between its deliveries, where a moment of the past is judged.
    pub usual: Option<SignedDuration>,
}

/// The freshness of one source at an instant, by up to when it had told until then: a file of a week ago that comes
/// today makes nothing fresh.
pub(super) fn freshness(
    mapping: &Mapping,
    report: Report<'_>,
    outages: &[Outage],
    now: Timestamp,
) -> Freshness {
    let state = report.state;
    let last = state.and_then(spoken);
    let planned = outages.iter().any(|o| o.source == mapping.source && o.from <= now && now < o.to);
    let (expected_by, judged) = match report.usual {
        Some(usual) => judge_then(&mapping.rhythm, usual, last, now),
        None => judge(&mapping.rhythm, last, now),
    };
    Freshness {
        source: mapping.source.clone(),
        title: mapping.title.ja.clone(),
        last_delivery: state.and_then(|s| s.last_delivery_at),
        // The days of a window end before the file was made.
        source_time: state
            .and_then(|s| s.told_until.filter(|told| s.last_delivery_at > Some(*told)).or(s.stamp)),
        expected_by,
        state: if planned { FreshState::Maintenance } else { judged },
        held_back: report.held_back,
        waiting: report.waiting,
    }
}

/// Of when its last word is, by its own stamp. The days of a window that ends the day before are all that it promised to tell; a
/// window that ended earlier is an old file.
fn spoken(state: &SourceState) -> Option<Timestamp> {
    let told = state.told_until?;
    let said = state.told.iter().map(|told| told.said).max().unwrap_or(told);
    let last_day = jst(told.saturating_sub(1.microsecond()).unwrap_or(told)).date();
    let current = last_day >= jst(said).date().saturating_sub(1.day());
    Some(if current { said.max(told) } else { told })
}

/// How a source was judged at a moment of the past: by its promise, or by how often it spoke then, where that is kinder.
/// History that was fed day by day did not stop each morning.
fn judge_then(
    rhythm: &Rhythm,
    usual: SignedDuration,
    last: Option<Timestamp>,
    now: Timestamp,
) -> (Option<Timestamp>, FreshState) {
    let promised = judge(rhythm, last, now);
    if !matches!(promised.1, FreshState::Late | FreshState::Stopped) {
        return promised;
    }
    let usual = u32::try_from(usual.as_mins()).unwrap_or(u32::MAX);
    let then = Rhythm {
        every_minutes: Some(usual),
        by: None,
        grace_minutes: rhythm.grace_minutes.max(usual / 4),
        ..rhythm.clone()
    };
    let found = judge(&then, last, now);
    let kinder = found.1 == FreshState::Fresh || promised.1 == FreshState::Stopped;
    if kinder { found } else { promised }
}

/// By when the next delivery is expected, and what follows from when the last one came.
pub fn judge(rhythm: &Rhythm, last: Option<Timestamp>, now: Timestamp) -> (Option<Timestamp>, FreshState) {
    let Some(last) = last else { return (None, FreshState::Never) };
    let Some(first) = next_deadline(rhythm, last) else { return (None, FreshState::Fresh) };
    let grace = SignedDuration::from_mins(rhythm.grace_minutes.into());
    if now <= first + grace {
        return (Some(first), FreshState::Fresh);
    }
    // What the source would have had to say at the first deadline, and then once more.
    let second = next_deadline(rhythm, first);
    let stopped = second.is_some_and(|second| now > second + grace);
    (Some(first), if stopped { FreshState::Stopped } else { FreshState::Late })
}

/// The deadline after a delivery; none for a source that speaks once.
fn next_deadline(rhythm: &Rhythm, last: Timestamp) -> Option<Timestamp> {
    if let Some(minutes) = rhythm.every_minutes {
        let due = last + SignedDuration::from_mins(minutes.into());
        return open_time(rhythm.calendar, due);
    }
    let by: Time = rhythm.by.as_deref()?.parse().ok()?;
    let start = jst(last).date();
    days_from(start)
        .filter(|day| is_open(rhythm.calendar, *day))
        .map(|day| from_jst(day.to_datetime(by)))
        .find(|deadline| *deadline - EARLY > last)
}

/// The instant itself on an open day, else the opening of the next open day.
fn open_time(calendar: RhythmDays, at: Timestamp) -> Option<Timestamp> {
    let day = jst(at).date();
    let open = days_from(day).find(|day| match calendar {
        RhythmDays::Weekly => is_office_day(*day),
        other => is_open(other, *day),
    })?;
    Some(if open == day { at } else { from_jst(open.to_datetime(OPENING)) })
}

fn days_from(start: Date) -> impl Iterator<Item = Date> {
    (0..LOOK_AHEAD).filter_map(move |ahead| start.checked_add(ahead.days()).ok())
}

fn is_open(calendar: RhythmDays, day: Date) -> bool {
    match calendar {
        RhythmDays::Daily => true,
        RhythmDays::Office => is_office_day(day),
        RhythmDays::Weekly => first_office_day_of_week(day) == Some(day),
        RhythmDays::Once => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;

    use super::*;

    fn at(text: &str) -> Timestamp {
        from_jst(text.parse::<DateTime>().expect("a time"))
    }

    fn daily(by: &str, calendar: RhythmDays, grace_minutes: u32) -> Rhythm {
        Rhythm { every_minutes: None, by: Some(by.to_owned()), calendar, grace_minutes }
    }

    fn state(rhythm: &Rhythm, last: &str, now: &str) -> FreshState {
        judge(rhythm, Some(at(last)), at(now)).1
    }

    #[test]
    fn every_half_hour() {
        let rhythm =
            Rhythm { every_minutes: Some(30), by: None, calendar: RhythmDays::Daily, grace_minutes: 15 };
        let last = "2026-11-22T10:00";
        assert_eq!(judge(&rhythm, Some(at(last)), at("2026-11-22T10:20")).0, Some(at("2026-11-22T10:30")));
        assert_eq!(state(&rhythm, last, "2026-11-22T10:45"), FreshState::Fresh);
        assert_eq!(state(&rhythm, last, "2026-11-22T10:46"), FreshState::Late);
        assert_eq!(state(&rhythm, last, "2026-11-22T11:15"), FreshState::Late);
        assert_eq!(state(&rhythm, last, "2026-11-22T11:16"), FreshState::Stopped);
    }

    #[test]
    fn the_past_is_judged_by_the_rhythm_of_then() {
        let rhythm =
            Rhythm { every_minutes: Some(5), by: None, calendar: RhythmDays::Daily, grace_minutes: 10 };
        let last = "2026-10-20T07:45";
        assert_eq!(state(&rhythm, last, "2026-10-20T12:00"), FreshState::Stopped);
        let then = |rhythm: &Rhythm, usual, last, now| judge_then(rhythm, usual, Some(at(last)), at(now)).1;
        let day = SignedDuration::from_hours(24);
        assert_eq!(then(&rhythm, day, last, "2026-10-20T12:00"), FreshState::Fresh);
        assert_eq!(
            then(&rhythm, day, last, "2026-10-21T14:00"),
            FreshState::Late,
            "a quarter of it is its grace"
        );
        assert_eq!(then(&rhythm, day, last, "2026-10-23T12:00"), FreshState::Stopped);
        let five = SignedDuration::from_mins(5);
        assert_eq!(then(&rhythm, five, last, "2026-10-20T12:00"), FreshState::Stopped, "it did fall silent");
        let morning = daily("09:30", RhythmDays::Daily, 30);
        let evening = "2026-10-19T21:00";
        assert_eq!(state(&morning, evening, "2026-10-20T12:00"), FreshState::Late);
        assert_eq!(
            then(&morning, day, evening, "2026-10-20T12:00"),
            FreshState::Fresh,
            "it spoke each evening"
        );
    }

    #[test]
    fn once_a_day() {
        let rhythm = daily("09:30", RhythmDays::Daily, 30);
        let last = "2026-11-22T09:10";
        assert_eq!(state(&rhythm, last, "2026-11-23T10:00"), FreshState::Fresh);
        assert_eq!(state(&rhythm, last, "2026-11-23T10:01"), FreshState::Late);
        assert_eq!(state(&rhythm, last, "2026-11-24T10:00"), FreshState::Late);
        assert_eq!(state(&rhythm, last, "2026-11-24T10:01"), FreshState::Stopped);
    }

    #[test]
    fn a_late_delivery_is_not_the_next_day_s() {
        let rhythm = daily("09:30", RhythmDays::Daily, 0);
        assert_eq!(state(&rhythm, "2026-11-22T15:00", "2026-11-23T09:00"), FreshState::Fresh);
        assert_eq!(state(&rhythm, "2026-11-22T15:00", "2026-11-23T09:31"), FreshState::Late);
    }

    #[test]
    fn offices_rest_on_holidays() {
        // Friday; Monday 2026-11-23 is 勤労感謝の日.
        let rhythm = daily("10:00", RhythmDays::Office, 0);
        let last = "2026-11-20T09:50";
        assert_eq!(
            judge(&rhythm, Some(at(last)), at("2026-11-22T12:00")),
            (Some(at("2026-11-24T10:00")), FreshState::Fresh)
        );
        assert_eq!(state(&rhythm, last, "2026-11-24T10:01"), FreshState::Late);
        assert_eq!(state(&rhythm, "2026-12-28T09:50", "2027-01-03T12:00"), FreshState::Fresh, "年末年始");
        assert_eq!(state(&rhythm, "2026-12-28T09:50", "2027-01-04T12:00"), FreshState::Late);
    }

    #[test]
    fn weekly_is_the_first_office_day_of_the_week() {
        let rhythm = daily("18:00", RhythmDays::Weekly, 0);
        assert_eq!(
            judge(&rhythm, Some(at("2026-11-16T17:00")), at("2026-11-22T12:00")).0,
            Some(at("2026-11-24T18:00"))
        );
        assert_eq!(state(&rhythm, "2026-11-16T17:00", "2026-11-25T09:00"), FreshState::Late);
        assert_eq!(state(&rhythm, "2026-11-16T17:00", "2026-12-01T09:00"), FreshState::Stopped);
    }

    #[test]
    fn an_hourly_source_of_an_office_rests_at_the_weekend() {
        let rhythm =
            Rhythm { every_minutes: Some(60), by: None, calendar: RhythmDays::Office, grace_minutes: 0 };
        assert_eq!(state(&rhythm, "2026-11-20T23:30", "2026-11-22T12:00"), FreshState::Fresh);
        assert_eq!(state(&rhythm, "2026-11-20T23:30", "2026-11-24T09:01"), FreshState::Late);
    }

    #[test]
    fn once_is_never_late_and_never_is_never() {
        let rhythm = Rhythm { every_minutes: None, by: None, calendar: RhythmDays::Once, grace_minutes: 0 };
        assert_eq!(state(&rhythm, "2020-01-01T00:00", "2026-11-22T12:00"), FreshState::Fresh);
        assert_eq!(judge(&rhythm, None, at("2026-11-22T12:00")), (None, FreshState::Never));
    }
}
