//! What is wrong with an indicator or a board, in Japanese: a sentence for each that `hinomi check` says in English. What
//! engines say of a text stays as it is.

use std::sync::LazyLock;

use regex::Regex;

/// What stands before a fault, and what it is in Japanese.
const WHERE: &[(&str, &str)] = &[
    (r"panel (\d+) \(([^)]*)\): ", "${1}枚目のパネル（${2}）: "),
    (r"headline \(([^)]*)\): ", "見出しの数（${1}）: "),
    (r"item (\d+) \(([^)]*)\): ", "帯の${1}番目（${2}）: "),
    (r"item (\S+): ", "項目 ${1}: "),
    (r"line (\d+) of the query: ", "問い合わせの${1}行目: "),
    (r"line (\d+): measure: ", "${1}行目の measure: "),
    (r"(counted_if|over|days): ", "${1}: "),
];

/// What is wrong, and what it is in Japanese.
const WHAT: &[(&str, &str)] = &[
    // Texts of queries.
    (
        r"`//`: .*",
        "「//」は使えません（整数の割り算は処理系で異なります。DOUBLE で割って切り捨ててください）",
    ),
    ("ORDER BY ALL", "ORDER BY ALL は使えません"),
    ("PIVOT", "PIVOT は使えません"),
    ("arg_max: .*", "arg_max は使えません（QUALIFY row_number() を使ってください）"),
    ("strftime: .*", "strftime は使えません（日付と日時はそのまま返してください）"),
    ("a lambda", "ラムダ式は使えません"),
    (
        "a call that differs each time: .*",
        "呼ぶたびに結果の変わる関数は使えません（時刻はパラメータで渡ります）",
    ),
    ("the current time: .*", "現在時刻は使えません（パラメータで渡ります）"),
    (r"SELECT \*: .*", "SELECT * は使えません（列名を書いてください）"),
    ("percentile_cont: .*", "percentile_cont は使えません（順位の窓関数を使ってください）"),
    ("a time zone: .*", "時間帯は指定できません（日時は UTC、日付は日本時間です）"),
    ("a file", "ファイルは読めません"),
    ("a statement other than SELECT", "SELECT 以外の文は書けません"),
    ("the store's own tables: .*", "保管用の表は読めません（表の名前だけを書いてください）"),
    ("an unnamed parameter", "名前のないパラメータは使えません"),
    ("a second statement", "文は一つだけ書けます"),
    (r"unknown parameter (\S+); known: (.*)", "パラメータ ${1} はありません。使えるもの: ${2}"),
    (r"does not run: .*", "問い合わせを実行できません"),
    (r"counted_by and counted_if do not run: .*", "counted_by と counted_if を実行できません"),
    // Headers.
    (r"columns \[(.*)\] are not those of an? (\S+)", "columns の列（${1}）が shape: ${2} に合いません"),
    ("by mixes periods with other words", "by に期間とほかの区分が混ざっています"),
    (
        r"the query's text wants a choice and the header has no (\S+)",
        "問い合わせは選択を受け取りますが、見出しに ${1} がありません",
    ),
    (
        r"the header has (\S+) and the query does not (.*)",
        "見出しに ${1} がありますが、問い合わせが使っていません（${2}）",
    ),
    ("the query reads periods and by names none", "問い合わせは periods を読みますが、by に期間がありません"),
    (
        r"a value is one row; without any facts it returns (\d+)",
        "shape: value は1行です。データがないとき${1}行が返ります",
    ),
    (r"returns \[(.*)\], promises \[(.*)\]", "返る列（${1}）が columns の列（${2}）と違います"),
    (r"column (\S+) is of type (.*)", "列 ${1} の型 ${2} は使えません"),
    (r"its measure needs the column (\S+)", "measure に必要な列 ${1} がありません"),
    (r"`(.*)` is none of (.*)", "measure に ${1} はありません。使えるもの: ${2}"),
    (r"there is no group (\S+); groups: (.*)", "group に ${1} はありません。使えるもの: ${2}"),
    (r"there is no banding (\S+)", "年齢区分 ${1} はありません"),
    (r"there is no standard population (\S+)", "基準人口 ${1} はありません"),
    (r"serial interval of (\S+): .*", "${1} の発症間隔が使えません"),
    (r"source (\S+) is neither a table nor a source", "source の ${1} という表も系統もありません"),
    ("counted_if and undated need counted_by", "counted_if と undated には counted_by が必要です"),
    ("counted_by: what it counts is no table", "counted_by: 数えるものが表ではありません"),
    (r"counted_by: (\S+) has no day (\S+)", "counted_by: 表 ${1} に ${2} という日の列はありません"),
    (
        r"counted_by: (\S+) does not note which (\S+) could not be read",
        "counted_by: 表 ${1} は読めなかった ${2} を記録していません",
    ),
    ("it takes no parameter", "パラメータは使えません"),
    (r"told_by: what it counts has no column (\S+)", "told_by: 数える表に列 ${1} はありません"),
    (r"window: its answer has no column (\S+)", "window: 結果に列 ${1} はありません"),
    (r"parts_told_by: its answer has no column (\S+)", "parts_told_by: 結果に列 ${1} はありません"),
    (r"parts_told_by: (\S+) has no column (\S+)", "parts_told_by: 表 ${1} に列 ${2} はありません"),
    (
        r"files may lack (\S+), which its text counts by: .*",
        "ファイルに ${1} の列がないことがあり、問い合わせはそれで数えています（told_by・parts_told_by・told_without のどれかに書いてください）",
    ),
    (r"shown on no board .*", "どのボードにもありません（それでよければ board: none と書いてください）"),
    (r"says `board: none` and stands on a board", "board: none とありますが、ボードに載っています"),
    (r"by: there is no scheme (\S+)", "by: 基準 ${1} はありません"),
    (r"column (\S+): (\S+) is not in (\S+)", "列 ${1}: 用語 ${2} が ${3} にありません"),
    // Boards.
    ("no panel", "パネルがありません"),
    ("no such indicator", "その指標はありません"),
    ("it needs a value and a reference", "値と基準値のある指標を選んでください"),
    (r"rotate_seconds under 5: .*", "rotate_seconds は5以上にしてください（短すぎて読めません）"),
    (r"overlaps panel (\d+) \((.*)\)", "${1}枚目のパネル（${2}）と重なっています"),
    (r"it has no column (\S+)", "列 ${1} はありません"),
    ("only an indicator of one row stands on the strip", "帯に載せられるのは1行の指標だけです"),
    (r"held_back: rows .*", "held_back: rows は1以上、percent は0より大きく100以下です"),
    (r"no such board: (\S+)", "ボード ${1} はありません"),
    ("place and size start at 1", "位置と大きさは1からです"),
    (r"reaches beyond the (\d+) × (\d+) grid", "${1}×${2}の枠からはみ出しています"),
    (r"an? (\S+) can't be drawn as (.*)", "shape: ${1} の指標は ${2} では描けません"),
    (r"drawn as (.*) it needs a column (\S+)", "${1} で描くには列 ${2} が必要です"),
    ("a calendar is by day", "カレンダーは日ごとの指標だけです"),
    ("stacked it needs at least two columns beside day", "積み上げるには日のほかに2列以上が必要です"),
    (r#"by = "(.*)": (\S+) has no breakdown"#, "by = \"${1}\": ${2} に内訳はありません"),
    (r#"(by|bands) = "(.*)" is none of \[(.*)\]"#, "${1} = \"${2}\" は使えません。使えるもの: ${3}"),
    (r#"bands = "(.*)": (\S+) has no age bands"#, "bands = \"${1}\": ${2} に年齢区分はありません"),
    (r#"against = "(.*)": it is not compared with that"#, "against = \"${1}\" とは比べられません"),
    ("days = 0", "days は1以上にしてください"),
    ("it is of the moment and takes none", "現在の値なので期間は指定できません"),
    (r#"over = "(.*)": no such indicator"#, "over = \"${1}\": その指標はありません"),
    (
        r#"over = "(.*)": only a series goes over a series"#,
        "over = \"${1}\": 重ねられるのは推移どうしだけです",
    ),
    (r#"over = "(.*)": its unit is not .*"#, "over = \"${1}\": 単位が違うので重ねられません"),
    (r"only bars and lines have something over them", "重ねられるのは棒と折れ線だけです"),
    (
        r#"verdict = "(.*)": a line and .*"#,
        "verdict = \"${1}\": 判定を出す指標を、折れ線のパネルに書いてください",
    ),
    ("it has no limits", "highest には下限と上限の列が必要です"),
    ("it gives no verdicts", "unproved は判定を出す指標だけです"),
    ("only a series rises", "risen は推移の指標だけです"),
    (r#"over = "(.*)": it does not come by .*"#, "over = \"${1}\": パネルの by では出せない指標です"),
    // Reference values and words.
    (r"no source tells of (\S+)", "${1} を伝える系統がありません"),
    (r"there is no indicator (\S+)", "指標 ${1} はありません"),
    (r"(\S+) is itself put together from others", "${1} はほかの指標をまとめたものです"),
    (r"(\S+) has no `reference: (.*)`", "${1} に reference: ${2} がありません"),
    (r"(\S+) has no column (\S+)", "${1} に列 ${2} はありません"),
    (r"(\S+) has no by (\S+)", "${1} に by ${2} はありません"),
    (r"(\S+) is a breakdown: say which row", "${1} は内訳です。どの行かを書いてください"),
    (r"(\S+) is no breakdown: it has no such row", "${1} は内訳ではないので、その行はありません"),
    (r"(\S+) has no single figure", "${1} は一つの値ではありません"),
    (r"no term (\S+), which is used", "使われている用語 ${1} がありません"),
    (r"nothing uses the term (\S+)", "用語 ${1} は使われていません"),
];

type Rules = Vec<(Regex, &'static str)>;

fn rules(of: &[(&str, &'static str)], end: &str) -> Rules {
    let made = |(pattern, ja): &(&str, &'static str)| {
        Some((Regex::new(&format!("(?s)^(?:{pattern}){end}")).ok()?, *ja))
    };
    of.iter().filter_map(made).collect()
}

static PLACES: LazyLock<Rules> = LazyLock::new(|| rules(WHERE, ""));
static FAULTS: LazyLock<Rules> = LazyLock::new(|| rules(WHAT, "$"));

/// The Japanese sentence of a fault, where it is known.
pub(super) fn japanese(what: &str) -> Option<String> {
    if let Some((rule, ja)) = FAULTS.iter().find(|(rule, _)| rule.is_match(what)) {
        return Some(rule.replace(what, *ja).into_owned());
    }
    let (place, rest) = PLACES.iter().find_map(|(rule, ja)| {
        let (place, rest) = what.split_at(rule.find(what)?.end());
        Some((rule.replace(place, *ja).into_owned(), rest))
    })?;
    Some(format!("{place}{}", japanese(rest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!((PLACES.len(), FAULTS.len()), (WHERE.len(), WHAT.len()));
    }

    #[test]
    fn a_fault_in_its_place() {
        for (what, ja) in [
            ("panel 2 (deaths): no such indicator", "2枚目のパネル（deaths）: その指標はありません"),
            ("line 3 of the query: ORDER BY ALL", "問い合わせの3行目: ORDER BY ALL は使えません"),
            (
                "panel 1 (a): over = \"b\": no such indicator",
                "1枚目のパネル（a）: over = \"b\": その指標はありません",
            ),
            ("counted_if: it takes no parameter", "counted_if: パラメータは使えません"),
            ("does not run: Binder Error: x\n  y", "問い合わせを実行できません"),
            ("returns [day, x], promises [day]", "返る列（day, x）が columns の列（day）と違います"),
        ] {
            assert_eq!(japanese(what).as_deref(), Some(ja), "{what}");
        }
        assert_eq!(japanese("panel 2 (deaths): something new"), None);
    }
}
