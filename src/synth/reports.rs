//! What the hospitals say of their beds each morning, and what happened in the ward: both follow the epidemic.

use super::case::{Place, Severity, Stay};
use super::epidemic;
use super::identity::Dice;
use super::moment::{DAY, Day, HOUR, Minute, day_in};
use super::plan::{Plan, Scenario};
use super::sheets::{BedReport, Event};
use super::ward::{Capacity, WARD_HOSPITALS, capacity_on};

/// Everything that a report is reckoned from.
pub(super) struct Hospitals<'a> {
    pub plan: &'a Plan,
    pub capacity: &'a [Capacity],
    /// Stays in each of the ward's hospitals.
    pub stays: Vec<Vec<&'a Stay>>,
    pub mean_intensity: f64,
}

impl<'a> Hospitals<'a> {
    pub(super) fn new(plan: &'a Plan, capacity: &'a [Capacity], stays: &'a [Stay]) -> Self {
        let mut by_hospital = vec![Vec::new(); WARD_HOSPITALS];
        for stay in stays.iter().filter(|s| s.place == Place::Hospital) {
            if let Some(list) = stay.facility.and_then(|f| by_hospital.get_mut(usize::from(f))) {
                list.push(stay);
            }
        }
        let sum: f64 = (plan.first_day()..=plan.last_day()).map(|d| epidemic::intensity(plan, d)).sum();
        Self { plan, capacity, stays: by_hospital, mean_intensity: sum / f64::from(plan.days) }
    }

    /// The last word of each hospital on each day, spoken after `since` and up to `at`.
    pub(super) fn reports(&self, since: Minute, at: Minute) -> Vec<BedReport> {
        let first = day_in(since).max(self.plan.first_day());
        let mut reports = Vec::new();
        for day in first..=day_in(at) {
            for hospital in 0..WARD_HOSPITALS {
                let last = spoken(self.plan.seed, hospital, day).into_iter().flatten().rfind(|m| *m <= at);
                reports.extend(last.filter(|m| *m > since).map(|m| self.report(hospital, m)));
            }
        }
        reports
    }

    /// What a hospital says at one moment: never less than our own patients there.
    pub(super) fn report(&self, hospital: usize, at: Minute) -> BedReport {
        let day = day_in(at);
        let there: Vec<&&Stay> =
            self.stays[hospital].iter().filter(|s| s.from <= at && at < s.to && s.from_known <= at).collect();
        let ours = there.len() as u32;
        let our_severe = there.iter().filter(|s| s.severity_at(at) == Severity::Severe).count() as u32;
        let capacity = capacity_on(self.capacity, hospital, day);
        let (secured, for_severe) = capacity.map_or((0, 0), |c| (c.secured, c.secured_severe));
        let load = (epidemic::intensity(self.plan, day) / self.mean_intensity).clamp(0.2, 4.0);
        let mut dice = Dice::new(self.plan.seed ^ day as u64, hospital as u32);
        let chance = 0.88 + dice.below(25) as f64 / 100.0;
        let wanted = f64::from(secured) * (0.34 + 0.3 * load.sqrt()).min(0.98) * chance;
        let occupied = (wanted.round() as u32).max(ours + ours / 5);
        let severe = (f64::from(for_severe) * (0.08 + 0.2 * load).min(0.95) * chance).round() as u32;
        BedReport {
            hospital,
            at,
            occupied,
            secured: occupied.min(secured),
            severe: severe.max(our_severe).min(occupied),
        }
    }
}

/// When a hospital reports on a day: between 8:10 and 9:20, seldom not at all, seldom once more after noon.
fn spoken(seed: u64, hospital: usize, day: Day) -> [Option<Minute>; 2] {
    let mut dice = Dice::new(seed.wrapping_add(17) ^ (day as u64) << 8, hospital as u32);
    let morning = day * DAY + 8 * HOUR + 10 + dice.below(70) as Minute;
    let missed = dice.once_in(140);
    let again = dice.once_in(60);
    [(!missed).then_some(morning), again.then_some(morning + 5 * HOUR)]
}

/// Declarations follow the waves; outbreaks in facilities follow chance.
pub(super) fn events(plan: &Plan) -> Vec<Event> {
    let mut found = Vec::new();
    if plan.scenario == Scenario::Pandemic {
        let mut declared = false;
        for day in plan.first_day()..=plan.last_day() {
            let high = epidemic::intensity(plan, day);
            let turns = if declared { high < 0.45 } else { high > 0.85 };
            if turns {
                declared = !declared;
                let what = if declared { "緊急事態宣言 開始" } else { "緊急事態宣言 解除" };
                found.push(Event { day, what, class: "" });
            }
        }
        let changed = plan.first_day() + (f64::from(plan.days) * 0.74) as Day;
        found.push(Event { day: changed, what: "届出対象の変更", class: "" });
    }
    let classes = ["医療機関", "高齢者施設", "保育所", "学校", "事業所", "障害者施設"];
    let mut dice = Dice::new(plan.seed, 99);
    let outbreaks = u64::from(plan.cases) / 1200 + 2;
    for _ in 0..outbreaks {
        let day = plan.first_day() + dice.below(u64::from(plan.days)) as Day;
        found.push(Event { day, what: "施設内発生", class: dice.pick(&classes) });
    }
    found.sort();
    found
}
