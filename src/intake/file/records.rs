//! From record to record through a window.

use encoding_rs::SHIFT_JIS;

use super::encoding::Encoding;
use super::split::{Found, Splitter, line_end, unquote};
use super::window::Window;
use crate::intake::error::Refusal;
use crate::intake::fault::FaultKind;

/// Finds the next record, reading on as far as it needs; none at the end of the text.
pub(super) fn next(window: &mut Window, splitter: &mut Splitter) -> Result<Option<Found>, Refusal> {
    loop {
        if window.bytes().is_empty() {
            if window.ended() {
                return Ok(None);
            }
            window.more()?;
            continue;
        }
        match splitter.find(window.bytes(), window.ended()) {
            Found::More => window.more()?,
            found => return Ok(Some(found)),
        }
    }
}

/// Takes what is left of a line that is too long to look at.
pub(super) fn skip_line(window: &mut Window) -> Result<(), Refusal> {
    loop {
        if let Some(next) = line_end(window.bytes()) {
            // The LF of a CRLF may not be in the window yet; it would read as a blank line with a number of its own.
            if next < window.bytes().len() || window.ended() || window.bytes()[next - 1] == b'\n' {
                window.take(next);
                return Ok(());
            }
        } else {
            window.take(window.bytes().len());
        }
        if window.ended() {
            return Ok(());
        }
        window.more()?;
    }
}

/// The next record that is not blank, its cells as text, `row` counted on to its number; none at the end.
pub(super) fn texts(
    window: &mut Window,
    splitter: &mut Splitter,
    row: &mut u64,
) -> Result<Option<Vec<String>>, Refusal> {
    while let Some(found) = next(window, splitter)? {
        *row += 1;
        let row = *row;
        let fault = |kind| Err(Refusal::Header { row, kind });
        let (len, next) = match found {
            Found::Record { len, next } => (len, next),
            Found::StrayQuote { .. } => return fault(FaultKind::UnterminatedQuote),
            Found::TooLong { .. } => return fault(FaultKind::LineTooLong),
            Found::OpenQuote { cell } => {
                return Err(Refusal::UnterminatedQuote { row, column: format!("column {}", cell + 1) });
            }
            Found::More => continue,
        };
        let record = &window.bytes()[..len];
        if record.iter().all(|b| matches!(b, b',' | b' ' | b'\t')) {
            window.take(next);
            continue;
        }
        if splitter.nul.is_some() {
            return fault(FaultKind::NulByte);
        }
        let mut header = Vec::with_capacity(splitter.ends.len());
        for cell in 0..splitter.ends.len() {
            let mut raw = Vec::new();
            unquote(splitter.cell(record, cell), &mut raw);
            let (heading, broken) = match window.encoding() {
                Encoding::Cp932 => SHIFT_JIS.decode_without_bom_handling(&raw),
                _ => encoding_rs::UTF_8.decode_without_bom_handling(&raw),
            };
            if broken {
                return fault(FaultKind::BadEncoding);
            }
            header.push(heading.into_owned());
        }
        window.take(next);
        return Ok(Some(header));
    }
    Ok(None)
}
