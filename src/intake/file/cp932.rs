//! CP932 (Windows-31J) to UTF-8, a cell at a time, by a table that `encoding_rs` fills once.

use std::sync::LazyLock;

use encoding_rs::SHIFT_JIS;

/// The character of each pair of bytes; 0 where there is none. All of them lie in the basic plane.
static PAIRS: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut pairs = vec![0; 1 << 16];
    for lead in 0x81..=0xfc_u8 {
        for trail in 0x40..=0xfc_u8 {
            let pair = [lead, trail];
            let found = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&pair);
            let mut characters = found.iter().flat_map(|text| text.chars());
            // A half-width katakana and what follows it are two characters, not a pair.
            if let (Some(one), None) = (characters.next(), characters.next()) {
                pairs[usize::from(lead) << 8 | usize::from(trail)] =
                    u16::try_from(u32::from(one)).unwrap_or(0);
            }
        }
    }
    pairs
});

/// Appends a cell's text; false where the bytes are no CP932.
pub(super) fn decode(raw: &[u8], into: &mut Vec<u8>) -> bool {
    let pairs = &*PAIRS;
    let mut rest = raw;
    while let [byte, after @ ..] = rest {
        rest = after;
        let unit = match (*byte, after) {
            (0..=0x7f, _) => {
                into.push(*byte);
                continue;
            }
            (0xa1..=0xdf, _) => 0xff61 + u16::from(*byte - 0xa1),
            (lead, [trail, after @ ..]) => {
                rest = after;
                pairs[usize::from(lead) << 8 | usize::from(*trail)]
            }
            (_, []) => 0,
        };
        let Some(character) = char::from_u32(u32::from(unit)).filter(|c| *c != '\0') else { return false };
        into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair and single byte means what the standard decoder says.
    #[test]
    fn the_table_is_the_standard_one() {
        for first in 0..=0xff_u8 {
            for second in 0..=0xff_u8 {
                for bytes in [&[first][..], &[first, second], &[first, second, b'x']] {
                    let expected = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
                    let mut text = Vec::new();
                    // 0x80 is a control character there; here it is no CP932.
                    let ours = decode(bytes, &mut text).then(|| String::from_utf8(text).unwrap());
                    if !(bytes.contains(&0x80) && ours.is_none()) {
                        assert_eq!(ours.as_deref(), expected.as_deref(), "{bytes:x?}");
                    }
                }
            }
        }
    }
}
