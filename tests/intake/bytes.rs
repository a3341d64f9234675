//! Whatever bytes a file has, it is read to its end or refused with a reason: no panic, no row that comes twice, no endless
//! reading.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::SHIFT_JIS;
use flate2::Compression;
use flate2::write::GzEncoder;
use hinomi::definitions::Domains;
use hinomi::definitions::districts::Districts;
use hinomi::definitions::mapping::Mapping;
use hinomi::intake::file::Reader;
use hinomi::privacy::{Gate, Key};
use proptest::prelude::*;

use super::mapping;

/// Files of some sources, as they are.
const FILES: [(&str, &[u8]); 4] = [
    ("bed-survey", include_bytes!("../../data-samples/bed-survey/000000001_20210407.csv")),
    (
        "her-sys-cases",
        include_bytes!("../../data-samples/her-sys-cases/hersys_20261026-20261122_20261122T140500.csv"),
    ),
    (
        "open-data-patients",
        include_bytes!("../../data-samples/open-data-patients/20210310T200000_patients.csv"),
    ),
    ("status-table", include_bytes!("../../data-samples/status-table/testing_positive_cases_20210314.csv")),
];

/// Reads a file by a mapping, through the gate. How many rows came out.
fn through(path: &Path, mapping: &Arc<Mapping>) -> Option<usize> {
    let mut reader = Reader::open(path, mapping.clone()).ok()?;
    let domains = Domains::from(Districts::default());
    let mut gate = Gate::new(reader.bound(), Some(&Key::throwaway()), &domains).ok()?;
    let (mut rows, mut last) = (0, 0);
    while let Some(raw) = reader.next_batch(64).ok()? {
        let mut numbers: Vec<u64> =
            raw.rows.iter().copied().chain(raw.faults.iter().map(|fault| fault.row)).collect();
        numbers.sort_unstable();
        assert!(
            numbers.windows(2).all(|two| two[0] < two[1])
                && numbers.first().is_some_and(|first| *first > last)
        );
        last = numbers.last().copied().unwrap_or(last);
        rows += numbers.len();
        assert!(rows < 100_000, "it ends");
        gate.pass(raw).ok()?;
    }
    gate.end();
    reader.finish().ok().map(|_| rows)
}

/// Text in one of the encodings that are read, or in none.
fn encoded(text: &str, how: u8) -> Vec<u8> {
    let wide = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    match how % 6 {
        0 => text.as_bytes().to_vec(),
        1 => SHIFT_JIS.encode(text).0.into_owned(),
        2 => wide(&format!("\u{feff}{text}"), false),
        3 => wide(&format!("\u{feff}{text}"), true),
        4 => wide(text, false),
        _ => format!("\u{feff}{text}").into_bytes(),
    }
}

fn packed(bytes: &[u8], how: u8) -> Vec<u8> {
    match how % 4 {
        1 => {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(bytes).expect("packs");
            packer.finish().expect("packs")
        }
        _ => bytes.to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// A file of a source, with some of its bytes changed, taken out or put in, in any encoding, packed or not, cut anywhere.
    #[test]
    fn a_spoilt_file_is_read_or_refused(
        which in 0..FILES.len(),
        how in any::<(u8, u8)>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (source, file) = FILES[which];
        let (text, ..) = match std::str::from_utf8(file) {
            Ok(text) => (text.into(), ()),
            Err(_) => (SHIFT_JIS.decode(file).0, ()),
        };
        let text: String = text.lines().take(40).map(|line| format!("{line}\n")).collect();
        let mut bytes = packed(&encoded(&text, how.0), how.1);
        for (at, byte, what) in edits {
            let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes[at] = [b'"', b',', b'\n', 0, b'\r', 0xff][usize::from(byte) % 6],
                _ => drop(bytes.remove(at)),
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.csv");
        fs::write(&path, &bytes).expect("written");
        through(&path, &mapping(source));
    }

    /// Bytes that nobody wrote.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), head in 0..6u8) {
        let mut file: Vec<u8> = match head {
            1 => vec![0xff, 0xfe],
            2 => vec![0xfe, 0xff],
            3 => vec![0x1f, 0x8b, 8],
            4 => b"PK\x03\x04".to_vec(),
            5 => "日付,全国地方公共団体コード,陽性者数,入院中,軽症・中等症,重症,死亡,退院\n".into(),
            _ => Vec::new(),
        };
        file.extend(bytes);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.csv");
        fs::write(&path, &file).expect("written");
        through(&path, &mapping("status-table"));
    }

    /// Cells of any text: a row comes out or is held back, and nothing else.
    #[test]
    fn any_cells_are_read_or_told(cells in proptest::collection::vec("\\PC{0,16}|[0-9０-９年月日歳代RH令和./:-]{0,12}", 4)) {
        let cell = |n: usize| format!("\"{}\"", cells[n].replace('"', "\"\""));
        let text = format!("公表_年月日,発症_年月日,患者_年代,患者_性別\n{},{},{},{}\n", cell(0), cell(1), cell(2), cell(3));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.csv");
        fs::write(&path, text).expect("written");
        through(&path, &mapping("open-data-patients"));
    }

    /// Definitions that somebody mistyped are faults, with their reason, and nothing else.
    #[test]
    fn any_definition_is_read_or_told(at in any::<prop::sample::Index>(), with in "\\PC{0,6}|[]\\[{}\"'=\n#.]{0,4}", len in 0..20usize, which in 0..3u8) {
        let text = match which {
            0 => super::mapping_text("open-data-patients"),
            1 => include_str!("../../dashboards/ages.toml").to_owned(),
            _ => include_str!("../../queries/indicators/deaths.sql").to_owned(),
        };
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let from = places[at.index(places.len())];
        let to = text[from..].char_indices().nth(len).map_or(text.len(), |(n, _)| from + n);
        let spoilt = format!("{}{with}{}", &text[..from], &text[to..]);
        let file = match which {
            0 => "queries/sources/open-data-patients.toml",
            1 => "dashboards/ages.toml",
            _ => "queries/indicators/deaths.sql",
        };
        let mut definitions = hinomi::definitions::Definitions::embedded();
        definitions.put(file, &spoilt);
        let (_, errors) = hinomi::definitions::Catalog::read(&definitions);
        for error in errors {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
