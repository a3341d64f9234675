//! `hinomi manual`

use std::io::{self, Write as _};

use clap::builder::NonEmptyStringValueParser;

use super::Common;
use super::table::{Side, Table};
use crate::definitions::files::Definitions;
use crate::definitions::manual::{Hit, Manual as Pages};

/// Prints the manual: the list of its pages, one page, or the places where words stand
///
/// Each page is in Japanese first and in English beneath. The same pages are at /manual of the server. Needs neither a
/// data folder nor a server.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    hinomi manual\n  \
    hinomi manual install\n  \
    hinomi manual --search 取込保留\n  \
    hinomi manual mapping | less")]
pub(super) struct Manual {
    /// The page, as the list names it
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    page: Option<String>,
    /// Lists the places where all these words stand; width and case do not matter
    #[arg(long, short, value_name = "WORDS", conflicts_with = "page", value_parser = NonEmptyStringValueParser::new())]
    search: Option<String>,
}

impl Manual {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<()> {
        let manual = Pages::read(&definitions(common))?;
        let text = match (&self.page, &self.search) {
            (Some(name), _) => page(&manual, name)?,
            (None, Some(words)) => found(&manual, words)?,
            (None, None) => list(&manual),
        };
        match io::stdout().lock().write_all(text.as_bytes()) {
            // `hinomi manual install | head` is no error.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(Into::into),
        }
    }
}

/// The installation's own pages count; who has broken settings still gets those of the program.
fn definitions(common: &Common) -> Definitions {
    let own = common
        .settings()
        .and_then(|settings| Ok(Definitions::embedded_or(settings.definitions_dir.as_deref())?));
    own.unwrap_or_else(|why| {
        eprintln!(
            "hinomi: プログラムに含まれる手引きを表示します (the program's own manual is shown): {why:#}"
        );
        Definitions::embedded()
    })
}

fn list(manual: &Pages) -> String {
    let mut table = Table::new([("page", Side::Left), ("手引き", Side::Left), ("manual", Side::Left)]);
    for page in &manual.pages {
        table.row([page.name.as_str(), page.ja.title.as_str(), page.title_en()]);
    }
    lines(table.lines())
}

fn page(manual: &Pages, name: &str) -> anyhow::Result<String> {
    let names = || manual.pages.iter().map(|page| page.name.as_str()).collect::<Vec<_>>().join(", ");
    let page = manual.page(name).ok_or_else(|| {
        anyhow::anyhow!("手引きに {name} はありません。ページ: {0} (no page {name}; pages: {0})", names())
    })?;
    Ok(page.text.clone())
}

fn found(manual: &Pages, words: &str) -> anyhow::Result<String> {
    let hits = manual.search(words);
    anyhow::ensure!(!hits.is_empty(), "手引きに {words} は見つかりません (nothing found for {words})");
    let line = |hit: &Hit<'_>| {
        let place = if hit.section.heading == hit.half.title {
            hit.half.title.clone()
        } else {
            format!("{} › {}", hit.half.title, hit.section.heading)
        };
        format!("{}: {place}\n    {}", hit.page.name, hit.excerpt)
    };
    Ok(lines(hits.iter().map(line).collect()))
}

fn lines(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line + "\n").collect()
}
