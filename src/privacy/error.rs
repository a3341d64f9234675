//! Why a mapping or a whole delivery is refused. Names columns; never a value.

/// Why a whole delivery is refused: for staff in Japanese, then in English. Names columns, never values.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error(
        "対応表が個人を特定しうる列「{heading}」を残しています · the mapping keeps {heading}, which announces {what}: drop it (an address \
         may be coarsened to its district)"
    )]
    KeepsIdentifier { heading: String, what: &'static str },
    #[error(
        "列「{column}」: 患者の番号をそのまま残そうとしています · column {column} keeps the case's id as it is: pseudonymise it, or keep \
         32 hexadecimal digits"
    )]
    KeepsId { column: String },
    #[error("列「{column}」: 対応表の記載が足りません · column {column} is kept without {lacks}")]
    Incomplete { column: String, lacks: &'static str },
    #[error(
        "列「{column}」: 対応表の番号の形式が正しくありません · column {column}: the pattern is not a valid expression: {why}"
    )]
    Pattern { column: String, why: String },
    #[error(
        "列「{column}」: 対応表の番号の形式が広すぎます · column {column}: the pattern lets names or free text through: state the id's \
         letters and digits"
    )]
    LoosePattern { column: String },
    #[error(
        "列「{column}」: 同じ語が区分 {code} と別の区分を表しています · column {column}: a text stands for {code} and for another code"
    )]
    CodeTwice { column: String, code: String },
    /// The mapping would not keep a rule of its table.
    #[error("対応表の{}が表の決まりに合いません · {at}: {why}", at_ja(at))]
    Rule { at: String, why: String },
    #[error("{field} に入る列の型が揃っていません · the columns that feed {field} are of different types")]
    TwoTypes { field: String },
    #[error(
        "対応表のキーにある {field} に入る列がありません · no column feeds {field}, which the mapping names in its key"
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
    #[error("受け入れる行を整えられませんでした · unable to lay out the rows let through: {0}")]
    Frame(String),
}

/// Where a rule of the table is not kept: `column 年齢`, `constant disease`, `table`.
fn at_ja(at: &str) -> String {
    match at.split_once(' ') {
        Some(("column", name)) => format!("列「{name}」"),
        Some(("constant", field)) => format!("定数 {field} "),
        _ => "表の名前".to_owned(),
    }
}
