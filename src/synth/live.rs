//! The ward going on: beside what the plan foresees, somebody is notified every few seconds, placed within
//! minutes and cared for within the hour, so that a wall that is watched moves.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::case::{Case, Channel, Class, Place, Severity, Stay, Urgency};
use super::feeds::list_of_beds_between;
use super::moment::{HOUR, Minute, NEVER, day_in, minute_of};
use super::people::{self, Maker, weighted};
use super::plan::MOST_CASES;
use super::ward::{HOTELS, OUTER_HOSPITALS, WARD_HOSPITALS};
use super::{Delivery, Ward};

/// Of so many ticks one brings a hospital's word.
const HOSPITAL_EVERY: u32 = 6;
/// So many ticks of a day bring somebody new each; after them fewer and fewer do, so that a demo left on for a day
/// does not show thousands.
const BUSY: u32 = 120;
/// Days of report in a live export.
const WINDOW: i32 = 1;

pub struct Live {
    ward: Ward,
    rng: ChaCha8Rng,
    last: Minute,
    ticks: u32,
    /// Ticks of the current day.
    today: u32,
    /// The hospital that speaks next, and how many more patients it has got.
    speaker: (usize, u32),
}

impl Live {
    /// Goes on from the moment of the last delivery.
    pub fn new(ward: Ward, last: Minute) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(ward.plan.seed ^ 0x11fe);
        Self { ward, rng, last, ticks: 0, today: 0, speaker: (0, 0) }
    }

    /// Lives a tick of an earlier run through again, without delivering anything: the same ticks bring the
    /// same people.
    pub fn relive(&mut self, tick: DateTime) {
        self.advance(minute_of(tick), &mut BTreeSet::new());
    }

    /// Somebody new, most of the time.
    fn advance(&mut self, at: Minute, touched: &mut BTreeSet<u32>) {
        self.today = if day_in(self.last) < day_in(at) { 1 } else { self.today.saturating_add(1) };
        self.last = at;
        self.ticks = self.ticks.wrapping_add(1);
        let somebody = self.rng.random_range(0..self.today.max(BUSY)) < BUSY;
        if somebody && self.ward.cases.len() < MOST_CASES as usize {
            self.notify(at, touched);
        }
        if self.ticks.is_multiple_of(HOSPITAL_EVERY) {
            self.speaker = (self.rng.random_range(0..WARD_HOSPITALS), self.rng.random_range(0..3));
        }
    }

    /// What the sources deliver at `now`: somebody new, and everything that has changed since the last tick.
    pub fn tick(&mut self, now: DateTime) -> Vec<Delivery> {
        let at = minute_of(now);
        let (since, new_day) = (self.last.min(at), day_in(self.last) < day_in(at));
        let mut touched = BTreeSet::new();
        self.advance(at, &mut touched);
        let mut files = if new_day {
            // The day's own deliveries; the live ones below go over them.
            self.ward.deliveries(Some(since), at, 21)
        } else {
            Vec::new()
        };
        if !new_day {
            let today = day_in(at);
            let from = (today - self.ward.reach(WINDOW)).max(self.ward.plan.first_day());
            files.push(self.ward.notifications(from, today, at));
            files.extend(self.ward.ledger_with(since, at, &touched));
            files.extend(self.ward.bed_reports(since, at));
            if list_of_beds_between(since, at) {
                files.push(self.ward.capacity(at));
            }
        }
        if self.ticks.is_multiple_of(HOSPITAL_EVERY) {
            files.retain(|f| f.source != "hospital-beds");
            files.push(self.hospital(since, at));
        }
        for file in &mut files {
            // Names carry minutes; live deliveries come by the second.
            file.name = file.name.replace("00.csv", &format!("{:02}.csv", now.second()));
        }
        files
    }

    fn notify(&mut self, at: Minute, touched: &mut BTreeSet<u32>) {
        let today = day_in(at);
        let mut case = Maker::new(&self.ward.plan).case(today, &mut self.rng);
        let step = people::step(self.ward.plan.cases);
        case.number = self.ward.cases.last().map_or(0, |last| last.number) + step;
        case.received = at;
        case.entered = if case.channel == Channel::Fax { at } else { at - 1 };
        case.first_contact = at + self.rng.random_range(2..45);
        case.moved_out = NEVER;
        case.corrected = None;
        if case.class == Class::Died {
            case.class = Class::Confirmed;
            case.died = NEVER;
            case.death_known = NEVER;
        }
        let place = self.ward.cases.len() as u32;
        let first = self.ward.stays.len() as u32;
        let stays = self.course(place, &case);
        case.admitted = stays.iter().find(|s| s.place == Place::Hospital).map_or(NEVER, |s| s.from);
        case.stays = (first, stays.len() as u8);
        touched.extend(first..first + stays.len() as u32);
        self.ward.stays.extend(stays);
        self.ward.cases.push(case);
    }

    /// Undecided for some minutes, then cared for, all within the hour or two.
    fn course(&mut self, case: u32, made: &Case) -> Vec<Stay> {
        let from = made.received;
        let decided = from + self.rng.random_range(1..6);
        let stay = |place, from: Minute, to: Minute| Stay {
            case,
            place,
            facility: None,
            urgency: None,
            severity: made.severity,
            turn: (NEVER, Severity::Severe),
            from,
            to,
            from_known: from,
            to_known: to,
        };
        let mut stays = vec![stay(Place::Undecided, from, decided)];
        if made.needs_bed {
            let found = decided + self.rng.random_range(2..12);
            let urgency = match made.severity {
                Severity::Severe | Severity::Moderate2 => Urgency::Emergency,
                Severity::Moderate1 => Urgency::Today,
                Severity::Mild | Severity::None => Urgency::Standby,
            };
            stays.push(Stay { urgency: Some(urgency), ..stay(Place::Awaiting, decided, found) });
            let hospital = if self.rng.random::<f64>() < 0.7 {
                self.rng.random_range(0..WARD_HOSPITALS)
            } else {
                self.rng.random_range(OUTER_HOSPITALS)
            };
            let out = found + self.rng.random_range(HOUR..4 * HOUR);
            stays.push(Stay { facility: Some(hospital as u8), ..stay(Place::Hospital, found, out) });
            return stays;
        }
        let out = decided + self.rng.random_range(20..50);
        if weighted(&[0.88, 0.12], &mut self.rng) == 1 {
            let hotel = self.rng.random_range(HOTELS) as u8;
            stays.push(Stay { facility: Some(hotel), ..stay(Place::Hotel, decided, out) });
        } else {
            stays.push(stay(Place::Home, decided, out));
        }
        stays
    }

    /// One hospital speaks again, with whatever others have said since.
    fn hospital(&self, since: Minute, at: Minute) -> Delivery {
        let (hospital, more) = self.speaker;
        let hospitals = self.ward.hospitals();
        let mut reports = hospitals.reports(since, at);
        reports.retain(|r| r.hospital != hospital);
        let mut report = hospitals.report(hospital, at);
        report.occupied += more;
        reports.push(report);
        self.ward.bed_file(at, &reports)
    }

    /// The minute up to which everything has been delivered.
    pub fn last(&self) -> Minute {
        self.last
    }

    /// As if nothing had been delivered after this minute: a tick may have ended before its files were taken.
    pub fn delivered_until(&mut self, at: Minute) {
        self.last = self.last.min(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{DAY, Plan, Scenario};
    use jiff::civil::datetime;

    #[test]
    fn every_tick_brings_somebody() {
        let end = datetime(2026, 11, 22, 14, 5, 0, 0);
        let plan = Plan { cases: 2000, days: 60, ..Plan::of(Scenario::Pandemic, end) };
        let ward = Ward::new(plan).unwrap();
        let rows = |d: &Delivery| d.bytes.iter().filter(|b| **b == b'\n').count();
        let last = minute_of(end);
        let mut live = Live::new(ward, last);
        let mut before = 0;
        for second in [5, 10, 15, 20, 25, 30] {
            let files = live.tick(end.with().second(second).build().unwrap());
            assert_eq!(files[0].source, "her-sys-cases");
            assert!(files[0].name.ends_with(&format!("{second:02}.csv")), "{}", files[0].name);
            assert!(rows(&files[0]) > before);
            before = rows(&files[0]);
            assert!(files.iter().any(|f| f.source == "care-ledger"));
        }
        let has_plan = |files: &[Delivery]| files.iter().any(|f| f.source == "bed-capacity");
        assert!(!has_plan(&live.tick(datetime(2026, 11, 23, 9, 1, 0, 0))), "a holiday");
        assert!(!has_plan(&live.tick(datetime(2026, 11, 24, 0, 1, 0, 0))));
        assert!(has_plan(&live.tick(datetime(2026, 11, 24, 9, 0, 0, 0))), "the first open day of the week");
        assert!(!has_plan(&live.tick(datetime(2026, 11, 24, 9, 1, 0, 0))), "once");
        assert_eq!(day_in(live.last()) * DAY, minute_of(datetime(2026, 11, 24, 0, 0, 0, 0)));
    }

    #[test]
    fn a_demo_left_on_calms_down() {
        let start = datetime(2026, 11, 22, 0, 0, 0, 0);
        let plan = Plan { cases: 2000, days: 60, ..Plan::of(Scenario::Pandemic, start) };
        let mut live = Live::new(Ward::new(plan).unwrap(), minute_of(start));
        let mut before = live.ward.cases.len();
        for day in 0..2 {
            for second in (0..86_400).step_by(5) {
                live.relive(start + jiff::Span::new().days(day).seconds(second));
            }
            let new = live.ward.cases.len() - before;
            assert!((500..900).contains(&new), "{new} on day {day}");
            before = live.ward.cases.len();
        }
    }
}
