//! `/admin` and `/api/v1/status`: sources and their freshness, deliveries, jobs, displays, disk.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{App, errors, marks, numbers, plain, words};
use crate::answer::{DataFault, Freshness};
use crate::epi::clock::jst;
use crate::store::{DeliveryEntry, Disk, Outcome, Run, SourceState};

/// Lines of the ledgers that a page shows.
const SHOWN: usize = 30;

pub fn router() -> Router<App> {
    Router::new().route("/admin", get(page))
}

/// Everything that the page and the API say.
struct Status {
    systems: Vec<Freshness>,
    sources: Vec<SourceState>,
    deliveries: Vec<DeliveryEntry>,
    runs: Vec<Run>,
    disk: Option<Disk>,
}

async fn look(app: &App) -> Result<Status, String> {
    let systems = app.parts.answers.freshness().await.map_err(|e| e.to_string())?;
    let store = app.parts.store.clone();
    let ledgers = tokio::task::spawn_blocking(move || {
        let deliveries = store.deliveries(SHOWN)?;
        let runs = store.runs(None, SHOWN)?;
        Ok::<_, crate::store::StoreError>((store.sources(), deliveries, runs, store.disk().ok()))
    });
    let (sources, deliveries, runs, disk) =
        ledgers.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
    Ok(Status { systems, sources, deliveries, runs, disk })
}

/// `/api/v1/status`
pub async fn api(State(app): State<App>) -> Response {
    let status = match look(&app).await {
        Ok(status) => status,
        Err(error) => {
            tracing::error!(error, "the status could not be read");
            return errors::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "no status",
                "the ledgers could not be read",
            );
        }
    };
    Json(body(&app, &status)).into_response()
}

fn body(app: &App, status: &Status) -> Value {
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
        "program": app.wall().program(),
        "now": app.parts.clock.now().to_string(),
        "data_version": app.parts.store.latest().0,
        "training": app.hall.notes.training,
        "displays": app.wall().displays(),
        "disk": status.disk,
        "sources": sources,
        "jobs": status.runs,
    })
}

async fn page(State(app): State<App>) -> Response {
    let (notes, assets) = (app.hall.notes, &app.hall.assets);
    let status = match look(&app).await {
        Ok(status) => status,
        Err(error) => {
            tracing::error!(error, "the status could not be read");
            return errors::broken(notes, assets);
        }
    };
    let now = app.parts.clock.now();
    let today = jst(now).date();
    let faults = match app.parts.answers.data_faults().await {
        Ok(found) => data_faults(&found),
        Err(error) => {
            tracing::error!(%error, "the data could not be checked");
            html! { p { "点検できませんでした " small lang="en" { "The data could not be checked" } } }
        }
    };
    let content = html! {
        h1 { "状態" small lang="en" { "Status" } }
        p.facts {
            span { (words::moment(now)) } span { "データ版 " (app.parts.store.latest().0) }
            span { "表示中の画面 " (app.wall().displays()) }
            @if let Some(disk) = status.disk { span.past[disk.is_low()] { "空きディスク " (gigabytes(disk.free)) @if disk.is_low() { " 不足" } } }
            span { "プログラム " (app.wall().program()) }
        }
        h2 { "系統" small lang="en" { "Sources" } }
        (sources(&status, today))
        h2 { "受信の記録" small lang="en" { "Deliveries" } }
        (deliveries(&status.deliveries, today))
        h2 { "データの点検" small lang="en" { "Faults in the data" } }
        (faults)
        h2 { "定時処理" small lang="en" { "Jobs" } }
        (runs(&status.runs, today))
        p.hint { a href=(assets.url("font-licence.txt")) { "書体 M PLUS 1 の使用許諾" small lang="en" { "SIL OFL 1.1" } } }
    };
    plain::page("状態", &content, notes, assets).into_response()
}

fn data_faults(found: &[DataFault]) -> Markup {
    html! {
        @if found.is_empty() { p { "見つかっていません " small lang="en" { "None found" } } }
        @else {
            div.wide { table {
                thead { tr { th { "点検" } th { "件数" } th { "内容" } } }
                tbody {
                    @for fault in found {
                        tr {
                            td { (fault.title_ja) " " small lang="en" { (fault.title_en) } }
                            td { (fault.rows) }
                            td { @for row in &fault.told { div { (row) } } }
                        }
                    }
                }
            } }
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
                th { "系統" } th { "状態" } th { "最終受信" } th { "データの時刻" } th { "次の予定" } th { "直近の結果" } th { "隔離行" }
            } }
            tbody {
                @for system in &status.systems {
                    @let known = ledger(&system.source);
                    tr {
                        td { (system.title) " " small { (system.source) } }
                        td { (marks::mark(system.state, None)) }
                        td { (at(system.last_delivery)) }
                        td { (at(system.source_time)) }
                        td { (at(system.expected_by)) }
                        td { @if let Some(known) = known { (outcome(&known.outcome)) @if known.stale { "（古いデータ）" } } }
                        td.number { @if let Some(known) = known { (count(known.quarantined_rows)) } }
                    }
                }
            }
        } }
    }
}

fn deliveries(entries: &[DeliveryEntry], today: Date) -> Markup {
    html! {
        @if entries.is_empty() { p { "まだ何も届いていません" small lang="en" { "Nothing has been delivered yet" } } }
        @else {
            div.wide { table {
                thead { tr { th { "受信" } th { "系統" } th { "名前" } th { "結果" } th { "行" } th { "追加" } th { "終了" } th { "隔離" } } }
                tbody {
                    @for entry in entries {
                        @let receipt = &entry.receipt;
                        tr {
                            td { (words::time_seen_from(entry.received_at, today)) }
                            td { (entry.source) }
                            td { (entry.name) }
                            td { (outcome(&receipt.outcome)) }
                            td.number { (count(receipt.rows)) }
                            td.number { (count(receipt.opened)) }
                            td.number { (count(receipt.closed)) }
                            td.number { (count(receipt.quarantined)) }
                        }
                    }
                }
            } }
        }
    }
}

fn runs(runs: &[Run], today: Date) -> Markup {
    html! {
        @if runs.is_empty() { p { "まだ実行されていません" small lang="en" { "No job has run yet" } } }
        @else {
            div.wide { table {
                thead { tr { th { "処理" } th { "予定" } th { "開始" } th { "終了" } th { "結果" } th { "行" } } }
                tbody {
                    @for run in runs {
                        tr {
                            td { (run.job) }
                            td { (words::time_seen_from(run.scheduled, today)) }
                            td { (words::time_seen_from(run.started, today)) }
                            td { @if let Some(ended) = run.ended { (words::time_seen_from(ended, today)) } @else { "実行中" } }
                            td { (run_outcome(run)) }
                            td.number { (count(run.rows)) }
                        }
                    }
                }
            } }
        }
    }
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

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted => "受入れ".to_owned(),
        Outcome::Unchanged => "変更なし".to_owned(),
        Outcome::Refused(why) => format!("拒否: {why}"),
        Outcome::Held(why) => format!("保留: {why}"),
    }
}

fn count(number: u64) -> String {
    numbers::whole(i64::try_from(number).unwrap_or(i64::MAX))
}
