//! Where each patient is cared for, and when: triage, waiting for a bed, hospital, hotel, home, facility.

use rand::Rng;

use super::case::{Case, Class, Place, Severity, Stay, Urgency};
use super::disease::{self, Disease};
use super::moment::{DAY, Day, HOUR, Minute, NEVER, day_in};
use super::people::{Maker, gamma_days, skewed, weighted};
use super::plan::{Plan, Scenario};
use super::ward::{CARE_HOME, Capacity, HOTELS, OUTER_HOSPITALS, WARD_HOSPITALS, capacity_on};

/// Our patients in each of the ward's hospitals, by day, against what they may hold.
pub(super) struct Beds {
    first: Day,
    days: usize,
    taken: Vec<u16>,
    limit: Vec<u16>,
}

/// Days beyond the plan's end over which patients still lie in beds.
const AFTER: usize = 200;

impl Beds {
    pub(super) fn new(plan: &Plan, capacity: &[Capacity]) -> Self {
        let (first, days) = (plan.first_day(), plan.days as usize + AFTER);
        let mut limit = Vec::with_capacity(WARD_HOSPITALS * days);
        for hospital in 0..WARD_HOSPITALS {
            for day in first..first + days as Day {
                // The rest of the beds is for other wards' patients.
                let secured = capacity_on(capacity, hospital, day).map_or(0, |c| c.secured);
                limit.push((f64::from(secured) * 0.7).ceil() as u16);
            }
        }
        Self { first, days, taken: vec![0; limit.len()], limit }
    }

    fn place(&self, hospital: usize, day: Day) -> Option<usize> {
        let at = usize::try_from(day - self.first).ok().filter(|at| *at < self.days)?;
        Some(hospital * self.days + at)
    }

    fn free(&self, hospital: usize, day: Day) -> f64 {
        self.place(hospital, day).map_or(0.0, |at| f64::from(self.limit[at].saturating_sub(self.taken[at])))
    }

    /// A hospital with a free bed: in the ward if there is one (three times in four), else outside.
    fn take(&mut self, from: Minute, to: Minute, rng: &mut impl Rng) -> usize {
        let free: Vec<f64> = (0..WARD_HOSPITALS).map(|h| self.free(h, day_in(from))).collect();
        if free.iter().sum::<f64>() < 1.0 || rng.random::<f64>() > 0.75 {
            return rng.random_range(OUTER_HOSPITALS);
        }
        let hospital = weighted(&free, rng);
        for day in day_in(from)..=day_in(to) {
            if let Some(at) = self.place(hospital, day) {
                self.taken[at] += 1;
            }
        }
        hospital
    }
}

/// The stays of all cases, in the order of the cases; each case is told where its own stand.
pub(super) fn stays(plan: &Plan, capacity: &[Capacity], cases: &mut [Case], rng: &mut impl Rng) -> Vec<Stay> {
    let diseases = disease::of(plan.scenario);
    let maker = Maker::new(plan);
    let mut beds = Beds::new(plan, capacity);
    let mut all = Vec::with_capacity(cases.len() * 5 / 2);
    for (place, case) in (0u32..).zip(cases.iter_mut()) {
        let mut course = Course {
            place,
            disease: &diseases[usize::from(case.disease)],
            load: maker.load(case.reported),
            case: &mut *case,
            beds: &mut beds,
            made: Vec::new(),
        };
        course.run(plan.scenario, rng);
        let made = course.finish(rng);
        case.stays = (all.len() as u32, made.len() as u8);
        all.extend(made);
    }
    all
}

/// One case's way through care.
struct Course<'a> {
    case: &'a mut Case,
    place: u32,
    disease: &'a Disease,
    load: f64,
    beds: &'a mut Beds,
    made: Vec<Stay>,
}

