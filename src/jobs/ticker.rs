//! The clock that wakes the jobs. tokio-cron-scheduler ticks and does nothing else: what is due, whether it has
//! run, and that it doesn't run over itself is [`super::runner`]'s.

use std::sync::Arc;

use anyhow::Context as _;
use chrono_tz::Asia::Tokyo;
use tokio_cron_scheduler::{Job as Tick, JobScheduler};

use super::arrivals::Arrivals;
use super::runner::Runner;
use super::{Context, JOBS, Schedule};

pub struct Ticker(JobScheduler);

impl Ticker {
    /// Wakes each scheduled job at its time, and looks into the folder of each near-real-time source at its rhythm.
    pub async fn start(cx: &Context, runner: Arc<Runner>, arrivals: Arc<Arrivals>) -> anyhow::Result<Self> {
        let ticker =
            JobScheduler::new().await.context("定時の処理を用意できません · unable to make the ticker")?;
        for job in &JOBS {
            let Some(schedule) = job.schedule(&cx.settings) else { continue };
            for cron in schedule.crons() {
                let runner = runner.clone();
                let tick = Tick::new_async_tz(cron, Tokyo, move |_, _| {
                    let runner = runner.clone();
                    Box::pin(async move { runner.run_due(job).await })
                });
                add(&ticker, tick, job.name).await?;
            }
        }
        for mapping in cx.sources() {
            let Some(minutes) = mapping.rhythm.every_minutes else { continue };
            for cron in Schedule::EveryMinutes(minutes).crons() {
                let (arrivals, source) = (arrivals.clone(), mapping.source.clone());
                let tick = Tick::new_async_tz(cron, Tokyo, move |_, _| {
                    let (arrivals, source) = (arrivals.clone(), source.clone());
                    Box::pin(async move { arrivals.look(&source).await })
                });
                add(&ticker, tick, &mapping.source).await?;
            }
        }
        ticker.start().await.context("定時の処理を始められません · unable to start the ticker")?;
        Ok(Self(ticker))
    }

    pub async fn stop(mut self) {
        if let Err(why) = self.0.shutdown().await {
            tracing::warn!(%why, "the ticker did not stop cleanly");
        }
    }
}

async fn add(
    ticker: &JobScheduler,
    tick: Result<Tick, tokio_cron_scheduler::JobSchedulerError>,
    name: &str,
) -> anyhow::Result<()> {
    let tick = tick.with_context(|| format!("{name} の時刻を決められません · unable to schedule {name}"))?;
    ticker
        .add(tick)
        .await
        .with_context(|| format!("{name} の時刻を決められません · unable to schedule {name}"))?;
    Ok(())
}
