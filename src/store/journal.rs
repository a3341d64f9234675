//! A journal: one JSON line an entry, numbered from 1, on disk before the ledger's transaction commits.
//!
//! The database is made again from journals and archive. An entry that the database does not have was never
//! acknowledged (the process ended between the two): such lines, and a torn last one, are cut off at start.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::archive;
use super::error::StoreError;

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    end: u64,
    last: u64,
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

impl Journal {
    /// Opens a journal of which the database has the entries up to `last`.
    pub(super) fn open(folder: &Path, name: &str, last: u64) -> Result<Self, StoreError> {
        let path = folder.join(format!("{name}.jsonl"));
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(StoreError::file("unable to open the journal", &path))?;
        // A journal that is new is there after a crash too.
        archive::sync(folder)?;
        let whole = file.metadata().map_err(StoreError::file("unable to measure", &path))?.len();
        let (end, found) =
            settle(&mut file, whole, last).map_err(StoreError::file("unable to read the journal", &path))?;
        if end < whole {
            tracing::warn!(
                journal = name,
                bytes = whole - end,
                "cut off journal lines that were never acknowledged"
            );
            file.set_len(end).map_err(StoreError::file("unable to shorten the journal", &path))?;
        }
        if found < last {
            let why = format!("the journal ends with entry {found}, the database has {last}");
            return Err(StoreError::Damaged { path, why });
        }
        Ok(Self { path, file, end, last })
    }

    /// Cuts off a torn last line.
    pub(super) fn mend(folder: &Path, name: &str) -> Result<(), StoreError> {
        let path = folder.join(format!("{name}.jsonl"));
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(&path) else { return Ok(()) };
        let whole = file.metadata().map_err(StoreError::file("unable to measure", &path))?.len();
        let settled = settle(&mut file, whole, u64::MAX);
        let (end, _) = settled.map_err(StoreError::file("unable to read the journal", &path))?;
        if end == whole {
            return Ok(());
        }
        file.set_len(end).map_err(StoreError::file("unable to shorten the journal", &path))
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
        let mut line = serde_json::to_vec(&Line { n: self.next(), entry })
            .map_err(|e| StoreError::Inconsistent(format!("a journal entry can't be written: {e}")))?;
        line.push(b'\n');
        match self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            Ok(()) => {
                self.end += line.len() as u64;
                self.last += 1;
                Ok(mark)
            }
            Err(source) => {
                self.cut(mark);
                Err(StoreError::File {
                    doing: "unable to write the journal",
                    path: self.path.clone(),
                    source,
                })
            }
        }
    }

    /// Takes back what was added since the mark: its transaction did not commit.
    pub(super) fn undo(&mut self, mark: Mark) {
        self.last -= 1;
        self.cut(mark);
    }

    fn cut(&mut self, mark: Mark) {
        if let Err(error) = self.file.set_len(mark.0) {
            // The next start cuts it off.
            tracing::warn!(journal = %self.path.display(), %error, "unable to take back a journal entry");
            return;
        }
        self.end = mark.0;
    }

    /// The journal's length in bytes; everything before it is whole.
    pub(super) fn len(&self) -> u64 {
        self.end
    }
}

/// The end and the number of the last whole line whose number is at most `last`.
fn settle(file: &mut File, whole: u64, last: u64) -> std::io::Result<(u64, u64)> {
    let mut end = whole;
    loop {
        let (start, stop, line) = last_line(file, end)?;
        if stop == 0 {
            return Ok((0, 0));
        }
        match serde_json::from_slice::<Number>(&line) {
            Ok(number) if number.n <= last => return Ok((stop, number.n)),
            _ => end = start,
        }
        if end == 0 {
            return Ok((0, 0));
        }
    }
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

/// Reads every entry of a journal in order; a journal that is not there has none.
pub(super) fn read<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
    mut each: impl FnMut(u64, T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = folder.join(format!("{name}.jsonl"));
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::File { doing: "unable to open the journal", path, source }),
    };
    let mut reader = BufReader::new(file);
    let mut line = String::new();
    let mut expected = 1;
    loop {
        line.clear();
        let bytes =
            reader.read_line(&mut line).map_err(StoreError::file("unable to read the journal", &path))?;
        if bytes == 0 {
            return Ok(());
        }
        let damaged = |why: String| StoreError::Damaged { path: path.clone(), why };
        let entry: Line<T> = serde_json::from_str(&line)
            .map_err(|e| damaged(format!("line {expected} can't be read: {e}")))?;
        if entry.n != expected {
            return Err(damaged(format!("line {expected} is numbered {}", entry.n)));
        }
        each(entry.n, entry.entry)?;
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
    fn keeps_what_the_database_has_and_cuts_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path(), "t", 0).unwrap();
        for n in 1..=5 {
            journal.append(&Entry { text: format!("{n}{}", "x".repeat(3_000)) }).unwrap();
        }
        let mark = journal.append(&Entry { text: "six".into() }).unwrap();
        journal.undo(mark);
        assert_eq!(texts(folder.path()).len(), 5);
        drop(journal);

        let mut torn = OpenOptions::new().append(true).open(folder.path().join("t.jsonl")).unwrap();
        torn.write_all(b"{\"n\":6,\"te").unwrap();
        let mut journal = Journal::open(folder.path(), "t", 3).unwrap();
        journal.append(&Entry { text: "again".into() }).unwrap();
        drop(journal);
        let kept = texts(folder.path());
        assert_eq!((kept.len(), kept[3].as_str()), (4, "again"));
        Journal::open(folder.path(), "t", 0).unwrap();
        assert!(texts(folder.path()).is_empty());
    }

    #[test]
    fn a_gap_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t.jsonl"), "{\"n\":1,\"text\":\"a\"}\n{\"n\":3,\"text\":\"b\"}\n")
            .unwrap();
        assert!(read(folder.path(), "t", |_, _: Entry| Ok(())).is_err());
    }
}
