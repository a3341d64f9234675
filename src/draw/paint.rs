//! From canvas to SVG: plotters draws the shapes, the labels follow as text, and what plotters leaves out
//! (`role`, `<title>`, `<desc>`) stands around them. Presentation attributes only: a strict
//! content-security policy finds nothing to block, and without ids many pictures share a page.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::{Color, RGBColor, ShapeStyle};

use crate::draw::DrawError;
use crate::draw::canvas::{Anchor, Canvas, Label, Point, Shape};
use crate::draw::font::{FAMILY, Weight};
use crate::draw::stamp::Mark;
use crate::draw::theme::Rgb;

/// plotters counts in whole pixels: it draws this many times larger, and the group scales it back.
const FINE: f64 = 10.0;

/// What a document says besides what is seen.
pub(super) struct Hidden<'a> {
    pub title: &'a str,
    pub description: &'a str,
    /// Left out when empty.
    pub metadata: &'a str,
}

/// How much of a mark's colour is seen.
const PALE: f64 = 0.18;

/// The whole document.
pub(super) fn document(
    canvas: &Canvas,
    hidden: &Hidden<'_>,
    marks: &[Mark<'_>],
) -> Result<String, DrawError> {
    let (width, height) = (canvas.width.round() as u32, canvas.height.round() as u32);
    let shapes = shapes(canvas)?;
    let mut svg = String::with_capacity(shapes.len() + 200 * canvas.labels.len() + 600);
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n",
        escape(hidden.title),
        escape(hidden.description)
    );
    if !hidden.metadata.is_empty() {
        let _ = writeln!(svg, "<metadata>{}</metadata>", escape(hidden.metadata));
    }
    let _ = writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        canvas.palette.ground.hex()
    );
    svg.push_str("<g transform=\"scale(0.1)\" stroke-linejoin=\"round\">\n");
    svg.push_str(&shapes);
    let _ = writeln!(
        svg,
        "</g>\n<g font-family=\"'{FAMILY}',sans-serif\" font-weight=\"{}\">",
        Weight::Text.css()
    );
    for label in &canvas.labels {
        text(&mut svg, label, canvas.palette.ground);
    }
    svg.push_str("</g>\n");
    stamp(&mut svg, marks, canvas.palette.series(1));
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn shapes(canvas: &Canvas) -> Result<String, DrawError> {
    let mut drawn = String::new();
    let size = ((canvas.width * FINE) as u32, (canvas.height * FINE) as u32);
    {
        let area = SVGBackend::with_string(&mut drawn, size).into_drawing_area();
        for shape in &canvas.shapes {
            draw(&area, shape)?;
        }
        area.present().map_err(|e| DrawError::Shape(e.to_string()))?;
    }
    let inner = drawn.split_once(">\n").map_or("", |(_, rest)| rest);
    let inner = inner.strip_suffix("</svg>\n").unwrap_or(inner);
    Ok(inner.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "").replace(" \"/>", "\"/>"))
}

fn draw(area: &DrawingArea<SVGBackend<'_>, Shift>, shape: &Shape) -> Result<(), DrawError> {
    let drawn = match shape {
        Shape::Fill(rect, colour) => {
            let corners = [fine((rect.x, rect.y)), fine((rect.right(), rect.bottom()))];
            area.draw(&Rectangle::new(corners, ink(*colour).filled()))
        }
        Shape::Polygon(points, colour) => area
            .draw(&Polygon::new(points.iter().copied().map(fine).collect::<Vec<_>>(), ink(*colour).filled())),
        Shape::Path { points, width, colour } => {
            let style = ShapeStyle {
                color: ink(*colour).to_rgba(),
                filled: false,
                stroke_width: (width * FINE).round().max(1.0) as u32,
            };
            area.draw(&PathElement::new(points.iter().copied().map(fine).collect::<Vec<_>>(), style))
        }
        Shape::Dot { at, radius, colour } => {
            area.draw(&Circle::new(fine(*at), (radius * FINE).round() as i32, ink(*colour).filled()))
        }
    };
    drawn.map_err(|e| DrawError::Shape(e.to_string()))
}

fn fine((x, y): Point) -> (i32, i32) {
    ((x * FINE).round() as i32, (y * FINE).round() as i32)
}

fn ink(colour: Rgb) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn text(svg: &mut String, label: &Label, ground: Rgb) {
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"",
        tenth(label.x),
        tenth(label.baseline),
        tenth(label.ink.size),
        label.ink.colour.hex()
    );
    match label.anchor {
        Anchor::Start => {}
        Anchor::Middle => svg.push_str(" text-anchor=\"middle\""),
        Anchor::End => svg.push_str(" text-anchor=\"end\""),
    }
    if label.ink.weight != Weight::Text {
        let _ = write!(svg, " font-weight=\"{}\"", label.ink.weight.css());
    }
    if label.ink.halo {
        let _ = write!(
            svg,
            " stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
            ground.hex(),
            tenth(label.ink.size * 0.22)
        );
    }
    let _ = writeln!(svg, ">{}</text>", escape(&label.text));
}

/// Over everything, so that nothing hides it; pale, so that it hides nothing.
fn stamp(svg: &mut String, marks: &[Mark<'_>], colour: Rgb) {
    if marks.is_empty() {
        return;
    }
    let _ = writeln!(
        svg,
        "<g font-family=\"'{FAMILY}',sans-serif\" font-weight=\"{}\" text-anchor=\"middle\" fill=\"{}\" \
         fill-opacity=\"{PALE}\" aria-hidden=\"true\">",
        Weight::Strong.css(),
        colour.hex()
    );
    for mark in marks {
        let _ = writeln!(
            svg,
            "<text transform=\"translate({} {}) rotate({})\" y=\"{}\" font-size=\"{}\">{}</text>",
            tenth(mark.middle.0),
            tenth(mark.middle.1),
            tenth(mark.angle),
            tenth(mark.size * 0.37),
            tenth(mark.size),
            escape(mark.text)
        );
    }
    svg.push_str("</g>\n");
}

fn tenth(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Text for XML: marked characters escaped, characters that XML forbids left out.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' | '\r' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}
