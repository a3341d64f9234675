//! Waits for files in the sources' folders and hands out each once it is complete: a watcher says that something
//! happened, a poll catches what the watcher missed, and a file counts as complete when its size and its time of
//! change stay the same for a while and nobody on this machine has it open for writing. A text that does not end
//! with a line end may only have been cut for now: it waits longer.

mod open_files;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};
use tokio::sync::Notify;
use tracing::warn;

use super::stamp::{self, Named};
use crate::definitions::mapping::Mapping;
use crate::epi::text::shown;

/// An earlier file that is still growing holds back the later ones of its source for at most this long.
const PATIENCE: Duration = Duration::from_mins(2);

/// A file is often created empty and filled later: an empty one waits this many times as long as another.
const EMPTY_WAITS: u32 = 10;

/// So does one that does not end with a line end, this many times.
const UNENDED_WAITS: u32 = 20;

/// The folder of one source.
#[derive(Clone, Debug)]
pub struct Place {
    pub folder: PathBuf,
    pub mapping: Arc<Mapping>,
}

#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a file has to stay the same.
    pub settle: Duration,
    /// How often the folders are looked into when nothing was said to have happened.
    pub poll: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { settle: Duration::from_secs(1), poll: Duration::from_secs(5) }
    }
}

/// The folders being watched.
pub struct Inbox {
    places: Arc<Vec<Place>>,
    pace: Pace,
    looks: Looks,
    /// Files that no mapping takes; each is told of once.
    strangers: BTreeSet<(String, PathBuf)>,
    woken: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
    /// Folders that the watcher has. One that does not exist yet is tried again at each look.
    watched: BTreeSet<PathBuf>,
}

impl Inbox {
    /// Starts to watch. Where watching is impossible (no inotify left, a network folder) the poll does the work.
    pub fn open(places: Vec<Place>, pace: Pace) -> Self {
        let woken = Arc::new(Notify::new());
        let waker = woken.clone();
        let watcher = recommended_watcher(move |event: notify::Result<notify::Event>| {
            if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
                waker.notify_one();
            }
        });
        if let Err(error) = &watcher {
            warn!(%error, "folders can't be watched; they are looked into every {} s", pace.poll.as_secs());
        }
        let mut inbox = Self {
            places: Arc::new(places),
            pace,
            looks: Looks::default(),
            strangers: BTreeSet::new(),
            woken,
            watcher: watcher.ok(),
            watched: BTreeSet::new(),
        };
        inbox.watch();
        inbox
    }

    /// The next complete files with their sources: by the stamps in their names within a source, then by name. A file is
    /// handed out once, and again only when it has changed or has been away.
    pub async fn next(&mut self) -> Vec<(String, PathBuf)> {
        loop {
            let places = self.places.clone();
            let (seen, strangers) =
                tokio::task::spawn_blocking(move || scan(&places)).await.unwrap_or_default();
            for (source, path) in strangers.difference(&self.strangers) {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let file = shown(&file);
                warn!(source, %file, "left where it is: the mapping's `files` does not name it");
            }
            self.strangers = strangers;
            self.watch();
            let stamp = |source: &str, path: &Path| {
                let place = self.places.iter().find(|place| place.mapping.source == source)?;
                match stamp::in_name(path, &place.mapping)? {
                    Named::Stamp(stamp) => Some(stamp.instant(Timestamp::MAX)),
                    Named::Impossible(_) => None,
                }
            };
            let complete = self.looks.look(seen, Instant::now(), self.pace.settle, &stamp);
            if !complete.is_empty() {
                return complete;
            }
            if self.looks.unsettled {
                tokio::time::sleep(self.pace.settle).await;
            } else {
                tokio::select! {
                    () = self.woken.notified() => {}
                    () = tokio::time::sleep(self.pace.poll) => {}
                }
            }
        }
    }

    fn watch(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        for place in self.places.iter() {
            if self.watched.contains(&place.folder) || !place.folder.is_dir() {
                continue;
            }
            if let Err(error) = watcher.watch(&place.folder, RecursiveMode::NonRecursive) {
                warn!(source = place.mapping.source, %error, "the folder can't be watched; it is polled");
            }
            self.watched.insert(place.folder.clone());
        }
    }
}

/// One file at one look.
#[derive(Clone, Debug)]
struct Seen {
    source: String,
    path: PathBuf,
    size: u64,
    changed: Option<SystemTime>,
    end: End,
}

/// What the end of a file says of whether there is more to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A line end, or a packed file, whose own end is proved when it is read.
    Whole,
    Cut,
    /// Somebody has it open for writing.
    Open,
}

