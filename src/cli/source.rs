//! `hinomi source list`, `hinomi source try`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::load::column;
use super::output::Output;
use super::table::{Side, Table};
use crate::app::{App, town_table};
use crate::catalog::{Catalog, Definitions};
use crate::config::Settings;
use crate::epi::clock::{Clock, jst};
use crate::intake::file::Reader;
use crate::intake::mapping::Privacy;
use crate::jobs::Watch;
use crate::jobs::context::mapping;
use crate::jobs::deliver::file_name;
use crate::privacy::{Districts, Finding, Gate, Key, Place};
use crate::store::Outcome;

/// Lists the sources, or tries a file on one
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi source try her-sys-cases hersys.csv")]
pub enum Source {
    /// Lists the sources: their folders, and when each last spoke
    #[command(after_help = "Example:\n  hinomi source list")]
    List,
    /// Says what would be kept, coarsened, pseudonymised, dropped and quarantined; writes nothing
    ///
    /// Names columns and row numbers, never a value of the file.
    #[command(after_help = "Example:\n  hinomi source try her-sys-cases hersys.csv")]
    Try {
        /// The source: the name of its mapping
        source: String,
        file: PathBuf,
    },
}

impl Source {
    pub fn resolve_paths(&mut self, folder: &Path) {
        if let Self::Try { file, .. } = self {
            *file = folder.join(&*file);
        }
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || match self {
            Self::List => list(&app, &out),
            Self::Try { source, file } => try_file(&app.catalog, app.jobs.districts(), &source, &file, &out),
        })
        .await?
    }

    /// A trial needs no data folder: true if this was one.
    pub fn run_without_data(&self, settings: &Settings, out: &Output) -> anyhow::Result<bool> {
        let Self::Try { source, file } = self else { return Ok(false) };
        let definitions = Definitions::embedded_or(settings.definitions_dir.as_deref())?;
        let catalog = Catalog::load(&definitions)?;
        try_file(&catalog, &town_table(&definitions)?, source, file, out)?;
        Ok(true)
    }
}

fn list(app: &App, out: &Output) -> anyhow::Result<()> {
    let states = app.store.sources();
    let mut table = Table::new([
        ("source", Side::Left),
        ("title", Side::Left),
        ("taken", Side::Left),
        ("last delivery", Side::Left),
        ("outcome", Side::Left),
        ("held rows", Side::Right),
        ("held files", Side::Right),
        ("folder", Side::Left),
    ]);
    for mapping in app.catalog.mappings.values() {
        let state = states.iter().find(|s| s.source == mapping.source);
        let last = state.and_then(|s| s.last_delivery_at);
        table.row([
            mapping.source.clone(),
            mapping.title.ja.clone(),
            if app.settings.takes(&mapping.source) { "yes" } else { "no" }.to_owned(),
            last.map_or_else(|| "—".to_owned(), |at| jst(at).strftime("%Y-%m-%d %H:%M").to_string()),
            state.map_or("—", |s| said(&s.outcome)).to_owned(),
            state.map_or_else(|| "—".to_owned(), |s| s.held_rows.to_string()),
            held_files(app, &mapping.source).to_string(),
            app.jobs.inbox(&mapping.source).display().to_string(),
        ]);
    }
    table.lines().into_iter().for_each(|line| out.line(line));
    Ok(())
}

/// Files that wait for a person.
fn held_files(app: &App, source: &str) -> usize {
    let held = std::fs::read_dir(app.jobs.folders.held().join(source)).into_iter().flatten().flatten();
    held.filter(|entry| !entry.file_name().to_string_lossy().ends_with(".receipt.json")).count()
}

fn said(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Unchanged => "nothing new",
        Outcome::Refused(_) => "refused",
        Outcome::Held(_) => "held",
    }
}

/// How many faults are listed one by one.
const LISTED: usize = 50;

fn try_file(
    catalog: &Catalog,
    districts: &Districts,
    source: &str,
    file: &Path,
    out: &Output,
) -> anyhow::Result<()> {
    let mapping = mapping(catalog, source)?;
    let mut reader = Reader::open(file, mapping.clone())?;
    let bound = reader.bound().clone();
    out.line(format!("{}: {}, table {}", file_name(file), reader.encoding(), mapping.table));
    // Nothing is kept, so any key shows the same; the real one is left alone.
    let key = Key::throwaway();
    let mut gate =
        Gate::new(&bound, Some(&key), districts)?.until(Clock::running().today().saturating_add(1.day()));
    let (mut faults, mut rows, mut quarantined) = (Vec::new(), 0, 0);
    while let Some(raw) = reader.next_batch(16_384)? {
        rows += raw.len() as u64 + raw.faults.len() as u64;
        let passed = gate.pass(raw)?;
        quarantined += passed.faults.len() as u64;
        faults.extend(passed.faults.into_iter().take(LISTED - faults.len()));
        out.at(rows, None, "reading");
    }
    reader.finish()?;
    let mut table = Table::new([
        ("column", Side::Left),
        ("field", Side::Left),
        ("rule", Side::Left),
        ("known", Side::Right),
        ("unknown", Side::Right),
        ("quarantined", Side::Right),
        ("odd", Side::Right),
    ]);
    for found in gate.findings() {
        let read = found.place == Place::Read;
        let number = |n: u64| if read { n.to_string() } else { "—".to_owned() };
        table.row([
            found.heading.clone(),
            found.field.clone().unwrap_or_else(|| "—".to_owned()),
            rule(&found).to_owned(),
            number(found.kept),
            number(found.unknown),
            number(found.quarantined),
            number(found.warnings),
        ]);
    }
    table.lines().into_iter().for_each(|line| out.line(line));
    out.line(format!("{rows} rows, {quarantined} quarantined"));
    if rows > 0 && quarantined as f64 > mapping.max_bad_share * rows as f64 {
        out.line(format!(
            "would be refused whole: more than {} % of the rows are bad",
            mapping.max_bad_share * 100.0
        ));
    } else if quarantined == rows {
        out.line("no row would be taken".to_owned());
    }
    for fault in &faults {
        out.line(format!("  row {}, {}: {}", fault.row, column(&fault.column), fault.kind.reason()));
    }
    if quarantined > faults.len() as u64 {
        out.line(format!("  … and {} more", quarantined - faults.len() as u64));
    }
    Ok(())
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
