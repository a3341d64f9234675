//! The command line: one subcommand a file. What works on the data is a [`Command`] and runs in one place,
//! [`command::execute`]: in the server that holds the data folder, reached through its control socket, or here
//! when there is no server.

mod backup;
mod board;
mod check;
mod client;
mod command;
mod demo;
mod explain;
mod init;
mod job;
mod load;
pub mod log;
mod manual;
mod moment;
mod output;
mod printer;
mod rebuild;
mod receipt;
mod repair;
mod restore;
mod serve;
mod show;
mod socket;
mod source;
mod synth;
mod table;
mod trial;
mod verify;
mod wire;
mod wrong;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};
use rustix::fs::Mode;

pub use command::{Command, execute};
pub use output::Output;
pub use printer::Printer;

use crate::config::Settings;

/// 火の見 (Hinomi): the board a public-health centre works by.
#[derive(Parser)]
#[command(name = "hinomi", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Top,
}

/// What every subcommand takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// The settings file; ./hinomi.toml is read when it is there
    #[arg(long, short, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, whatever the settings say
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// What is logged: error, warn, info, debug, or a filter such as `info,hinomi::jobs=debug`
    #[arg(long, global = true, value_name = "LEVEL", value_parser = NonEmptyStringValueParser::new())]
    log: Option<String>,
}

impl Common {
    /// The settings, with what the command line says on top.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(folder) = &self.data_dir {
            settings.data_dir.clone_from(folder);
        }
        if let Some(level) = &self.log {
            settings.log.level.clone_from(level);
        }
        settings.data_dir = std::path::absolute(&settings.data_dir)?;
        Ok(settings)
    }
}

#[derive(Subcommand)]
enum Top {
    Demo(demo::Demo),
    Init(init::Init),
    Serve(serve::Serve),
    #[command(flatten)]
    Work(Command),
    Synth(synth::Synth),
    Manual(manual::Manual),
    Repair(repair::Repair),
}

/// Runs the program. Exit code 0: done; 1: an error, said in one line; 2: a wrong command line.
pub fn main() -> ExitCode {
    // What is written here is for its owner alone.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let Cli { common, command } = match Cli::try_parse() {
        Ok(read) => read,
        Err(error) => return unread(&error),
    };
    let name = command.name();
    let ended = match command {
        Top::Init(init) => init.run(&common),
        Top::Serve(serve) => serve.run(&common),
        Top::Demo(demo) => demo.run(&common),
        Top::Synth(synth) => synth.run(&common),
        Top::Manual(manual) => manual.run(&common),
        Top::Repair(repair) => repair.run(&common),
        Top::Work(command) => client::run(&common, command),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hinomi: {}", wrong::in_one_line(name, &format!("{why:#}")));
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with the command line, or what was asked for: help, the version.
fn unread(error: &clap::Error) -> ExitCode {
    match wrong::explained(error) {
        Some(text) => {
            eprint!("{text}");
            ExitCode::from(2)
        }
        None => error.exit(),
    }
}

impl Top {
    /// The command as it is written.
    const fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "hinomi demo",
            Self::Init(_) => "hinomi init",
            Self::Serve(_) => "hinomi serve",
            Self::Work(command) => command.name(),
            Self::Synth(_) => "hinomi synth",
            Self::Manual(_) => "hinomi manual",
            Self::Repair(_) => "hinomi repair",
        }
    }
}
