//! A data folder that an earlier program wrote (`data-samples/kept-folder`): this program opens it and says of every batch,
//! of every ledger and of every kept frame what that program said.
//!
//! `HINOMI_BLESS=1` writes the expected texts anew: with the program that wrote the folder, never with a later one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hinomi::answer::{Answers, Cell, Question};
use hinomi::definitions::{Catalog, Definitions};
use hinomi::epi::clock::{Clock, jst};
use hinomi::store::{AsOf, BatchId, BatchKind, Outcome, Query, Store, StoreSettings};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use super::room::{Room, lines};

/// A handful of indicators, of the fortnight before each batch.
const INDICATORS: [&str; 6] = [
    "age_sex",
    "new_cases_reported",
    "cumulative_cases",
    "bed_occupancy",
    "deaths_total",
    "new_cases_published",
];

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/kept-folder")
}

/// A copy of the folder, which a test may open.
pub fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the sample").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copied(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

struct Kept {
    store: Store,
    _folder: tempfile::TempDir,
}

/// The folder, opened by this program: its database is made of the archive, which is all that was kept.
fn opened() -> Kept {
    let folder = tempfile::tempdir().expect("a folder");
    copied(&sample().join("data"), folder.path());
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(folder.path()) };
    let store = Store::open(&settings, &Clock::fixed(later())).expect("an earlier program's folder opens");
    Kept { store, _folder: folder }
}

/// After everything in the folder.
fn later() -> Timestamp {
    "2026-12-31T03:00:00Z".parse().expect("an instant")
}

/// Compares with the expected text, or writes it.
fn expect(name: &str, said: &str) {
    let path = sample().join("expected").join(name);
    if std::env::var_os("HINOMI_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, said).expect("written");
    }
    let expected = fs::read_to_string(&path).expect("the expected text");
    let (mut said_lines, mut expected_lines) = (said.lines(), expected.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (said_lines.next(), expected_lines.next()) {
            (None, None) => return,
            (said, expected) => assert_eq!(said, expected, "{name}, line {number}"),
        }
    }
}

/// The columns that the earlier program's table had: a later one may have more.
fn columns(store: &Store, table: &str) -> String {
    let path = sample().join(format!("expected/tables/{table}.txt"));
    if std::env::var_os("HINOMI_BLESS").is_none() {
        return fs::read_to_string(path)
            .expect("the expected rows")
            .lines()
            .next()
            .expect("a head")
            .to_owned();
    }
    let tables = store.tables();
    let (_, columns) = tables.iter().find(|(name, _)| name == table).expect("the table");
    let subject = ["cases", "placements"].contains(&table);
    let own = ["source", "case_id"].into_iter().filter(|own| *own == "source" || subject);
    columns.iter().map(|(name, _)| name.as_str()).chain(own).collect::<Vec<_>>().join(", ")
}

/// A decimal without places is a whole number.
fn plain(line: &str) -> String {
    let cell = |cell: &str| match cell.split_once('.') {
        Some((whole, places))
            if places.bytes().all(|b| b.is_ascii_digit()) && whole.parse::<i64>().is_ok() =>
        {
            match places.trim_end_matches('0') {
                "" => whole.to_owned(),
                places => format!("{whole}.{places}"),
            }
        }
        _ => cell.to_owned(),
    };
    line.split('|').map(cell).collect::<Vec<_>>().join("|")
}

/// Every row with the batches as of which it was there, and how often: `a|b  1-3×1 4-9×2`.
fn rows(store: &Store, table: &str) -> String {
    let columns = columns(store, table);
    let mut seen: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
    for batch in 0..=store.latest().0 {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY ALL");
        let query = Query::new(table, sql, []);
        let answer = store.query(&query, AsOf::Batch(BatchId(batch)), Duration::from_mins(1)).expect("rows");
        for line in lines(&answer).iter().map(|line| plain(line)) {
            let batches = seen.entry(line).or_default();
            match batches.last_mut() {
                Some((last, times)) if *last == batch => *times += 1,
                _ => batches.push((batch, 1)),
            }
        }
    }
    let mut text = format!("{columns}\n");
    for (row, batches) in seen {
        let mut spans: Vec<(u32, u32, u32)> = Vec::new();
        for (batch, times) in batches {
            match spans.last_mut() {
                Some((_, to, same)) if *to + 1 == batch && *same == times => *to = batch,
                _ => spans.push((batch, batch, times)),
            }
        }
        let spans: Vec<String> =
            spans.iter().map(|(from, to, times)| format!("{from}-{to}×{times}")).collect();
        writeln!(text, "{row}  {}", spans.join(" ")).expect("a line");
    }
    text
}

