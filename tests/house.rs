//! The house keeps its order: imports point up the list in `src/lib.rs`, and DuckDB and plotters have one door each. Nothing lies
//! about at the top, and tables that are written are tables that are seen.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

mod named;
mod uses;

/// Data flows down this list; a room may import from those before it. `main.rs`, `build/` and `lib.rs` stand outside.
const ORDER: [&str; 15] = [
    "epi",
    "config",
    "definitions",
    "intake",
    "privacy",
    "store",
    "measure",
    "answer",
    "draw",
    "present",
    "web",
    "synth",
    "jobs",
    "app",
    "cli",
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    uses::files_below(dir, found);
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn code_lines(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("readable source");
    text.lines()
        .enumerate()
        .map(|(n, l)| (n + 1, l.to_owned()))
        .filter(|(_, l)| !l.trim_start().starts_with("//"))
        .collect()
}

#[test]
fn imports_point_up_the_list() {
    let graph = uses::graph(&src());
    let place = |file: &str| {
        let room = file.split('/').next().unwrap_or("").trim_end_matches(".rs");
        ORDER.iter().position(|known| *known == room)
    };
    let unplaced: Vec<_> = graph.keys().filter(|file| place(file).is_none() && *file != "lib.rs").collect();
    assert!(unplaced.is_empty(), "no room of the list: {unplaced:?}");
    let arrows = graph.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let back: Vec<String> = arrows
        .filter(|(from, to)| place(to) > place(from))
        .map(|(from, to)| format!("{from} uses {to}"))
        .collect();
    assert!(graph.len() > 200, "found only {} source files", graph.len());
    assert!(back.is_empty(), "imports that point down:\n{}", back.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let circles = uses::circles(&uses::graph(&src()));
    assert!(circles.is_empty(), "circles: {circles:?}");
}

/// Figures become text in `epi::rounding` alone: a second way to round would say another number. The command line has none
/// of its own: it says a cell as a page does.
#[test]
fn figures_are_rounded_in_one_place() {
    // Lengths in pictures and on pages, and how long something took: no figures.
    const OTHERS: [&str; 4] = ["draw/paint.rs", "draw/theme.rs", "present/length.rs", "cli/demo.rs"];
    let mut files = Vec::new();
    sources(&src(), &mut files);
    let mut wrong = Vec::new();
    for path in &files {
        let relative = path.strip_prefix(src()).expect("below src").to_string_lossy().into_owned();
        if OTHERS.iter().any(|other| relative.starts_with(other)) {
            continue;
        }
        for (number, line) in code_lines(path) {
            let precise = line.match_indices(":.").any(|(at, _)| {
                let (before, after) = (&line[..at], &line[at + 2..]);
                let opened = before.rfind('{').is_some_and(|open| {
                    before[open + 1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                });
                opened && after.starts_with(|c: char| c.is_ascii_digit() || c == '*')
            });
            if precise || (relative.starts_with("cli/") && line.contains("rounding::")) {
                wrong.push(format!("{relative}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "rounded outside epi::rounding:\n{}", wrong.join("\n"));
}

#[test]
fn every_job_has_its_japanese_name() {
    let catalog =
        hinomi::definitions::Catalog::load(&hinomi::definitions::Definitions::embedded()).expect("loads");
    for job in &hinomi::jobs::JOBS {
        let ja = hinomi::web::job_ja(job.name, &catalog);
        assert!(ja != job.name && !ja.is_ascii(), "{}: src/web/status.rs has no name for it", job.name);
    }
    assert_eq!(hinomi::web::job_ja("deliver:her-sys-cases", &catalog), "受信 発生届（HER-SYS）");
}

/// Does a line name a crate: as the first word of a path, or of a `use`?
fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let used = before.trim_start().starts_with("use ") || before.trim_end().ends_with("crate");
        let leads = after.starts_with("::");
        begins && (leads || used && after.trim_start().starts_with([';', ',', 'a', '}']))
    })
}

#[test]
fn one_door_each_for_duckdb_and_plotters() {
    for line in ["use duckdb::Row;", "    -> duckdb::Result<()>", "use duckdb as d;", "extern crate duckdb;"]
    {
        assert!(names_crate(line, "duckdb"), "{line}");
    }
    for line in ["mod duckdb;", "pub use self::duckdb::Row;", "\"hinomi.duckdb\"", "use super::duckdb::Row;"]
    {
        assert!(!names_crate(line, "duckdb"), "{line}");
    }
    let mut files = Vec::new();
    sources(&src(), &mut files);
    let mut wrong = Vec::new();
    for path in &files {
        let relative = path.strip_prefix(src()).expect("below src").to_string_lossy().into_owned();
        for (number, line) in code_lines(path) {
            for (name, door) in [("duckdb", "store/engine/duckdb/"), ("plotters", "draw/")] {
                if names_crate(&line, name) && !relative.starts_with(door) {
                    wrong.push(format!("{relative}:{number}: {name} outside {door}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_word_that_the_program_takes_from_the_glossary_is_said_somewhere() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    files.retain(|path| !path.ends_with("definitions/glossary.rs"));
    let text: String = files.iter().flat_map(|path| code_lines(path)).map(|(_, line)| line + "\n").collect();
    let idle: Vec<String> = hinomi::definitions::Word::ALL
        .iter()
        .map(|word| format!("Word::{word:?}"))
        .filter(|word| {
            !text.split(word.as_str()).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric))
        })
        .collect();
    assert!(idle.is_empty(), "words that nothing says: {idle:?}");
}

/// Views know what a column is by its role. Its name is for programs and for keys of a page, never a thing to go by.
#[test]
fn views_go_by_the_roles_of_columns() {
    // What reads a column by its name.
    const READS: [&str; 7] = [
        "index(\"",
        "first(\"",
        "cell(row, \"",
        "column_by_name(\"",
        "name == \"",
        "column == \"",
        "name.starts_with(\"",
    ];
    let mut names: Vec<&str> = hinomi::definitions::role::NAMED.iter().map(|column| column.name).collect();
    names.extend(hinomi::measure::register::METHODS.iter().flat_map(|m| m.known()).map(|c| c.name));
    let arm = |line: &str| {
        let matched = line.split_once("=>").map_or("", |(pattern, _)| pattern.trim());
        matched.starts_with('"')
            && names.iter().any(|name| matched.split('|').any(|part| part.trim() == format!("\"{name}\"")))
    };
    let mut files = Vec::new();
    for folder in ["present", "web"] {
        sources(&src().join(folder), &mut files);
    }
    assert!(files.len() > 40, "found only {} views", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let lines = code_lines(path);
        for (number, line) in lines.iter().take_while(|(_, line)| !line.contains("#[cfg(test)]")) {
            if READS.iter().any(|read| line.contains(read)) || arm(line) {
                wrong.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "columns taken by their names:\n{}", wrong.join("\n"));
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run leaves behind, by `.gitignore`: `/target`, `/hinomi-demo`. Patterns (`*.whl`) excuse nothing at the top.
fn left_behind() -> Vec<String> {
    let text = fs::read_to_string(top().join(".gitignore")).expect("the list");
    text.lines().filter_map(|line| line.strip_prefix('/')).map(str::to_owned).collect()
}

#[test]
fn nothing_lies_about_at_the_top() {
    let text = fs::read_to_string(top().join("CONTRIBUTING.md")).expect("the list");
    let (_, list) = text.split_once("## What stands where").expect("the list");
    let list = list.split("\n## ").next().expect("the list");
    let named: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|cell| cell.split('`').step_by(2))
        .collect();
    assert!(named.contains(&"src/") && named.contains(&"LICENSE"), "{named:?}");
    let excused = left_behind();
    let mut strange = Vec::new();
    for entry in fs::read_dir(top()).expect("the checkout") {
        let entry = entry.expect("an entry");
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || excused.contains(&name) {
            continue;
        }
        if entry.path().is_dir() {
            name.push('/');
        }
        if !named.contains(&name.as_str()) {
            strange.push(name);
        }
    }
    assert!(strange.is_empty(), "not in the list of CONTRIBUTING.md: {strange:?}");
}

/// All Markdown of the project.
fn written(dir: &Path, found: &mut Vec<PathBuf>) {
    let excused = left_behind();
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !(name.starts_with('.') || dir == top() && excused.contains(&name)) {
                written(&path, found);
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// A row that is cut off from its table, or has other cells than its head, is shown as a line of bars.
#[test]
fn tables_in_markdown_are_tables() {
    let mut files = Vec::new();
    written(top(), &mut files);
    let mut wrong = Vec::new();
    let mut tables = 0;
    for path in &files {
        let text = fs::read_to_string(path).expect("text");
        let name = path.strip_prefix(top()).expect("inside").display();
        let mut columns = 0;
        let mut inside = false;
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            let line = text[..range.start].matches('\n').count() + 1;
            match event {
                Event::Start(Tag::Table(heads)) => {
                    (columns, inside, tables) = (heads.len(), true, tables + 1);
                }
                Event::End(TagEnd::Table) => inside = false,
                Event::Start(Tag::TableRow | Tag::TableHead) => {
                    // As they are written: the parser would fill up what is missing.
                    let cells = cells(&text[range.clone()]);
                    if cells != columns {
                        wrong.push(format!("{name}:{line}: {cells} cells below {columns} heads"));
                    }
                }
                Event::Text(said) if !inside && said.trim_start().starts_with("| ") => {
                    let in_code = text[..range.start].matches("\n```").count() % 2 == 1;
                    if !in_code {
                        wrong.push(format!("{name}:{line}: a row without a table"));
                    }
                }
                _ => {}
            }
        }
    }
    assert!(tables > 40, "{tables} tables in {} files", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cells of a row between its first and its last bar.
fn cells(row: &str) -> usize {
    let row = row.trim().trim_start_matches('|').replace("\\|", "");
    row.trim_end_matches('|').split('|').count()
}

#[test]
fn a_row_s_cells_are_counted_as_they_are_seen() {
    assert_eq!(cells("| a | b |"), 2);
    assert_eq!(cells("| a | `b \\| c` | |"), 3);
    assert_eq!(cells("| a | b"), 2);
}
