//! Intake: a HER-SYS export through the whole path, against DuckDB's `read_csv` of the same rows.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hinomi::config::Settings;
use hinomi::epi::clock::{Clock, jst};
use hinomi::synth::{self, Encoding, Plan, Scenario, Ward};
use jiff::ToSpan;

use super::child::{Measured, Work, measure};
use super::{Size, print_table, verdict};

const MOST_FIRST: f64 = 2.5;
const MOST_NIGHTLY: f64 = 2.0;
const MOST_MEMORY_GIB: f64 = 1.5;

pub fn run(settings: &Settings, size: &Size, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let rows = size.rows.unwrap_or(1_000_000);
    let files = Files::write(rows, folder)?;
    writeln!(
        out,
        "ingest: {rows} rows × 60 columns; {:.0} MB in CP932, {:.0} MB in UTF-8",
        megabytes(&files.first)?,
        megabytes(&files.plain)?
    )?;
    let (mut alone, mut first, mut nightly) = (Vec::new(), Vec::new(), Vec::new());
    // Alternately, so that a machine that slows down slows all of them down.
    for turn in 0..size.times.clamp(1, 3) {
        let plain = folder.join(format!("plain-{turn}"));
        let data = folder.join(format!("data-{turn}"));
        fs::create_dir_all(plain.join("tmp"))?;
        let file = plain.join("tmp").join("rows.csv");
        // The engine reaches nothing outside its own folder.
        fs::hard_link(&files.plain, &file)?;
        alone.push(measure(settings, Work::ReadCsv, &plain, &file)?);
        first.push(measure(settings, Work::Deliver, &data, &files.first)?);
        nightly.push(measure(settings, Work::Deliver, &data, &files.second)?);
        fs::remove_dir_all(&plain)?;
        fs::remove_dir_all(&data)?;
    }
    let base = middle(&alone);
    let table: Vec<Vec<String>> = [
        ("DuckDB read_csv, UTF-8, table on disk", &alone, None),
        ("Hinomi, CP932, first delivery", &first, Some(MOST_FIRST)),
        ("Hinomi, CP932, nightly, 1 % changed", &nightly, Some(MOST_NIGHTLY)),
    ]
    .into_iter()
    .map(|(name, found, most)| {
        let here = middle(found);
        let peak = found.iter().map(|m| m.peak).max().unwrap_or(0) as f64 / f64::from(1 << 30);
        let ratio = here.seconds / base.seconds;
        vec![
            name.to_owned(),
            format!("{:.2}", here.seconds),
            format!("{ratio:.2}"),
            most.map_or_else(String::new, |most| verdict(ratio, most)),
            format!("{peak:.2}"),
            most.map_or_else(String::new, |_| verdict(peak, MOST_MEMORY_GIB)),
            here.opened.to_string(),
        ]
    })
    .collect();
    print_table(out, &["", "seconds", "ratio", "at most", "peak GiB", "at most", "rows written"], &table)?;
    Ok(())
}

/// The exports that are measured.
struct Files {
    plain: PathBuf,
    first: PathBuf,
    second: PathBuf,
}

impl Files {
    fn write(rows: u32, folder: &Path) -> anyhow::Result<Self> {
        // All that the plan foresees of these people has happened by now.
        let end = jst(Clock::running().now()).saturating_sub(60.days());
        let ward = Ward::new(Plan { cases: rows, ..Plan::of(Scenario::Pandemic, end) })?;
        let (from, to) = ward.span();
        let name = |number| {
            let day = |day| synth::date_of(day).strftime("%Y%m%d").to_string();
            folder.join(format!("hersys_{}-{}_{number}.csv", day(from), day(to)))
        };
        let files = Self { plain: folder.join("rows.csv"), first: name(1), second: name(2) };
        for (path, encoding, changed) in [
            (&files.plain, Encoding::Utf8, None),
            (&files.first, Encoding::Cp932, None),
            (&files.second, Encoding::Cp932, Some(100)),
        ] {
            let file = File::create(path).with_context(|| format!("unable to write {}", path.display()))?;
            let mut out = BufWriter::with_capacity(1 << 20, file);
            ward.export(ward.long_after(), encoding, changed, &mut out)?;
            out.flush()?;
        }
        Ok(files)
    }
}

fn megabytes(file: &Path) -> anyhow::Result<f64> {
    Ok(fs::metadata(file)?.len() as f64 / 1e6)
}

/// The one in the middle by time.
fn middle(found: &[Measured]) -> Measured {
    let mut sorted = found.to_vec();
    sorted.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    sorted[sorted.len() / 2]
}
