//! Accessibility by axe-core, which stays where `HINOMI_AXE` says (`npm pack axe-core`: axe.min.js).

use hinomi::epi::clock::Clock;
use hinomi::web::hall::Notes;

use super::driver::Browser;
use super::hall::Server;
use super::program::Program;
use super::ward::Day;

/// The text of axe-core; without it one line says what is skipped.
fn axe(what: &str) -> Option<String> {
    let path = std::env::var_os("HINOMI_AXE");
    if path.is_none() {
        eprintln!("skipped, HINOMI_AXE is not set: {what}");
    }
    path.map(|path| std::fs::read_to_string(path).expect("axe-core"))
}

/// What axe finds against the rules of WCAG 2.2, levels A and AA, and its own best practices.
fn violations(browser: &Browser, axe: &str, page: &str) -> Vec<String> {
    let ask = "return axe.run().then(found => found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 4).join(', ')}`))";
    let found = browser.run(&format!("{axe}; {ask}"));
    let found = found.as_array().unwrap_or_else(|| panic!("{page}: {found}"));
    found.iter().map(|one| format!("{page}: {}", one.as_str().unwrap_or_default())).collect()
}

#[test]
fn walls_have_no_violation() {
    let Some(axe) = axe("walls") else { return };
    let server = Server::start(Notes { training: true, open: true }, Clock::fixed(Day::default().now));
    server.show(&Day { held_back: 12, urgent: 3, ..Day::default() });
    let browser = Browser::open(1920, 1080);
    let mut wrong = Vec::new();
    for board in server.catalog.boards.keys() {
        for theme in ["light", "dark"] {
            let page = format!("/wall/{board}?theme={theme}");
            browser.goto(&server.url(&page));
            wrong.extend(violations(&browser, &axe, &page));
        }
    }
    assert!(wrong.is_empty(), "{} violations\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn pages_have_no_violation() {
    let Some(axe) = axe("pages") else { return };
    let program = Program::start();
    program.wait_until_ready();
    let browser = Browser::open(1280, 900);
    let mut wrong = Vec::new();
    for page in [
        "/",
        "/boards",
        "/boards/today",
        "/explore",
        "/explore?indicator=new_cases_received",
        "/explore?indicator=hospital_beds",
        "/explain/bed_occupancy",
        "/admin",
        "/manual",
        "/manual/boards",
        "/style",
        "/wall/nothing",
    ] {
        browser.goto(&program.url(page));
        wrong.extend(violations(&browser, &axe, page));
    }
    assert!(wrong.is_empty(), "{} violations\n{}", wrong.len(), wrong.join("\n"));
}
