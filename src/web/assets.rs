//! What the browser loads beside pages: style, script, font. Served from the program at a URL that
//! carries the hash of all of them, so that a browser may keep them for ever.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::definitions::Definitions;
use crate::draw::{font, style};

/// The font's name beside the style sheet, which refers to it without a path.
const FONT: &str = "font.ttf";

#[derive(Clone, Debug)]
pub struct Assets {
    hash: String,
    files: BTreeMap<String, Bytes>,
}

impl Assets {
    pub fn new(definitions: &Definitions) -> Self {
        let own = definitions.iter().filter_map(|(path, file)| {
            // Pages of the manual are not loaded beside pages: they are pages.
            let name = path.strip_prefix("static/").filter(|name| !name.ends_with(".md"))?;
            // The design system stands before each style sheet.
            let css = name.ends_with(".css");
            let bytes =
                if css { [style::css().as_bytes(), &file.bytes].concat() } else { file.bytes.to_vec() };
            Some((name.to_owned(), Bytes::from(bytes)))
        });
        let mut files: BTreeMap<String, Bytes> = own.collect();
        files.insert(FONT.to_owned(), Bytes::from_static(font::bytes()));
        files.insert("font-licence.txt".to_owned(), Bytes::from_static(font::licence().as_bytes()));
        let mut digest = Sha256::new();
        for (name, bytes) in &files {
            digest.update(name.as_bytes());
            digest.update(Sha256::digest(bytes));
        }
        let hash = hex::encode(&digest.finalize()[..8]);
        Self { hash, files }
    }

    /// The program and what it serves: displays load the page anew when it changes.
    pub fn program(&self) -> String {
        format!("{}-{}", env!("CARGO_PKG_VERSION"), self.hash)
    }

    pub fn url(&self, name: &str) -> String {
        format!("/static/{}/{name}", self.hash)
    }

    pub fn font_url(&self) -> String {
        self.url(FONT)
    }

    /// One file. Asked for under another hash (a page from before an upgrade) it is served, but not kept.
    pub fn serve(&self, hash: &str, name: &str) -> Response {
        let Some(bytes) = self.files.get(name) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let kept = if hash == self.hash { "public, max-age=31536000, immutable" } else { "no-store" };
        let headers = [(header::CONTENT_TYPE, content_type(name)), (header::CACHE_CONTROL, kept)];
        (headers, Body::from(bytes.clone())).into_response()
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ttf") => "font/ttf",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_of_a_page_is_there() {
        let assets = Assets::new(&Definitions::embedded());
        for name in ["hinomi.css", "wall.css", "wall.js", "find.js", "icon.svg", FONT] {
            assert!(assets.files.contains_key(name), "{name}");
        }
        assert_ne!(assets.hash, "");
    }

    #[test]
    fn only_the_right_hash_is_kept_by_browsers() {
        let assets = Assets::new(&Definitions::embedded());
        let cache = |hash: &str| {
            let response = assets.serve(hash, "wall.js");
            response.headers()[header::CACHE_CONTROL].to_str().unwrap_or_default().to_owned()
        };
        assert!(cache(&assets.hash).contains("immutable"));
        assert_eq!(cache("old"), "no-store");
        assert_eq!(assets.serve(&assets.hash, "../Cargo.toml").status(), StatusCode::NOT_FOUND);
    }
}
