use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use encoding_rs::SHIFT_JIS;

use super::*;

const MAPPING: &str = r#"
    source = "sample"
    title = { ja = "見本", en = "Sample" }
    table = "aggregate_counts"
    mode = "aggregate"
    key = ["day"]
    rhythm = { calendar = "once" }
    column = [
      { headings = ["日"], privacy = "keep", field = "day", type = "date", required = true },
      { headings = ["数"], privacy = "keep", series = "n", type = "count", strip_note = true },
      { headings = ["氏名"] },
    ]
"#;

fn mapping() -> Arc<Mapping> {
    Arc::new(Mapping::parse("sample", MAPPING).unwrap())
}

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.csv");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn rows(bytes: &[u8]) -> (Vec<(u64, String, String)>, Vec<Fault>) {
    let (_folder, path) = file(bytes);
    let mut reader = Reader::open(&path, mapping()).unwrap();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch(3).unwrap() {
        assert_eq!(batch.columns, 2);
        for row in 0..batch.len() {
            rows.push((batch.rows[row], batch.cell(row, 0).to_owned(), batch.cell(row, 1).to_owned()));
        }
        faults.extend(batch.faults);
    }
    (rows, faults)
}

#[test]
fn notes_are_cut_off_only_where_they_stand_apart() {
    for (cell, expected) in [
        ("431", "431"),
        ("注8　431", "431"),
        ("注８　500", "500"),
        (" 注12) 7", "7"),
        ("※1 7", "7"),
        ("注8431", "注8431"),
        ("431注8", "431注8"),
    ] {
        let (rows, _) = rows(format!("日,数\n2021-02-17,{cell}\n").as_bytes());
        assert_eq!(rows[0].2, expected, "{cell}");
    }
}

#[test]
fn blank_lines_are_skipped_and_counted() {
    let (rows, faults) = rows("日,数\r\n\r\n2021-02-17,1\r\n,,\r\n\r\n2021-02-18,2,,\r\n\r\n".as_bytes());
    assert_eq!(rows, [(3, "2021-02-17".into(), "1".into()), (6, "2021-02-18".into(), "2".into())]);
    assert!(faults.is_empty());
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let mut text = String::from("氏名,日,数\n");
    while text.len() < 12 << 20 {
        writeln!(text, "架空 太郎,2021-02-17,{}", text.len()).unwrap();
    }
    let lines = text.lines().count() as u64 - 1;
    let (_folder, path) = file(text.as_bytes());
    let mut reader = Reader::open(&path, mapping()).unwrap();
    let mut rows = 0;
    while let Some(batch) = reader.next_batch(10_000).unwrap() {
        rows += batch.len() as u64;
        assert!(batch.len() <= 10_000 && !batch.text.contains("架空"));
        assert!(reader.window.capacity() <= 1 << 20);
    }
    assert_eq!(rows, lines);
    assert_eq!(reader.finish().unwrap().rows, lines);
}

#[test]
fn the_encoding_is_told_where_it_first_shows() {
    let mut bytes = b"x,day\n".to_vec();
    let ascii_mapping = MAPPING.replace("\"日\"", "\"day\"").replace("[\"数\"]", "[\"x\"]");
    for _ in 0..100_000 {
        bytes.extend(b"1,2021-02-17\n");
    }
    let (cell, _, _) = SHIFT_JIS.encode("不明");
    bytes.extend(&*cell);
    bytes.extend(b",2021-02-18\n");
    let (_folder, path) = file(&bytes);
    let mapping = Arc::new(Mapping::parse("sample", &ascii_mapping).unwrap());
    let mut reader = Reader::open(&path, mapping).unwrap();
    assert_eq!(reader.encoding(), "ASCII");
    let mut last = String::new();
    while let Some(batch) = reader.next_batch(1000).unwrap() {
        last = batch.cell(batch.len() - 1, 0).to_owned();
    }
    assert_eq!(last, "不明");
    assert_eq!(reader.encoding(), "CP932");
}

#[test]
fn a_line_over_the_limit_is_one_fault() {
    let long = "x".repeat(split::LINE_LIMIT + 1);
    for end in ["\n", "\r\n", "\r"] {
        let text = ["日,数", "2021-02-17,1", &format!("2021-02-18,{long}"), "2021-02-19,3", ""].join(end);
        let (rows, faults) = rows(text.as_bytes());
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(faults, [Fault::new(3, "", FaultKind::LineTooLong)]);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_not_taken() {
    let (_folder, path) = file("日,数\n2021-02-17,1\n2021-02-18,2\n".as_bytes());
    let mut reader = Reader::open(&path, mapping()).unwrap();
    reader.next_batch(1).unwrap();
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"2021-02-19,3\n").unwrap();
    let error = reader.finish().unwrap_err();
    assert!(matches!(error.why, Refusal::Changed), "{error}");
}

#[test]
fn an_archive_that_expands_too_far_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.csv.gz");
    let mut gz =
        flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::best());
    gz.write_all("日,数\n".as_bytes()).unwrap();
    let block = b"2021-02-17,1\n".repeat(80_000);
    for _ in 0..80 {
        gz.write_all(&block).unwrap();
    }
    gz.finish().unwrap();
    let mut reader = Reader::open(&path, mapping()).unwrap();
    let error = loop {
        match reader.next_batch(50_000) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read to its end"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.why, Refusal::ExpandsTooFar { .. }), "{error}");
}

/// Whatever it is packed in and whatever encoding: the last row is known to have no line end.
#[test]
fn a_last_row_without_its_line_end_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.csv.gz");
    for (text, unended) in [
        ("日,数\n2021-02-17,1\n2021-02-18,12\n", None),
        ("日,数\r\n2021-02-17,1\r\n2021-02-18,12\r\n", None),
        ("日,数\n2021-02-17,1\n2021-02-18,12\n\n", None),
        ("日,数\n2021-02-17,1\n2021-02-18,12\n,", None),
        ("日,数\n2021-02-17,1\n2021-02-18,12", Some(3)),
        ("日,数\n2021-02-17,1\n2021-02-18,", Some(3)),
        ("日,数\n2021-02-17,1\n2021-02", Some(3)),
        ("日,数\n2021-02-17,1\n2021-02-18,\"12\"", Some(3)),
        ("日,数\n2021-02-17,1\n2021-02-18,\"12\"3", Some(3)),
    ] {
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
        for bytes in [text.as_bytes(), &SHIFT_JIS.encode(text).0, &utf16] {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(bytes).unwrap();
            for bytes in [bytes, &gz.finish().unwrap()] {
                std::fs::write(&path, bytes).unwrap();
                let summary = Reader::open(&path, mapping()).unwrap().finish().unwrap();
                assert_eq!(summary.unended, unended, "{text:?}");
            }
        }
    }
}

#[test]
fn digest_and_bytes_are_of_the_file_as_delivered() {
    let (_folder, path) = file("日,数\n2021-02-17,1\n".as_bytes());
    let summary = Reader::open(&path, mapping()).unwrap().finish().unwrap();
    assert_eq!(summary.bytes, 21);
    assert_eq!(summary.rows, 1);
    assert_eq!(summary.encoding, "UTF-8");
    let output = std::process::Command::new("sha256sum").arg(&path).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with(&summary.digest));
}
