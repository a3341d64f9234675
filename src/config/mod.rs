//! Typed settings: a file (`hinomi.toml`), then the environment (`HINOMI__LOG__LEVEL=debug`). An unknown key
//! is an error. The defaults are good for one machine.

pub mod folder;
mod kinds;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use jiff::civil::Time;
use serde::Deserialize;

pub use folder::{DataFolder, FolderError, FolderLock};
pub use kinds::Bytes;

/// The file that is read when `--config` names none.
pub const FILE: &str = "hinomi.toml";

/// Everything that an installation may set. Relative paths are taken from the folder of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The one folder that Hinomi writes to.
    pub data_dir: PathBuf,
    /// The pseudonym key; `key` in the data folder when absent.
    pub key_file: Option<PathBuf>,
    pub listen: SocketAddr,
    /// Serve on an address that others can reach although nobody logs in. Every page then says so.
    pub allow_unauthenticated: bool,
    /// Every page says 訓練データ.
    pub training: bool,
    /// The disease that a question is about when it names none.
    pub disease: String,
    pub ward: Ward,
    /// The JST time of the morning's closing: until then yesterday's figures are not final.
    pub closing: Time,
    /// The JST time of the night's work.
    pub nightly: Time,
    /// What the store may take of the memory.
    pub memory_limit: Bytes,
    /// What answers that are kept may take of the memory, beside the store.
    pub cache_limit: Bytes,
    /// Threads of the store; as many as the machine has when absent.
    pub threads: Option<usize>,
    /// With less free disk than this, deliveries wait.
    pub free_disk_floor: Bytes,
    /// A folder whose `queries/`, `dashboards/` and `static/` add to and override those in the program.
    pub definitions_dir: Option<PathBuf>,
    /// The sources taken, by the name of their mapping. When none is named, every mapping is taken.
    pub sources: BTreeMap<String, Source>,
    /// How long raw files stay in `done/` and `refused/`.
    pub keep: Keep,
    /// Names by which the pages may be asked for; the machine's own when absent. This machine itself and addresses in
    /// numbers are always taken.
    pub hosts: Option<Vec<String>>,
    pub connections: Connections,
    pub log: Log,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ward {
    /// The municipal code with its check digit.
    #[serde(deserialize_with = "kinds::text")]
    pub code: String,
    pub ja: String,
    pub en: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    pub on: bool,
    /// The folder that the source delivers into; `inbox/<source>` in the data folder when absent.
    pub inbox: Option<PathBuf>,
    /// What becomes of a raw file; the mapping's own word when absent.
    pub after: Option<AfterFile>,
}