/// Of a long table (residents by month, age and sex) the head, the number of rows and their SHA-256.
fn short(rows: String) -> String {
    if rows.len() < 80_000 {
        return rows;
    }
    let head = rows.lines().next().unwrap_or_default();
    let digest = hex::encode(Sha256::digest(&rows));
    format!("{head}\n{} rows {digest}\n", rows.lines().count() - 1)
}

#[test]
fn every_table_says_the_same_as_of_every_batch() {
    let kept = opened();
    for (table, _) in kept.store.tables() {
        if std::env::var_os("HINOMI_BLESS").is_none()
            && !sample().join(format!("expected/tables/{table}.txt")).exists()
        {
            // A table that came later.
            continue;
        }
        expect(&format!("tables/{table}.txt"), &short(rows(&kept.store, &table)));
    }
    assert_eq!(kept.store.verify(&|_| {}).expect("verified").faults, Vec::<String>::new());
}

fn word(cell: &Cell) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Float(number) => format!("{number:.4}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        other => other.to_string(),
    }
}

/// The columns that the earlier program's answer had, which is what is compared: a later one may have more.
fn known(indicator: &str, columns: &[String]) -> Vec<usize> {
    if std::env::var_os("HINOMI_BLESS").is_some() {
        return (0..columns.len()).collect();
    }
    let path = sample().join(format!("expected/indicators/{indicator}.txt"));
    let expected = fs::read_to_string(path).expect("the expected text");
    let head = expected.lines().nth(1).expect("a head");
    let place = |name| columns.iter().position(|column| *column == name);
    head.split(' ').map(|name| place(name).unwrap_or_else(|| panic!("{indicator}: no {name}"))).collect()
}

#[tokio::test]
async fn a_handful_of_indicators_say_the_same_as_of_every_batch() {
    let kept = opened();
    let catalog = Arc::new(Catalog::load(&Definitions::embedded()).expect("the definitions hold"));
    let answers = Answers::new(kept.store.clone(), catalog, Clock::fixed(later()));
    for indicator in INDICATORS {
        let (mut text, mut last) = (String::new(), String::new());
        let sections = sections(indicator);
        for batch in 1..=kept.store.latest().0 {
            let at = kept.store.accepted_at(BatchId(batch)).expect("a time");
            let mut question = Question::of(indicator, "covid-19");
            question.as_of = Some(at);
            // A figure of one moment takes no period.
            if indicator != "deaths_total" {
                question.to = Some(jst(at).date());
                question.from = question.to.map(|day| day.saturating_sub(13.days()));
            }
            let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{indicator}: {e}"));
            assert_eq!(answer.batch, BatchId(batch), "{indicator}");
            let names = answer.column_names();
            let known = known(indicator, &names);
            let mut said =
                format!("{}\n", known.iter().map(|at| names[*at].as_str()).collect::<Vec<_>>().join(" "));
            for row in 0..answer.len() {
                let cells = answer.row(row);
                let words: Vec<_> = known.iter().map(|at| word(&cells[*at])).collect();
                writeln!(said, "{}", words.join(" ")).expect("a line");
            }
            if std::env::var_os("HINOMI_BLESS").is_none() {
                let then = sections.get(batch as usize - 1).expect("the expected text");
                compare(indicator, batch, &said, then);
            }
            if said == last {
                writeln!(text, "batch {batch}: the same").expect("a line");
            } else {
                write!(text, "batch {batch}, {}\n{said}", jst(at).strftime("%Y-%m-%dT%H:%M")).expect("lines");
                last = said;
            }
        }
        if std::env::var_os("HINOMI_BLESS").is_some() {
            expect(&format!("indicators/{indicator}.txt"), &text);
        }
        assert_eq!(kept.store.latest().0, 64, "every batch was asked for");
    }
}

