//! The whole ward, and the file that each of its systems would deliver.

use std::collections::BTreeSet;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::case::{Case, Stay};
use super::disease::{self, Disease};
use super::form::Form;
use super::moment::{DAY, Day, DayTexts, HOUR, Minute, compact, compact_minute, date_of, day_in, day_of};
use super::plan::{Plan, PlanError, Scenario};
use super::reports::{self, Hospitals};
use super::sheets::{self, BedReport, Event, Ledger};
use super::ward::{self, Capacity};
use super::{cp932, people, stays};
use crate::epi::calendar::first_office_day_of_week;

/// One file of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The mapping that reads it.
    pub source: &'static str,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The whole ward: everything that will ever be known of it.
pub struct Ward {
    pub(super) plan: Plan,
    pub(super) diseases: &'static [Disease],
    pub(super) days: DayTexts,
    pub(super) capacity: Vec<Capacity>,
    pub(super) events: Vec<Event>,
    pub(super) cases: Vec<Case>,
    pub(super) stays: Vec<Stay>,
}

impl Ward {
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        plan.check()?;
        let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
        let beds = match plan.scenario {
            Scenario::Pandemic => (plan.cases / plan.days).max(12),
            Scenario::Routine => 12,
        };
        let capacity = ward::capacities(beds, plan.first_day(), plan.days);
        let mut cases = people::cases(&plan, &mut rng);
        let stays = stays::stays(&plan, &capacity, &mut cases, &mut rng);
        Ok(Self {
            diseases: disease::of(plan.scenario),
            days: DayTexts::new(plan.first_day() - 900, plan.last_day() + 1500),
            events: reports::events(&plan),
            plan,
            capacity,
            cases,
            stays,
        })
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The HER-SYS export of forms dated `from` to `to`.
    pub fn notifications(&self, from: Day, to: Day, at: Minute) -> Delivery {
        let mut text = String::new();
        Form::header(&mut text);
        let form = Form { seed: self.plan.seed, at, diseases: self.diseases, days: &self.days };
        for case in &self.cases {
            if from <= case.reported && case.reported <= to && case.is_in_export(at) {
                form.row(&mut text, case, self.stays_of(case), false);
            }
        }
        let name = format!("hersys_{}-{}_{}.csv", compact(from), compact(to), compact_minute(at));
        in_cp932("her-sys-cases", name, &text)
    }

    /// The ledger's rows that changed after `since`; none when nothing did.
    pub fn ledger(&self, since: Minute, at: Minute) -> Option<Delivery> {
        self.ledger_with(since, at, &BTreeSet::new())
    }

    /// As [`Self::ledger`], with the stays that were touched by hand as well.
    pub(super) fn ledger_with(&self, since: Minute, at: Minute, touched: &BTreeSet<u32>) -> Option<Delivery> {
        let mut text = String::new();
        Ledger::header(&mut text);
        let empty = text.len();
        let ledger = Ledger { seed: self.plan.seed, at, diseases: self.diseases, days: &self.days };
        for (place, stay) in (0u32..).zip(&self.stays) {
            if stay.changed_within(since, at) || (touched.contains(&place) && stay.from_known <= at) {
                let case = &self.cases[stay.case as usize];
                ledger.row(&mut text, case, stay, place - case.stays.0 + 1);
            }
        }
        let name = format!("ledger_{}.csv", compact_minute(at));
        (text.len() > empty).then(|| in_cp932("care-ledger", name, &text))
    }

    /// The hospitals' reports made after `since`; none when no hospital spoke.
    pub fn bed_reports(&self, since: Minute, at: Minute) -> Option<Delivery> {
        let reports = self.hospitals().reports(since, at);
        (!reports.is_empty()).then(|| self.bed_file(at, &reports))
    }

