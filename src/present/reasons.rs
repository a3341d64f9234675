//! Why a whole delivery was refused or waits, in Japanese. The ledger keeps the reason as the program said it, in
//! English; what is not known here is shown as it is.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::intake::fault::FaultKind;

/// A reason's form, and its Japanese: `$1` is what the first group holds.
const FORMS: [(&str, &str); 27] = [
    (r"(\d+) of (\d+) rows are bad, more than ([\d.]+) %", "$2行中$1行が読めず、上限$3%を超えました"),
    (
        r"(\d+) of (\d+) rows \((\d+) of them without any value\) are bad, more than ([\d.]+) %",
        "$2行（うち値のない行$3行）中$1行が読めず、上限$4%を超えました",
    ),
    (r"the snapshot has no rows", "行がありません"),
    (r"the snapshot has shrunk from (\d+) rows to (\d+)", "行数が$1行から$2行に減りました"),
    (r"the file is empty", "ファイルが空です"),
    (r"the compressed file is damaged or cut short", "圧縮ファイルが壊れているか、途中で切れています"),
    (r"the archive holds no \.csv file", "圧縮ファイルの中に.csvがありません"),
    (
        r"the archive holds (\d+) \.csv files; one is read",
        "圧縮ファイルの中に.csvが$1個あります（1個だけ読みます）",
    ),
    (
        r"the archive is encrypted or packed in a way that is not read",
        "暗号化されているか、読めない形式の圧縮ファイルです",
    ),
    (r"the compressed file expands to more than (.+)", "展開すると$1を超えます"),
    (
        r"the text is in an unknown encoding; UTF-8, CP932 and UTF-16 are read",
        "文字コードが分かりません（読めるのはUTF-8・CP932・UTF-16）",
    ),
    (
        r"the text is in (.+); UTF-8, CP932 and UTF-16 are read",
        "文字コードが$1です（読めるのはUTF-8・CP932・UTF-16）",
    ),
    (
        r"row (\d+), column (.+): two headings of the file mean this column",
        "$1行目: 列「$2」に当たる見出しが二つあります",
    ),
    (
        r"row (\d+), column (.+): a quote that is never closed",
        "$1行目 列「$2」: 閉じていない引用符があります",
    ),
    (r"the file changed while it was read.*", "読んでいる間にファイルが変わりました"),
    (
        r"the mapping keeps (.+), which announces (.+?): drop it.*",
        "取込定義が個人を特定しうる列「$1」を残しています",
    ),
    (r"column (.+) keeps the case's id as it is.*", "列「$1」: 患者の番号をそのまま残そうとしています"),
    (r"column (.+) is kept without (.+)", "列「$1」の取込定義の記載が足りません（$2）"),
    (
        r"column (.+): the pattern is not a valid expression.*",
        "列「$1」: 取込定義の番号の形式が正しくありません",
    ),
    (
        r"column (.+): the pattern lets names or free text through.*",
        "列「$1」: 取込定義の番号の形式が広すぎます",
    ),
    (
        r"column (.+): a text stands for (.+) and for another code",
        "列「$1」: 同じ語が二つの区分を表しています（$2）",
    ),
    (r"the columns that feed (.+) are of different types", "$1に入る列の型が揃っていません"),
    (
        r"no column feeds (.+), which the mapping names in its key",
        "取込定義のキーにある$1に入る列がありません",
    ),
    (r"the file has no column (.+), which the mapping requires", "必要な列「$1」がファイルにありません"),
    (r"column (.+) is pseudonymised, and there is no key", "列「$1」の仮名化に使う鍵がありません"),
    (
        r"column (.+) holds individual numbers.*",
        "列「$1」に個人番号があります（ファイル全体を受け入れません）",
    ),
    (r"unable to lay out the rows let through.*", "受け入れる行を整えられませんでした"),
];

static KNOWN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let whole = |form: &str| Regex::new(&format!("^(?:.+?: )?{form}$"));
    FORMS.iter().filter_map(|(form, ja)| Some((whole(form).ok()?, *ja))).collect()
});
static NO_COLUMN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:.+?: )?row (\d+): no column is headed (.+)$").ok());
static HEADER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:.+?: )?row (\d+): the header: (.+)$").ok());

/// A reason in Japanese, or as it is.
pub fn ja(why: &str) -> String {
    // A hold says it itself, in Japanese first.
    if let Some((own, _)) = why.split_once(" · ") {
        return own.to_owned();
    }
    let headed = |found: Captures<'_>| {
        let names: Vec<String> = found[2].split(", nor ").map(|name| format!("「{name}」")).collect();
        format!("{}行目: 見出し{}の列がありません", &found[1], names.join(""))
    };
    if let Some(found) = NO_COLUMN.as_ref().and_then(|form| form.captures(why)) {
        return headed(found);
    }
    if let Some(found) = HEADER.as_ref().and_then(|form| form.captures(why)) {
        let kind = KINDS.into_iter().find(|kind| kind.reason() == &found[2]);
        return format!("見出し（{}行目）: {}", &found[1], kind.map_or(&found[2], |kind| kind.ja()));
    }
    let known = KNOWN.iter().find_map(|(form, ja)| {
        let found = form.captures(why)?;
        let mut text = String::new();
        found.expand(ja, &mut text);
        Some(text)
    });
    known.unwrap_or_else(|| why.to_owned())
}

