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

/// Questions at `path` are of a board that there is not.
pub(super) fn of_no_board(definitions: &Definitions, path: &str, board: &str) -> Option<CatalogError> {
    let known =
        !NOT_BOARDS.contains(&board) && definitions.get(&format!("dashboards/{board}.toml")).is_some();
    let what = || format!("questions of board {board}, which does not exist");
    (!known).then(|| CatalogError::Toml { file: path.to_owned(), what: what() })
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
    fn questions_of_no_board_are_a_fault() {
        let mut definitions = Definitions::embedded();
        definitions.put("dashboards/gone.questions.toml", "question = []");
        let (_, errors) = crate::definitions::Catalog::read(&definitions);
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("questions of board gone, which does not exist"), "{said:?}");
    }

    #[test]
    fn an_unknown_key_names_its_line() {
        let text = "title = { ja = \"試\", en = \"try\" }\naudience = \"staff\"\nrotate = 5\npanel = []\n";
        let error = Board::parse("dashboards/try.toml", "try", &File::made(text)).expect_err("unknown key");
        assert!(error.to_string().contains("dashboards/try.toml: line 3"), "{error}");
    }
}