    pub(super) fn hospitals(&self) -> Hospitals<'_> {
        Hospitals::new(&self.plan, &self.capacity, &self.stays)
    }

    pub(super) fn bed_file(&self, at: Minute, reports: &[BedReport]) -> Delivery {
        let mut text = String::from("\u{feff}");
        sheets::bed_reports(&mut text, disease::of_beds(self.plan.scenario), &self.days, reports);
        in_utf8("hospital-beds", format!("beds_{}.csv", compact_minute(at)), text)
    }

    /// The plan of beds as far as it is decided: a week ahead.
    pub fn capacity(&self, at: Minute) -> Delivery {
        let known: Vec<Capacity> =
            self.capacity.iter().filter(|c| c.from <= day_in(at) + 7).copied().collect();
        let mut text = String::new();
        sheets::capacity(&mut text, disease::of_beds(self.plan.scenario), &self.days, &known);
        in_cp932("bed-capacity", format!("capacity_{}.csv", compact_minute(at)), &text)
    }

    /// The register's firsts of the month after `since`, one file each.
    pub fn population(&self, since: Minute, at: Minute) -> Vec<Delivery> {
        let last = date_of(day_in(at)).first_of_month();
        let first = date_of(day_in(since).max(self.plan.first_day())).first_of_month();
        let mut files = Vec::new();
        let mut month = first;
        while month <= last {
            let day = day_of(month);
            if day * DAY > since || files.is_empty() && since < self.plan.first_day() * DAY {
                let before = f64::from((self.plan.last_day() - day).max(0)) / 30.4;
                let total = f64::from(self.plan.population) * (1.0 - 0.0004 * before.floor());
                let mut text = String::new();
                sheets::population(&mut text, day, total.round() as u32);
                let name = format!("population_{}.csv", &compact(day)[..6]);
                files.push(in_cp932("population-register", name, &text));
            }
            let Ok(next) = month.checked_add(jiff::Span::new().months(1)) else { break };
            month = next;
        }
        files
    }

    pub fn facilities(&self, at: Minute) -> Delivery {
        let mut text = String::new();
        sheets::facilities(&mut text);
        in_utf8("facilities", format!("facilities_{}.csv", compact_minute(at)), text)
    }

    /// All events up to the day, or none before the first.
    pub fn events(&self, at: Minute) -> Option<Delivery> {
        let known: Vec<Event> = self.events.iter().filter(|e| e.day <= day_in(at)).cloned().collect();
        if known.is_empty() {
            return None;
        }
        let mut text = String::from("\u{feff}");
        sheets::events(&mut text, &known);
        Some(in_utf8("ward-events", format!("events_{}.csv", compact_minute(at)), text))
    }

    /// What every source says at `at`, having last spoken at `since` (none: never). The export of
    /// notifications reaches `reach` days further back than `since`.
    pub fn deliveries(&self, since: Option<Minute>, at: Minute, reach: Day) -> Vec<Delivery> {
        let before = self.plan.first_day() * DAY - 1;
        let last = since.unwrap_or(before);
        let first_time = since.is_none();
        let new_day = day_in(last) != day_in(at);
        let mut files = Vec::new();
        if first_time {
            files.push(self.facilities(at));
        }
        if first_time || new_day {
            files.extend(self.population(last, at));
        }
        if first_time || list_of_beds_between(last, at) || self.plans_between(last, at) {
            files.push(self.capacity(at));
        }
        let news = self.events.iter().any(|e| day_in(last) < e.day && e.day <= day_in(at));
        if first_time || news {
            files.extend(self.events(at));
        }
        let from = (day_in(last) - self.reach(reach)).max(self.plan.first_day());
        files.push(self.notifications(if first_time { self.plan.first_day() } else { from }, day_in(at), at));
        files.extend(self.ledger(last, at));
        files.extend(self.bed_reports(last, at));
        files
    }

    fn plans_between(&self, since: Minute, at: Minute) -> bool {
        self.capacity.iter().any(|c| day_in(since) + 7 < c.from && c.from <= day_in(at) + 7)
    }

    /// With few notifications, that stay open for months, an export goes back half a year.
    pub(super) fn reach(&self, usual: Day) -> Day {
        match self.plan.scenario {
            Scenario::Pandemic => usual,
            Scenario::Routine => usual.max(180),
        }
    }

    pub(super) fn stays_of(&self, case: &Case) -> &[Stay] {
        let (first, count) = case.stays;
        &self.stays[first as usize..first as usize + usize::from(count)]
    }
}

/// The list of beds comes on the first open day of each week, at nine; in a history told month by month, when it is a new one.
pub(super) fn list_of_beds_between(since: Minute, at: Minute) -> bool {
    let comes = |day: &Day| {
        first_office_day_of_week(date_of(*day)) == Some(date_of(*day))
            && (since + 1..=at).contains(&(day * DAY + 9 * HOUR))
    };
    at - since < 7 * DAY && (day_in(since)..=day_in(at)).any(|day| comes(&day))
}

fn in_cp932(source: &'static str, name: String, text: &str) -> Delivery {
    let mut bytes = Vec::with_capacity(text.len());
    cp932::encode(text, &mut bytes);
    Delivery { source, name, bytes }
}

fn in_utf8(source: &'static str, name: String, text: String) -> Delivery {
    Delivery { source, name, bytes: text.into_bytes() }
}
