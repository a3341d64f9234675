//! Every job there is.

use std::time::Duration;

use super::schedule::Schedule;
use super::work::{Done, Work};
use super::{backtest, housekeeping, nightly, reload, verify};
use crate::config::Settings;

/// A job: one file of this folder.
pub struct Job {
    pub name: &'static str,
    pub title: &'static str,
    /// None: only when somebody asks (`hinomi job run`).
    pub when: fn(&Settings) -> Option<Schedule>,
    pub deadline: Duration,
    pub run: fn(&Work<'_>) -> anyhow::Result<Done>,
}

impl Job {
    pub fn schedule(&self, settings: &Settings) -> Option<Schedule> {
        (self.when)(settings)
    }
}

/// Every job there is.
pub static JOBS: [Job; 5] = [
    Job {
        name: "nightly",
        title: "再読込、予測の検証、照合、記録のまとめ、並べ直し、書き込みの区切り、片付け · full reload, back-test of forecasts, verification, compaction, clustering, checkpoint, housekeeping",
        when: |settings| Some(Schedule::Daily(settings.nightly)),
        deadline: Duration::from_hours(4),
        run: nightly::run,
    },
    Job {
        name: "reload",
        title: "フォルダに残るファイルの読み直し · reads again what sources leave in their folders",
        when: |_| None,
        deadline: Duration::from_hours(3),
        run: reload::run,
    },
    Job {
        name: "backtest",
        title: "過去の予測の検証 · puts past nowcasts and projections to the test",
        when: |_| None,
        deadline: Duration::from_mins(10),
        run: backtest::run,
    },
    Job {
        name: "verify",
        title: "記録とデータベースの照合 · compares the whole archive with the database",
        when: |_| None,
        deadline: Duration::from_hours(12),
        run: verify::run,
    },
    Job {
        name: "housekeeping",
        title: "古い一時ファイル・元ファイルの削除 · removes old temporary and raw files",
        when: |_| None,
        deadline: Duration::from_mins(10),
        run: housekeeping::run,
    },
];

pub fn job(name: &str) -> anyhow::Result<&'static Job> {
    JOBS.iter().find(|j| j.name == name).ok_or_else(|| {
        let names: Vec<&str> = JOBS.iter().map(|j| j.name).collect();
        let names = names.join(", ");
        anyhow::anyhow!(
            "処理 {name} はありません。使える値: {names} (there is no job {name}; accepted: {names})"
        )
    })
}
