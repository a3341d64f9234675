//! `/api/v1/boards`, and what each of them showed: frames are read, never computed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asked::{Asked, Named, Nothing, Pairs, QueryString};
use super::hall::Hall;
use super::{App, errors, history};
use crate::answer::Refusal;
use crate::definitions::Catalog;
use crate::epi::clock::jst;
use crate::store::Store;

const NO_FRAME: &str = "保存された表示がありません (no frame)";
const CUT_OFF: &str = "処理が中断されました (the work was cut off)";

pub(super) fn router() -> Router<App> {
    Router::new().route("/api/v1/boards", get(boards)).route("/api/v1/boards/{board}/frames", get(frame))
}

async fn boards(State(catalog): State<Arc<Catalog>>, _: Asked<Nothing>) -> Json<Value> {
    let listed = catalog.boards_by_group();
    let boards = listed.into_iter().flat_map(|(_, boards)| boards).map(|board| {
        json!({
            "id": board.id, "title": board.title, "audience": board.audience, "group": board.group,
            "rotate_seconds": board.rotate_seconds,
            "indicators": board.panels.iter().map(|p| &p.show).collect::<Vec<_>>(),
            "href": format!("/wall/{}", board.id),
            "frames": format!("/api/v1/boards/{}/frames", board.id),
        })
    });
    let boards: Vec<Value> = boards.collect();
    Json(json!({ "boards": boards, "playlist": catalog.playlist.boards }))
}

/// The moment of one frame, or the days of a list of moments.
enum Wanted {
    At(Timestamp),
    Times { from: Timestamp, to: Timestamp },
}

impl QueryString for Wanted {
    const NAMES: &'static [&'static str] = &["at", "from", "to"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        let now = hall.clock.now();
        let (at, from, to) = (said.moment("at", now)?, said.moment("from", now)?, said.moment("to", now)?);
        if from.is_none() && to.is_none() {
            return Ok(Self::At(at.unwrap_or(now)));
        }
        said.without(&["at"], ("期間（from, to）と同時には", "beside from and to"))?;
        let (from, to) = (from.unwrap_or(Timestamp::UNIX_EPOCH), to.unwrap_or(now));
        if from > to {
            return Err(Refusal::backwards(jst(from).date(), jst(to).date()));
        }
        Ok(Self::Times { from, to })
    }
}

/// The moments at which a board began to show something else.
async fn times(store: Store, board: String, from: Timestamp, to: Timestamp) -> Response {
    match tokio::task::spawn_blocking(move || store.frame_times(&board, from, to)).await {
        Ok(Ok(times)) => Json(json!({ "times": times })).into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "unable to list kept frames");
            errors::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                NO_FRAME,
                "記録を読めませんでした (the record could not be read)",
            )
        }
        Err(_) => errors::problem(StatusCode::INTERNAL_SERVER_ERROR, NO_FRAME, CUT_OFF),
    }
}

/// What a board showed at a moment: read, never computed.
async fn frame(
    State(catalog): State<Arc<Catalog>>,
    State(store): State<Store>,
    Named(board): Named,
    Asked(wanted): Asked<Wanted>,
) -> Response {
    if !catalog.boards.contains_key(&board) {
        let why = "このボードはありません。一覧は /api/v1/boards (no such board; see /api/v1/boards)";
        return errors::problem(StatusCode::NOT_FOUND, "ボードがありません (no such board)", why);
    }
    let at = match wanted {
        Wanted::At(at) => at,
        Wanted::Times { from, to } => return times(store, board, from, to).await,
    };
    match tokio::task::spawn_blocking(move || history::raw(&store, &board, at)).await {
        Ok(Ok(Some(value))) if value["figures"].is_null() => {
            let why = "この時刻にこのボードを表示していた画面はありません。その時点で分かっていたことからの再計算は \
                       /wall/… の ?at= で見られます (no display showed the board then; /wall/…?at= reckons it anew)";
            errors::problem(StatusCode::NOT_FOUND, NO_FRAME, why)
        }
        Ok(Ok(Some(value))) => Json(value).into_response(),
        Ok(Ok(None)) => {
            let why = "この時刻より前の表示は保存されていません。保存された時刻は ?from= で分かります \
                       (none was kept before that moment; ?from= lists those that were)";
            errors::problem(StatusCode::NOT_FOUND, NO_FRAME, why)
        }
        Ok(Err(why)) => {
            tracing::error!(why, "unable to read a kept frame");
            errors::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                NO_FRAME,
                "記録を読めませんでした (the kept frame could not be read)",
            )
        }
        Err(_) => errors::problem(StatusCode::INTERNAL_SERVER_ERROR, NO_FRAME, CUT_OFF),
    }
}
