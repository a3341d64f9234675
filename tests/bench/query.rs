//! Queries: each indicator on cases with their history, against the same SQL on plain tables without any.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use hinomi::answer::Question;
use hinomi::app::App;
use hinomi::config::Settings;
use hinomi::epi::clock::Clock;
use hinomi::store::AsOf;

use super::facts::Facts;
use super::{Size, median, plain, print_table, verdict};

const MOST: f64 = 1.3;
const DEADLINE: Duration = Duration::from_mins(2);

pub fn run(settings: &Settings, size: &Size, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let rows = size.rows.unwrap_or(10_000_000);
    let clock = Clock::running();
    let facts = Facts::twice(rows, &clock);
    let plain = plain::tables(&facts, settings, &folder.join("plain"))?;
    facts.fill(settings, &clock)?;
    writeln!(out, "query: {rows} cases over {} days, 5 % of them with an earlier version", facts.days)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let app = App::open(settings.clone(), clock).await?;
        // As after a night.
        let started = Instant::now();
        let rows = app.store.cluster()?;
        app.store.checkpoint()?;
        writeln!(out, "{rows} rows put in order in {:.1} s", started.elapsed().as_secs_f64())?;
        let mut table = Vec::new();
        let mut over = 0;
        let indicators: Vec<_> = app.catalog.indicators.values().cloned().collect();
        // A plain table has no history of its own to compare with.
        for indicator in indicators.into_iter().filter(|i| !i.sql.contains("_changes")) {
            let question = Question::of(&indicator.id, &app.settings.disease);
            let query = app.answers.query(&question)?;
            let (mut with, mut without) = (Vec::new(), Vec::new());
            for turn in 0..=size.times {
                let started = Instant::now();
                plain.query(&query)?;
                let alone = started.elapsed().as_secs_f64();
                let started = Instant::now();
                app.store.query(&query, AsOf::Latest, DEADLINE)?;
                let ours = started.elapsed().as_secs_f64();
                // The first turn only warms up.
                if turn > 0 {
                    without.push(alone);
                    with.push(ours);
                }
            }
            app.answers.ask(&question).await?;
            let ran = app.answers.queries_run();
            let started = Instant::now();
            app.answers.ask(&question).await?;
            let cached = started.elapsed();
            anyhow::ensure!(
                app.answers.queries_run() == ran,
                "{}: the repeat went to the store",
                indicator.id
            );
            let (with, without) = (median(with), median(without));
            let ratio = with / without;
            over += usize::from(ratio > MOST);
            table.push(vec![
                indicator.id.clone(),
                format!("{:.1}", without * 1e3),
                format!("{:.1}", with * 1e3),
                format!("{ratio:.2}"),
                verdict(ratio, MOST),
                format!("{:.0}", cached.as_secs_f64() * 1e6),
            ]);
        }
        print_table(out, &["indicator", "plain ms", "hinomi ms", "ratio", "at most", "again µs"], &table)?;
        writeln!(out, "{over} of {} over {MOST}; a repeat never went to the store", table.len())?;
        app.close().await
    })
}
