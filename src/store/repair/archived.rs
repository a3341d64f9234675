//! An archive as a copy: the folders that are whole, and why the others are not. The data folder's own, and those of backups.

use std::path::{Path, PathBuf};

use super::super::archive::{self, Folder, Manifest};
use super::super::backup::{Backup, LIST};
use super::super::engine::{self, Session};
use super::super::error::StoreError;
use super::super::seal;
use super::super::settings::{Paths, StoreSettings};

/// The folders of an archive: those that are whole, and why the others are not.
pub(super) struct Archived {
    pub whole: Vec<Folder>,
    pub damaged: Vec<Broken>,
}

/// A folder that is damaged: its batches, as far as its name or its manifest says.
pub(super) struct Broken {
    batches: std::ops::RangeInclusive<u32>,
    why: String,
    /// Its manifest can be read: what its batches were is known.
    manifests: Vec<Manifest>,
}

impl Archived {
    pub(super) fn look(settings: &StoreSettings, paths: &Paths) -> Result<Self, StoreError> {
        let conn = Session::scratch(settings, &[&paths.archive()])?;
        let mut found = Self { whole: Vec::new(), damaged: Vec::new() };
        for (parent, pack) in [(paths.packs(), true), (paths.batches(), false)] {
            for path in archive::finished(&parent)? {
                found.add(&conn, path, pack);
            }
        }
        found.whole.sort_by_key(|folder| folder.batches.first().map(|batch| batch.batch));
        Ok(found)
    }

    fn add(&mut self, conn: &Session, path: PathBuf, pack: bool) {
        let Some(batches) = range(&path) else { return };
        let folder = match Folder::read(path.clone(), pack) {
            Ok(folder) => folder,
            Err(error) => {
                let why = engine::chain(&error);
                self.damaged.push(Broken { batches, why, manifests: Vec::new() });
                return;
            }
        };
        let of = std::slice::from_ref(&folder);
        let named = folder.batches.iter().map(|batch| batch.batch.0).eq(batches.clone());
        let checked = if named {
            archive::believe(of).and_then(|()| seal::believe(conn, of))
        } else {
            let why = "its manifest is of other batches".to_owned();
            Err(StoreError::Damaged { path: path.clone(), why })
        };
        match checked {
            Ok(()) => self.whole.push(folder),
            Err(error) => {
                let manifests = if named { folder.batches } else { Vec::new() };
                self.damaged.push(Broken { batches, why: engine::chain(&error), manifests });
            }
        }
    }

    pub(super) fn of(&self, batch: u32) -> Option<(&Folder, &Manifest)> {
        self.whole.iter().find_map(|folder| {
            folder
                .batches
                .iter()
                .find(|manifest| manifest.batch.0 == batch)
                .map(|manifest| (folder, manifest))
        })
    }

    pub(super) fn last(&self) -> u32 {
        let whole = self.whole.iter().flat_map(|folder| &folder.batches).map(|batch| batch.batch.0);
        whole.chain(self.damaged.iter().map(|broken| *broken.batches.end())).max().unwrap_or(0)
    }
}

/// The batches that a folder's name speaks of.
fn range(path: &Path) -> Option<std::ops::RangeInclusive<u32>> {
    let name = archive::file_name(path);
    let (first, last) = name.split_once('-').unwrap_or((&name, &name));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// Backups whose lists can be read.
pub(super) struct Backups(pub Vec<OneBackup>);

pub(super) struct OneBackup {
    pub folder: PathBuf,
    pub paths: Paths,
    pub archived: Archived,
}

impl Backups {
    pub(super) fn open(settings: &StoreSettings, folders: &[PathBuf]) -> Result<Self, StoreError> {
        let open = |folder: &PathBuf| {
            archive::read_json::<Backup>(&folder.join(LIST))?;
            let paths = Paths::new(folder);
            Ok(OneBackup { folder: folder.clone(), archived: Archived::look(settings, &paths)?, paths })
        };
        folders.iter().map(open).collect::<Result<Vec<_>, StoreError>>().map(Self)
    }
}

impl Archived {
    pub(super) fn why(&self, batch: u32) -> Option<String> {
        let broken = self.damaged.iter().find(|broken| broken.batches.contains(&batch));
        broken.map(|broken| broken.why.clone()).or_else(|| {
            self.of(batch).map(|(folder, _)| {
                format!("{}: it does not follow from the batch before", folder.path.display())
            })
        })
    }

    /// What a batch was, where a manifest of it can be read.
    pub(super) fn known(&self, batch: u32) -> Option<&Manifest> {
        self.damaged.iter().flat_map(|broken| &broken.manifests).find(|manifest| manifest.batch.0 == batch)
    }
}
