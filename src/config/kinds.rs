//! Kinds of settings that need their own reading.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// An amount of memory or disk: `512MB`, `2GB`, or a number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_uppercase();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
        let shift = match text[digits.len()..].trim() {
            "" | "B" => 0,
            "K" | "KB" | "KIB" => 10,
            "M" | "MB" | "MIB" => 20,
            "G" | "GB" | "GIB" => 30,
            "T" | "TB" | "TIB" => 40,
            _ => return Err("an amount is written as 512MB, 2GB or a number of bytes"),
        };
        let number: u64 =
            digits.parse().map_err(|_| "an amount is written as 512MB, 2GB or a number of bytes")?;
        number.checked_mul(1 << shift).map(Self).ok_or("an amount larger than any machine has")
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n >= 10 << 30 => write!(f, "{} GB", n >> 30),
            n if n >= 10 << 20 => write!(f, "{} MB", n >> 20),
            n if n >= 10 << 10 => write!(f, "{} KB", n >> 10),
            n => write!(f, "{n} bytes"),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A text that an environment variable may have made a number of.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct TextOrNumber;
    impl Visitor<'_> for TextOrNumber {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a number")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }
    deserializer.deserialize_any(TextOrNumber)
}

/// Shells know no hyphen in the name of a variable, sources have them: `SOURCES__HER_SYS_CASES__ON` means
/// `sources.her-sys-cases.on`.
pub(super) fn source_key(key: &str) -> String {
    let mut parts: Vec<String> = key.split("__").map(str::to_owned).collect();
    if parts.len() > 1 && parts[0].eq_ignore_ascii_case("sources") {
        parts[1] = parts[1].replace('_', "-");
    }
    parts.join("__")
}
