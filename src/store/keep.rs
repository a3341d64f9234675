//! Texts in force (definitions), notes, and the fingerprint of the pseudonym key.

use std::sync::PoisonError;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::deliveries::moment;
use super::engine::{self, Row, Session, instant, number, text};
use super::error::StoreError;
use super::handle::Store;
use super::types::{Definition, Note};

/// The kind of the note that keeps the fingerprint of the key of the stored pseudonyms.
pub const KEY_NOTE: &str = "key_fingerprint";

/// An entry of the journal of definitions.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DefinitionLine {
    pub kind: String,
    pub name: String,
    pub hash: String,
    pub known_at: Timestamp,
    pub text: String,
}

/// An entry of the journal of notes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NoteLine {
    pub at: Timestamp,
    pub kind: String,
    pub body: String,
}

impl Store {
    /// Keeps a text as the one in force from now on, unless it already is. Its hash (SHA-256, hexadecimal).
    pub fn keep_definition(&self, kind: &str, name: &str, body: &str) -> Result<String, StoreError> {
        let hash = hex::encode(Sha256::digest(body));
        let known_at = self.0.clock.now();
        self.0.with_writer(|writer| {
            let values = [("kind", text(kind)), ("name", text(name))];
            let last = engine::system_rows(&writer.conn, "ledger.definition_hash", &[], &values, |row| {
                row.get::<String>(0)
            })?;
            if last.first() == Some(&hash) {
                return Ok(hash.clone());
            }
            let line = DefinitionLine {
                kind: kind.to_owned(),
                name: name.to_owned(),
                hash: hash.clone(),
                known_at,
                text: body.to_owned(),
            };
            let number = writer.definitions.next();
            writer.keep(|w| &mut w.definitions, &line, |conn| add_definition(conn, number, &line))?;
            Ok(hash.clone())
        })
    }

    /// The texts in force at an instant, by kind and name.
    pub fn definitions_at(&self, at: Timestamp) -> Result<Vec<Definition>, StoreError> {
        let conn = self.0.connect()?;
        engine::system_rows(&conn, "ledger.definitions_at", &[], &[("at", instant(at))], definition)
    }

    /// One text in force at an instant.
    pub fn definition_at(
        &self,
        kind: &str,
        name: &str,
        at: Timestamp,
    ) -> Result<Option<Definition>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("kind", text(kind)), ("name", text(name)), ("at", instant(at))];
        Ok(engine::system_rows(&conn, "ledger.definition_at", &[], &values, definition)?.pop())
    }

    /// Keeps a note (JSON) of some kind.
    pub fn keep_note(&self, kind: &str, body: &str) -> Result<(), StoreError> {
        let line = NoteLine { at: self.0.clock.now(), kind: kind.to_owned(), body: body.to_owned() };
        self.0.with_writer(|writer| {
            let number = writer.notes.next();
            writer.keep(|w| &mut w.notes, &line, |conn| add_note(conn, number, &line))
        })
    }

    /// The last `n` notes of a kind, the newest first.
    pub fn notes(&self, kind: &str, n: usize) -> Result<Vec<Note>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("kind", text(kind)), ("n", number(n as u64))];
        engine::system_rows(&conn, "ledger.notes", &[], &values, |row| {
            Ok(Note { at: moment(row, 0)?, kind: row.get(1)?, body: row.get(2)? })
        })
    }

    /// The fingerprint of the key that the pseudonyms here were made with; None before the first.
    pub fn key_fingerprint(&self) -> Result<Option<String>, StoreError> {
        Ok(self.notes(KEY_NOTE, 1)?.pop().map(|n| n.body))
    }

    /// Binds the store to a key, once and for all: another key would double every case.
    pub fn set_key_fingerprint(&self, fingerprint: &str) -> Result<(), StoreError> {
        match self.key_fingerprint()? {
            None => {
                self.keep_note(KEY_NOTE, fingerprint)?;
                self.0.memory.write().unwrap_or_else(PoisonError::into_inner).key =
                    Some(fingerprint.to_owned());
                Ok(())
            }
            Some(known) if known == fingerprint => Ok(()),
            Some(_) => Err(StoreError::OtherKey),
        }
    }
}

fn definition(row: &Row<'_>) -> Result<Definition, StoreError> {
    Ok(Definition {
        kind: row.get(0)?,
        name: row.get(1)?,
        hash: row.get(2)?,
        known_at: moment(row, 3)?,
        text: row.get(4)?,
    })
}

/// A definition as its journal has it.
pub(super) fn definition_line(row: &Row<'_>) -> Result<DefinitionLine, StoreError> {
    let Definition { kind, name, hash, known_at, text } = definition(row)?;
    Ok(DefinitionLine { kind, name, hash, known_at, text })
}

/// A note as its journal has it.
pub(super) fn note_line(row: &Row<'_>) -> Result<NoteLine, StoreError> {
    Ok(NoteLine { at: moment(row, 0)?, kind: row.get(1)?, body: row.get(2)? })
}

/// The body of the last note of a kind.
pub(super) fn last_note(conn: &Session, kind: &str) -> Result<Option<String>, StoreError> {
    let values = [("kind", text(kind)), ("n", number(1))];
    Ok(engine::system_rows(conn, "ledger.notes", &[], &values, note_line)?.pop().map(|note| note.body))
}

/// Adds a definition inside the caller's transaction.
pub(super) fn add_definition(conn: &Session, n: u64, line: &DefinitionLine) -> Result<(), StoreError> {
    let values = [
        ("definition", number(n)),
        ("kind", text(&line.kind)),
        ("name", text(&line.name)),
        ("hash", text(&line.hash)),
        ("known_at", instant(line.known_at)),
        ("body", text(&line.text)),
    ];
    engine::system(conn, "ledger.add_definition", &[], &values).map(|_| ())
}

/// Adds a note inside the caller's transaction.
pub(super) fn add_note(conn: &Session, n: u64, line: &NoteLine) -> Result<(), StoreError> {
    let values = [
        ("note", number(n)),
        ("at", instant(line.at)),
        ("kind", text(&line.kind)),
        ("body", text(&line.body)),
    ];
    engine::system(conn, "ledger.add_note", &[], &values).map(|_| ())
}
