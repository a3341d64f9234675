//! A ward with one source of its own, a clock that is set, and a store in a temporary folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hinomi::app::App;
use hinomi::config::Settings;
use hinomi::epi::clock::Clock;
use hinomi::jobs::Unwatched;
use hinomi::jobs::deliver::{DeliverError, Options, deliver};
use hinomi::store::Receipt;

use crate::support::ward;

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
    pub ward: ward::Ward,
    pub clock: Clock,
    pub app: Arc<App>,
}

impl Ward {
    pub async fn new(after: &str) -> Self {
        Self::with(after, |_| {}).await
    }

    pub async fn with(after: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let ward = ward::Ward::new("2026-11-20T10:00").source(&MAPPING.replace("AFTER", after)).set(change);
        let (clock, app) = (ward.clock.clone(), ward.app().await);
        Self { ward, clock, app }
    }

    pub fn at(&self, moment: &str) {
        self.ward.at(moment);
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
        self.ward.settings.data_dir.join(below)
    }
}
