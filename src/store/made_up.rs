//! Facts that are made up by the set, for `hinomi bench`: cases, stays, beds, people, totals, with the times from
//! which and until when they were known.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::archive::{Manifest, Unfinished, batch_name};
use super::delivery_line::DeliveryLine;
use super::engine::{self, Session};
use super::error::StoreError;
use super::handle::Store;
use super::schema::{Schema, Table};
use super::settings::StoreSettings;
use super::types::{BatchId, BatchKind};
use super::{deliveries, sql};
use crate::epi::clock::{Clock, from_jst};

/// Facts that are made up by the set.
#[derive(Clone, Copy, Debug)]
pub struct MadeUp {
    pub cases: u32,
    pub days: u32,
    pub today: Date,
    /// When the last of them became known.
    pub at: Timestamp,
    pub history: History,
}

/// How the facts became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// In two batches: of every twentieth row there is an earlier version. The same number of cases each day.
    Twice,
    /// A batch a day: each fact within days of what it tells of, the end of a stay when it ended, a correction of every
    /// twentieth case two weeks later. Cases come in waves.
    Daily,
}

/// The tables that are filled, and the sources that the rows seem to come from.
pub(super) const FILLED: [(&str, &str); 7] = [
    ("cases", "her-sys-cases"),
    ("placements", "care-ledger"),
    ("facilities", "facilities"),
    ("bed_capacity", "bed-capacity"),
    ("bed_reports", "hospital-beds"),
    ("population", "population-register"),
    ("aggregate_counts", "municipal-cumulative"),
];

/// Which of a table's rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Versions {
    Now,
    Before,
}

impl MadeUp {
    /// The rows of a table with the table's own types, as a plain table has them.
    pub(super) fn plain(&self, table: &Table, source: &str) -> Result<String, StoreError> {
        self.rows(table, source, "staged", "plain_columns", ("1", "2"))
    }

    fn versions(&self, table: &Table, source: &str, versions: Versions) -> Result<String, StoreError> {
        let columns = if versions == Versions::Now { "current_columns" } else { "closed_columns" };
        if self.history == History::Twice {
            return match versions {
                Versions::Now => {
                    let known_from = "CASE WHEN n % 20 = 0 THEN 2 ELSE 1 END";
                    self.rows(table, source, "staged_now", columns, (known_from, ""))
                }
                Versions::Before => self.rows(table, source, "staged_before", columns, ("1", "2")),
            };
        }
        let batch_of = |day: &str| self.rendered("batch_of_day", &[("day", day)]);
        let (told, corrected) = (batch_of("told_day")?, batch_of("corrected_day")?);
        match versions {
            Versions::Now => {
                let known_from = batch_of("coalesce(corrected_day, told_day)")?;
                self.rows(table, source, "dated_now", columns, (&known_from, ""))
            }
            Versions::Before => self.rows(table, source, "dated_before", columns, (&told, &corrected)),
        }
    }

    /// The rows of a table with the table's own types and then the columns of a section.
    fn rows(
        &self,
        table: &Table,
        source: &str,
        part: &str,
        columns: &str,
        (known_from, known_to): (&str, &str),
    ) -> Result<String, StoreError> {
        let back = self.rendered(if self.history == History::Daily { "waves" } else { "even" }, &[])?;
        let made = self.rendered(&table.name, &[("back", &back)])?;
        let (told, earlier) = (self.own("told", table)?, self.own("earlier", table)?);
        let from = self.rendered(part, &[("made", &made), ("told", &told), ("earlier", &earlier)])?;
        let case_id = if table.subject { "n + 1" } else { "NULL" };
        let places =
            [("source", source), ("case_id", case_id), ("known_from", known_from), ("known_to", known_to)];
        table.lift(&from, &self.rendered(columns, &places)?)
    }

    /// What a section says of this table, or of all that it doesn't name.
    fn own(&self, section: &str, table: &Table) -> Result<String, StoreError> {
        let name = format!("{section}_{}", table.name);
        match sql::text(&format!("bench.{name}")) {
            Ok(_) => self.rendered(&name, &[]),
            Err(_) => self.rendered(&format!("{section}_otherwise"), &[]),
        }
    }

    fn rendered(&self, section: &str, more: &[(&str, &str)]) -> Result<String, StoreError> {
        let (rows, days) = (self.cases.to_string(), self.days.to_string());
        let today = format!("DATE {}", sql::quoted(&self.today.to_string()));
        let waves = (self.days / 183).max(1).to_string();
        let mut places = vec![("rows", rows.as_str()), ("days", &days), ("today", &today), ("waves", &waves)];
        places.extend(more);
        Ok(sql::render(&format!("bench.{section}"), &places)?.trim().to_owned())
    }

    /// When each batch was accepted.
    fn batches(&self) -> Vec<Timestamp> {
        let before = |seconds| self.at.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(self.at);
        if self.history == History::Twice {
            return vec![before(2), before(1)];
        }
        let first = self.today.saturating_sub(i64::from(self.days).saturating_sub(1).days());
        let evenings = first.series(1.day()).take(self.days.saturating_sub(1) as usize);
        evenings.map(|day| from_jst(day.at(17, 0, 0, 0))).chain([before(1)]).collect()
    }
}

impl Store {
    /// Fills a new data folder with these facts. The archive behind them is empty: the folder is good for measuring
    /// only.
    pub fn fill_made_up(settings: &StoreSettings, clock: &Clock, facts: &MadeUp) -> Result<(), StoreError> {
        Self::open(settings, clock)?.close()?;
        let conn = Session::open(&settings.paths().database(), settings, settings.memory_limit)?;
        let schema = Schema::of(&settings.schema);
        for (name, source) in FILLED {
            let table = schema.table(name)?;
            for (into, versions) in [("current", Versions::Now), ("closed", Versions::Before)] {
                let rows = facts.versions(table, source, versions)?;
                engine::system(&conn, &format!("bench.{into}"), &[("table", name), ("rows", &rows)], &[])?;
            }
        }
        engine::system(&conn, "bench.identities", &[("rows", &facts.cases.to_string())], &[])?;
        let kind = if facts.history == History::Daily { BatchKind::Regular } else { BatchKind::Initial };
        for (batch, accepted_at) in (1..).zip(facts.batches()) {
            let manifest = Manifest {
                batch: BatchId(batch),
                accepted_at,
                kind,
                source: "her-sys-cases".into(),
                table: "cases".into(),
                mapping: String::new(),
                schema_version: 1,
                schema: schema.hash.clone(),
                delivery: 0,
                opened: 0,
                closed: 0,
                identities: 0,
                files: Vec::new(),
            };
            deliveries::add_batch(&conn, &manifest)?;
            Unfinished::start(&settings.paths().batches(), &batch_name(manifest.batch))?.finish(&manifest)?;
        }
        engine::system(&conn, "schema.checkpoint", &[], &[])?;
        drop(conn);
        // Sources that have never spoken would show nothing.
        let store = Self::open(settings, clock)?;
        for (table, source) in FILLED {
            let line = DeliveryLine::unread(source, table, facts.at);
            store.0.with_writer(|writer| writer.add_delivery(&line))?;
        }
        store.close()
    }
}
