//! Boards outside the playlist are made when somebody looks at them, and the record says from when on nobody did.

use std::time::Duration;

use hinomi::store::Store;
use hinomi::web::{self, Parts};
use jiff::ToSpan;
use tokio_util::sync::CancellationToken;

use crate::support::ward::Ward;

/// A page of a running server.
async fn page(address: &str, path: &str) -> String {
    let url = format!("http://{address}{path}");
    let asked = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(&url).call().expect("an answer").body_mut().read_to_string().expect("text")
    });
    asked.await.expect("asked")
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain for {what}");
}

fn is_shown(store: &Store, board: &str) -> Option<bool> {
    let now = "2100-01-01T00:00:00Z".parse().expect("a moment");
    store.frame_at(board, now).expect("the record").map(|frame| frame.is_shown())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_nobody_looks_at_is_not_made() {
    let ward = Ward::new("2026-11-20T10:00");
    // The clock stands a moment before a minute is over: rounds follow each other without a change of the data.
    ward.clock.set(ward.clock.now() + 59_900.milliseconds());
    let app = ward.app().await;
    let site = web::App::new(Parts {
        store: app.store.clone(),
        answers: app.answers.clone(),
        catalog: app.catalog.clone(),
        clock: app.clock.clone(),
        settings: app.settings.clone(),
        definitions: app.definitions.clone(),
        most_displays: 10,
        lingers: Duration::from_millis(1_500),
        memory: 1 << 20,
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let router = web::router(&site);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let shutdown = CancellationToken::new();
    let wall = tokio::spawn(web::wall::run(site.clone(), shutdown.clone()));

    until("the playlist", || {
        site.pulse().rounds() > 0
            && app.catalog.playlist.boards.iter().all(|b| site.wall().latest(b).is_some())
    })
    .await;
    assert!(site.wall().latest("care").is_none() && is_shown(&app.store, "care").is_none());

    let shown = page(&address, "/wall/care").await;
    assert!(
        !shown.contains("集計中</p>") && site.wall().latest("care").is_some(),
        "made when it is asked for"
    );
    until("its record", || is_shown(&app.store, "care") == Some(true)).await;

    until("the end of it", || site.wall().latest("care").is_none()).await;
    until("that on the record", || is_shown(&app.store, "care") == Some(false)).await;
    let (rounds, frames) = (site.pulse().rounds(), app.store.frame_days("care").expect("the record"));
    until("more rounds", || site.pulse().rounds() > rounds + 3).await;
    assert_eq!(app.store.frame_days("care").expect("the record"), frames, "said once");
    assert!(site.wall().latest("today").is_some(), "the playlist hangs");

    let moment = ward.clock.now().to_string();
    let told = page(&address, &format!("/api/v1/boards/care/frames?at={moment}")).await;
    assert!(told.contains("no display showed the board then"), "{told}");

    shutdown.cancel();
    wall.await.expect("the wall ends");
}
