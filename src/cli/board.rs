//! `hinomi board list`, `hinomi board show`

use std::sync::Arc;

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use serde::{Deserialize, Serialize};

use super::moment::as_of;
use super::output::Output;
use super::table::{Side, Table};
use crate::answer::{Refusal, lies_ahead};
use crate::app::App;
use crate::epi::clock::jst;
use crate::epi::moment::can_be_asked;
use crate::jobs::Watch;

/// Lists the boards, or says what one showed at a past moment
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi board show today --at 2026-11-21T10:05")]
pub enum Board {
    /// Lists the boards
    #[command(after_help = "Example:\n  hinomi board list")]
    List,
    /// Says what a board showed: the figures that were kept then, read and not reckoned again
    #[command(after_help = "Example:\n  hinomi board show today --at 2026-11-21T10:05")]
    Show {
        /// The board: the name of its file
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        board: String,
        /// The moment, by the clock in Japan; now when absent
        #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
        at: Option<String>,
    },
}

impl Board {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let mut table = Table::new([
                    ("group", Side::Left),
                    ("board", Side::Left),
                    ("title", Side::Left),
                    ("panels", Side::Right),
                ]);
                for (group, boards) in app.catalog.boards_by_group() {
                    for board in boards {
                        let panels = board.panels.len().to_string();
                        table.row([group.ja.clone(), board.id.clone(), board.title.ja.clone(), panels]);
                    }
                }
                table.lines().into_iter().for_each(|line| out.line(line));
                Ok(())
            }
            Self::Show { board, at } => {
                let (app, out) = (app.clone(), out.clone());
                tokio::task::spawn_blocking(move || show(&app, &board, at.as_deref(), &out)).await?
            }
        }
    }
}

fn show(app: &App, board: &str, at: Option<&str>, out: &Output) -> anyhow::Result<()> {
    if app.catalog.board(board).is_none() {
        anyhow::bail!(
            "ボード {board} はありません。一覧: hinomi board list (no board {board}; hinomi board list lists them)"
        );
    }
    let now = app.clock.now();
    let at = at.map_or(Ok(now), |text| as_of(text, &app.clock))?;
    anyhow::ensure!(can_be_asked(at), "{}", Refusal::year("at"));
    if lies_ahead(at, now) {
        anyhow::bail!(Refusal::future("at", at, now).to_string());
    }
    let Some(frame) = app.store.frame_at(board, at)? else {
        let Some(first) = app.store.first_frame(board)? else {
            anyhow::bail!(
                "ボード {board} の表示はまだ保存されていません (no frame of board {board} was kept yet)"
            );
        };
        let first = jst(first).strftime("%Y-%m-%dT%H:%M:%S");
        anyhow::bail!(
            "この時刻より前の表示は保存されていません。最初の記録は {first} です (no frame was kept before that time; the first is of {first})"
        );
    };
    anyhow::ensure!(
        frame.is_shown(),
        "この時刻にボード {board} を表示していた画面はありません (no display showed board {board} then)"
    );
    out.say(&format!(
        "{board}: {0} の表示 (the frame of {0}, batch {1}, program {2})",
        jst(frame.at).strftime("%Y-%m-%d %H:%M:%S"),
        frame.batch.0,
        frame.program
    ));
    out.line(frame.figures);
    Ok(())
}
