//! `/admin` and `/api/v1/status`: sources and their freshness, deliveries, jobs, displays, disk.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::asked::{Asked, Nothing, Pairs, QueryString};
use super::hall::Hall;
use super::{App, deliveries, errors, plain};
use crate::answer::{Answers, Freshness, Refusal};
use crate::definitions::{Catalog, Word};
use crate::epi::clock::jst;
use crate::present::{faults, marks, numbers, words};
use crate::store::{BatchId, DeliveryEntry, Disk, Run, SourceState, Store, StoreError, Trouble};

/// Lines of the ledgers that a page shows.
const SHOWN: usize = 30;
/// Runs looked through for those of an instant of the past.
const RUNS: usize = 2_000;

pub(super) fn router() -> Router<App> {
    Router::new().route("/admin", get(page)).route("/admin/deliveries/{number}", get(deliveries::delivery))
}

/// What was known at a moment of the past; now when absent.
struct Known(Option<Timestamp>);

impl QueryString for Known {
    const NAMES: &'static [&'static str] = &["at"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        let now = hall.clock.now();
        Ok(Self(said.moment("at", now)?.filter(|at| *at < now)))
    }
}

/// Everything that the page and the API say.
struct Status {
    systems: Vec<Freshness>,
    sources: Vec<SourceState>,
    deliveries: Vec<DeliveryEntry>,
    /// Of the deliveries those of which rows were held back, or cells could not be read.
    short: Vec<DeliveryEntry>,
    runs: Vec<Run>,
    disk: Option<Disk>,
    batch: BatchId,
}

/// `at`: an instant of the past; now when absent.
async fn look(answers: &Answers, store: Store, at: Option<Timestamp>) -> Result<Status, String> {
    let systems = answers.freshness(at).await.map_err(|e| e.to_string())?;
    let ledgers = move || {
        let entries = store.deliveries_until(at.unwrap_or(Timestamp::MAX), SHOWN)?;
        let short = deliveries::short(&store, &entries)?;
        let mut runs = store.runs(None, if at.is_some() { RUNS } else { SHOWN })?;
        runs.retain(|run| at.is_none_or(|at| run.started <= at));
        runs.truncate(SHOWN);
        Ok::<_, StoreError>(Status {
            systems,
            sources: at.map_or_else(|| Ok(store.sources()), |at| store.sources_at(at))?,
            deliveries: entries,
            short,
            runs,
            disk: store.disk().ok().filter(|_| at.is_none()),
            batch: at.map_or_else(|| Ok(store.latest()), |at| store.batch_at(at))?,
        })
    };
    let looked = tokio::task::spawn_blocking(ledgers).await;
    looked.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
}

/// `/api/v1/status`
pub(super) async fn api(
    State(answers): State<Answers>,
    State(store): State<Store>,
    State(hall): State<Hall>,
    _: Asked<Nothing>,
) -> Response {
    let status = match look(&answers, store.clone(), None).await {
        Ok(status) => status,
        Err(error) => {
            tracing::error!(error, "the status could not be read");
            return errors::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "状態が分かりません (no status)",
                &format!(
                    "記録を読めませんでした{} (the ledgers could not be read{})",
                    ja(&store),
                    en(&store)
                ),
            );
        }
    };
    Json(body(&hall, &store, &status)).into_response()
}

fn body(hall: &Hall, store: &Store, status: &Status) -> Value {
    let ledger = |id: &str| status.sources.iter().find(|s| s.source == id);
    let sources: Vec<Value> = status
        .systems
        .iter()
        .map(|system| {
            let mut value = json!(system);
            if let Some(known) = ledger(&system.source) {
                value["last"] = json!(known.outcome);
                value["stale"] = json!(known.stale);
                value["held_rows"] = json!(known.held_rows);
                value["quarantined_rows"] = json!(known.quarantined_rows);
            }
            value
        })
        .collect();
    json!({
        "program": hall.wall.program(),
        "now": hall.clock.now().to_string(),
        "data_version": store.latest().0,
        "training": hall.notes.training,
        "displays": hall.wall.displays(),
        "disk": status.disk,
        "troubles": store.troubles().iter().map(trouble).collect::<Vec<_>>(),
        "sources": sources,
        "jobs": status.runs,
    })
}

fn trouble(trouble: &Trouble) -> Value {
    let (ja, en) = trouble.said();
    let mut value = json!(trouble);
    value["ja"] = json!(ja);
    value["en"] = json!(en);
    value
}

