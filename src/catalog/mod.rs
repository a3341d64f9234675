//! Reads `queries/` and `dashboards/`: indicators, boards, mappings, reference data; `hinomi check`.

pub mod board;
pub mod indicator;
