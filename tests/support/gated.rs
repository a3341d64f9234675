//! Files through reader and gate, and on into a store: the ordinary way, on one thread.

use std::path::Path;
use std::sync::Arc;

use hinomi::definitions::Domains;
use hinomi::definitions::districts::Districts;
use hinomi::definitions::mapping::Mapping;
use hinomi::intake::fault::{Fault, Unread};
use hinomi::intake::file::Reader;
use hinomi::privacy::{Gate, Key, Passed, SafeBatch};
use hinomi::store::{DeliveryStart, Receipt, Store, StoreError};

use super::text;
use super::ward::source_of;

/// A mapping's text, read.
pub fn mapping(text: &str) -> Arc<Mapping> {
    Arc::new(Mapping::parse(source_of(text), text).unwrap_or_else(|error| panic!("{error}")))
}

/// The towns that the program carries.
pub fn towns() -> Domains {
    Domains::from(Districts::parse(&text("queries/reference/districts.toml")).expect("districts"))
}

/// A ward without districts.
pub fn no_towns() -> Domains {
    Domains::from(Districts::default())
}

/// What the gate makes of a file.
pub struct Gated {
    /// What each batch became, and what came at the end.
    pub passed: Vec<Passed>,
    pub unread: Vec<Unread>,
}

impl Gated {
    /// Reads a file so many rows at a time.
    pub fn of(path: &Path, mapping: &Arc<Mapping>, domains: &Domains, rows: usize) -> Self {
        Self::by(path, mapping, domains, rows, |gate| gate)
    }

    /// The same, by a gate that knows more.
    pub fn by(
        path: &Path,
        mapping: &Arc<Mapping>,
        domains: &Domains,
        rows: usize,
        told: impl FnOnce(Gate) -> Gate,
    ) -> Self {
        let mut reader = Reader::open(path, Arc::clone(mapping)).unwrap_or_else(|error| panic!("{error}"));
        let gate = Gate::new(reader.bound(), Some(&Key::throwaway()), domains);
        let mut gate = told(gate.unwrap_or_else(|error| panic!("{error}")));
        let mut passed = Vec::new();
        while let Some(raw) = reader.next_batch(rows).unwrap_or_else(|error| panic!("{error}")) {
            passed.push(gate.pass(raw).unwrap_or_else(|error| panic!("{error}")));
        }
        passed.push(gate.end());
        Self { passed, unread: gate.unread() }
    }

    /// A text, as a file.
    pub fn of_text(text: &str, mapping: &Arc<Mapping>, domains: &Domains, rows: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).expect("written");
        Self::of(&path, mapping, domains, rows)
    }

    /// The batches that were let through.
    pub fn safe(&self) -> impl Iterator<Item = &SafeBatch> {
        self.passed.iter().filter_map(|passed| passed.safe.as_ref())
    }

    /// How many rows were let through.
    pub fn facts(&self) -> usize {
        self.safe().map(SafeBatch::rows).sum()
    }

    /// The rows that were not let through.
    pub fn faults(&self) -> Vec<Fault> {
        self.passed.iter().flat_map(|passed| passed.faults.clone()).collect()
    }
}

/// One delivery: what can't be read is as the gate says, or as it is given.
pub fn delivered(
    store: &Store,
    start: DeliveryStart,
    path: &Path,
    mapping: &Arc<Mapping>,
    (key, domains): (&Key, &Domains),
    unread: Option<Vec<Unread>>,
) -> Result<Receipt, StoreError> {
    let mut reader = Reader::open(path, Arc::clone(mapping)).expect("opens");
    let gate = Gate::new(reader.bound(), Some(key), domains).expect("a gate");
    let window = start.window.as_ref();
    let mut gate = gate.within(window.map(|(column, first, last)| (column.as_str(), *first, *last)));
    let mut delivery = store.begin(start)?;
    delivery.tells(reader.bound().columns());
    while let Some(raw) = reader.next_batch(8_192).expect("reads") {
        delivery.rows_read((raw.len() + raw.faults.len()) as u64);
        let passed = gate.pass(raw).expect("passes");
        delivery.quarantine(&passed.faults);
        delivery.hold(&passed.held);
        delivery.leave_out(&passed.left_out);
        if let Some(safe) = passed.safe {
            delivery.stage(safe)?;
        }
    }
    delivery.leave_out(&gate.end().left_out);
    let summary = reader.finish().expect("finishes");
    delivery.ends_torn(summary.torn);
    delivery.unread(unread.unwrap_or_else(|| gate.unread()));
    delivery.accept(&summary.digest, summary.bytes)
}
