//! Random rows full of identifiers go the whole path, through the program itself; then each identifier is searched
//! for in everything that was written. A planted leak proves that the search would find one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use hinomi::definitions::mapping::{Kind, Mapping};
use hinomi::privacy::{Identifier, scan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::people::{Person, csv, person};
use super::search::{Traces, files, found, memory};

const SOURCE: &str = "her-sys-cases";
const PEOPLE: usize = 105;
/// So many of them have an identifier where it doesn't belong: fewer than refuse the delivery.
const MISPLACED: usize = 5;

fn mapping() -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("queries/sources/{SOURCE}.toml"));
    Mapping::parse(SOURCE, &fs::read_to_string(path).expect("the mapping")).expect("a mapping")
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    (0..PEOPLE).map(person).collect::<Vec<_>>()
}

/// An identifier in a kept column, for one person in each fifth of them: whose, in which column, which one.
fn misplaced() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    vec((0usize..PEOPLE / MISPLACED, 0usize..200, 0usize..8), MISPLACED)
}

/// Runs the program on a data folder, looking at every file below `folder` while it runs.
fn hinomi(folder: &Path, arguments: &[&str], traces: &Traces) -> (Output, usize) {
    let temporary = folder.join("temporary");
    fs::create_dir_all(&temporary).expect("a folder");
    let child = Command::new(env!("CARGO_BIN_EXE_hinomi"))
        .current_dir(folder)
        .env("TMPDIR", &temporary)
        .args(["--data-dir", "data", "--log", "trace"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let done = Arc::new(AtomicBool::new(false));
    thread::scope(|threads| {
        let over = done.clone();
        let watching = threads.spawn(move || {
            let mut seen = 0;
            let mut known = BTreeMap::new();
            while !over.load(Ordering::Acquire) {
                for path in files(folder).into_iter().filter(|p| !is_raw(folder, p)) {
                    // Files come and go while they are looked at; each state of one is read once.
                    let Ok(about) = fs::metadata(&path) else { continue };
                    let state = (about.len(), about.modified().ok());
                    if known.insert(path.clone(), state) != Some(state) {
                        seen += fs::read(path).map_or(0, |bytes| traces.count(&bytes));
                    }
                }
                thread::sleep(Duration::from_millis(20));
            }
            seen
        });
        let output = child.wait_with_output().expect("its end");
        done.store(true, Ordering::Release);
        (output, watching.join().expect("the watcher"))
    })
}

/// What the source itself delivered, and what was put away for a person as it came.
fn is_raw(folder: &Path, path: &Path) -> bool {
    let raw = ["data/inbox", "data/refused", "data/held", "delivered"];
    raw.iter().any(|r| path.starts_with(folder.join(r))) && path.extension().is_some_and(|e| e == "csv")
}

fn nothing_gets_in(people: &[Person], misplaced: &[(usize, usize, usize)], cp932: bool) {
    let mapping = mapping();
    let traces = Traces::new(people.iter().flat_map(Person::traces));
    let mut rows: Vec<_> = people.iter().enumerate().map(|(n, p)| p.row(&mapping, n)).collect();
    let kept: Vec<usize> = (0..mapping.columns.len())
        .filter(|at| mapping.columns[*at].field.as_deref().is_some_and(|f| f != "subject" && f != "district"))
        .collect();
    let mut held = 0;
    for (fifth, (nth, column, which)) in misplaced.iter().enumerate() {
        let whose = fifth * (PEOPLE / MISPLACED) + nth;
        let (at, identifier) = (kept[column % kept.len()], people[whose].any(*which));
        rows[whose][at] = identifier.to_owned();
        // What can't be told from another word (a rare name without a blank) costs the cell, not the person; nor do the
        // digits of an id among days and numbers.
        let of_digits = matches!(
            mapping.columns[at].kind,
            Some(Kind::Date | Kind::Datetime | Kind::Age | Kind::Count | Kind::Integer | Kind::Decimal)
        );
        let tells = scan(identifier).iter().any(|kind| *kind != Identifier::HerSysId || !of_digits);
        held += usize::from(mapping.columns[at].required || tells);
    }
    let memos: Vec<&str> = people.iter().map(|p| p.memo.as_str()).collect();
    let text = csv(&mapping, &rows, &memos);
    let bytes =
        if cp932 { encoding_rs::SHIFT_JIS.encode(&text).0.into_owned() } else { text.clone().into_bytes() };
    assert!(traces.count(&bytes) > PEOPLE * 10, "the search finds what is in the file itself");

    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let inbox = folder.join("data/inbox").join(SOURCE);
    fs::create_dir_all(&inbox).expect("the inbox");
    fs::create_dir_all(folder.join("delivered")).expect("a folder");
    let name = "hersys_20210801-20210831_20210901T090000.csv";
    fs::write(folder.join("delivered").join(name), &bytes).expect("the file");
    fs::write(inbox.join(name), &bytes).expect("the file");

    let tried = format!("delivered/{name}");
    let mut logs = Vec::new();
    for arguments in
        [&["source", "try", SOURCE, &tried][..], &["load", SOURCE], &["source", "list"], &["backup", "copy"]]
    {
        let (output, seen) = hinomi(folder, arguments, &traces);
        assert_eq!(seen, 0, "{arguments:?}: traces in a file while it ran");
        let log = [output.stdout, output.stderr].concat();
        assert_eq!(traces.count(&log), 0, "{arguments:?}: traces in the output or log");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&log));
        logs.extend(log);
    }
    let told = String::from_utf8_lossy(&logs).into_owned();
    assert!(told.contains(&format!("{} versions opened", PEOPLE - held)), "{told}");
    assert!(!inbox.join(name).exists(), "a delivered file is dealt with");
    fs::remove_dir_all(folder.join("delivered")).expect("removed");
    assert_eq!(found(folder, &traces), Vec::<String>::new());

    // A delivery of nothing but misplaced identifiers is refused, and says as little.
    for (n, row) in rows.iter_mut().enumerate() {
        row[kept[n % kept.len()]] = people[n].any(n).to_owned();
    }
    let worse = csv(&mapping, &rows, &memos);
    fs::write(inbox.join("hersys_20210801-20210831_20210902T090000.csv"), worse).expect("the file");
    let (output, seen) = hinomi(folder, &["load", SOURCE], &traces);
    let log = [output.stdout, output.stderr].concat();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&log));
    assert_eq!((seen, traces.count(&log)), (0, 0), "a refusal shows a trace");
    for raw in files(folder).iter().filter(|p| is_raw(folder, p)) {
        fs::remove_file(raw).expect("removed");
    }
    assert_eq!(found(folder, &traces), Vec::<String>::new());
    planted_leaks_are_found(folder, &people[0], &traces);
}

