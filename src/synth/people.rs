//! Who is notified, and by which way: from the day of a report back to the infection and on to the ward's desk.

use rand::Rng;
use rand_distr::{Distribution, Gamma, LogNormal};

use super::case::{Case, Channel, Class, Correction, Severity, Sex, sign};
use super::disease::{self, Disease};
use super::epidemic;
use super::moment::{DAY, Day, HOUR, Minute, NEVER, NO_DAY, day_in};
use super::plan::{Plan, Scenario};
use super::ward::DISTRICTS;

/// When in the day notifications are received: by hour, relative.
const HOURS: [f64; 24] = [
    0.5, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.0, 3.0, 6.0, 8.0, 8.5, 8.0, 6.5, 7.0, 8.0, 9.0, 9.5, 8.5, 6.5, 4.0,
    2.5, 1.5, 0.8,
];

/// The notifications of a plan, in the order in which the export gets them, numbered.
pub(super) fn cases(plan: &Plan, rng: &mut impl Rng) -> Vec<Case> {
    let counts = epidemic::daily_counts(plan, rng);
    let mut maker = Maker::new(plan);
    let mut cases = Vec::with_capacity(plan.cases as usize + plan.cases as usize / 100);
    for (count, day) in counts.into_iter().zip(plan.first_day()..) {
        for _ in 0..count {
            let case = maker.case(day, rng);
            if rng.random::<f64>() < 0.006 {
                cases.push(twin(&case, rng));
            }
            cases.push(case);
        }
    }
    cases.sort_by_key(Case::visible);
    let step = step(plan.cases);
    for (case, n) in cases.iter_mut().zip(0u32..) {
        case.number = FIRST_NUMBER + n * step;
    }
    cases
}

const FIRST_NUMBER: u32 = 700_000;

/// Ids have gaps, because other wards' notifications lie between; with very many cases they must not.
pub(super) fn step(cases: u32) -> u32 {
    (9_000_000 / (cases + cases / 100 + 1)).clamp(1, 7)
}

/// A second clinic's notification of the same person, withdrawn when 名寄せ finds it.
fn twin(case: &Case, rng: &mut impl Rng) -> Case {
    let mut twin = case.clone();
    twin.received += rng.random_range(20..30 * HOUR);
    twin.reported = day_in(twin.received).max(case.reported);
    twin.entered = twin.received;
    twin.first_contact = NEVER;
    twin.withdrawn = twin.received + rng.random_range(12 * HOUR..6 * DAY);
    twin.corrected = None;
    twin.died = NEVER;
    twin.death_known = NEVER;
    twin.moved_out = NEVER;
    twin
}

/// Makes cases one by one.
pub(super) struct Maker<'a> {
    plan: &'a Plan,
    diseases: &'static [Disease],
    mean_intensity: f64,
    /// The day asked for last, and the running shares of the diseases on it.
    shares: (Day, Vec<f64>),
}

