//! The definition files: embedded in the program, each overridable by a file of the same path in a directory.
//!
//! A directory with `queries/indicators/deaths.sql` replaces that one file and leaves the others;
//! a file that the program does not carry is added (a board, a mapping, an indicator of one's own).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::error::CatalogError;

static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");
static DASHBOARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/dashboards");
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// What an installation is made with, which no page loads.
const PACKAGE: &str = "static/package/";

/// What the store itself is made of: it is not to be overridden.
const SYSTEM: &str = "queries/system/";

/// One definition file.
#[derive(Clone, Debug)]
pub struct File {
    pub bytes: Cow<'static, [u8]>,
    /// SHA-256, hex.
    pub hash: String,
    /// Read from the directory rather than from the program.
    pub overridden: bool,
}

impl File {
    fn new(bytes: Cow<'static, [u8]>, overridden: bool) -> Self {
        let hash = hex::encode(Sha256::digest(&bytes));
        Self { bytes, hash, overridden }
    }

    /// A file that a test or a tool made up.
    pub fn made(text: &str) -> Self {
        Self::new(Cow::Owned(text.as_bytes().to_vec()), true)
    }

    /// The text, without a byte order mark.
    pub fn text(&self, path: &str) -> Result<&str, CatalogError> {
        let text =
            std::str::from_utf8(&self.bytes).map_err(|_| CatalogError::NotText { file: path.to_owned() })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

/// All definition files by path (`queries/indicators/deaths.sql`, `dashboards/today.toml`, `static/wall.css`).
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    files: BTreeMap<String, File>,
}

impl Definitions {
    /// What the program carries.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        for (root, dir) in [("queries", &QUERIES), ("dashboards", &DASHBOARDS), ("static", &STATIC)] {
            embed(root, dir, &mut files);
        }
        files.retain(|path, _| !path.starts_with(PACKAGE));
        Self { files }
    }

    /// What the program carries, each file replaced by the one of the same path below `dir`, if there is one.
    pub fn embedded_or(dir: Option<&Path>) -> Result<Self, CatalogError> {
        let mut definitions = Self::embedded();
        let Some(dir) = dir else { return Ok(definitions) };
        fs::read_dir(dir).map_err(|source| CatalogError::Read { file: dir.display().to_string(), source })?;
        for root in ["queries", "dashboards", "static"] {
            let below = dir.join(root);
            if below.is_dir() {
                read_below(root, &below, &mut definitions.files)?;
            }
        }
        if let Some((path, _)) =
            definitions.files.iter().find(|(path, f)| f.overridden && path.starts_with(SYSTEM))
        {
            return Err(CatalogError::System { file: path.clone() });
        }
        Ok(definitions)
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(|f| f.text(path).ok())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The files directly in a folder with an extension: path, stem, file; in the order of their names.
    pub fn in_folder<'a>(
        &'a self,
        folder: &'a str,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a File)> {
        self.files.iter().filter_map(move |(path, file)| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?;
            let stem = name.strip_suffix(extension)?.strip_suffix('.')?;
            (!stem.contains('/')).then_some((path.as_str(), stem, file))
        })
    }

    /// Adds or replaces one file (tests, `hinomi check FILE`).
    pub fn put(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), File::made(text));
    }

    /// Takes one file away.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// SHA-256 over the paths and hashes of all files but the static ones, hex: changes when any definition does.
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        for (path, file) in self.files.iter().filter(|(path, _)| !path.starts_with("static/")) {
            digest.update(path.as_bytes());
            digest.update([0]);
            digest.update(file.hash.as_bytes());
        }
        hex::encode(digest.finalize())
    }
}

fn embed(root: &str, dir: &'static Dir<'static>, files: &mut BTreeMap<String, File>) {
    for file in dir.files() {
        let inner = file.path().to_string_lossy().replace('\\', "/");
        if !hidden(&inner) {
            files.insert(format!("{root}/{inner}"), File::new(Cow::Borrowed(file.contents()), false));
        }
    }
    for below in dir.dirs() {
        embed(root, below, files);
    }
}

fn read_below(root: &str, dir: &Path, files: &mut BTreeMap<String, File>) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::Read { file: dir.display().to_string(), source };
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if hidden(&name) {
            continue;
        }
        let path = format!("{root}/{name}");
        if entry.path().is_dir() {
            read_below(&path, &entry.path(), files)?;
            continue;
        }
        let bytes = fs::read(entry.path())
            .map_err(|source| CatalogError::Read { file: entry.path().display().to_string(), source })?;
        files.insert(path, File::new(Cow::Owned(bytes), true));
    }
    Ok(())
}

/// `.gitkeep`, editors' backups.
fn hidden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.') || name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_replaces_file_by_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let indicators = dir.path().join("queries/indicators");
        fs::create_dir_all(&indicators).expect("made");
        fs::write(indicators.join("deaths.sql"), "-- mine").expect("written");
        fs::write(indicators.join("own.sql"), "-- own").expect("written");
        fs::write(indicators.join(".own.sql.swp"), "editor").expect("written");

        let before = Definitions::embedded();
        let after = Definitions::embedded_or(Some(dir.path())).expect("read");

        assert_eq!(after.text("queries/indicators/deaths.sql"), Some("-- mine"));
        assert_eq!(after.text("queries/indicators/own.sql"), Some("-- own"));
        assert!(after.get("queries/indicators/deaths.sql").is_some_and(|f| f.overridden));
        assert!(after.get("queries/indicators/.own.sql.swp").is_none());
        let kept = "queries/schema/0001_cases.sql";
        assert_eq!(after.text(kept), before.text(kept));
        assert_ne!(after.hash(), before.hash());
    }

    #[test]
    fn the_store_s_own_statements_are_not_to_be_replaced() {
        let dir = tempfile::tempdir().expect("a folder");
        let system = dir.path().join("queries/system");
        fs::create_dir_all(&system).expect("made");
        fs::write(system.join("accept.sql"), "-- name: compare\nSELECT 1").expect("written");
        let error = Definitions::embedded_or(Some(dir.path())).expect_err("refused").to_string();
        assert!(error.contains("queries/system/accept.sql"), "{error}");
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_error() {
        assert!(Definitions::embedded_or(Some(Path::new("/nowhere/at/all"))).is_err());
    }

    #[test]
    fn folders_list_only_their_own_files() {
        let mut definitions = Definitions::default();
        definitions.put("queries/indicators/a.sql", "");
        definitions.put("queries/indicators/deep/b.sql", "");
        definitions.put("queries/indicators/c.txt", "");
        let stems: Vec<_> = definitions.in_folder("queries/indicators", "sql").map(|(_, s, _)| s).collect();
        assert_eq!(stems, ["a"]);
    }
}
