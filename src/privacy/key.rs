//! The key of the pseudonyms, kept in a file outside the database: 32 random bytes as 64 hexadecimal digits, mode
//! 0600. Its fingerprint is stored beside the facts, so that a wrong key is refused: it would silently make a second
//! person of every known one. Without the key, new deliveries can't be joined to what is stored; it can't be remade.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::epi::text::fold_dash;
use unicode_normalization::UnicodeNormalization;

const BYTES: usize = 32;
const HELP: &str =
    "restore the key file from its own backup; figures stored under it can't be continued with another one";
const HELP_JA: &str = "鍵のファイルを控えから戻してください。別の鍵では続きを取り込めません";

/// The key. It has no way out: not shown, not printed, not copied to the store.
pub struct Key {
    bytes: [u8; BYTES],
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "鍵のファイル {path} がありません（データは鍵 {stored} で作られています）。{HELP_JA} · the key file {path} is missing, but facts are \
         stored under key {stored}: {HELP}"
    )]
    Absent { path: PathBuf, stored: String },
    #[error(
        "鍵のファイル {path} は鍵 {found} で、データは鍵 {stored} で作られています。{HELP_JA} · the key file {path} holds key {found}, but \
         facts are stored under key {stored}: {HELP}"
    )]
    Wrong { path: PathBuf, found: String, stored: String },
    #[error(
        "鍵のファイル {path} をほかの人も読めます（{mode:04o}）。chmod 600 で直してください · the key file {path} can be read by others (mode \
         {mode:04o}): set it to 0600 with `chmod 600`"
    )]
    TooOpen { path: PathBuf, mode: u32 },
    #[error(
        "鍵のファイル {path} が16進数64桁ではありません。{HELP_JA} · the key file {path} is not 64 hexadecimal digits: {HELP}"
    )]
    Malformed { path: PathBuf },
    #[error("鍵のファイル {path} が通常のファイルではありません · the key file {path} is not a regular file")]
    NotAFile { path: PathBuf },
    #[error("鍵のファイル {path} を扱えません · unable to {doing} the key file {path}")]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "鍵のファイル {path} のための乱数を得られません · unable to draw random bytes for the key file {path}: {why}"
    )]
    Random { path: PathBuf, why: String },
}

impl Key {
    /// Reads the key, or makes one where there is none yet and nothing is stored (`stored` is the fingerprint that
    /// the store knows).
    pub fn load_or_make(path: &Path, stored: Option<&str>) -> Result<Self, KeyError> {
        let key = match fs::symlink_metadata(path) {
            Ok(_) => Self::load(path)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => match stored {
                Some(stored) => return Err(KeyError::Absent { path: path.into(), stored: stored.into() }),
                None => Self::make(path)?,
            },
            Err(source) => return Err(KeyError::Io { doing: "look at", path: path.into(), source }),
        };
        let found = key.fingerprint();
        match stored {
            Some(stored) if stored != found => {
                Err(KeyError::Wrong { path: path.into(), found, stored: stored.into() })
            }
            _ => Ok(key),
        }
    }

    /// The first eight bytes of the key's SHA-256, in hexadecimal digits: tells keys apart, says nothing of them.
    pub fn fingerprint(&self) -> String {
        hex::encode(&Sha256::digest(self.bytes)[..8])
    }

    /// A key for tests and for looking at a file without a store (`source try`): the pseudonyms it makes lead nowhere.
    pub fn throwaway() -> Self {
        let mut bytes = [0; BYTES];
        // Without randomness it is still only a key for nothing.
        let _ = getrandom::fill(&mut bytes);
        Self { bytes }
    }

    /// The maker of one namespace's pseudonyms.
    pub fn pseudonyms(&self, namespace: &str) -> Pseudonyms {
        Pseudonyms::new(&self.bytes, namespace)
    }

    fn load(path: &Path) -> Result<Self, KeyError> {
        let io = |doing| move |source| KeyError::Io { doing, path: path.into(), source };
        let about = fs::metadata(path).map_err(io("look at"))?;
        if !about.is_file() {
            return Err(KeyError::NotAFile { path: path.into() });
        }
        let mode = about.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::TooOpen { path: path.into(), mode });
        }
        let text = fs::read_to_string(path).map_err(io("read"))?;
        let mut bytes = [0; BYTES];
        // What is wrong with it would quote the key.
        hex::decode_to_slice(text.trim_end(), &mut bytes)
            .map_err(|_| KeyError::Malformed { path: path.into() })?;
        Ok(Self { bytes })
    }

    /// Written whole beside its place, then moved there: a crash leaves a key or none.
    fn make(path: &Path) -> Result<Self, KeyError> {
        let io = |doing| move |source| KeyError::Io { doing, path: path.into(), source };
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|e| KeyError::Random { path: path.into(), why: e.to_string() })?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(io("make the folder of"))?;
        let beside = path.with_extension("new");
        let _ = fs::remove_file(&beside);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(io("make"))?;
        writeln!(file, "{}", hex::encode(bytes)).map_err(io("write"))?;
        file.sync_all().map_err(io("write"))?;
        fs::rename(&beside, path).map_err(io("make"))?;
        File::open(folder).and_then(|f| f.sync_all()).map_err(io("make"))?;
        Ok(Self { bytes })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}