impl<'a> Maker<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let sum: f64 = (plan.first_day()..=plan.last_day()).map(|d| epidemic::intensity(plan, d)).sum();
        Self {
            plan,
            diseases: disease::of(plan.scenario),
            mean_intensity: sum / f64::from(plan.days),
            shares: (NO_DAY, Vec::new()),
        }
    }

    /// A case whose form is dated `reported`; its number and stays are for others to give.
    pub(super) fn case(&mut self, reported: Day, rng: &mut impl Rng) -> Case {
        let which = self.disease_on(reported, rng);
        let disease = &self.diseases[which];
        let done = f64::from(reported - self.plan.first_day()) / f64::from(self.plan.days);
        let band = weighted(&disease.ages, rng);
        let age = (band * 10) as u8 + rng.random_range(0..10);
        let class = self.class(disease, done, rng);
        let dates = dates(disease, class, reported, rng);
        let outside = rng.random::<f64>() < 0.045;
        let needs_bed = class != Class::Died && rng.random::<f64>() < disease.admitted[band];
        let severity = severity(class, needs_bed, age, rng);
        let (received, entered, channel) = self.arrival(reported, done, rng);
        let shares: Vec<f64> = DISTRICTS.iter().map(|d| d.share).collect();
        let mut case = Case {
            number: 0,
            disease: which as u8,
            class,
            channel,
            district: (!outside).then(|| weighted(&shares, rng) as u8),
            sex: match rng.random::<f64>() {
                x if x < 0.504 => Sex::Male,
                x if x < 0.993 => Sex::Female,
                x if x < 0.995 => Sex::Other,
                _ => Sex::Unknown,
            },
            age,
            infected: dates.infected,
            onset: dates.onset,
            first_visit: dates.first_visit,
            sampled: dates.sampled,
            diagnosed: dates.diagnosed,
            reported,
            received,
            entered,
            first_contact: self.first_contact(received.max(entered), reported, rng),
            severity,
            spo2: spo2(severity, rng),
            signs: signs(class, severity, age, rng),
            vaccinations: vaccinations(done, age, rng),
            method: (class != Class::Suspected)
                .then(|| weighted(&disease.methods.iter().map(|m| m.1).collect::<Vec<_>>(), rng) as u8),
            route: weighted(&[0.58, 0.27, 0.15], rng) as u8,
            needs_bed,
            in_bed_at_report: needs_bed && rng.random::<f64>() < 0.25,
            admitted: NEVER,
            died: NEVER,
            death_known: NEVER,
            moved_in: rng.random::<f64>() < 0.03,
            moved_out: NEVER,
            withdrawn: NEVER,
            corrected: None,
            stays: (0, 0),
        };
        if class == Class::Died {
            case.died = reported * DAY - rng.random_range(0..2 * DAY);
            case.death_known = case.visible();
        } else if !needs_bed && rng.random::<f64>() < if outside { 0.35 } else { 0.02 } {
            case.moved_out = case.visible() + rng.random_range(3 * HOUR..3 * DAY);
        }
        case.corrected = correction(&case, rng);
        case
    }

    fn disease_on(&mut self, day: Day, rng: &mut impl Rng) -> usize {
        if self.diseases.len() == 1 {
            return 0;
        }
        if self.shares.0 != day {
            self.shares = (day, self.diseases.iter().map(|d| d.share * epidemic::season(d, day)).collect());
        }
        weighted(&self.shares.1, rng)
    }

    fn class(&self, disease: &Disease, done: f64, rng: &mut impl Rng) -> Class {
        let chance = rng.random::<f64>();
        // みなし陽性 came with the great waves.
        let suspected = if self.plan.scenario == Scenario::Pandemic && done > 0.6 { 0.06 } else { 0.003 };
        match chance {
            x if x < 0.0006 => Class::Died,
            x if x < 0.0006 + disease.asymptomatic => Class::Asymptomatic,
            x if x < 0.0006 + disease.asymptomatic + suspected => Class::Suspected,
            _ => Class::Confirmed,
        }
    }

    /// Received, entered, and by which channel.
    fn arrival(&self, reported: Day, done: f64, rng: &mut impl Rng) -> (Minute, Minute, Channel) {
        let days_later = match rng.random::<f64>() {
            x if x < 0.90 => 0,
            x if x < 0.975 => 1,
            x if x < 0.985 => 2,
            _ => rng.random_range(3..=18),
        };
        let hour = weighted(&HOURS, rng) as Minute;
        let received = (reported + days_later) * DAY + hour * HOUR + rng.random_range(0..HOUR);
        match self.plan.scenario {
            Scenario::Routine => (received, received + skewed(9.0, rng), Channel::Nesid),
            Scenario::Pandemic if rng.random::<f64>() < 0.42 - 0.36 * done => {
                (received, received + skewed(5.0 * self.load(reported), rng), Channel::Fax)
            }
            Scenario::Pandemic => (received, received - rng.random_range(1..90), Channel::HerSys),
        }
    }

    /// How busy the centre is: 1 on average, at most 4.
    pub(super) fn load(&self, day: Day) -> f64 {
        (epidemic::intensity(self.plan, day) / self.mean_intensity).clamp(0.5, 4.0)
    }

    /// Some hours later, and only between half past eight and nine in the evening.
    fn first_contact(&self, known: Minute, day: Day, rng: &mut impl Rng) -> Minute {
        let at = known + skewed(3.0 * self.load(day), rng).min(4 * DAY);
        let (opens, closes) = (8 * HOUR + 30, 21 * HOUR);
        match at.rem_euclid(DAY) {
            x if x < opens => day_in(at) * DAY + opens + rng.random_range(0..3 * HOUR),
            x if x >= closes => (day_in(at) + 1) * DAY + opens + rng.random_range(0..3 * HOUR),
            _ => at,
        }
    }
}

struct Dates {
    infected: Day,
    onset: Day,
    first_visit: Day,
    sampled: Day,
    diagnosed: Day,
}

fn dates(disease: &Disease, class: Class, reported: Day, rng: &mut impl Rng) -> Dates {
    let diagnosed = reported
        - match rng.random::<f64>() {
            x if x < 0.78 => 0,
            x if x < 0.95 => 1,
            _ => rng.random_range(2..5),
        };
    let sampled = diagnosed - weighted(&[0.62, 0.28, 0.1], rng) as Day;
    if matches!(class, Class::Asymptomatic | Class::Died) {
        return Dates { infected: NO_DAY, onset: NO_DAY, first_visit: sampled, sampled, diagnosed };
    }
    let onset = sampled.min(diagnosed - gamma_days(disease.to_diagnosis, rng));
    let infected = onset - gamma_days(disease.incubation, rng).max(1);
    let first_visit = onset.max(sampled - Day::from(rng.random::<f64>() < 0.15));
    let known_infection = rng.random::<f64>() < 0.3;
    let known_onset = rng.random::<f64>() < 0.965;
    Dates {
        infected: if known_infection { infected } else { NO_DAY },
        onset: if known_onset { onset } else { NO_DAY },
        first_visit,
        sampled,
        diagnosed,
    }
}

