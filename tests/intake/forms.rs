//! The same table in every form a file comes in: encodings, line ends, quoting, packing.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use encoding_rs::SHIFT_JIS;
use hinomi::definitions::mapping::Mapping;
use proptest::prelude::*;

use super::read;

const HEADINGS: [&str; 4] = ["氏名", "日", "区分", "数"];

fn mapping() -> Arc<Mapping> {
    let text = r#"
        source = "form"
        title = { ja = "見本", en = "Sample" }
        table = "aggregate_counts"
        mode = "aggregate"
        key = ["day"]
        rhythm = { calendar = "once" }
        column = [
          { headings = ["数"], privacy = "keep", series = "n", type = "count" },
          { headings = ["日"], privacy = "keep", field = "day", type = "date", required = true },
          { headings = ["区分"], privacy = "keep", field = "area_class", type = "code", codes = { a = ["甲"] } },
          { headings = ["氏名"] },
        ]
    "#;
    Arc::new(Mapping::parse("form", text).unwrap_or_else(|error| panic!("{error}")))
}

#[derive(Clone, Copy, Debug)]
enum Quoting {
    Always,
    WhereNeeded,
}

fn write_rows(rows: &[Vec<String>], end: &str, quoting: Quoting) -> String {
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| {
                let needed = cell.contains(['"', ',', '\n', '\r']);
                if needed || matches!(quoting, Quoting::Always) {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell.clone()
                }
            })
            .collect();
        text.push_str(&cells.join(","));
        text.push_str(end);
    }
    text
}

fn encode(text: &str, encoding: &str) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    match encoding {
        "UTF-8" => text.into(),
        "UTF-8 with BOM" => marked.into(),
        "CP932" => {
            let (bytes, _, lost) = SHIFT_JIS.encode(text);
            assert!(!lost, "the text is not in CP932");
            bytes.into_owned()
        }
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        other => panic!("{other}"),
    }
}

fn stored(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    if name.ends_with(".gz") {
        let file = std::fs::File::create(&path).expect("a file");
        let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        gz.write_all(bytes).and_then(|()| gz.finish().map(drop)).expect("packed");
    } else if name.ends_with(".zip") {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
        for (member, bytes) in
            [("readme.txt", &b"no"[..]), ("dir/Table.CSV", bytes), ("__MACOSX/z.csv", b"x,y\n")]
        {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(member, options).expect("a member");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("packed");
    } else {
        std::fs::write(&path, bytes).expect("written");
    }
    path
}

/// Which of them was meant can't be known, and the other would be lost.
#[test]
fn an_archive_of_two_tables_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("two.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
    for member in ["a.csv", "b.csv"] {
        zip.start_file(member, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(b"x,y\n1,2\n").expect("written");
    }
    zip.finish().expect("packed");
    let error = read(&path, &mapping(), 2).expect_err("refused").to_string();
    assert_eq!(
        error,
        "two.zip: 圧縮ファイルの中に .csv が2つあります（一つだけ読みます） · the archive holds 2 .csv files; one is read"
    );
}

fn table() -> Vec<Vec<String>> {
    let header = HEADINGS.map(String::from).to_vec();
    let row = |cells: [&str; 4]| cells.map(String::from).to_vec();
    vec![
        header,
        row(["架空 太郎", "2021-02-17", "甲", "1"]),
        row(["改行\nと\"引用\",", "令和3年2月18日", "ｶﾌﾞ", "２"]),
        row(["", "", "―", ""]),
    ]
}

#[test]
fn every_form_gives_the_same_cells() {
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = mapping();
    for encoding in ["UTF-8", "UTF-8 with BOM", "CP932", "UTF-16LE", "UTF-16BE"] {
        for end in ["\n", "\r\n", "\r"] {
            for quoting in [Quoting::Always, Quoting::WhereNeeded] {
                for name in ["t.csv", "t.csv.gz", "t.zip"] {
                    let bytes = encode(&write_rows(&table(), end, quoting), encoding);
                    let found = read(&stored(&folder, name, &bytes), &mapping, 2)
                        .unwrap_or_else(|error| panic!("{encoding} {end:?} {quoting:?} {name}: {error}"));
                    assert_eq!(found.encoding, encoding);
                    assert_eq!(found.headings, HEADINGS[1..]);
                    assert!(found.faults.is_empty());
                    let cells: Vec<_> = found.rows.iter().map(|(_, cells)| cells.clone()).collect();
                    let expected: Vec<_> = table()[1..].iter().map(|row| row[1..].to_vec()).collect();
                    assert_eq!(cells, expected, "{encoding} {end:?} {quoting:?} {name}");
                }
            }
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9 ]{0,12}",
        2 => "[ぁ-んァ-ヶ一二三港区東京都ｱ-ﾝ－～]{0,8}",
        1 => "[,\"\n\r甲1]{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever stands in the cells, it comes back as it was written, and nothing of a dropped column comes along.
    #[test]
    fn any_cells_come_back(
        rows in prop::collection::vec(prop::collection::vec(cell(), 4), 0..40),
        encoding in prop::sample::select(vec!["UTF-8", "UTF-8 with BOM", "CP932", "UTF-16LE", "UTF-16BE"]),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        always in any::<bool>(),
        batch in 1usize..9,
    ) {
        // A cell that holds a whole record, and a line of blanks, are other tests' matter.
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| {
                let mut row: Vec<String> = row.into_iter().map(|c| c.replacen(',', ".", 9)).collect();
                row[0] = format!("秘密{}", row[0]);
                row
            })
            .collect();
        let quoting = if always { Quoting::Always } else { Quoting::WhereNeeded };
        let all: Vec<_> = std::iter::once(HEADINGS.map(String::from).to_vec()).chain(rows.clone()).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let path = stored(&folder, "t.csv", &encode(&write_rows(&all, end, quoting), encoding));
        let found = read(&path, &mapping(), batch).unwrap_or_else(|error| panic!("{error}"));
        prop_assert!(found.faults.is_empty(), "{:?}", found.faults);
        let numbers: Vec<u64> = found.rows.iter().map(|row| row.0).collect();
        prop_assert_eq!(numbers, (2..rows.len() as u64 + 2).collect::<Vec<_>>());
        for (got, written) in found.rows.iter().zip(&rows) {
            prop_assert_eq!(&got.1[..], &written[1..]);
        }
        prop_assert_eq!(found.summary.rows, rows.len() as u64);
    }
}
