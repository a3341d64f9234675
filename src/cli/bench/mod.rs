//! `hinomi bench`: what Hinomi costs, measured in one run beside what DuckDB or nginx alone needs, on this machine.

mod child;
mod http;
mod ingest;
mod machine;
mod query;
mod stats;
mod wall;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Common, log};

/// Measures intake, queries, walls, statistics and HTTP against DuckDB or nginx alone, and prints ratios
///
/// Everything is made up on the spot, in a folder that is removed at the end. The full sizes take some
/// minutes and up to 8 GB of disk; --rows and --cases make them smaller.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    hinomi bench ingest\n  \
    hinomi bench query --rows 1000000\n  \
    hinomi bench wall\n  \
    hinomi bench stats\n  \
    hinomi bench http")]
pub(super) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// A HER-SYS export of 1,000,000 rows × 60 columns: checked, de-identified, stored, archived
    #[command(after_help = "Examples:\n  hinomi bench ingest\n  hinomi bench ingest --rows 100000 --times 1")]
    Ingest(Size),
    /// Each indicator on 10,000,000 cases with their history
    #[command(after_help = "Examples:\n  hinomi bench query\n  hinomi bench query --rows 1000000")]
    Query(Size),
    /// From a committed batch to the last of 1,000 displays; from the start to the first wall
    #[command(
        after_help = "Examples:\n  hinomi bench wall\n  hinomi bench wall --displays 100 --rows 100000"
    )]
    Wall(wall::Sizes),
    /// All figures of all boards after a new batch, forecasts tried, Rt: on 1,000,000 cases known day by day
    #[command(after_help = "Examples:\n  hinomi bench stats\n  hinomi bench stats --cases 100000 --times 1")]
    Stats(stats::Sizes),
    /// Repeated answers of the API beside nginx with the same bytes, at 1, 16 and 64 clients (needs nginx)
    #[command(
        after_help = "Examples:\n  hinomi bench http\n  hinomi bench http --rows 20000 --seconds 1 --times 1"
    )]
    Http(http::Sizes),
    #[command(hide = true)]
    Child(child::Child),
    #[command(hide = true)]
    Client(http::Client),
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Size {
    /// Rows; the full size when absent
    #[arg(long)]
    rows: Option<u32>,
    /// Where the made-up data stands while it is measured
    #[arg(long, default_value = "hinomi-bench")]
    folder: PathBuf,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 5)]
    times: usize,
}

impl Bench {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<()> {
        let settings = common.settings()?;
        log::beside_results(&settings.log, common.log.is_some())?;
        match &self.what {
            What::Child(child) => child.run(settings),
            What::Client(client) => client.run(),
            What::Http(sizes) => in_folder(&sizes.folder, |folder| http::run(&settings, sizes, folder)),
            What::Ingest(size) => in_folder(&size.folder, |folder| ingest::run(&settings, size, folder)),
            What::Query(size) => in_folder(&size.folder, |folder| query::run(&settings, size, folder)),
            What::Stats(sizes) => in_folder(&sizes.folder, |folder| stats::run(&settings, sizes, folder)),
            What::Wall(sizes) => in_folder(&sizes.folder, |folder| wall::run(&settings, sizes, folder)),
        }
    }
}

/// Runs in a folder that is not there before and not there after.
fn in_folder(folder: &Path, run: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let folder = std::path::absolute(folder)?;
    fs::create_dir(&folder).with_context(|| {
        format!("フォルダ {0} を作れません (unable to make the folder {0})", folder.display())
    })?;
    let ended = run(&folder);
    let removed = fs::remove_dir_all(&folder);
    ended?;
    removed.with_context(|| {
        format!("フォルダ {0} を消せません (unable to remove the folder {0})", folder.display())
    })
}

/// A table on the standard output: columns as wide as they need.
fn print_table(heads: &[&str], rows: &[Vec<String>]) {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|r| r.get(at)).map(|c| c.chars().count());
        cells.chain([heads[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &[String]| {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[at].saturating_sub(cell.chars().count()));
            // The first column is a name; the others are figures.
            line.push_str(&if at == 0 { format!("{cell}{pad}") } else { format!("  {pad}{cell}") });
        }
        println!("{}", line.trim_end());
    };
    line(&heads.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
    line(&widths.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
}

/// Whether a figure keeps what was promised.
fn verdict(value: f64, most: f64) -> String {
    format!("{} {most}", if value <= most { "within" } else { "OVER" })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
