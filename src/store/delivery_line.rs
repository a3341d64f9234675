//! A delivery as its journal keeps it: everything that the ledger holds of it, and the receipt that it gives.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::hold::Hold;
use super::types::{
    BatchId, Counted, DeliveryEntry, DeliveryStart, FaultCount, LeftOutCount, Outcome, Receipt,
};
use crate::epi::clock::from_jst;
use crate::intake::aside::{LeftOut, Why};
use crate::intake::fault::{Fault, FaultKind, Unread};

/// Faults shown in a receipt.
pub(super) const FAULTS_SHOWN: usize = 1_000;

/// Before every day of a record.
pub(super) const EVER: Date = Date::constant(1, 1, 1);

/// An entry of the journal of deliveries. What has a default came later than the first entries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DeliveryLine {
    pub source: String,
    pub table: String,
    pub name: String,
    pub received_at: Timestamp,
    pub stamp: Option<Timestamp>,
    pub mapping: String,
    pub digest: String,
    pub bytes: u64,
    pub replay: bool,
    pub outcome: OutcomeWord,
    pub why: Option<String>,
    pub batch: Option<BatchId>,
    pub rows: u64,
    pub opened: u64,
    pub closed: u64,
    pub unchanged: u64,
    pub quarantined: u64,
    pub held: u64,
    pub stale: bool,
    pub faults: Vec<FaultLine>,
    #[serde(default)]
    pub counted: Option<Counted>,
    #[serde(default)]
    pub fault_counts: Vec<FaultCount>,
    /// Row number, the row that counts, does it say otherwise.
    #[serde(default)]
    pub merged: Vec<(u64, u64, bool)>,
    #[serde(default)]
    pub unread: Vec<Unread>,
    #[serde(default)]
    pub hold: Option<Hold>,
    #[serde(default)]
    pub by_person: bool,
    /// Rows of the file that are not counted.
    #[serde(default, skip_serializing_if = "LeftOutLine::is_empty")]
    pub left_out: LeftOutLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_from: Option<Timestamp>,
    /// None in entries of before it was noted: all that the mapping reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// The head of the chain of batches with this one: see [`super::seal`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// What a delivery told of, whatever its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// The table's columns that the file had, and those that the mapping fills for every row.
    pub columns: Vec<String>,
    /// What the mapping reads and the file did not have: the first heading of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// From which day on it says all anew ([`EVER`]: all that is stored). None: only what is new since the source last spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day of the window in its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// It takes the place of all that came before: of rows without a key no earlier value stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
}

/// Rows that were left out: the first of each reason, and how many there are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "LeftOutForms")]
pub(super) struct LeftOutLine {
    pub rows: Vec<(u64, Why)>,
    pub counts: Vec<LeftOutCount>,
}

/// As entries have it: earlier ones the rows' numbers alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum LeftOutForms {
    Numbers(Vec<u64>),
    Rows { rows: Vec<(u64, Why)>, counts: Vec<LeftOutCount> },
}

impl From<LeftOutForms> for LeftOutLine {
    fn from(forms: LeftOutForms) -> Self {
        match forms {
            LeftOutForms::Rows { rows, counts } => Self { rows, counts },
            LeftOutForms::Numbers(rows) => {
                let why = Why::TotalOrFoot;
                let count = LeftOutCount { why, rows: rows.len() as u64 };
                let counts = if rows.is_empty() { Vec::new() } else { vec![count] };
                Self { rows: rows.into_iter().map(|row| (row, why)).collect(), counts }
            }
        }
    }
}

impl LeftOutLine {
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    fn rows(&self) -> Vec<LeftOut> {
        self.rows.iter().map(|(row, why)| LeftOut { row: *row, why: *why }).collect()
    }
}

/// What became of a delivery, in the word of ledger and journal. Another word is an error, never one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeWord {
    Accepted,
    Unchanged,
    Refused,
    Held,
}

impl OutcomeWord {
    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted => Self::Accepted,
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Refused(_) => Self::Refused,
            Outcome::Held(_) => Self::Held,
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Held => "held",
        }
    }

    fn with(self, why: Option<String>) -> Outcome {
        match self {
            Self::Accepted => Outcome::Accepted,
            Self::Unchanged => Outcome::Unchanged,
            Self::Refused => Outcome::Refused(why.unwrap_or_default()),
            Self::Held => Outcome::Held(why.unwrap_or_default()),
        }
    }
}

