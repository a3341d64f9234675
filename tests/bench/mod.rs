//! What Hinomi costs, measured in one run beside what DuckDB or nginx alone needs, on this machine.

mod child;
pub(crate) mod facts;
mod http;
mod ingest;
mod machine;
pub(crate) mod plain;
mod query;
mod sql;
mod stats;
pub(crate) mod wall;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser as _;
use hinomi::config::Settings;

/// The program whose server is measured.
const HINOMI: &str = env!("CARGO_BIN_EXE_hinomi");

/// Measures intake, queries, walls, statistics and HTTP against DuckDB or nginx alone, and prints ratios
///
/// Everything is made up on the spot, in a folder that is removed at the end. The full sizes take some
/// minutes and up to 8 GB of disk; --rows and --cases make them smaller.
#[derive(clap::Parser)]
#[command(name = "bench", bin_name = "cargo bench --", max_term_width = 100)]
struct Bench {
    #[command(subcommand)]
    what: What,
    /// Where the made-up data stands while it is measured
    #[arg(long, global = true, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/hinomi-bench"))]
    folder: PathBuf,
    /// (`cargo bench` says it to every bench)
    #[arg(long, global = true, hide = true)]
    bench: bool,
}

#[derive(clap::Subcommand)]
enum What {
    /// A HER-SYS export of 1,000,000 rows × 60 columns: checked, de-identified, stored, archived
    Ingest(Size),
    /// Each indicator on 10,000,000 cases with their history
    Query(Size),
    /// From a committed batch to the last of 1,000 displays; from the start to the first wall
    Wall(wall::Sizes),
    /// All figures of all boards after a new batch, forecasts tried, Rt: on 1,000,000 cases known day by day
    Stats(stats::Sizes),
    /// Repeated answers of the API beside nginx with the same bytes, at 1, 16 and 64 clients (needs nginx)
    Http(http::Sizes),
    #[command(hide = true)]
    Child(child::Child),
    #[command(hide = true)]
    Client(http::Client),
}

#[derive(Clone, Debug, clap::Args)]
struct Size {
    /// Rows; the full size when absent
    #[arg(long)]
    rows: Option<u32>,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 5)]
    times: usize,
}

/// Runs what the words of a command line ask for; tells `out` what was measured.
pub fn run(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write) -> anyhow::Result<()> {
    let Bench { what, folder, .. } = Bench::parse_from(args);
    let mut settings = Settings::read(None)?;
    match &what {
        What::Child(child) => return child.run(settings, out),
        What::Client(client) => return client.run(out),
        _ => {}
    }
    let folder = std::path::absolute(folder)?;
    // It is not there before and not there after.
    fs::create_dir(&folder).with_context(|| format!("unable to make the folder {}", folder.display()))?;
    settings.data_dir = folder.join("data");
    let ended = measure(&what, &settings, &folder, out);
    let removed = fs::remove_dir_all(&folder);
    ended?;
    removed.with_context(|| format!("unable to remove the folder {}", folder.display()))
}

fn measure(what: &What, settings: &Settings, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    machine::say(settings.threads(), out)?;
    match what {
        What::Ingest(size) => ingest::run(settings, size, folder, out),
        What::Query(size) => query::run(settings, size, folder, out),
        What::Wall(sizes) => wall::run(settings, sizes, folder, out),
        What::Stats(sizes) => stats::run(settings, sizes, folder, out),
        What::Http(sizes) => http::run(settings, sizes, folder, out),
        What::Child(_) | What::Client(_) => Ok(()),
    }
}

/// A table: columns as wide as they need.
fn print_table(out: &mut dyn Write, heads: &[&str], rows: &[Vec<String>]) -> std::io::Result<()> {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|r| r.get(at)).map(|c| c.chars().count());
        cells.chain([heads[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let heads = heads.iter().map(|h| (*h).to_owned()).collect();
    let rule = widths.iter().map(|w| "-".repeat(*w)).collect();
    for cells in [&heads, &rule].into_iter().chain(rows) {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[at].saturating_sub(cell.chars().count()));
            // The first column is a name; the others are figures.
            line.push_str(&if at == 0 { format!("{cell}{pad}") } else { format!("  {pad}{cell}") });
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Whether a figure keeps what was promised.
fn verdict(value: f64, most: f64) -> String {
    format!("{} {most}", if value <= most { "within" } else { "OVER" })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
