//! `alerts(years=5, step=week)`: of `cases` by name, is the last week or day above what those before (EARS), and the same season of past
//! years (Farrington Flexible), lead us to expect?

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::{Reason, Unit};
use crate::measure::columns::{batch, day_or_none, days, floats, grouped, named, numbers};
use crate::measure::common::{CASES, DAY, REASON, VALUE};
use crate::measure::ears::{self, Verdict, judge};
use crate::measure::farrington::{self, Step};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::parameter::{Whole, Word};

/// Past years whose season is looked at.
const YEARS: Whole = Whole { name: "years", most: 60 };
/// The length of what is judged.
const STEP: Word<Step> = Word { name: "step", words: &[("week", Step::Week), ("day", Step::Day)] };

pub static METHOD: Method = Method {
    name: "alerts",
    parameters: &[&YEARS, &STEP],
    needs: &[DAY, CASES],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        // Of the last days or weeks, with the bound of each method of EARS.
        Part::Made(Column::new("expected", Role::Expected)),
        Part::Made(Column::new("c1_upper", Role::Bound)),
        Part::Made(Column::new("upper", Role::Bound).own()),
        Part::Made(Column::new("c3_upper", Role::Bound)),
        // Of past years.
        Part::Made(Column::new("years_expected", Role::Expected)),
        Part::Made(Column::new("years_upper", Role::Bound)),
        Part::Made(Column::new("alarm", Role::Alarm)),
        Part::Made(Column::new("judged_from", Role::JudgedFrom)),
        Part::Made(Column::new("judged_to", Role::JudgedTo)),
        Part::Made(REASON),
    ],
    formula: |call| match STEP.of(call) {
        Ok(Step::Day) => Formula {
            ja: "EARS C1・C2・C3（日、基準は7日間、標準偏差の下限0.5。期待値は C2 のもの。C3 の上限は前2日の超過を差し引いたもので、超過だけで\
                 足りれば0）（Hutwagner et al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008）と \
                 Farrington Flexible（例年）。後者は過去の同じ季節（前後21日）の準ポアソン回帰（傾向と季節の項、過去の流行は重みを下げ、\
                 直近182日は除く。曜日の差は見ない）で、上限は負の二項分布による。直近28日が5件未満なら検知しない（Noufaily et al., \
                 Statistics in Medicine 2013 の週を日に置き換えたもの）",
            en: "EARS C1, C2 and C3 on days, baseline seven days, standard deviation at least 0.5, expected that of C2; the \
                 bound of C3 is lower by the excess of the two days before, and 0 where that alone is enough (Hutwagner et \
                 al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008); Farrington Flexible: a \
                 quasi-Poisson regression on the same season (21 days on each side) of past years with trend and \
                 season, past outbreaks weighted down, the last 182 days left out, no term for weekdays, bound from the \
                 negative binomial; no alarm with under 5 cases in 28 days (Noufaily et al., Statistics in Medicine 2013, \
                 their weeks taken as days)",
        },
        _ => Formula {
            ja: "EARS C1・C2・C3（週、基準は7週間、標準偏差の下限0.5。期待値は C2 のもの。C3 の上限は前2週の超過を差し引いたもので、超過だけで\
                 足りれば0）（Hutwagner et al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008）と \
                 Farrington Flexible（例年）。後者は過去の同じ季節（前後3週）の準ポアソン回帰（傾向と季節の項、過去の流行は重みを下げ、\
                 直近26週は除く）で、上限は負の二項分布による。直近4週が5件未満なら検知しない（Noufaily et al., Statistics in Medicine 2013）",
            en: "EARS C1, C2 and C3 on weeks, baseline seven weeks, standard deviation at least 0.5, expected that of C2; the \
                 bound of C3 is lower by the excess of the two weeks before, and 0 where that alone is enough (Hutwagner et \
                 al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008); Farrington Flexible: a \
                 quasi-Poisson regression on the same season (three weeks on each side) of past years with trend and \
                 season, past outbreaks weighted down, the last 26 weeks left out, bound from the negative binomial; no \
                 alarm with under 5 cases in four weeks (Noufaily et al., Statistics in Medicine 2013)",
        },
    },
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let (years, step) = (YEARS.of(call).map_err(uncalled)?, STEP.of(call).map_err(uncalled)?);
    alerts(rows, years, step, beside.days.from)
}

