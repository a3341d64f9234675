//! A ward: a folder with settings, sources of its own where it has any, a clock that is set; and what is opened over it, from
//! a store to the program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hinomi::answer::Answers;
use hinomi::app::{App, store_settings};
use hinomi::config::{Bytes, Settings};
use hinomi::definitions::{Catalog, Definitions, Schema};
use hinomi::epi::clock::{Clock, from_jst};
use hinomi::jobs::Context;
use hinomi::store::{Store, StoreSettings};
use jiff::Timestamp;
use tempfile::TempDir;

/// A moment (JST), like `2026-11-20T10:00`.
pub fn moment(text: &str) -> Timestamp {
    from_jst(text.parse().unwrap_or_else(|error| panic!("{text}: {error}")))
}

pub struct Ward {
    root: TempDir,
    pub clock: Clock,
    pub settings: Settings,
}

impl Ward {
    /// A ward in a folder of its own, small in what it takes; its clock stands at a moment (JST).
    pub fn new(now: &str) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            data_dir: root.path().join("data"),
            memory_limit: Bytes(256 << 20),
            free_disk_floor: Bytes(0),
            threads: Some(1),
            ..Settings::default()
        };
        Self { root, clock: Clock::fixed(moment(now)), settings }
    }

    /// With a source of its own, beside those that the program carries.
    pub fn source(mut self, mapping: &str) -> Self {
        let name = source_of(mapping);
        self.write(&format!("definitions/queries/sources/{name}.toml"), mapping);
        self.settings.definitions_dir = Some(self.path("definitions"));
        self
    }

    /// With other settings.
    pub fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, text).expect("written");
        path
    }

    /// Sets the clock (JST).
    pub fn at(&self, now: &str) {
        self.clock.set(moment(now));
    }

    pub fn store_settings(&self) -> StoreSettings {
        store_settings(&self.settings, Schema::embedded())
    }

    /// The store alone.
    pub fn store(&self) -> Store {
        Store::open(&self.store_settings(), &self.clock).expect("a store")
    }

    /// The store, and what deliveries and jobs need beside it.
    pub fn work(&self) -> Context {
        let store = self.store();
        let definitions = Definitions::embedded_or(self.settings.definitions_dir.as_deref());
        let catalog = Catalog::load(&definitions.expect("the definitions")).expect("the catalog");
        let answers = Answers::new(store.clone(), Arc::new(catalog), self.clock.clone());
        Context::new(Arc::new(self.settings.clone()), self.clock.clone(), store, answers)
    }

    /// All that a server opens.
    pub async fn app(&self) -> Arc<App> {
        App::open(self.settings.clone(), self.clock.clone()).await.expect("opened")
    }

    /// The program itself, in the ward's folder. It reads `hinomi.toml` there, not this ward's settings and clock.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hinomi"));
        command.current_dir(self.root()).args(args);
        command
    }
}

/// The source that a mapping names.
pub fn source_of(mapping: &str) -> &str {
    mapping
        .lines()
        .find_map(|line| line.trim().strip_prefix("source = "))
        .expect("a source")
        .trim_matches('"')
}
