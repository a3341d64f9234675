//! Facts that are made up by the set: cases, stays, beds, people, totals, with the times from which and until when they
//! were known. They go past the gate straight into a data folder that is good for measuring only: the archive behind
//! them is empty.

use std::path::Path;

use duckdb::Connection;
use hinomi::app::store_settings;
use hinomi::config::Settings;
use hinomi::definitions::Schema;
use hinomi::definitions::schema::Table;
use hinomi::epi::clock::{Clock, from_jst};
use hinomi::store::Store;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::sql;

/// Facts that are made up by the set.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
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
pub const FILLED: [(&str, &str); 7] = [
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

impl Facts {
    /// Facts of three years up to now, known in two batches.
    pub fn twice(cases: u32, clock: &Clock) -> Self {
        Self { cases, days: 1096, today: clock.today(), at: clock.now(), history: History::Twice }
    }

    /// The rows of a table as a plain table has them; of a table that is not filled, none.
    pub fn plain(&self, table: &Table) -> anyhow::Result<String> {
        if let Some((_, source)) = FILLED.iter().find(|(name, _)| *name == table.name) {
            return self.rows(table, source, "staged", "plain_columns", ("1", "2"));
        }
        let inputs = table.columns.iter().map(|column| format!("NULL AS \"{}\"", column.input));
        let mut inputs: Vec<String> = inputs.collect();
        inputs.sort();
        inputs.dedup();
        let from = format!("(SELECT {} WHERE false) AS staged", inputs.join(", "));
        lift(table, &from, &self.rendered("plain_columns", &[("source", ""), ("case_id", "NULL")])?)
    }

    fn versions(&self, table: &Table, source: &str, versions: Versions) -> anyhow::Result<String> {
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
    ) -> anyhow::Result<String> {
        let back = self.rendered(if self.history == History::Daily { "waves" } else { "even" }, &[])?;
        let made = self.rendered(&table.name, &[("back", &back)])?;
        let (told, earlier) = (self.own("told", table)?, self.own("earlier", table)?);
        let from = self.rendered(part, &[("made", &made), ("told", &told), ("earlier", &earlier)])?;
        let case_id = if table.subject { "n + 1" } else { "NULL" };
        let places =
            [("source", source), ("case_id", case_id), ("known_from", known_from), ("known_to", known_to)];
        lift(table, &from, &self.rendered(columns, &places)?)
    }

    /// What a section says of this table, or of all that it doesn't name.
    fn own(&self, section: &str, table: &Table) -> anyhow::Result<String> {
        let name = format!("{section}_{}", table.name);
        match sql::section(&name) {
            Some(_) => self.rendered(&name, &[]),
            None => self.rendered(&format!("{section}_otherwise"), &[]),
        }
    }

    fn rendered(&self, section: &str, more: &[(&str, &str)]) -> anyhow::Result<String> {
        let (rows, days) = (self.cases.to_string(), self.days.to_string());
        let today = format!("DATE {}", sql::quoted(&self.today.to_string()));
        let waves = (self.days / 183).max(1).to_string();
        let mut places = vec![("rows", rows.as_str()), ("days", &days), ("today", &today), ("waves", &waves)];
        places.extend(more);
        sql::render(section, &places)
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

    /// Makes a data folder with these facts in it.
    pub fn fill(&self, settings: &Settings, clock: &Clock) -> anyhow::Result<()> {
        let schema = Schema::embedded();
        Store::open(&store_settings(settings, schema.clone()), clock)?.close()?;
        let database = settings.folder().database();
        let conn = connect(&database, settings)?;
        for (name, source) in FILLED {
            let table = table_of(&schema, name)?;
            for (into, versions) in [("current", Versions::Now), ("closed", Versions::Before)] {
                let rows = self.versions(table, source, versions)?;
                conn.execute_batch(&sql::render(into, &[("table", name), ("rows", &rows)])?)?;
            }
        }
        conn.execute_batch(&self.rendered("identities", &[])?)?;
        let kind = if self.history == History::Daily { "regular" } else { "initial" };
        let batches: Vec<(u32, Timestamp)> = (1..).zip(self.batches()).collect();
        let rows = batches.iter().map(|(n, at)| format!("({n}, {})", sql::instant(*at)));
        let rows = rows.collect::<Vec<_>>().join(", ");
        conn.execute_batch(&sql::render("batches", &[("kind", kind), ("batches", &rows)])?)?;
        for (batch, at) in batches {
            empty_in_archive(&settings.folder().batches(), batch, at, kind)?;
        }
        // Sources that have never spoken would show nothing.
        let mut journal = String::new();
        for (n, (table, source)) in (1..).zip(FILLED) {
            let (number, at) = (n.to_string(), sql::instant(self.at));
            let places = [("delivery", number.as_str()), ("source", source), ("table", table), ("at", &at)];
            conn.execute_batch(&sql::render("delivery", &places)?)?;
            journal += &format!("{}\n", delivery_line(n, source, table, self.at));
        }
        std::fs::write(settings.folder().journal().join("deliveries.jsonl"), journal)?;
        conn.execute_batch(&sql::render("unsealed", &[])?)?;
        conn.execute_batch("CHECKPOINT")?;
        Ok(())
    }
}

/// That a source spoke, and no more: a line of the journal, without which its entry in the ledger is not believed.
fn delivery_line(n: u64, source: &str, table: &str, at: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "n": n, "source": source, "table": table, "name": "", "received_at": at, "stamp": null, "mapping": "",
        "digest": "", "bytes": 0, "replay": false, "outcome": "unchanged", "why": null, "batch": null, "rows": 0,
        "opened": 0, "closed": 0, "unchanged": 0, "quarantined": 0, "held": 0, "stale": false, "faults": [],
    })
}

/// A batch's folder in the archive, without any file: a database is not opened without it.
fn empty_in_archive(folder: &Path, batch: u32, accepted_at: Timestamp, kind: &str) -> anyhow::Result<()> {
    let folder = folder.join(format!("{batch:08}"));
    std::fs::create_dir(&folder)?;
    let manifest = serde_json::json!({
        "batch": batch, "accepted_at": accepted_at, "kind": kind, "source": "her-sys-cases", "table": "cases",
        "mapping": "", "schema_version": 1, "schema": "", "delivery": 0, "opened": 0, "closed": 0, "identities": 0,
        "files": [],
    });
    Ok(std::fs::write(folder.join("manifest.json"), serde_json::to_vec(&manifest)?)?)
}

pub fn table_of<'a>(schema: &'a Schema, name: &str) -> anyhow::Result<&'a Table> {
    schema.table(name).ok_or_else(|| anyhow::anyhow!("there is no table {name}"))
}

/// DuckDB itself on a file, with as much of the machine as Hinomi's settings give it.
pub fn connect(file: &Path, settings: &Settings) -> anyhow::Result<Connection> {
    let conn = Connection::open(file)?;
    let memory = format!("'{}MiB'", settings.memory_limit.0 >> 20);
    let places = [("threads", settings.threads().to_string()), ("memory", memory)];
    let places = places.each_ref().map(|(name, value)| (*name, value.as_str()));
    conn.execute_batch(&sql::render("settings", &places)?)?;
    Ok(conn)
}

/// A table's own columns over a relation that has every input, and then more of them.
fn lift(table: &Table, from: &str, more: &str) -> anyhow::Result<String> {
    sql::render("lift", &[("list", &table.list), ("more", more), ("from", from)])
}
