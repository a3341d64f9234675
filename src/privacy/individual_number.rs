//! 個人番号 (My Number): its check digit, and the judgement of a column of twelve-digit ids as a whole. About one
//! random twelve-digit id in ten passes the check, so a single value proves nothing in a column of such ids; a
//! column that passes far more often holds individual numbers.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// A column's verdict needs this many different values.
const ENOUGH: u64 = 12;
/// So many different values settle it.
const SETTLED: usize = 100_000;
/// The share that may pass by chance: 1/10 with a random last digit, 2/11 where every id ends in 0.
const CHANCE: f64 = 2.0 / 11.0;

/// Does the last of twelve digits check the others?
/// r = Σ `PₙQₙ` mod 11 from the right, Qₙ = n+1 (n ≤ 6), n−5 (n ≥ 7); check = 0 if r ≤ 1, else 11−r.
/// Source: 平成26年総務省令第85号 第5条.
pub fn check_digit_fits(digits: &[u8; 12]) -> bool {
    let mut sum = 0;
    for (place, digit) in digits[..11].iter().rev().enumerate() {
        let n = place as u32 + 1;
        let weight = if n <= 6 { n + 1 } else { n - 5 };
        sum += u32::from(*digit) * weight;
    }
    let check = match sum % 11 {
        0 | 1 => 0,
        r => 11 - r,
    };
    u32::from(digits[11]) == check
}

/// The twelve digits of a text that is nothing else, blanks and hyphens between them allowed.
pub(super) fn twelve_digits(text: &str) -> Option<[u8; 12]> {
    let mut digits = [0; 12];
    let mut count = 0;
    for c in text.trim().chars() {
        match c {
            '0'..='9' if count < 12 => {
                digits[count] = c as u8 - b'0';
                count += 1;
            }
            ' ' | '-' => {}
            _ => return None,
        }
    }
    (count == 12).then_some(digits)
}

/// What is known of one id column's twelve-digit values, in this delivery so far.
#[derive(Debug, Default)]
pub(super) struct Column {
    seen: HashSet<u64>,
    state: RandomState,
    different: u64,
    passing: u64,
    others: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Too few values, or twelve digits are the exception here: a value that passes the check is suspect.
    JudgeEach,
    /// The source's own twelve-digit ids.
    OwnNumbers,
    /// The column holds individual numbers.
    IndividualNumbers,
}

impl Column {
    /// Takes note of a value (normalised). Values are not kept, only a keyed hash that tells them apart.
    pub(super) fn note(&mut self, text: &str) {
        let Some(digits) = twelve_digits(text) else {
            self.others += u64::from(!text.is_empty());
            return;
        };
        if self.seen.len() >= SETTLED || !self.seen.insert(self.state.hash_one(digits)) {
            return;
        }
        self.different += 1;
        self.passing += u64::from(check_digit_fits(&digits));
    }

    pub(super) fn verdict(&self) -> Verdict {
        let (n, p) = (self.different as f64, self.passing as f64);
        let chance = tail(n, p);
        if chance < 1e-6 {
            return Verdict::IndividualNumbers;
        }
        let own = self.different >= ENOUGH && chance > 0.01 && self.others <= self.different;
        if own { Verdict::OwnNumbers } else { Verdict::JudgeEach }
    }
}

/// An upper bound on the chance that `p` or more of `n` random ids pass (Chernoff): e^(−n·KL(p/n ‖ 2/11)).
fn tail(n: f64, p: f64) -> f64 {
    if n == 0.0 || p / n <= CHANCE {
        return 1.0;
    }
    let share = p / n;
    let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - CHANCE)).ln() } else { 0.0 };
    (-n * (share * (share / CHANCE).ln() + rest)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> [u8; 12] {
        twelve_digits(text).expect("twelve digits")
    }

    /// The first `n` numbers, spread out, with or without a right check digit.
    fn numbers(n: u64, right: bool) -> Vec<String> {
        (0..n)
            .map(|i| {
                let body = 10_000_000_000 + i * 7_919_777 % 89_999_999_999;
                let last = (0..10)
                    .find(|c| check_digit_fits(&digits(&format!("{body}{c}"))))
                    .expect("a check digit");
                let last = if right { last } else { (i * 7 % 10) as i32 };
                format!("{body}{last}")
            })
            .collect()
    }

    #[test]
    fn check_digits() {
        for right in ["123456789018", "983205673214", "1234 5678 9018", "1234-5678-9018"] {
            assert!(check_digit_fits(&digits(right)), "{right}");
        }
        assert!(!check_digit_fits(&digits("123456789019")));
        assert_eq!(twelve_digits("12345678901"), None);
        assert_eq!(twelve_digits("1234567890123"), None);
        assert_eq!(twelve_digits("12345678901x"), None);
    }

    #[test]
    fn one_random_id_in_ten_passes() {
        let passing = numbers(10_000, false).iter().filter(|n| check_digit_fits(&digits(n))).count();
        assert!((850..1_150).contains(&passing), "{passing}");
    }

    #[test]
    fn a_column_is_judged_as_a_whole() {
        let judge = |values: &[String]| {
            let mut column = Column::default();
            values.iter().for_each(|v| column.note(v));
            column.verdict()
        };
        assert_eq!(judge(&numbers(500, false)), Verdict::OwnNumbers);
        assert_eq!(judge(&numbers(500, true)), Verdict::IndividualNumbers);
        assert_eq!(judge(&numbers(12, true)), Verdict::IndividualNumbers);
        assert_eq!(judge(&numbers(3, true)), Verdict::JudgeEach);
        assert_eq!(judge(&vec!["123456789018".to_owned(); 1_000]), Verdict::JudgeEach);
        let mut half = numbers(500, false);
        half.extend(numbers(700, true).split_off(500));
        assert_eq!(judge(&half), Verdict::IndividualNumbers);
        let mut mixed = numbers(20, false);
        mixed.extend((0..500).map(|i| format!("H{i:03}")));
        assert_eq!(judge(&mixed), Verdict::JudgeEach);
    }
}
