//! Our statistics against R's, on generated series. Without `Rscript` each test prints a line and passes.

mod aberration;
mod r;
mod rates;
mod rt;
mod survival;
