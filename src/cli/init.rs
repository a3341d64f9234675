//! `hinomi init`

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use super::Common;
use crate::config::{FILE, folder};
use crate::definitions::Catalog;
use crate::definitions::files::Definitions;

/// Makes a folder to start from: a commented hinomi.toml, the sources' folders, a place for definitions of your own
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hinomi init /srv/hinomi\n  hinomi serve --config /srv/hinomi/hinomi.toml"
)]
pub(super) struct Init {
    /// The folder; it may be there, hinomi.toml in it may not
    folder: PathBuf,
}

/// The settings of the package, whose data folder stands elsewhere.
const COMMENTED: &str = include_str!("../../static/package/hinomi.toml");
const OF_THE_PACKAGE: &str = "/var/lib/hinomi";

fn commented() -> String {
    COMMENTED.replace(OF_THE_PACKAGE, "data")
}

impl Init {
    pub(super) fn run(&self, _: &Common) -> anyhow::Result<()> {
        let file = self.folder.join(FILE);
        anyhow::ensure!(!file.exists(), "{0} は既にあります ({0} is there already)", file.display());
        folder::make(&self.folder)?;
        let catalog = Catalog::load(&Definitions::embedded())?;
        for source in catalog.mappings.keys() {
            folder::make(&self.folder.join("data/inbox").join(source))?;
        }
        for below in ["queries/sources", "queries/indicators", "dashboards"] {
            folder::make(&self.folder.join("definitions").join(below))?;
        }
        fs::write(&file, commented())
            .with_context(|| format!("{0} に書けません (unable to write {0})", file.display()))?;
        println!("{}", file.display());
        println!("next: hinomi serve --config {}", file.display());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn what_init_writes_is_read_back_with_the_defaults() {
        let root = tempfile::tempdir().unwrap();
        let (file, definitions) = (root.path().join(FILE), root.path().join("definitions"));
        fs::create_dir(&definitions).unwrap();
        fs::write(&file, commented()).unwrap();
        let settings = Settings::read(Some(&file)).unwrap();
        assert_eq!(settings.data_dir, root.path().join("data"));
        assert_eq!(settings.definitions_dir, Some(definitions));
        let all = commented().replace("\n#", "\n");
        let uncommented: Vec<&str> = all.lines().filter(|l| !l.starts_with(' ')).collect();
        fs::write(&file, uncommented.join("\n")).unwrap();
        let shown = Settings::read(Some(&file)).unwrap();
        let default = Settings::default();
        assert_eq!(
            (shown.listen, shown.nightly, shown.memory_limit),
            (default.listen, default.nightly, default.memory_limit)
        );
        assert!(shown.takes("her-sys-cases") && !shown.takes("bed-survey"));
    }
}
