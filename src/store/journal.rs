//! A journal: one JSON line an entry, numbered from 1, on disk before the ledger's transaction commits. A line ends with
//! a check of its own text.
//!
//! The database is made again from journals and archive. Whole lines that the database does not have are entered into
//! it at start ([`super::forward`]): what is written here counts, whatever became of the database's log. Only a torn last
//! line, which nobody was told of, is cut off.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::archive;
use super::error::StoreError;

/// Lines of a journal that the database lacks, in their order.
pub(super) type Ahead = Vec<Vec<u8>>;

/// The journals by name, each with the query that counts what the database has of it.
pub(super) const JOURNALS: [(&str, &str); 5] = [
    ("deliveries", "ledger.last_delivery"),
    ("runs", "ledger.run_events"),
    ("frames", "ledger.last_frame"),
    ("definitions", "ledger.last_definition"),
    ("notes", "ledger.last_note"),
];

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    end: u64,
    last: u64,
    /// Behind the end there may be a line that could not be taken back.
    overhanging: bool,
}

/// Where a journal ended before an entry was added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(u64);

#[derive(Serialize, Deserialize)]
struct Line<T> {
    n: u64,
    #[serde(flatten)]
    entry: T,
}

#[derive(Deserialize)]
struct Number {
    n: u64,
}

const CHECK: &str = ",\"check\":\"";
const DIGITS: usize = 16;
const CHECK_END: &str = "\"}";

/// An entry as it is written, with its newline.
pub(super) fn written<T: Serialize>(n: u64, entry: &T) -> Result<Vec<u8>, StoreError> {
    let unwritable = |why: &str| StoreError::Inconsistent(format!("a journal entry can't be written: {why}"));
    let mut line = serde_json::to_vec(&Line { n, entry }).map_err(|e| unwritable(&e.to_string()))?;
    if line.pop() != Some(b'}') {
        return Err(unwritable("it is no object"));
    }
    let check = checked(&line);
    line.extend([CHECK, check.as_str(), CHECK_END, "\n"].concat().into_bytes());
    Ok(line)
}

fn checked(body: &[u8]) -> String {
    let mut digits = hex::encode(Sha256::digest(body));
    digits.truncate(DIGITS);
    digits
}

/// Is this the line that was written? Some(false) for one of an earlier program, which has no check.
pub(super) fn is_checked(line: &[u8]) -> Result<bool, String> {
    let Some(at) = line.len().checked_sub(CHECK.len() + DIGITS + CHECK_END.len()) else { return Ok(false) };
    let (body, tail) = line.split_at(at);
    let said = tail.strip_prefix(CHECK.as_bytes()).and_then(|t| t.strip_suffix(CHECK_END.as_bytes()));
    match said {
        None => Ok(false),
        Some(said) if *said == *checked(body).as_bytes() => Ok(true),
        Some(_) => Err("its text is not what its own check says".to_owned()),
    }
}

/// Reads a line without its newline.
pub(super) fn entry<T: DeserializeOwned>(line: &[u8]) -> Result<(u64, T), String> {
    is_checked(line)?;
    parsed(line)
}

fn parsed<T: DeserializeOwned>(line: &[u8]) -> Result<(u64, T), String> {
    let line: Line<T> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    Ok((line.n, line.entry))
}

pub(super) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.jsonl"))
}

impl Journal {
    /// Opens a journal of which the database has the entries up to `last`, and gives the lines that it lacks.
    pub(super) fn open(folder: &Path, name: &str, last: u64) -> Result<(Self, Ahead), StoreError> {
        let path = path(folder, name);
        let is_new = !path.exists();
        if is_new && last > 0 {
            let why = format!("it is not there, the database has {last} entries of it");
            return Err(StoreError::Damaged { path, why });
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(StoreError::file("unable to open the journal", &path))?;
        if is_new {
            // A journal that is new is there after a crash too.
            archive::sync(folder)?;
        }
        cut_torn(&path, &mut file)?;
        let end = file.metadata().map_err(StoreError::file("unable to measure", &path))?.len();
        let (found, ahead) = ahead(&path, &mut file, end, last)?;
        if found < last {
            let why = format!("the journal ends with entry {found}, the database has {last}");
            return Err(StoreError::Damaged { path, why });
        }
        let last = last + ahead.len() as u64;
        Ok((Self { path, file, end, last, overhanging: false }, ahead))
    }

    /// Cuts off a torn last line.
    pub(super) fn mend(folder: &Path, name: &str) -> Result<(), StoreError> {
        let path = path(folder, name);
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(&path) else { return Ok(()) };
        cut_torn(&path, &mut file)
    }

    pub(super) fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// The number that the next entry gets.
    pub(super) fn next(&self) -> u64 {
        self.last + 1
    }

    /// Adds an entry. When this returns it is on disk.
    pub(super) fn append<T: Serialize>(&mut self, entry: &T) -> Result<Mark, StoreError> {
        let mark = Mark(self.end);
        if self.overhanging {
            self.cut(mark)?;
        }
        let line = written(self.next(), entry)?;
        match self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            Ok(()) => {
                self.end += line.len() as u64;
                self.last += 1;
                Ok(mark)
            }
            Err(source) => {
                let doing = "unable to write the journal";
                let failed = StoreError::File { doing, path: self.path.clone(), source };
                self.cut(mark)?;
                Err(failed)
            }
        }
    }

