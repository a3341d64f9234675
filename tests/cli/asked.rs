//! What an address may say: on every route of the program an unknown parameter, one that is empty or said twice, a value
//! that can't be, a day that has not come and a name that is not there are refused, by a page or a problem that does not repeat what was said; and every link and form that a
//! page prints works.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use super::Place;
use super::languages::in_both_languages;
use super::place::{Server, wait_for};

/// What nobody says by accident, and what a careless page would let through.
const STRANGE: &str = "zqx%3Cb%3Ezqx";
/// Parameters that are days or moments.
const TIMES: [&str; 5] = ["from", "to", "as_of", "at", "day"];
/// Fields of the pages' own forms that a browser sends empty where nothing was written into them.
const LEFT_EMPTY: [(&str, &[&str]); 3] =
    [("/explore", &["from", "to", "as_of", "q"]), ("/", &["q"]), ("/boards", &["q"])];

fn left_empty(path: &str, name: &str) -> bool {
    LEFT_EMPTY.iter().any(|(page, fields)| *page == path && fields.contains(&name))
}

/// An answer: status, content type, body.
struct Answer {
    status: u16,
    kind: String,
    body: String,
}

fn get(server: &Server, path: &str) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("http://{}{path}", server.address)).call().expect("an answer");
    let header = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = header.unwrap_or_default().to_owned();
    let status = answer.status().as_u16();
    let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().expect("a body");
    Answer { status, kind, body: String::from_utf8_lossy(&bytes).into_owned() }
}

/// A server with a few cases, which has hung its boards and kept them.
fn serve(place: &Place) -> Server {
    place.list("a.csv", 0, 40, "2020-03-04");
    place.ok(&["load", "town-list", "a.csv"]);
    let server = place.serve();
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    // A board that nobody looks at is not made.
    assert_eq!(server.get("/wall/weeks").0, 200);
    wait_for("what it showed", || server.get("/api/v1/boards/weeks/frames").0 == 200);
    server
}

