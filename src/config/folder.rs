//! The data folder: the one layout of it, and its one lock.
//!
//! ```text
//! data_dir/
//!   hinomi.duckdb               the database (and its .wal): can always be made again from the archive
//!   archive/batches/00000042/   what batch 42 opened and closed, as Parquet, with manifest.json
//!   archive/packs/…             older batches, compacted
//!   archive/journal/*.jsonl     the ledgers: deliveries, quarantine, runs, frames, definitions, notes
//!   inbox/<source>/             where a source delivers
//!   held/, refused/, done/      raw files that wait for a person, were refused, were taken (`after = "move"`)
//!   key                         the pseudonym key, unless the settings name another place
//!   hinomi.sock                 the control socket
//!   lock, hinomi.duckdb.lock    held by whoever works on the folder
//!   mending/                    a new archive, until it takes the old one's place
//!   restoring/                  a backup, until it takes the archive's place
//!   tmp/                        what the database spills; emptied at start
//!   demo.json, demo             in a demo's folder only
//! ```
//!
//! Raw files may identify people: what is made here is closed to others.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Places in a data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    pub root: PathBuf,
}

/// Why a folder can't be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error(
        "データフォルダ {folder} は別の hinomi が使用中です (the data folder {folder} is in use by another hinomi)"
    )]
    InUse { folder: PathBuf },
    #[error("フォルダ {path} を作れません (unable to make the folder {path})")]
    Make { path: PathBuf, source: io::Error },
    #[error("{path} を開けません (unable to open {path})")]
    Open { path: PathBuf, source: io::Error },
    #[error(
        "データフォルダ {folder} の持ち主は {owner} です。root の書いたファイルは {owner} のサーバーが開けなくなります。sudo -u {owner} \
         hinomi … としてください (the data folder {folder} belongs to {owner}, whose server could not open what root \
         writes: run it as sudo -u {owner} hinomi …)"
    )]
    NotRoots { folder: PathBuf, owner: String },
    #[error("{path} をロックできません (unable to lock {path})")]
    Lock { path: PathBuf, source: io::Error },
}

/// A data folder held against everybody else, in this process and in others, until this is dropped or the process ends.
#[derive(Debug)]
pub struct FolderLock {
    _files: [File; 2],
}

/// The lock, and the one that earlier programs' stores took: this program holds both for as long as one of them may still
/// hold either.
const LOCKS: [&str; 2] = ["lock", "hinomi.duckdb.lock"];

/// How often a folder that is in use is tried again.
const PAUSE: Duration = Duration::from_millis(50);

