//! Every file of `data-samples/bad/` that intake can see through: its error or fault, row and column.

use hinomi::intake::fault::FaultKind::{
    self, BadEncoding, NulByte, Ragged, RecordInQuote, UnterminatedQuote,
};

use super::{Read, fault, house, mapping, read};

fn bad(name: &str) -> Result<Read, String> {
    let path = house("data-samples/bad").join(name);
    read(&path, &mapping("municipal-cumulative"), 2).map_err(|error| error.to_string())
}

/// One row is at fault; the others are read and keep their numbers.
fn row_fault(name: &str, column: &str, kind: FaultKind, others: &[u64]) {
    let found = bad(name).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.faults, [fault(4, column, kind)], "{name}");
    assert_eq!(found.rows.iter().map(|r| r.0).collect::<Vec<_>>(), others, "{name}");
    assert_eq!(found.summary.rows, others.len() as u64 + 1, "{name}");
}

fn refused(name: &str, expected: &str) {
    match bad(name) {
        Ok(found) => panic!("{name} was read: {} rows", found.rows.len()),
        // In Japanese first.
        Err(error) => {
            let (ja, en) = error.split_once(" · ").unwrap_or_else(|| panic!("{name}: {error}"));
            assert_eq!(en, expected, "{name}");
            let ja = ja.strip_prefix(&format!("{name}: ")).unwrap_or_else(|| panic!("{name}: {error}"));
            assert!(ja.contains(|c: char| ('ぁ'..='ん').contains(&c)), "{name}: {ja}");
        }
    }
}

#[test]
fn files_that_are_refused_whole() {
    refused("empty.csv", "the file is empty");
    refused("only-bom.csv", "the file is empty");
    refused("wrong-encoding.csv", "the text is in EUC-JP; UTF-8, CP932 and UTF-16 are read");
    refused("iso-2022-jp.csv", "the text is in ISO-2022-JP; UTF-8, CP932 and UTF-16 are read");
    refused("missing-column.csv", "row 1: no column is headed 公表_年月日");
    refused(
        "no-header.csv",
        "row 1: no column is headed 全国地方公共団体コード, nor 公表_年月日, nor 集計区分, nor 陽性者数",
    );
    refused(
        "twice-the-same-heading.csv",
        "row 1, column 陽性者数: two headings of the file mean this column",
    );
    refused("unterminated-quote.csv", "row 4, column 市区町村名: a quote that is never closed");
    refused("cut-short.csv.gz", "the compressed file is damaged or cut short");
    refused("no-csv-inside.zip", "the archive holds no .csv file");
}

#[test]
fn rows_that_are_at_fault() {
    row_fault("stray-quote.csv", "市区町村名", UnterminatedQuote, &[2, 3, 5, 6]);
    row_fault("swallowed-quote.csv", "市区町村名", UnterminatedQuote, &[2, 3, 5, 6, 7]);
    row_fault("record-in-quote.csv", "全国地方公共団体コード", RecordInQuote, &[2, 3, 5, 6]);
    row_fault("records-in-quote.csv", "市区町村名", RecordInQuote, &[2, 3, 5, 6]);
    row_fault("ragged-short.csv", "", Ragged, &[2, 3, 5, 6]);
    row_fault("ragged-long.csv", "", Ragged, &[2, 3, 5, 6]);
    row_fault("nul-byte.csv", "陽性者数", NulByte, &[2, 3, 5, 6]);
    row_fault("broken-character.csv", "集計区分", BadEncoding, &[2, 3, 5, 6]);
    row_fault("broken-character-cp932.csv", "集計区分", BadEncoding, &[2, 3, 5, 6]);
}

#[test]
fn only_a_header_is_no_rows() {
    let found = bad("only-header.csv").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((found.summary.rows, found.rows.len(), found.faults.len()), (0, 0, 0));
}

#[test]
fn an_unknown_column_is_named_and_never_read() {
    let found = bad("unknown-column.csv").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.unlisted, ["連絡先"]);
    assert_eq!(found.rows.len(), 5);
    assert!(found.rows.iter().flat_map(|row| &row.1).all(|cell| !cell.contains("0000")));
}

/// What only the gate and the store see passes the parser whole.
#[test]
fn faults_of_meaning_are_left_to_the_gate() {
    for (name, rows) in [
        ("duplicate-key.csv", 6),
        ("impossible-date.csv", 5),
        ("negative-count.csv", 5),
        ("not-a-number.csv", 5),
        ("unknown-code.csv", 5),
        ("not-an-id.csv", 5),
    ] {
        let found = bad(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((found.rows.len(), found.faults.len()), (rows, 0), "{name}");
    }
}

#[test]
fn each_bad_file_is_in_the_list() {
    let list = std::fs::read_to_string(house("data-samples/README.md")).expect("the list");
    for entry in std::fs::read_dir(house("data-samples/bad")).expect("the folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(list.contains(&format!("`{name}`")), "{name} is not in data-samples/README.md");
    }
}
