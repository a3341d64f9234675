//! Apache DataFusion as a second engine for Hinomi's queries, over the Parquet archive of a data folder.
//!
//! The tests start it, say on its standard input where the archive is and where to listen, and ask one question a connection.
//! It ends with its standard input.

mod archive;
mod engine;
mod text;
mod wire;

// The product's own: few types leave an engine.
#[path = "../../../src/store/engine/decimals.rs"]
mod decimals;
#[path = "../../../src/store/engine/plain.rs"]
mod plain;

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use tokio::runtime::Builder;

use engine::Engine;
use wire::{Reply, Request, Start};

/// Plans of many steps are walked by recursion.
const STACK: usize = 64 << 20;

fn main() -> Result<()> {
    let (start, _): (Start, _) = wire::receive(&mut std::io::stdin())?;
    let listener = UnixListener::bind(&start.socket)?;
    let runtime =
        Builder::new_multi_thread().worker_threads(4).thread_stack_size(STACK).enable_time().build()?;
    let engine = Arc::new(Engine::new(start));
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
        std::process::exit(0);
    });
    println!("listening");
    std::io::stdout().flush()?;
    for stream in listener.incoming() {
        let (stream, engine, handle) = (stream?, Arc::clone(&engine), runtime.handle().clone());
        std::thread::spawn(move || {
            let served = serve(stream, |request, given| engine.answer(&handle, request, given));
            if let Err(error) = served {
                eprintln!("a connection broke off: {error}");
            }
        });
    }
    Ok(())
}

fn serve(
    mut stream: UnixStream,
    answer: impl FnOnce(Request, Vec<arrow::array::RecordBatch>) -> (Reply, Vec<arrow::array::RecordBatch>),
) -> Result<()> {
    let (request, given) = wire::receive(&mut stream)?;
    let (reply, rows) = answer(request, given);
    wire::send(&mut stream, &reply, &rows).map_err(DataFusionError::from)
}