/// Where nothing came for weeks one case is no alarm: the spread is taken to be no less (Burkom's floor).
const LEAST_SPREAD: f64 = 0.5;

/// One row for each name: its last week or day against those before, and against the same season of past years. `asked`: the
/// first day that was asked for.
fn alerts(rows: &RecordBatch, years: usize, step: Step, asked: Date) -> Result<RecordBatch, ArrowError> {
    let judged = Table::of(rows)?;
    let last = |counts: &[Option<f64>]| counts.len().saturating_sub(1);
    let settings = farrington::Settings { years, ..farrington::Settings::noufaily_2013().by(step) };
    let seasonal: Vec<Result<farrington::Verdict, Reason>> = judged
        .counts
        .iter()
        .zip(&judged.first)
        .map(|(counts, first)| {
            let first = first.ok_or(Reason::NoCases)?;
            let series = farrington::Series { first, step, counts, population: None };
            // The record begins before the days asked for, or it does not reach back as far as them.
            let by_choice = first <= asked;
            farrington::judge(&series, last(counts), &settings).map_err(|why| match why {
                Reason::SeriesTooShort { need, .. } => Reason::HistoryTooShort {
                    since: if by_choice { asked } else { first },
                    have: counts.len(),
                    // The period that is judged stands behind those.
                    need: need + 1,
                    unit: unit(step),
                    years,
                    by_choice,
                },
                other => other,
            })
        })
        .collect();
    let both = || judged.recent.iter().zip(&seasonal);
    let alarm = both().map(|(recent, seasonal)| {
        let mut words = recent.loud();
        if seasonal.as_ref().is_ok_and(|v| v.alarm) {
            words.push("例年");
        }
        words
    });
    let why = both().map(|(recent, seasonal)| {
        let mut parts = recent.parts();
        parts.push(("例年", seasonal.as_ref().err()));
        why(&parts, unit(step))
    });
    let (alarm, why) = (alarm.collect(), why.collect());
    let season =
        |part: fn(&farrington::Verdict) -> f64| floats(seasonal.iter().map(|f| f.as_ref().ok().map(part)));
    let of_years = vec![("years_expected", season(|v| v.expected)), ("years_upper", season(|v| v.upper))];
    judged.batch(rows, step.days(), of_years, alarm, why)
}

/// A row for each name, its last period judged by EARS. Without any name one row says why.
struct Table {
    groups: Vec<Vec<usize>>,
    counts: Vec<Vec<Option<f64>>>,
    /// First and last day or week of each name.
    first: Vec<Option<Date>>,
    last: Vec<Option<Date>>,
    recent: Vec<Recent>,
}

impl Table {
    fn of(rows: &RecordBatch) -> Result<Self, ArrowError> {
        let (cases, periods) = (numbers(rows, "cases")?, days(rows, "day")?);
        let mut groups = grouped(rows)?;
        if groups.is_empty() {
            groups.push(Vec::new());
        }
        let counts: Vec<Vec<Option<f64>>> =
            groups.iter().map(|group| group.iter().map(|row| cases[*row]).collect()).collect();
        let at = |row: Option<&usize>| row.and_then(|row| periods[*row]);
        Ok(Self {
            recent: counts.iter().map(|counts| Recent::of(counts)).collect(),
            first: groups.iter().map(|group| at(group.first())).collect(),
            last: groups.iter().map(|group| at(group.last())).collect(),
            counts,
            groups,
        })
    }

