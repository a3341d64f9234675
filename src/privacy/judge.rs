//! A value that its column explains may still be an identifier, and one that it does not explain may be nothing else:
//! numbers within their limits, ids of the stated pattern, and texts that fit nowhere.

use super::identifiers::{Identifier, first, is_area_code, is_phone_digits};
use super::individual_number::{Column as TwelveDigits, Verdict, check_digit_fits, twelve_digits};
use crate::epi::folded::with_digits;
use crate::epi::text::plain;
use crate::intake::fault::FaultKind;

/// A count or number without a stated maximum.
pub(super) const LARGEST: i64 = 999_999_999;

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub least: i64,
    pub most: i64,
    /// Six or seven digits can't be a count here: a row is a person, and the mapping states no maximum.
    pub per_person: bool,
    /// A note in front (`注8　431`) is not part of the number.
    pub strip_note: bool,
}

impl Limits {
    pub(super) fn check(self, number: i64, text: &str) -> Result<i64, FaultKind> {
        if number < self.least {
            return Err(if number < 0 { FaultKind::Negative } else { FaultKind::OutOfRange });
        }
        if number > self.most {
            return Err(FaultKind::OutOfRange);
        }
        if self.per_person && (100_000..10_000_000).contains(&number) {
            return Err(FaultKind::OutOfRange);
        }
        if text.len() >= 10 {
            judge_digits(text)?;
        }
        Ok(number)
    }
}

/// A number or id that fits its column may still be a telephone number or an individual number.
fn judge_digits(text: &str) -> Result<(), FaultKind> {
    let text = with_digits(&plain(text));
    if is_phone_digits(&text) {
        return Err(FaultKind::LooksLikePhone);
    }
    if twelve_digits(&text).is_some_and(|d| check_digit_fits(&d)) {
        return Err(FaultKind::LooksLikeIndividualNumber);
    }
    Ok(())
}

/// A kept id that fits its pattern may still be an identifier of a person.
pub(super) fn judge_id(id: &str, is_area: bool, numbers: &TwelveDigits) -> Result<(), FaultKind> {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    if digits < 6 {
        return Ok(());
    }
    if matches!(id.len(), 6 | 7) && digits == id.len() && !(is_area && is_area_code(id)) {
        return Err(FaultKind::LooksLikeHerSysId);
    }
    if twelve_digits(id).is_some() && numbers.verdict() == Verdict::OwnNumbers {
        return Ok(());
    }
    judge_digits(id)
}

/// Names the identifier that a faulty cell seems to hold, if it does.
#[cold]
pub(super) fn as_identifier(kind: FaultKind, text: &str) -> FaultKind {
    if kind.is_identifying() {
        return kind;
    }
    first(text).map_or(kind, Identifier::fault)
}
