//! Longer ways of saying "unknown" than a listed word: `（調査中）`, `非公表※1`, `年代不明`, `本人の意向により非公表`.

use super::identifiers::first;
use super::unknown::{NO_DAY, is_listed};
use crate::epi::text::word;

/// How a sentence that says no more than that ends: `本人の希望により非公表`.
const ENDS: &[&str] = &[
    "非公表",
    "未公表",
    "公表しない",
    "公表せず",
    "公表を控える",
    "公表を控えます",
    "公表していない",
    "公表していません",
    "公表できない",
    "公表しません",
    "非公開",
    "非開示",
    "不開示",
    "不明",
    "不詳",
    "未詳",
    "未確認",
    "確認中",
    "調査中",
    "照会中",
    "聞き取り中",
    "聴取中",
    "未判明",
    "判明せず",
    "判明していない",
    "わからない",
    "分からない",
    "わからず",
    "分からず",
    "わかりません",
    "覚えていない",
    "聴取不可",
    "聴取できず",
    "聞き取り不可",
    "聞き取りできず",
    "確認できず",
    "特定できず",
    "特定できない",
    "回答拒否",
    "回答を拒否",
    "拒否",
    "公表を望まない",
    "公表を望まず",
    "公表を希望しない",
    "公表を希望せず",
    "公表に同意せず",
    "公表の同意なし",
    "公表同意なし",
    "同意が得られず",
    "回答なし",
    "回答を得られず",
    "記載なし",
    "記入なし",
    "情報なし",
    "データなし",
    "未定",
];

/// Says a text that is not in a column's list that something is unknown, and nothing that looks like an identifier?
pub(super) fn is_unsaid(text: &str) -> bool {
    if text.len() > 120 || text.is_empty() {
        return false;
    }
    let word: String = word(text).chars().filter(|c| !c.is_whitespace()).collect();
    if word.chars().all(is_filler) || word.chars().count() > 1 && word.chars().all(is_placeholder) {
        return true;
    }
    let said = trimmed(&word);
    // 不明(調査中): what stands before the bracket says it.
    let before = said.split(['(', '[', '【', '、', '・', '/', '※']).next().map_or("", trimmed);
    let Some((who, _)) = [said, before].iter().find_map(|part| end_of(part)) else { return false };
    first(&word).is_none() && first(trimmed(who)).is_none()
}

/// Says a text of a column of days that there is none, in several words of which each says so: `なし（無症状病原体保有者）`,
/// `無症状のためなし`. `咳なし` does not: that something else did not happen says nothing of the day.
pub(super) fn says_no_day(text: &str) -> bool {
    if text.len() > 120 {
        return false;
    }
    let word: String = word(text).chars().filter(|c| !c.is_whitespace()).collect();
    let word = ["のため", "により", "につき", "なので"]
        .iter()
        .fold(word, |word, because| word.replace(because, "、"));
    let mut parts = word
        .split(|c: char| {
            is_filler(c) || matches!(c, '(' | ')' | '[' | ']' | '「' | '」' | '【' | '】' | '※' | ':' | ';')
        })
        .filter(|part| !part.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(|part| NO_DAY.contains(&part) || is_listed(part))
}

/// What stands before the words that say "unknown", and those words.
fn end_of(part: &str) -> Option<(&str, &str)> {
    if is_listed(part) {
        return Some(("", part));
    }
    ENDS.iter().find_map(|end| part.strip_suffix(end).map(|before| (before, *end)))
}

/// Signs that fill a cell: `***`, `…`, `?`.
fn is_filler(c: char) -> bool {
    matches!(
        c,
        '-' | 'ー' | '*' | '…' | '.' | '‥' | '・' | '?' | '_' | '/' | '=' | '~' | '〜' | '。' | '、' | ','
    )
}

/// Signs that fill a cell when there are several: one cross or circle may mean something.
fn is_placeholder(c: char) -> bool {
    matches!(c, 'x' | '×' | '✕' | '✗' | '○' | '〇' | '◯' | '●')
}

/// A word without brackets around it, the number of a note behind it, and signs at its ends.
fn trimmed(word: &str) -> &str {
    let signs = |c: char| {
        is_filler(c)
            || matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | '「' | '」' | '<' | '>' | '※' | '!' | ':')
    };
    word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '注').trim_matches(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_that_say_unknown() {
        let texts = "（調査中）|【非公表】|非公表※1|非公表※|不明（調査中）|調査中（10月3日現在）|年代不明|感染経路不明|本人の希望により非公表|\
            ご本人の意向により非公表|ご遺族の意向により、公表を控えます|調査 中|確認　中|…|***|＊＊＊|－－|．|?|？？|――|不明。|「不明」|\
            発症日は不明|聞き取りできず|※調査中|不明・調査中|-|非公表(注1)|XX|××|○○|(not disclosed)|回答を拒否|公表を望まない|本人が公表を希望せず|本人同意が得られず非公表";
        for text in texts.split('|') {
            assert!(is_unsaid(text), "{text}");
        }
    }

    #[test]
    fn several_words_say_that_there_is_no_day() {
        let texts = "なし（無症状病原体保有者）|無症状のためなし|なし(無症状)|無症状病原体保有者のため、なし|症状なし・無症状|無症状／なし|\
            発症なし（無症状）|なし（不明）|【なし】|なし。|無症状病原体保有者（調査中）";
        for text in texts.split('|') {
            assert!(says_no_day(text), "{text}");
        }
        let texts = "|咳なし|熱なし|なし（咳あり）|発熱なし・無症状|既往歴なし|無症状だが陽性|山田なし|なし3/15|()|・|同居家族なし（無症状）";
        for text in texts.split('|') {
            assert!(!says_no_day(text), "{text}");
        }
    }

    #[test]
    fn other_words_are_not_unknown() {
        let texts = "|50代|男性|会社員|x|X|○|×|1|12|不明者の家族|調査票|未公表の事例あり|3月中旬|不明090-1234-5678|山田太郎（不明）|\
            山田 太郎 不明|taro@example.jp 不明|芝公園1-5-25 調査中|##########";
        for text in texts.split('|') {
            assert!(!is_unsaid(text), "{text}");
        }
    }
}
