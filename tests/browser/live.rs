//! A wall over time: updates, silence, recovery, memory.

use std::time::{Duration, Instant};

use hinomi::epi::clock::Clock;
use hinomi::web::hall::Notes;

use super::cable::Cable;
use super::driver::{Browser, wait_for};
use super::hall::Server;
use super::layout::faults;
use super::ward::Day;

const SOON: Duration = Duration::from_secs(8);

fn is_stale(browser: &Browser) -> bool {
    browser.run("return document.body.classList.contains('stale')").as_bool().unwrap_or_default()
}

fn hero(browser: &Browser) -> String {
    browser.text("#today-1 .number .digits")
}

#[test]
fn a_change_reaches_the_display_and_is_marked() {
    let server = Server::start(Notes::default(), Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&server.url("/wall/today"));
    assert_eq!(hero(&browser), "42");
    // The frame that comes on connecting is no change.
    std::thread::sleep(Duration::from_secs(1));
    assert!(browser.text(".changed").is_empty());

    server.show(&Day { turn: 1, ..Day::default() });
    wait_for("the new figure", SOON, || (hero(&browser) == "43").then_some(()));
    assert_eq!(browser.text("#today-1 .changed"), "43");
    let still = browser.run("return document.querySelector('#today-2 .changed') === null");
    assert_eq!(still, true, "a number that stayed is not marked");
    browser.picture("today-changed-1920");
    wait_for("the mark's end", Duration::from_secs(13), || {
        browser.text("#today-1 .changed").is_empty().then_some(())
    });
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn boards_turn_and_the_strip_stays() {
    let server = Server::start(Notes::default(), Clock::running());
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&server.url("/wall/today?play=today,beds"));
    let shown = "return [...document.querySelectorAll('.board')].filter(b => !b.hidden).map(b => b.dataset.board).join()";
    assert_eq!(browser.run(shown), "today");
    // Instead of waiting for half a minute: the page's clock is asked to be later.
    browser.run(
        "const late = performance.now.bind(performance); performance.now = () => late() + 31000; return 0",
    );
    wait_for("the next board", SOON, || (browser.run(shown) == "beds").then_some(()));
    assert!(browser.text("#strip").contains("入院調整 緊急"));
    assert!(browser.text(".title:not([hidden]) h1").contains("確保病床の78.3%を使用"));
    assert_eq!(faults(&browser), Vec::<String>::new());
    server.show(&Day { turn: 5, ..Day::default() });
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(browser.run(shown), "beds", "an update does not turn boards");
}

#[test]
fn without_a_script_the_page_is_complete() {
    let server = Server::start(Notes::default(), Clock::running());
    server.show(&Day::default());
    let url = server.url("/wall/today?play=today,beds");
    let page = ureq::get(&url).call().expect("a page").body_mut().read_to_string().expect("text");
    assert!(page.contains("先週同時刻") && page.contains("−13") && page.contains("<svg"));
    assert!(page.contains("30; url=/wall/beds?play=today,beds"), "it goes on by itself");
    let policy = ureq::get(&url).call().expect("a page");
    let policy = policy.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.contains(" style=") && !page.contains("<style"), "no style in the markup");
}

