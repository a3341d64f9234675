//! What a column of days says in words of an event that need not have happened: `死亡日不明` and `あり` say that it has, on a
//! day that is not told; `退院` and `生存` in a column of deaths say that something else has.

use super::identifiers::first;
use super::unknown::is_listed;
use crate::epi::text::word;

/// Which event a column of days is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Death,
    Other,
}

/// What a word says of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Happened,
    Otherwise,
}

/// That it has happened.
const YES: &[&str] = &["あり", "有", "有り", "有る", "はい", "済", "済み", "○", "〇", "yes"];
const DEATH: &[&str] = &["死亡退院", "死亡", "死去", "逝去", "ご逝去", "died", "dead", "death", "deceased"];
/// What may stand behind such a word.
const ENDED: &[&str] = &[
    "による退院",
    "による解除",
    "による療養解除",
    "による療養終了",
    "による終了",
    "解除",
    "終了",
    "確認",
    "転帰",
    "例",
    "者",
];
/// What it was of, and where.
const CAUSES: &[&str] = &["原死因", "直接死因", "主死因", "死因"];
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "退院", "院内", "病院", "入院中", "療養中", "自宅", "施設", "転院後", "転院先", "退院後", "解除後",
];
/// How a stay ends, be it by a death.
#[rustfmt::skip]
const EXITS: &[&str] = &[
    "退院", "退院済", "退院済み", "解除", "療養解除", "療養終了", "転院", "転院済", "転院済み", "転出", "退所", "退所済", "転帰", "discharged",
];
/// How a day is called of which something is unknown.
const DAYS: &[&str] = &["年月日", "月日", "日付", "日時", "日にち", "日", "時刻", "詳細"];
/// How else a stay or an illness ends, or that it has not.
#[rustfmt::skip]
const OTHERWISE: &[&str] = &[
    "生存", "生存中", "存命", "存命中", "健在", "退院", "退院済", "退院済み", "軽快退院", "転院", "転院済", "転院済み", "軽快", "軽快中", "治癒",
    "回復", "回復済", "回復済み", "快方", "快復", "完治", "寛解", "転出", "転居", "帰宅", "解除", "療養解除", "療養終了", "discharged",
    "退所", "退所済", "入所中", "施設入所", "療養中", "治療中", "recovered", "recovering", "cured", "transferred", "alive", "survived", "living",
];

/// What stands beside a day in a column of its own: `2026/11/21死亡` where it is of deaths.
const BESIDE: &[(&str, &[&str])] = &[
    ("death_published_", &["公表", "発表"]),
    ("death_", &["死亡退院", "死亡", "死去", "逝去", "永眠", "died", "deceased"]),
    ("onset_", &["発症", "発病"]),
    ("sampled_", &["検体採取", "採取", "採検"]),
    ("first_visit_", &["初診", "受診"]),
    ("diagnosed_", &["診断", "確定診断"]),
    ("reported_", &["報告", "届出"]),
    ("received_", &["受理", "受付", "受信"]),
    ("entered_", &["入力", "登録"]),
    ("published_", &["公表", "発表"]),
    ("first_contact_", &["初回連絡", "連絡", "架電"]),
    ("admitted_", &["入院"]),
];

/// The words that may stand beside a day of a column.
pub(super) fn beside(column: &str) -> &'static [&'static str] {
    BESIDE.iter().find(|(begin, _)| column.starts_with(begin)).map_or(&[], |(_, words)| words)
}

/// A text without the word of its column that stands before or behind a day: `死亡（2026/11/21）`, `2026/11/21に死亡`, `発症:3/15`.
pub(super) fn without_word<'a>(words: &[&str], text: &'a str) -> Option<&'a str> {
    let text = text.trim().trim_end_matches(['。', '.', '．']);
    let behind = words.iter().find_map(|word| {
        let rest =
            ["", "済", "済み", "日"].iter().find_map(|end| text.strip_suffix(end)?.strip_suffix(word))?;
        let rest = rest.trim_end();
        Some(rest.strip_suffix(['に', '、', ',']).unwrap_or(rest))
    });
    let before = || {
        let rest = words.iter().find_map(|word| text.strip_prefix(word))?;
        let rest = rest.strip_prefix('日').unwrap_or(rest).trim_start();
        let rest = rest.trim_start_matches([':', '：', '、', '→']).trim();
        let inside = ["()", "（）"].iter().find_map(|pair| {
            let mut signs = pair.chars();
            rest.strip_prefix(signs.next()?)?.strip_suffix(signs.next()?)
        });
        Some(inside.unwrap_or(rest))
    };
    let said = behind.or_else(before)?.trim();
    said.starts_with(|c: char| c.is_numeric() || "明大昭平令MTSHRmtshr".contains(c)).then_some(said)
}

impl Event {
    /// The event that a column of the table is of.
    pub(super) fn of(column: &str) -> Self {
        if column.starts_with("death_") && !column.contains("published") { Self::Death } else { Self::Other }
    }

    pub(super) fn said(self, text: &str) -> Option<Outcome> {
        if text.len() > 60 {
            return None;
        }
        let word: String = word(text).chars().filter(|c| !c.is_whitespace()).collect();
        let whole = word.trim_end_matches(['。', '.']);
        let (said, note) = match whole.split_once('(') {
            Some((said, note)) => (said, note.strip_suffix(')')?),
            None => (whole, ""),
        };
        let open = note.is_empty() || is_listed(note) || is_open_day(note);
        if self == Self::Death {
            let said = said.strip_prefix("転帰").map_or(said, |rest| rest.trim_start_matches([':', 'は']));
            // 退院（死亡）: the bracket says how.
            if DEATH.contains(&note) && (EXITS.contains(&said) || PLACES.contains(&said)) {
                return Some(Outcome::Happened);
            }
            if is_otherwise(said) {
                return Some(Outcome::Otherwise);
            }
            let behind = DEATH.iter().find_map(|word| said.strip_prefix(word));
            let death = behind.is_some_and(|rest| {
                rest.is_empty() || YES.contains(&rest) || ENDED.contains(&rest) || is_open_day(rest)
            });
            if death && (open || PLACES.contains(&note) || is_cause(note)) {
                return Some(Outcome::Happened);
            }
        }
        (YES.contains(&said) && open).then_some(Outcome::Happened)
    }
}

