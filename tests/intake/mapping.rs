//! Mappings: the shipped ones make sense, and senseless ones are told where and why.

use hinomi::definitions::mapping::Mapping;

use super::{house, mapping, mapping_text};

const GOOD: &str = r#"source = "s"
title = { ja = "見本", en = "Sample" }
table = "cases"
mode = "upsert"
namespace = "hersys"
rhythm = { by = "09:30" }
[[column]]
headings = ["ID"]
privacy = "pseudonymise"
field = "subject"
type = "id"
pattern = '[0-9]{6,7}'
required = true
[[column]]
headings = ["性別"]
privacy = "keep"
field = "sex"
type = "code"
codes = { M = ["男"], F = ["女"] }
[[column]]
headings = ["受理日時"]
privacy = "keep"
field = "received"
type = "datetime"
[[column]]
headings = ["氏名"]
"#;

fn wrong(change: (&str, &str)) -> String {
    assert!(GOOD.contains(change.0), "{}", change.0);
    match Mapping::parse("s", &GOOD.replacen(change.0, change.1, 1)) {
        Ok(_) => panic!("taken with {:?}", change.1),
        Err(error) => {
            let said = error.to_string();
            let (ja, en) = said.split_once(" · ").unwrap_or_else(|| panic!("in both languages: {said}"));
            let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
            // Beside the names in the file.
            let reason = ja.split_once(": ").map_or(ja, |(_, reason)| reason);
            assert!(reason.contains(japanese), "{said}");
            en.to_owned()
        }
    }
}

#[test]
fn the_shipped_mappings_make_sense() {
    let mut sources = 0;
    for entry in std::fs::read_dir(house("queries/sources")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mapping = mapping(&name);
        assert_eq!(mapping.hash().len(), 64);
        sources += 1;
    }
    assert!(sources >= 4);
    assert!(!mapping("open-data-patients").keyed());
    assert!(mapping("bed-survey").keyed());
}

#[test]
fn an_unknown_key_is_told_with_its_place() {
    let error = wrong(("mode =", "modus ="));
    assert!(error.starts_with("line 4, column 1: unknown field `modus`"), "{error}");
}

#[test]
fn senseless_mappings_are_told_why() {
    for (change, expected) in [
        (("source = \"s\"", "source = \"t\""), "source: must be the file's own name"),
        (
            ("pattern = '[0-9]{6,7}'", "pattern = '[0-9'"),
            "column ID: the pattern is not a regular expression",
        ),
        (("required = true", ""), "column: at least one column must be expected, or any file would be taken"),
        (("namespace = \"hersys\"", ""), "namespace: a source with a subject needs one"),
        (
            ("namespace = \"hersys\"", "namespace = \"hersys\"\nkey = [\"stay\"]"),
            "key: stay is fed by no column",
        ),
        (("field = \"sex\"", ""), "column 性別: a column that is read needs a field"),
        (("codes = { M = [\"男\"], F = [\"女\"] }", ""), "column 性別: a code needs its code list"),
        (("F = [\"女\"]", "F = [\"女\", \"男 \"]"), "column 性別: the text 男 stands for two codes"),
        (
            ("type = \"datetime\"", "type = \"datetime\"\nmin = 1"),
            "column 受理日時: min, max and strip_note are for numbers",
        ),
        (("type = \"datetime\"", ""), "column 受理日時: a column that is read needs a type"),
        (
            ("type = \"datetime\"", "series = \"n\"\ntype = \"count\""),
            "column 受理日時: either a field or a series, not both",
        ),
        (
            ("field = \"subject\"", "field = \"number\""),
            "column ID: the subject, and nothing else, is pseudonymised",
        ),
        (
            ("headings = [\"氏名\"]", "headings = [\"性 別\"]"),
            "column 性 別: the heading 性 別 belongs to another column too",
        ),
        (
            ("headings = [\"氏名\"]", "headings = [\"氏名\"]\nfield = \"status\""),
            "column 氏名: a dropped column is not read: it has neither field nor type, and can't be required",
        ),
        (("by = \"09:30\"", "by = \"9 o'clock\""), "rhythm: by must be a time of day, as 09:30"),
        (("by = \"09:30\"", ""), "rhythm: every_minutes or by is needed"),
        (
            ("mode = \"upsert\"", "mode = \"upsert\"\nmax_bad_share = 5"),
            "max_bad_share: must be a share between 0 and 1",
        ),
        (
            ("rhythm =", "window = { column = \"received_day\", in_name = '(\\d{8})' }\nrhythm ="),
            "window.in_name: must have two groups, the first and the last day",
        ),
        (("rhythm =", "constants = { channel = \" \" }\nrhythm ="), "constants.channel: is empty"),
    ] {
        assert_eq!(wrong(change), expected);
    }
}

#[test]
fn the_hash_changes_with_meaning_only() {
    let good = Mapping::parse("s", GOOD).unwrap_or_else(|error| panic!("{error}")).hash();
    let hash = |from: &str, to: &str| {
        Mapping::parse("s", &GOOD.replacen(from, to, 1)).unwrap_or_else(|error| panic!("{error}")).hash()
    };
    for (from, to) in [
        ("by = \"09:30\"", "every_minutes = 30"),
        ("見本", "例"),
        ("mode =", "# a remark\nmode ="),
        ("field = \"sex\"\ntype = \"code\"", "type = \"code\"\nfield = \"sex\""),
        ("mode =", "files = \"x*\"\nafter = \"move\"\nmode ="),
    ] {
        assert_eq!(hash(from, to), good, "{to}");
    }
    for (from, to) in
        [("[\"男\"]", "[\"男\", \"1\"]"), ("type = \"datetime\"", "type = \"datetime\"\nunknown = [\"?\"]")]
    {
        assert_ne!(hash(from, to), good, "{to}");
    }
    assert_eq!(mapping_text("bed-survey").matches("strip_note").count(), 13);
}

/// A change here, meant or not, makes the next delivery of every source a `remap`.
#[test]
fn the_hash_with_the_gate_s_version_in_it_is_pinned() {
    assert_eq!(hinomi::definitions::mapping::GATE_VERSION, 8);
    let good = Mapping::parse("s", GOOD).unwrap_or_else(|error| panic!("{error}"));
    // Version 1 was not part of the hash: every mapping's hash was another one.
    let (before, now) = (
        "8ba1b417f751597871a225cdeba009d61f9738eca44104e0032cc24ac0dfa210",
        "e663be44900291a33719ef65c30307bb71239ef34b5d2c38186acd9f1a455180",
    );
    assert_ne!(good.hash(), before);
    assert_eq!(good.hash(), now);
}