/// What is wrong with the store, to be added to a sentence.
fn ja(store: &Store) -> String {
    store.troubles().iter().map(|trouble| format!("。{}", trouble.said().0)).collect()
}

fn en(store: &Store) -> String {
    store.troubles().iter().map(|trouble| format!("; {}", trouble.said().1)).collect()
}

async fn page(
    State(answers): State<Answers>,
    State(catalog): State<Arc<Catalog>>,
    State(store): State<Store>,
    State(hall): State<Hall>,
    Asked(Known(at)): Asked<Known>,
) -> Response {
    let (notes, assets, catalog) = (hall.notes, &hall.assets, &*catalog);
    let now = hall.clock.now();
    let status = match look(&answers, store.clone(), at).await {
        Ok(status) => status,
        Err(error) => {
            tracing::error!(error, "the status could not be read");
            let said = (
                format!("記録を読めませんでした{}", ja(&store)),
                format!("The ledgers could not be read{}", en(&store)),
            );
            return errors::page(StatusCode::SERVICE_UNAVAILABLE, &said.0, &said.1, notes, assets);
        }
    };
    let today = jst(at.unwrap_or(now)).date();
    let troubles = if at.is_none() { store.troubles() } else { Vec::new() };
    let faults = if at.is_none() { Some(data_faults(&answers, catalog).await) } else { None };
    let content = html! {
        h1 { "状態" small lang="en" { "Status" } }
        p.facts {
            span.past[at.is_some()] { (words::moment(at.unwrap_or(now))) @if at.is_some() { " の状態（過去の時点）" } }
            span { (catalog.glossary.ja(Word::DataVersion)) " " (status.batch.0) }
            @if at.is_none() { span { "表示中の画面 " (hall.wall.displays()) } }
            @if let Some(disk) = status.disk { span.past[disk.is_low()] { "空きディスク " (gigabytes(disk.free)) @if disk.is_low() { " 不足" } } }
            span { "プログラム " (hall.wall.program()) }
            @for trouble in &troubles { span.past title=(trouble.said().1) { (trouble.said().0) } }
        }
        @for trouble in &troubles {
            @if let Some(why) = trouble.why() { p { code { (why) } } }
        }
        h2 { "系統" small lang="en" { "Sources" } }
        (sources(&status, today))
        h2 { "取込保留行" small lang="en" { "Rows held back of the latest deliveries" } }
        (deliveries::held_back(&status.short, catalog, today))
        h2 { "受信の記録" small lang="en" { "Deliveries" } }
        (deliveries::ledger(&status.deliveries, catalog, today))
        @if let Some(faults) = &faults {
            h2 { "データの点検" small lang="en" { "Faults in the data" } }
            (faults)
        }
        h2 { "定時処理" small lang="en" { "Jobs" } }
        (runs(&status.runs, catalog, today))
        form.search action="/admin" method="get" {
            label { span { "過去の時点" small lang="en" { "A past moment" } } input type="datetime-local" name="at" required; }
            button type="submit" { "表示" small lang="en" { "Show" } }
        }
        p.hint { a href=(assets.url("font-licence.txt")) { "書体 M PLUS 1 の使用許諾" small lang="en" { "SIL OFL 1.1" } } }
    };
    plain::page("状態", &content, notes, assets).into_response()
}

async fn data_faults(answers: &Answers, catalog: &Catalog) -> Markup {
    let found = match answers.data_faults().await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "the data could not be checked");
            return html! { p { "点検できませんでした " small lang="en" { "The data could not be checked" } } };
        }
    };
    html! {
        @if found.is_empty() { p { "見つかっていません " small lang="en" { "None found" } } }
        @for fault in found.iter() {
            h3 { (fault.title_ja) " " (deliveries::count(fault.rows)) "件 " small lang="en" { (fault.title_en) } }
            ul.told {
                @for row in faults::lines(fault, catalog) { li { (row) } }
                @if fault.groups > fault.told.len() { li { "ほか" (fault.groups - fault.told.len()) "か所" } }
            }
        }
    }
}

fn gigabytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let gigabytes = bytes as f64 / f64::from(1 << 30);
    format!("{} GB", numbers::decimal(gigabytes, 1))
}

