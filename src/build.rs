//! Finds the font M PLUS 1 (SIL OFL 1.1) in the source of the crate `mplusfonts-macros` and copies it
//! to `OUT_DIR`, where `draw::font` embeds it. The crate stands in the lock file only: it is never
//! compiled. `HINOMI_FONT` names another copy of the same file, for a machine without the crate's source.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

const CRATE: &str = "mplusfonts-macros";
const FONT: &str = "MPLUS1[wght].ttf";

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=src/build.rs");
    println!("cargo:rerun-if-changed=Cargo.lock");
    println!("cargo:rerun-if-env-changed=HINOMI_FONT");
    // What the program embeds: a file added there is otherwise not noticed.
    for folder in ["queries", "dashboards", "static"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    if let Err(why) = embed() {
        eprintln!("no font to draw with: {why}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn embed() -> Result<(), String> {
    let font = match env::var_os("HINOMI_FONT") {
        Some(path) => PathBuf::from(path),
        None => fonts_of_the_crate()?.join(FONT),
    };
    println!("cargo:rerun-if-changed={}", font.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    copy(&font, &out.join("font.ttf"))?;
    let licence = font.with_file_name("LICENSE");
    if licence.is_file() {
        copy(&licence, &out.join("font-licence.txt"))
    } else {
        let text = "The font is under the SIL Open Font License 1.1, https://scripts.sil.org/OFL\n";
        fs::write(out.join("font-licence.txt"), text).map_err(|e| e.to_string())
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let bytes = fs::read(from).map_err(|e| format!("{}: {e}", from.display()))?;
    fs::write(to, bytes).map_err(|e| format!("{}: {e}", to.display()))
}

/// Asks cargo where the crate's source lies: first without the network, then with it, since a crate
/// that no platform compiles is fetched by `cargo fetch` and `cargo metadata` but not by `cargo build`.
fn fonts_of_the_crate() -> Result<PathBuf, String> {
    let offline = metadata(true)?;
    let answer = if offline.status.success() { offline } else { metadata(false)? };
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        return Err(format!("cargo metadata failed (without a network, run `cargo fetch` first): {said}"));
    }
    let tree: serde_json::Value = serde_json::from_slice(&answer.stdout).map_err(|e| e.to_string())?;
    let manifest = tree["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|p| p["name"] == CRATE)
        .and_then(|p| p["manifest_path"].as_str())
        .ok_or_else(|| format!("{CRATE} is not in Cargo.lock"))?;
    Ok(Path::new(manifest).with_file_name("fonts"))
}

fn metadata(offline: bool) -> Result<Output, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let mut command = Command::new(cargo);
    command.current_dir(manifest).args(["metadata", "--format-version", "1", "--locked"]);
    if offline {
        command.arg("--offline");
    }
    command.output().map_err(|e| format!("cargo metadata: {e}"))
}
