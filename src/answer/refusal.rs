//! A question that can't be asked: which of its parameters is at fault, why, and what it may be. Japanese first,
//! then English; never what was said, which anybody may have put into a link.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::definitions::mapping::Title;
use crate::epi::clock::jst;
use crate::epi::moment::YEARS;

/// Why a question is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The parameter's name in an address; on the command line `--as-of` for `as_of`.
    pub parameter: &'static str,
    pub ja: String,
    pub en: String,
    /// What may be said instead; nothing when that is no list.
    pub accepted: Vec<String>,
}

impl Refusal {
    pub fn new(parameter: &'static str, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { parameter, ja: ja.into(), en: en.into(), accepted: Vec::new() }
    }

    pub fn accepting<T: Into<String>>(mut self, accepted: impl IntoIterator<Item = T>) -> Self {
        self.accepted = accepted.into_iter().map(Into::into).collect();
        self
    }

    /// What is said is none of those that may be.
    pub fn choice<T: Into<String>>(parameter: &'static str, accepted: impl IntoIterator<Item = T>) -> Self {
        let name = name(parameter);
        let ja = format!("{}（{parameter}）に指定できない値です", name.ja);
        Self::new(parameter, ja, format!("{parameter}: not a known {}", name.en)).accepting(accepted)
    }

    /// A parameter that is there and says nothing: nobody can know what was meant.
    pub fn blank(parameter: &'static str) -> Self {
        let ja =
            format!("{}（{parameter}）の値が空です。値を書くか、指定しないでください", name(parameter).ja);
        Self::new(parameter, ja, format!("{parameter} is empty: give it a value or leave it out"))
    }

    /// The indicator leaves no such choice.
    pub fn no_choice(parameter: &'static str, of: &Title) -> Self {
        let name = name(parameter);
        let ja = format!("「{}」では{}（{parameter}）を選べません", of.ja, name.ja);
        Self::new(parameter, ja, format!("{} has no {}: {parameter} can't be chosen", of.en, name.en))
    }

    /// The indicator is of the moment asked for.
    pub fn no_period(parameter: &'static str, of: &Title) -> Self {
        let ja = format!(
            "「{}」は一時点の値で、期間（from, to）は指定できません。過去の値はデータ時点（as_of）で指定してください",
            of.ja
        );
        let en = format!(
            "{} is a figure of one moment and takes no period (from, to); ask for a past moment with as_of",
            of.en
        );
        Self::new(parameter, ja, en)
    }

    /// The indicator is of all diseases.
    pub fn every_disease(of: &Title) -> Self {
        let ja = format!("「{}」はすべての疾患を並べる指標で、疾患（disease）は指定できません", of.ja);
        Self::new("disease", ja, format!("{} is of all diseases: disease can't be chosen", of.en))
    }

    pub fn backwards(from: Date, to: Date) -> Self {
        let ja = format!("開始日 {from} が終了日 {to} より後です");
        Self::new("from", ja, format!("from {from} is later than to {to}"))
    }

    pub fn empty(from: Date, to: Date) -> Self {
        let ja = format!(
            "{from} から {to} までに集計できる日がありません（終わっていない日は比較しません。先の日のことは分かりません）"
        );
        let en = format!(
            "from {from} to {to} holds no day that has figures (what is not over is compared with nothing, what lies ahead is not known)"
        );
        Self::new("from", ja, en)
    }

    pub fn too_long(from: Date, to: Date, most: i32) -> Self {
        let ja = format!("{from} から {to} までは長すぎます（{most}日まで）");
        Self::new("from", ja, format!("from {from} to {to} is longer than {most} days"))
    }

    /// A day that has not come, seen from the last one that there can be figures of.
    pub fn not_yet(parameter: &'static str, day: Date, last: Date) -> Self {
        let ja = format!(
            "{}（{parameter}）{day} はまだ来ていません。{last} までを指定してください",
            name(parameter).ja
        );
        Self::new(
            parameter,
            ja,
            format!("{parameter} {day} has not come yet; the last day there can be is {last}"),
        )
    }

    /// A year that no figure is of.
    pub fn year(parameter: &'static str) -> Self {
        let (least, most) = (YEARS.start(), YEARS.end());
        let ja =
            format!("{}（{parameter}）は {least} 年から {most} 年までを指定してください", name(parameter).ja);
        Self::new(parameter, ja, format!("{parameter}: a year from {least} to {most}"))
    }

    /// A moment that has not come.
    pub fn future(parameter: &'static str, at: Timestamp, now: Timestamp) -> Self {
        let name = name(parameter);
        let spoken = |at: Timestamp| jst(at).strftime("%Y-%m-%d %H:%M").to_string();
        let written = |at: Timestamp| jst(at).strftime("%Y-%m-%dT%H:%M+09:00").to_string();
        let ja = format!("{}（{parameter}）{} は未来です（現在 {}）", name.ja, spoken(at), spoken(now));
        let words = parameter.replace('_', " ");
        let en = format!("{words} {} lies in the future; it is {} now", written(at), written(now));
        Self::new(parameter, ja, en)
    }
}

impl fmt::Display for Refusal {
    /// In one line: `…（使える値: a, b） (…; accepted: a, b)`.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.accepted.is_empty() {
            return write!(to, "{} ({})", self.ja, self.en);
        }
        let accepted = self.accepted.join(", ");
        write!(to, "{}。使える値: {accepted} ({}; accepted: {accepted})", self.ja, self.en)
    }
}

/// A parameter in words.
pub struct Name {
    pub ja: &'static str,
    pub en: &'static str,
}

/// What the parameters of questions, pages and pictures are called.
pub fn name(parameter: &str) -> Name {
    let (ja, en) = match parameter {
        "indicator" => ("指標", "indicator"),
        "from" => ("開始日", "first day"),
        "to" => ("終了日", "last day"),
        "by" => ("集計単位・区分", "breakdown"),
        "bands" => ("年齢区分", "age bands"),
        "against" => ("比較期間", "period to compare with"),
        "as_of" => ("データ時点", "moment that the data are as of"),
        "at" => ("表示日時", "moment"),
        "day" => ("日付", "day"),
        "disease" => ("疾患", "disease"),
        "format" => ("形式", "format"),
        "bom" => ("BOM", "byte order mark"),
        "width" => ("幅", "width"),
        "height" => ("高さ", "height"),
        "theme" => ("配色", "theme"),
        "board" => ("ボード", "board"),
        "play" => ("表示の順番", "list of boards"),
        "heartbeat" => ("通信間隔", "seconds between heartbeats"),
        "stale" => ("途絶の判定秒数", "seconds until the stale mark"),
        "page" => ("ページ", "page"),
        "q" => ("検索語", "words looked for"),
        _ => ("条件", "parameter"),
    };
    Name { ja, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_line_in_both_languages() {
        let choice = Refusal::choice("by", ["day", "week"]);
        assert_eq!(
            choice.to_string(),
            "集計単位・区分（by）に指定できない値です。使える値: day, week (by: not a known breakdown; accepted: day, week)"
        );
        let (from, to) = (jiff::civil::date(2026, 12, 1), jiff::civil::date(2026, 1, 1));
        assert_eq!(
            Refusal::backwards(from, to).to_string(),
            "開始日 2026-12-01 が終了日 2026-01-01 より後です (from 2026-12-01 is later than to 2026-01-01)"
        );
    }
}
