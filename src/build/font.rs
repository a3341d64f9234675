//! Finds the font M PLUS 1 (SIL OFL 1.1) in the source of the crate `mplusfonts-macros` and copies it
//! to `OUT_DIR`, where `draw::font` embeds it. The crate stands in the lock file only: it is never
//! compiled. `HINOMI_FONT` names another copy of the same file, for a machine without the crate's source.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) const CRATE: &str = "mplusfonts-macros";
pub(super) const FONT: &str = "MPLUS1[wght].ttf";

pub(super) fn embed(out: &Path) -> Result<(), String> {
    println!("cargo:rerun-if-env-changed=HINOMI_FONT");
    let font = match env::var_os("HINOMI_FONT") {
        Some(path) => PathBuf::from(path),
        None => fonts_of_the_crate()?.join(FONT),
    };
    println!("cargo:rerun-if-changed={}", font.display());
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

fn fonts_of_the_crate() -> Result<PathBuf, String> {
    let answer = super::cargo(&["metadata", "--format-version", "1"])?;
    let tree: serde_json::Value = serde_json::from_slice(&answer).map_err(|e| e.to_string())?;
    let manifest = tree["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|p| p["name"] == CRATE)
        .and_then(|p| p["manifest_path"].as_str())
        .ok_or_else(|| format!("{CRATE} is not in Cargo.lock"))?;
    Ok(Path::new(manifest).with_file_name("fonts"))
}
