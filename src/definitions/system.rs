//! The system's own SQL: the sections of `queries/system/*.sql`, as the program carries them. They belong to the store that is
//! built with them: a file of one's own in their place is refused ([`super::Definitions::embedded_or`]).
//!
//! A section starts with `-- name: <name>` and holds one statement, called `<file>.<name>`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::files::Definitions;

static SECTIONS: LazyLock<BTreeMap<String, String>> = LazyLock::new(sections);

fn sections() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let definitions = Definitions::embedded();
    for (path, stem, file) in definitions.in_folder("queries/system", "sql") {
        let mut name = None;
        for line in file.text(path).unwrap_or_default().lines() {
            if let Some(new) = line.strip_prefix("-- name:") {
                name = Some(format!("{stem}.{}", new.trim()));
            } else if let Some(name) = &name {
                let text: &mut String = found.entry(name.clone()).or_default();
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    found
}

/// The text of one statement.
pub fn section(name: &str) -> Option<&'static str> {
    SECTIONS.get(name).map(String::as_str)
}

/// The statements of one file, by name.
pub fn of_file(file: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = move |(name, _): &(&String, &String)| name.split('.').next() == Some(file);
    SECTIONS.iter().filter(of).map(|(name, text)| (name.as_str(), text.as_str()))
}
