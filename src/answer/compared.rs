//! Why the period before can't be compared with, where no row of an answer says it.

use arrow::array::RecordBatch;
use jiff::civil::Date;

use super::cells::cell_of;
use super::extent::Extent;
use super::given::Known;
use super::range::Asked;
use crate::definitions::given::PERIODS;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::Title;
use crate::epi::reason::Reason;

/// The shared query that says since when each source has told of cases, and its columns by who reads them.
const FIRST_DAYS: &str = "first_days";
const DAYS_BY: [(&str, &str); 4] = [
    ("recorded", "received"),
    ("recorded_onset", "onset"),
    ("recorded_published", "published"),
    ("recorded_reported", "reported"),
];

/// The first day on record of what an indicator counts, by the sources that can tell of it.
pub(super) fn recorded_since(indicator: &Indicator, known: &Known, mute: &[String]) -> Option<Date> {
    let rows: &RecordBatch = known.get(FIRST_DAYS)?;
    let (_, by) = DAYS_BY.iter().find(|(name, _)| indicator.reads(name))?;
    let (source, day) = (rows.column_by_name("source")?, rows.column_by_name(by)?);
    let tells = |row: &usize| {
        !cell_of(source, *row).text().is_some_and(|source| mute.iter().any(|mute| mute == source))
    };
    (0..rows.num_rows()).filter(tells).filter_map(|row| cell_of(day, row).day()).min()
}

/// Rows by period say it each for themselves.
pub(super) fn not_compared(
    indicator: &Indicator,
    asked: &Asked,
    since: Option<Date>,
    extent: &Extent,
) -> Option<Title> {
    let (_, first, last) = asked.against.filter(|_| !indicator.reads(PERIODS))?;
    let of = |reason: &Reason| Title { ja: reason.ja().to_owned(), en: reason.to_string() };
    if asked.unlike {
        return Some(Title {
            ja: format!("{}（祝日・年末年始は平日と比べない）", Reason::NotAlike.ja()),
            en: Reason::NotAlike.to_string(),
        });
    }
    match since {
        Some(since) if since <= first => {}
        Some(since) if since <= last => {
            let of = of(&Reason::BeforeInPart);
            return Some(Title {
                ja: format!("{}（{since}から）", of.ja),
                en: format!("{} (they begin on {since})", of.en),
            });
        }
        _ => return Some(of(&Reason::BeforeUnrecorded)),
    }
    let notes = extent.gap_notes(first, last);
    let line = |one: fn(&Title) -> &str, sign: &str| notes.iter().map(one).collect::<Vec<_>>().join(sign);
    (!notes.is_empty()).then(|| Title {
        ja: format!("比較期間: {}", line(|note| &note.ja, "、")),
        en: format!("the period before: {}", line(|note| &note.en, "; ")),
    })
}
