//! Figures as a person reads them, and axes that end on round ones.

/// Anything above this isn't a count of people or beds: it is treated as missing.
const LARGEST: f64 = 1e12;

/// A value that can be drawn; NaN, infinities and absurd sizes are gaps.
pub(super) fn sound(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite() && v.abs() <= LARGEST)
}

/// A sound value with a fixed count of decimals; — for any other.
pub fn number(value: f64, decimals: usize) -> String {
    crate::epi::rounding::figure(value, decimals).unwrap_or_else(|| "—".to_owned())
}

/// How many decimals a set of values wants: none for whole numbers, else one, two below 1.
pub(super) fn decimals(values: impl Iterator<Item = f64>) -> usize {
    let (mut fractions, mut largest) = (false, 0.0_f64);
    for v in values {
        fractions |= v.fract() != 0.0;
        largest = largest.max(v.abs());
    }
    match (fractions, largest) {
        (false, _) => 0,
        (true, l) if l < 1.0 => 2,
        (true, l) if l < 1000.0 => 1,
        _ => 0,
    }
}

/// Intervals between the ticks of an axis at most.
const MOST_INTERVALS: f64 = 5.0;

/// A linear axis from `low`, on a tick, to `high`; its ticks end at `last`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    /// Where the ticks end.
    pub last: f64,
}

impl Scale {
    /// Holds 0 and all values in at most `intervals` steps of 1, 2, 2.5 or 5 × 10ⁿ; whole steps where the values
    /// are whole. An axis with room for a single step ends closer to its data.
    pub(super) fn holding(values: impl Iterator<Item = f64> + Clone, intervals: usize) -> Scale {
        let whole = values.clone().all(|v| v.fract() == 0.0);
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        let factors: &[f64] = if intervals > 1 {
            &[1.0, 2.0, 2.5, 5.0]
        } else {
            &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
        };
        let intervals = intervals.max(1) as f64;
        let span = (high - low).max(if whole { 1.0 } else { f64::MIN_POSITIVE });
        let mut power = (span / intervals).log10().floor() as i32;
        loop {
            for factor in factors {
                let step = factor * 10f64.powi(power);
                if whole && step.fract() != 0.0 {
                    continue;
                }
                let (from, to) = ((low / step).floor(), (high / step - 1e-9).ceil().max(1.0));
                if to - from <= intervals.max(if low < 0.0 { 2.0 } else { 1.0 }) {
                    return Scale { low: from * step, high: to * step, step, last: to * step };
                }
            }
            power += 1;
        }
    }

    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let count = ((self.high.min(self.last) - self.low) / self.step + 1e-6).floor() as i64;
        (0..=count).map(|i| self.low + self.step * i as f64)
    }

    pub(super) fn label(&self, tick: f64) -> String {
        // The first of the step's digits, and the second when it is no zero.
        let first = (-self.step.log10().floor()).clamp(0.0, 6.0);
        let second = (self.step * 10f64.powf(first)).fract() > 1e-6;
        let decimals = if second { first as usize + 1 } else { first as usize };
        number(tick, if self.step.fract() == 0.0 { 0 } else { decimals })
    }

    /// The same ticks, but the axis ends with the data.
    pub(super) fn ending_at(self, high: f64) -> Scale {
        if high > self.low { Scale { high: high.min(self.high), ..self } } else { self }
    }

    /// The same ticks, and more of them as far as `last` allows, on an axis that leaves a share of its height free above the
    /// highest value.
    pub(super) fn with_head(self, highest: f64, free: f64, last: Option<f64>) -> Scale {
        let wanted = self.low + (highest - self.low) / (1.0 - free).max(0.1);
        let last = last.unwrap_or(f64::INFINITY);
        let mut scale = Scale { high: self.high.max(wanted), last, ..self };
        // A higher axis has no more ticks than five intervals.
        while (scale.high.min(last) - scale.low) / scale.step > MOST_INTERVALS {
            scale.step *= 2.0;
            // 0 stays on a tick.
            scale.low = (scale.low / scale.step).floor() * scale.step;
        }
        scale
    }

    /// 0 at `low`, 1 at `high`.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_figures() {
        assert_eq!(number(0.0, 0), "0");
        assert_eq!(number(-0.2, 0), "0");
        assert_eq!(number(999.0, 0), "999");
        assert_eq!(number(62_889.0, 0), "62,889");
        assert_eq!(number(-1234.56, 1), "−1,234.6");
        assert_eq!(number(1_000_000.0, 0), "1,000,000");
    }

    #[test]
    fn axes_start_at_zero_and_end_on_round_numbers() {
        let scale = Scale::holding([3.0, 47.0].into_iter(), 5);
        assert_eq!((scale.low, scale.high, scale.step), (0.0, 50.0, 10.0));
        let scale = Scale::holding([0.0].into_iter(), 5);
        assert_eq!((scale.low, scale.high, scale.step), (0.0, 1.0, 1.0));
        let scale = Scale::holding([0.4, 1.3].into_iter(), 4);
        assert_eq!((scale.high, scale.step), (1.5, 0.5));
        let scale = Scale::holding([-2.0, 8.0].into_iter(), 4);
        assert!(scale.low <= -2.0 && scale.high >= 8.0);
        let scale = Scale::holding([12_345.0].into_iter(), 3);
        assert_eq!(scale.high, 15_000.0);
        assert_eq!(scale.label(15_000.0), "15,000");
        let scale = Scale::holding([2_300.0].into_iter(), 1);
        assert_eq!((scale.high, scale.step), (2_500.0, 2_500.0));
        let scale = Scale::holding([0.9, 0.01].into_iter(), 4);
        assert_eq!((scale.high, scale.label(scale.step)), (1.0, "0.25".to_owned()));
        let scale = Scale::holding([9.0, 2.4].into_iter(), 4);
        assert_eq!((scale.high, scale.label(scale.step)), (10.0, "2.5".to_owned()));
    }

    #[test]
    fn every_sound_range_has_an_axis() {
        for value in [0.0, 1e-9, 0.1, 1.0, 1e12, -1.0, -1e12, 0.3] {
            for intervals in 0..7 {
                let scale = Scale::holding([value].into_iter(), intervals);
                assert!(scale.low <= value && value <= scale.high * (1.0 + 1e-6), "{value} {scale:?}");
                assert!(scale.ticks().count() <= intervals.max(2) + 1);
            }
        }
    }

    #[test]
    fn nonsense_is_a_gap() {
        assert_eq!(sound(Some(f64::NAN)), None);
        assert_eq!(sound(Some(f64::INFINITY)), None);
        assert_eq!(sound(Some(3.0)), Some(3.0));
    }
}