impl Course<'_> {
    fn run(&mut self, scenario: Scenario, rng: &mut impl Rng) {
        if self.case.withdrawn != NEVER || self.case.class == Class::Died {
            return;
        }
        let start = self.case.received;
        if self.case.in_bed_at_report {
            self.hospital(start, rng);
            return;
        }
        let triage = start + skewed(2.5 * self.load, rng).min(40 * HOUR);
        self.stay(Place::Undecided, None, start, triage);
        if self.case.needs_bed {
            let later = self.case.severity <= Severity::Mild && rng.random::<f64>() < 0.6;
            let asks = if later { self.at_home_first(triage, rng) } else { triage };
            let admitted = self.await_bed(asks, rng);
            self.hospital(admitted, rng);
            return;
        }
        let days = 5.0 + rng.random::<f64>() * (self.disease.home_days - 5.0).max(1.0) * 1.1;
        let end = triage + (days * f64::from(DAY)) as Minute;
        let end = day_in(end) * DAY + 9 * HOUR + rng.random_range(0..4 * HOUR);
        match rng.random::<f64>() {
            x if self.case.age >= 75 && x < 0.3 => self.stay(Place::Facility, Some(CARE_HOME), triage, end),
            x if scenario == Scenario::Pandemic && (18..65).contains(&self.case.age) && x < 0.11 => {
                let hotel = rng.random_range(HOTELS);
                let moved = triage + rng.random_range(4 * HOUR..20 * HOUR);
                self.stay(Place::Home, None, triage, moved);
                self.stay(Place::Hotel, Some(hotel), moved, end);
            }
            _ => self.stay(Place::Home, None, triage, end),
        }
    }

    fn at_home_first(&mut self, from: Minute, rng: &mut impl Rng) -> Minute {
        let worse = from + rng.random_range(18 * HOUR..5 * DAY);
        self.stay(Place::Home, None, from, worse);
        worse
    }

    /// Waits for a bed; gives the time of admission.
    fn await_bed(&mut self, from: Minute, rng: &mut impl Rng) -> Minute {
        let (urgency, hours) = match self.case.severity {
            Severity::Severe => (Urgency::Emergency, 2.0),
            Severity::Moderate2 if rng.random::<f64>() < 0.6 => (Urgency::Emergency, 3.0),
            Severity::Moderate2 | Severity::Moderate1 => (Urgency::Today, 8.0),
            Severity::Mild | Severity::None => (Urgency::Standby, 20.0),
        };
        let to = from + skewed(hours * self.load, rng).min(6 * DAY);
        let at = self.made.len();
        self.stay(Place::Awaiting, None, from, to);
        self.made[at].urgency = Some(urgency);
        to
    }

    fn hospital(&mut self, from: Minute, rng: &mut impl Rng) {
        let longer = if self.case.severity >= Severity::Moderate2 { 1.7 } else { 1.0 };
        let days = gamma_days(self.disease.hospital_days * longer, rng).max(1);
        let to = (day_in(from) + days) * DAY + 10 * HOUR + rng.random_range(0..5 * HOUR);
        let hospital = self.beds.take(from, to, rng);
        let at = self.made.len();
        self.stay(Place::Hospital, Some(hospital), from, to);
        self.case.admitted = from;
        if self.case.severity == Severity::Moderate2 && days > 4 && rng.random::<f64>() < 0.2 {
            self.made[at].turn = (from + rng.random_range(DAY..3 * DAY), Severity::Severe);
        }
        let band = usize::from(self.case.age / 10).min(9);
        let grave = if self.made[at].severity_at(to) == Severity::Severe { 4.0 } else { 1.0 };
        if rng.random::<f64>() < self.disease.deaths[band] * grave {
            self.case.died = to;
            self.case.death_known = to + rng.random_range(HOUR..3 * DAY);
        }
    }

    fn stay(&mut self, place: Place, facility: Option<usize>, from: Minute, to: Minute) {
        self.made.push(Stay {
            case: self.place,
            place,
            facility: facility.map(|f| f as u8),
            urgency: None,
            severity: self.case.severity,
            turn: (NEVER, Severity::Severe),
            from,
            to: to.max(from + 1),
            from_known: NEVER,
            to_known: NEVER,
        });
    }

    /// Cuts the course where the case goes to another centre, and says when the ledger knows what.
    fn finish(mut self, rng: &mut impl Rng) -> Vec<Stay> {
        let leaves = self.case.moved_out;
        self.made.retain(|s| s.from < leaves);
        let mut known = self.case.visible();
        for stay in &mut self.made {
            stay.to = stay.to.min(leaves);
            // The end of one stay and the start of the next are written down together.
            stay.from_known = known.max(stay.from);
            known = stay.from_known.max(stay.to + rng.random_range(0..50));
            stay.to_known = known;
        }
        self.made
    }
}
