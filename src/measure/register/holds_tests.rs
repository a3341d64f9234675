//! What stands in the register holds: formulas, roles, parameters, use.

use std::collections::BTreeMap;

use super::{METHODS, called, faults};
use crate::definitions::Catalog;
use crate::definitions::Definitions;
use crate::definitions::indicator::Indicator;
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::Role;
use crate::measure::method::Formula;
use crate::measure::method::Method;

/// Each measure called with every value that one parameter may have, and the first of the others.
fn calls(method: &Method) -> Vec<MeasureCall> {
    let examples: Vec<(&str, Vec<String>)> =
        method.parameters.iter().map(|p| (p.name(), p.examples())).collect();
    let usual: BTreeMap<String, String> =
        examples.iter().map(|(name, all)| ((*name).to_owned(), all[0].clone())).collect();
    let call = |arguments| MeasureCall { name: method.name.to_owned(), arguments };
    let mut calls = vec![call(usual.clone())];
    for (name, values) in &examples {
        for value in values {
            let mut arguments = usual.clone();
            arguments.insert((*name).to_owned(), value.clone());
            calls.push(call(arguments));
        }
    }
    calls
}

fn refused(text: &str) -> String {
    let call = MeasureCall::parse(text).expect(text).expect(text);
    called(&call).err().unwrap_or_else(|| panic!("{text} is a call"))
}

#[test]
fn formulas_are_given_in_both_languages_with_the_same_literature() {
    let years = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_digit());
        words.filter(|w| w.len() == 4).map(str::to_owned).collect()
    };
    for method in METHODS {
        for call in calls(method) {
            let Formula { ja, en } = (method.formula)(&call);
            assert!(!ja.is_empty() && !ja.is_ascii() && !en.is_empty(), "{call}");
            assert_eq!(years(ja), years(en), "{call}");
        }
    }
}

#[test]
fn each_measure_makes_one_figure_and_says_why_where_it_is_missing() {
    for method in METHODS {
        let mut names: Vec<&str> = Vec::new();
        let mut roles = Vec::new();
        for column in method.known().filter(|column| !method.drops.contains(&column.name)) {
            if !names.contains(&column.name) {
                names.push(column.name);
                roles.push(column.meaning.role);
            }
        }
        let so_many = |role: Role| roles.iter().filter(|r| **r == role).count();
        assert_eq!((so_many(Role::Value), so_many(Role::Reason)), (1, 1), "{}", method.name);
        let (lower, upper) = ([50, 80, 95].map(Role::Lower), [50, 80, 95].map(Role::Upper));
        assert_eq!(lower.map(so_many), upper.map(so_many), "{}: each band has two edges", method.name);
        assert_eq!(so_many(Role::PartLower), so_many(Role::PartUpper), "{}", method.name);
        assert_eq!(so_many(Role::JudgedFrom), so_many(Role::JudgedTo), "{}", method.name);
    }
}

#[test]
fn calls_come_back_as_they_are_written() {
    for method in METHODS {
        for call in calls(method) {
            let read = MeasureCall::parse(&call.to_string()).expect("reads").expect("a call");
            assert_eq!(read, call);
            assert_eq!(called(&read).map(|found| found.name), Ok(method.name), "{call}");
        }
    }
}

#[test]
fn every_measure_is_used_by_an_indicator_and_called_one_name() {
    let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
    assert_eq!(faults(&catalog).iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    for (place, method) in METHODS.iter().enumerate() {
        let used = |indicator: &Indicator| indicator.method().is_some_and(|m| m.name == method.name);
        assert!(catalog.indicators.values().any(|indicator| used(indicator)), "{} is idle", method.name);
        assert!(METHODS[..place].iter().all(|earlier| earlier.name != method.name), "{} twice", method.name);
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let of = |text: &str| {
        let call = MeasureCall::parse(text).expect(text).expect(text);
        (called(&call).expect(text).formula)(&call)
    };
    assert_eq!(of("rate(per=100000)"), of("rate(per=100000, limits=byar)"));
    assert_ne!(of("rate(per=100000)"), of("rate(limits=exact, per=100000)"));
    let standardised = |limits: &str| of(&format!("standardised(standard=japan_1985, per=1000{limits})"));
    assert_eq!(standardised(""), standardised(", limits=dobson"));
    assert_ne!(standardised(""), standardised(", limits=fay_feuer"));
    assert_eq!(of("alerts(years=5)"), of("alerts(years=5, step=week)"));
}

#[test]
fn what_can_not_be_called_is_named() {
    for (text, why) in [
        ("median", "is none of none, rate, share"),
        ("rate", "does not say per"),
        ("rate(per=0)", "not a number above zero"),
        ("rate(per=1, of=2)", "`of` means nothing to rate"),
        ("rt(window=7.5)", "window is not a whole number up to 60"),
        ("rt(window=61)", "window is not a whole number up to 60"),
        ("rate(per=1, limits=dobson)", "limits: `dobson` is none of byar, exact"),
        ("standardised(standard=a, per=1, limits=exact)", "`exact` is none of dobson, fay_feuer"),
        ("share(limits=wilson)", "`limits` means nothing to share"),
    ] {
        let said = refused(text);
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn a_header_that_calls_no_measure_is_named_with_its_line() {
    let path = "queries/indicators/rate_by_age.sql";
    let mut definitions = Definitions::embedded();
    let text = definitions.text(path).expect("there").replace("measure: rate(", "measure: rates(");
    let line = 1 + text.lines().position(|line| line.contains("measure:")).expect("a measure");
    definitions.put(path, &text);
    let found = faults(&Catalog::load(&definitions).expect("loads"));
    assert_eq!(found.len(), 1);
    let said = found[0].to_string();
    assert!(said.starts_with(&format!("{path}, line {line}: measure: `rates` is none of")), "{said}");
}

#[test]
fn columns_follow_from_the_query() {
    let call = MeasureCall::parse("rate(per=100000)").expect("reads").expect("a call");
    let rate = called(&call).expect("a measure");
    let columns = rate.columns(&["district", "cases", "population"]).expect("enough");
    assert_eq!(columns, ["district", "value", "lower", "upper", "cases", "population", "reason"]);
    assert!(rate.columns(&["district", "cases"]).expect_err("too few").contains("population"));
}
