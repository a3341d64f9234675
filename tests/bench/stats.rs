//! Statistics: all figures of all boards after a new batch, the nightly back-test of forecasts, Rt by itself.

use std::collections::HashSet;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use hinomi::answer::{Answer, Answers, Limits, Question};
use hinomi::app::App;
use hinomi::config::Settings;
use hinomi::definitions::role::Role;
use hinomi::epi::clock::{Clock, jst};
use hinomi::measure::method::Making;
use hinomi::measure::rt::{RtSettings, cori};
use hinomi::measure::serial_interval::SerialInterval;
use hinomi::present::Desk;
use hinomi::store::Unversioned;
use hinomi::synth::{self, Live, Plan, Scenario, Ward};
use hinomi::web::wall::in_order;

use super::facts::{Facts, History};
use super::{median, plain, print_table, verdict, wall};

/// Of the facts: alerts compare with the same season of five years.
const DAYS: u32 = 2240;
/// Of Rt alone: three years.
const RT_DAYS: u32 = 1096;
const MOST_FIRST: f64 = 1.0;
const MOST_ALL: f64 = 5.0;
const MOST_TRIAL: f64 = 60.0;
const MOST_RT_MS: f64 = 10.0;
/// No answer is waited for longer: what takes this long is over any limit.
const DEADLINE: Duration = Duration::from_mins(5);
const SLOWEST: usize = 10;

fn limits() -> Limits {
    Limits { deadline: DEADLINE, ..Limits::default() }
}

#[derive(Clone, Debug, clap::Args)]
pub struct Sizes {
    /// Cases over six years, each with its stay
    #[arg(long, default_value_t = 1_000_000)]
    cases: u32,
    /// Repetitions of which the median is taken
    #[arg(long, default_value_t = 3)]
    times: usize,
}

pub fn run(settings: &Settings, sizes: &Sizes, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let clock = Clock::running();
    let (today, at) = (clock.today(), clock.now());
    let facts = Facts { cases: sizes.cases, days: DAYS, today, at, history: History::Daily };
    let plain = plain::tables(&facts, settings, &folder.join("plain"))?;
    facts.fill(settings, &clock)?;
    writeln!(out, "stats: {} cases with their stays over {DAYS} days, known day by day", sizes.cases)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let app = App::open(settings.clone(), clock).await?;
        let mut bench = Bench::new(&app, sizes, folder)?;
        let walls = bench.walls().await?;
        let one_by_one = bench.one_by_one(&plain).await?;
        let trial = bench.trial().await?;
        let rt = bench.rt()?;
        let seconds = |name: String, times: &[f64], most: f64| {
            let middle = median(times.to_vec());
            vec![name, format!("{middle:.3} s"), verdict(middle, most) + " s"]
        };
        let milliseconds = median(rt.clone()) * 1e3;
        let rt_row = vec![
            format!("Rt of {RT_DAYS} days"),
            format!("{milliseconds:.2} ms"),
            verdict(milliseconds, MOST_RT_MS) + " ms",
        ];
        let table = [
            seconds(
                "after a batch: the playlist's boards and the strip".to_owned(),
                &walls.first,
                MOST_FIRST,
            ),
            seconds(format!("after a batch: all {} boards", bench.boards), &walls.all, MOST_ALL),
            seconds("forecasts tried, once a night".to_owned(), &trial.seconds, MOST_TRIAL),
            rt_row,
        ];
        print_table(out, &["", "median", "at most"], &table)?;
        one_by_one.print(out)?;
        trial.contents.print(out, "forecasts tried")?;
        app.close().await
    })
}

/// What is measured, and with what.
struct Bench<'a> {
    app: &'a Arc<App>,
    desk: Desk,
    live: Live,
    folder: &'a Path,
    times: usize,
    boards: usize,
}

#[derive(Default)]
struct Walls {
    first: Vec<f64>,
    all: Vec<f64>,
}

