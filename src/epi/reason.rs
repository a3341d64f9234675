//! Why a figure could not be given. `Display` is for logs and explanations, [`Reason::in_full`] for those who read figures: it
//! says what there is and what is needed. [`Reason::ja`] is the same in a word.

use std::borrow::Cow;

use jiff::civil::Date;
use thiserror::Error;

/// How the reason begins where nobody has told of it.
pub const NOT_TOLD: &str = "未着";

/// Why there is no answer. Numbers named here are counts, days and band positions, never a person's value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Reason {
    #[error("an input is not a number or too large")]
    NotANumber,
    #[error("a count is negative (a correction larger than what it corrects)")]
    NegativeCount,
    #[error("the confidence level must lie between 0.01 and 0.9999")]
    LevelOutOfRange,
    #[error("a quantile must lie between 0 and 1")]
    QuantileOutOfRange,
    #[error("no trials")]
    NoTrials,
    #[error("more successes than trials")]
    MoreSuccessesThanTrials,
    #[error("nothing was recorded on these days")]
    NoRecords,
    #[error("the two days are not alike: a holiday is compared with no plain day")]
    NotAlike,
    #[error("the records begin within the period before, which is not compared with a whole one")]
    BeforeInPart,
    #[error("nothing is on record of the period before")]
    BeforeUnrecorded,
    #[error("no population")]
    NoPopulation,
    #[error("no population in band {0}")]
    NoPopulationInBand(usize),
    #[error("fewer than 10 cases")]
    FewerThanTenCases,
    #[error("no cases in the period itself")]
    NoCasesOwn,
    #[error("no cases in the comparison group")]
    NoCasesInComparison,
    #[error("no bands")]
    NoBands,
    #[error("the bands are not ascending and adjoining, or one has no valid weight (band {0})")]
    BandsMalformed(usize),
    #[error("band {0} does not consist of whole bands of the standard population")]
    BandDoesNotFit(usize),
    #[error("the bands do not cover the standard population")]
    StandardNotCovered,
    #[error("the quantile lies in the open-ended band")]
    InOpenBand,
    #[error("the series is shorter than the window ({have} of {need} periods)")]
    SeriesTooShort { have: usize, need: usize },
    /// `by_choice`: the days asked for begin there, and not the record.
    #[error(
        "the history begins on {since}: {have} of the {need} {unit}s needed ({years} years and what stands around them)"
    )]
    HistoryTooShort { since: Date, have: usize, need: usize, unit: Unit, years: usize, by_choice: bool },
    #[error("a day of the window is missing")]
    DayMissing,
    #[error("the previous period has no cases")]
    PreviousPeriodEmpty,
    #[error("fewer than two days have cases")]
    TooFewDaysWithCases,
    #[error("the counts are not growing")]
    NotGrowing,
    #[error("no upper limit: the counts may as well not grow")]
    MayNotGrow,
    #[error("the counts are not falling")]
    NotFalling,
    #[error("the computation did not settle")]
    NotConverged,
    #[error("the prior's mean and standard deviation must be positive")]
    PriorInvalid,
    #[error("the serial interval is not a distribution over days 1, 2, … (or its mean is not over 1 day)")]
    SerialIntervalInvalid,
    #[error("the window is empty")]
    EmptyWindow,
    #[error("no cases yet")]
    NoCases,
    #[error("no serial interval is stated for this disease")]
    NoSerialInterval,
    #[error("no earlier cases that could have infected")]
    NoEarlierCases,
    #[error("hardly any earlier case that could have infected: under one expected at Rt = 1")]
    FewEarlierCases,
    #[error("less than one serial interval since the first cases")]
    BeforeOneSerialInterval,
    #[error("no stay could be used ({refused} end before they begin)")]
    NoStays { refused: usize },
    #[error("the curve does not fall that far within what was observed")]
    NotReached,
    #[error("beyond the longest stay observed")]
    BeyondObservation,
    #[error("no values")]
    NoValues,
    #[error("all values are missing")]
    AllMissing,
    #[error("the value of this period is missing")]
    Missing,
    #[error("too few values: {have} of {need}")]
    TooFew { have: usize, need: usize },
    #[error("fewer than {least} cases in the last {periods} periods")]
    TooFewCases { least: u32, periods: usize },
    #[error("inputs differ in length: {left} and {right}")]
    LengthsDiffer { left: usize, right: usize },
    #[error("the terms of the model can't be told apart in these data")]
    Collinear,
    #[error("the past does not vary: no spread to compare with")]
    NoSpread,
    #[error("the setting `{name}` is out of its range")]
    Setting { name: &'static str },
    #[error("the reference periods hold no case")]
    EmptyBaseline,
    #[error("no reports yet for this day")]
    NothingReported,
    #[error("the day lies after the day of the view")]
    AfterTheView,
    #[error("the survival of stay does not begin at 1 and fall")]
    NotASurvival,
    #[error("no history of the same length of time to compare with")]
    NoHistory,
    #[error("no capacity is reported")]
    NoCapacity,
    #[error("the naive forecast was never wrong: no scale to compare with")]
    NoScale,
    #[error("nobody of a known age (unknown: {unknown})")]
    AgesUnknown { unknown: usize },
    /// Said beside a figure.
    #[error("fewer than half are of a known age (known: {known}, unknown: {unknown})")]
    FewAgesKnown { known: usize, unknown: usize },
}

