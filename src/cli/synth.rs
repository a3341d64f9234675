//! `hinomi synth`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;

use super::Common;
use super::moment::moment;
use crate::epi::clock::{Clock, jst};
use crate::synth::{self, Moment, Plan, Ward};

/// Writes the files that a ward's systems would deliver: a ward that doesn't exist, any size, seeded
///
/// Each source gets a folder of its own below FOLDER, with its files in its own format and quirks. The same
/// arguments give the same bytes. All names, addresses and telephone numbers are made up.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    hinomi synth ward/\n  \
    hinomi synth ward/ --cases 1000000 --deliveries once\n  \
    hinomi synth ward/ --scenario routine --end 2026-11-22T14:05 --seed 7\n  \
    hinomi load her-sys-cases ward/her-sys-cases/*.csv --replay")]
pub(super) struct Synth {
    /// Where the files go
    folder: PathBuf,
    /// pandemic: one disease in waves; routine: a few notifications a week of many diseases
    #[arg(long, value_enum, default_value_t = Scenario::Pandemic)]
    scenario: Scenario,
    /// Notifications; the scenario's own number when absent
    #[arg(long)]
    cases: Option<u32>,
    #[arg(long, default_value_t = 730)]
    days: u32,
    /// The last moment, Japanese time (2026-11-22T14:05, or a day); now when absent
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
    end: Option<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Residents at the end
    #[arg(long, default_value_t = 260_000)]
    population: u32,
    /// history: monthly, and daily for the last 60 days, so that later files correct earlier ones; once: only
    /// what is known at the end
    #[arg(long, value_enum, default_value_t = Deliveries::History)]
    deliveries: Deliveries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    Pandemic,
    Routine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deliveries {
    History,
    Once,
}

impl From<Scenario> for synth::Scenario {
    fn from(scenario: Scenario) -> Self {
        match scenario {
            Scenario::Pandemic => Self::Pandemic,
            Scenario::Routine => Self::Routine,
        }
    }
}

/// Days of the history that are delivered one by one.
pub(super) const DAILY: i32 = 60;

impl Synth {
    pub(super) fn run(&self, _: &Common) -> anyhow::Result<()> {
        let clock = Clock::running();
        let end = match &self.end {
            Some(text) => moment(text, &clock)?,
            None => clock.now(),
        };
        let standard = Plan::of(self.scenario.into(), jst(end));
        let plan = Plan {
            seed: self.seed,
            cases: self.cases.unwrap_or(standard.cases),
            days: self.days,
            population: self.population,
            ..standard
        };
        let ward = Ward::new(plan)?;
        let moments = match self.deliveries {
            Deliveries::History => synth::schedule(&ward, DAILY),
            Deliveries::Once => vec![Moment { at: ward.plan().end_minute(), since: None, reach: 0 }],
        };
        let files = synth::write(&ward, &moments, &self.folder)?;
        let mut folders: Vec<_> = files.iter().filter_map(|f| f.parent()).collect();
        folders.sort();
        folders.dedup();
        for folder in folders {
            let count = files.iter().filter(|f| f.parent() == Some(folder)).count();
            println!("{}: {count} files", folder.display());
        }
        let last = files.last().context("書き出すものがありません (nothing to write)")?;
        println!(
            "{} notifications over {} days; the last file is {}",
            ward.plan().cases,
            self.days,
            last.display()
        );
        Ok(())
    }
}
