//! Answers become pictures: SVG by plotters, PNG from it. The only place that names plotters.
//! One theme; a chart never sets its own colour, size or font.
//!
//! A [`chart::Chart`] goes in; [`svg`] gives a document that carries its own title, text alternative and
//! ground, scales by its `viewBox` and can be put into a page as it is, beside others: it has no script,
//! no style and no id. NaN and infinities are gaps; a chart without a value says データなし.
//!
//! Inside: `canvas` collects shapes and measured labels, one module a kind of chart draws on it, `paint`
//! has plotters write the shapes and adds the labels as text.

mod axes;
mod bands;
mod bars;
mod calendar;
mod canvas;
mod caption;
pub mod chart;
mod days;
mod describe;
mod error;
pub mod font;
mod forest;
mod heat;
mod key;
mod lines;
mod marks;
mod numbers;
mod paint;
mod place;
mod pyramid;
mod raster;
mod rows;
mod spark;
mod stamp;
mod survival;
pub mod theme;
mod words;
mod written;

pub use error::DrawError;
pub use numbers::number;
pub use raster::png;
pub use words::shorten;
pub use written::written;

use canvas::Canvas;
use chart::{Chart, Kind, Size, Theme};
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
    let drawn = match &chart.kind {
        Kind::Line(time) => lines::draw(&mut canvas, room, caption, time),
        Kind::Bars(time) => bars::single(&mut canvas, room, caption, time),
        Kind::Stacked(time) => bars::stacked(&mut canvas, room, caption, time),
        Kind::Pyramid(pyramid) => pyramid::draw(&mut canvas, room, caption, pyramid),
        Kind::Heat(heat) => heat::draw(&mut canvas, room, heat),
        Kind::Spark(series) => spark::draw(&mut canvas, room, series, !caption.bare),
        Kind::Forest(forest) => forest::draw(&mut canvas, room, forest),
        Kind::Survival(survival) => survival::draw(&mut canvas, room, survival),
        Kind::Calendar(calendar) => calendar::draw(&mut canvas, room, calendar),
        Kind::Marks(bars) => rows::draw(&mut canvas, room, caption, bars),
    };
    if !drawn {
        caption::nothing(&mut canvas, room);
    }
    canvas
}

#[cfg(test)]
mod tests;