    /// The answer; `length` is that of a period in days.
    fn batch(
        &self,
        rows: &RecordBatch,
        length: i64,
        of_years: Vec<(&'static str, ArrayRef)>,
        alarm: Vec<Vec<&'static str>>,
        why: Vec<Option<String>>,
    ) -> Result<RecordBatch, ArrowError> {
        let part = |of: fn(&Recent) -> &Found, part: fn(&Verdict) -> f64| {
            floats(self.recent.iter().map(|recent| of(recent).as_ref().ok().map(part)))
        };
        let value = floats(self.counts.iter().map(|c| c.last().copied().flatten()));
        let until = |from: &Option<Date>| from.and_then(|from| from.checked_add((length - 1).days()).ok());
        let alarm = alarm.iter().map(|words| (!words.is_empty()).then(|| words.join(" ")));
        let mut columns = vec![
            named(rows, &self.groups)?,
            ("value", cast(&value, &DataType::Int64)?),
            ("expected", part(|r| &r.c2, |v| v.expected)),
            ("c1_upper", part(|r| &r.c1, |v| v.upper)),
            ("upper", part(|r| &r.c2, |v| v.upper)),
            ("c3_upper", part(|r| &r.c3, |v| v.upper)),
        ];
        columns.extend(of_years);
        columns.extend([
            ("alarm", Arc::new(alarm.collect::<StringArray>()) as ArrayRef),
            ("judged_from", day_or_none(self.last.iter().copied())),
            ("judged_to", day_or_none(self.last.iter().map(until))),
            ("reason", Arc::new(why.into_iter().collect::<StringArray>())),
        ]);
        batch(columns)
    }
}

type Found = Result<Verdict, Reason>;

/// The last count of a series by all methods of EARS.
struct Recent {
    c1: Found,
    c2: Found,
    c3: Found,
}

impl Recent {
    fn of(counts: &[Option<f64>]) -> Self {
        let judged = |method| {
            let at = counts.len().checked_sub(1).ok_or(Reason::NoCases)?;
            judge(counts, at, &ears::Settings { min_sigma: LEAST_SPREAD, ..ears::Settings::usual(method) })
        };
        Self { c1: judged(ears::Method::C1), c2: judged(ears::Method::C2), c3: judged(ears::Method::C3) }
    }

    fn named(&self) -> [(&'static str, &Found); 3] {
        [("C1", &self.c1), ("C2", &self.c2), ("C3", &self.c3)]
    }

    /// The methods that alarm.
    fn loud(&self) -> Vec<&'static str> {
        let loud = self.named().into_iter().filter(|(_, found)| found.as_ref().is_ok_and(|v| v.alarm));
        loud.map(|(name, _)| name).collect()
    }

    fn parts(&self) -> Vec<(&'static str, Option<&Reason>)> {
        self.named().into_iter().map(|(name, found)| (name, found.as_ref().err())).collect()
    }
}

const fn unit(step: Step) -> Unit {
    match step {
        Step::Day => Unit::Day,
        Step::Week => Unit::Week,
    }
}

/// Which methods could not speak, and why: `例年: 記録は2026-08-03から（16週）。例年の判定には5年と前後の分（265週）が必要`.
/// Where none could for one reason, that alone.
fn why(parts: &[(&'static str, Option<&Reason>)], unit: Unit) -> Option<String> {
    let mut told: Vec<(Cow<'static, str>, Vec<&str>)> = Vec::new();
    for (name, reason) in parts {
        let Some(reason) = reason.map(|reason| reason.in_full_by(unit)) else { continue };
        match told.iter_mut().find(|(said, _)| *said == reason) {
            Some((_, names)) => names.push(name),
            None => told.push((reason, vec![name])),
        }
    }
    match told.as_slice() {
        [] => None,
        [(reason, names)] if names.len() == parts.len() => Some(reason.to_string()),
        all => {
            let each = all.iter().map(|(reason, names)| {
                let names = names.join("・").replace("C1・C2・C3", "直近");
                format!("{names}: {reason}")
            });
            Some(each.collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
#[path = "alerts_tests.rs"]
mod tests;
