//! All of the published vectors: the prefectures' figures under the values of 2021-04-15 with the stage that press copies
//! gave each: III is one mark reached, IV is both.

use super::Applies::{Always, While};
use super::Comparison::{AtLeast, AtMost};
use super::*;

/// How many marks are reached; none when the value is not applied.
fn stage(value: f64, comparison: Comparison, marks: &[f64], applies: Applies) -> usize {
    match judge(Some(value), comparison, marks, applies) {
        Judgement::Reached(reached) if reached.is_empty() => 0,
        Judgement::Reached(reached) => 2 + reached.len(),
        Judgement::NotApplied => 0,
        Judgement::Unknown => panic!("{value}: unknown"),
    }
}

/// Prefecture, value, stage.
type Printed = &'static [(&'static str, f64, usize)];

/// Source: press copies of the items by prefecture, 2021 (the project's `stage_vectors.csv`).
const AT_LEAST: [(&str, [f64; 2], Printed); 4] = [
    (
        "病床使用率%",
        [20.0, 50.0],
        &[
            ("東京都", 29.0, 3),
            ("埼玉県", 35.0, 3),
            ("千葉県", 24.0, 3),
            ("神奈川県", 23.0, 3),
            ("愛知県", 34.0, 3),
            ("岐阜県", 32.0, 3),
            ("大阪府", 90.0, 4),
            ("兵庫県", 87.0, 4),
            ("京都府", 56.0, 4),
            ("福岡県", 36.0, 3),
            ("宮城県", 41.0, 3),
            ("沖縄県", 87.0, 4),
            ("愛媛県", 37.0, 3),
        ],
    ),
    (
        "重症病床使用率%",
        [20.0, 50.0],
        &[
            ("東京都", 36.0, 3),
            ("埼玉県", 16.0, 0),
            ("千葉県", 8.0, 0),
            ("神奈川県", 14.0, 0),
            ("愛知県", 16.0, 0),
            ("岐阜県", 7.0, 0),
            ("大阪府", 97.0, 4),
            ("兵庫県", 74.0, 4),
            ("京都府", 29.0, 3),
            ("福岡県", 13.0, 0),
            ("宮城県", 23.0, 3),
            ("沖縄県", 62.0, 4),
            ("愛媛県", 27.0, 3),
        ],
    ),
    (
        "療養者/10万",
        [20.0, 30.0],
        &[
            ("東京都", 43.0, 4),
            ("埼玉県", 29.0, 3),
            // Shown as 20.
            ("千葉県", 19.7, 0),
            ("神奈川県", 19.7, 0),
            ("愛知県", 34.0, 4),
            ("岐阜県", 18.0, 0),
            ("大阪府", 183.0, 4),
            ("兵庫県", 80.0, 4),
            ("京都府", 46.0, 4),
            ("福岡県", 33.0, 4),
            ("宮城県", 31.0, 4),
            ("沖縄県", 89.0, 4),
            ("愛媛県", 29.0, 3),
        ],
    ),
    (
        "PCR陽性率%",
        [5.0, 10.0],
        &[
            ("東京都", 6.1, 3),
            ("埼玉県", 4.3, 0),
            ("千葉県", 5.3, 3),
            ("神奈川県", 8.9, 3),
            ("愛知県", 5.4, 3),
            ("岐阜県", 4.2, 0),
            ("大阪府", 7.9, 3),
            ("兵庫県", 15.2, 4),
        ],
    ),
];

/// 入院率; none: printed as 適用外 (fewer than 10 per 100,000 under care, or all admitted by the next day).
const SHARE_IN_HOSPITAL: [(&str, Option<f64>, usize); 12] = [
    ("東京都", Some(29.0), 3),
    ("埼玉県", None, 0),
    ("千葉県", Some(27.0), 3),
    ("神奈川県", None, 0),
    ("岐阜県", Some(63.0), 0),
    ("大阪府", Some(11.0), 4),
    ("兵庫県", Some(17.0), 4),
    ("京都府", Some(22.0), 4),
    ("福岡県", Some(17.0), 4),
    ("宮城県", None, 0),
    ("沖縄県", Some(36.0), 3),
    ("愛媛県", None, 0),
];

#[test]
fn marks_are_reached_as_they_were_printed() {
    for (item, marks, vectors) in AT_LEAST {
        for (place, value, expected) in vectors {
            assert_eq!(stage(*value, AtLeast, &marks, Always), *expected, "{item} {place}");
        }
    }
}

#[test]
fn a_share_is_not_applied_while_few_are_ill() {
    let marks = [40.0, 25.0];
    for (place, value, expected) in SHARE_IN_HOSPITAL {
        let under_care = if value.is_some() { 25.0 } else { 9.9 };
        let applies = While(Some(under_care), AtLeast, 10.0);
        assert_eq!(stage(value.unwrap_or(20.0), AtMost, &marks, applies), expected, "{place}");
    }
}

#[test]
fn figures_are_compared_as_they_are_and_not_as_they_are_shown() {
    // 愛知県 2021-03-15: 19.5, shown as 20 %. 沖縄県 2021-07-12: 40.5, shown as 40 %, is not 40 or less.
    assert_eq!(stage(19.5, AtLeast, &[20.0, 50.0], Always), 0);
    assert_eq!(stage(40.5, AtMost, &[40.0, 25.0], While(Some(30.0), AtLeast, 10.0)), 0);
    assert!(rounding_would_mislead(19.7, AtLeast, &[20.0, 30.0]));
    assert!(!rounding_would_mislead(20.0, AtLeast, &[20.0, 30.0]));
}

#[test]
fn over_is_not_at_least() {
    assert_eq!(judge(Some(50.0), Comparison::Above, &[50.0], Always), Judgement::Reached(vec![]));
    assert_eq!(judge(Some(50.1), Comparison::Above, &[50.0], Always), Judgement::Reached(vec![0]));
}

#[test]
fn what_is_not_known_is_not_judged() {
    assert_eq!(judge(None, AtLeast, &[20.0], Always), Judgement::Unknown);
    assert_eq!(judge(Some(f64::NAN), AtLeast, &[20.0], Always), Judgement::Unknown);
    assert_eq!(judge(Some(10.0), AtMost, &[40.0], While(None, AtLeast, 10.0)), Judgement::Unknown);
    assert_eq!(judge(None, AtMost, &[40.0], While(Some(9.0), AtLeast, 10.0)), Judgement::NotApplied);
}