#[test]
fn a_dead_server_is_seen_and_forgotten_when_it_is_back() {
    let mut server = Server::start(Notes::default(), Clock::running());
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&server.url("/wall/today?heartbeat=1&stale=4"));
    std::thread::sleep(Duration::from_secs(6));
    assert!(!is_stale(&browser), "heartbeats keep it fresh");

    server.kill();
    wait_for("the stale mark", Duration::from_secs(7), || is_stale(&browser).then_some(()));
    assert_eq!(hero(&browser), "42", "the last figures stay");
    let seen = |selector: &str| {
        let script = format!(
            "return [...document.querySelectorAll('{selector}')].filter(n => n.checkVisibility()).map(n => n.innerText).join(' ')"
        );
        browser.run(&script).as_str().unwrap_or_default().to_owned()
    };
    for place in ["#gone", "#strip-gone"] {
        let said = seen(place);
        assert!(
            said.contains("サーバー応答なし") && said.contains("以降の情報は更新されていません"),
            "{place}: {said}"
        );
    }
    assert!(!seen("footer.strip").contains("入院調整"), "what was urgent is not said as of now");
    assert!(!seen(".when").contains("系統のうち") && !seen(".when").contains("全6系統"), "{}", seen(".when"));
    let marks = browser.run(
        "return [...document.querySelectorAll('.panel .mark')].every(m => getComputedStyle(m, '::after').content.includes('応答なし'))",
    );
    assert_eq!(marks, true, "every panel says so");
    browser.picture("today-gone-1920");
    assert_eq!(faults(&browser), Vec::<String>::new());

    server.revive();
    server.show(&Day { turn: 2, ..Day::default() });
    wait_for("the figures after", Duration::from_secs(20), || (hero(&browser) == "44").then_some(()));
    wait_for("calm", SOON, || (!is_stale(&browser)).then_some(()));
    assert!(browser.run("return document.getElementById('strip-gone').hidden").as_bool().unwrap_or_default());
    let strip = browser.run("return document.getElementById('strip').innerText");
    assert!(strip.to_string().contains("入院調整 緊急"), "{strip}");
}

#[test]
fn a_cut_cable_is_seen_within_a_minute() {
    let server = Server::start(Notes::default(), Clock::running());
    let cable = Cable::to(&server);
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&cable.url("/wall/today"));
    std::thread::sleep(Duration::from_secs(2));
    let cut = Instant::now();
    cable.cut(true);
    server.show(&Day { turn: 3, ..Day::default() });
    wait_for("the stale mark", Duration::from_mins(1), || is_stale(&browser).then_some(()));
    println!("stale {:.0} s after the cut", cut.elapsed().as_secs_f64());
    assert_eq!(hero(&browser), "42", "the last figures stay");
    cable.cut(false);
    wait_for("the figures after", Duration::from_secs(45), || (hero(&browser) == "45").then_some(()));
    wait_for("calm", SOON, || (!is_stale(&browser)).then_some(()));
}

#[test]
fn a_new_program_is_loaded_by_itself() {
    let server = Server::start(Notes::default(), Clock::running());
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&server.url("/wall/today?heartbeat=1"));
    browser.run("window.old = true; document.body.dataset.program = '0.0.9-old'; return 0");
    wait_for("a fresh page", SOON, || {
        browser.run("return window.old === undefined").as_bool().filter(|new| *new)
    });
    std::thread::sleep(Duration::from_secs(3));
    let loads = browser.run("return performance.getEntriesByType('navigation').length");
    assert_eq!(loads, 1, "and only once");
}

#[test]
fn two_thousand_updates_leave_no_trace_in_memory() {
    let server = Server::start(Notes::default(), Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    browser.goto(&server.url("/wall/today?play=today,beds"));
    let update = |turn: i64| {
        server.show_board("today", &Day { turn, ..Day::default() });
        std::thread::sleep(Duration::from_millis(12));
    };
    let arrived = |turn: i64| {
        let wanted = hinomi_number(42 + turn);
        wait_for("the last update", SOON, || (hero(&browser) == wanted).then_some(()));
    };
    // Warm: caches, compiled code, the first marks.
    (1..=200).for_each(update);
    arrived(200);
    std::thread::sleep(Duration::from_secs(11));
    let (heap, nodes, listeners) = browser.memory();
    (201..=2_200).for_each(update);
    arrived(2_200);
    std::thread::sleep(Duration::from_secs(11));
    let (heap_after, nodes_after, listeners_after) = browser.memory();
    println!(
        "heap {heap} → {heap_after} bytes, nodes {nodes} → {nodes_after}, listeners {listeners} → {listeners_after}"
    );
    assert!(heap_after < heap * 1.1 + 200_000.0, "heap {heap} → {heap_after}");
    assert!(nodes_after <= nodes * 1.05 + 50.0, "nodes {nodes} → {nodes_after}");
    assert!(listeners_after <= listeners + 2.0, "listeners {listeners} → {listeners_after}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

fn hinomi_number(n: i64) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}