#[derive(Debug)]
struct State {
    size: u64,
    changed: Option<SystemTime>,
    end: End,
    /// When the file was first seen at all, and first as it is.
    first: Instant,
    since: Instant,
    handed_out: bool,
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Looks {
    files: BTreeMap<(String, PathBuf), State>,
    /// Some file may be complete at the next look.
    unsettled: bool,
}

impl Looks {
    /// Takes one look at all files; returns those that are complete now and were not handed out as they are, in the order
    /// of their stamps. A file without one is of now.
    fn look(
        &mut self,
        seen: Vec<Seen>,
        now: Instant,
        settle: Duration,
        stamp: &dyn Fn(&str, &Path) -> Option<Timestamp>,
    ) -> Vec<(String, PathBuf)> {
        let mut before = std::mem::take(&mut self.files);
        for file in seen {
            let key = (file.source, file.path);
            let end = file.end;
            let fresh = State {
                size: file.size,
                changed: file.changed,
                end,
                first: now,
                since: now,
                handed_out: false,
            };
            let state = match before.remove(&key) {
                Some(old) if (old.size, old.changed) == (fresh.size, fresh.changed) => State { end, ..old },
                Some(old) if !old.handed_out => State { first: old.first, ..fresh },
                _ => fresh,
            };
            self.files.insert(key, state);
        }
        let mut complete = Vec::new();
        let mut held_back = BTreeSet::new();
        self.unsettled = false;
        let mut waiting: Vec<_> = self.files.iter_mut().filter(|(_, state)| !state.handed_out).collect();
        waiting.sort_by_cached_key(|((source, path), _)| {
            (source.clone(), stamp(source, path).unwrap_or(Timestamp::MAX))
        });
        for ((source, path), state) in waiting {
            let wait = match state.end {
                _ if state.size == 0 => settle * EMPTY_WAITS,
                End::Cut => settle * UNENDED_WAITS,
                End::Whole | End::Open => settle,
            };
            if state.end == End::Open || now.duration_since(state.since) < wait {
                self.unsettled = true;
                if now.duration_since(state.first) < PATIENCE {
                    held_back.insert(source.clone());
                }
            } else if !held_back.contains(source) {
                state.handed_out = true;
                complete.push((source.clone(), path.clone()));
            }
        }
        complete
    }
}

/// The files in the sources' folders that their mappings take, and those that they do not.
fn scan(places: &[Place]) -> (Vec<Seen>, BTreeSet<(String, PathBuf)>) {
    let (mut seen, mut strangers) = (Vec::new(), BTreeSet::new());
    let folders: Vec<&Path> = places.iter().map(|place| place.folder.as_path()).collect();
    let mut written = None;
    for Place { folder, mapping } in places {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !is_delivery(&path) {
                continue;
            }
            if !mapping.takes_file(&entry.file_name().to_string_lossy()) {
                strangers.insert((mapping.source.clone(), path));
                continue;
            }
            // Not followed where it is a link: what a source delivers is a file of its own.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                let (size, changed) = (metadata.len(), metadata.modified().ok());
                let written = written.get_or_insert_with(|| open_files::being_written(&folders));
                let is_open = std::fs::canonicalize(&path).is_ok_and(|path| written.contains(&path));
                let end = if is_open { End::Open } else { end_of(&path, size) };
                seen.push(Seen { source: mapping.source.clone(), path, size, changed, end });
            }
        }
    }
    (seen, strangers)
}

/// How a file ends. One that can't be read is somebody else's to complain of.
fn end_of(path: &Path, size: u64) -> End {
    let mut bytes = [0; 4];
    let read = File::open(path).and_then(|mut file| {
        let packed =
            file.read(&mut bytes)? >= 2 && (bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"PK"));
        file.seek(SeekFrom::Start(size.saturating_sub(2)))?;
        let n = file.read(&mut bytes)?;
        // UTF-16 has its line end in one of the last two bytes as well.
        Ok(packed || bytes[..n].iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0x1a)))
    });
    if read.unwrap_or(true) { End::Whole } else { End::Cut }
}

