//! `/metrics`: how the server does, in the text format of Prometheus. Sums over the ledgers go on over restarts; all else
//! counts from the start.

use std::fmt::{Display, Write as _};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::asked::{Asked, Nothing};
use crate::store::{SourceState, Tally, Trouble};

/// `/metrics`
pub(super) async fn metrics(State(app): State<App>, _: Asked<Nothing>) -> Response {
    let store = app.parts.store.clone();
    let read = tokio::task::spawn_blocking(move || store.tally()).await;
    let mut page = Page::default();
    match read {
        Ok(Ok(tally)) => of_ledgers(&mut page, &tally),
        Ok(Err(error)) => tracing::error!(%error, "the ledgers could not be added up"),
        Err(_) => tracing::error!("adding up the ledgers broke off"),
    }
    of_server(&mut page, &app);
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (StatusCode::OK, headers, page.0).into_response()
}

fn of_ledgers(page: &mut Page, tally: &Tally) {
    let labels = |of: &crate::store::DeliveriesOf| -> Vec<(&'static str, String)> {
        vec![("source", of.source.clone()), ("outcome", of.outcome.clone())]
    };
    page.family("hinomi_deliveries_total", Kind::Counter, "Deliveries by source and outcome.");
    for of in &tally.deliveries {
        page.sample("hinomi_deliveries_total", &labels(of), of.deliveries);
    }
    page.family("hinomi_rows_total", Kind::Counter, "Rows of deliveries by source and outcome.");
    for of in &tally.deliveries {
        page.sample("hinomi_rows_total", &labels(of), of.rows);
    }
    page.family("hinomi_rows_held_back_total", Kind::Counter, "Rows held back by source and outcome.");
    for of in &tally.deliveries {
        page.sample("hinomi_rows_held_back_total", &labels(of), of.held_back);
    }
    page.family("hinomi_quarantined_rows_total", Kind::Counter, "Rows held back by reason.");
    for (reason, rows) in &tally.held_back {
        page.sample("hinomi_quarantined_rows_total", &[("reason", reason.clone())], *rows);
    }
}

fn of_server(page: &mut Page, app: &App) {
    let (store, answers, wall) = (&app.parts.store, &app.parts.answers, app.wall());
    page.family("hinomi_info", Kind::Gauge, "The program; always 1.");
    page.sample("hinomi_info", &[("program", wall.program().to_owned())], 1);
    page.one("hinomi_data_version", Kind::Gauge, "The last batch.", store.latest().0);
    of_sources(page, &store.sources());

    let turns = answers.turns();
    page.one("hinomi_queries_total", Kind::Counter, "Answers that were worked out.", answers.queries_run());
    page.one("hinomi_questions_running", Kind::Gauge, "Questions that are worked on.", turns.running);
    page.one("hinomi_questions_waiting", Kind::Gauge, "Questions that wait for their turn.", turns.waiting);
    page.one("hinomi_questions_begun_total", Kind::Counter, "Questions that had their turn.", turns.let_in);
    let help = "Heavy questions that began while a frame of the wall was due.";
    page.one("hinomi_heavy_questions_begun_while_due_total", Kind::Counter, help, turns.heavy_while_due);
    let help = "Queries that were stopped because a frame of the wall was due.";
    page.one("hinomi_queries_gave_way_total", Kind::Counter, help, store.gave_way());
    page.family("hinomi_questions_turned_away_total", Kind::Counter, "Questions told to come back.");
    for (why, count) in [("full", turns.full), ("late", turns.late)] {
        page.sample("hinomi_questions_turned_away_total", &[("why", why.to_owned())], count);
    }

    page.family("hinomi_cache_bytes", Kind::Gauge, "What is kept of answers.");
    for (kind, bytes) in [("answers", answers.remembered()), ("sent", app.rendered.bytes())] {
        page.sample("hinomi_cache_bytes", &[("kind", kind.to_owned())], bytes);
    }
    let limit = app.parts.settings.cache_limit.0;
    page.one("hinomi_cache_limit_bytes", Kind::Gauge, "What of answers may be kept: cache_limit.", limit);

    page.family("hinomi_frames_total", Kind::Counter, "Frames of the wall by board.");
    for (board, frame) in wall.frames() {
        page.sample("hinomi_frames_total", &[("board", board)], frame.number);
    }
    page.one("hinomi_displays", Kind::Gauge, "Displays that listen.", wall.displays());
    let pulse = &app.pulse;
    page.one("hinomi_wall_rounds_total", Kind::Counter, "Times that all boards were hung.", pulse.rounds());
    let help = "From the last change of the data until it hung on every board.";
    page.one("hinomi_wall_lag_seconds", Kind::Gauge, help, pulse.lag().as_secs_f64());
    let help = "Since all boards were last hung.";
    page.one("hinomi_wall_age_seconds", Kind::Gauge, help, pulse.since_last_round().as_secs_f64());

    let troubles = store.troubles();
    page.family(
        "hinomi_trouble",
        Kind::Gauge,
        "1 while the store does less than it should, by what keeps it.",
    );
    for name in Trouble::NAMES {
        let there = troubles.iter().any(|trouble| trouble.name() == name);
        page.sample("hinomi_trouble", &[("what", name.to_owned())], u8::from(there));
    }
    let help = "Times that the database was opened again after a failure.";
    page.one("hinomi_database_opened_again_total", Kind::Counter, help, store.times_opened_again());
    if let Ok(disk) = store.disk() {
        page.one("hinomi_disk_free_bytes", Kind::Gauge, "Free disk of the data folder.", disk.free);
        let help = "With less free disk deliveries wait: free_disk_floor.";
        page.one("hinomi_disk_floor_bytes", Kind::Gauge, help, disk.floor);
    }
    let help = "What the database may spill to the disk, so that the floor stays free.";
    page.one("hinomi_spill_limit_bytes", Kind::Gauge, help, store.spill_limit());
    if let Some(bytes) = resident() {
        page.one("hinomi_memory_resident_bytes", Kind::Gauge, "Memory of the process.", bytes);
    }
}

fn of_sources(page: &mut Page, sources: &[SourceState]) {
    let help = "When a source last spoke, in seconds since 1970.";
    page.family("hinomi_source_last_delivery_seconds", Kind::Gauge, help);
    for state in sources {
        if let Some(at) = state.last_delivery_at {
            let labels = [("source", state.source.clone())];
            page.sample("hinomi_source_last_delivery_seconds", &labels, at.as_second());
        }
    }
    page.family("hinomi_source_rows_held_back", Kind::Gauge, "Rows held back of a source's last delivery.");
    for state in sources {
        let labels = [("source", state.source.clone())];
        page.sample("hinomi_source_rows_held_back", &labels, state.quarantined_rows);
    }
}

/// Bytes of memory that the process has; none where the system does not say so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

#[derive(Default)]
struct Page(String);

impl Page {
    /// Samples of a name stand together, below what it means.
    fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        // A text takes all that is written.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, String)], value: impl Display) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> =
            labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_quoted_and_a_family_says_what_it_is() {
        let mut page = Page::default();
        page.family("a_total", Kind::Counter, "Things.");
        page.sample("a_total", &[("of", "a \"b\" \\ c\nd".to_owned()), ("and", "e".to_owned())], 3);
        page.one("b", Kind::Gauge, "One thing.", 0.5);
        assert_eq!(
            page.0,
            "# HELP a_total Things.\n# TYPE a_total counter\na_total{of=\"a \\\"b\\\" \\\\ c\\nd\",and=\"e\"} 3\n\
             # HELP b One thing.\n# TYPE b gauge\nb 0.5\n"
        );
        assert!(resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
