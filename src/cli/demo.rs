//! `hinomi demo`: a ward that doesn't exist, two years of it, and its wall.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::moment::moment;
use super::output::Event;
use super::printer::Printer;
use super::socket::Socket;
use super::synth::{DAILY, Scenario};
use super::{Common, log};
use crate::app::training::{MAKING, MARK};
use crate::app::{App, PATIENCE, Server};
use crate::config::{DataFolder, Settings, Source, folder};
use crate::epi::clock::{Clock, from_jst, jst};
use crate::jobs::Unwatched;
use crate::jobs::deliver::{Options, deliver};
use crate::store::Outcome;
use crate::synth::{self, Delivery, Live, Plan, Ward};

/// Makes two years of a ward that doesn't exist, takes them in, shows the wall, and goes on delivering
///
/// Everything goes through the ordinary path: files land, are checked, de-identified, stored with their history.
/// Every page says 訓練データ. The data folder is ./hinomi-demo; it is made afresh unless --keep is given.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    hinomi demo\n  \
    hinomi demo --scenario routine\n  \
    hinomi demo --at 2026-11-27T14:05 --every 0\n  \
    hinomi demo --keep\n\nThen open http://127.0.0.1:8460/")]
pub(super) struct Demo {
    /// pandemic: one disease in waves; routine: a few notifications a week of many diseases
    #[arg(long, value_enum, default_value_t = Scenario::Pandemic)]
    scenario: Scenario,
    /// Notifications in the two years; the scenario's own number when absent
    #[arg(long)]
    cases: Option<u32>,
    #[arg(long, default_value_t = 730)]
    days: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds between live deliveries; 0: none
    #[arg(long, default_value_t = 5)]
    every: u64,
    /// Go on with the data folder of an earlier demo
    #[arg(long)]
    keep: bool,
    /// The moment at which the two years end, by the clock in Japan; the demo's clock runs on from there, with --keep too. With a seed it makes
    /// the same figures every time
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
    at: Option<String>,
    /// Where to listen, whatever the settings say
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<std::net::SocketAddr>,
}

/// The moments of the live deliveries, one a line.
const TICKS: &str = "demo-ticks.txt";

/// What a demo's folder was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mark {
    routine: bool,
    seed: u64,
    cases: u32,
    days: u32,
    population: u32,
    end: Timestamp,
}

impl Mark {
    fn plan(&self) -> Plan {
        let scenario = if self.routine { synth::Scenario::Routine } else { synth::Scenario::Pandemic };
        Plan {
            seed: self.seed,
            scenario,
            cases: self.cases,
            days: self.days,
            end: jst(self.end),
            population: self.population,
        }
    }
}

impl Demo {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut settings = common.settings()?;
        log::beside_results(&settings.log, common.log.is_some())?;
        self.adapt(&mut settings, common)?;
        let clock = Clock::running();
        let end = self.at.as_deref().map(|at| moment(at, &clock)).transpose()?;
        let mark = self.prepare(&settings.data_dir, end.unwrap_or_else(|| clock.now()))?;
        settings.disease = synth::main_disease(mark.plan().scenario).to_owned();
        let fresh = !settings.data_dir.join(MARK).is_file();
        tokio::runtime::Runtime::new()?.block_on(async {
            let ward = tokio::task::spawn_blocking({
                let plan = mark.plan();
                move || Ward::new(plan)
            });
            let first = ward.await??;
            if fresh {
                clock.set(from_jst(synth::date_time_of(first.span().0 * synth::DAY)));
            }
            let server = Server::build(settings, clock.clone(), Socket::open).await?;
            let app = server.app.clone();
            let data = app.settings.data_dir.clone();
            let address = server.address();
            let ward = if fresh {
                eprintln!("hinomi: http://{address}/ will show the wall in less than a minute");
                let ward = replay(app.clone(), first).await?;
                // Only a folder whose history is whole can be kept.
                fs::write(data.join(MARK), serde_json::to_vec_pretty(&mark)?)?;
                ward
            } else {
                first
            };
            match end {
                Some(end) => clock.run_from(end),
                None => clock.run(),
            }
            eprintln!(
                "hinomi: http://{address}/ (訓練データ, ready after {:.0} s; Ctrl-C ends it)",
                started.elapsed().as_secs_f64()
            );
            if self.every > 0 {
                let live = relive(ward, &data.join(TICKS))?;
                tokio::spawn(go_on(app, live, Duration::from_secs(self.every)));
            }
            server.run_until_stopped().await
        })
    }

    /// The demo's own folder, sources and label.
    fn adapt(&self, settings: &mut Settings, common: &Common) -> anyhow::Result<()> {
        if common.data_dir.is_none() {
            settings.data_dir = std::path::absolute("hinomi-demo")?;
        }
        settings.training = true;
        settings.key_file = None;
        settings.sources = SOURCES.iter().map(|s| ((*s).to_owned(), Source::default())).collect();
        if let Some(listen) = self.listen {
            settings.listen = listen;
        }
        Ok(())
    }

    /// Empties a folder that is a demo's, or leaves it as it is for `--keep`. Any other folder is refused.
    fn prepare(&self, data: &Path, now: Timestamp) -> anyhow::Result<Mark> {
        let mark = data.join(MARK);
        if self.keep && mark.is_file() {
            let text = fs::read(&mark)
                .with_context(|| format!("{0} を読めません (unable to read {0})", mark.display()))?;
            return serde_json::from_slice(&text).with_context(|| {
                format!("{0} は demo のものではありません ({0} is not a demo's mark)", mark.display())
            });
        }
        let made = data.join(MAKING);
        if mark.is_file() || made.is_file() {
            let _alone = DataFolder::new(data).lock(PATIENCE)?;
            fs::remove_dir_all(data)
                .with_context(|| format!("{0} を空にできません (unable to empty {0})", data.display()))?;
        }
        let strange = fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
        anyhow::ensure!(
            !strange,
            "{0} は空ではなく、demo が作ったものでもありません。--data-dir でほかのフォルダを指定してください ({0} is not empty and no demo made it; name another folder with --data-dir)",
            data.display()
        );
        folder::make(data)?;
        File::create(&made)
            .with_context(|| format!("{0} に書けません (unable to write {0})", made.display()))?;
        let standard = Plan::of(self.scenario.into(), jst(now));
        Ok(Mark {
            routine: self.scenario == Scenario::Routine,
            seed: self.seed,
            cases: self.cases.unwrap_or(standard.cases),
            days: self.days,
            population: standard.population,
            end: now,
        })
    }
}

