//! Reads `queries/`, `dashboards/` and `static/`: indicators, boards, mappings, tables, reference data.
//!
//! In go the definition files (embedded, overridable from a directory); out comes a [`Catalog`] in
//! which every header, board and mapping has been parsed strictly. What needs the store to be
//! judged (does a query prepare, do its columns match) is [`crate::answer::check`].

pub mod bandings;
pub mod board;
pub mod boards;
mod catalog;
mod dated;
pub mod districts;
mod codes;
mod disease_names;
mod diseases;
mod domains;
mod error;
pub mod files;
pub mod given;
pub mod glossary;
mod grouped;
pub mod groups;
mod header;
pub mod held;
pub mod indicator;
mod indicator_kinds;
mod linked;
pub mod lint;
pub mod manual;
pub mod mapping;
pub mod measure;
mod panel_kind;
pub mod part;
mod problem;
mod problem_ja;
mod quality;
pub mod questions;
pub mod reference;
mod reference_value;
pub mod role;
pub mod schema;
pub mod scheme_faults;
pub mod schemes;
pub mod shared;
pub mod system;
mod told_by;
pub mod undated;
pub mod waves;
pub mod word_faults;

pub use catalog::Catalog;
pub use codes::Codes;
pub use diseases::Disease;
pub use domains::Domains;
pub use error::CatalogError;
pub use files::Definitions;
pub use glossary::{Glossary, Word};
pub use lint::parameters;
pub use manual::Manual;
pub use panel_kind::PanelKind;
pub use problem::Problem;
pub use quality::Quality;
pub use reference::{Area, Facility, Outage, Serial, Standard};
pub use schema::Schema;
pub use schemes::Scheme;
