//! What the program is built with: the font that it draws with, and the list of what it is made of.

mod font;
mod sbom;

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=src/build");
    println!("cargo:rerun-if-changed=Cargo.toml");
    println!("cargo:rerun-if-changed=Cargo.lock");
    // What the program embeds: a file added there is otherwise not noticed.
    for folder in ["queries", "dashboards", "static"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let made = out().and_then(|out| {
        font::embed(&out).map_err(|why| format!("no font to draw with: {why}"))?;
        sbom::write(&out).map_err(|why| format!("no list of what the program is made of: {why}"))
    });
    if let Err(why) = made {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn out() -> Result<PathBuf, String> {
    env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| "OUT_DIR is not set".to_owned())
}

/// Asks cargo about this package: first without the network, then with it, since a crate that no platform compiles is
/// fetched by `cargo fetch` and `cargo metadata` but not by `cargo build`.
fn cargo(args: &[&str]) -> Result<Vec<u8>, String> {
    let offline = run(&[args, &["--offline"]].concat())?;
    let answer = if offline.status.success() { offline } else { run(args)? };
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    Err(format!("cargo {} failed (without a network, run `cargo fetch` first): {said}", args.join(" ")))
}

fn run(args: &[&str]) -> Result<Output, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let output = Command::new(cargo).current_dir(manifest).args(args).arg("--locked").output();
    output.map_err(|e| format!("cargo {}: {e}", args.join(" ")))
}