    /// Takes back what was added since the mark: its transaction did not commit. On an error the line may stand; then
    /// the next start enters it, and what belongs to it has to stay too.
    pub(super) fn undo(&mut self, mark: Mark) -> Result<(), StoreError> {
        self.last -= 1;
        self.end = mark.0;
        self.cut(mark)
    }

    fn cut(&mut self, mark: Mark) -> Result<(), StoreError> {
        let cut = self.file.set_len(mark.0).and_then(|()| self.file.sync_all());
        self.overhanging = cut.is_err();
        cut.map_err(StoreError::file("unable to shorten the journal", &self.path))
    }

    /// The journal's length in bytes; everything before it is whole.
    pub(super) fn len(&self) -> u64 {
        self.end
    }
}

/// Cuts off a last line that was not written to its end: one without a newline, or with holes.
fn cut_torn(path: &Path, file: &mut File) -> Result<(), StoreError> {
    let whole = file.metadata().map_err(StoreError::file("unable to measure", path))?.len();
    let end = untorn(file, whole).map_err(StoreError::file("unable to read the journal", path))?;
    if end == whole {
        return Ok(());
    }
    tracing::warn!(journal = %path.display(), bytes = whole - end, "cut off a torn line that was never acknowledged");
    let cut = file.set_len(end).and_then(|()| file.sync_all());
    cut.map_err(StoreError::file("unable to shorten the journal", path))
}

/// Where the last line ends that was written whole.
fn untorn(file: &mut File, whole: u64) -> std::io::Result<u64> {
    let (start, stop, line) = last_line(file, whole)?;
    Ok(if line.contains(&0) { start } else { stop })
}

/// The number of the last line that the database has, and the lines after it.
fn ahead(path: &Path, file: &mut File, end: u64, last: u64) -> Result<(u64, Vec<Vec<u8>>), StoreError> {
    let damaged = |why: String| StoreError::Damaged { path: path.to_owned(), why };
    let (mut lines, mut end) = (Vec::new(), end);
    let (mut after, mut later_lacks): (Option<u64>, bool) = (None, false);
    let found = loop {
        let (start, stop, line) =
            last_line(file, end).map_err(StoreError::file("unable to read the journal", path))?;
        if stop == 0 {
            break 0;
        }
        let unreadable = |why: String| damaged(format!("the line at byte {start} can't be read: {why}"));
        let checked = is_checked(&line).map_err(unreadable)?;
        if checked && later_lacks {
            return Err(damaged(format!("the line at byte {stop} has lost its check")));
        }
        later_lacks = !checked;
        let Number { n } = serde_json::from_slice(&line).map_err(|e| unreadable(e.to_string()))?;
        if after.is_some_and(|after| n + 1 != after) {
            return Err(damaged(format!("the line at byte {start} is numbered {n}")));
        }
        if n <= last {
            break n;
        }
        (after, end) = (Some(n), start);
        lines.push(line);
    };
    if after.is_some_and(|after| after != last + 1) {
        return Err(damaged(format!("entry {} is missing", last + 1)));
    }
    lines.reverse();
    Ok((found, lines))
}

/// Start, end and text of the last line before `end` that is closed by a newline.
fn last_line(file: &mut File, end: u64) -> std::io::Result<(u64, u64, Vec<u8>)> {
    let mut window = 4096;
    loop {
        let from = end.saturating_sub(window);
        file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        Read::by_ref(file).take(end - from).read_to_end(&mut tail)?;
        let close = tail.iter().rposition(|b| *b == b'\n');
        let open = close.and_then(|c| tail[..c].iter().rposition(|b| *b == b'\n'));
        match (open, close) {
            (Some(open), Some(close)) => {
                let text = tail[open + 1..close].to_vec();
                return Ok((from + open as u64 + 1, from + close as u64 + 1, text));
            }
            (None, Some(close)) if from == 0 => return Ok((0, close as u64 + 1, tail[..close].to_vec())),
            (None, None) if from == 0 => return Ok((0, 0, Vec::new())),
            _ => window *= 8,
        }
    }
}

/// Reads a journal through up to an end, and keeps nothing of it.
pub(super) fn look(folder: &Path, name: &str, end: u64) -> Result<(), StoreError> {
    read_until(folder, name, end, |_, _: serde::de::IgnoredAny| Ok(()))
}

