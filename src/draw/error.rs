//! What can go wrong in a picture.

#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error("a shape can't be drawn: {0}")]
    Shape(String),
    #[error("not an svg picture: {0}")]
    Svg(String),
    #[error("a picture of {width} × {height} pixels can't be made")]
    Size { width: u32, height: u32 },
    #[error("png: {0}")]
    Png(String),
}
