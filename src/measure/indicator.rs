//! What an indicator is together with its measure: its formula, what its columns are, of which days it is.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use super::method::{Beside, Formula, Making, Method, Note, uncalled};
use super::names;
use super::register::called;
use crate::definitions::Catalog;
use crate::definitions::indicator::{Indicator, Unit};
use crate::definitions::role::{Meaning, Role};

impl Indicator {
    /// Its measure; none where its rows stand as the query gives them.
    pub fn method(&self) -> Option<&'static Method> {
        self.measure.as_ref().and_then(|call| called(call).ok())
    }

    /// What a column of its answer is: its measure says so, or the name of what no measure made.
    pub fn meaning(&self, column: &str) -> Meaning {
        let known = self.method().and_then(|method| method.meaning(column));
        known.unwrap_or_else(|| names::meaning(column))
    }

    /// The first column of its answer with a role.
    pub fn column_of(&self, role: Role) -> Option<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).find(|name| self.meaning(name).role == role)
    }

    /// Has its answer a column with the role?
    pub fn has(&self, role: Role) -> bool {
        self.column_of(role).is_some()
    }

    /// Is it of days that may be asked for? One that is not is of the moment asked for alone: its text knows no days, or
    /// its measure takes those of its own.
    pub fn takes_period(&self) -> bool {
        self.names_days() && !self.method().is_some_and(|method| method.own_days)
    }

    /// Made once a night, of what was known at midnight.
    pub fn is_of_last_night(&self) -> bool {
        self.method().is_some_and(|method| method.nightly)
    }

    /// How its answer is made; none: the query's rows are the answer.
    pub fn making(&self) -> Option<&'static Making> {
        self.method().map(|method| &method.making)
    }

    /// The reference data that stand beside its formula.
    pub fn notes(&self, catalog: &Catalog) -> Vec<Note> {
        let call = self.measure.as_ref().and_then(|call| Some((called(call).ok()?, call)));
        call.map_or_else(Vec::new, |(method, call)| (method.notes)(call, catalog))
    }

    fn made_by(&self) -> Option<Formula> {
        Some((self.method()?.formula)(self.measure.as_ref()?))
    }
}

/// The answer's rows, made of the query's. What asks other questions is put together by those who can ask.
pub fn apply(
    indicator: &Indicator,
    rows: RecordBatch,
    beside: &Beside<'_>,
) -> Result<RecordBatch, ArrowError> {
    let Some(call) = &indicator.measure else { return Ok(rows) };
    match called(call).map_err(uncalled)?.making {
        Making::Rows(made) => made(call, &rows, beside),
        Making::Items | Making::Stretches => Ok(rows),
    }
}

impl Indicator {
    /// The formula in Japanese, with its literature.
    pub fn formula_ja(&self) -> String {
        let own = self.formula.as_ref().map(|(ja, _)| ja.clone());
        let made = || self.made_by().map(|formula| formula.ja.to_owned());
        own.or_else(made).unwrap_or_else(|| self.plain(["分子", "分母"]))
    }

    /// The formula in English, with its literature.
    pub fn formula_en(&self) -> String {
        let own = self.formula.as_ref().map(|(_, en)| en.clone());
        let made = || self.made_by().map(|formula| formula.en.to_owned());
        own.or_else(made).unwrap_or_else(|| self.plain(["numerator", "denominator"]))
    }

    /// Has it a denominator that its figure is not divided by, as far as its header tells? A count beside what it is
    /// counted among needs a `formula` of its own.
    pub fn lacks_formula(&self) -> bool {
        let divided = matches!(self.unit, Unit::Percent | Unit::Ratio | Unit::Number | Unit::Per100k);
        self.denominator.is_some() && self.formula.is_none() && !divided && self.measure.is_none()
    }

    /// Of an indicator that no statistics are made of, and whose header says nothing else.
    fn plain(&self, [numerator, denominator]: [&str; 2]) -> String {
        let by = match self.unit {
            Unit::Percent => " × 100",
            Unit::Per100k => " × 100,000",
            _ => "",
        };
        match self.denominator {
            Some(_) if !self.lacks_formula() => format!("{numerator} ÷ {denominator}{by}"),
            _ => numerator.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::definitions::measure::MeasureCall;
    use crate::definitions::{Catalog, Definitions};
    use crate::measure::register::called;

    #[test]
    fn formulas_name_the_limits_that_are_used() {
        for (measure, ja, en) in [
            ("rate(per=1)", "Byar", "Byar's approximation"),
            ("rate(per=1, limits=exact)", "正確な区間（Garwood", "exact 95 % Poisson limits (Garwood"),
            ("standardised(standard=a, per=1)", "Dobson", "Dobson"),
            ("standardised(standard=a, per=1, limits=fay_feuer)", "Fay と Feuer", "Fay and Feuer"),
        ] {
            let call = MeasureCall::parse(measure).expect(measure).expect("a call");
            let formula = (called(&call).expect(measure).formula)(&call);
            assert!(formula.ja.contains(ja), "{ja}");
            assert!(formula.en.contains(en), "{en}");
        }
    }

    #[test]
    fn formulas_speak_both_languages_and_cite_the_same() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let years = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_ascii_digit());
            words.filter(|w| w.len() == 4).map(str::to_owned).collect()
        };
        for indicator in catalog.indicators.values() {
            let (ja, en) = (indicator.formula_ja(), indicator.formula_en());
            assert!(!ja.is_empty() && !en.is_empty(), "{}", indicator.id);
            assert_eq!(years(&ja), years(&en), "{}", indicator.id);
        }
        assert_eq!(catalog.indicators["bed_occupancy"].formula_ja(), "分子 ÷ 分母 × 100");
        assert!(catalog.indicators["new_cases_mean7"].formula_ja().contains("÷ 7"));
    }

    #[test]
    fn each_language_is_its_own_and_no_formula_is_made_of_sentences() {
        let japanese =
            |text: &str| text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        for indicator in catalog.indicators.values() {
            let (ja, en) = (indicator.formula_ja(), indicator.formula_en());
            assert!(!japanese(&en), "{}: {en}", indicator.id);
            assert!(japanese(&ja), "{}: {ja}", indicator.id);
            assert!(!indicator.lacks_formula(), "{}: {ja}", indicator.id);
            for part in [Some(&indicator.numerator), indicator.denominator.as_ref()].into_iter().flatten() {
                assert!(part.chars().count() < 12 || !ja.contains(part.as_str()), "{}: {ja}", indicator.id);
            }
        }
    }

    #[test]
    fn what_is_of_the_moment_takes_no_period() {
        let (catalog, errors) = Catalog::read(&Definitions::embedded());
        assert!(errors.is_empty(), "{errors:?}");
        let of_now: Vec<&str> =
            catalog.indicators.values().filter(|i| !i.takes_period()).map(|i| i.id.as_str()).collect();
        assert_eq!(
            of_now,
            [
                "against_reference",
                "awaiting_admission",
                "bed_backtest",
                "bed_occupancy_now",
                "bed_occupancy_planned",
                "bed_projection",
                "bed_reach",
                "deaths_total",
                "hospital_beds",
                "hospitalisation_share",
                "inpatients",
                "received_today",
                "severity_now",
                "to_date",
                "under_care",
                "under_care_per_100k",
            ]
        );
        let of_all: Vec<&str> =
            catalog.indicators.values().filter(|i| !i.takes_disease()).map(|i| i.id.as_str()).collect();
        assert_eq!(of_all, ["alerts_daily", "alerts_weekly"]);
    }
}
