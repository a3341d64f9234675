//! The manual: on the server, on the command line, and of one's own. What it refers to is there.

use std::collections::BTreeSet;

use hinomi::definitions::manual::{MARKDOWN, Manual};
use hinomi::definitions::{Catalog, Definitions};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use super::Place;
use super::place::wait_for;

fn manual() -> Manual {
    Manual::read(&Definitions::embedded()).expect("the manual")
}

#[test]
fn every_page_says_the_same_in_both_languages() {
    let manual = manual();
    assert!(manual.pages.len() >= 19, "{}", manual.pages.len());
    let names: BTreeSet<&str> = manual.pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(names.len(), manual.pages.len(), "two pages of one name");
    for page in &manual.pages {
        let en = page.en.as_ref().unwrap_or_else(|| panic!("{} has no English", page.file));
        assert!(!page.ja.title.is_ascii() && en.title.is_ascii(), "{}: Japanese comes first", page.file);
        assert_eq!(page.ja.sections.len(), en.sections.len(), "{}: sections", page.file);
        // The second half ends with the page: there is no third heading of the first level.
        let first_level =
            |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
        assert_eq!(Parser::new_ext(&page.text, MARKDOWN).filter(first_level).count(), 2, "{}", page.file);
    }
}

#[test]
fn every_link_of_the_manual_leads_somewhere() {
    let manual = manual();
    let definitions = Definitions::embedded();
    let mut wrong = Vec::new();
    for page in &manual.pages {
        for event in Parser::new_ext(&page.text, MARKDOWN) {
            let link = match event {
                Event::Start(Tag::Image { dest_url, .. }) => {
                    if definitions.get(&format!("static/manual/{dest_url}")).is_none() {
                        wrong.push(format!("{}: no picture {dest_url}", page.file));
                    }
                    continue;
                }
                Event::Start(Tag::Link { dest_url, .. }) => dest_url,
                _ => continue,
            };
            if link.starts_with("http://127.0.0.1:8460/") {
                continue;
            }
            let (file, anchor) = link.split_once('#').map_or((&*link, None), |(file, id)| (file, Some(id)));
            let Some(to) = manual.pages.iter().find(|to| to.file == file || file.is_empty() && *to == page)
            else {
                wrong.push(format!("{}: no page {link}", page.file));
                continue;
            };
            let there = |id: &str| to.halves().flat_map(|half| &half.sections).any(|s| s.id == id);
            if anchor.is_some_and(|id| !there(id)) {
                wrong.push(format!("{}: no section {link}", page.file));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words of a list such as serde, or a header, gives with an unknown one.
fn listed(error: &str) -> Vec<String> {
    let list = error.split_once("expected one of ").or_else(|| error.split_once("known: "));
    let list =
        list.or_else(|| error.split_once("is none of ")).unwrap_or_else(|| panic!("no list: {error}")).1;
    let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    list.lines().next().unwrap_or_default().split(word).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// What the catalog says of a file that does not hold.
fn refused(path: &str, text: &str) -> String {
    let mut definitions = Definitions::embedded();
    definitions.put(path, text);
    let (_, errors) = Catalog::read(&definitions);
    errors.first().unwrap_or_else(|| panic!("{path} is taken")).to_string()
}

/// Each page has all keys that the program knows, in both languages, each written as code.
#[test]
fn the_reference_is_whole() {
    let unknown = "zzz = 1\n";
    let source = "queries/sources/own.toml";
    let indicator = "queries/indicators/own.sql";
    let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
    let setting = toml::from_str::<hinomi::config::Settings>(unknown).expect_err("unknown").to_string();
    let setting = setting.lines().find(|line| line.contains("expected one of")).expect("a list").to_owned();
    let panel = "title = { ja = \"a\", en = \"a\" }\naudience = \"staff\"\n[[panel]]\n";
    let bandings = catalog.bandings.iter().map(|banding| banding.id.clone()).collect();
    let whole: [(&str, Vec<String>, usize); 13] = [
        ("install", listed(&setting), 12),
        ("mapping", listed(&refused(source, unknown)), 17),
        ("mapping", listed(&refused(source, &format!("[[column]]\n{unknown}"))), 15),
        ("indicator", listed(&refused(indicator, "-- zzz: 1\nSELECT 1")), 26),
        ("statistics", hinomi::measure::register::METHODS.iter().map(|m| m.name.to_owned()).collect(), 19),
        ("boards", listed(&refused("dashboards/own.toml", unknown)), 6),
        ("boards", listed(&refused("dashboards/own.toml", &format!("{panel}{unknown}"))), 9),
        (
            "boards",
            listed(&refused("dashboards/own.toml", &format!("{panel}show = \"a\"\nas = \"zzz\"\n"))),
            14,
        ),
        ("reference", listed(&refused("queries/reference/schemes/own.toml", unknown)), 9),
        (
            "reference",
            listed(&refused("queries/reference/schemes/own.toml", &format!("[[item]]\n{unknown}"))),
            12,
        ),
        ("quality", catalog.quality.keys().cloned().collect(), 17),
        ("indicator", catalog.shared.keys().cloned().collect(), 12),
        ("periods", bandings, 5),
    ];
    let manual = manual();
    let mut missing = Vec::new();
    for (name, words, least) in &whole {
        assert!(words.len() >= *least, "{name}: {words:?}");
        let page = manual.page(name).unwrap_or_else(|| panic!("no page {name}"));
        for half in page.halves() {
            let text = page.markdown(half);
            // A measure is written with what it takes.
            let there =
                |word: &str| text.contains(&format!("`{word}`")) || text.contains(&format!("`{word}("));
            missing.extend(words.iter().filter(|w| !there(w)).map(|w| format!("{}: {w}", half.title)));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_command_is_in_the_manual() {
    let place = Place::new();
    let help = place.ok(&["--help"]);
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 12, "{help}");
    let manual = manual();
    for command in commands.into_iter().filter(|command| *command != "help") {
        let named = format!("hinomi {command}");
        assert!(manual.pages.iter().any(|page| page.text.contains(&named)), "{named} is nowhere");
    }
}

#[test]
fn the_command_line_prints_pages_and_finds_words() {
    let place = Place::new();
    let list = place.ok(&["manual"]);
    for page in manual().pages {
        assert!(list.contains(&page.name) && list.contains(&page.ja.title), "{list}");
        assert_eq!(place.ok(&["manual", &page.name]), page.text);
    }
    let found = place.ok(&["manual", "--search", "取込保留　急ぐ"]);
    assert!(found.contains("deliveries: 届いたファイルを確かめる › 取込保留の行\n    "), "{found}");
    let found = place.ok(&["manual", "-s", "MAX_BAD_SHARE"]);
    assert!(found.contains("mapping: Write a mapping › Keys of a mapping"), "{found}");
    for (args, said) in [
        (&["manual", "nowhere"][..], "手引きに nowhere はありません。ページ: start, install"),
        (&["manual", "--search", "zzzz"], "手引きに zzzz は見つかりません"),
    ] {
        let got = place.run(args);
        assert!(got.code == 1 && got.err.contains(said), "{args:?}: {}", got.err);
    }
    assert_eq!(place.run(&["manual", "install", "--search", "x"]).code, 2);
    assert!(!place.path("data").exists(), "reading leaves nothing behind");
}

#[test]
fn who_has_broken_settings_can_read_on() {
    let place = Place::new();
    place.write("hinomi.toml", "no_such_key = 1\n");
    let said = place.run(&["manual", "troubleshooting"]);
    assert!(said.code == 0 && said.out.contains("# 困ったとき"), "{}", said.err);
    assert!(said.err.contains("プログラムに含まれる手引き"), "{}", said.err);
}

#[test]
fn a_page_of_one_s_own_stands_beside_and_over_the_others() {
    let place = Place::new();
    place.write("definitions/static/manual/02-install.md", "# 当所での設置\n\n鍵は金庫。\n");
    place.write(
        "definitions/static/manual/90-rounds.md",
        "# 当番の手順\n\n朝に見る。\n\n# Rounds\n\nLook in the morning.\n",
    );
    let list = place.ok(&["manual"]);
    assert!(list.contains("当所での設置") && list.contains("Rounds") && !list.contains("設置する"), "{list}");
    assert!(place.ok(&["manual", "--search", "金庫"]).contains("install: 当所での設置"));
    let server = place.serve();
    let (status, page) = server.get("/manual/install");
    assert!(status == 200 && page.contains("鍵は金庫。") && !page.contains("lang=\"en\"><h1"), "{page}");
    assert!(server.get("/manual/rounds").1.contains("<h1 id=\"rounds\">Rounds</h1>"));
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    assert_eq!(server.stop(), 0);
}

#[test]
fn the_server_serves_the_manual() {
    let place = Place::new();
    let server = place.serve();
    let (status, list) = server.get("/manual");
    assert_eq!(status, 200);
    for page in manual().pages {
        assert!(list.contains(&format!("href=\"/manual/{}\"", page.name)), "{}", page.name);
        let (status, text) = server.get(&format!("/manual/{}", page.name));
        assert_eq!(status, 200, "{}", page.name);
        assert!(text.contains(&format!("<title>{} — 火の見</title>", page.ja.title)), "{}", page.name);
        assert!(
            !text.contains("style="),
            "{}: the policy of all pages forbids styles in the text",
            page.name
        );
        assert!(!text.contains(".md"), "{}: links lead to pages, not to files", page.name);
    }
    let (_, found) = server.get("/manual?q=%E5%8F%96%E8%BE%BC%E4%BF%9D%E7%95%99");
    assert!(found.contains("/manual/deliveries#取込保留の行\""), "{found}");
    let (status, none) = server.get("/manual?q=zzzz%3Cb%3E");
    assert!(
        status == 200 && none.contains("該当するものがありません") && !none.contains("zzzz<b>"),
        "{none}"
    );
    assert!(server.get("/manual?theme=dark").1.contains("data-theme=\"dark\""));
    assert!(server.get("/manual/install").1.contains("data-theme=\"auto\""));
    let start = server.get("/manual/start").1;
    let picture =
        start.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a picture");
    let bytes = server.bytes(picture);
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 200 * 1024, "{} bytes", bytes.len());
    assert_eq!(server.stop(), 0);
}

/// Addresses that pages name in their prose are there.
#[test]
fn every_address_that_the_manual_names_answers() {
    const PAGES: [&str; 8] =
        ["/wall", "/boards", "/explore", "/explain", "/admin", "/api/", "/manual", "/readyz"];
    let place = Place::new();
    place.list("a.csv", 0, 40, "2020-03-04");
    place.ok(&["load", "town-list", "a.csv"]);
    let server = place.serve();
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    // A board that nobody looks at is not made.
    assert_eq!(server.get("/wall/weeks").0, 200);
    wait_for("what it showed", || server.get("/api/v1/boards/weeks/frames").0 == 200);
    let mut named = BTreeSet::new();
    for page in manual().pages {
        for event in Parser::new_ext(&page.text, MARKDOWN) {
            let Event::Code(code) = event else { continue };
            let address = PAGES.iter().any(|start| code.starts_with(start));
            // `/explain/INDICATOR` and `/wall/名前` stand for any.
            let holds_a_place = !code.is_ascii() || code.contains("INDICATOR") || code.contains("NAME");
            if address && !holds_a_place {
                named.insert(code.to_string());
            }
        }
    }
    assert!(named.len() > 25, "{named:?}");
    for address in &named {
        let (status, page) = server.get(address);
        let not_kept = address.contains("at=") && status == 404 && page.contains("保存されていません");
        assert!(status == 200 || not_kept, "{address}: {status}");
    }
    assert_eq!(server.stop(), 0);
}
