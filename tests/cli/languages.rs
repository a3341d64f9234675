//! Each language stands where it is said to stand: no Japanese in what is marked as English, no English sentence in
//! what is not. Screen readers and translators go by it. Errors are said in Japanese and then in English, wherever they
//! are said.

use super::Place;

/// Elements without an end.
const VOID: [&str; 9] = ["meta", "link", "input", "br", "hr", "img", "path", "rect", "wbr"];
/// What is in no language.
const NEITHER: [&str; 5] = ["code", "pre", "script", "style", "metadata"];

/// The texts of a page, each with its language and whether it is in one at all.
fn texts(page: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut open: Vec<(String, bool, bool)> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let text = rest[..at].trim();
        let (english, silent) =
            open.last().map_or((false, false), |(_, english, silent)| (*english, *silent));
        if !text.is_empty() && !silent {
            found.push((text.to_owned(), english));
        }
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a whole tag");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('/') {
            let place = open.iter().rposition(|(of, ..)| *of == name);
            open.truncate(place.unwrap_or(open.len()));
        } else if !tag.starts_with('!') && !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            let english = match tag.split_once("lang=\"") {
                Some((_, lang)) => lang.starts_with("en"),
                None => english,
            };
            let silent = silent || NEITHER.contains(&name.as_str());
            open.push((name, english, silent));
        }
    }
    found
}

fn japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'))
}

/// Three plain English words after each other: no name, no title of a journal, no id.
fn english(text: &str) -> bool {
    let plain = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(3).any(|three| three.iter().all(plain))
}

/// In Japanese, then in brackets in English: `指標 x はありません (no indicator x)`.
pub fn in_both_languages(text: &str) -> bool {
    let kana = |text: &str| text.chars().any(|c| matches!(c, '\u{3041}'..='\u{309f}'));
    let Some((ja, en)) = text.split_once(" (") else { return false };
    let words = en.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1).count();
    kana(ja) && words > 1 && en.contains(')')
}

#[test]
fn every_error_of_the_command_line_is_said_in_both_languages() {
    let place = Place::new();
    place.list("a.csv", 0, 3, "2020-03-05");
    place.ok(&["load", "town-list", "a.csv"]);
    place.ok(&["init", "there"]);
    place.write("lisen.toml", "lisen = '127.0.0.1:1'\n");
    place.write("open.toml", "listen = '0.0.0.0:0'\n");
    place.write("source.toml", "[sources.no-such]\non = true\n");
    let by_themselves = [
        &["show", "no_such"][..],
        &["show", "deaths", "--from", "nope"],
        &["show", "deaths", "--to", "nope"],
        &["show", "deaths", "--to", "2199-01-01"],
        &["show", "deaths", "--from", "2199-01-01"],
        &["show", "deaths", "--from", "2020-03-02", "--to", "2020-03-01"],
        &["show", "deaths", "--as-of", "nope"],
        &["show", "deaths", "--as-of", "2199-01-01"],
        &["show", "deaths", "--by", "nope"],
        &["show", "deaths", "--bands", "ten"],
        &["show", "age_sex", "--bands", "nope"],
        &["show", "deaths", "--against", "previous"],
        &["show", "deaths", "--disease", "nope"],
        &["show", "under_care", "--from", "2020-03-01"],
        &["show", "alerts_weekly", "--disease", "measles"],
        &["explain", "no_such"],
        &["explain", "deaths", "--disease", "nope"],
        &["board", "show", "no-such"],
        &["board", "show", "today"],
        &["board", "show", "today", "--at", "nope"],
        &["board", "show", "today", "--at", "2199-01-01"],
        &["job", "run", "no-such"],
        &["backup", "there"],
        &["restore", "no-such"],
        &["restore", "no-such", "--replace"],
        &["init", "there"],
        &["synth", "ward", "--cases", "0"],
        &["synth", "ward", "--days", "0"],
        &["synth", "ward", "--population", "1"],
        &["synth", "ward", "--end", "nope"],
        &["demo", "--data-dir", "there"],
        &["--config", "no-such.toml", "check"],
        &["--config", "lisen.toml", "check"],
        &["--config", "source.toml", "check"],
        &["--config", "open.toml", "serve"],
        &["--data-dir", "a.csv", "check"],
        &["--log", "=?=", "job", "list"],
    ];
    for args in by_themselves {
        let said = place.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}{}", said.out, said.err);
        let line = said.err.lines().last().unwrap_or_default();
        let line = line.strip_prefix("hinomi: ").unwrap_or_else(|| panic!("{args:?}: {}", said.err));
        assert!(in_both_languages(line), "{args:?}: {line}");
    }
    for args in [
        &["show", "deaths", "--against", "nope"][..],
        &["show", "deaths", "--format", "nope"],
        &["show", "deaths", "--by", ""],
        &["show", "deaths", "--by", "day", "--by", "week"],
        &["synth", "ward", "--scenario", "nope"],
        &["synth", "ward", "--seed", "nope"],
        &["demo", "--listen", "nope"],
        &["nope"],
        &["job"],
        &["job", "run"],
        &["backup", ""],
        &[],
    ] {
        let said = place.run(args);
        assert_eq!(said.code, 2, "{args:?}: {}{}", said.out, said.err);
        let line = said.err.lines().next().and_then(|line| line.strip_prefix("hinomi: "));
        assert!(line.is_some_and(in_both_languages), "{args:?}: {}", said.err);
    }
}

#[test]
fn no_page_speaks_one_language_as_the_other() {
    let place = Place::new();
    place.list("a.csv", 0, 30, "2020-03-05");
    place.ok(&["load", "town-list", "a.csv"]);
    let server = place.serve();
    let list: serde_json::Value = serde_json::from_str(&server.get("/api/v1/indicators").1).expect("JSON");
    let ids = list["indicators"].as_array().expect("a list").iter();
    let ids: Vec<String> = ids.map(|i| i["id"].as_str().expect("an id").to_owned()).collect();
    let mut paths = vec!["/".to_owned(), "/admin".to_owned(), "/no-such-page".to_owned()];
    paths.push("/manual?q=hinomi".to_owned());
    let manual =
        hinomi::definitions::Manual::read(&hinomi::definitions::Definitions::embedded()).expect("the manual");
    paths.extend(manual.pages.iter().map(|page| format!("/manual/{}", page.name)));
    paths.extend(ids.iter().flat_map(|id| [format!("/explain/{id}"), format!("/explore?indicator={id}")]));
    let mut wrong = Vec::new();
    for path in &paths {
        for (text, said_english) in texts(&server.get(path).1) {
            if said_english && japanese(&text) {
                wrong.push(format!("{path}: Japanese in lang=\"en\": {text}"));
            }
            if !said_english && english(&text) {
                wrong.push(format!("{path}: English outside lang=\"en\": {text}"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(server.stop(), 0);
}