/// Row number, column, kind, and another row that it contradicts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FaultLine(
    pub u64,
    pub String,
    pub FaultKind,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub Option<u64>,
);

impl From<&Fault> for FaultLine {
    fn from(fault: &Fault) -> Self {
        Self(fault.row, fault.column.clone(), fault.kind, fault.other)
    }
}

impl From<FaultLine> for Fault {
    fn from(FaultLine(row, column, kind, other): FaultLine) -> Self {
        Self { row, column, kind, other }
    }
}

impl DeliveryLine {
    /// A delivery of which nothing was read.
    pub(super) fn refusal(start: &DeliveryStart, why: &str) -> Self {
        Self {
            name: start.name.clone(),
            stamp: start.stamp,
            mapping: start.mapping_hash.clone(),
            replay: start.replay,
            outcome: OutcomeWord::Refused,
            why: Some(why.to_owned()),
            ..Self::unread(&start.source, &start.table, start.received_at)
        }
    }

    /// A delivery that was held, and that a person refused.
    pub(super) fn refused_by_person(held: &DeliveryEntry, at: Timestamp, why: &str) -> Self {
        Self {
            name: held.name.clone(),
            stamp: held.stamp,
            mapping: held.mapping_hash.clone(),
            digest: held.digest.clone(),
            bytes: held.bytes,
            replay: held.replay,
            outcome: OutcomeWord::Refused,
            why: Some(why.to_owned()),
            by_person: true,
            rows: held.receipt.rows,
            unchanged: held.receipt.unchanged,
            quarantined: held.receipt.quarantined,
            counted: held.receipt.counted,
            fault_counts: held.receipt.fault_counts.clone(),
            faults: held.receipt.faults.iter().map(FaultLine::from).collect(),
            left_out: LeftOutLine {
                rows: held.receipt.left_out.iter().map(|left| (left.row, left.why)).collect(),
                counts: held.receipt.left_out_counts.clone(),
            },
            ..Self::unread(&held.source, &held.table, at)
        }
    }