/// All routes that the program has, as its source writes them.
fn routes() -> BTreeSet<String> {
    fn read(folder: &Path, found: &mut BTreeSet<String>) {
        let route = Regex::new(r#"\.route\(\s*"([^"]+)""#).expect("a pattern");
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                read(&entry, found);
            } else {
                let text = fs::read_to_string(&entry).expect("text");
                found.extend(route.captures_iter(&text).map(|found| found[1].to_owned()));
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut found);
    found
}

/// Addresses that a route answers with 200, or would but for what the test adds.
fn addresses(route: &str, asset: &str) -> Vec<String> {
    match route {
        "/wall/{board}" => vec!["/wall/today".into()],
        "/boards/{board}" => vec!["/boards/today".into()],
        "/api/v1/boards/{board}/frames" => vec!["/api/v1/boards/today/frames".into()],
        "/explain/{indicator}" => vec!["/explain/deaths".into()],
        "/admin/deliveries/{number}" => vec!["/admin/deliveries/1".into()],
        "/api/v1/indicators/{id}" => {
            ["deaths", "deaths.svg", "deaths.png"].map(|id| format!("/api/v1/indicators/{id}")).into()
        }
        "/manual/{page}" => vec!["/manual/install".into()],
        "/static/{hash}/{*name}" => vec![asset.to_owned()],
        plain => {
            assert!(!plain.contains('{'), "how is {plain} asked for?");
            vec![plain.to_owned()]
        }
    }
}

fn is_for_programs(path: &str) -> bool {
    ["/api/", "/static/", "/events", "/healthz", "/readyz", "/metrics"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Refused in the right form, without a word of what was said.
fn refused(server: &Server, path: &str, status: u16) -> String {
    let answer = get(server, path);
    assert_eq!(answer.status, status, "{path}: {}", answer.body);
    let kind = if is_for_programs(path) { "application/problem+json" } else { "text/html; charset=utf-8" };
    assert_eq!(answer.kind, kind, "{path}");
    assert!(!answer.body.contains("zqx"), "{path} repeats what was said: {}", answer.body);
    if is_for_programs(path) {
        let problem: Value = serde_json::from_str(&answer.body).expect("json");
        for part in ["title", "detail"] {
            let said = problem[part].as_str().unwrap_or_default();
            assert!(in_both_languages(said), "{path}: {part}: {said}");
        }
    }
    answer.body
}

/// The parameters that a refusal of `?foo=1` offers.
fn offered(path: &str, body: &str) -> Vec<String> {
    if is_for_programs(path) {
        let problem: Value = serde_json::from_str(body).expect("json");
        let accepted = problem["accepted"].as_array().cloned().unwrap_or_default();
        return accepted.iter().map(|one| one.as_str().expect("a name").to_owned()).collect();
    }
    let code = Regex::new("<code>([^<]+)</code>").expect("a pattern");
    code.captures_iter(body).map(|found| found[1].to_owned()).collect()
}

#[test]
fn no_route_passes_over_what_it_does_not_know() {
    let place = Place::new();
    let server = serve(&place);
    let page = server.get("/").1;
    let asset = Regex::new(r#"/static/[^"]+\.css"#).expect("a pattern");
    let asset = asset.find(&page).expect("a style sheet").as_str().to_owned();
    let routes = routes();
    assert!(routes.len() > 12 && routes.contains("/wall/{board}"), "{routes:?}");
    for path in routes.iter().flat_map(|route| addresses(route, &asset)) {
        let body = refused(&server, &format!("{path}?foo=1"), 400);
        assert!(body.contains("foo"), "{path} names the parameter: {body}");
        refused(&server, &format!("{path}?{STRANGE}=1"), 400);
        refused(&server, &format!("{path}?{STRANGE}"), 400);
        for name in offered(&path, &body) {
            for empty in ["", "=", "=%20", "=+"] {
                let path_of = format!("{path}?{name}{empty}");
                if left_empty(&path, &name) {
                    assert_eq!(get(&server, &path_of).status, 200, "{path_of}: a field left empty");
                    continue;
                }
                let why = refused(&server, &path_of, 400);
                assert!(why.contains(&format!("（{name}）の値が空です")), "{path_of}: {why}");
                assert!(why.contains(&format!("{name} is empty")), "{path_of}: {why}");
            }
            refused(&server, &format!("{path}?{name}=1&{name}=1"), 400);
            refused(&server, &format!("{path}?{name}=1&{name}=2"), 400);
            if TIMES.contains(&name.as_str()) {
                let why = refused(&server, &format!("{path}?{name}=2199-01-01"), 400);
                assert!(why.contains("2199-01-01") && why.contains(&format!("（{name}）")), "{path}: {why}");
            }
            // Any text may be looked for; a name that is not there is nowhere.
            let status = match name.as_str() {
                "q" => continue,
                "indicator" => 404,
                _ => 400,
            };
            let why = refused(&server, &format!("{path}?{name}={STRANGE}"), status);
            assert!(status == 404 || why.contains(&name), "{path} names {name}: {why}");
        }
    }
    for path in [
        "/wall/zqx",
        "/boards/zqx",
        "/explain/zqx",
        "/admin/deliveries/zqx",
        "/admin/deliveries/1?page=2",
        "/explore?indicator=zqx",
        "/manual/zqx",
        "/zqx",
        "/wall/%FF",
        "/api/v1/indicators/zqx",
        "/api/v1/indicators/zqx.svg",
        "/api/v1/boards/zqx/frames",
        "/api/v1/zqx",
    ] {
        refused(&server, path, 404);
    }
    let page = get(&server, "/explore?indicator=zqx").body;
    assert!(page.contains("この指標はありません") && page.contains("/explore?indicator=deaths"), "{page}");
    assert!(get(&server, "/wall/zqx").body.contains("/wall/today"), "the boards that there are");
    assert_eq!(server.stop(), 0);
}

#[test]
fn values_that_can_t_be_are_refused_by_the_parameter_s_name() {
    let place = Place::new();
    let server = serve(&place);
    for (path, parameter) in [
        ("/wall/today?theme=blue", "theme"),
        ("/wall/today?play=today,nosuch", "play"),
        ("/wall/today?heartbeat=0", "heartbeat"),
        ("/wall/today?stale=61", "stale"),
        ("/wall/today?at=yesterday", "at"),
        ("/wall/today?at=2199-01-01T10:05", "at"),
        ("/wall/today?at=2020-01-01&play=today", "play"),
        ("/wall?theme=blue", "theme"),
        ("/manual?theme=blue", "theme"),
        ("/manual/install?theme=blue", "theme"),
        ("/events?board=nosuch", "board"),
        ("/explore?form=2020-03-01", "form"),
        ("/explore?indicator=deaths&by=hour", "by"),
        ("/explore?indicator=deaths&bands=ten", "bands"),
        ("/explore?indicator=deaths&against=previous", "against"),
        ("/explore?indicator=age_sex&against=2019", "against"),
        ("/explore?disease=smallpox", "disease"),
        ("/explore?indicator=alerts_weekly&disease=measles", "disease"),
        ("/explore?from=2020-03-02&to=2020-03-01", "2020-03-02"),
        ("/explore?as_of=2199-01-01", "as_of"),
        ("/explore?indicator=under_care&from=2020-03-01", "from"),
        ("/explain/under_care?from=2020-03-01", "from"),
        ("/explain/deaths?disease=smallpox", "disease"),
        ("/boards/today?day=2020", "day"),
        ("/explore?from=2020-03-01&to=2199-01-01", "終了日（to）2199-01-01 はまだ来ていません"),
        ("/explore?as_of=2020-03-01&from=2020-03-02", "2020-03-01 までを指定してください"),
        ("/explore?indicator=deaths&by=", "by"),
        ("/explore?indicator=deaths&from=&disease=", "disease"),
        ("/api/v1/indicators/deaths?by=day&by=week", "by"),
        ("/api/v1/indicators/deaths?from=2020-03-01&to=2199-01-01", "has not come yet"),
        ("/api/v1/indicators/deaths?by=hour", "by"),
        ("/api/v1/indicators/deaths?format=xml", "format"),
        ("/api/v1/indicators/deaths?bom=yes", "bom"),
        ("/api/v1/indicators/deaths?bom=1", "bom"),
        ("/api/v1/indicators/deaths?width=400", "width"),
        ("/api/v1/indicators/deaths.svg?format=csv", "format"),
        ("/api/v1/indicators/deaths.svg?width=9", "width"),
        ("/api/v1/indicators/deaths?disease=smallpox", "disease"),
        ("/api/v1/boards/today/frames?at=2020-01-01&from=2020-01-01", "at"),
        ("/api/v1/boards/today/frames?from=2020-02-01&to=2020-01-01", "2020-02-01"),
    ] {
        let body = refused(&server, path, 400);
        assert!(body.contains(parameter), "{path}: {body}");
    }
    let known = refused(&server, "/api/v1/indicators/deaths?disease=smallpox", 400);
    let known: Value = serde_json::from_str(&known).expect("json");
    assert_eq!(known["parameter"], "disease");
    assert!(known["accepted"].as_array().is_some_and(|all| all.contains(&"measles".into())), "{known}");
    let page = refused(&server, "/explore?from=2026-12-01&to=2026-01-01", 400);
    assert!(page.contains("開始日 2026-12-01 が終了日 2026-01-01 より後です"), "{page}");
    assert!(!page.contains("new_cases_received:"), "{page}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn what_is_of_one_moment_takes_no_period_anywhere() {
    let place = Place::new();
    let server = serve(&place);
    let list: Value = serde_json::from_str(&server.get("/api/v1/indicators").1).expect("json");
    let recent = hinomi::epi::clock::Clock::running().today().saturating_sub(jiff::ToSpan::days(40));
    let mut of_one_moment = 0;
    for one in list["indicators"].as_array().expect("a list") {
        let (id, takes) = (one["id"].as_str().expect("an id"), one["takes_period"].as_bool().expect("said"));
        let (_, page) = server.get(&format!("/explore?indicator={id}"));
        assert_eq!(page.contains("name=\"from\""), takes, "{id}: the fields of the period");
        assert!(page.contains("name=\"as_of\""), "{id}: the field of the moment");
        for query in
            [format!("from={recent}"), "to=2020-03-31".into(), "from=2020-03-01&to=2020-03-31".into()]
        {
            let api = format!("/api/v1/indicators/{id}?{query}");
            let explore = format!("/explore?indicator={id}&{query}");
            if takes {
                assert_eq!((server.get(&api).0, server.get(&explore).0), (200, 200), "{id}?{query}");
                let ahead = query.replace("2020-03-31", "2199-01-01");
                if ahead != query {
                    for path in [&api, &explore] {
                        let why = refused(&server, &path.replace(&query, &ahead), 400);
                        assert!(why.contains("（to）2199-01-01 はまだ来ていません"), "{path}: {why}");
                    }
                }
            } else {
                of_one_moment += 1;
                let problem = refused(&server, &api, 400);
                assert!(problem.contains("期間（from, to）は指定できません"), "{problem}");
                let page = refused(&server, &explore, 400);
                assert!(
                    page.contains("期間（from, to）は指定できません") && page.contains("takes no period"),
                    "{page}"
                );
            }
        }
    }
    assert!(of_one_moment >= 45, "{of_one_moment}");
    let page = server.get("/explore?indicator=under_care&as_of=2020-03-10T10:05").1;
    let facts = page.split("class=\"facts\"").nth(1).and_then(|rest| rest.split("</p>").next());
    let facts = facts.expect("what stands beside the figure");
    assert!(facts.contains("2020-03-10 10:05 時点") && !facts.contains("–"), "the moment alone: {facts}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn the_disease_is_named_and_kept() {
    let place = Place::new();
    let server = serve(&place);
    let page = server.get("/explore?indicator=new_cases_published&from=2020-03-01&to=2020-03-10").1;
    let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
    assert!(title.contains("新型コロナウイルス感染症") && title.contains("2020-03-01"), "{title}");
    assert!(page.contains("<option value=\"covid-19\" selected>"), "the ward's own is chosen");
    let other = "/explore?indicator=new_cases_published&from=2020-03-01&to=2020-03-10&disease=measles";
    let page = server.get(other).1;
    assert!(page.contains("<option value=\"measles\" selected>") && page.contains("麻しん"), "{page}");
    let file =
        "/api/v1/indicators/new_cases_published?format=json&from=2020-03-01&to=2020-03-10&disease=measles";
    assert!(links(&page).contains(file), "{page}");
    assert!(page.contains("/explain/new_cases_published?disease=measles"));
    assert_eq!(server.stop(), 0);
}

/// Addresses that a page prints as links.
fn links(page: &str) -> BTreeSet<String> {
    let href = Regex::new(r#"href="(/[^"]*)""#).expect("a pattern");
    href.captures_iter(page).map(|found| found[1].replace("&amp;", "&")).collect()
}

/// Addresses that a page's forms lead to: as they stand, and by each other choice.
fn submissions(page: &str) -> BTreeSet<String> {
    let pattern = |text: &str| Regex::new(text).expect("a pattern");
    let form = pattern(r#"(?s)<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>"#);
    let field = pattern(r#"(?s)<input[^>]*name="([^"]+)"[^>]*>|<select name="([^"]+)">(.*?)</select>"#);
    let (value, option) = (pattern(r#"value="([^"]*)""#), pattern(r#"<option value="([^"]*)"( selected)?"#));
    let mut found = BTreeSet::new();
    for one in form.captures_iter(page) {
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        let mut choices: Vec<(String, String)> = Vec::new();
        for field in field.captures_iter(&one[2]) {
            if let (Some(name), Some(options)) = (field.get(2), field.get(3)) {
                let all: Vec<_> = option.captures_iter(options.as_str()).collect();
                let chosen = all.iter().find(|o| o.get(2).is_some()).or(all.first()).expect("an option");
                said.insert(name.as_str().to_owned(), chosen[1].to_owned());
                choices.extend(all.iter().map(|o| (name.as_str().to_owned(), o[1].to_owned())));
            } else {
                let mut text = value.captures(&field[0]).map(|found| found[1].to_owned()).unwrap_or_default();
                if text.is_empty() && field[0].contains(" required") {
                    // A browser does not send the form before something stands here.
                    let moment = field[0].contains("datetime-local");
                    text = if moment { "2026-01-01T10:05" } else { "beds" }.to_owned();
                }
                said.insert(field[1].to_owned(), text);
            }
        }
        let address = |said: &BTreeMap<String, String>| {
            let pairs: Vec<String> =
                said.iter().map(|(n, v)| format!("{n}={}", v.replace(' ', "+"))).collect();
            format!("{}?{}", &one[1], pairs.join("&"))
        };
        found.insert(address(&said));
        for (name, value) in choices {
            let mut other = said.clone();
            other.insert(name, value);
            found.insert(address(&other));
        }
    }
    found
}

#[test]
fn every_link_and_every_form_of_every_page_works() {
    let place = Place::new();
    let server = serve(&place);
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let mut tried = BTreeSet::new();
    let mut pages = 0;
    while let Some(path) = waiting.pop_front() {
        let answer = get(&server, &path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        if !answer.kind.starts_with("text/html") {
            continue;
        }
        pages += 1;
        for link in links(&answer.body) {
            if seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        tried.extend(submissions(&answer.body));
    }
    assert!(pages > 150, "{pages} pages");
    for path in &tried {
        let answer = get(&server, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    assert!(tried.len() > 300, "{} forms", tried.len());
    // With all choices made, the links to other indicators say what those leave, and no more.
    let today = hinomi::epi::clock::Clock::running().today();
    for (chosen, status) in [
        (
            "indicator=age_sex_by_period&from=2020-03-01&to=2020-03-31&by=month&bands=school&disease=measles\
             &as_of=2026-01-01T10:05"
                .to_owned(),
            200,
        ),
        // Today has no whole day of what is compared; what is refused is not carried on.
        (format!("indicator=new_cases_received&from={today}"), 200),
        ("indicator=new_cases_received&from=2020-03-31&to=2020-03-01".to_owned(), 400),
    ] {
        let page = get(&server, &format!("/explore?{chosen}"));
        assert_eq!(page.status, status, "{chosen}: {}", page.body);
        let others = links(&page.body);
        assert!(others.len() > 60, "{others:?}");
        for link in others.into_iter().filter(|link| seen.insert(link.clone())) {
            let answer = get(&server, &link);
            assert_eq!(answer.status, 200, "{chosen} → {link}: {}", answer.body);
        }
    }
    println!("{pages} pages, {} links, {} forms", seen.len(), tried.len());
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_moment_without_a_record_says_which_there_are() {
    let place = Place::new();
    let server = serve(&place);
    let page = refused(&server, "/wall/today?at=2020-01-01T10:05", 404);
    let first = Regex::new(r#"href="(/wall/today\?at=[^"]+)""#).expect("a pattern");
    let first = first.captures(&page).unwrap_or_else(|| panic!("no nearest moment: {page}"));
    assert!(page.contains("/boards/today"), "{page}");
    let kept = get(&server, &first[1]);
    assert!(kept.status == 200 && kept.body.contains("に表示していた図"), "{}", kept.body);
    let list = get(&server, "/boards/today").body;
    assert!(list.contains("type=\"datetime-local\"") && list.contains("action=\"/wall/today\""), "{list}");
    assert!(list.contains(&first[1]), "the same moment is offered: {list}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn lists_are_grouped_and_can_be_searched() {
    let place = Place::new();
    let server = serve(&place);
    for path in ["/", "/boards"] {
        let page = server.get(path).1;
        assert!(page.find("/wall/today\"") < page.find("/wall/age-rates\""), "{path}: today comes first");
        assert!(page.contains("type=\"search\""), "{path}");
    }
    let (status, page) = server.get("/?q=%E7%97%85%E5%BA%8A");
    assert_eq!(status, 200);
    let hidden = |id: &str| page.contains(&format!("<li data-text=\"{id}\" hidden>"));
    assert!(
        !hidden("bed_occupancy") && hidden("median_age") && hidden("age-rates") && !hidden("beds"),
        "{page}"
    );
    let board = place.ok(&["board", "list"]);
    let place_of = |id: &str| board.lines().position(|line| line.contains(&format!("  {id} ")));
    assert!(place_of("today") < place_of("trend") && place_of("trend") < place_of("age-sex"), "{board}");
    assert!(!server.get("/explore?indicator=bed_occupancy").1.contains("（区内病院）（区内病院）"));
    assert_eq!(server.stop(), 0);
}
