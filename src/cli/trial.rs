//! `hinomi source try`: what `hinomi load` would make of a file. It goes the same way, into the data folder as it is now,
//! and is taken back; where there is no data folder, into an empty one of its own that is removed again.

use std::path::{Path, PathBuf};

use super::output::Output;
use super::receipt;
use super::table::{Side, Table};
use crate::app::App;
use crate::config::{Bytes, Settings, folder};
use crate::definitions::mapping::Privacy;
use crate::jobs::deliver::{Options, Trial, file_name, try_out};
use crate::jobs::disposal::Disposal;
use crate::privacy::{Finding, Place};
use crate::store::Outcome;

/// Tries a file. An error where it would be refused or held, as of `load`.
pub(super) fn try_file(
    app: &App,
    source: &str,
    file: &Path,
    options: Options,
    out: &Output,
) -> anyhow::Result<()> {
    let mapping = app.jobs.mapping(source)?;
    let options = Options { disposal: Disposal::Leave, ..options };
    let Trial { receipt, findings, encoding } = try_out(&app.jobs, file, &mapping, &options, out)?;
    let name = file_name(file);
    if let (None, Outcome::Refused(why)) = (encoding, &receipt.outcome) {
        anyhow::bail!("{name}: 受入拒否になります · would be refused: {why}");
    }
    let (encoding, table) = (encoding.unwrap_or_default(), &mapping.table);
    out.line(format!("{name}: 文字コード {encoding}、表 {table} · {encoding}, table {table}"));
    columns(&findings).lines().into_iter().for_each(|line| out.line(line));
    if findings.iter().any(|found| found.warnings > 0) {
        out.line(
            "  日付が逆: ふつうは後になる日付が、前になる日付より早い行の数です（そのまま取り込みます） · out of order: rows whose date comes \
             before one that it usually follows; they are taken as they are",
        );
    }
    receipt::tell_trial(&name, &receipt, out);
    match receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => Ok(()),
        Outcome::Held(_) => anyhow::bail!("{name}: 取り込むと保留になります · it would be held"),
        Outcome::Refused(_) => anyhow::bail!("{name}: 取り込むと受入拒否になります · it would be refused"),
    }
}

fn columns(findings: &[Finding]) -> Table {
    let mut table = Table::in_both([
        ("列", "column", Side::Left),
        ("項目", "field", Side::Left),
        ("扱い", "rule", Side::Left),
        ("値あり", "known", Side::Right),
        ("不明・空", "unknown", Side::Right),
        ("読めず不明", "unread", Side::Right),
        ("取込保留", "held back", Side::Right),
        ("日付が逆", "out of order", Side::Right),
    ]);
    for found in findings {
        let read = found.place == Place::Read;
        let number = |n: u64| if read { n.to_string() } else { "—".to_owned() };
        table.row([
            found.heading.clone(),
            found.field.clone().unwrap_or_else(|| "—".to_owned()),
            rule(found).to_owned(),
            number(found.kept),
            number(found.unknown),
            number(found.unread),
            number(found.quarantined),
            number(found.warnings),
        ]);
    }
    table
}

/// What becomes of a column.
fn rule(found: &Finding) -> &'static str {
    match (found.place, found.rule) {
        (Place::Unlisted, _) => "取込定義になく読まない not listed, not read",
        (Place::Dropped, _) | (_, Privacy::Drop) => "捨てる dropped, not read",
        (Place::Absent, _) => "ファイルにない not in the file",
        (Place::Read, Privacy::Keep) => "残す kept",
        (Place::Read, Privacy::Coarsen) => "粗くする coarsened",
        (Place::Read, Privacy::Pseudonymise) => "仮名にする pseudonymised",
    }
}

/// A data folder for one trial, where there is none: removed again when it is dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// The settings of a folder that holds nothing yet.
    pub(super) fn make(settings: Settings) -> anyhow::Result<(Self, Settings)> {
        let name = format!("hinomi-try-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        folder::make(&folder)?;
        // What it takes is next to nothing, and given back at once.
        let free_disk_floor = Bytes(0);
        Ok((Self(folder.clone()), Settings { data_dir: folder, free_disk_floor, ..settings }))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
