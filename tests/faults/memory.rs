//! Ten thousand distinct questions: what is remembered of them stays within its setting.

use hinomi::config::Bytes;

use super::metrics;
use crate::cli::place::{Place, Server, wait_for};

const QUESTIONS: u32 = 10_000;
const LIMIT: u64 = 48 << 20;
/// What the engine's own memory (which has its own limit, 256 MB here) and the allocator may grow by beside it.
const LOOSE: u64 = 96 << 20;

/// The `n`th question: other days, other breakdowns.
fn question(n: u32) -> String {
    let (first, length) = (n % 100, n / 100);
    let day = |n: u32| format!("{}-{:02}-{:02}", 2016 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
    let by = ["", "&by=week", "&by=month"][(n % 3) as usize];
    format!(
        "/api/v1/indicators/new_cases_received?from={}&to={}{by}",
        day(first * 3),
        day(first * 3 + length * 7)
    )
}

fn ask_all(server: &Server, questions: std::ops::Range<u32>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    std::thread::scope(|threads| {
        for part in 0..4 {
            let (agent, questions) = (agent.clone(), questions.clone());
            threads.spawn(move || {
                for n in questions.filter(|n| n % 4 == part) {
                    let url = format!("http://{}{}", server.address, question(n));
                    let mut answer = agent.get(url).call().expect("an answer");
                    let text = answer.body_mut().read_to_string().expect("text");
                    assert_eq!(answer.status().as_u16(), 200, "{text}");
                }
            });
        }
    });
}

#[test]
fn ten_thousand_distinct_questions_stay_within_the_limit_of_memory() {
    let place = Place::new();
    place.list("a.csv", 0, 400, "2020-03-04");
    place.ok(&["load", "town-list", "a.csv"]);
    let limit = LIMIT.to_string();
    let server = place.serve_with(&[("HINOMI__CACHE_LIMIT", &limit)]);
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    let resident = || metrics(&server)["hinomi_memory_resident_bytes"] as u64;
    // The engine's own memory, its readers and their statements are there after a few hundred.
    ask_all(&server, 0..400);
    let before = resident();
    ask_all(&server, 400..QUESTIONS);
    let after = resident();
    let kept: f64 = metrics(&server)
        .iter()
        .filter(|(name, _)| name.starts_with("hinomi_cache_bytes"))
        .map(|(_, bytes)| bytes)
        .sum();
    println!(
        "resident {} before, {} after; kept {} of {}",
        Bytes(before),
        Bytes(after),
        Bytes(kept as u64),
        Bytes(LIMIT)
    );
    assert!(kept as u64 <= LIMIT, "{kept}");
    assert!(kept as u64 > LIMIT / 8, "so many were asked that the limit was felt: {kept}");
    assert!(after.saturating_sub(before) <= LIMIT + LOOSE, "{before} {after}");
    assert_eq!(server.stop(), 0);
}
