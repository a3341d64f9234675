//! An empty house that takes files by the ordinary path.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use hinomi::config::{Bytes, Settings};
use hinomi::definitions::Catalog;
use hinomi::definitions::files::Definitions;
use hinomi::epi::clock::{Clock, from_jst};
use hinomi::jobs::deliver::{Disposal, Options, deliver, try_out};
use hinomi::jobs::{Context, Unwatched};
use hinomi::store::{AsOf, Param, Query, Receipt, Store, StoreSettings};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// The stamp at the start of a dump's name: JST.
pub fn stamp_of(name: &str) -> Timestamp {
    from_jst(name[..15].parse::<DateTime>().expect("a stamp"))
}

fn options(replay: bool) -> Options {
    Options { replay, disposal: Disposal::Leave, ..Options::default() }
}

/// An empty house in a folder of its own, and what deliveries need.
pub struct House {
    work: Context,
    folder: tempfile::TempDir,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            data_dir: folder.path().to_owned(),
            free_disk_floor: Bytes(1 << 20),
            ..Settings::default()
        };
        let clock = Clock::fixed(stamp_of("20261122T090000"));
        let mut store = StoreSettings::new(folder.path());
        (store.memory_limit, store.threads, store.free_disk_floor) = (256 << 20, 1, 1 << 20);
        let store = Store::open(&store, &clock).expect("a store");
        let definitions = Definitions::embedded();
        let catalog = Catalog::load(&definitions).expect("the catalog");
        let answers = hinomi::answer::Answers::new(store.clone(), Arc::new(catalog), clock.clone());
        let work = Context::new(Arc::new(settings), clock, store, answers);
        Self { work, folder }
    }

    pub fn store(&self) -> &Store {
        &self.work.store
    }

    /// Delivers a file as history: it counts as known from the stamp in its name.
    pub fn replay(&self, source: &str, path: &Path) -> Receipt {
        self.take(source, path, true)
    }

    /// The same, when a person has looked at it.
    pub fn replay_confirmed(&self, source: &str, path: &Path) -> Receipt {
        let mapping = self.work.mapping(source).expect("the source");
        let options = Options { confirmed: true, ..options(true) };
        deliver(&self.work, path, &mapping, &options, &Unwatched).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Delivers a file now.
    pub fn deliver(&self, source: &str, path: &Path) -> Receipt {
        self.take(source, path, false)
    }

    fn take(&self, source: &str, path: &Path, replay: bool) -> Receipt {
        let mapping = self.work.mapping(source).expect("the source");
        deliver(&self.work, path, &mapping, &options(replay), &Unwatched)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The receipt that a file would have.
    pub fn try_out(&self, source: &str, path: &Path, replay: bool) -> Receipt {
        let mapping = self.work.mapping(source).expect("the source");
        let tried = try_out(&self.work, path, &mapping, &options(replay), &Unwatched);
        tried.unwrap_or_else(|error| panic!("{error}")).receipt
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn clock(&self) -> &Clock {
        &self.work.clock
    }

    /// Rows as text; null is empty.
    pub fn query(&self, id: &str, sql: &str, params: &[(&str, Param)], as_of: AsOf) -> Vec<Vec<String>> {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let query = Query::new(id, sql, params);
        let batch = self
            .store()
            .query(&query, as_of, Duration::from_mins(1))
            .unwrap_or_else(|error| panic!("{error}"));
        let options = FormatOptions::default();
        let columns: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).expect("a column of text"))
            .collect();
        (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()).collect()
    }
}