/// The length of what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
}

impl Unit {
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Day => "日",
            Self::Week => "週",
        }
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Self::Day => "day",
            Self::Week => "week",
        })
    }
}

impl Reason {
    /// Does this say that nobody, or nothing, was there to count?
    pub fn is_of_nobody(said: &str) -> bool {
        let none = [
            Self::NoRecords,
            Self::NoCases,
            Self::NothingReported,
            Self::NoStays { refused: 0 },
            Self::NoTrials,
        ];
        none.iter().any(|reason| reason.ja() == said)
    }

    /// The words beside the 「—」, with what there is and what is needed; series are by day.
    pub fn in_full(&self) -> Cow<'static, str> {
        self.in_full_by(Unit::Day)
    }

    /// As [`Reason::in_full`], of a series by day or week.
    pub fn in_full_by(&self, unit: Unit) -> Cow<'static, str> {
        let (word, unit) = (self.ja(), unit.ja());
        Cow::Owned(match self {
            Self::SeriesTooShort { have, need } => format!("{word}（{have}{unit}分、{need}{unit}分が必要）"),
            Self::HistoryTooShort { since, have, need, unit, years, by_choice } => {
                let what = if *by_choice { "指定期間" } else { "記録" };
                let unit = unit.ja();
                format!(
                    "{what}は{since}から（{have}{unit}）。例年の判定には{years}年と前後の分（{need}{unit}）が必要"
                )
            }
            Self::TooFew { have, need } => format!("{word}（{have}件、{need}件が必要）"),
            Self::TooFewCases { least, periods } => {
                format!("{word}（直近{periods}{unit}で{least}件未満）")
            }
            Self::LengthsDiffer { left, right } => format!("{word}（{left}と{right}）"),
            Self::NoStays { refused } if *refused > 0 => {
                format!("{word}（終了が開始より前の{refused}件を除く）")
            }
            Self::NoPopulationInBand(band) | Self::BandsMalformed(band) | Self::BandDoesNotFit(band) => {
                format!("{word}（{}番目の階級）", band + 1)
            }
            Self::TooFewDaysWithCases => format!("{word}（2日以上が必要）"),
            Self::AgesUnknown { unknown } => format!("{word}（不明 {unknown}人）"),
            Self::FewAgesKnown { known, unknown } => format!("{word}（{known}人、不明 {unknown}人）"),
            _ => return Cow::Borrowed(word),
        })
    }

    /// The same in a word.
    pub fn ja(&self) -> &'static str {
        match self {
            Self::NotANumber => "数値なし",
            Self::NegativeCount => "訂正により負の件数",
            Self::LevelOutOfRange => "信頼水準の指定が不正",
            Self::QuantileOutOfRange => "分位の指定が不正",
            Self::NoTrials => "対象なし",
            Self::MoreSuccessesThanTrials => "分子が分母を超過",
            Self::NoRecords => "記録なし",
            Self::NotAlike => "比較不可",
            Self::BeforeInPart => "前の期間は一部しか記録がない",
            Self::BeforeUnrecorded => "前の期間の記録なし",
            Self::NoPopulation | Self::NoPopulationInBand(_) => "人口なし",
            Self::FewerThanTenCases => "10件未満のため算出せず",
            Self::NoCasesOwn => "当該期間が0件",
            Self::NoCasesInComparison => "比較対象が0件",
            Self::NoBands => "年齢階級なし",
            Self::BandsMalformed(_) => "年齢階級の定義が不正",
            Self::BandDoesNotFit(_) | Self::StandardNotCovered => "年齢階級が基準人口と不一致",
            Self::InOpenBand => "最高齢の階級内のため算出せず",
            Self::SeriesTooShort { .. } | Self::HistoryTooShort { .. } => "期間不足",
            Self::DayMissing => "未報告の日あり",
            Self::PreviousPeriodEmpty => "前の期間が0件",
            Self::TooFewDaysWithCases => "報告のある日が不足",
            Self::NotGrowing => "増加していない",
            Self::MayNotGrow => "減少の可能性もあり上限なし",
            Self::NotFalling => "減少していない",
            Self::NotConverged => "算出できず",
            Self::PriorInvalid => "事前分布の指定が不正",
            Self::SerialIntervalInvalid => "発症間隔の指定が不正",
            Self::EmptyWindow => "集計期間の指定が不正",
            Self::NoCases => "報告なし",
            Self::NoSerialInterval => "発症間隔のデータなし",
            Self::NoEarlierCases => "先行する症例なし",
            Self::FewEarlierCases => "先行する症例が少なく算出せず",
            Self::BeforeOneSerialInterval => "流行初期のため算出せず",
            Self::NoStays { .. } => "対象となる入院なし",
            Self::NotReached => "未到達",
            Self::BeyondObservation => "観察期間外",
            Self::NoValues => "値なし",
            Self::AllMissing => "全期間欠測",
            Self::Missing => "当該期間欠測",
            Self::TooFew { .. } => "データ不足",
            Self::TooFewCases { .. } => "直近の報告が少数",
            Self::LengthsDiffer { .. } => "系列の長さが不一致",
            Self::Collinear => "モデル推定不能（項の重複）",
            Self::NoSpread => "過去に変動がなく比較不可",
            Self::Setting { .. } => "設定値が範囲外",
            Self::EmptyBaseline => "基準期間の報告が0件",
            Self::NothingReported => "報告なし",
            Self::AfterTheView => "基準日より後の日付",
            Self::NotASurvival => "入院継続割合が不正",
            Self::NoHistory => "比較する過去なし",
            Self::NoCapacity => "病床数の報告なし",
            Self::NoScale => "比較の基準となる誤差なし",
            Self::AgesUnknown { .. } => "年齢の分かる者なし",
            Self::FewAgesKnown { .. } => "年齢の分かる者が半数未満",
        }
    }
}

/// Larger numbers than these are no counts of people.
const LARGEST: f64 = 1e12;

/// A count or an amount of population that can be worked with: finite and not negative.
pub fn count(value: f64) -> Result<f64, Reason> {
    if !value.is_finite() || value > LARGEST {
        return Err(Reason::NotANumber);
    }
    if value < 0.0 {
        return Err(Reason::NegativeCount);
    }
    Ok(value)
}

/// A denominator: a count over zero.
pub fn population(value: f64) -> Result<f64, Reason> {
    match count(value)? {
        0.0 => Err(Reason::NoPopulation),
        people => Ok(people),
    }
}

/// The last look before a number leaves.
pub fn finite(value: f64) -> Result<f64, Reason> {
    if value.is_finite() { Ok(value) } else { Err(Reason::NotANumber) }
}

#[cfg(test)]
mod tests;