impl<'a> Bench<'a> {
    fn new(app: &'a Arc<App>, sizes: &Sizes, folder: &'a Path) -> anyhow::Result<Self> {
        let now = jst(app.clock.now());
        let plan = Plan { cases: 2000, days: 60, ..Plan::of(Scenario::Pandemic, now) };
        let answers = Answers::within(app.store.clone(), app.catalog.clone(), app.clock.clone(), limits());
        let desk = Desk {
            answers,
            catalog: app.catalog.clone(),
            disease: app.settings.disease.clone(),
            as_of: None,
        };
        let live = Live::new(Ward::new(plan)?, synth::minute_of(now));
        let boards = app.catalog.boards.len();
        Ok(Self { app, desk, live, folder, times: sizes.times.max(1), boards })
    }

    async fn one_more_batch(&mut self) -> anyhow::Result<()> {
        wall::commit(self.app, &mut self.live, self.folder).await.map(|_| ())
    }

    /// Seconds from a batch to the figures of the playlist's boards, and to those of all, as the wall's round makes them.
    async fn walls(&mut self) -> anyhow::Result<Walls> {
        self.round().await;
        let mut walls = Walls::default();
        for _ in 0..self.times {
            self.one_more_batch().await?;
            let (first, all) = self.round().await;
            walls.first.push(first);
            walls.all.push(all);
        }
        Ok(walls)
    }

    async fn round(&self) -> (f64, f64) {
        let (now, started) = (self.app.clock.now(), Instant::now());
        let last_of_playlist = self.app.catalog.playlist.boards.len();
        let mut first = 0.0;
        for (place, board) in in_order(&self.app.catalog).iter().enumerate() {
            black_box(self.desk.board(board, None, now).await);
            if place == 0 {
                black_box(self.desk.strip(Vec::new(), None, now).await);
            }
            if place + 1 == last_of_playlist {
                first = started.elapsed().as_secs_f64();
            }
        }
        (first, started.elapsed().as_secs_f64())
    }

    /// Each question of all boards by itself, after one more batch; and what plain tables need for the same texts.
    async fn one_by_one(&mut self, plain: &Unversioned) -> anyhow::Result<OneByOne> {
        self.one_more_batch().await?;
        let now = self.app.clock.now();
        let boards = in_order(&self.app.catalog);
        let mut asked = HashSet::new();
        let questions = boards.iter().flat_map(|board| self.desk.questions(board, now));
        let mut found = OneByOne::default();
        for question in questions.filter(|question| asked.insert(question.clone())) {
            let started = Instant::now();
            let answer = self.desk.answers.ask(&question).await?;
            let seconds = started.elapsed().as_secs_f64();
            found.contents.add(described(&question), &answer);
            found.times.push((described(&question), seconds));
            let indicator = &answer.indicator;
            let composite = matches!(indicator.making(), Some(Making::Items | Making::Stretches));
            // A plain table has no history of its own to compare with; what was made last night was not made now.
            if composite || indicator.is_of_last_night() || answer.indicator.sql.contains("_changes") {
                continue;
            }
            let query = self.desk.answers.query(&question)?;
            plain.query(&query)?;
            let started = Instant::now();
            plain.query(&query)?;
            found.compared += 1;
            found.plain += started.elapsed().as_secs_f64();
            found.ours += seconds;
        }
        Ok(found)
    }

    /// Past forecasts against what came, as in the night: nothing in memory.
    async fn trial(&self) -> anyhow::Result<Trial> {
        let mut trial = Trial::default();
        for turn in 0..self.times {
            let app = &self.app;
            let answers =
                Answers::within(app.store.clone(), app.catalog.clone(), app.clock.clone(), limits());
            let started = Instant::now();
            for indicator in self.app.catalog.indicators.values().filter(|i| i.is_of_last_night()) {
                let answer = answers.ask(&Question::of(&indicator.id, &self.app.settings.disease)).await?;
                if turn == 0 {
                    trial.contents.add(indicator.id.clone(), &answer);
                }
            }
            trial.seconds.push(started.elapsed().as_secs_f64());
        }
        Ok(trial)
    }

