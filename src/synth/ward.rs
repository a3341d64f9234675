//! The synthetic ward: its districts, its people, its hospitals and what they can hold.

use super::moment::Day;

pub(super) struct District {
    pub ja: &'static str,
    /// Share of the ward's people.
    pub share: f64,
    /// 町名 of the district that belong to no other.
    pub towns: &'static [&'static str],
}

pub(super) const DISTRICTS: [District; 5] = [
    District {
        ja: "芝", share: 0.155, towns: &["新橋", "西新橋", "浜松町", "芝大門", "芝公園", "愛宕"]
    },
    District {
        ja: "麻布", share: 0.235, towns: &["麻布十番", "南麻布", "西麻布", "東麻布", "元麻布"]
    },
    District { ja: "赤坂", share: 0.145, towns: &["赤坂", "南青山", "北青山", "元赤坂"] },
    District { ja: "高輪", share: 0.235, towns: &["高輪", "白金", "白金台"] },
    District { ja: "芝浦港南", share: 0.23, towns: &["芝浦", "港南", "台場"] },
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FacilityKind {
    Hospital,
    Hotel,
    CareHome,
}

/// A facility of the synthetic ward; `queries/reference/facilities.toml` names the same ones.
pub(super) struct Facility {
    pub id: &'static str,
    pub ja: &'static str,
    pub kind: FacilityKind,
    /// Index into [`DISTRICTS`]; none: outside the ward.
    pub district: Option<usize>,
    /// Share of the ward's secured beds.
    pub share: f64,
    /// Share of its beds that are for severe cases.
    pub severe_share: f64,
}

const fn hospital(
    id: &'static str,
    ja: &'static str,
    district: Option<usize>,
    share: f64,
    severe_share: f64,
) -> Facility {
    Facility { id, ja, kind: FacilityKind::Hospital, district, share, severe_share }
}

const fn other(id: &'static str, ja: &'static str, kind: FacilityKind, district: Option<usize>) -> Facility {
    Facility { id, ja, kind, district, share: 0.0, severe_share: 0.0 }
}

pub(super) const FACILITIES: [Facility; 13] = [
    hospital("H001", "芝訓練総合病院", Some(0), 0.24, 0.15),
    hospital("H002", "麻布訓練病院", Some(1), 0.13, 0.0),
    hospital("H003", "赤坂訓練病院", Some(2), 0.11, 0.0),
    hospital("H004", "高輪訓練大学附属病院高度救命救急センター", Some(3), 0.30, 0.25),
    hospital("H005", "芝浦港南訓練病院", Some(4), 0.13, 0.05),
    hospital("H006", "訓練記念病院", Some(0), 0.09, 0.0),
    hospital("H101", "区外訓練病院A", None, 0.0, 0.0),
    hospital("H102", "区外訓練病院B", None, 0.0, 0.0),
    hospital("H103", "区外訓練病院C", None, 0.0, 0.0),
    other("Y001", "宿泊療養施設 訓練芝", FacilityKind::Hotel, Some(0)),
    other("Y002", "宿泊療養施設 訓練港南", FacilityKind::Hotel, Some(4)),
    other("Y101", "宿泊療養施設 訓練区外", FacilityKind::Hotel, None),
    other("K001", "訓練高齢者施設", FacilityKind::CareHome, Some(3)),
];

/// The ward's own hospitals stand first in [`FACILITIES`].
pub(super) const WARD_HOSPITALS: usize = 6;
pub(super) const OUTER_HOSPITALS: std::ops::Range<usize> = 6..9;
pub(super) const HOTELS: std::ops::Range<usize> = 9..12;
pub(super) const CARE_HOME: usize = 12;

/// Beds of one hospital from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    pub hospital: usize,
    pub from: Day,
    pub secured: u32,
    pub ready: u32,
    pub final_phase: u32,
    pub secured_severe: u32,
    pub ready_severe: u32,
}

/// When, as a share of the whole time, the beds become how large a share of their last number, and how many
/// of them can be used at once.
const STEPS: [(f64, f64, f64); 7] = [
    (0.0, 0.25, 1.0),
    (0.13, 0.40, 0.9),
    (0.30, 0.55, 0.8),
    (0.46, 0.70, 0.9),
    (0.62, 0.85, 0.75),
    (0.75, 1.0, 1.0),
    (0.90, 1.0, 0.85),
];

