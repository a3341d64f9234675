//! Golden pictures: the SVG of each sample as text. `HINOMI_BLESS=1` rewrites them; with `HINOMI_PICTURES=DIR`
//! each is also written there as PNG, to be looked at.

use std::path::{Path, PathBuf};
use std::{env, fs};

use hinomi::draw;
use hinomi::draw::chart::{Size, Theme};

use super::samples::samples;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draw/golden").join(format!("{name}.svg"))
}

#[test]
fn pictures_stay_as_they_were_looked_at() {
    let bless = env::var_os("HINOMI_BLESS").is_some();
    let mut differing = Vec::new();
    for sample in samples() {
        let picture = draw::svg(&sample.chart, sample.size, sample.theme).expect("a picture");
        let file = golden(sample.name);
        if bless {
            fs::write(&file, &picture).expect("a writable golden file");
        } else if fs::read_to_string(&file).ok().as_ref() != Some(&picture) {
            differing.push(sample.name);
        }
    }
    assert!(differing.is_empty(), "differ from tests/draw/golden (HINOMI_BLESS=1 rewrites): {differing:?}");
}

#[test]
fn every_golden_picture_has_its_sample() {
    let names: Vec<&str> = samples().iter().map(|s| s.name).collect();
    for entry in fs::read_dir(golden("x").parent().expect("a folder")).expect("the golden folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(names.contains(&stem.as_str()), "{stem} has no sample any more");
    }
}

/// Every sample becomes a file; for eyes, in three sizes of text and both themes.
#[test]
fn pictures_can_be_made_into_files() {
    let wanted = env::var_os("HINOMI_PICTURES").map(PathBuf::from);
    for sample in samples() {
        let Some(folder) = &wanted else {
            let picture = draw::svg(&sample.chart, sample.size, sample.theme).expect("a picture");
            let file = draw::png(&picture, sample.size.width / 2).expect("a file");
            assert!(file.starts_with(b"\x89PNG"));
            continue;
        };
        fs::create_dir_all(folder).expect("a folder for the pictures");
        let sizes = [
            ("", sample.size, sample.theme),
            ("-wall", Size { width: 900, height: 420, text: 34.0 }, Theme::Light),
            ("-small", Size { width: 300, height: 120, text: 13.0 }, Theme::Light),
            ("-dark", sample.size, Theme::Dark),
        ];
        for (suffix, size, theme) in sizes {
            let picture = draw::svg(&sample.chart, size, theme).expect("a picture");
            let file = draw::png(&picture, size.width).expect("a file");
            fs::write(folder.join(format!("{}{suffix}.png", sample.name)), file).expect("a written picture");
        }
    }
}