    /// Rt alone, of three years of days: no query, no table.
    fn rt(&self) -> anyhow::Result<Vec<f64>> {
        let serial = self.app.catalog.serials.get(&self.app.settings.disease);
        let serial = serial.context("the disease has no serial interval")?;
        let interval =
            SerialInterval::gamma(serial.mean, serial.sd).map_err(|why| anyhow::anyhow!(why.ja()))?;
        let wave = |day: u32| 900.0 + 800.0 * (f64::from(day) * std::f64::consts::TAU / 183.0).sin();
        let cases: Vec<Option<f64>> = (0..RT_DAYS).map(|day| Some(wave(day).round())).collect();
        let mut seconds = Vec::new();
        for _ in 0..self.times.max(3) {
            let started = Instant::now();
            let windows = cori(&cases, 0, &interval, &RtSettings::default())
                .map_err(|why| anyhow::anyhow!(why.ja()))?;
            seconds.push(started.elapsed().as_secs_f64());
            let made = windows.iter().filter(|window| window.rt.is_ok()).count();
            anyhow::ensure!(made + 30 > cases.len(), "Rt of {made} days only");
        }
        Ok(seconds)
    }
}

/// The indicator with what was chosen of it.
fn described(question: &Question) -> String {
    let days =
        question.from.zip(question.to).map(|(from, to)| format!("{} days", (to - from).get_days() + 1));
    let against = question.against.map(|against| format!("against {}", against.name()));
    let chosen = [question.by.clone(), question.bands.clone(), against, days];
    let chosen: Vec<String> = chosen.into_iter().flatten().collect();
    match chosen.is_empty() {
        true => question.indicator.clone(),
        false => format!("{} ({})", question.indicator, chosen.join(", ")),
    }
}

#[derive(Default)]
struct Trial {
    seconds: Vec<f64>,
    contents: Contents,
}

/// What the answers hold: nothing is measured on emptiness unseen.
#[derive(Default)]
struct Contents {
    answers: usize,
    rows: usize,
    /// Rows with a reason why something is missing, and those of them that have no value at all.
    reasons: usize,
    only_a_reason: usize,
    without_rows: Vec<String>,
    without_values: Vec<String>,
}

impl Contents {
    fn add(&mut self, name: String, answer: &Answer) {
        let rows = answer.rows.num_rows();
        let is_there = |role: Role, row: usize| !answer.cell_of(row, role).is_null();
        let (mut reasons, mut values) = (0, 0);
        for row in 0..rows {
            let (reason, value) = (is_there(Role::Reason, row), is_there(Role::Value, row));
            reasons += usize::from(reason);
            values += usize::from(value);
            self.only_a_reason += usize::from(reason && !value);
        }
        self.answers += 1;
        self.rows += rows;
        self.reasons += reasons;
        if rows == 0 {
            self.without_rows.push(name);
        } else if values == 0 && answer.indicator.has(Role::Value) {
            self.without_values.push(name);
        }
    }

    fn print(&self, out: &mut dyn Write, what: &str) -> io::Result<()> {
        let (answers, rows, reasons, only) = (self.answers, self.rows, self.reasons, self.only_a_reason);
        writeln!(
            out,
            "{what}: {answers} answers, {rows} rows; {reasons} rows give a reason, {only} of them nothing else"
        )?;
        for (what, list) in [("no row", &self.without_rows), ("no value", &self.without_values)] {
            let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
            writeln!(out, "  answers with {what}: {list}")?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct OneByOne {
    times: Vec<(String, f64)>,
    contents: Contents,
    compared: usize,
    plain: f64,
    ours: f64,
}

impl OneByOne {
    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let all: f64 = self.times.iter().map(|(_, seconds)| seconds).sum();
        writeln!(out, "\none after another after a batch: {} questions, {all:.3} s", self.times.len())?;
        let (ours, plain) = (self.ours, self.plain);
        writeln!(
            out,
            "the {} that plain tables can answer: hinomi {ours:.3} s with statistics, DuckDB {plain:.3} s without, ratio {:.2}",
            self.compared,
            ours / plain
        )?;
        self.contents.print(out, "figures")?;
        let mut times: Vec<&(String, f64)> = self.times.iter().collect();
        times.sort_by(|one, other| other.1.total_cmp(&one.1));
        let slowest = times.iter().take(SLOWEST);
        let rows: Vec<Vec<String>> =
            slowest.map(|(name, seconds)| vec![name.clone(), format!("{:.1}", seconds * 1e3)]).collect();
        print_table(out, &[&format!("the slowest {}", rows.len()), "ms"], &rows)
    }
}