/// What becomes of a raw file once its delivery is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterFile {
    Delete,
    Move,
    Leave,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    pub done_days: u32,
    pub refused_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,hinomi::jobs=debug`.
    pub level: String,
    /// Appended to; the standard error output when absent.
    pub file: Option<PathBuf>,
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object of JSON a line, for programs.
    Json,
}

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("設定ファイル {0} がありません (the settings file {0} is not there)")]
    NoFile(PathBuf),
    #[error("設定が読めません (unable to read the settings): {0}")]
    Read(Box<figment::Error>),
    #[error("設定 {setting}: {why}")]
    Bad { setting: &'static str, why: String },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: "hinomi-data".into(),
            key_file: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8460)),
            allow_unauthenticated: false,
            training: false,
            disease: "covid-19".into(),
            ward: Ward::default(),
            closing: Time::constant(9, 0, 0, 0),
            nightly: Time::constant(2, 30, 0, 0),
            memory_limit: Bytes(1 << 30),
            cache_limit: Bytes(256 << 20),
            threads: None,
            free_disk_floor: Bytes(1 << 30),
            definitions_dir: None,
            sources: BTreeMap::new(),
            keep: Keep::default(),
            hosts: None,
            connections: Connections::default(),
            log: Log::default(),
        }
    }
}

/// How many may be connected at one time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// In all; as many as the system has open files for when absent.
    pub most: Option<usize>,
    /// From one address.
    pub per_address: usize,
    /// Of them displays that listen; all but a few when absent.
    pub displays: Option<usize>,
}

impl Default for Connections {
    fn default() -> Self {
        Self { most: None, per_address: 1024, displays: None }
    }
}

impl Default for Ward {
    fn default() -> Self {
        Self { code: "131032".into(), ja: "港区".into(), en: "Minato City".into() }
    }
}

impl Default for Source {
    fn default() -> Self {
        Self { on: true, inbox: None, after: None }
    }
}

impl Default for Keep {
    fn default() -> Self {
        Self { done_days: 7, refused_days: 30 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), file: None, format: LogFormat::Text }
    }
}

impl Settings {
    /// Reads the file named, or `hinomi.toml` in the working folder if there is one, then the environment.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = match file {
            Some(named) if !named.is_file() => return Err(ConfigError::NoFile(named.to_owned())),
            Some(named) => Some(named.to_owned()),
            None => Some(PathBuf::from(FILE)).filter(|f| f.is_file()),
        };
        let mut figment = Figment::new();
        if let Some(file) = &file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment =
            Env::prefixed("HINOMI__").map(|key| kinds::source_key(key.as_str()).into()).split("__");
        let mut settings: Self =
            figment.merge(environment).extract().map_err(|e| ConfigError::Read(Box::new(e)))?;
        if let Some(folder) = file.as_deref().and_then(Path::parent) {
            settings.resolve(folder);
        }
        settings.check()?;
        Ok(settings)
    }

    /// Takes relative paths from a folder.
    fn resolve(&mut self, folder: &Path) {
        let from_folder = |path: &mut PathBuf| *path = folder.join(&*path);
        from_folder(&mut self.data_dir);
        self.key_file.as_mut().map(from_folder);
        self.definitions_dir.as_mut().map(from_folder);
        self.log.file.as_mut().map(from_folder);
        self.sources.values_mut().filter_map(|s| s.inbox.as_mut()).for_each(from_folder);
    }

    /// What must hold whatever is done with the settings.
    fn check(&self) -> Result<(), ConfigError> {
        let bad = |setting, why: &str| Err(ConfigError::Bad { setting, why: why.to_owned() });
        if self.threads == Some(0) {
            return bad("threads", "1 以上にしてください (at least one is needed)");
        }
        if self.memory_limit.0 < 64 << 20 {
            return bad("memory_limit", "64MB 以上にしてください (at least 64MB is needed)");
        }
        let limits = self.connections;
        if [limits.most, Some(limits.per_address), limits.displays].contains(&Some(0)) {
            return bad("connections", "1 以上にしてください (at least one is needed)");
        }
        if self.cache_limit.0 < 16 << 20 {
            return bad("cache_limit", "16MB 以上にしてください (at least 16MB is needed)");
        }
        if let Some(folder) = self.definitions_dir.as_ref().filter(|f| !f.is_dir()) {
            return bad(
                "definitions_dir",
                &format!("フォルダ {0} がありません (there is no folder {0})", folder.display()),
            );
        }
        if self.ward.code.len() != 6 || !self.ward.code.bytes().all(|b| b.is_ascii_digit()) {
            return bad(
                "ward.code",
                "全国地方公共団体コードは検査数字を含む6桁です (a municipal code has six digits, the last one its check digit)",
            );
        }
        Ok(())
    }

    /// Nobody but this machine may reach a server without log-in, unless somebody has said so.
    pub fn check_listen(&self) -> Result<(), ConfigError> {
        if self.listen.ip().is_loopback() || self.allow_unauthenticated {
            return Ok(());
        }
        Err(ConfigError::Bad {
            setting: "listen",
            why: format!(
                "{0} はほかの機械からも届き、利用者の確認がありません。127.0.0.1 にするか、allow_unauthenticated = true \
                 としてください ({0} can be reached from other machines and nobody logs in; \
                 listen on 127.0.0.1, or set allow_unauthenticated = true)",
                self.listen
            ),
        })
    }

    /// Whether a source's files are taken.
    pub fn takes(&self, source: &str) -> bool {
        self.sources.is_empty() || self.sources.get(source).is_some_and(|s| s.on)
    }

    pub fn folder(&self) -> DataFolder {
        DataFolder::new(&self.data_dir)
    }

    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.folder().key())
    }

    /// The folder that a source delivers into.
    pub fn inbox(&self, source: &str) -> PathBuf {
        let own = self.sources.get(source).and_then(|s| s.inbox.clone());
        own.unwrap_or_else(|| self.folder().inbox(source))
    }

    pub fn threads(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests;
