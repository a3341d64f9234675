//! In which encoding is a file? Told from its first bytes; a file that is all ASCII so far is told later.

use encoding_rs::{DecoderResult, EUC_JP, Encoding as Charset, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use super::super::error::NO_ENCODING;

/// The encodings that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Nothing but ASCII was met so far.
    Ascii,
    Utf8,
    Utf8Bom,
    Cp932,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with BOM",
            Self::Cp932 => "CP932",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// The charset that has to be turned into UTF-8 before commas can be found. In CP932 and UTF-8 no byte of a
    /// longer character is a comma, a quote or a line end, so those are split first and only kept cells decoded.
    pub(super) fn wide(self) -> Option<&'static Charset> {
        match self {
            Self::Utf16Le => Some(UTF_16LE),
            Self::Utf16Be => Some(UTF_16BE),
            _ => None,
        }
    }
}

/// Tells the encoding from a file's first bytes, and how many of them are a BOM.
/// An encoding that is not read comes back as its name.
pub(super) fn detect(first: &[u8]) -> Result<(Encoding, usize), &'static str> {
    match first {
        [0xef, 0xbb, 0xbf, ..] => return Ok((Encoding::Utf8Bom, 3)),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err("UTF-32"),
        [0xff, 0xfe, ..] => return Ok((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => return Ok((Encoding::Utf16Be, 2)),
        _ => {}
    }
    for (encoding, unit) in [
        (Encoding::Utf16Le, u16::from_le_bytes as fn([u8; 2]) -> u16),
        (Encoding::Utf16Be, u16::from_be_bytes),
    ] {
        if is_utf16(first, unit) {
            return Ok((encoding, 0));
        }
    }
    told(first).map(|encoding| (encoding, 0))
}

/// Tells UTF-8 from CP932 by some bytes that may end within a character.
pub(super) fn told(bytes: &[u8]) -> Result<Encoding, &'static str> {
    if bytes.windows(3).any(|w| matches!(w, [0x1b, b'$', b'B' | b'@'])) {
        return Err("ISO-2022-JP");
    }
    if bytes.is_ascii() {
        return Ok(Encoding::Ascii);
    }
    let (as_utf8, as_cp932, as_euc) = (count(UTF_8, bytes), count(SHIFT_JIS, bytes), count(EUC_JP, bytes));
    if as_utf8.characters + as_utf8.malformed == 0 {
        // The one character beyond ASCII is cut: what follows will tell.
        return Ok(Encoding::Ascii);
    }
    // Text in another encoding is hardly ever UTF-8 by chance, not even for the most part.
    if as_utf8.malformed * 4 <= as_utf8.characters {
        return Ok(Encoding::Utf8);
    }
    // Japanese in CP932 always has lead bytes 0x81 to 0x9F, which EUC-JP has not; read as CP932, EUC-JP is a heap of
    // half-width katakana.
    if as_euc.malformed == 0 && as_cp932.half_width * 5 > as_cp932.characters {
        return Err("EUC-JP");
    }
    // A few broken characters are faults of their rows. Many mean that the file is something else.
    if as_cp932.malformed > 2 && as_cp932.malformed * 5 > as_cp932.characters {
        return Err(NO_ENCODING);
    }
    Ok(Encoding::Cp932)
}

#[derive(Debug, Default)]
struct Count {
    /// Characters beyond ASCII.
    characters: usize,
    half_width: usize,
    malformed: usize,
}

fn count(charset: &'static Charset, bytes: &[u8]) -> Count {
    let mut decoder = charset.new_decoder_without_bom_handling();
    let mut found = Count::default();
    let mut text = vec![0; 16 << 10];
    let mut rest = bytes;
    loop {
        // The last character may be cut: the decoder is never told that the text ends.
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, false);
        rest = &rest[read..];
        for c in String::from_utf8_lossy(&text[..written]).chars().filter(|c| !c.is_ascii()) {
            found.characters += 1;
            found.half_width += usize::from(matches!(c, '\u{ff61}'..='\u{ff9f}'));
        }
        match result {
            DecoderResult::InputEmpty => return found,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => found.malformed += 1,
        }
    }
}

/// UTF-16 without a BOM: at least one NUL byte in fifty, a comma and a line end as whole units, no NUL character and
/// no surrogate without its pair.
fn is_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    if bytes.iter().filter(|b| **b == 0).count() * 50 < bytes.len() {
        return false;
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let (mut comma, mut line_end, mut high, mut units_seen) = (false, false, false, 0usize);
    for unit in units {
        units_seen += 1;
        let low = (0xdc00..0xe000).contains(&unit);
        if unit == 0 || low != high {
            return false;
        }
        high = (0xd800..0xdc00).contains(&unit);
        comma |= unit == u16::from(b',');
        line_end |= unit == u16::from(b'\n') || unit == u16::from(b'\r');
    }
    comma && line_end && units_seen > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "報告日,性別,年齢\n2020-01-24,男性,40代\n2020-01-25,女性,30代\n";

    fn cp932(text: &str) -> Vec<u8> {
        SHIFT_JIS.encode(text).0.into_owned()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn the_encodings_that_are_read() {
        assert_eq!(detect(TEXT.as_bytes()), Ok((Encoding::Utf8, 0)));
        assert_eq!(detect(format!("\u{feff}{TEXT}").as_bytes()), Ok((Encoding::Utf8Bom, 3)));
        assert_eq!(detect(&cp932(TEXT)), Ok((Encoding::Cp932, 0)));
        assert_eq!(detect(&utf16(TEXT, u16::to_le_bytes)), Ok((Encoding::Utf16Le, 0)));
        assert_eq!(detect(&utf16(TEXT, u16::to_be_bytes)), Ok((Encoding::Utf16Be, 0)));
        assert_eq!(detect(&utf16(&format!("\u{feff}{TEXT}"), u16::to_be_bytes)), Ok((Encoding::Utf16Be, 2)));
        assert_eq!(detect(b"day,sex\n2020-01-24,M\n"), Ok((Encoding::Ascii, 0)));
    }

    #[test]
    fn a_cut_character_at_the_end_is_no_fault() {
        for cut in 1..12 {
            let utf8 = &TEXT.as_bytes()[..TEXT.find("男性").unwrap() + cut.min(5)];
            assert_eq!(told(utf8), Ok(Encoding::Utf8));
            let bytes = cp932(TEXT);
            assert_eq!(told(&bytes[..bytes.len() - cut]), Ok(Encoding::Cp932));
        }
    }

    #[test]
    fn half_width_katakana_is_cp932_and_euc_is_not() {
        assert_eq!(told(&cp932("氏名,ｶﾅ\n港,ﾐﾅﾄ ﾀﾛｳ\n")), Ok(Encoding::Cp932));
        let euc = EUC_JP.encode(TEXT).0.into_owned();
        assert_eq!(told(&euc), Err("EUC-JP"));
    }

    #[test]
    fn what_is_not_read_is_named() {
        assert_eq!(detect(b"\x1b$B9A6h\x1b(B,1\n"), Err("ISO-2022-JP"));
        let noise: Vec<u8> =
            (0..400u32).map(|i| 0x80 | (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(detect(&noise), Err("an unknown encoding"));
    }

    #[test]
    fn a_broken_character_or_two_is_left_to_its_row() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.extend(b"2020-01-26,\xff,10\n");
        assert_eq!(told(&bytes), Ok(Encoding::Utf8));
    }

    #[test]
    fn a_stray_nul_is_not_utf_16() {
        assert_eq!(detect(b"a,b\n1,\x002\n"), Ok((Encoding::Ascii, 0)));
    }
}
