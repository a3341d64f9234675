//! What can go wrong in the store. Names the step, the table, the source, the file; never a value.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::config::FolderError;

/// An error of the engine: its text, and no type of its crate.
pub type EngineError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Error)]
pub enum StoreError {
    /// What the engine said, as it said it.
    #[error("the database failed while {doing}")]
    Database { doing: String, source: EngineError },
    #[error("ほかのプログラムが {path} を使っています · another process holds {path}")]
    InUse { path: PathBuf },
    #[error(transparent)]
    Folder(FolderError),
    #[error("データは閉じられています · the store is closed")]
    Closed,
    #[error("{doing} {path}")]
    File { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("{path}: {why}")]
    Damaged { path: PathBuf, why: String },
    #[error("query {query}: {why}")]
    Query { query: String, why: String },
    #[error("query {query} took longer than {seconds} s")]
    TimedOut { query: String, seconds: f64 },
    #[error("query {query} gave way to the wall")]
    GaveWay { query: String },
    #[error("no reader came free within {seconds} s")]
    NoReader { seconds: f64 },
    #[error("no batch {batch}: the last one is {latest}")]
    NoBatch { batch: u32, latest: u32 },
    #[error("schema file {file}: {why}")]
    Schema { file: String, why: String },
    #[error("there is no system query {name}")]
    NoSystemQuery { name: String },
    #[error("there is no table {table}")]
    NoTable { table: String },
    #[error("table {table} has no column {column}")]
    NoColumn { table: String, column: String },
    #[error("a batch for table {got} in a delivery for table {wanted}")]
    OtherTable { wanted: String, got: String },
    #[error("column {column} has the type {kind}, which the store does not take")]
    ColumnType { column: String, kind: String },
    #[error("系統 {source_name} は取り込み中です · source {source_name} is being loaded already")]
    Busy { source_name: String },
    #[error(
        "取り込み中のため、いまはできません · {doing} needs the store to itself, and deliveries are under way"
    )]
    NotQuiet { doing: &'static str },
    #[error(
        "系統 {source_name} には既にデータがあります。履歴は空の系統にだけ取り込めます · source {source_name} is not empty: a replay goes into an empty source only"
    )]
    ReplayNotEmpty { source_name: String },
    #[error(
        "前のバッチより時刻が早いため取り込めません。履歴は古い順に取り込んでください · the batch's time is not later than the last batch's"
    )]
    NotLater,
    #[error(
        "ディスクの空きが {free_mib} MiB で、下限の {floor_mib} MiB を下回るため、取り込みを止めています · {free_mib} MiB free on the disk, below the floor of {floor_mib} MiB: deliveries are held"
    )]
    DiskLow { free_mib: u64, floor_mib: u64 },
    #[error("データベースが止まり、開き直しています · the database failed and is being opened again")]
    Failed,
    #[error(
        "ディスクの空きが {free_mib} MiB しかないため、書き込みません（下限 {floor_mib} MiB） · {doing}: {free_mib} MiB free on the disk is too little (floor {floor_mib} MiB): nothing is written"
    )]
    NoRoom { doing: &'static str, free_mib: u64, floor_mib: u64 },
    #[error(
        "仮名化の鍵が、このデータを作ったときのものと違います · the pseudonym key is not the one this store was filled with"
    )]
    OtherKey,
    #[error(
        "保管記録が壊れているため、いまはできません（{why}）。サーバーを止めて hinomi repair を実行してください · the archive is damaged ({why}): \
         stop the server and run hinomi repair"
    )]
    Degraded { why: String },
    #[error(
        "データベースを読めません。サーバーを止めて hinomi repair を実行してください · the database can't be read: stop the server and run \
         hinomi repair"
    )]
    Unreadable { source: Box<Self> },
    #[error("{path} exists already")]
    Exists { path: PathBuf },
    #[error("the rebuilt database differs from the archive: {0}")]
    Differs(String),
    #[error("the store's own state does not fit: {0}")]
    Inconsistent(String),
    #[error("the work was cut off: {0}")]
    Lost(String),
}

impl StoreError {
    /// What the database can't make of a row's values, by the engine's own word for it; never a value. Such a fault is the
    /// file's: the disk, a permission and the engine itself fail in other ways.
    pub fn of_content(&self) -> Option<&'static str> {
        const WORDS: [&str; 4] =
            ["Conversion Error", "Out of Range Error", "Mismatch Type Error", "Constraint Error"];
        let Self::Database { source, .. } = self else { return None };
        let said = source.to_string();
        WORDS.into_iter().find(|word| said.contains(word))
    }

    pub(super) fn file(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }

    pub(super) fn database<E: Into<EngineError>>(doing: &str) -> impl FnOnce(E) -> Self + use<E> {
        let doing = doing.to_owned();
        move |source| Self::Database { doing, source: source.into() }
    }
}
