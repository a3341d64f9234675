//! What a mapping lists for a column: the texts of its codes, its words for ages, the pattern of its ids.

use std::collections::HashMap;

use regex::Regex;

use super::error::GateError;
use super::outputs::Output;
use super::text::Words;
use crate::definitions::mapping::{Column, Why};
use crate::epi::age::{self, Age};
use crate::epi::text::word;

/// `1 ○ 有り …`: the words of a yes and of a no.
const YES: [&str; 15] =
    ["1", "○", "〇", "◯", "有り", "有", "あり", "はい", "true", "t", "yes", "y", "該当", "●", "陽性"];
const NO: [&str; 17] = [
    "0",
    "×",
    "✕",
    "✗",
    "無し",
    "無",
    "なし",
    "いいえ",
    "false",
    "f",
    "no",
    "n",
    "非該当",
    "該当なし",
    "該当無し",
    "該当せず",
    "陰性",
];

/// A pattern of ids that lets one of these through is no pattern.
const NO_IDS: [&str; 9] = [
    "山田太郎",
    "山田 太郎",
    "ヤマダタロウ",
    "やまだ",
    "yamadataro",
    "Yamada Taro",
    "taro@example.jp",
    "芝公園1-5-25",
    "",
];

/// The whole value's pattern, refused when it lets names or free text through.
pub(super) fn pattern(column: &Column) -> Result<Regex, GateError> {
    let Some(text) = &column.pattern else {
        return Err(GateError::Incomplete {
            column: column.name().clone(),
            lacks: Why::new("pattern", "a pattern"),
        });
    };
    let compiled = Regex::new(&format!("^(?:{text})$"))
        .map_err(|e| GateError::Pattern { column: column.name().clone(), why: e.to_string() })?;
    if NO_IDS.iter().any(|no_id| compiled.is_match(no_id)) {
        return Err(GateError::LoosePattern { column: column.name().clone() });
    }
    Ok(compiled)
}

pub(super) fn list_codes(column: &Column, output: &mut Output, words: &mut Words) -> Result<(), GateError> {
    for (code, texts) in &column.codes {
        let number = output.code(code);
        for text in texts {
            if !words.list(text, number) {
                return Err(GateError::CodeTwice { column: column.name().clone(), code: code.clone() });
            }
        }
    }
    // A code stands for itself, unless the list says otherwise.
    for code in column.codes.keys() {
        let number = output.code(code);
        words.list(code, number);
    }
    Ok(())
}

pub(super) fn list_flags(words: &mut Words) {
    for (list, flag) in [(&YES[..], 1), (&NO[..], 0)] {
        for text in list {
            words.list(text, flag);
        }
    }
}

/// The mapping's own words for ages, each as the age or band that it stands for.
pub(super) fn ages(column: &Column) -> Result<HashMap<String, Option<Age>>, GateError> {
    let mut words = HashMap::with_capacity(column.ages.len());
    for (text, age) in &column.ages {
        let meant = match age::parse(age) {
            None if age != Column::UNKNOWN_AGE => {
                return Err(GateError::Incomplete {
                    column: column.name().clone(),
                    lacks: Why::new("年齢を表す ages", "ages that are ages"),
                });
            }
            meant => meant,
        };
        words.insert(word(text), meant);
    }
    Ok(words)
}
