//! `hinomi board list`, `hinomi board show`

use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::moment::moment;
use super::output::Output;
use super::table::{Side, Table};
use crate::app::App;
use crate::epi::clock::jst;
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
        board: String,
        /// The moment, by the clock in Japan; now when absent
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
}

impl Board {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let mut table =
                    Table::new([("board", Side::Left), ("title", Side::Left), ("panels", Side::Right)]);
                for (id, board) in &app.catalog.boards {
                    table.row([id.clone(), board.title.ja.clone(), board.panels.len().to_string()]);
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
    let at = at.map_or_else(|| Ok(app.clock.now()), |text| moment(text, &app.clock))?;
    let frame = app.store.frame_at(board, at)?;
    let frame =
        frame.with_context(|| format!("no frame of board {board} was kept at or before that time"))?;
    out.say(&format!(
        "{board}: the frame of {}, batch {}, program {}",
        jst(frame.at).strftime("%Y-%m-%d %H:%M:%S"),
        frame.batch.0,
        frame.program
    ));
    out.line(frame.figures);
    Ok(())
}