/// Reads every entry of a journal in order; a journal that is not there has none. Once a line has a check, all have.
pub(super) fn read<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
    each: impl FnMut(u64, T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    read_until(folder, name, u64::MAX, each)
}

fn read_until<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
    end: u64,
    mut each: impl FnMut(u64, T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = path(folder, name);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::File { doing: "unable to open the journal", path, source }),
    };
    let mut reader = BufReader::new(file.take(end));
    let mut line = Vec::new();
    let (mut expected, mut checks) = (1, false);
    loop {
        line.clear();
        let bytes = reader
            .read_until(b'\n', &mut line)
            .map_err(StoreError::file("unable to read the journal", &path))?;
        if bytes == 0 {
            return Ok(());
        }
        let damaged = |why: String| StoreError::Damaged { path: path.clone(), why };
        let unreadable = |why: String| damaged(format!("line {expected} can't be read: {why}"));
        if line.pop() != Some(b'\n') {
            return Err(unreadable("it is torn".into()));
        }
        let checked = is_checked(&line).map_err(unreadable)?;
        if checks && !checked {
            return Err(unreadable("it has lost its check".into()));
        }
        checks = checked;
        let (n, entry) = parsed(&line).map_err(unreadable)?;
        if n != expected {
            return Err(damaged(format!("line {expected} is numbered {n}")));
        }
        each(n, entry)?;
        expected += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Entry {
        text: String,
    }

    fn texts(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        read(folder, "t", |_, e: Entry| {
            found.push(e.text);
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn whole_lines_are_kept_and_told_and_a_torn_one_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, ahead) = Journal::open(folder.path(), "t", 0).unwrap();
        assert!(ahead.is_empty());
        for n in 1..=5 {
            journal.append(&Entry { text: format!("{n}{}", "x".repeat(3_000)) }).unwrap();
        }
        let mark = journal.append(&Entry { text: "six".into() }).unwrap();
        journal.undo(mark).unwrap();
        assert_eq!(texts(folder.path()).len(), 5);
        drop(journal);

        for torn in [&b"{\"n\":6,\"te"[..], b"{\"n\":6,\"te\0\0\0\0\0\0\0\0\0\0\n"] {
            let mut file = OpenOptions::new().append(true).open(folder.path().join("t.jsonl")).unwrap();
            file.write_all(torn).unwrap();
            let (_, ahead) = Journal::open(folder.path(), "t", 3).unwrap();
            let told: Vec<(u64, Entry)> = ahead.iter().map(|line| entry(line).unwrap()).collect();
            assert_eq!((told.len(), told[0].0, &told[0].1.text[..1]), (2, 4, "4"));
        }
        let (mut journal, _) = Journal::open(folder.path(), "t", 3).unwrap();
        journal.append(&Entry { text: "again".into() }).unwrap();
        drop(journal);
        let kept = texts(folder.path());
        assert_eq!((kept.len(), kept[5].as_str()), (6, "again"));
        assert_eq!(Journal::open(folder.path(), "t", 0).unwrap().1.len(), 6);
        let Err(error) = Journal::open(folder.path(), "t", 7) else { panic!("an entry that is not there") };
        assert!(error.to_string().contains("ends with entry 6, the database has 7"), "{error}");
    }

    #[test]
    fn a_flipped_bit_is_damage_in_any_byte_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path(), "t", 0).unwrap();
        for text in ["one", "two", "three"] {
            journal.append(&Entry { text: text.into() }).unwrap();
        }
        let path = folder.path().join("t.jsonl");
        let whole = std::fs::read(&path).unwrap();
        let second = whole.split_inclusive(|b| *b == b'\n').next().unwrap().len();
        let third = second + whole[second..].split_inclusive(|b| *b == b'\n').next().unwrap().len();
        for at in second..third {
            let mut broken = whole.clone();
            broken[at] ^= 1 << (at % 7);
            std::fs::write(&path, &broken).unwrap();
            assert!(read(folder.path(), "t", |_, _: Entry| Ok(())).is_err(), "byte {at}");
            assert!(Journal::open(folder.path(), "t", 0).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_gap_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t.jsonl"), "{\"n\":1,\"text\":\"a\"}\n{\"n\":3,\"text\":\"b\"}\n")
            .unwrap();
        assert!(read(folder.path(), "t", |_, _: Entry| Ok(())).is_err());
        assert!(Journal::open(folder.path(), "t", 0).is_err());
        assert!(Journal::open(folder.path(), "t", 2).is_err());
        // One that has lost its beginning goes on where the database ends, and is not whole all the same.
        std::fs::write(folder.path().join("t.jsonl"), "{\"n\":3,\"text\":\"b\"}\n").unwrap();
        assert!(Journal::open(folder.path(), "t", 2).is_err());
    }
}