impl DataFolder {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("hinomi.duckdb")
    }

    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    pub fn batches(&self) -> PathBuf {
        self.archive().join("batches")
    }

    pub fn packs(&self) -> PathBuf {
        self.archive().join("packs")
    }

    pub fn journal(&self) -> PathBuf {
        self.archive().join("journal")
    }

    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Where a mended archive is made before it takes the place of the archive.
    pub fn mending(&self) -> Self {
        Self::new(self.root.join("mending"))
    }

    /// Where a backup is taken in before it takes the place of the archive.
    pub fn restoring(&self) -> Self {
        Self::new(self.root.join("restoring"))
    }

    /// The folders that the store writes to.
    pub fn of_store(&self) -> [PathBuf; 4] {
        [self.batches(), self.packs(), self.journal(), self.temporary()]
    }

    pub fn inbox(&self, source: &str) -> PathBuf {
        self.root.join("inbox").join(source)
    }

    /// Files that were taken, where `after = "move"`.
    pub fn done(&self) -> PathBuf {
        self.root.join("done")
    }

    /// Files that were refused whole, each with its receipt.
    pub fn refused(&self) -> PathBuf {
        self.root.join("refused")
    }

    /// Files that wait for a person.
    pub fn held(&self) -> PathBuf {
        self.root.join("held")
    }

    pub fn key(&self) -> PathBuf {
        self.root.join("key")
    }

    pub fn socket(&self) -> PathBuf {
        self.root.join("hinomi.sock")
    }

    /// Makes the folder where it is absent, and keeps everybody else out of it. One that is in use is tried again for a
    /// while. Blocks.
    pub fn lock(&self, patience: Duration) -> Result<FolderLock, FolderError> {
        make(&self.root)?;
        self.check_owner(rustix::process::geteuid().as_raw())?;
        let until = Instant::now() + patience;
        loop {
            match self.try_lock() {
                Err(FolderError::InUse { .. }) if Instant::now() < until => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
    }

    /// Root may write anywhere; in the folder of another user it would leave files that this user can't open.
    fn check_owner(&self, user: u32) -> Result<(), FolderError> {
        let path = &self.root;
        let found = std::fs::metadata(path);
        let owner = found.map_err(|source| FolderError::Open { path: path.clone(), source })?.uid();
        if user != 0 || owner == 0 {
            return Ok(());
        }
        Err(FolderError::NotRoots { folder: path.clone(), owner: user_name(owner) })
    }

    fn try_lock(&self) -> Result<FolderLock, FolderError> {
        let [first, second] = LOCKS.map(|name| self.root.join(name));
        Ok(FolderLock { _files: [self.hold(first)?, self.hold(second)?] })
    }

    fn hold(&self, path: PathBuf) -> Result<File, FolderError> {
        let file = match File::options().create(true).truncate(false).write(true).open(&path) {
            Ok(file) => file,
            Err(source) => return Err(FolderError::Open { path, source }),
        };
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { folder: self.root.clone() }),
            Err(TryLockError::Error(source)) => Err(FolderError::Lock { path, source }),
        }
    }
}

/// A user's name, as sudo takes it; of one without a name the number.
fn user_name(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("'#{uid}'"))
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
pub fn make(folder: &Path) -> Result<(), FolderError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| FolderError::Make { path: folder.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_has_one_holder_and_is_closed_to_others() {
        let room = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(room.path().join("a/b"));
        let held = folder.lock(Duration::ZERO).unwrap();
        let mode = std::fs::metadata(&folder.root).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let again = folder.lock(PAUSE * 2).unwrap_err();
        assert!(matches!(again, FolderError::InUse { .. }), "{again}");
        let waiting = std::thread::spawn({
            let folder = folder.clone();
            move || folder.lock(Duration::from_secs(10))
        });
        std::thread::sleep(PAUSE);
        drop(held);
        assert!(waiting.join().unwrap().is_ok());
        assert!(folder.lock(Duration::ZERO).is_ok());
    }

    #[test]
    fn root_leaves_nothing_in_the_folder_of_another_user() {
        let room = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(room.path());
        let owner = std::fs::metadata(room.path()).unwrap().uid();
        assert!(folder.check_owner(owner.max(1)).is_ok(), "who is not root is held by the system");
        if owner != 0 {
            assert!(matches!(folder.check_owner(0), Err(FolderError::NotRoots { .. })));
            return;
        }
        assert!(folder.check_owner(0).is_ok());
        std::os::unix::fs::chown(room.path(), Some(1), None).unwrap();
        let refused = folder.lock(Duration::ZERO).unwrap_err();
        let name = user_name(1);
        assert!(refused.to_string().contains(&format!("sudo -u {name} hinomi")), "{refused}");
        assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 0);
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(u32::MAX - 7), "'#4294967288'");
    }

    #[test]
    fn an_earlier_program_s_lock_keeps_out_and_is_kept_out() {
        let room = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(room.path());
        for name in ["lock", "hinomi.duckdb.lock"] {
            let earlier = File::create(room.path().join(name)).unwrap();
            earlier.try_lock().unwrap();
            let refused = folder.lock(Duration::ZERO).unwrap_err();
            assert!(matches!(refused, FolderError::InUse { .. }), "{name}: {refused}");
            earlier.unlock().unwrap();
            let held = folder.lock(Duration::ZERO).unwrap();
            assert!(matches!(earlier.try_lock(), Err(TryLockError::WouldBlock)), "{name}");
            drop(held);
        }
    }
}
