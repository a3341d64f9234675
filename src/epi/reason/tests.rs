use super::*;

#[test]
fn impossible_counts_are_named() {
    assert_eq!(count(f64::NAN), Err(Reason::NotANumber));
    assert_eq!(count(f64::INFINITY), Err(Reason::NotANumber));
    assert_eq!(count(-2.0), Err(Reason::NegativeCount));
    assert_eq!(population(0.0), Err(Reason::NoPopulation));
}

#[test]
fn what_is_lacking_is_said_with_what_is_needed() {
    let since = jiff::civil::date(2026, 8, 3);
    let history = |by_choice| Reason::HistoryTooShort {
        since,
        have: 16,
        need: 265,
        unit: Unit::Week,
        years: 5,
        by_choice,
    };
    for (reason, unit, said) in [
        (Reason::SeriesTooShort { have: 9, need: 11 }, Unit::Week, "期間不足（9週分、11週分が必要）"),
        (Reason::SeriesTooShort { have: 5, need: 8 }, Unit::Day, "期間不足（5日分、8日分が必要）"),
        (
            history(false),
            Unit::Week,
            "記録は2026-08-03から（16週）。例年の判定には5年と前後の分（265週）が必要",
        ),
        (
            history(true),
            Unit::Week,
            "指定期間は2026-08-03から（16週）。例年の判定には5年と前後の分（265週）が必要",
        ),
        (Reason::TooFew { have: 6, need: 7 }, Unit::Day, "データ不足（6件、7件が必要）"),
        (Reason::TooFewCases { least: 5, periods: 4 }, Unit::Week, "直近の報告が少数（直近4週で5件未満）"),
        (Reason::LengthsDiffer { left: 70, right: 5 }, Unit::Day, "系列の長さが不一致（70と5）"),
        (Reason::NoStays { refused: 2 }, Unit::Day, "対象となる入院なし（終了が開始より前の2件を除く）"),
        (Reason::NoStays { refused: 0 }, Unit::Day, "対象となる入院なし"),
        (Reason::NoPopulationInBand(2), Unit::Day, "人口なし（3番目の階級）"),
        (Reason::BandsMalformed(0), Unit::Day, "年齢階級の定義が不正（1番目の階級）"),
        (Reason::BandDoesNotFit(1), Unit::Day, "年齢階級が基準人口と不一致（2番目の階級）"),
    ] {
        assert_eq!(reason.in_full_by(unit), said, "{reason:?}");
    }
}

/// One of each kind. A new one is named here, or this does not compile.
fn all() -> Vec<Reason> {
    use Reason as R;
    let since = jiff::civil::date(2026, 8, 3);
    let all = vec![
        R::NotANumber,
        R::NegativeCount,
        R::LevelOutOfRange,
        R::QuantileOutOfRange,
        R::NoTrials,
        R::MoreSuccessesThanTrials,
        R::NoRecords,
        R::NotAlike,
        R::BeforeInPart,
        R::BeforeUnrecorded,
        R::NoPopulation,
        R::NoPopulationInBand(2),
        R::FewerThanTenCases,
        R::NoCasesOwn,
        R::NoCasesInComparison,
        R::NoBands,
        R::BandsMalformed(2),
        R::BandDoesNotFit(2),
        R::StandardNotCovered,
        R::InOpenBand,
        R::SeriesTooShort { have: 37, need: 41 },
        R::HistoryTooShort { since, have: 37, need: 265, unit: Unit::Week, years: 41, by_choice: false },
        R::DayMissing,
        R::PreviousPeriodEmpty,
        R::TooFewDaysWithCases,
        R::NotGrowing,
        R::MayNotGrow,
        R::NotFalling,
        R::NotConverged,
        R::PriorInvalid,
        R::SerialIntervalInvalid,
        R::EmptyWindow,
        R::NoCases,
        R::NoSerialInterval,
        R::NoEarlierCases,
        R::FewEarlierCases,
        R::BeforeOneSerialInterval,
        R::NoStays { refused: 37 },
        R::NotReached,
        R::BeyondObservation,
        R::NoValues,
        R::AllMissing,
        R::Missing,
        R::TooFew { have: 37, need: 41 },
        R::TooFewCases { least: 37, periods: 41 },
        R::LengthsDiffer { left: 37, right: 41 },
        R::Collinear,
        R::NoSpread,
        R::Setting { name: "window" },
        R::EmptyBaseline,
        R::NothingReported,
        R::AfterTheView,
        R::NotASurvival,
        R::NoHistory,
        R::NoCapacity,
        R::NoScale,
        R::AgesUnknown { unknown: 37 },
        R::FewAgesKnown { known: 37, unknown: 41 },
    ];
    for reason in &all {
        match reason {
            R::NotANumber
            | R::NegativeCount
            | R::LevelOutOfRange
            | R::QuantileOutOfRange
            | R::NoTrials
            | R::MoreSuccessesThanTrials
            | R::NoRecords
            | R::NotAlike
            | R::BeforeInPart
            | R::BeforeUnrecorded
            | R::NoPopulation
            | R::NoPopulationInBand(_)
            | R::FewerThanTenCases
            | R::NoCasesOwn
            | R::NoCasesInComparison
            | R::NoBands
            | R::BandsMalformed(_)
            | R::BandDoesNotFit(_)
            | R::StandardNotCovered
            | R::InOpenBand
            | R::SeriesTooShort { .. }
            | R::HistoryTooShort { .. }
            | R::DayMissing
            | R::PreviousPeriodEmpty
            | R::TooFewDaysWithCases
            | R::NotGrowing
            | R::MayNotGrow
            | R::NotFalling
            | R::NotConverged
            | R::PriorInvalid
            | R::SerialIntervalInvalid
            | R::EmptyWindow
            | R::NoCases
            | R::NoSerialInterval
            | R::NoEarlierCases
            | R::FewEarlierCases
            | R::BeforeOneSerialInterval
            | R::NoStays { .. }
            | R::NotReached
            | R::BeyondObservation
            | R::NoValues
            | R::AllMissing
            | R::Missing
            | R::TooFew { .. }
            | R::TooFewCases { .. }
            | R::LengthsDiffer { .. }
            | R::Collinear
            | R::NoSpread
            | R::Setting { .. }
            | R::EmptyBaseline
            | R::NothingReported
            | R::AfterTheView
            | R::NotASurvival
            | R::NoHistory
            | R::NoCapacity
            | R::NoScale
            | R::AgesUnknown { .. }
            | R::FewAgesKnown { .. } => {}
        }
    }
    all
}

#[test]
fn every_number_that_a_reason_carries_is_said_in_both_languages() {
    for reason in all() {
        let (held, ja, en) = (format!("{reason:?}"), reason.in_full(), reason.to_string());
        assert!(!ja.is_ascii() && !en.is_empty(), "{reason:?}");
        for number in ["37", "41"].into_iter().filter(|number| held.contains(number)) {
            assert!(ja.contains(number) && en.contains(number), "{reason:?}: {ja} / {en}");
        }
    }
}

#[test]
fn both_languages_speak() {
    let reason = Reason::FewerThanTenCases;
    assert_eq!(reason.to_string(), "fewer than 10 cases");
    assert_eq!(reason.ja(), "10件未満のため算出せず");
}
