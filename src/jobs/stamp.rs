//! What a file's name says: the time that the source gives its data.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::epi::clock::from_jst;

/// The JST time in a name that carries `YYYYMMDDTHHMMSS` (`20200305T181806_patients.csv`).
pub fn stamp_in_name(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?;
    let bytes = name.as_bytes();
    (0..bytes.len()).filter(|&start| start == 0 || !bytes[start - 1].is_ascii_digit()).find_map(|start| {
        let text = bytes.get(start..start + 15)?;
        let longer = bytes.get(start + 15).is_some_and(u8::is_ascii_digit);
        let digits = |range: std::ops::Range<usize>| text[range].iter().all(u8::is_ascii_digit);
        if longer || text[8] != b'T' || !digits(0..8) || !digits(9..15) {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        text.parse::<DateTime>().ok().map(from_jst)
    })
}

/// The stamp of a file that its source leaves in place: as its name says, or the time of its last change.
pub fn stamp_of(path: &Path) -> Option<Timestamp> {
    stamp_in_name(path).or_else(|| {
        let changed = Timestamp::try_from(std::fs::metadata(path).ok()?.modified().ok()?).ok()?;
        Timestamp::from_microsecond(changed.as_microsecond()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_found_in_a_name() {
        let stamp = |name: &str| stamp_in_name(Path::new(name)).map(|t| t.to_string());
        assert_eq!(stamp("inbox/20200305T181806_725d72f6_patients.csv").unwrap(), "2020-03-05T09:18:06Z");
        assert_eq!(stamp("cases-20261122T000000.csv.gz").unwrap(), "2026-11-21T15:00:00Z");
        assert_eq!(stamp("cases-20261122.csv"), None);
        assert_eq!(stamp("20261332T000000.csv"), None);
        assert_eq!(stamp("120200305T181806.csv"), None);
        assert_eq!(stamp("感染者20200305T181806.csv").unwrap(), "2020-03-05T09:18:06Z");
    }
}