/// The sources of the synthetic ward.
const SOURCES: [&str; 7] = [
    "her-sys-cases",
    "care-ledger",
    "hospital-beds",
    "bed-capacity",
    "population-register",
    "facilities",
    "ward-events",
];

/// Delivers the history: each file at its own moment by the clock.
async fn replay(app: Arc<App>, ward: Ward) -> anyhow::Result<Ward> {
    tokio::task::spawn_blocking(move || {
        let moments = synth::schedule(&ward, DAILY);
        let mut printer = Printer::default();
        for (done, moment) in (1u64..).zip(&moments) {
            let start = from_jst(synth::date_time_of(moment.at));
            let files = ward.deliveries(moment.since, moment.at, moment.reach);
            for (after, file) in (0i64..).zip(&files) {
                // A batch counts as known from its own moment: no two share one.
                app.clock.set(start + jiff::SignedDuration::from_millis(after * 10));
                take(&app, file)?;
            }
            let what = "delivering two years".to_owned();
            printer.show(Event::At { done, of: Some(moments.len() as u64), what })?;
        }
        Ok(ward)
    })
    .await?
}

/// One file by the ordinary path.
fn take(app: &App, file: &Delivery) -> anyhow::Result<()> {
    let mapping = app.jobs.mapping(file.source)?;
    let path = put(app, file)?;
    let receipt = deliver(&app.jobs, &path, &mapping, &Options::default(), &Unwatched)?;
    match receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => Ok(()),
        Outcome::Refused(why) | Outcome::Held(why) => {
            anyhow::bail!("{}: {}: {why}", file.source, file.name)
        }
    }
}

/// Lays a file into its source's folder, whole at once.
fn put(app: &App, file: &Delivery) -> anyhow::Result<PathBuf> {
    let folder = app.jobs.inbox(file.source);
    folder::make(&folder)?;
    let path = folder.join(&file.name);
    let part = folder.join(format!("{}.part", file.name));
    fs::write(&part, &file.bytes)
        .and_then(|()| fs::rename(&part, &path))
        .with_context(|| format!("{0} に書けません (unable to write {0})", path.display()))?;
    Ok(path)
}

/// The ward as it was when an earlier demo ended.
fn relive(ward: Ward, ticks: &Path) -> anyhow::Result<(Live, File)> {
    let delivered = ward.plan().end_minute();
    let mut live = Live::new(ward, delivered);
    if let Ok(text) = fs::read_to_string(ticks) {
        text.lines().filter_map(|line| line.parse().ok()).for_each(|tick| live.relive(tick));
        // The last files may have come to nothing when the demo ended.
        live.delivered_until(live.last() - 10);
    }
    let ticks = OpenOptions::new().append(true).create(true).open(ticks)?;
    Ok((live, ticks))
}

/// Lays new files down every few seconds, until the server stops.
async fn go_on(app: Arc<App>, (mut live, mut ticks): (Live, File), every: Duration) {
    while app.shutdown.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
        let (app, now) = (app.clone(), jst(app.clock.now()));
        let worked = tokio::task::spawn_blocking(move || {
            let worked = writeln!(ticks, "{now}")
                .map_err(anyhow::Error::from)
                .and_then(|()| live.tick(now).iter().try_for_each(|file| put(&app, file).map(drop)));
            (live, ticks, worked)
        });
        match worked.await {
            Ok((next_live, next_ticks, worked)) => {
                (live, ticks) = (next_live, next_ticks);
                if let Err(why) = worked {
                    warn!(why = format!("{why:#}"), "a live delivery of the demo failed");
                }
            }
            Err(why) => {
                warn!(%why, "the demo delivers no more");
                return;
            }
        }
    }
}
