//! Words inside a PNG file: iTXt chunks (PNG, 11.3.3.4) after its header, which picture viewers and file managers show.

/// The signature, and the header chunk with its length, name and checksum.
const HEAD: usize = 8 + 25;

/// The file with a text for each keyword (Latin, at most 79 characters). What is no PNG file is given back as it is.
pub fn written(png: Vec<u8>, texts: &[(&str, &str)]) -> Vec<u8> {
    if png.len() < HEAD || !png.starts_with(b"\x89PNG\r\n\x1a\n") {
        return png;
    }
    let mut file = png[..HEAD].to_vec();
    for (keyword, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
        let mut chunk = b"iTXt".to_vec();
        chunk.extend(keyword.as_bytes());
        // Not compressed, no language, no translated keyword.
        chunk.extend([0, 0, 0, 0, 0]);
        chunk.extend(text.as_bytes());
        let Ok(length) = u32::try_from(chunk.len() - 4) else { continue };
        file.extend(length.to_be_bytes());
        file.extend(&chunk);
        file.extend(checksum(&chunk).to_be_bytes());
    }
    file.extend(&png[HEAD..]);
    file
}

/// CRC-32 of a chunk's name and data (PNG, annex D).
fn checksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u8| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The chunk that ends every file.
        assert_eq!(checksum(b"IEND"), 0xAE42_6082);
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_file_with_words_is_still_a_picture() {
        let svg =
            "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8'/></svg>";
        let plain = crate::draw::png(svg, 8).expect("a picture");
        let file = written(plain.clone(), &[("Title", "訓練データ"), ("Empty", "")]);
        let text = "Title\0\0\0\0\0訓練データ".as_bytes();
        assert!(file.windows(text.len()).any(|part| part == text));
        assert!(!file.windows(5).any(|part| part == b"Empty"));
        assert_eq!(file.len(), plain.len() + 12 + text.len());
        let pixels =
            |file: &[u8]| resvg::tiny_skia::Pixmap::decode_png(file).map(|map| map.data().to_vec()).ok();
        assert!(pixels(&file).is_some() && pixels(&file) == pixels(&plain));
        assert_eq!(written(b"no picture".to_vec(), &[("Title", "x")]), b"no picture");
    }
}
