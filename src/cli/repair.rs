//! `hinomi repair`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::{Common, log};
use crate::app::store_settings;
use crate::config::Settings;
use crate::definitions::{Catalog, Definitions};
use crate::epi::clock::Clock;
use crate::privacy::Key;
use crate::store::{self, Copy, Damage, Of, Progress, Repair as Found, StoreError};

/// Says which copies of the data are whole, and makes the damaged ones again from them
///
/// Each batch is in the archive and in the database, each entry of a ledger in its journal and in the database, both
/// perhaps in backups. Without --apply nothing is changed: what is damaged is said, and what would be done. Stop the
/// server first.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  hinomi repair\n  hinomi repair /mnt/backup/hinomi-20261122 --apply")]
pub(super) struct Repair {
    /// Backups of this data folder that may help
    #[arg(value_name = "BACKUP")]
    backups: Vec<PathBuf>,
    /// Does what is said
    #[arg(long)]
    apply: bool,
}

impl Repair {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<()> {
        let settings = common.settings()?;
        log::beside_results(&settings.log, common.log.is_some())?;
        let definitions = Definitions::embedded_or(settings.definitions_dir.as_deref())?;
        let catalog = Catalog::load(&definitions)?;
        anyhow::ensure!(
            settings.folder().archive().exists() || settings.folder().database().exists(),
            "{0} にはデータがありません ({0} holds no data)",
            settings.data_dir.display()
        );
        let of_store = store_settings(&settings, Arc::clone(&catalog.domains.schema));
        let quiet = |_: Progress| {};
        let found =
            store::repair(&of_store, &Clock::running(), &self.backups, self.apply, &quiet).map_err(told)?;
        for damages in found.damages.chunk_by(are_one) {
            println!("{}", line(damages));
        }
        key(&settings)?;
        self.end(&found)
    }

    fn end(&self, found: &Found) -> anyhow::Result<()> {
        let (damages, lost) =
            (found.damages.len(), found.damages.iter().filter(|d| d.whole.is_empty()).count());
        if damages == 0 {
            println!("壊れているものはありません · nothing is damaged");
            return Ok(());
        }
        anyhow::ensure!(
            lost == 0,
            "{lost}件は無傷の写しがありません。何も変えていません。バックアップがあれば、そのフォルダーを続けて書いてください \
             (of {lost} there is no whole copy; nothing was changed; name the folder of a backup, if there is one)"
        );
        if found.done {
            println!("{damages}件を作り直し、照合しました · {damages} made again, and verified");
        } else {
            println!(
                "何も変えていません。作り直すには --apply を付けてください · nothing was changed; --apply does it"
            );
        }
        Ok(())
    }
}

fn told(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::InUse { path } => anyhow::anyhow!(
            "{0} はサーバーが使用中です。サーバーを止めてから実行してください (a server holds {0}: stop it first)",
            path.display()
        ),
        other => anyhow::Error::new(other).context("修復できませんでした (unable to repair)"),
    }
}

/// Batches of one pack are damaged together.
fn are_one(one: &Damage, next: &Damage) -> bool {
    let neighbours = matches!((&one.of, &next.of), (Of::Batch(one), Of::Batch(next)) if one + 1 == *next);
    neighbours && (&one.copy, &one.why, &one.whole) == (&next.copy, &next.why, &next.whole)
}

fn line(damages: &[Damage]) -> String {
    let (Some(first), Some(last)) = (damages.first(), damages.last()) else { return String::new() };
    let Damage { of, copy, why, whole } = first;
    let (of_ja, of_en) = match (of, &last.of) {
        (Of::Batch(first), Of::Batch(last)) if first < last => {
            (format!("バッチ {first}〜{last}"), format!("batches {first} to {last}"))
        }
        _ => (of.ja(), of.en()),
    };
    let all =
        |each: fn(&Copy) -> String, between: &str| whole.iter().map(each).collect::<Vec<_>>().join(between);
    let (ja, en) = match whole.first() {
        Some(first) => (
            format!("無傷の写し: {}。{}から作り直します", all(Copy::ja, "、"), first.ja()),
            format!("whole: {}; made again from the {}", all(Copy::en, ", "), first.en()),
        ),
        None => ("無傷の写しがありません".to_owned(), "no copy is whole".to_owned()),
    };
    let (where_ja, where_en) = match (copy, why == store::NOT_THERE) {
        (Copy::Database, true) => ("ありません".to_owned(), "it is not there".to_owned()),
        (Copy::Database, false) => (format!("壊れています（{why}）"), "damaged".to_owned()),
        (copy, true) => (format!("{}がありません", copy.ja()), format!("not in the {}", copy.en())),
        (copy, false) => {
            (format!("{}が壊れています（{why}）", copy.ja()), format!("damaged in the {}", copy.en()))
        }
    };
    format!("{of_ja}: {where_ja}。{ja} · {of_en}: {where_en}; {en}")
}

/// The key can't be made again: it is put back from where it is kept.
fn key(settings: &Settings) -> anyhow::Result<()> {
    let journal = settings.folder().journal().join("notes.jsonl");
    let text = match std::fs::read(&journal) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| journal.display().to_string()),
    };
    let note = |line: &[u8]| serde_json::from_slice::<KeyNote>(line).ok();
    let known =
        text.split(|byte| *byte == b'\n').rev().filter_map(note).find(|note| note.kind == store::KEY_NOTE);
    if let Some(KeyNote { body, .. }) = known
        && let Err(error) = Key::load_or_make(&settings.key_file(), Some(&body))
    {
        let why = error.to_string();
        let (ja, en) = why.split_once(" · ").unwrap_or((&why, &why));
        println!("{ja}。使えるまで取り込みは待ちます · {en}; deliveries wait until it can be used");
    }
    Ok(())
}

/// The note of the key that the stored pseudonyms were made with.
#[derive(serde::Deserialize)]
struct KeyNote {
    kind: String,
    body: String,
}
