//! The font that every renderer uses: M PLUS 1 (SIL OFL 1.1), embedded, so that Japanese text is right on
//! a machine without any Japanese font. Text goes in, widths and missing glyphs come out, measured by the
//! engine that also makes the PNG.
//!
//! The file is variable and its default instance is Thin: whoever draws with it sets the weight.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use resvg::usvg::{self, fontdb};
use unicode_normalization::UnicodeNormalization;

/// The family's name in SVG, CSS and PNG.
pub const FAMILY: &str = "M PLUS 1";

/// Size in which glyphs are measured.
const EM: f64 = 100.0;

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/font.ttf"));
static LICENCE: &str = include_str!(concat!(env!("OUT_DIR"), "/font-licence.txt"));
static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    database.load_font_source(fontdb::Source::Binary(Arc::new(BYTES)));
    Arc::new(database)
});
static GLYPHS: LazyLock<RwLock<BTreeMap<(Weight, char), Glyph>>> = LazyLock::new(RwLock::default);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Text,
    Strong,
}

impl Weight {
    pub fn css(self) -> u16 {
        match self {
            Weight::Text => 500,
            Weight::Strong => 700,
        }
    }
}

/// Advance in ems, and whether the font has the character.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    advance: f64,
    there: bool,
}

/// The TrueType file (variable, wght 100 to 900).
pub fn bytes() -> &'static [u8] {
    BYTES
}

/// The licence that must go with the font.
pub fn licence() -> &'static str {
    LICENCE
}

/// The characters of `text` that the font lacks, each once.
pub fn missing(text: &str) -> Vec<char> {
    let mut lacking: Vec<char> = Vec::new();
    for (c, glyph) in glyphs(text, Weight::Text) {
        if !glyph.there && !lacking.contains(&c) {
            lacking.push(c);
        }
    }
    lacking
}

/// `text` with what the font lacks written otherwise: ％ as %, Ⅱ as II, ℃ as °C. What has no other
/// form stays, for a browser to find elsewhere.
pub fn drawable(text: &str) -> Cow<'_, str> {
    let lacking = missing(text);
    if lacking.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !lacking.contains(&c) => written.push(c),
            '～' => written.push('〜'),
            '→' => written.push('▶'),
            c => {
                let other: String = std::iter::once(c).nfkc().collect();
                if missing(&other).is_empty() {
                    written.push_str(&other);
                } else {
                    written.push(c);
                }
            }
        }
    }
    Cow::Owned(written)
}

/// Width in pixels at `size` pixels. Kerning is left out: a label is never wider than this.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    glyphs(text, weight).iter().map(|(_, glyph)| glyph.advance).sum::<f64>() * size
}

pub(super) fn database() -> Arc<fontdb::Database> {
    Arc::clone(&DATABASE)
}

fn glyphs(text: &str, weight: Weight) -> Vec<(char, Glyph)> {
    let unknown: Vec<char> = {
        let known = GLYPHS.read().unwrap_or_else(PoisonError::into_inner);
        text.chars().filter(|c| !known.contains_key(&(weight, *c))).collect()
    };
    if !unknown.is_empty() {
        let measured = measure(&unknown, weight);
        let mut known = GLYPHS.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(measured.into_iter().map(|(c, glyph)| ((weight, c), glyph)));
    }
    let known = GLYPHS.read().unwrap_or_else(PoisonError::into_inner);
    let absent = Glyph { advance: 1.0, there: false };
    text.chars().map(|c| (c, known.get(&(weight, c)).copied().unwrap_or(absent))).collect()
}

/// Lays out each character on its own and reads its advance.
fn measure(characters: &[char], weight: Weight) -> BTreeMap<char, Glyph> {
    let mut found = BTreeMap::new();
    let mut page = String::from("<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>");
    for c in characters {
        if let Some(glyph) = unseen(*c) {
            found.insert(*c, glyph);
            continue;
        }
        found.insert(*c, Glyph { advance: 1.0, there: false });
        let _ = write!(
            page,
            "<text id='c{}' y='100' font-family='{FAMILY}' font-weight='{}' font-size='{EM}'>&#{};</text>",
            u32::from(*c),
            weight.css(),
            u32::from(*c)
        );
    }
    page.push_str("</svg>");
    // The family needs quotes of its own: a CSS name can't begin with a digit.
    let page = page.replace(&format!("font-family='{FAMILY}'"), &format!("font-family=\"'{FAMILY}'\""));
    let options = usvg::Options { fontdb: database(), ..usvg::Options::default() };
    if let Ok(tree) = usvg::Tree::from_str(&page, &options) {
        collect(tree.root(), &mut found);
    }
    found
}

fn collect(group: &usvg::Group, found: &mut BTreeMap<char, Glyph>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => collect(inner, found),
            usvg::Node::Text(text) => {
                let code = text.id().strip_prefix('c').and_then(|n| n.parse().ok()).and_then(char::from_u32);
                let Some(c) = code else { continue };
                let there = text
                    .layouted()
                    .iter()
                    .flat_map(|span| &span.positioned_glyphs)
                    .all(|glyph| glyph.id.0 != 0);
                found.insert(c, Glyph { advance: f64::from(text.bounding_box().width()) / EM, there });
            }
            _ => {}
        }
    }
}

/// Characters that leave no mark, with their advance in M PLUS 1.
fn unseen(c: char) -> Option<Glyph> {
    let advance = match c {
        ' ' | '\u{a0}' => 0.3,
        '\u{3000}' => 1.0,
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{feff}' | '\u{200b}') => 0.0,
        c if c.is_whitespace() => 0.3,
        _ => return None,
    };
    Some(Glyph { advance, there: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_is_there_and_marks_are_not() {
        assert_eq!(missing("受理数 28日 (棒: 日, 線: 7日平均) 1,234 −5 — 髙"), Vec::<char>::new());
        assert_eq!(missing("● 最新 Ⅱ"), vec!['●', 'Ⅱ']);
    }

    #[test]
    fn what_is_lacking_is_written_otherwise() {
        assert_eq!(drawable("使用率 78 ％"), "使用率 78 %");
        assert_eq!(drawable("中等症Ⅱ"), "中等症II");
        assert_eq!(drawable("入院"), "入院");
    }

    #[test]
    fn widths_are_those_of_the_drawn_weight() {
        let digit = width("0", 1000.0, Weight::Text);
        assert!((630.0..650.0).contains(&digit), "{digit}");
        assert!((width("港区", 10.0, Weight::Text) - 20.0).abs() < 0.1);
        assert!(width("W", 10.0, Weight::Strong) > width("W", 10.0, Weight::Text));
        let tabular: Vec<f64> =
            "0123456789".chars().map(|c| width(&c.to_string(), 100.0, Weight::Text)).collect();
        assert!(tabular.iter().all(|w| (w - tabular[0]).abs() < 0.5), "{tabular:?}");
    }

    #[test]
    fn odd_characters_do_no_harm() {
        assert!(width("\u{0}\u{7}\t\u{fffe}<&>\"'", 10.0, Weight::Text) > 0.0);
    }
}