/// Says the word that someone has died, in a column that tells how it goes with people?
pub(super) fn is_death(text: &str) -> bool {
    let word = word(text);
    DEATH.iter().any(|death| word.contains(death)) && Event::Death.said(text) == Some(Outcome::Happened)
}

/// `原死因：COVID-19`: of what someone died, and nothing that looks like an identifier.
fn is_cause(note: &str) -> bool {
    let cause = CAUSES.iter().find_map(|word| note.strip_prefix(word));
    cause.is_some_and(|rest| first(rest.trim_start_matches([':', 'は', 'が'])).is_none())
}

/// Says a word that someone has not died: how else it ended, alone or behind a day (`2026/11/22 退院`), or a word that denies it.
fn is_otherwise(said: &str) -> bool {
    const NONE: [&str; 12] =
        ["×", "✕", "✗", "x", "0", "-", "否", "いいえ", "no", "非該当", "該当なし", "該当無し"];
    const DENIED: [&str; 11] = [
        "なし",
        "無し",
        "無",
        "せず",
        "していない",
        "していません",
        "ではない",
        "でない",
        "否定",
        "ない",
        "ありません",
    ];
    let dated = |c: char| c.is_numeric() || "/-.年月日に:時分".contains(c);
    let behind_a_day = said.trim_start_matches(dated);
    let denied = DEATH
        .iter()
        .find_map(|word| said.strip_prefix(word))
        .is_some_and(|rest| DENIED.contains(&rest.trim_start_matches(['は', 'が', ':', 'で'])));
    let undone = ["非", "未", "不", "not", "no"]
        .iter()
        .any(|no| said.strip_prefix(no).is_some_and(|rest| DEATH.contains(&rest)));
    OTHERWISE.contains(&said)
        || (behind_a_day != said && OTHERWISE.contains(&behind_a_day))
        || NONE.contains(&said)
        || denied
        || undone
}

/// `日不明`, `日付は不明`, `年月日未確認`: the day is not told, and what it is of is.
fn is_open_day(text: &str) -> bool {
    let unknown = |rest: &str| is_listed(rest.trim_start_matches(['は', 'が', ':']));
    DAYS.iter().any(|day| text.strip_prefix(day).is_some_and(unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_that_it_has_happened() {
        for text in "死亡日不明|死亡退院|死亡（日付不明）|あり|死亡|死亡 日付不明|有り|死亡（調査中）|死亡年月日は不明|Ｄｉｅｄ|死亡あり|死亡（原死因：COVID-19）|死亡（原死因）|\
            死亡（死因：新型コロナウイルス感染症）|死亡（退院）|死亡による退院|退院（死亡）|療養解除（死亡）|転帰：死亡|死亡（死因調査中）".split('|') {
            assert_eq!(Event::Death.said(text), Some(Outcome::Happened), "{text}");
        }
        for text in "あり|済|有（日付不明）|○".split('|') {
            assert_eq!(Event::Other.said(text), Some(Outcome::Happened), "{text}");
        }
    }

    #[test]
    fn other_ends_are_no_death() {
        for text in
            "退院|転院|軽快|退院（軽快）|転院済み|生存|回復|治癒|生存。|生存（入院中）|転帰:生存|Alive|2026/11/22 退院|2026/11/22転院|\
             11月22日 退院|0|×|死亡なし|死亡していない|非死亡|死亡せず|退所|死亡ではない|not dead"
                .split('|')
        {
            assert_eq!(Event::Death.said(text), Some(Outcome::Otherwise), "{text}");
            assert_eq!(Event::Other.said(text), None, "{text}");
        }
    }

    #[test]
    fn a_word_of_the_column_beside_its_day() {
        let words = beside("death_day");
        for text in "2026/11/21死亡|2026/11/21 死亡。|2026/11/21に死亡|死亡2026/11/21|死亡（2026/11/21）|死亡: 2026/11/21|2026/11/21死亡退院|2026/11/21 died|死亡日：2026/11/21"
            .split('|')
        {
            assert_eq!(without_word(words, text), Some("2026/11/21"), "{text}");
        }
        assert_eq!(without_word(words, "令和8年11月21日死亡"), Some("令和8年11月21日"));
        assert_eq!(without_word(beside("onset_day"), "3月15日発症"), Some("3月15日"));
        for text in "死亡|死亡なし|死亡日不明|2026/11/21|2026/11/21 退院|2026/11/21死亡せず|山田死亡|死亡疑い 2026/11/21".split('|') {
            assert_eq!(without_word(words, text), None, "{text}");
        }
        assert_eq!(without_word(beside("death_published_day"), "2026/11/22公表"), Some("2026/11/22"));
        assert!(beside("spo2").is_empty());
    }

    #[test]
    fn what_leaves_the_event_open_says_nothing_of_it() {
        for text in "|不明|死亡の有無不明|死亡未確認|死亡不明|死亡疑い|なし|調査中|死亡（疑い）|ありうる|無|死亡（山田太郎）|死亡（原死因：山田太郎）|死亡の恐れ|なし（死亡）"
            .split('|')
        {
            assert_eq!(Event::Death.said(text), None, "{text}");
        }
    }
}
