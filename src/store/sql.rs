//! Sections of the system's own SQL ([`crate::definitions::system`]) made ready to run. Values are bound (`$name`); `{name}`
//! stands for what can't be bound: a table, a list of columns, a path of ours.

use super::error::StoreError;
use crate::definitions::system;

/// All that a file's statements make, without its comments.
pub(super) fn made(file: &str) -> String {
    let bare = system::of_file(file).map(|(_, text)| {
        text.lines()
            .filter(|line| !line.starts_with("--"))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    });
    bare.filter(|text| text.starts_with("CREATE")).collect()
}

/// The text of one statement.
pub(super) fn text(name: &str) -> Result<&'static str, StoreError> {
    system::section(name).ok_or_else(|| StoreError::NoSystemQuery { name: name.to_owned() })
}

/// The text of one statement with its `{…}` filled in.
pub(super) fn render(name: &str, with: &[(&str, &str)]) -> Result<String, StoreError> {
    let mut out = String::new();
    let mut rest = text(name)?;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').map(|c| open + c);
        let key = close.map(|c| &rest[open + 1..c]);
        let value = key.and_then(|k| with.iter().find(|(n, _)| *n == k)).map(|(_, v)| *v);
        let (Some(close), Some(value)) = (close, value) else {
            return Err(StoreError::Inconsistent(format!(
                "{name} has an unfilled place {}",
                key.unwrap_or("{")
            )));
        };
        out.push_str(&rest[..open]);
        out.push_str(value);
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// A text as an SQL literal: for the few places (paths in COPY) where nothing can be bound.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as an SQL identifier.
pub(super) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_must_be() {
        assert_eq!(quoted("a'b"), "'a''b'");
        assert_eq!(name("case"), "\"case\"");
        assert!(text("accept.nothing_like_it").is_err());
        assert!(render("accept.compare", &[]).is_err());
    }
}
