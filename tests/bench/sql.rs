//! The sections of `facts.sql`, with their `{…}` filled in.

use anyhow::Context as _;

const SECTIONS: &str = include_str!("facts.sql");

/// The text of one section.
pub fn section(name: &str) -> Option<&'static str> {
    let (_, text) = SECTIONS.split_once(&format!("-- name: {name}\n"))?;
    text.split("-- name: ").next()
}

/// The text of one section; every `{…}` in it must be given.
pub fn render(name: &str, with: &[(&str, &str)]) -> anyhow::Result<String> {
    let mut rest = section(name).with_context(|| format!("facts.sql has no section {name}"))?;
    let mut out = String::new();
    while let Some((before, opened)) = rest.split_once('{') {
        let (key, behind) =
            opened.split_once('}').with_context(|| format!("{name}: a place is not closed"))?;
        let given = with.iter().find(|(known, _)| *known == key);
        let (_, value) = given.with_context(|| format!("{name}: {key} is not given"))?;
        out.push_str(before);
        out.push_str(value);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out.trim().to_owned())
}

/// A text as an SQL literal.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A moment as an SQL literal, in UTC.
pub fn instant(at: jiff::Timestamp) -> String {
    format!("TIMESTAMP '{}'", at.strftime("%F %T%.6f"))
}
