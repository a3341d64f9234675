//! A folder of a program that let a mapping keep ages as whole numbers (`data-samples/kept-ages`): opened, no age above 90
//! is left, and the next delivery through a mapping that keeps the rule finds what is stored unchanged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use hinomi::store::{AsOf, BatchId, Outcome};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::kept::copied;
use super::room::Room;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/kept-ages")
}

/// The folder with its own key, opened by this program.
fn opened() -> (TempDir, Room) {
    let folder = tempfile::tempdir().expect("a folder");
    copied(&sample().join("data"), &folder.path().join("data"));
    let key = folder.path().join("key");
    fs::copy(sample().join("key"), &key).expect("the key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("for its owner alone");
    let room = Room::with(|settings| settings.data_dir = folder.path().join("data"));
    (folder, room)
}

/// A source's mapping as it has to be today.
fn mended(source: &str) -> String {
    let text = fs::read_to_string(sample().join(format!("input/{source}.toml"))).expect("the mapping");
    let (kept, rule) = (
        "privacy = \"keep\", field = \"age\", type = \"integer\"",
        "privacy = \"coarsen\", field = \"age\", type = \"age\"",
    );
    assert!(text.contains(kept));
    text.replace(kept, rule)
}

fn parquets(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => parquets(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
        .collect()
}

/// Every age and decade in the archive.
fn archived(data: &Path) -> Vec<i64> {
    let mut found = Vec::new();
    for path in parquets(&data.join("archive")) {
        let file = fs::File::open(&path).expect("a file");
        let batches =
            ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).expect("Parquet");
        for batch in batches.map(|batch| batch.expect("rows")) {
            for name in ["age", "age_decade"] {
                let Some(column) = batch.column_by_name(name) else { continue };
                let numbers = cast(column, &DataType::Int64).expect("whole numbers");
                found.extend(numbers.as_primitive::<Int64Type>().iter().flatten());
            }
        }
    }
    found
}

#[test]
fn no_age_above_ninety_is_left() {
    assert!(archived(&sample().join("data")).contains(&300), "the sample holds what is looked for");
    let (_folder, room) = opened();
    let text =
        "SELECT source, coalesce(CAST(case_id AS VARCHAR), '-'), age, age_decade FROM cases ORDER BY ALL";
    let ids = |first: &str| {
        vec![
            first.to_owned(),
            "ages-ids|2|90|90".into(),
            "ages-ids|3|45|40".into(),
            "ages-ids|4|-|-".into(),
            "ages-ids|5|90|90".into(),
        ]
    };
    let open = |old: usize| {
        let old = std::iter::repeat_n("ages-open|-|90|90".to_owned(), old);
        std::iter::once("ages-open|-|30|30".to_owned()).chain(old).collect::<Vec<_>>()
    };
    for (batch, expected) in [
        (1, ids("ages-ids|1|90|90")),
        (2, ids("ages-ids|1|90|90")),
        (3, [ids("ages-ids|1|90|90"), open(3)].concat()),
        (5, [ids("ages-ids|1|90|90"), open(2)].concat()),
    ] {
        assert_eq!(room.rows(text, AsOf::Batch(BatchId(batch))), expected, "as of batch {batch}");
    }
    assert_eq!(room.rows("SELECT age_decade FROM aggregate_counts ORDER BY 1", AsOf::Latest), ["40", "90"]);
    let ages = archived(room.data());
    assert!(ages.iter().all(|age| (0..=90).contains(age)) && ages.len() > 12, "{ages:?}");
    assert_eq!(room.store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
    let notes = room.store.notes("age_top_coded", 9).unwrap();
    assert_eq!(notes.len(), 1);
    for value in ["105", "106", "107", "300"] {
        assert!(!notes[0].body.contains(value), "{}", notes[0].body);
    }
    assert!(notes[0].body.contains("cases.opened.parquet") && notes[0].body.contains("aggregate_counts"));
}

#[test]
fn the_next_delivery_finds_what_is_stored_unchanged() {
    let (_folder, room) = opened();
    let csv = "番号,性別,年齢,公表日\nK00001,女,106,2026-11-02\nK00003,男,45,2026-11-03\nK00004,女,,2026-11-03\nK00005,女,90,2026-11-04\n";
    let receipt = room.deliver(&mended("ages-ids"), csv);
    assert_eq!((receipt.outcome, receipt.unchanged, receipt.opened), (Outcome::Unchanged, 4, 0));
    let csv = fs::read_to_string(sample().join("input/open2.csv")).unwrap();
    let receipt = room.deliver(&mended("ages-open"), &csv);
    assert_eq!((receipt.outcome, receipt.unchanged, receipt.opened), (Outcome::Unchanged, 3, 0));
}
