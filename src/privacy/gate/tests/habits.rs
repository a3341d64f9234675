//! What spreadsheets and clerks do to days, numbers and ids.

use super::*;

#[test]
fn a_day_with_a_note_in_brackets_is_the_day() {
    for cell in ["2021-08-01（死亡診断書による）", "2021/8/1(電話で確認)", "令和3年8月1日（家族より）"]
    {
        let passed = pass(&mut cases(), &[with(5, cell)]);
        let safe = passed.safe.expect("let through");
        assert_eq!(
            (text(safe.frame(), "onset_day", 0), passed.warnings.len()),
            ("2021-08-01".to_owned(), 0),
            "{cell}"
        );
    }
    // A note that doubts it, takes it back or names another day makes no day; nor does one that names somebody.
    for cell in [
        "2021-08-01（取消）",
        "2021-08-01（見込）",
        "2021-08-01（08-03に訂正）",
        "2021-08-01（誤り）",
        "2021-08-01（までに）",
    ] {
        let passed = pass(&mut cases(), &[with(5, cell)]);
        assert!(passed.safe.is_none_or(|safe| text(safe.frame(), "onset_day", 0) == "null"), "{cell}");
    }
    let named = only_fault(with(5, "2021-08-01（090-1234-5678）"));
    assert!(named.is_some_and(|(_, kind)| kind.is_identifying()));
}

#[test]
fn a_spreadsheets_text_is_the_text() {
    let mut gate = cases();
    let same = pass(&mut gate, &[with(0, "1234567"), with(0, "=\"1234567\"")]).safe.expect("let through");
    assert_eq!(text(same.frame(), "subject_lo__", 0), text(same.frame(), "subject_lo__", 1));
    let day = pass(&mut cases(), &[with(5, "=\"2021-08-01\"")]).safe.expect("let through");
    assert_eq!(text(day.frame(), "onset_day", 0), "2021-08-01");
    let formula = only_fault(with(0, "=\"12\"&\"34567\""));
    assert!(formula.is_some(), "a formula is none");
}

#[test]
fn whole_numbers_written_as_decimals_are_the_ids_that_they_are() {
    let ids = |gate: &mut Gate, ids: &[&str]| {
        let rows: Vec<Vec<String>> = ids.iter().map(|id| with(0, id)).collect();
        gate.pass(batch(&rows))
            .map(|passed| (passed.safe.map_or(0, |safe| safe.frame().height()), passed.faults.len()))
    };
    let read = ids(&mut cases(), &["1234567.0", "1234568", "1234569.00"]);
    assert_eq!(read.expect("passed"), (3, 0));
    let same = pass(&mut cases(), &[with(0, "1234567"), with(0, "1234567.0")]);
    let frame = same.safe.expect("let through");
    let frame = frame.frame();
    assert_eq!(text(frame, "subject_lo__", 0), text(frame, "subject_lo__", 1), "one person");
    // Where another is no whole number each is what it is.
    let mixed = ids(&mut cases(), &["1234567.0", "1234567.5", "1234568"]);
    assert_eq!(mixed.expect("passed"), (1, 2));
    let letters = CASES.replace("[0-9]{6,7}", "[0-9A-Z-]{6,9}");
    let mut gate = gate(&letters, &HEADER).expect("a gate");
    assert_eq!(ids(&mut gate, &["1234567.0", "AB-1234", "1234567"]).expect("passed"), (2, 1));
    // The same in a later part of the file: what was read as whole may have been another's.
    let mut gate = super::gate(&letters, &HEADER).expect("a gate");
    assert_eq!(ids(&mut gate, &["1234567.0"]).expect("passed"), (1, 0));
    let refused = ids(&mut gate, &["AB-1234"]).expect_err("refused").to_string();
    assert!(refused.contains("列「ID」") && refused.contains("column ID"), "{refused}");
    assert!(!refused.contains("1234"), "{refused}");
}

#[test]
fn words_at_the_foot_of_totals_are_no_rows() {
    let header = ["コード", "日付", "入院", "宿泊"];
    for word in
        ["平均", "合計", "計", "総数", "再掲", "前週比", "前日差", "備考", "注", "出典", "（平均）", "平 均"]
    {
        let mut gate = gate(TOTALS, &header).expect("a gate");
        let rows =
            [["131032", "2021-08-01", "5", "7"], ["131041", "2021-08-01", "8", "9"], [word, "", "13", "16"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let passed = pass(&mut gate, &rows);
        let left: Vec<u64> =
            passed.left_out.iter().chain(&gate.end().left_out).map(|left| left.row).collect();
        assert_eq!((passed.faults.len(), left), (0, vec![4]), "{word}");
        assert_eq!(passed.safe.expect("let through").frame().height(), 4, "{word}");
    }
}
