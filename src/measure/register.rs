//! Every measure there is.
//!
//! To add one touches at most five files:
//!
//! 1. its query, `queries/indicators/….sql`, whose header says `-- measure: name(parameter=value)`;
//! 2. its file in `src/measure/register/`: parameters, columns with their roles, formula in both languages with its
//!    literature, and how its rows are made of the query's (a numerical core of its own may stand beside it, as `rt.rs` does);
//! 3. this register: the file's name among the modules, and its line among [`METHODS`];
//! 4. its expected rows, `tests/indicators/expected/….txt`;
//! 5. a board that shows it, `dashboards/….toml`.
//!
//! Views, checks, files and explanations need nothing: they go by the roles of its columns.

pub mod against;
pub mod alerts;
pub mod beds_ahead;
pub mod beds_reached;
pub mod beds_tested;
pub mod compared;
pub mod doubling;
pub mod nowcast;
pub mod nowcast_coverage;
pub mod quartiles;
pub mod rate;
pub mod rate_ratio;
pub mod rt;
pub mod share;
pub mod simple_r;
pub mod standardised;
pub mod stay_curve;
pub mod stay_length;
pub mod to_date;

#[cfg(test)]
mod beds_tests;
#[cfg(test)]
mod stays_tests;
#[cfg(test)]
mod tests;

use super::method::Method;
use crate::definitions::indicator::Indicator;
use crate::definitions::measure::{MeasureCall, NONE};
use crate::definitions::{Catalog, CatalogError};

/// The measures, as a header calls them.
pub static METHODS: [&Method; 19] = [
    &rate::METHOD,
    &share::METHOD,
    &rate_ratio::METHOD,
    &simple_r::METHOD,
    &compared::METHOD,
    &standardised::METHOD,
    &rt::METHOD,
    &alerts::METHOD,
    &nowcast::METHOD,
    &nowcast_coverage::METHOD,
    &stay_length::METHOD,
    &stay_curve::METHOD,
    &beds_ahead::METHOD,
    &beds_reached::METHOD,
    &beds_tested::METHOD,
    &quartiles::METHOD,
    &doubling::METHOD,
    &against::METHOD,
    &to_date::METHOD,
];

/// The measure that a call means, if it can be made; else what is wrong with it.
pub fn called(call: &MeasureCall) -> Result<&'static Method, String> {
    let Some(method) = METHODS.iter().find(|method| method.name == call.name) else {
        let names: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
        return Err(format!("`{}` is none of {NONE}, {}", call.name, names.join(", ")));
    };
    method.fault(call).map_or(Ok(*method), Err)
}

/// Which headers call what is no measure, or not as it is called: each with its file and line.
pub fn faults(catalog: &Catalog) -> Vec<CatalogError> {
    let fault = |indicator: &Indicator| {
        let what = called(indicator.measure.as_ref()?).err()?;
        Some(CatalogError::Header {
            file: format!("queries/indicators/{}.sql", indicator.id),
            line: indicator.measure_line,
            what: format!("measure: {what}"),
        })
    };
    catalog.indicators.values().filter_map(|indicator| fault(indicator)).collect()
}

#[cfg(test)]
mod holds_tests;
