//! `hinomi load`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::moment::{day, moment};
use super::output::Output;
use super::receipt;
use crate::app::App;
use crate::definitions::mapping::Mapping;
use crate::epi::clock::Clock;
use crate::intake::stamp::{FORMS, Named, Stamp, in_name};
use crate::jobs::deliver::{Options, deliver, file_name, find, told_name};
use crate::jobs::disposal::Disposal;
use crate::jobs::reload::waiting;
use crate::store::{Outcome, Receipt};

/// Takes files of a source into the store
///
/// Without files: those that wait in the source's folder. A file of your own stays where it is; one from the
/// source's folder is dealt with as the mapping says. Exit code 1 if a file was refused or held.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    hinomi load her-sys-cases hersys_20221101.csv\n  \
    hinomi load bed-survey survey.csv --confirm\n  \
    hinomi load open-data-patients 20200305T*_patients.csv --replay\n  \
    hinomi load her-sys-cases,care-ledger ward/*/*.csv --replay")]
pub struct Load {
    /// The source: the name of its mapping. With --replay several, with commas between them: each file is of the source
    /// whose folder it lies in, or of the one that takes a file of its name
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    source: String,
    /// Files, or names of files that wait in held/
    files: Vec<PathBuf>,
    /// A person has looked: take a delivery although it shows a sign for which it would be held
    #[arg(long)]
    confirm: bool,
    /// History into empty sources: each file counts as known from its stamp, the oldest first; takes nothing where a file
    /// has no stamp; stops at a file of which
    /// nothing is taken (held, refused, not to be read) and says how to go on
    #[arg(long)]
    replay: bool,
    /// The time that the source gives the data, when the file's name has none: 20261121T100500, 2026-11-21T10:05 (Z or
    /// +09:00 behind, otherwise Japan's), or a day, which means its end
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
    stamp: Option<String>,
}

/// A file, and the mapping of its source.
type Wanted = (Arc<Mapping>, PathBuf);

impl Load {
    pub fn resolve_paths(&mut self, folder: &Path) {
        for file in &mut self.files {
            *file = folder.join(&*file);
        }
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || self.run_blocking(&app, &out)).await?
    }

    fn run_blocking(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let stamp = self.stamp.as_deref().map(|text| stamped(text, &app.clock)).transpose()?;
        let mut wanted = self.wanted(app)?;
        if self.replay && stamp.is_none() {
            oldest_first(&mut wanted, app.clock.now())?;
        }
        let mut faults = Vec::new();
        for (at, (mapping, file)) in wanted.iter().enumerate() {
            let ended = match self.load(app, file, mapping, stamp, out) {
                Ok(receipt) => ended(&receipt, &mapping.source, file)
                    .map_err(|why| (format!("{}: {why:#}", told_name(file)), receipt.outcome)),
                // A fault of the file's own is none that a person has to decide on.
                Err(why) => Err((format!("{why:#}"), Outcome::Refused(String::new()))),
            };
            let Err((why, outcome)) = ended else { continue };
            faults.push(why);
            if self.replay {
                // What comes later would be known without what this file had to say.
                faults.push(self.stopped(&wanted[at..], &outcome));
                break;
            }
        }
        anyhow::ensure!(faults.is_empty(), "{}", faults.join("; "));
        Ok(())
    }

    /// What is to be loaded: the files that were named, or those that wait in the sources' folders.
    fn wanted(&self, app: &App) -> anyhow::Result<Vec<Wanted>> {
        let sources: Vec<Arc<Mapping>> = self
            .source
            .split(',')
            .map(|source| app.jobs.mapping(source.trim()))
            .collect::<anyhow::Result<_>>()?;
        let waits = |mapping: &Arc<Mapping>| waiting(&app.jobs.inbox(&mapping.source), mapping);
        let wanted: Vec<Wanted> = match sources.as_slice() {
            [_, _, ..] if !self.replay => anyhow::bail!(
                "複数の系統を一度に取り込めるのは --replay のときだけです · several sources are loaded at once only with \
                 --replay"
            ),
            _ if self.files.is_empty() => sources
                .iter()
                .flat_map(|mapping| waits(mapping).into_iter().map(|file| (mapping.clone(), file)))
                .collect(),
            [only] => {
                let found = self.files.iter().map(|file| find(&app.jobs, &only.source, file));
                found.map(|file| Ok((only.clone(), file?))).collect::<anyhow::Result<_>>()?
            }
            several => self.files.iter().map(|file| of_one(several, file)).collect::<anyhow::Result<_>>()?,
        };
        let folders: Vec<String> =
            sources.iter().map(|of| app.jobs.inbox(&of.source).display().to_string()).collect();
        anyhow::ensure!(
            !wanted.is_empty(),
            "{0} に取り込むファイルがありません · no file waits in {0}",
            folders.join(", ")
        );
        Ok(wanted)
    }

    /// Where a replay stopped, and how to go on. The first of these files is the one of which nothing was taken.
    fn stopped(&self, left: &[Wanted], outcome: &Outcome) -> String {
        let Some(((_, at), later)) = left.split_first() else { return String::new() };
        let (name, count) = (told_name(at), later.len());
        let (mut ja, mut en) = (
            format!("履歴の取り込みを {name} で止めました（あとの{count}ファイルは取り込んでいません）"),
            format!("the replay stops at {name}; {count} later files were not taken"),
        );
        let command = |files: &[Wanted]| {
            const NAMED: usize = 3;
            let named: Vec<String> = files.iter().take(NAMED).map(|(_, file)| findable(file)).collect();
            let more = if files.len() > NAMED { " …" } else { "" };
            format!("hinomi load {} {}{more} --replay", self.source, named.join(" "))
        };
        match (outcome, later.is_empty()) {
            (Outcome::Held(_), true) => {}
            (Outcome::Held(_), false) => {
                let go_on = command(later);
                ja.push_str(&format!("。受け入れるか拒否したあと、続きは {go_on}"));
                en.push_str(&format!(". Once it is accepted or refused, go on with: {go_on}"));
            }
            _ => {
                let again = command(left);
                ja.push_str(&format!("。直したうえで、続きは {again}"));
                en.push_str(&format!(". Once it is mended, go on with: {again}"));
                if !later.is_empty() {
                    ja.push_str("（このファイルなしで続けるなら、その名前を除いてください）");
                    en.push_str(" (without its name, to go on without it)");
                }
            }
        }
        format!("{ja} · {en}")
    }

    fn load(
        &self,
        app: &App,
        file: &Path,
        mapping: &Arc<Mapping>,
        stamp: Option<Timestamp>,
        out: &Output,
    ) -> anyhow::Result<Receipt> {
        let ours = [app.jobs.inbox(&mapping.source), app.jobs.folder.held().join(&mapping.source)];
        let disposal = match file.parent() {
            Some(folder) if ours.iter().any(|f| f == folder) => Disposal::ByRule,
            _ => Disposal::Leave,
        };
        let options = Options { stamp, replay: self.replay, confirmed: self.confirm, disposal };
        let receipt = deliver(&app.jobs, file, mapping, &options, out)?;
        receipt::tell(&file_name(file), &receipt, out);
        Ok(receipt)
    }
}

/// Of which of several sources a file is: the one whose folder it lies in, or the only one that takes a file of its name.
fn of_one(sources: &[Arc<Mapping>], file: &Path) -> anyhow::Result<Wanted> {
    let name = file_name(file);
    anyhow::ensure!(file.is_file(), "{0}: ファイルがありません · {0}: the file is not there", file.display());
    let folder = file.parent().map(file_name);
    let lies_in = sources.iter().find(|mapping| Some(&mapping.source) == folder.as_ref());
    let mut takes = sources.iter().filter(|mapping| mapping.takes_file(&name));
    let mapping = match (lies_in, takes.next(), takes.next()) {
        (Some(mapping), ..) | (None, Some(mapping), None) => mapping,
        (None, None, _) => anyhow::bail!(
            "{name}: どの系統のファイルか分かりません（どの取込定義の files にも合いません） · it can't be told of which source this \
             file is: no mapping's files takes its name"
        ),
        (None, Some(one), Some(other)) => anyhow::bail!(
            "{name}: {0} とも {1} とも読めます。系統の名前のフォルダに置いてください · it may be of {0} or of {1}: lay it into a \
             folder of the source's name",
            one.source,
            other.source
        ),
    };
    Ok((mapping.clone(), file.to_owned()))
}

/// By their stamps, all of which are read before anything is taken: of a file without one nobody knows where it belongs.
fn oldest_first(wanted: &mut Vec<Wanted>, now: Timestamp) -> anyhow::Result<()> {
    let (mut stamped, mut without) = (Vec::with_capacity(wanted.len()), Vec::new());
    for (mapping, file) in std::mem::take(wanted) {
        match in_name(&file, &mapping) {
            Some(Named::Stamp(stamp)) => stamped.push((stamp.instant(now), (mapping, file))),
            Some(Named::Impossible(_)) | None => without.push(told_name(&file)),
        }
    }
    let names = without.join(", ");
    anyhow::ensure!(
        without.is_empty(),
        "{names}: ファイル名に時刻がないか、時刻として読めないため、どのファイルも取り込んでいません。ファイル名か --stamp に書いてください · history \
         needs its stamp, in the file's name or by --stamp, and nothing was taken; it may be: {FORMS}"
    );
    stamped.sort_by_key(|(stamp, _)| *stamp);
    wanted.extend(stamped.into_iter().map(|(_, one)| one));
    Ok(())
}

/// The instant that a stamp means: in one of the forms that a file's name may have, or as any moment is written.
pub(super) fn stamped(text: &str, clock: &Clock) -> anyhow::Result<Timestamp> {
    let day = || day(text, clock).ok().map(Stamp::Day);
    if let Some(stamp) = Stamp::parse(text).or_else(day) {
        return Ok(stamp.instant(clock.now()));
    }
    let wrong = || format!("{text} は時刻として読めません。書き方: · {text} is no stamp; it may be: {FORMS}");
    moment(text, clock).map_err(|_| anyhow::anyhow!(wrong()))
}

/// A file as `source accept` finds it, quoted for the shell: by its path where it is still there, or by its name in held/.
fn findable(file: &Path) -> String {
    let text = if file.is_file() { file.display().to_string() } else { file_name(file) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// An error where nothing of a delivery was taken.
pub(super) fn ended(receipt: &Receipt, source: &str, file: &Path) -> anyhow::Result<()> {
    match &receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => Ok(()),
        Outcome::Refused(why) => Err(anyhow::anyhow!("受入拒否 · refused: {why}")),
        Outcome::Held(why) => Err(anyhow::anyhow!(
            "保留 · held: {why}; 内容を確かめ、受け入れるなら {accept} （拒否するなら accept を refuse に）、または --confirm を付けて取り込み直してください · look \
             at it, then {accept} (or refuse), or load it again with --confirm",
            accept = format_args!("hinomi source accept {source} {}", findable(file)),
        )),
    }
}
