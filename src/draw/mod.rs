//! Answers become pictures: SVG by plotters, PNG from it. The only place that names plotters.
//! One theme; a chart never sets its own colour, size or font.

pub mod chart;