/// The batches after the last word of the system of the cases, a week before: that program counted days of which it had not
/// told, from batch 41 on because a list had come.
const SILENT: std::ops::RangeInclusive<u32> = 31..=64;

/// What the expected text says of each batch.
fn sections(indicator: &str) -> Vec<String> {
    let path = sample().join(format!("expected/indicators/{indicator}.txt"));
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.starts_with("batch "), line.ends_with(": the same"), found.last_mut()) {
            (true, true, Some(last)) => {
                let same = last.clone();
                found.push(same);
            }
            (true, ..) => found.push(String::new()),
            (false, _, Some(section)) => *section += &format!("{line}\n"),
            (false, _, None) => panic!("{indicator}: {line}"),
        }
    }
    found
}

/// Every line is the same. Of silent batches a line of a day is the same, or has no figure; sums over such days are none.
fn compare(indicator: &str, batch: u32, said: &str, then: &str) {
    if indicator == "bed_occupancy" {
        // Why there is no figure, and who is in none, is said in other words than then: the figures are the same. Who is left out
        // for want of beds or place is counted among the hospitals too, and named.
        let figures = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.split(' ').take(5).collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(figures(said), figures(then), "{indicator}, batch {batch}");
        for (line, known) in said.lines().zip(then.lines()).skip(1) {
            let hospitals = |line: &str| line.split(' ').nth(5).and_then(|own| own.parse::<u32>().ok());
            let (now, known) = (hospitals(line), hospitals(known));
            let more = now > known && line.contains("を除く");
            assert!(now == known || more, "{indicator}, batch {batch}: {line}, was {known:?}");
        }
        let unsaid = said.lines().filter(|line| line.split(' ').nth(1) == Some("-") && line.ends_with(" -"));
        assert_eq!(unsaid.count(), 0, "{indicator}, batch {batch}: no figure and no reason");
        return;
    }
    if indicator == "age_sex" && said != then && !SILENT.contains(&batch) {
        // That program compared with a period of which a part was on record, and showed a dash where nobody was.
        let cells = |text: &str| -> Vec<Vec<String>> {
            text.lines().skip(1).map(|line| line.split(' ').map(str::to_owned).collect()).collect()
        };
        let (now, before) = (cells(said), cells(then));
        assert!(now.iter().all(|row| row[4..].iter().all(|cell| cell == "-")), "{batch}: {said}");
        assert!(before.iter().any(|row| row[4..].iter().any(|cell| cell == "-")), "{batch}: {then}");
        let own = |rows: &[Vec<String>]| rows.iter().map(|row| row[..4].to_vec()).collect::<Vec<_>>();
        assert_eq!(own(&now), own(&before), "{indicator}, batch {batch}");
        return;
    }
    if !SILENT.contains(&batch) {
        assert_eq!(said, then, "{indicator}, batch {batch}");
        return;
    }
    for line in said.lines().filter(|line| line.starts_with("2026-")) {
        let day = line.split(' ').next().expect("a day");
        let figure = |line: &str| line.split(' ').nth(1).map(str::to_owned);
        let known =
            then.lines().find(|known| known.starts_with(day)).unwrap_or_else(|| panic!("{day} is new"));
        let told = figure(line).filter(|figure| figure != "-");
        assert!(told.is_none() || told == figure(known), "{indicator}, batch {batch}: {line}, was {known}");
    }
}

