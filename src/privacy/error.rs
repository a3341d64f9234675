//! Why a mapping or a whole delivery is refused. Names columns; never a value.

use super::headings::Announced;
use super::rules::Breach;
use crate::definitions::mapping::Why;

/// Why a whole delivery is refused: for staff in Japanese, then in English. Names columns, never values.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error(
        "取込定義が個人を特定しうる列「{heading}」（{}）を残しています。drop にしてください（住所は地区に粗くできます） · the mapping keeps \
         {heading}, which announces {}: drop it (an address may be coarsened to its district)",
        what.ja(), what.en()
    )]
    KeepsIdentifier { heading: String, what: Announced },
    #[error(
        "列「{column}」: 患者の番号をそのまま残そうとしています。仮名化するか、32桁の16進数を残してください · column {column} keeps the case's id as it is: pseudonymise it, or keep \
         32 hexadecimal digits"
    )]
    KeepsId { column: String },
    #[error("列「{column}」: 取込定義の記載が足りません（{}） · column {column} is kept without {}", lacks.ja, lacks.en)]
    Incomplete { column: String, lacks: Why },
    #[error(
        "列「{column}」: 取込定義の番号の形式（pattern）が正しくありません · column {column}: the pattern is not a valid expression: {why}"
    )]
    Pattern { column: String, why: String },
    #[error(
        "列「{column}」: 取込定義の番号の形式（pattern）が広すぎ、氏名や文も通ります。番号の文字と桁を書いてください · column {column}: the pattern lets names or free text through: state the id's \
         letters and digits"
    )]
    LoosePattern { column: String },
    #[error(
        "列「{column}」: 同じ語が区分 {code} と別の区分を表しています · column {column}: a text stands for {code} and for another code"
    )]
    CodeTwice { column: String, code: String },
    /// The mapping would not keep a rule of its table.
    #[error("{0}")]
    Rule(Breach),
    #[error("{field} に入る列の型が揃っていません · the columns that feed {field} are of different types")]
    TwoTypes { field: String },
    #[error(
        "取込定義のキーにある {field} に入る列がありません · no column feeds {field}, which the mapping names in its key"
    )]
    NoSuchField { field: String },
    #[error(
        "必要な列「{column}」がファイルにありません · the file has no column {column}, which the mapping requires"
    )]
    Absent { column: String },
    #[error(
        "列「{column}」の仮名化に使う鍵がありません · column {column} is pseudonymised, and there is no key"
    )]
    NoKey { column: String },
    #[error(
        "列「{column}」に個人番号があります（ファイル全体を受け入れません） · column {column} holds individual numbers (個人番号): the \
         delivery is refused whole"
    )]
    IndividualNumbers { column: String },
    #[error(
        "列「{column}」: 「.0」の付いた番号（表計算の小数）と、整数でない番号が混じっています。番号を文字列として書き出してください（ファイル全体を受け入れません） · column {column}: ids \
         written as decimals (.0) stand beside ids that are no whole numbers; write them out as text: the delivery is refused whole"
    )]
    MixedIds { column: String },
    #[error("受け入れる行を整えられませんでした · unable to lay out the rows let through: {0}")]
    Frame(String),
}
