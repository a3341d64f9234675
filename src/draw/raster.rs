//! From SVG to PNG, with the embedded font and no other.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::draw::DrawError;
use crate::draw::font;

/// Wider pictures than this are a mistake, not a wish.
const WIDEST: u32 = 16_384;

/// The picture `width` pixels wide, as the bytes of a PNG file.
pub fn png(svg: &str, width: u32) -> Result<Vec<u8>, DrawError> {
    let options =
        Options { fontdb: font::database(), font_family: font::FAMILY.to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| DrawError::Svg(e.to_string()))?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    if width == 0 || height == 0 || width > WIDEST || height > WIDEST {
        return Err(DrawError::Size { width, height });
    }
    let mut pixels = Pixmap::new(width, height).ok_or(DrawError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| DrawError::Png(e.to_string()))
}
