//! When do two mappings mean the same?

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::types::Mapping;

/// What the program itself makes of a cell by one and the same mapping: counted up with every change of reader or gate
/// by which a file that was delivered before would give other rows. What such a change brings comes as one `remap` of
/// each source, and not as late notifications. Version 1 was not part of the hash.
pub const GATE_VERSION: u32 = 8;

impl Mapping {
    /// SHA-256 of what the mapping, and the gate by it, makes of a row. Comments, order and what only concerns files
    /// (their names, rhythm, fate and title) don't count, so that a different hash is a change of meaning: a `remap`.
    pub fn hash(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or(Value::Null);
        if let Value::Object(map) = &mut value {
            for key in ["title", "files", "after", "rhythm", "max_bad_share", "header"] {
                map.remove(key);
            }
        }
        let mut canonical = String::new();
        write_canonical(&value, &mut canonical);
        canonical.push_str(&format!("gate {GATE_VERSION}"));
        hex::encode(Sha256::digest(canonical.as_bytes()))
    }
}

/// Writes a value with sorted keys. What is empty or at its default is left out, so that a setting which a later
/// version adds does not change the hash of the mappings that don't use it.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().filter(|(_, v)| !is_default(v)).collect();
            out.push('{');
            for (key, value) in sorted {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