fn sources(status: &Status, today: Date) -> Markup {
    let ledger = |id: &str| status.sources.iter().find(|s| s.source == id);
    let at = |at: Option<jiff::Timestamp>| {
        at.map_or(numbers::MISSING.to_owned(), |at| words::time_seen_from(at, today))
    };
    html! {
        div.wide { table {
            thead { tr {
                th { "系統" } th { "状態" } th.number { "取込保留行" } th { "最終受信" } th { "データの時刻" } th { "次の予定" } th { "直近の結果" }
            } }
            tbody {
                @for system in &status.systems {
                    @let known = ledger(&system.source);
                    tr {
                        td { (system.title) " " small { (system.source) } }
                        td { (marks::mark(system.state, None)) }
                        td.number { @if let Some(found) = system.held_back { b { (words::held_back(found)) } } @else if known.is_some() { "0" } }
                        td { (at(system.last_delivery)) }
                        td { (at(system.source_time)) }
                        td { (at(system.expected_by)) }
                        td.words { @if let Some(known) = known { (deliveries::outcome(&known.outcome)) @if known.stale { "（古いデータ）" } } }
                    }
                }
            }
        } }
    }
}

fn runs(runs: &[Run], catalog: &Catalog, today: Date) -> Markup {
    html! {
        @if runs.is_empty() { p { "まだ実行されていません" small lang="en" { "No job has run yet" } } }
        @else {
            div.wide { table {
                thead { tr { th { "処理" } th { "予定" } th { "開始" } th { "終了" } th { "結果" } th.number { "行" } } }
                tbody {
                    @for run in runs {
                        tr {
                            td { (job(&run.job, catalog)) }
                            td { (words::time_seen_from(run.scheduled, today)) }
                            td { (words::time_seen_from(run.started, today)) }
                            td { @if let Some(ended) = run.ended { (words::time_seen_from(ended, today)) } @else { "実行中" } }
                            td.words { (run_outcome(run)) (why_not(run)) }
                            td.number { (deliveries::count(run.rows)) }
                        }
                    }
                }
            } }
        }
    }
}

/// What a job is called.
pub fn job(name: &str, catalog: &Catalog) -> String {
    let known = match name {
        "nightly" => "夜間処理",
        "reload" => "フォルダの再読込み",
        // `trial`: its name in runs kept by earlier programs.
        "backtest" | "trial" => "予測の検証",
        "verify" => "保管記録との照合",
        "housekeeping" => "不要ファイルの整理",
        _ => match name.strip_prefix("deliver:") {
            Some(source) => return format!("受信 {}", deliveries::title(catalog, source)),
            None => name,
        },
    };
    known.to_owned()
}

/// What a run that did not end well noted: which file, and why.
fn why_not(run: &Run) -> Markup {
    let told =
        run.outcome.is_some_and(|outcome| outcome != crate::store::RunOutcome::Done) && !run.note.is_empty();
    let (ja, en) = run.note.split_once(" · ").unwrap_or((&run.note, ""));
    html! { @if told { "：" (ja) @if !en.is_empty() { " " small lang="en" { (en) } } } }
}

fn run_outcome(run: &Run) -> &'static str {
    use crate::store::RunOutcome::{Done, Failed, Interrupted, Panicked, TimedOut};
    match run.outcome {
        None => "",
        Some(Done) => "完了",
        Some(Failed) => "失敗",
        Some(Panicked) => "異常終了",
        Some(TimedOut) => "時間切れ",
        Some(Interrupted) => "中断",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{RunId, RunOutcome};

    #[test]
    fn a_run_that_failed_says_which_file_and_why() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let run = |outcome: Option<RunOutcome>, note: &str| {
            let job = "deliver:beds".to_owned();
            let run = Run {
                id: RunId(1),
                job,
                scheduled: at,
                started: at,
                ended: None,
                outcome,
                rows: 0,
                note: note.to_owned(),
            };
            why_not(&run).into_string()
        };
        let note = "beds.csv: 後回しにします · set aside";
        assert_eq!(
            run(Some(RunOutcome::Failed), note),
            "：beds.csv: 後回しにします <small lang=\"en\">set aside</small>"
        );
        assert_eq!(run(Some(RunOutcome::Panicked), "beds.csv <b>"), "：beds.csv &lt;b&gt;");
        for (outcome, note) in [(Some(RunOutcome::Done), note), (None, note), (Some(RunOutcome::Failed), "")]
        {
            assert_eq!(run(outcome, note), "");
        }
    }
}
