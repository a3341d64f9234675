//! A server of walls alone, in this process, fed by hand: every state can be hung up, killed and brought back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Time;
use tokio::runtime::Runtime;

use hinomi::definitions::{Catalog, Definitions};
use hinomi::draw::chart::Theme;
use hinomi::epi::clock::Clock;
use hinomi::present::layout::Look;
use hinomi::web::frames::{Shown, Wall};
use hinomi::web::hall::{Hall, History, Kept, Notes, Past};
use hinomi::web::walls::router;
use hinomi::web::{Assets, LINGERS, Places, Watched, dressed};

use super::driver::free_port;
use super::ward::Day;

pub struct Server {
    pub hall: Hall,
    pub catalog: Arc<Catalog>,
    port: u16,
    runtime: Option<Runtime>,
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
}

impl Server {
    pub fn start(notes: Notes, clock: Clock) -> Self {
        let catalog = super::ward::catalog();
        let look = Look {
            theme: Theme::Light,
            notes: notes.training || notes.open,
            closing: Time::constant(9, 0, 0, 0),
        };
        let assets = Assets::new(&Definitions::embedded());
        let kept: Arc<Mutex<BTreeMap<String, Kept>>> = Arc::default();
        let book = kept.clone();
        let history: History = Arc::new(move |board, _| {
            let kept = book.lock().expect("the book of frames").get(board).cloned();
            Ok(kept.map_or(Past::NotYet { first: None }, |kept| Past::Shown(Box::new(kept))))
        });
        let hall = Hall {
            wall: Wall::new(&assets.program(), look),
            boards: Arc::new(catalog.boards.clone()),
            playlist: catalog.playlist.boards.clone().into(),
            assets: Arc::new(assets),
            clock,
            heartbeat: Duration::from_secs(15),
            stale: Duration::from_secs(45),
            notes,
            history: Some(history),
            anew: None,
            displays: Places::new("displays", 100),
            watched: Watched::new(LINGERS),
        };
        let mut server = Self { hall, catalog, port: free_port(), runtime: None, kept };
        server.revive();
        server
    }

    /// Listens (again) on its port.
    pub fn revive(&mut self) {
        let runtime = Runtime::new().expect("a runtime");
        let app = dressed(router(self.hall.clone()));
        let port = self.port;
        let listener =
            runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", port))).expect("the port");
        runtime.spawn(async move { axum::serve(listener, app).await });
        self.runtime = Some(runtime);
    }

    /// Gone, as by `kill -9`: connections are cut, nobody says goodbye.
    pub fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Hangs up every board and the strip.
    pub fn show(&self, day: &Day) {
        self.hall.wall.show(Shown::Strip(Arc::new(day.strip())), false);
        for id in self.catalog.boards.keys() {
            self.show_board(id, day);
        }
    }

    pub fn show_board(&self, board: &str, day: &Day) {
        let board = &self.catalog.boards[board];
        self.hall.wall.show(Shown::Board(Arc::new(day.board(board, &self.catalog))), false);
    }

    pub fn keep(&self, board: &str, day: &Day) {
        let figures = day.board(&self.catalog.boards[board], &self.catalog);
        let kept = Kept { board: figures, strip: Some(day.strip()) };
        self.kept.lock().expect("the book of frames").insert(board.to_owned(), kept);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
