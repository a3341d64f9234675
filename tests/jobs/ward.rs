//! A ward with one source of its own, a clock that is set, and a store in a temporary folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hinomi::app::App;
use hinomi::config::{Bytes, Settings};
use hinomi::epi::clock::{Clock, from_jst};
use hinomi::jobs::Unwatched;
use hinomi::jobs::deliver::{DeliverError, Options, deliver};
use hinomi::store::Receipt;
use tempfile::TempDir;

/// A nightly list, whole each time.
const MAPPING: &str = r#"
source = "ward-list"
title = { ja = "区の一覧", en = "Ward list" }
table = "cases"
mode = "snapshot"
namespace = "ward"
after = "AFTER"
rhythm = { by = "08:00" }

[constants]
disease = "covid-19"
class = "confirmed"
channel = "open_data"

[[column]]
headings = ["番号"]
privacy = "pseudonymise"
field = "subject"
type = "id"
pattern = "W[0-9]{5}"
expected = true
required = true

[[column]]
headings = ["公表日"]
privacy = "keep"
field = "published_day"
type = "date"
"#;

pub struct Ward {
    pub root: TempDir,
    pub clock: Clock,
    pub app: Arc<App>,
}

impl Ward {
    pub async fn new(after: &str) -> Self {
        Self::with(after, |_| {}).await
    }

    pub async fn with(after: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let sources = root.path().join("definitions/queries/sources");
        std::fs::create_dir_all(&sources).expect("made");
        std::fs::write(sources.join("ward-list.toml"), MAPPING.replace("AFTER", after)).expect("written");
        let mut settings = Settings {
            data_dir: root.path().join("data"),
            definitions_dir: Some(root.path().join("definitions")),
            memory_limit: Bytes(256 << 20),
            free_disk_floor: Bytes(1 << 20),
            threads: Some(1),
            ..Settings::default()
        };
        change(&mut settings);
        let clock = Clock::fixed(from_jst("2026-11-20T10:00:00".parse().expect("a moment")));
        let app = App::open(settings, clock.clone()).await.expect("opened");
        Self { root, clock, app }
    }

    pub fn at(&self, moment: &str) {
        self.clock.set(from_jst(moment.parse().expect("a moment")));
    }

    /// Lays a list of so many cases into the source's folder.
    pub fn lay(&self, name: &str, cases: u32) -> PathBuf {
        let inbox = self.app.jobs.inbox("ward-list");
        std::fs::create_dir_all(&inbox).expect("made");
        let rows: String = (0..cases).map(|n| format!("W{n:05},2026-11-19\n")).collect();
        let path = inbox.join(name);
        std::fs::write(&path, format!("番号,公表日\n{rows}")).expect("written");
        path
    }

    pub fn deliver(&self, path: &Path, options: &Options) -> Result<Receipt, DeliverError> {
        let mapping = self.app.jobs.mapping("ward-list").expect("the source");
        deliver(&self.app.jobs, path, &mapping, options, &Unwatched)
    }

    pub fn data(&self, below: &str) -> PathBuf {
        self.root.path().join("data").join(below)
    }
}