fn severity(class: Class, needs_bed: bool, age: u8, rng: &mut impl Rng) -> Severity {
    if class == Class::Asymptomatic {
        return Severity::None;
    }
    if !needs_bed {
        return if rng.random::<f64>() < 0.015 { Severity::Moderate1 } else { Severity::Mild };
    }
    let tilt = f64::from(age) / 100.0;
    match weighted(&[0.34, 0.36 + 0.2 * tilt, 0.12 + 0.2 * tilt, 0.02 + 0.05 * tilt], rng) {
        0 => Severity::Mild,
        1 => Severity::Moderate1,
        2 => Severity::Moderate2,
        _ => Severity::Severe,
    }
}

fn spo2(severity: Severity, rng: &mut impl Rng) -> u8 {
    let around = match severity {
        Severity::None | Severity::Mild => 98,
        Severity::Moderate1 => 95,
        Severity::Moderate2 => 92,
        Severity::Severe => 86,
    };
    let measured = severity >= Severity::Moderate1 || rng.random::<f64>() < 0.4;
    if measured { (around + rng.random_range(-2..=1)).clamp(60, 100) as u8 } else { 0 }
}

fn signs(class: Class, severity: Severity, age: u8, rng: &mut impl Rng) -> u16 {
    let mut bits = 0;
    let ill = matches!(class, Class::Confirmed | Class::Suspected);
    let old = f64::from(age) / 100.0;
    let grave = severity >= Severity::Moderate1;
    let table = [
        (sign::FEVER, if ill { 0.74 } else { 0.0 }),
        (sign::COUGH, if ill { 0.52 } else { 0.0 }),
        (sign::PNEUMONIA, if grave { 0.85 } else { 0.004 }),
        (sign::MALAISE, if ill { 0.38 } else { 0.0 }),
        (sign::HEADACHE, if ill { 0.33 } else { 0.0 }),
        (sign::DIARRHOEA, if ill { 0.07 } else { 0.0 }),
        (sign::TASTE, if ill { 0.12 } else { 0.0 }),
        (sign::OTHER, if ill { 0.18 } else { 0.0 }),
        (sign::HYPERTENSION, old * 0.45),
        (sign::DIABETES, old * 0.2),
        (sign::SMOKER, if age >= 20 { 0.19 } else { 0.0 }),
        (sign::IMMUNE, 0.008 + old * 0.02),
    ];
    for (bit, chance) in table {
        if rng.random::<f64>() < chance {
            bits |= bit;
        }
    }
    if (20..45).contains(&age) && rng.random::<f64>() < 0.012 {
        bits |= sign::PREGNANT;
    }
    bits
}

fn vaccinations(done: f64, age: u8, rng: &mut impl Rng) -> u8 {
    let willing = if age < 12 { 0.05 } else { 0.7 + f64::from(age) / 400.0 };
    let offered = [0.42, 0.47, 0.68].iter().filter(|start| done > **start).count();
    let mut taken = 0;
    while taken < offered && rng.random::<f64>() < willing {
        taken += 1;
    }
    taken as u8
}

fn correction(case: &Case, rng: &mut impl Rng) -> Option<(Minute, Correction)> {
    let what = match rng.random::<f64>() {
        x if x < 0.045 && case.onset != NO_DAY => Correction::Onset,
        x if x < 0.053 => Correction::Age(if case.age >= 10 { -10 } else { 1 }),
        x if x < 0.065 && case.district.is_some() => Correction::District,
        x if x < 0.070 && case.class == Class::Confirmed => Correction::Class,
        _ => return None,
    };
    Some((case.visible() + rng.random_range(8 * HOUR..16 * DAY), what))
}

/// Minutes around a median of so many hours, with a long tail.
pub(super) fn skewed(median_hours: f64, rng: &mut impl Rng) -> Minute {
    let hours = LogNormal::new(median_hours.ln(), 0.75).map_or(median_hours, |d| d.sample(rng));
    (hours * f64::from(HOUR)).clamp(1.0, f64::from(30 * DAY)) as Minute
}

/// Whole days around a mean.
pub(super) fn gamma_days(mean: f64, rng: &mut impl Rng) -> Day {
    Gamma::new(2.4, mean / 2.4).map_or(mean, |d| d.sample(rng)).round().min(400.0) as Day
}

/// A place in `weights`, by weight.
pub(super) fn weighted(weights: &[f64], rng: &mut impl Rng) -> usize {
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return place;
        }
    }
    weights.len() - 1
}
