//! `cargo bench -- query`: the program of the benches. What it does stands in `mod.rs`, which the tests share.

#![allow(unreachable_pub)] // the tests share it

use std::process::ExitCode;

#[path = "mod.rs"]
mod bench;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::new("error,tokio_cron_scheduler=error");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match bench::run(std::env::args_os(), &mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why:#}");
            ExitCode::FAILURE
        }
    }
}
