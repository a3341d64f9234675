//! Which file uses which: read from the `use` lines and the paths of every file below `src`, tests in files left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files by their path below `src` (`store/open.rs`), each with the files that it uses.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

struct Source {
    /// Paths that it uses, resolved against the crate's root.
    uses: Vec<Vec<String>>,
    /// Names that it gives to others: where each really is.
    exports: BTreeMap<String, Vec<String>>,
}

pub fn files_below(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The graph of the files below a folder.
pub fn graph(src: &Path) -> Graph {
    let mut paths = Vec::new();
    files_below(src, &mut paths);
    let name = |path: &Path| path.strip_prefix(src).expect("below").to_string_lossy().into_owned();
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|path| (name(path), code(&fs::read_to_string(path).expect("readable source"))))
        // Programs of their own.
        .filter(|(name, _)| name != "main.rs" && !name.starts_with("build/"))
        .collect();
    let modules: BTreeMap<Vec<String>, String> =
        texts.iter().map(|(name, _)| (module_of(name), name.clone())).collect();
    let sources: BTreeMap<String, Source> =
        texts.iter().map(|(name, text)| (name.clone(), read(name, text, &modules))).collect();
    let mut graph = Graph::new();
    for (name, source) in &sources {
        let used = source.uses.iter().filter_map(|path| file_of(path, &modules, &sources, 0));
        let others = used.filter(|file| file != name && file != "lib.rs").collect();
        graph.insert(name.clone(), others);
    }
    graph
}

/// The circles: files that use each other, directly or through others.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reached = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = graph[from].iter().collect();
        while let Some(file) = next.pop() {
            if seen.insert(file.clone()) {
                next.extend(graph.get(file).into_iter().flatten());
            }
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|file| (file, reached(file))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, all) in &reach {
        if all.contains(*file) && !found.iter().any(|circle| circle.contains(*file)) {
            found.push(all.iter().filter(|other| reach[other].contains(*file)).cloned().collect());
        }
    }
    found
}

/// Without comments, and without what stands in the tests at a file's end.
fn code(text: &str) -> String {
    let bare = |line: &str| line.split("//").next().unwrap_or("").to_owned() + "\n";
    let whole: String = text.lines().map(bare).collect();
    match whole.match_indices("#[cfg(test)]").find(|(at, _)| {
        let rest = whole[at + "#[cfg(test)]".len()..].trim_start();
        rest.starts_with("mod ")
            && rest.split_once(['{', ';']).is_some_and(|(head, _)| rest[head.len()..].starts_with('{'))
    }) {
        Some((at, _)) => whole[..at].to_owned(),
        None => whole,
    }
}

fn module_of(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

fn read(name: &str, text: &str, modules: &BTreeMap<Vec<String>, String>) -> Source {
    let module = module_of(name);
    let (mut uses, mut exports) = (Vec::new(), BTreeMap::new());
    let mut rest = text;
    let mut body = String::new();
    while let Some(at) = next_use(rest) {
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        let before = rest[..at].trim_end();
        let public = before.ends_with("pub") || before.ends_with(')') && before.contains("pub(");
        for path in leaves(&rest[at + 4..end]) {
            let known = matches!(path[0].as_str(), "crate" | "super" | "self")
                || modules.contains_key(&[module.as_slice(), &path[..1]].concat());
            if known {
                let whole = resolve(&module, &path);
                if public && let Some(last) = path.last() {
                    exports.insert(last.clone(), whole.clone());
                }
                uses.push(whole);
            }
        }
        body.push_str(&rest[..at]);
        rest = &rest[(end + 1).min(rest.len())..];
    }
    body.push_str(rest);
    for root in ["crate::", "super::"] {
        for (at, _) in body.match_indices(root) {
            let inside = body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if !inside {
                let path: String = body[at..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                    .collect();
                let path: Vec<String> =
                    path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
                uses.push(resolve(&module, &path));
            }
        }
    }
    Source { uses, exports }
}

/// Where the next `use ` of a declaration begins.
fn next_use(text: &str) -> Option<usize> {
    text.match_indices("use ").map(|(at, _)| at).find(|at| {
        let before = text[..*at].trim_end_matches(' ');
        before.is_empty()
            || before.ends_with(['\n', ';', '{', '}'])
            || before.ends_with("pub")
            || before.ends_with(')')
    })
}

/// The paths of a `use` tree: `a::{b, c::{d, self}}` is `a::b`, `a::c::d`, `a::c`.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let plain = tree.split(" as ").next().unwrap_or("").trim();
        let parts = plain.split("::").map(|part| part.trim().to_owned());
        return vec![parts.filter(|part| !part.is_empty() && part != "*").collect()];
    };
    let head: Vec<String> =
        tree[..open].split("::").map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    let inner = tree[open + 1..].rsplit_once('}').map_or("", |(inner, _)| inner);
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts
        .flat_map(leaves)
        .map(|leaf| match leaf.first().map(String::as_str) {
            Some("self") => head.clone(),
            _ => [head.as_slice(), &leaf].concat(),
        })
        .collect()
}

fn resolve(module: &[String], path: &[String]) -> Vec<String> {
    match path.first().map(String::as_str) {
        Some("crate") => path[1..].to_vec(),
        Some("self") => [module, &path[1..]].concat(),
        Some("super") => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            [&module[..module.len().saturating_sub(ups)], &path[ups..]].concat()
        }
        _ => [module, path].concat(),
    }
}

/// The file that a path means: where what it names is written, not where it is handed on.
fn file_of(
    path: &[String],
    modules: &BTreeMap<Vec<String>, String>,
    sources: &BTreeMap<String, Source>,
    depth: usize,
) -> Option<String> {
    for length in (0..=path.len()).rev() {
        let Some(file) = modules.get(&path[..length]) else { continue };
        let handed_on = path.get(length).and_then(|name| sources.get(file)?.exports.get(name));
        if let Some(other) = handed_on.filter(|_| depth < 8) {
            return file_of(&[other.as_slice(), &path[length + 1..]].concat(), modules, sources, depth + 1);
        }
        return Some(file.clone());
    }
    None
}

#[test]
fn use_trees_are_read() {
    let paths = |tree: &str| leaves(tree).iter().map(|p| p.join("::")).collect::<Vec<_>>();
    assert_eq!(
        paths("crate::store::{self, open::{a, b as c}, Store}"),
        ["crate::store", "crate::store::open::a", "crate::store::open::b", "crate::store::Store"]
    );
    assert_eq!(paths("super::*"), ["super"]);
}

#[test]
fn a_circle_is_found() {
    let uses = |pairs: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in pairs {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        graph
    };
    assert!(circles(&uses(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let found = circles(&uses(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")]));
    assert_eq!(found, [BTreeSet::from(["b".to_owned(), "c".to_owned()])]);
}
