//! Every character that a page or picture may show has a glyph in the embedded font, or is drawn as a shape.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hinomi::draw::font;

/// Marks that pages draw as shapes and pictures never write.
const SHAPES: &str = "●▲■◇＊";

fn files(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, ends, found);
        } else if path.extension().is_some_and(|e| ends.contains(&e.to_string_lossy().as_ref())) {
            found.push(path);
        }
    }
}

/// What of a file can come to be seen: all of it but comments (a query's header holds titles, so it
/// stays), a Rust file's tests and its single characters, which are compared with and not written.
fn shown(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("readable text");
    let rust = path.extension().is_some_and(|e| e == "rs");
    let toml = path.extension().is_some_and(|e| e == "toml");
    let script = rust || path.extension().is_some_and(|e| e == "js");
    let text = if rust { text.split("#[cfg(test)]").next().unwrap_or_default().to_owned() } else { text };
    let said = |line: &str| {
        let begin = line.trim_start();
        if (script && begin.starts_with("//")) || (toml && begin.starts_with('#')) {
            return String::new();
        }
        let end = if script { line.find(" // ").unwrap_or(line.len()) } else { line.len() };
        line[..end].to_owned()
    };
    let text = text.lines().map(said).collect::<Vec<_>>().join("\n");
    if rust { without_characters(&text) } else { text }
}

fn without_characters(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let quoted = |i: usize| i > 0 && characters[i - 1] == '\'' && characters.get(i + 1) == Some(&'\'');
    (0..characters.len()).filter(|i| !quoted(*i)).map(|i| characters[i]).collect()
}

#[test]
fn every_character_of_every_label_has_a_glyph() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    // Mappings are left out: they hold the headings of other people's files, which no page shows.
    for folder in ["queries/indicators", "queries/quality", "queries/reference", "dashboards", "static"] {
        files(&root.join(folder), &["sql", "toml", "css", "js", "html", "svg", "txt"], &mut paths);
    }
    for folder in ["src/web", "src/present", "src/draw", "src/definitions", "src/answer"] {
        files(&root.join(folder), &["rs"], &mut paths);
    }
    assert!(paths.len() > 10, "found only {} files", paths.len());
    let mut lacking: BTreeMap<char, Vec<String>> = BTreeMap::new();
    for path in paths.iter().filter(|p| !p.ends_with("tests.rs")) {
        let text: String = shown(path).chars().filter(|c| !c.is_ascii() && !SHAPES.contains(*c)).collect();
        for c in font::missing(&text) {
            let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
            lacking.entry(c).or_default().push(name);
        }
    }
    assert!(lacking.is_empty(), "no glyph in {}: {lacking:#?}", font::FAMILY);
}

#[test]
fn the_font_can_be_given_to_a_browser() {
    assert!(font::bytes().starts_with(&[0, 1, 0, 0]), "a TrueType file");
    assert!(font::licence().to_uppercase().contains("OPEN FONT LICENSE"));
    assert_eq!(font::missing("0123456789,.−—年月日（）人件%"), Vec::<char>::new());
}