#[test]
fn every_kept_frame_says_the_same() {
    let kept = opened();
    let boards: Vec<String> = fs::read_to_string(sample().join("data/archive/journal/frames.jsonl"))
        .expect("the journal")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line"))
        .map(|line| line["board"].as_str().expect("a board").to_owned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    assert!(boards.len() > 2, "{boards:?}");
    let mut text = String::new();
    for board in &boards {
        let times = kept.store.frame_times(board, Timestamp::UNIX_EPOCH, later()).expect("times");
        for (n, at) in times.iter().enumerate() {
            let until = at.checked_add(SignedDuration::from_millis(1)).expect("an instant");
            for asked in [*at, until] {
                let frame = kept.store.frame_at(board, asked).expect("read").expect("a frame");
                let digest: String = hex::encode(Sha256::digest(&frame.figures));
                assert_eq!(frame.at, *at);
                if asked == *at {
                    let (batch, program) = (frame.batch.0, &frame.program);
                    writeln!(text, "{board} {at} batch {batch} {program} {} {digest}", frame.definitions)
                        .expect("a line");
                    // Some of them in full, so that a difference can be read.
                    if ["today", "strip"].contains(&board.as_str()) && n + 1 == times.len() {
                        let figures: serde_json::Value = serde_json::from_str(&frame.figures).expect("JSON");
                        expect(
                            &format!("frames/{board}.json"),
                            &format!("{}\n", serde_json::to_string_pretty(&figures).expect("JSON")),
                        );
                    }
                }
            }
        }
    }
    expect("frames/all.txt", &text);
}

#[test]
fn every_ledger_says_the_same() {
    let kept = opened();
    let store = &kept.store;
    let mut text = String::new();
    for entry in store.deliveries(1_000).expect("deliveries") {
        let mut said = serde_json::to_value(&entry).expect("JSON");
        // What a later program says beside it is its own affair.
        let object = said.as_object_mut().expect("an object");
        let known = [
            "source",
            "table",
            "name",
            "received_at",
            "stamp",
            "mapping_hash",
            "digest",
            "bytes",
            "replay",
            "delivery",
            "outcome",
            "batch",
            "rows",
            "opened",
            "closed",
            "unchanged",
            "quarantined",
            "held",
            "stale",
        ];
        object.retain(|key, _| known.contains(&key.as_str()));
        writeln!(text, "{said}").expect("a line");
        for fault in store.faults(entry.receipt.delivery, 100).expect("faults") {
            writeln!(text, "  row {} {} {:?}", fault.row, fault.column, fault.kind).expect("a line");
        }
    }
    for batch in store.batches(1_000).expect("batches") {
        writeln!(text, "{}", serde_json::to_string(&batch).expect("JSON")).expect("a line");
    }
    for run in store.runs(None, 1_000).expect("runs") {
        writeln!(text, "{}", serde_json::to_string(&run).expect("JSON")).expect("a line");
    }
    for definition in store.definitions_at(later()).expect("definitions") {
        let digest = hex::encode(Sha256::digest(&definition.text));
        assert_eq!(digest, definition.hash);
        writeln!(text, "{} {} {} {digest}", definition.kind, definition.name, definition.known_at)
            .expect("a line");
    }
    for note in store.notes("key_fingerprint", 9).expect("notes") {
        writeln!(text, "{} {} {}", note.at, note.kind, note.body).expect("a line");
    }
    expect("ledgers.txt", &text);
}

/// The folder's own key and a file that it has seen, through today's reader and gate: what is stored is found again.
#[test]
fn a_file_that_was_delivered_before_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    copied(&sample().join("data"), &folder.path().join("data"));
    let key = folder.path().join("key");
    fs::copy(sample().join("key"), &key).expect("the key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("for its owner alone");
    let room = Room::with(|settings| settings.data_dir = folder.path().join("data"));
    let mapping = fs::read_to_string(sample().join("input/ward-list-later.toml")).expect("the mapping");
    let csv = |name: &str| fs::read_to_string(sample().join("input").join(name)).expect("the file");
    let before = room.store.batches(1).expect("batches").remove(0);
    assert_eq!(before.source, "ward-list");
    assert_ne!(
        before.mapping_hash,
        super::room::mapping(&mapping).hash(),
        "the gate's version was not in it"
    );
    let again = room.deliver(&mapping, &csv("list1.csv"));
    assert_eq!((again.outcome, again.batch, again.unchanged), (Outcome::Unchanged, None, 4));
    // The reading was changed, the rows were not: what comes next is no remap.
    room.accept(&mapping, &csv("list2.csv"));
    let last = room.store.batches(1).expect("batches").remove(0);
    assert_eq!((last.kind, last.identities), (BatchKind::Regular, 0));
}
