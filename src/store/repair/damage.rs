//! What is damaged, and which copies are whole; in words.

use std::path::PathBuf;

use serde::Serialize;

/// The kind of note that says what was repaired.
pub(super) const NOTE: &str = "repaired";

/// Why a copy is of no use that is not there.
pub const NOT_THERE: &str = "it is not there";

/// Where a copy lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Copy {
    Archive,
    Journal,
    Database,
    Backup(PathBuf),
}

impl Copy {
    pub fn ja(&self) -> String {
        match self {
            Self::Archive => "保管記録".into(),
            Self::Journal => "台帳ファイル".into(),
            Self::Database => "データベース".into(),
            Self::Backup(folder) => format!("バックアップ {}", folder.display()),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::Archive => "archive".into(),
            Self::Journal => "journal".into(),
            Self::Database => "database".into(),
            Self::Backup(folder) => format!("backup {}", folder.display()),
        }
    }
}

/// What is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    Batch(u32),
    /// Entries of a ledger, by its name.
    Ledger(String),
    Database,
}

impl Of {
    pub fn ja(&self) -> String {
        match self {
            Self::Batch(n) => format!("バッチ {n}"),
            Self::Ledger(name) => format!("台帳 {name}"),
            Self::Database => "データベース".into(),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::Batch(n) => format!("batch {n}"),
            Self::Ledger(name) => format!("ledger {name}"),
            Self::Database => "database".into(),
        }
    }
}

/// One thing of which a copy is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    pub of: Of,
    /// The copy that is damaged, and why.
    pub copy: Copy,
    pub why: String,
    /// The copies that are whole; the first is what it is made of again. None: it can't be.
    pub whole: Vec<Copy>,
}
