//! The machine that the figures are of.

use std::fs;
use std::io::Write;

use super::plain;

/// One line: processor, threads, memory, DuckDB's and Hinomi's versions.
pub fn say(threads: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "machine: {}, {threads} threads used of {}, {:.0} GiB; DuckDB {}; hinomi {}",
        processor(),
        std::thread::available_parallelism().map_or(1, usize::from),
        field("/proc/meminfo", "MemTotal") as f64 / f64::from(1 << 20),
        plain::version()?,
        env!("CARGO_PKG_VERSION"),
    )?;
    Ok(())
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|l| l.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| "unknown processor".to_owned(), |(_, name)| name.trim().to_owned())
}

/// The most memory that this process ever held, in bytes.
pub fn peak_memory() -> u64 {
    field("/proc/self/status", "VmHWM") * 1024
}

/// A figure in kB.
fn field(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
