//! Text out as CP932 bytes. `encoding_rs` searches its kanji table linearly when it encodes; a million
//! notifications want a table the other way round, made once from its decoder.

use std::sync::LazyLock;

/// For each UTF-16 unit: 0 (none), a single byte, or two bytes.
static TABLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0u16; 0x1_0000];
    for byte in (0x20u8..0x7f).chain([b'\r', b'\n', b'\t']) {
        table[usize::from(byte)] = u16::from(byte);
    }
    for byte in 0xa1u8..=0xdf {
        note(&mut table, &[byte]);
    }
    for lead in (0x81u8..=0x9f).chain(0xe0..=0xfc) {
        for trail in (0x40u8..=0x7e).chain(0x80..=0xfc) {
            note(&mut table, &[lead, trail]);
        }
    }
    table
});

fn note(table: &mut [u16], bytes: &[u8]) {
    let (text, bad) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes);
    let mut chars = text.chars();
    let (Some(c), None, false) = (chars.next(), chars.next(), bad) else { return };
    let Some(slot) = usize::try_from(u32::from(c)).ok().and_then(|i| table.get_mut(i)) else { return };
    if *slot == 0 {
        *slot = bytes.iter().fold(0, |all, b| all << 8 | u16::from(*b));
    }
}

/// Appends `text` to `out`; what CP932 cannot say becomes `?`.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    let table = &*TABLE;
    out.reserve(text.len());
    for c in text.chars() {
        let code = table.get(c as usize).copied().unwrap_or(0);
        match code {
            0 => out.push(b'?'),
            1..=0xff => out.push(code as u8),
            _ => out.extend_from_slice(&code.to_be_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let text = "発生届,中等症Ⅱ,３５歳,ﾊﾝｶｸ,不明－‐～①髙﨑\r\n";
        let mut bytes = Vec::new();
        encode(text, &mut bytes);
        let (back, _, bad) = encoding_rs::SHIFT_JIS.decode(&bytes);
        assert!(!bad);
        assert_eq!(back, text);
    }
}
