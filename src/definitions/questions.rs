//! `dashboards/NAME.questions.toml`: what a board answers at a glance, in five seconds and in half a minute, with the right
//! answers for the seeded demo. A board is good when somebody who has never seen it answers them from the board alone.

use serde::Deserialize;

use super::error::CatalogError;
use super::files::{Definitions, File};
use super::mapping::Title;

/// What follows a board's name in the name of the file.
pub(super) const SUFFIX: &str = ".questions";

/// The glances at a board, in seconds.
pub const GLANCES: [u8; 3] = [1, 5, 30];

/// What is asked of somebody who looks at a board for so long.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlanceQuestion {
    pub seconds: u8,
    pub ask: Title,
    /// The right answer for the seeded demo.
    pub answer: String,
    /// The words and figures on the board by which it is answered.
    pub seen: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    question: Vec<GlanceQuestion>,
}

fn parse(path: &str, file: &File) -> Result<Vec<GlanceQuestion>, CatalogError> {
    let text = file.text(path)?;
    let Questions { question: questions } =
        toml::from_str(text).map_err(|error| CatalogError::toml(path, text, &error))?;
    let wrong = |what: &str| Err(CatalogError::Toml { file: path.to_owned(), what: what.to_owned() });
    if questions.iter().map(|question| question.seconds).ne(GLANCES) {
        return wrong("one question each for 1, 5 and 30 seconds, in this order");
    }
    if questions.iter().any(|question| question.seen.is_empty()) {
        return wrong("an answer of which nothing is seen on the board");
    }
    Ok(questions)
}

/// The questions of a board; none where it has no such file.
pub(super) fn of_board(definitions: &Definitions, board: &str) -> Result<Vec<GlanceQuestion>, CatalogError> {
    let path = format!("dashboards/{board}{SUFFIX}.toml");
    definitions.get(&path).map_or_else(|| Ok(Vec::new()), |file| parse(&path, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Catalog;

    #[test]
    fn every_board_says_what_it_answers() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
        for board in catalog.boards.values() {
            assert_eq!(board.questions.len(), GLANCES.len(), "dashboards/{}.questions.toml", board.id);
            let blank = |text: &str| text.trim().is_empty();
            for question in &board.questions {
                let said = [&question.ask.ja, &question.ask.en, &question.answer];
                let all = said.into_iter().chain(&question.seen);
                assert!(all.clone().all(|text| !blank(text)), "{}: {question:?}", board.id);
            }
        }
    }

    #[test]
    fn a_board_is_asked_once_for_each_glance() {
        let question = |seconds: u8| {
            format!(
                "[[question]]\nseconds = {seconds}\nask = {{ ja = \"問い\", en = \"question\" }}\nanswer = \"答え\"\nseen = [\"答え\"]\n"
            )
        };
        let read = |seconds: &[u8]| {
            let text: String = seconds.iter().map(|seconds| question(*seconds)).collect();
            parse("dashboards/a.questions.toml", &File::made(&text))
        };
        assert_eq!(read(&GLANCES).expect("three").len(), 3);
        for wrong in [&[1, 5][..], &[1, 30, 5], &[1, 5, 30, 30]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        let unseen = GLANCES.map(question).join("").replace("seen = [\"答え\"]", "seen = []");
        assert!(parse("a", &File::made(&unseen)).is_err());
    }
}