/// Puts one identifier into a table, an archive file, a temporary file: the same search finds each.
fn planted_leaks_are_found(folder: &Path, person: &Person, traces: &Traces) {
    let database = folder.join("data/hinomi.duckdb");
    let db = memory();
    let planted = folder.join("data/archive/planted.parquet");
    db.execute_batch(&format!(
        "ATTACH '{}' AS stored; CREATE TABLE stored.planted AS SELECT '{}' AS code, DATE '{}' AS day; \
         COPY (SELECT {} AS value FROM range(1000)) TO '{}' (FORMAT parquet, COMPRESSION zstd); DETACH stored",
        database.display(),
        person.name,
        person.birth_iso,
        person.id,
        planted.display()
    ))
    .expect("planted");
    fs::write(folder.join("temporary/planted.tmp"), encoding_rs::SHIFT_JIS.encode(&person.memo).0)
        .expect("planted");
    let places = found(folder, traces).join("\n");
    for place in [
        "planted\": column code",
        "planted\": column day",
        "uncompressed",
        "planted.parquet: column value",
        "planted.tmp",
    ] {
        assert!(places.contains(place), "{place} is not among:\n{places}");
    }
}

#[test]
fn no_identifier_reaches_anything_that_is_written() {
    let mut runner = TestRunner::new(Config {
        cases: 2,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    });
    let all = runner.run(&(people(), misplaced(), any::<bool>()), |(people, misplaced, cp932)| {
        nothing_gets_in(&people, &misplaced, cp932);
        Ok(())
    });
    if let Err(why) = all {
        panic!("{why}");
    }
}