    /// That a source spoke, and no more.
    pub(super) fn unread(source: &str, table: &str, received_at: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            table: table.to_owned(),
            name: String::new(),
            received_at,
            stamp: None,
            mapping: String::new(),
            digest: String::new(),
            bytes: 0,
            replay: false,
            outcome: OutcomeWord::Unchanged,
            why: None,
            batch: None,
            rows: 0,
            opened: 0,
            closed: 0,
            unchanged: 0,
            quarantined: 0,
            held: 0,
            stale: false,
            faults: Vec::new(),
            counted: Some(Counted::default()),
            fault_counts: Vec::new(),
            merged: Vec::new(),
            unread: Vec::new(),
            hold: None,
            by_person: false,
            left_out: LeftOutLine::default(),
            known_from: None,
            told: None,
            head: None,
        }
    }

    /// Up to when the source has told with it: its stamp, or when it came; no further than the window in its name.
    pub(super) fn told_until(&self) -> Timestamp {
        let made = self.said_at();
        let window = self.told.as_ref().and_then(|told| told.to);
        window.map_or(made, |last| made.min(from_jst(last.saturating_add(1.day()).at(0, 0, 0, 0))))
    }

    /// Its stamp, or when it came.
    pub(super) fn said_at(&self) -> Timestamp {
        self.stamp.map_or(self.received_at, |stamp| stamp.min(self.received_at))
    }

    /// What whoever delivered is told.
    pub(super) fn receipt(self, delivery: u64) -> Receipt {
        let merged = |contradicts: bool| {
            let kind = if contradicts { FaultKind::ContradictingRows } else { FaultKind::IdenticalRows };
            let of_kind = self.merged.iter().filter(move |merged| merged.2 == contradicts).take(FAULTS_SHOWN);
            of_kind.map(move |(row, other, _)| Fault::new(*row, "", kind).beside(*other))
        };
        let merged_rows = merged(true).chain(merged(false)).collect();
        let outcome = self.outcome.with(self.why);
        Receipt {
            delivery,
            if_taken: !outcome.is_taken(),
            outcome,
            batch: self.batch,
            rows: self.rows,
            opened: self.opened,
            closed: self.closed,
            unchanged: self.unchanged,
            counted: self.counted,
            faults: self.faults.into_iter().take(FAULTS_SHOWN).map(Fault::from).collect(),
            quarantined: self.quarantined,
            fault_counts: self.fault_counts,
            merged_rows,
            unread: self.unread,
            hold: self.hold,
            by_person: self.by_person,
            left_out: self.left_out.rows(),
            left_out_counts: self.left_out.counts,
            known_from: self.known_from,
            absent: self.told.map(|told| told.absent).unwrap_or_default(),
            held: self.held,
            stale: self.stale,
        }
    }

    pub(super) fn entry(self, delivery: u64) -> DeliveryEntry {
        DeliveryEntry {
            source: self.source.clone(),
            table: self.table.clone(),
            name: self.name.clone(),
            received_at: self.received_at,
            stamp: self.stamp,
            mapping_hash: self.mapping.clone(),
            digest: self.digest.clone(),
            bytes: self.bytes,
            replay: self.replay,
            receipt: self.receipt(delivery),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the journals of before rows were counted have it.
    const EARLIER: &str = r#"{"source":"s","table":"cases","name":"f.csv","received_at":"2022-01-01T00:00:00Z",
        "stamp":null,"mapping":"m","digest":"d","bytes":9,"replay":false,"outcome":"accepted","why":null,"batch":1,
        "rows":3,"opened":2,"closed":0,"unchanged":0,"quarantined":1,"held":0,"stale":false,
        "faults":[[3,"sex","unknown_code"]]}"#;

    #[test]
    fn an_earlier_entry_is_read_and_says_nothing_of_what_was_not_counted() {
        let line: DeliveryLine = serde_json::from_str(EARLIER).unwrap();
        let receipt = line.receipt(1);
        assert_eq!((receipt.counted, receipt.hold, receipt.by_person), (None, None, false));
        assert_eq!((receipt.left_out, receipt.if_taken), (vec![], false));
        assert_eq!(receipt.faults, [Fault::new(3, "sex", FaultKind::UnknownCode)]);
    }

    #[test]
    fn rows_left_out_keep_their_reason_and_earlier_ones_are_read() {
        let with = |left_out: &str| {
            let text = EARLIER.replace(r#""stale""#, &format!(r#""left_out":{left_out},"stale""#));
            serde_json::from_str::<DeliveryLine>(&text).unwrap().left_out
        };
        let earlier = with("[4,9]");
        assert_eq!(earlier.rows, [(4, Why::TotalOrFoot), (9, Why::TotalOrFoot)]);
        assert_eq!(earlier.counts, [LeftOutCount { why: Why::TotalOrFoot, rows: 2 }]);
        assert!(with("[]").is_empty());
        let now = r#"{"rows":[[4,"total"],[9,"no_value"]],"counts":[{"why":"total","rows":1},{"why":"no_value","rows":7}]}"#;
        assert_eq!(serde_json::to_string(&with(now)).unwrap(), now);
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        for outcome in
            [OutcomeWord::Accepted, OutcomeWord::Unchanged, OutcomeWord::Refused, OutcomeWord::Held]
        {
            let line = EARLIER.replace("\"accepted\"", &format!("\"{}\"", outcome.text()));
            let line: DeliveryLine = serde_json::from_str(&line).unwrap();
            assert_eq!(line.outcome, outcome);
            assert_eq!(OutcomeWord::of(&line.receipt(1).outcome), outcome);
        }
        let other = EARLIER.replace("\"accepted\"", "\"postponed\"");
        let error = serde_json::from_str::<DeliveryLine>(&other).unwrap_err().to_string();
        assert!(error.contains("unknown variant `postponed`"), "{error}");
    }

    #[test]
    fn a_fault_keeps_its_other_row() {
        let fault = Fault::new(3, "", FaultKind::DuplicateKey).beside(9);
        let text = serde_json::to_string(&FaultLine::from(&fault)).unwrap();
        assert_eq!(text, r#"[3,"","duplicate_key",9]"#);
        assert_eq!(Fault::from(serde_json::from_str::<FaultLine>(&text).unwrap()), fault);
        let alone = FaultLine::from(&Fault::new(3, "a", FaultKind::Missing));
        assert_eq!(serde_json::to_string(&alone).unwrap(), r#"[3,"a","missing"]"#);
    }
}
