//! Words looked up in a list without an allocation for those met before.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::unknown::is_listed;
use crate::epi::text::word;

/// How many different texts of one column are remembered.
const REMEMBERED: usize = 4096;

/// What a text is in a column's list of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A listed word; the number is the caller's.
    Known(u16),
    /// Empty, or a word for "unknown".
    Unknown,
    /// Not in the list.
    Foreign,
}

/// A column's words. Texts met before are found without being normalised again; texts that are not in the list
/// are never remembered.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    listed: HashMap<String, Found>,
    seen: Memo<Found>,
}

impl Words {
    /// The given words for "unknown", beside the built-in ones.
    pub(super) fn new<'a>(unknown: impl IntoIterator<Item = &'a str>) -> Self {
        let listed = unknown.into_iter().map(|text| (word(text), Found::Unknown)).collect();
        Self { listed, seen: Memo::default() }
    }

    /// Lists a word. False, and nothing changes, when it already stands for something else than "unknown".
    pub(super) fn list(&mut self, text: &str, number: u16) -> bool {
        let held = self.listed.entry(word(text)).or_insert(Found::Unknown);
        let free = *held == Found::Unknown || *held == Found::Known(number);
        if free {
            *held = Found::Known(number);
        }
        free
    }

    pub(super) fn find(&mut self, text: &str) -> Found {
        if text.is_empty() {
            return Found::Unknown;
        }
        if let Some(found) = self.seen.get(text) {
            return found;
        }
        let word = word(text);
        let found = match self.listed.get(&word) {
            Some(found) => *found,
            None if is_listed(&word) => Found::Unknown,
            None => return Found::Foreign,
        };
        self.seen.put(text, found);
        found
    }

    /// Remembers that a text which is in no list says "unknown" all the same.
    pub(super) fn remember_unknown(&mut self, text: &str) {
        self.seen.put(text, Found::Unknown);
    }
}

/// Texts met before and what they became; at most a few thousand.
#[derive(Clone, Debug)]
pub(super) struct Memo<V> {
    seen: HashMap<Box<str>, V, BuildHasherDefault<Mix>>,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { seen: HashMap::default() }
    }
}

impl<V: Copy> Memo<V> {
    #[inline]
    pub(super) fn get(&self, text: &str) -> Option<V> {
        self.seen.get(text).copied()
    }

    pub(super) fn put(&mut self, text: &str, value: V) {
        if self.seen.len() < REMEMBERED && text.len() <= 64 {
            self.seen.insert(text.into(), value);
        }
    }
}

/// A quick hash for short texts, eight bytes at a time (multiply and rotate, after Firefox's).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

impl Mix {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        // The table takes its group from the top bits and its bucket from the low ones.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words() {
        let mut words = Words::new(["聴取不可"]);
        assert!(words.list("男", 0));
        assert!(words.list("M", 0));
        assert!(!words.list("ｍ", 1));
        for text in "不明|調査中|―|‐|-|－|–|—|空欄|NA|n/a|Ｎ／Ａ|未記入|聴取不可||ー".split('|')
        {
            assert_eq!(words.find(text), Found::Unknown, "{text}");
            assert_eq!(words.find(text), Found::Unknown, "{text} again");
        }
        assert_eq!(words.find("男"), Found::Known(0));
        assert_eq!(words.find(" 男　"), Found::Known(0));
        assert_eq!(words.find("男子"), Found::Foreign);
    }

    #[test]
    fn a_listed_word_is_not_unknown() {
        let mut words = Words::new([]);
        assert!(words.list("不明", 3));
        assert_eq!(words.find("不明"), Found::Known(3));
    }
}