/// Names under which programs write what is not yet complete are left alone.
pub fn is_delivery(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let unfinished = [".part", ".tmp", ".filepart", ".crdownload", "~"];
    !(name.is_empty() || name.starts_with(['.', '~']) || unfinished.iter().any(|end| name.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_millis(500);
    const UNSTAMPED: fn(&str, &Path) -> Option<Timestamp> = |_, _| None;

    fn seen(name: &str, size: u64) -> Seen {
        Seen { source: "s".into(), path: name.into(), size, changed: None, end: End::Whole }
    }

    fn names(found: Vec<(String, PathBuf)>) -> Vec<String> {
        found.into_iter().map(|(_, path)| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_handed_out_once_it_stays_the_same() {
        let start = Instant::now();
        let at = |looks: &mut Looks, ms, files: &[(&str, u64)]| {
            let files = files.iter().map(|(n, s)| seen(n, *s)).collect();
            names(looks.look(files, start + Duration::from_millis(ms), SETTLE, &UNSTAMPED))
        };
        let mut looks = Looks::default();
        assert!(at(&mut looks, 0, &[("a", 1)]).is_empty());
        assert!(at(&mut looks, 100, &[("a", 1)]).is_empty(), "too soon");
        assert!(at(&mut looks, 600, &[("a", 2)]).is_empty(), "it grew");
        assert!(looks.unsettled);
        assert_eq!(at(&mut looks, 1100, &[("a", 2)]), ["a"]);
        assert!(at(&mut looks, 9000, &[("a", 2)]).is_empty(), "only once");
        assert!(!looks.unsettled);
        assert!(at(&mut looks, 9100, &[]).is_empty());
        assert!(at(&mut looks, 9200, &[("a", 2)]).is_empty());
        assert_eq!(at(&mut looks, 9800, &[("a", 2)]), ["a"], "it was away");
    }

    #[test]
    fn an_earlier_file_that_grows_holds_back_the_later_ones_for_a_while() {
        let start = Instant::now();
        let mut looks = Looks::default();
        let mut got = Vec::new();
        for second in 0..200u64 {
            let files = vec![seen("2", 9), seen("1", 1 + second)];
            let found = looks.look(files, start + Duration::from_secs(second), SETTLE, &UNSTAMPED);
            got.extend(names(found).into_iter().map(|name| (second, name)));
        }
        assert_eq!(got, [(120, "2".to_owned())]);
    }

    /// By its stamp a file is earlier, not by its name.
    #[test]
    fn an_earlier_stamp_holds_back_a_later_one() {
        let (mut looks, start) = (Looks::default(), Instant::now());
        let by_end = |_: &str, path: &Path| {
            let name = path.to_string_lossy().into_owned();
            Timestamp::from_second(name[1..].parse().unwrap()).ok()
        };
        let at = |looks: &mut Looks, second: u64, sizes: [u64; 2]| {
            let files = vec![seen("a12", sizes[0]), seen("z10", sizes[1])];
            names(looks.look(files, start + Duration::from_secs(second), SETTLE, &by_end))
        };
        assert!(at(&mut looks, 0, [9, 1]).is_empty());
        assert!(at(&mut looks, 1, [9, 2]).is_empty(), "the earlier one grows");
        assert_eq!(at(&mut looks, 2, [9, 2]), ["z10", "a12"]);
        // A later one that grows holds back nothing.
        let mut looks = Looks::default();
        assert!(at(&mut looks, 0, [1, 9]).is_empty());
        assert_eq!(at(&mut looks, 1, [2, 9]), ["z10"]);
    }

    #[test]
    fn what_is_still_written_or_cut_waits() {
        let (mut looks, start) = (Looks::default(), Instant::now());
        let file = |end| vec![Seen { end, ..seen("a", 9) }];
        assert!(looks.look(file(End::Open), start, SETTLE, &UNSTAMPED).is_empty());
        assert!(looks.look(file(End::Open), start + SETTLE * 50, SETTLE, &UNSTAMPED).is_empty());
        assert!(looks.look(file(End::Cut), start + SETTLE * 19, SETTLE, &UNSTAMPED).is_empty());
        assert_eq!(names(looks.look(file(End::Cut), start + SETTLE * 20, SETTLE, &UNSTAMPED)), ["a"]);
    }

    #[test]
    fn the_end_of_a_file_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        for (text, end) in [
            (&b"a,b\n1,2\n"[..], End::Whole),
            (b"a,b\r1,2\r", End::Whole),
            (b"a,b\n1,2", End::Cut),
            (b"a\0\n\0", End::Whole),
            (b"\0a\0\n", End::Whole),
            (b"\x1f\x8b\x08 packed", End::Whole),
        ] {
            let path = folder.path().join("x");
            std::fs::write(&path, text).unwrap();
            assert_eq!(end_of(&path, text.len() as u64), end, "{text:?}");
        }
    }

    #[test]
    fn names_in_order_and_empty_files_later() {
        let start = Instant::now();
        let mut looks = Looks::default();
        let files = || vec![seen("c", 1), seen("b", 1), seen("a", 1), seen("d", 0)];
        assert!(looks.look(files(), start, SETTLE, &UNSTAMPED).is_empty());
        assert_eq!(names(looks.look(files(), start + SETTLE, SETTLE, &UNSTAMPED)), ["a", "b", "c"]);
        assert_eq!(names(looks.look(files(), start + SETTLE * 10, SETTLE, &UNSTAMPED)), ["d"]);
    }

    #[test]
    fn unfinished_names_are_left_alone() {
        for name in ["x.csv.part", "x.TMP", ".x.csv", "~$x.csv", "x.csv~"] {
            assert!(!is_delivery(Path::new(name)), "{name}");
        }
        assert!(is_delivery(Path::new("inbox/x.csv.gz")));
    }
}
