//! What is known of each disease that the synthetic ward hears of: how it comes, whom it strikes, how long it lasts.

use super::plan::Scenario;

pub(super) struct Disease {
    pub code: &'static str,
    /// As the form writes it.
    pub ja: &'static str,
    /// Share of the scenario's notifications over a year.
    pub share: f64,
    /// Month of its peak (1–12) and how much of it is seasonal (0–1); a pandemic ignores them.
    pub peak_month: f64,
    pub seasonal: f64,
    /// Mean days from onset to diagnosis.
    pub to_diagnosis: f64,
    /// Mean days from infection to onset.
    pub incubation: f64,
    pub asymptomatic: f64,
    /// Share of patients by ten-year band, 0–9 … 90 and over.
    pub ages: [f64; 10],
    /// Chance of admission by ten-year band.
    pub admitted: [f64; 10],
    /// Chance of death of those admitted, by ten-year band.
    pub deaths: [f64; 10],
    /// Mean days in hospital, and of care at home from the diagnosis on.
    pub hospital_days: f64,
    pub home_days: f64,
    pub methods: &'static [(&'static str, f64)],
}

const EVEN: [f64; 10] = [8.0, 8.0, 14.0, 14.0, 13.0, 12.0, 11.0, 11.0, 7.0, 2.0];
const OLD: [f64; 10] = [2.0, 1.0, 3.0, 4.0, 7.0, 12.0, 19.0, 26.0, 20.0, 6.0];
const CHILD: [f64; 10] = [30.0, 36.0, 8.0, 9.0, 8.0, 4.0, 2.0, 2.0, 1.0, 0.2];
const RARELY: [f64; 10] = [0.0, 0.0, 0.0, 0.001, 0.002, 0.005, 0.01, 0.03, 0.06, 0.1];
const NEVER: [f64; 10] = [0.0; 10];

const COVID: Disease = Disease {
    code: "covid-19",
    ja: "新型コロナウイルス感染症",
    share: 1.0,
    peak_month: 1.0,
    seasonal: 0.0,
    to_diagnosis: 2.4,
    incubation: 3.4,
    asymptomatic: 0.09,
    ages: [9.0, 10.0, 21.0, 21.0, 17.0, 11.5, 5.0, 3.3, 1.7, 0.5],
    admitted: [0.012, 0.006, 0.012, 0.019, 0.030, 0.055, 0.10, 0.19, 0.32, 0.38],
    deaths: [0.0, 0.0, 0.001, 0.001, 0.003, 0.008, 0.02, 0.045, 0.09, 0.13],
    hospital_days: 9.5,
    home_days: 8.0,
    methods: &[("核酸増幅法", 0.66), ("抗原定性検査", 0.22), ("抗原定量検査", 0.12)],
};

const fn routine(
    code: &'static str,
    ja: &'static str,
    share: f64,
    season: (f64, f64),
    ages: [f64; 10],
    method: &'static [(&'static str, f64)],
) -> Disease {
    Disease {
        code,
        ja,
        share,
        peak_month: season.0,
        seasonal: season.1,
        to_diagnosis: 5.0,
        incubation: 8.0,
        asymptomatic: 0.0,
        ages,
        admitted: [0.3; 10],
        deaths: RARELY,
        hospital_days: 8.0,
        home_days: 10.0,
        methods: method,
    }
}

const CULTURE: &[(&str, f64)] = &[("分離・同定", 1.0)];
const NUCLEIC: &[(&str, f64)] = &[("核酸増幅法", 0.8), ("抗体の検出", 0.2)];

static PANDEMIC: [Disease; 1] = [COVID];

static ROUTINE: [Disease; 10] = [
    Disease {
        to_diagnosis: 38.0,
        incubation: 120.0,
        asymptomatic: 0.28,
        admitted: [0.1, 0.3, 0.35, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.6],
        hospital_days: 55.0,
        home_days: 180.0,
        ..routine("tuberculosis", "結核", 0.26, (5.0, 0.1), OLD, NUCLEIC)
    },
    Disease {
        to_diagnosis: 4.0,
        incubation: 4.0,
        asymptomatic: 0.34,
        home_days: 14.0,
        ..routine("ehec", "腸管出血性大腸菌感染症", 0.2, (8.0, 0.8), EVEN, CULTURE)
    },
    Disease {
        to_diagnosis: 9.0,
        admitted: [0.06, 0.0, 0.0, 0.0, 0.0, 0.01, 0.02, 0.04, 0.06, 0.06],
        deaths: NEVER,
        home_days: 21.0,
        ..routine("pertussis", "百日咳", 0.25, (7.0, 0.5), CHILD, NUCLEIC)
    },
    Disease {
        to_diagnosis: 4.5,
        incubation: 11.0,
        deaths: NEVER,
        ..routine(
            "measles",
            "麻しん",
            0.05,
            (4.0, 0.7),
            [14.0, 14.0, 30.0, 26.0, 12.0, 3.0, 1.0, 0.0, 0.0, 0.0],
            NUCLEIC,
        )
    },
    Disease { deaths: NEVER, ..routine("rubella", "風しん", 0.01, (4.0, 0.4), EVEN, NUCLEIC) },
    Disease {
        admitted: [0.9; 10],
        hospital_days: 14.0,
        ..routine("legionellosis", "レジオネラ症", 0.06, (7.0, 0.5), OLD, NUCLEIC)
    },
    Disease { incubation: 28.0, ..routine("hepatitis-a", "A型肝炎", 0.03, (3.0, 0.3), EVEN, NUCLEIC) },
    Disease {
        incubation: 6.0,
        deaths: NEVER,
        ..routine("dengue", "デング熱", 0.04, (9.0, 0.7), EVEN, NUCLEIC)
    },
    Disease {
        to_diagnosis: 2.0,
        admitted: [0.9; 10],
        ..routine("ipd", "侵襲性肺炎球菌感染症", 0.06, (1.0, 0.5), OLD, CULTURE)
    },
    Disease {
        admitted: [0.95; 10],
        hospital_days: 24.0,
        ..routine("cre", "カルバペネム耐性腸内細菌目細菌感染症", 0.04, (6.0, 0.0), OLD, CULTURE)
    },
];

/// The diseases of a scenario; a case names its own by the place in this list.
pub(super) fn of(scenario: Scenario) -> &'static [Disease] {
    match scenario {
        Scenario::Pandemic => &PANDEMIC,
        Scenario::Routine => &ROUTINE,
    }
}

/// The disease that a scenario has most of, as the store names it.
pub fn main_of(scenario: Scenario) -> &'static str {
    of(scenario).iter().max_by(|a, b| a.share.total_cmp(&b.share)).map_or("", |d| d.code)
}

/// The disease whose beds are planned and reported, as the form writes it.
pub(super) fn of_beds(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Pandemic => COVID.ja,
        Scenario::Routine => "結核",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        for scenario in [Scenario::Pandemic, Scenario::Routine] {
            let sum: f64 = of(scenario).iter().map(|d| d.share).sum();
            assert!((sum - 1.0).abs() < 0.02, "{scenario:?} {sum}");
        }
    }
}