/// Makes one namespace's pseudonyms: HMAC-SHA-256(key, namespace ‖ 0x00 ‖ id), of which the first 16 bytes.
///
/// The id is normalised first, and this can't be changed later without losing every person: NFKC (one width of
/// letters and digits), all dashes `-`, blanks at the ends removed, ASCII letters in upper case; leading zeros
/// are kept (`0012` and `12` are two people: a source that loses zeros is wrong, and its pattern should say so).
#[derive(Clone)]
pub struct Pseudonyms {
    /// The key and the namespace are absorbed once; each id starts from a copy.
    seeded: Hmac<Sha256>,
    folded: String,
}

impl Pseudonyms {
    fn new(key: &[u8], namespace: &str) -> Self {
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        // HMAC pads a shorter key with zeros to the block's 64 bytes: the same key, without a length to fail on.
        let mut seeded = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        seeded.update(namespace.as_bytes());
        seeded.update(&[0]);
        Self { seeded, folded: String::new() }
    }

    /// The two halves of an id's pseudonym.
    pub fn of(&mut self, id: &str) -> (u64, u64) {
        self.folded.clear();
        let id = id.trim();
        if id.is_ascii() {
            self.folded.push_str(id);
        } else {
            self.folded.extend(id.nfkc().map(fold_dash));
        }
        self.folded.make_ascii_uppercase();
        let mut mac = self.seeded.clone();
        mac.update(self.folded.trim().as_bytes());
        let bytes = mac.finalize().into_bytes();
        let mut halves = [[0; 8]; 2];
        halves[0].copy_from_slice(&bytes[..8]);
        halves[1].copy_from_slice(&bytes[8..16]);
        (u64::from_be_bytes(halves[0]), u64::from_be_bytes(halves[1]))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn of(id: &str) -> (u64, u64) {
        Key { bytes: [0x0b; BYTES] }.pseudonyms("hersys").of(id)
    }

    /// printf 'hersys\0001234567' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b (32 bytes)
    #[test]
    fn a_pseudonym_never_changes() {
        assert_eq!(of("1234567"), (0x9eb8_c8a8_9451_2529, 0x55a4_e061_be66_e244));
    }

    #[test]
    fn one_id_has_one_pseudonym() {
        for same in [" 1234567 ", "１２３４５６７", "　1234567"] {
            assert_eq!(of(same), of("1234567"), "{same}");
        }
        assert_eq!(of("a‐1"), of("Ａ-1"));
        assert_ne!(of("0123456"), of("123456"));
        let other = Key { bytes: [0x0b; BYTES] }.pseudonyms("nesid").of("1234567");
        assert_ne!(other, of("1234567"));
    }

    #[test]
    fn made_once_then_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data/key");
        let made = Key::load_or_make(&path, None).expect("a new key");
        let mode = fs::metadata(&path).expect("the file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let print = made.fingerprint();
        assert_eq!(print.len(), 16);
        let read = Key::load_or_make(&path, Some(&print)).expect("the same key");
        assert_eq!(read.bytes, made.bytes);
        assert!(!format!("{made:?}").contains(&hex::encode(made.bytes)));
    }

    #[test]
    fn wrong_absent_open_or_broken_keys_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let absent = Key::load_or_make(&path, Some("00"));
        assert!(matches!(absent, Err(KeyError::Absent { .. })));
        assert!(!path.exists());
        Key::load_or_make(&path, None).expect("a new key");
        assert!(matches!(Key::load_or_make(&path, Some("00")), Err(KeyError::Wrong { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        assert!(matches!(Key::load_or_make(&path, None), Err(KeyError::TooOpen { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
        fs::write(&path, "not a key").expect("written");
        assert!(matches!(Key::load_or_make(&path, None), Err(KeyError::Malformed { .. })));
        assert!(matches!(Key::load_or_make(folder.path(), None), Err(KeyError::NotAFile { .. })));
    }
}