/// The plan of beds: grows in steps to `beds` in all.
pub(super) fn capacities(beds: u32, first: Day, days: u32) -> Vec<Capacity> {
    let mut plan = Vec::new();
    for (at, share, ready) in STEPS {
        let from = first + (at * f64::from(days)) as Day;
        for (hospital, facility) in FACILITIES[..WARD_HOSPITALS].iter().enumerate() {
            let last = f64::from(beds) * facility.share;
            let secured = (last * share).round().max(1.0);
            let severe = (secured * facility.severe_share).round();
            plan.push(Capacity {
                hospital,
                from,
                secured: secured as u32,
                ready: (secured * ready).round() as u32,
                final_phase: (last * 1.1).ceil() as u32,
                secured_severe: severe as u32,
                ready_severe: (severe * ready).round() as u32,
            });
        }
    }
    plan
}

/// The capacity of `hospital` on `day`.
pub(super) fn capacity_on(plan: &[Capacity], hospital: usize, day: Day) -> Option<&Capacity> {
    plan.iter().filter(|c| c.hospital == hospital && c.from <= day).max_by_key(|c| c.from)
}

/// One row of the resident register.
pub(super) struct Persons {
    pub district: usize,
    pub female: bool,
    /// 90: 90 and over.
    pub age: u8,
    pub persons: u32,
}

/// How many of `total` people live in each district, by sex and age. The sum is `total`.
pub(super) fn residents(total: u32) -> Vec<Persons> {
    let mut weights = Vec::with_capacity(DISTRICTS.len() * 2 * 91);
    for (district, d) in DISTRICTS.iter().enumerate() {
        for female in [false, true] {
            for age in 0..=90u8 {
                let tilt = if female { 1.06 + f64::from(age) * 0.002 } else { 1.0 };
                weights.push((district, female, age, d.share * tilt * age_weight(age)));
            }
        }
    }
    let sum: f64 = weights.iter().map(|w| w.3).sum();
    let (mut reached, mut given) = (0.0, 0u32);
    weights
        .into_iter()
        .map(|(district, female, age, weight)| {
            reached += weight / sum * f64::from(total);
            let persons = (reached.round() as u32).max(given) - given;
            given += persons;
            Persons { district, female, age, persons }
        })
        .collect()
}

/// The age shape of an inner ward: many of working age and their children, few of 20.
fn age_weight(age: u8) -> f64 {
    const AT: [(f64, f64); 11] = [
        (0.0, 9.5),
        (5.0, 10.5),
        (12.0, 8.5),
        (20.0, 8.0),
        (28.0, 14.5),
        (40.0, 18.0),
        (52.0, 17.0),
        (65.0, 9.0),
        (75.0, 8.0),
        (85.0, 4.0),
        (90.0, 2.2),
    ];
    if age >= 90 {
        return 9.0;
    }
    let age = f64::from(age);
    let next = AT.iter().position(|(a, _)| *a > age).unwrap_or(AT.len() - 1).max(1);
    let ((a0, w0), (a1, w1)) = (AT[next - 1], AT[next]);
    w0 + (w1 - w0) * (age - a0) / (a1 - a0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_adds_up_to_the_ward() {
        for total in [260_000, 259_871, 5_000] {
            let rows = residents(total);
            assert_eq!(rows.len(), 5 * 2 * 91);
            assert_eq!(rows.iter().map(|r| r.persons).sum::<u32>(), total);
        }
    }

    #[test]
    fn beds_grow() {
        let plan = capacities(70, 0, 730);
        let total = |day| -> u32 {
            (0..WARD_HOSPITALS).filter_map(|h| capacity_on(&plan, h, day)).map(|c| c.secured).sum()
        };
        assert!(total(0) < total(400) && total(400) < total(729));
        assert!((68..=72).contains(&total(729)), "{}", total(729));
        assert!(plan.iter().all(|c| c.ready <= c.secured && c.secured_severe <= c.secured));
    }

    #[test]
    fn shares_are_whole() {
        assert!((DISTRICTS.iter().map(|d| d.share).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((FACILITIES.iter().map(|f| f.share).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
