//! Reading a board, the strip and the playlist.

use super::board::{Board, Playlist, Strip};
use super::error::CatalogError;
use super::files::{Definitions, File};
use super::header::check_stem;
use super::reference::read;

/// Files of `dashboards/` that say something else than a board.
pub(super) const NOT_BOARDS: [&str; 2] = ["strip", "playlist"];

impl Board {
    pub fn parse(path: &str, stem: &str, file: &File) -> Result<Self, CatalogError> {
        check_stem(path, stem)?;
        let text = file.text(path)?;
        let mut board: Self = toml::from_str(text).map_err(|error| CatalogError::toml(path, text, &error))?;
        board.id = stem.to_owned();
        Ok(board)
    }
}

/// The strip 急ぐ; empty when the file is absent.
pub(super) fn strip(definitions: &Definitions) -> Result<Strip, CatalogError> {
    Ok(read(definitions, "dashboards/strip.toml")?.unwrap_or_default())
}

/// The playlist; empty when the file is absent.
pub(super) fn playlist(definitions: &Definitions) -> Result<Playlist, CatalogError> {
    Ok(read(definitions, "dashboards/playlist.toml")?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_its_line() {
        let text = "title = { ja = \"試\", en = \"try\" }\naudience = \"staff\"\nrotate = 5\npanel = []\n";
        let error = Board::parse("dashboards/try.toml", "try", &File::made(text)).expect_err("unknown key");
        assert!(error.to_string().contains("dashboards/try.toml: line 3"), "{error}");
    }
}
