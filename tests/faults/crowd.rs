//! Sixty who ask heavy questions all the time, and the wall beside them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::Value;

use super::{Display, ask, deliver, get, metrics};
use crate::cli::languages::in_both_languages;
use crate::cli::place::{Place, wait_for};

const CLIENTS: u32 = 60;
/// Cases of the day that is asked for, and what each of them is multiplied by.
const CASES: u64 = 40;
const TIMES: u64 = 1_500;

/// Counts pairs of numbers for each case: a second of work, and a figure that is known.
const HEAVY: &str = "-- title.ja: 重い集計\n-- title.en: Heavy\n-- unit: count\n-- shape: series\n-- measure: none\n\
    -- basis: 受理\n-- date: 公表日\n-- numerator: 組の数\n-- source: town-list\n-- lag_days: 0\n-- missing: gap\n\
    -- high_is: bad\n-- columns: day 日 ; value 件数\n-- days: 30\n-- board: none\n\
    SELECT published_day AS day, CAST(count(*) AS BIGINT) AS value \
    FROM cases, range(TIMES) AS a(x), range(TIMES) AS b(y) \
    WHERE published_day BETWEEN $from AND $to AND (x * y + x) % 5 < 5 \
    GROUP BY published_day ORDER BY published_day\n";

#[test]
fn a_frame_comes_under_sixty_heavy_questions_and_nothing_heavy_begins_while_it_is_due() {
    let place = Place::new();
    place.write("definitions/queries/indicators/heavy.sql", &HEAVY.replace("TIMES", &TIMES.to_string()));
    place.list("a.csv", 0, CASES as u32, "2020-03-04");
    place.ok(&["load", "town-list", "a.csv"]);
    let server = place.serve();
    let mut display = Display::at(&server.address);
    display.shows(1);
    let (stop, whole, turned_away) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|threads| {
        for client in 0..CLIENTS {
            let (address, stop, whole, turned_away) = (&server.address, &stop, &whole, &turned_away);
            threads.spawn(move || {
                // Each asks for days of its own, so that no answer serves two.
                let mut days = 0;
                while !stop.load(Ordering::Relaxed) {
                    days = days % 28 + 1;
                    let (year, month) = (2015 + client / 12, client % 12 + 1);
                    let path = format!(
                        "/api/v1/indicators/heavy?from={year}-{month:02}-{days:02}&to=2020-03-04&format=json"
                    );
                    let answer = ask(address, &get(&path, "localhost"));
                    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
                    let body: Value =
                        serde_json::from_str(body).unwrap_or_else(|why| panic!("{why}: {answer}"));
                    if head.starts_with("HTTP/1.1 200") {
                        assert_eq!(body["rows"][0][1], Value::from(CASES * TIMES * TIMES), "{body}");
                        whole.fetch_add(1, Ordering::Relaxed);
                    } else {
                        assert!(
                            head.starts_with("HTTP/1.1 503") || head.starts_with("HTTP/1.1 429"),
                            "{answer}"
                        );
                        assert!(head.contains("retry-after: 10"), "{head}");
                        let detail = body["detail"].as_str().expect("a detail");
                        assert!(in_both_languages(detail), "{detail}");
                        turned_away.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        // Everything below ends with the clients told to stop, whatever comes.
        let told = Told(&stop);
        let of = |name: &str| metrics(&server).get(name).copied().unwrap_or_default();
        for batch in 2..6 {
            wait_for("a crowd", || of("hinomi_questions_waiting") > 20.0);
            deliver(&place, &format!("{batch}.csv"), batch * 100, 3);
            display.shows(batch.into());
        }
        wait_for("some that were stopped for it", || of("hinomi_queries_gave_way_total") > 0.0);
        assert_eq!(of("hinomi_heavy_questions_begun_while_due_total"), 0.0);
        assert!(of("hinomi_questions_running") <= 5.0, "few at a time");
        wait_for("whole answers", || whole.load(Ordering::Relaxed) > 0);
        drop(told);
    });
    println!("answered {whole:?}, told to come back {turned_away:?}");
    // Then there is room for everybody.
    let answer =
        ask(&server.address, &get("/api/v1/indicators/heavy?from=2020-03-04&to=2020-03-04", "localhost"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.stop(), 0);
}

struct Told<'a>(&'a AtomicBool);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
