//! What is written of the house is so: a file or folder that a text names between backticks is there, and the lists of rooms
//! are one list.

use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser};

use super::{ORDER, src, top};

/// A part of a name that stands for one's own: `NAME`, `NNNN_TABLE`, `名前`, `…`.
fn stands_for_another(part: &str) -> bool {
    let in_capitals = |word: &str| word.len() > 1 && word == word.to_uppercase();
    let mut words = part.split(|c: char| !c.is_ascii_alphabetic());
    !part.is_ascii() || part.contains(['*', '{', '<']) || words.any(in_capitals)
}

/// The folders of the checkout, which the paths of its files begin with.
const FOLDERS: [&str; 7] = ["src", "queries", "dashboards", "static", "tests", "data-samples", ".ci"];

/// Is this a path in the checkout, by the rooms or by the checkout's own folders?
fn is_path(word: &str, rooms: bool) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    let plain = word.contains('/') && !word.contains([' ', ':', '?', '=', '"', '|', ',']);
    plain && (FOLDERS.contains(&first) || rooms && ORDER.contains(&first))
}

/// Is it there? Of a name that stands for another, the folder; a word with `.rs` or `.sql` left out is still the file.
fn is_there(path: &str) -> bool {
    let kept: Vec<&str> = path.split('/').take_while(|part| !stands_for_another(part)).collect();
    let kept = kept.join("/");
    [top().join(&kept), src().join(&kept)].iter().any(|place| place.exists())
}

fn missing(name: &str, text: &str, rooms: bool) -> (usize, Vec<String>) {
    let mut looked = 0;
    let mut wrong = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        let Event::Code(code) = event else { continue };
        if is_path(&code, rooms) {
            looked += 1;
            if !is_there(&code) {
                wrong.push(format!("{name}: there is no {code}"));
            }
        }
    }
    (looked, wrong)
}

#[test]
fn files_that_are_named_are_there() {
    let (found, wrong) =
        missing("x", "`src/no_such.rs` `store/no.rs` `queries/reference/NAME.toml` `src/lib.rs`", true);
    assert_eq!((found, wrong.len()), (4, 2), "{wrong:?}");
    let mut texts = vec![];
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "README.md", "tests/bench/README.md"] {
        texts.push((name.to_owned(), top().join(name)));
    }
    let pages = fs::read_dir(top().join("static/manual")).expect("the manual");
    for page in pages
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
    {
        texts.push((page.file_name().expect("a name").to_string_lossy().into_owned(), page));
    }
    let mut looked = 0;
    let mut wrong = Vec::new();
    for (name, path) in texts {
        let text = fs::read_to_string(path).expect("text");
        let (more, not_there) = missing(&name, &text, name == "ARCHITECTURE.md");
        looked += more;
        wrong.extend(not_there);
    }
    assert!(looked > 100, "{looked} paths in all texts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names in backticks at the beginning of a table's rows below a heading.
fn first_cells(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
}

#[test]
fn the_rooms_are_one_list() {
    let text = fs::read_to_string(top().join("ARCHITECTURE.md")).expect("the text");
    let (table, _) = text.split_once("\n## ").expect("a heading");
    let table: Vec<&str> = first_cells(table).into_iter().map(|cell| cell.trim_end_matches('/')).collect();
    assert_eq!(table, ORDER, "the table of ARCHITECTURE.md, and the order of tests/house.rs");
    let lib = fs::read_to_string(src().join("lib.rs")).expect("the text");
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(modules.collect::<Vec<_>>(), ORDER, "src/lib.rs");
    let mut folders: Vec<String> = fs::read_dir(src())
        .expect("the rooms")
        .map(|entry| entry.expect("a room").path())
        .filter(|path| path.is_dir() && !path.ends_with("build"))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut order = ORDER.to_vec();
    order.sort_unstable();
    assert_eq!(folders, order, "the folders of src, that of the build script left out");
}

#[test]
fn what_stands_at_the_top_is_there() {
    let text = fs::read_to_string(top().join("CONTRIBUTING.md")).expect("the text");
    let (_, list) = text.split_once("## What stands where").expect("the list");
    let rows =
        list.split("\n## ").next().expect("the list").lines().filter_map(|line| line.strip_prefix("| `"));
    let named = rows.filter_map(|row| row.split(" | ").next()).flat_map(|cell| cell.split('`').step_by(2));
    let gone: Vec<&str> =
        named.filter(|name| !name.is_empty() && !Path::new(top()).join(name).exists()).collect();
    assert!(gone.is_empty(), "named and not there: {gone:?}");
}
