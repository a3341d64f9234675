//! Answers become pictures: SVG by plotters, PNG from it. The only place that names plotters.
//! One theme; a chart never sets its own colour, size or font.
//!
//! A [`chart::Chart`] goes in; [`svg`] gives a document that carries its own title, text alternative and
//! ground, scales by its `viewBox` and can be put into a page as it is, beside others: it has no script,
//! no style and no id. NaN and infinities are gaps; a chart without a value says データなし.
//!
//! Inside: `canvas` collects shapes and measured labels, `kinds` has one module a kind of chart that draws on it, `paint`
//! has plotters write the shapes and adds the labels as text.

mod axes;
mod bands;
mod canvas;
mod caption;
mod days;
mod describe;
mod described;
mod error;
pub mod font;
mod key;
mod kinds;
mod legend;
mod marks;
mod numbers;
mod paint;
mod parts;
mod place;
mod plot;
mod raster;
#[cfg(test)]
pub(crate) mod seen;
mod stamp;
pub mod style;
pub mod theme;
mod words;
mod written;

/// What can be drawn. Built from an answer by `present::chart`, drawn by [`svg`].
pub mod chart {
    pub use super::kinds::{
        Across, Bars, Calendar, Chart, Curve, Estimate, Forest, Heat, Interval, Kind, Pyramid, Stay, Survival,
    };
    pub use super::parts::{Band, Caption, Incomplete, Mark, Series, Size, Step, Theme, Timeline};
}

pub use error::DrawError;
pub use numbers::number;
pub use raster::png;
pub use written::written;

use canvas::Canvas;
use chart::{Chart, Size, Theme};
use paint::Hidden;
use theme::Palette;

/// The chart as an SVG document.
pub fn svg(chart: &Chart, size: Size, theme: Theme) -> Result<String, DrawError> {
    let canvas = compose(chart, size, theme);
    let caption = &chart.caption;
    let title = [&caption.name, &caption.title].into_iter().find(|text| !text.is_empty());
    let title = title.map_or("図", String::as_str);
    let hidden = Hidden { title, description: &describe::describe(chart), metadata: &caption.metadata };
    paint::document(&canvas, &hidden, &stamp::marks(&canvas, &caption.stamp))
}

fn compose(chart: &Chart, size: Size, theme: Theme) -> Canvas {
    let mut canvas = Canvas::new(size, Palette::of(theme));
    let caption = &chart.caption;
    let room = caption::around(&mut canvas, caption);
    let drawn = chart.kind.draw(&mut canvas, room, caption);
    if !drawn {
        caption::nothing(&mut canvas, room);
    }
    canvas
}

#[cfg(test)]
mod tests;
