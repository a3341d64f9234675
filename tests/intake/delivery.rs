//! An empty house that takes files by the ordinary path.

use std::path::Path;
use std::time::Duration;

use hinomi::epi::clock::{Clock, from_jst};
use hinomi::jobs::deliver::{Disposal, Options, deliver, try_out};
use hinomi::jobs::{Context, Unwatched};
use hinomi::store::{AsOf, Param, Query, Receipt, Store};
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::support::rows::rows;
use crate::support::ward::Ward;

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
    ward: Ward,
}

impl House {
    pub fn new() -> Self {
        let ward = Ward::new("2026-11-22T14:30");
        Self { work: ward.work(), ward }
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
        &self.ward.settings.data_dir
    }

    pub fn clock(&self) -> &Clock {
        &self.work.clock
    }

    /// Rows as text; null is empty.
    pub fn query(&self, id: &str, sql: &str, params: &[(&str, Param)], as_of: AsOf) -> Vec<Vec<String>> {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let query = Query::new(id, sql, params);
        let found = self.store().query(&query, as_of, Duration::from_mins(1));
        rows(&found.unwrap_or_else(|error| panic!("{error}")), "")
    }
}
