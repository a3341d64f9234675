//! What refuses a mapping, a delivery, an id.

use super::*;

#[test]
fn mappings_that_keep_identifiers_are_refused() {
    let refused = |from: &str, to: &str| {
        let mapping = CASES.replace(from, to);
        assert_ne!(mapping, CASES, "{from}");
        gate(&mapping, &HEADER).err()
    };
    let name = refused(r#"headings = ["年齢"]"#, r#"headings = ["年齢", "カナ氏名"]"#);
    assert!(matches!(name, Some(GateError::KeepsIdentifier { .. })), "{name:?}");
    let birth = refused(r#"headings = ["発病日"]"#, r#"headings = ["発病日", "生年月日"]"#);
    assert!(matches!(birth, Some(GateError::KeepsIdentifier { .. })), "{birth:?}");
    let address = refused(
        r#"{ headings = ["住所"], privacy = "coarsen", field = "district", type = "district", table = "districts" }"#,
        r#"{ headings = ["住所"], privacy = "keep", field = "district", type = "id", pattern = '[A-Z]{2}' }"#,
    );
    assert!(matches!(address, Some(GateError::KeepsIdentifier { .. })), "{address:?}");
    let kept = refused(r#"privacy = "pseudonymise", field"#, r#"privacy = "keep", field"#);
    assert!(matches!(kept, Some(GateError::KeepsId { .. })), "{kept:?}");
    let loose = refused("'[0-9]{6,7}'", "'.+'");
    assert!(matches!(loose, Some(GateError::LoosePattern { .. })), "{loose:?}");
    let keyless = Gate::new(&bound(CASES, &HEADER), None, &districts()).err();
    assert!(matches!(keyless, Some(GateError::NoKey { .. })), "{keyless:?}");
}

/// An age is kept by no type but its own, under whatever field.
#[test]
fn an_age_is_kept_as_nothing_else() {
    let without = CASES.replace(
        r#"{ headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },"#,
        r#"{ headings = ["年"] },"#,
    );
    for heading in ["年齢", "満年齢", "年齢（歳）", "歳", "Age"] {
        for of in ["SpO2", "発病日", "受理日時"] {
            let mapping = without.replace(&format!("[\"{of}\"]"), &format!("[\"{heading}\"]"));
            assert_ne!(mapping, without, "{of}");
            let error = gate(&mapping, &HEADER).err().expect("refused").to_string();
            assert!(error.contains("は年齢です") && error.contains("says an age"), "{of}: {error}");
        }
        // Dropped, or as an age, it may stand.
        let header = HEADER.map(|of| if of == "年齢" { heading } else { of });
        for mapping in [
            CASES.replace("[\"年齢\"]", &format!("[\"{heading}\"]")),
            without.replace("[\"年\"]", &format!("[\"{heading}\"]")),
        ] {
            assert!(gate(&mapping, &header).is_ok(), "{heading}");
        }
    }
}

/// Of a closed list nothing goes on but its codes, whatever the heading announces; a name in it is held back.
#[test]
fn a_code_list_may_have_any_heading() {
    for heading in ["name", "氏名", "備考"] {
        let mapping =
            CASES.replace(r#"headings = ["性別"]"#, &format!(r#"headings = ["性別", "{heading}"]"#));
        let mapping = mapping.replace(r#"{ headings = ["氏名"] },"#, "");
        let mut header = HEADER.to_vec();
        header.remove(1);
        header[1] = heading;
        let mut gate = gate(&mapping, &header).expect("a gate");
        let passed = pass(&mut gate, &[with(1, "男"), with(1, "山田 太郎"), with(1, "鷲尾燕次郎")]);
        assert_eq!(passed.faults, [Fault::new(3, "性別", FaultKind::LooksLikeName)]);
        let safe = passed.safe.expect("rows");
        assert_eq!([text(safe.frame(), "sex", 0), text(safe.frame(), "sex", 1)], ["\"M\"", "null"]);
    }
}

/// The rule of a table's column binds: no mapping's word loosens it.
#[test]
fn columns_take_only_what_keeps_their_rule() {
    for (from, to, says) in [
        (
            "\"coarsen\", field = \"age\", type = \"age\"",
            "\"keep\", field = \"age\", type = \"integer\"",
            "cases.age holds",
        ),
        (
            "\"coarsen\", field = \"age\", type = \"age\"",
            "\"keep\", field = \"age_decade\", type = \"count\"",
            "age_decade holds",
        ),
        (
            "field = \"spo2\", type = \"count\"",
            "field = \"spo2\", type = \"decimal\"",
            "cases.spo2 holds a whole number",
        ),
        (
            "field = \"spo2\", type = \"count\"",
            "field = \"fever\", type = \"count\"",
            "cases.fever holds yes or no",
        ),
        (
            "field = \"fever\", type = \"flag\"",
            "field = \"route\", type = \"flag\"",
            "cases.route holds a code",
        ),
        (
            "field = \"onset_day\", type = \"date\"",
            "field = \"received_at\", type = \"date\"",
            "received_at holds a moment",
        ),
        ("codes = { M = [\"男\"]", "codes = { man = [\"男\"]", "has no code man; it may be M, F, X"),
        ("field = \"sex\"", "field = \"district\"", "cases.district: has no code"),
        ("channel = \"hersys\"", "channel = \"post\"", "has no code post"),
        ("channel = \"hersys\"", "age = \"105\"", "constant age"),
        ("channel = \"hersys\"", "name = \"x\"", "has no column name"),
    ] {
        let mapping = CASES.replace(from, to);
        assert_ne!(mapping, CASES, "{from}");
        let error = gate(&mapping, &HEADER).err().expect(to).to_string();
        assert!(error.contains(says), "{to}: {error}");
    }
    let beds = "source = \"test\"\ntitle = { ja = \"x\", en = \"x\" }\ntable = \"events\"\nmode = \"append\"\n\
        rhythm = { calendar = \"once\" }\ncolumn = [ { headings = [\"x\"], privacy = \"keep\", field = \"event\", \
        type = \"code\", expected = true, codes = { \"山田太郎\" = [\"a\"] } } ]";
    let error = gate(beds, &["x"]).err().expect("refused").to_string();
    assert!(error.contains("a code is of letters"), "{error}");
    for code in ["1234567", "0312345678"] {
        let error = gate(&beds.replace("山田太郎", code), &["x"]).err().expect("refused").to_string();
        assert!(error.contains("identifier"), "{error}");
    }
}

#[test]
fn pseudonyms_come_from_the_key_or_from_the_source() {
    let key = Key::throwaway();
    let mut gate = Gate::new(&bound(CASES, &HEADER), Some(&key), &districts()).expect("a gate");
    let safe = pass(&mut gate, &[with(0, "１２３４５６７")]).safe.expect("a row");
    let (hi, lo) = key.pseudonyms("hersys").of("1234567");
    let held = ["subject_hi__", "subject_lo__"].map(|c| text(safe.frame(), c, 0));
    assert_eq!(held, [hi.to_string(), lo.to_string()]);

    let own = CASES
        .replace("privacy = \"pseudonymise\"", "privacy = \"keep\"")
        .replace("[0-9]{6,7}", "[0-9a-f]{32}");
    let mut gate = Gate::new(&bound(&own, &HEADER), None, &districts()).expect("no key is needed");
    let rows = [with(0, "000102030405060708090a0b0c0d0e0f"), with(0, "1234567")];
    let passed = pass(&mut gate, &rows);
    let kinds: Vec<_> = passed.faults.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [FaultKind::LooksLikeHerSysId]);
    let safe = passed.safe.expect("a row");
    assert_eq!(text(safe.frame(), "subject_hi__", 0), 0x0001_0203_0405_0607u64.to_string());
    assert_eq!(text(safe.frame(), "subject_lo__", 0), 0x0809_0a0b_0c0d_0e0fu64.to_string());
}

const FACILITIES: &str = r#"
source = "test"
title = { ja = "試験", en = "Test" }
table = "facilities"
mode = "snapshot"
key = ["facility_id"]
rhythm = { calendar = "once" }
column = [
  { headings = ["施設コード"], privacy = "keep", field = "facility_id", type = "id", pattern = '[0-9H]{4,12}', required = true },
]
"#;

#[test]
fn kept_ids_are_judged_by_column_then_by_value() {
    let fresh = || gate(FACILITIES, &["施設コード"]).expect("a gate");
    let number = |n: u64, right: bool| {
        let body = 10_000_000_000 + n * 7_919_777;
        let digits = |last: u64| crate::privacy::individual_number::twelve_digits(&format!("{body}{last}"));
        let last =
            (0..10).find(|l| digits(*l).is_some_and(|d| crate::privacy::check_digit_fits(&d)) == right);
        vec![format!("{body}{}", if right { last.unwrap_or(0) } else { n % 10 })]
    };
    let mine: Vec<_> = (0..200).map(|n| number(n, true)).collect();
    let refused = fresh().pass(batch(&mine));
    assert!(matches!(refused, Err(GateError::IndividualNumbers { .. })));
    let own: Vec<_> = (0..200).map(|n| number(n, false)).collect();
    assert_eq!(fresh().pass(batch(&own)).expect("its own numbers").faults, []);
    for (id, kind) in [
        ("123456789018", Some(FaultKind::LooksLikeIndividualNumber)),
        ("123456789019", None),
        ("09012345678", Some(FaultKind::LooksLikePhone)),
        ("1234567", Some(FaultKind::LooksLikeHerSysId)),
        ("131032", Some(FaultKind::LooksLikeHerSysId)),
        ("H001", None),
        ("山田太郎", Some(FaultKind::LooksLikeName)),
        ("H1", Some(FaultKind::NotAnId)),
    ] {
        let faults = fresh().pass(batch(&[vec![id]])).expect("passed").faults;
        assert_eq!(faults.first().map(|f| f.kind), kind, "{id}");
    }
}

/// Every mapping that ships passes the gate's own checks, with every heading that it accepts.
#[test]
fn shipped_mappings_are_let_through() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/sources");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the mappings") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mapping =
            Mapping::parse(&name, &std::fs::read_to_string(&path).expect("a text")).expect("a mapping");
        let header: Vec<String> = mapping.columns.iter().map(|c| c.headings[0].clone()).collect();
        let bound = bind(Arc::new(mapping), &header).expect("bound");
        if let Err(error) = Gate::new(&bound, Some(&Key::throwaway()), &districts()) {
            panic!("{name}: {error}");
        }
        seen += 1;
    }
    assert!(seen >= 11, "{seen}");
}