/// What may be wrong with a header's line.
const KINDS: [FaultKind; 6] = [
    FaultKind::Ragged,
    FaultKind::NulByte,
    FaultKind::LineTooLong,
    FaultKind::BadEncoding,
    FaultKind::UnterminatedQuote,
    FaultKind::RecordInQuote,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::mapping::Why;
    use crate::intake::error::{IntakeError, NO_ENCODING, Refusal};
    use crate::privacy::{Announced, Breach, GateError};

    fn refusals() -> Vec<Refusal> {
        vec![
            Refusal::Empty,
            Refusal::Changed,
            Refusal::Damaged,
            Refusal::NoCsvInside,
            Refusal::SeveralInside { count: 2 },
            Refusal::UnreadableArchive,
            Refusal::ExpandsTooFar { limit: "4 GiB" },
            Refusal::Encoding { found: "EUC-JP" },
            Refusal::Encoding { found: NO_ENCODING },
            Refusal::Header { row: 1, kind: FaultKind::BadEncoding },
            Refusal::MissingColumns { row: 1, columns: vec!["整理番号".into(), "公表日".into()] },
            Refusal::Separator { row: 1, found: '\t' },
            Refusal::DuplicateHeading { row: 1, column: "年齢".into() },
            Refusal::UnterminatedQuote { row: 9, column: "年齢".into() },
        ]
    }

    fn gates() -> Vec<GateError> {
        let column = || "年齢".to_owned();
        vec![
            GateError::KeepsIdentifier { heading: column(), what: Announced::Name },
            GateError::KeepsId { column: column() },
            GateError::Incomplete { column: column(), lacks: Why::new("type", "a type") },
            GateError::Pattern { column: column(), why: "x".into() },
            GateError::LoosePattern { column: column() },
            GateError::CodeTwice { column: column(), code: "M".into() },
            GateError::TwoTypes { field: "age".into() },
            GateError::NoSuchField { field: "day".into() },
            GateError::Absent { column: column() },
            GateError::NoKey { column: column() },
            GateError::IndividualNumbers { column: column() },
            GateError::Frame("x".into()),
            GateError::Rule(Breach {
                at: "column 年齢".into(),
                why: Why::new(
                    "cases.age に入るのは年齢で、type integer ではありません",
                    "cases.age holds an age, not type integer",
                ),
            }),
        ]
    }

    /// Words of three Latin letters or more that are no names of formats.
    fn english(text: &str) -> bool {
        let known = [
            "csv", "UTF", "GiB", "EUC", "NUL", "age", "day", "type", "HER", "SYS", "CSV", "drop", "pattern",
            "cases", "integer",
        ];
        text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 2 && !known.contains(&word))
    }

    #[test]
    fn every_refusal_is_said_in_japanese() {
        let told = refusals().into_iter().map(|why| why.to_string());
        let filed = refusals().into_iter().map(|why| IntakeError::new("a.csv", why).to_string());
        let gated = gates().into_iter().map(|why| why.to_string());
        for why in told.chain(filed).chain(gated) {
            let said = ja(&why);
            assert!(said != why && !english(&said), "{why}: {said}");
        }
    }

    #[test]
    fn numbers_and_columns_stay() {
        assert_eq!(ja("7 of 16 rows are bad, more than 5 %"), "16行中7行が読めず、上限5%を超えました");
        assert_eq!(
            ja("1 of 5 rows (1 of them without any value) are bad, more than 5 %"),
            "5行（うち値のない行1行）中1行が読めず、上限5%を超えました"
        );
        assert_eq!(
            ja("row 1: no column is headed 整理番号, nor 公表日"),
            "1行目: 見出し「整理番号」「公表日」の列がありません"
        );
        assert_eq!(ja("the snapshot has shrunk from 200 rows to 40"), "行数が200行から40行に減りました");
        assert_eq!(ja("something else"), "something else");
        let noise = ja("a.csv: the text is in an unknown encoding; UTF-8, CP932 and UTF-16 are read");
        assert_eq!(noise, "文字コードが分かりません（読めるのはUTF-8・CP932・UTF-16）");
        let hold = crate::store::Hold::Shrunk { rows: 40, stored: 200 };
        assert_eq!(ja(&hold.words()), hold.ja());
    }
}
