//! Ages and ten-year bands. Text as sources write it comes in; years, where they are known, and the band go out.

mod terms;
mod words;
mod years;

pub use words::{AgeWord, is_above, parse, parse_word};
pub use years::{Age, OLDEST, band_en, band_ja, decade_of};
