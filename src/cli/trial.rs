//! `hinomi source try`: what `hinomi load` would make of a file. It goes the same way, into the data folder as it is now,
//! and is taken back; where there is no data folder, into an empty one of its own that is removed again.

use std::path::{Path, PathBuf};

use super::output::Output;
use super::receipt;
use super::table::{Side, Table};
use crate::app::App;
use crate::config::{Bytes, Settings};
use crate::definitions::mapping::Privacy;
use crate::jobs::deliver::{Options, Trial, file_name, try_out};
use crate::jobs::disposal::Disposal;
use crate::privacy::{Finding, Place};
use crate::store::Outcome;

/// How many rows of each kind are listed one by one.
const LISTED: usize = 50;

/// Tries a file. An error only where the file as a whole can't be read: a trial that says "refused" has done its work.
pub fn try_file(app: &App, source: &str, file: &Path, options: Options, out: &Output) -> anyhow::Result<()> {
    let mapping = app.jobs.mapping(source)?;
    let options = Options { disposal: Disposal::Leave, ..options };
    let Trial { receipt, findings, encoding } = try_out(&app.jobs, file, &mapping, &options, out)?;
    let name = file_name(file);
    if let (None, Outcome::Refused(why)) = (encoding, &receipt.outcome) {
        anyhow::bail!("{name}: would be refused: {why}");
    }
    out.line(format!("{name}: {}, table {}", encoding.unwrap_or_default(), mapping.table));
    columns(&findings).lines().into_iter().for_each(|line| out.line(line));
    let what = match &receipt.outcome {
        Outcome::Accepted => "would be taken".to_owned(),
        Outcome::Unchanged => "would change nothing".to_owned(),
        Outcome::Refused(why) => format!("would be refused whole: {why}"),
        Outcome::Held(why) => format!("would be held: {why}"),
    };
    receipt::tell(&name, &what, &receipt, LISTED, out);
    Ok(())
}

fn columns(findings: &[Finding]) -> Table {
    let mut table = Table::new([
        ("column", Side::Left),
        ("field", Side::Left),
        ("rule", Side::Left),
        ("known", Side::Right),
        ("unknown", Side::Right),
        ("unread", Side::Right),
        ("quarantined", Side::Right),
        ("odd", Side::Right),
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
        (Place::Unlisted, _) => "not listed, not read",
        (Place::Dropped, _) | (_, Privacy::Drop) => "dropped, not read",
        (Place::Absent, _) => "not in the file",
        (Place::Read, Privacy::Keep) => "kept",
        (Place::Read, Privacy::Coarsen) => "coarsened",
        (Place::Read, Privacy::Pseudonymise) => "pseudonymised",
    }
}

/// A data folder for one trial, where there is none: removed again when it is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// The settings of a folder that holds nothing yet.
    pub fn make(settings: Settings) -> anyhow::Result<(Self, Settings)> {
        let name = format!("hinomi-try-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        crate::jobs::folders::make(&folder)?;
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
