use jiff::civil::datetime;

use super::case::{Class, Place};
use super::moment::NO_DAY;
use super::*;

fn ward(scenario: Scenario) -> Ward {
    let plan = Plan::of(scenario, datetime(2026, 11, 22, 14, 5, 0, 0));
    let cases = if scenario == Scenario::Pandemic { 8000 } else { plan.cases };
    Ward::new(Plan { cases, ..plan }).unwrap()
}

fn text(delivery: &Delivery) -> String {
    let (text, _, bad) = encoding_rs::SHIFT_JIS.decode(&delivery.bytes);
    assert!(!bad, "{}", delivery.name);
    text.into_owned()
}

#[test]
fn same_plan_same_bytes() {
    let (one, two) = (ward(Scenario::Pandemic), ward(Scenario::Pandemic));
    let at = one.plan().end_minute();
    assert_eq!(one.deliveries(None, at, 30), two.deliveries(None, at, 30));
    let other = Ward::new(Plan { seed: 2, ..one.plan().clone() }).unwrap();
    assert_ne!(one.deliveries(None, at, 30), other.deliveries(None, at, 30));
}

#[test]
fn dates_follow_one_another() {
    for scenario in [Scenario::Pandemic, Scenario::Routine] {
        for case in &ward(scenario).cases {
            let in_order = |a: Day, b: Day| a == NO_DAY || b == NO_DAY || a <= b;
            assert!(in_order(case.infected, case.onset));
            assert!(in_order(case.onset, case.diagnosed));
            assert!(in_order(case.onset, case.first_visit));
            assert!(case.sampled <= case.diagnosed && case.diagnosed <= case.reported);
            assert!(case.reported <= day_in(case.received));
            assert!(case.first_contact >= case.visible());
            assert!(case.death_known >= case.died);
            assert!(case.class != Class::Asymptomatic || case.onset == NO_DAY);
        }
    }
}

#[test]
fn stays_of_a_case_follow_one_another() {
    let ward = ward(Scenario::Pandemic);
    let mut seen = [0usize; 6];
    for case in &ward.cases {
        let stays = ward.stays_of(case);
        for stay in stays {
            assert!(stay.from < stay.to && stay.from_known <= stay.to_known);
            assert!(stay.from_known >= case.visible() && stay.to <= stay.to_known);
            assert_eq!(stay.place == Place::Awaiting, stay.urgency.is_some());
            seen[stay.place as usize] += 1;
        }
        for pair in stays.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
            assert_eq!(pair[0].to_known, pair[1].from_known);
        }
        assert!(case.withdrawn == NEVER || stays.is_empty(), "a duplicate is nobody's patient");
    }
    assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
}

#[test]
fn everybody_is_notified_in_the_end() {
    for scenario in [Scenario::Pandemic, Scenario::Routine] {
        let ward = ward(scenario);
        let mut out = Vec::new();
        let rows = ward.export(ward.long_after(), Encoding::Cp932, None, &mut out).unwrap();
        assert_eq!(rows, ward.plan().cases);
        let mut ids: Vec<u32> = ward.cases.iter().map(|c| c.number).collect();
        ids.dedup();
        assert_eq!(ids.len(), ward.cases.len());
        assert!(ids.iter().all(|id| (100_000..10_000_000).contains(id)));
    }
}

#[test]
fn one_row_in_a_hundred_is_otherwise() {
    let ward = ward(Scenario::Pandemic);
    let (mut one, mut two) = (Vec::new(), Vec::new());
    ward.export(ward.long_after(), Encoding::Utf8, None, &mut one).unwrap();
    ward.export(ward.long_after(), Encoding::Utf8, Some(100), &mut two).unwrap();
    let (one, two) = (String::from_utf8(one).unwrap(), String::from_utf8(two).unwrap());
    let differing = one.lines().zip(two.lines()).filter(|(a, b)| a != b).count() as u32;
    // Some remarks break their row over two lines; the words stand on one of them.
    assert_eq!(differing, ward.plan().cases / 100);
}

#[test]
fn a_later_delivery_corrects_and_withdraws() {
    let ward = ward(Scenario::Pandemic);
    let (first, last) = ward.span();
    let at = ward.plan().end_minute();
    let rows = |at| -> std::collections::BTreeMap<String, String> {
        let file = text(&ward.notifications(first, last - 10, at));
        file.lines().skip(1).filter_map(|l| Some((l.split_once(',')?.0.to_owned(), l.to_owned()))).collect()
    };
    let (before, after) = (rows(at - 8 * DAY), rows(at));
    assert!(after.keys().any(|id| !before.contains_key(id)), "late notifications");
    assert!(before.keys().any(|id| !after.contains_key(id)), "withdrawn duplicates");
    assert!(after.iter().any(|(id, row)| before.get(id).is_some_and(|b| b != row)), "changed rows");
}

#[test]
fn rows_have_sixty_cells_and_mark_their_training() {
    let ward = ward(Scenario::Pandemic);
    let (first, last) = ward.span();
    let file = text(&ward.notifications(first, last, ward.plan().end_minute()));
    assert!(file.contains("-0000-"));
    let mut cells = Vec::new();
    let (mut quoted, mut count) = (false, 1);
    for c in file.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => count += 1,
            '\n' if !quoted => {
                cells.push(count);
                count = 1;
            }
            _ => {}
        }
    }
    assert!(cells.len() > 7000);
    assert!(cells.iter().all(|n| *n == 60));
}

#[test]
fn hospitals_hold_at_least_our_patients() {
    let ward = ward(Scenario::Pandemic);
    let at = ward.plan().end_minute();
    let hospitals = ward.hospitals();
    let reports = hospitals.reports(at - 700 * DAY, at);
    assert!(reports.len() > 4000);
    for report in &reports {
        let ours = hospitals.stays[report.hospital]
            .iter()
            .filter(|s| s.from <= report.at && report.at < s.to && s.from_known <= report.at)
            .count() as u32;
        assert!(report.occupied >= ours && report.severe <= report.occupied);
    }
}

#[test]
fn the_schedule_is_monthly_then_daily() {
    let ward = ward(Scenario::Pandemic);
    let moments = schedule(&ward, 60);
    assert!((80..100).contains(&moments.len()), "{}", moments.len());
    assert_eq!(moments[0].since, None);
    assert_eq!(moments.last().map(|m| m.at), Some(ward.plan().end_minute()));
    assert!(moments.windows(2).all(|w| w[1].since == Some(w[0].at) && w[0].at < w[1].at));
    let end = ward.plan().end_minute();
    let before =
        |days: i32| moments.iter().filter(|m| (0..=40).contains(&(end - days * 1440 - m.at))).count();
    assert!(before(7) >= 1 && before(31) >= 1, "the same time of day a week and a month before");
    let population: usize = moments.iter().map(|m| ward.population(m.since.unwrap_or(0), m.at).len()).sum();
    assert_eq!(population, 25, "one file a month");
}

#[test]
fn facilities_are_those_of_the_reference() {
    let names = include_str!("../../queries/reference/facilities.toml");
    for facility in &ward::FACILITIES {
        assert!(names.contains(&format!("id = \"{}\"", facility.id)));
        assert!(names.contains(&format!("ja = \"{}\"", facility.ja)));
    }
}

/// `data-samples/` holds what a very small ward delivers. `HINOMI_BLESS=1` rewrites it.
#[test]
fn samples_are_what_a_small_ward_delivers() {
    let plan = Plan::of(Scenario::Pandemic, datetime(2026, 11, 22, 14, 5, 0, 0));
    let ward = Ward::new(Plan { cases: 60, days: 28, ..plan }).unwrap();
    let at = ward.plan().end_minute();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples");
    let bless = std::env::var_os("HINOMI_BLESS").is_some();
    let mut differing = Vec::new();
    for file in ward.deliveries(None, at, 0) {
        let path = root.join(file.source).join(&file.name);
        if bless {
            std::fs::create_dir_all(root.join(file.source)).unwrap();
            std::fs::write(&path, &file.bytes).unwrap();
        } else if std::fs::read(&path).ok().as_ref() != Some(&file.bytes) {
            differing.push(path);
        }
    }
    assert!(differing.is_empty(), "differ from what is made (HINOMI_BLESS=1 rewrites): {differing:?}");
}
