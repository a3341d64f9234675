//! One delivered file becomes raw batches: opened, decoded, split, and only the listed columns copied.
//!
//! The file is read a few hundred KiB at a time, so memory does not grow with it. UTF-8 and CP932 are split before
//! they are decoded: a cell that no column lists is never decoded, and never leaves the parser.

mod encoding;
mod source;
mod split;
#[cfg(test)]
mod tests;
mod window;

use std::path::Path;
use std::sync::Arc;

use encoding_rs::{DecoderResult, SHIFT_JIS};

use self::encoding::Encoding;
use self::source::Source;
use self::split::{Found, Splitter, line_end, unquote};
use self::window::Window;
use super::error::{IntakeError, Refusal};
use super::fault::{Fault, FaultKind};
use super::mapping::{Bound, Layout, Mapping, lay};
use super::raw::RawBatch;

/// A batch is cut early when its text passes this, whatever the rows asked for.
const BATCH_BYTES: usize = 32 << 20;

/// What a file was, once it is read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// SHA-256 of the file as it was delivered (compressed, where it was), in hexadecimal.
    pub digest: String,
    /// Records below the header, those at fault among them, blank lines not. None: the file has only a header.
    pub rows: u64,
    /// Bytes of the file as it was delivered.
    pub bytes: u64,
    pub encoding: &'static str,
}

/// Reads one file, bound to one mapping.
pub struct Reader {
    name: String,
    window: Window,
    splitter: Splitter,
    layout: Layout,
    /// The cells that are copied: position in the file, and whether a leading note is cut off.
    wanted: Vec<(usize, bool)>,
    /// The number of the record last read.
    row: u64,
    rows: u64,
    /// Text bytes of the last batch: what the next one likely needs.
    expect: usize,
}

impl Reader {
    /// Opens a file (`.csv`, `.csv.gz`, or a `.zip` whose first `.csv` is read), tells its encoding and binds its header.
    pub fn open(path: &Path, mapping: Arc<Mapping>) -> Result<Self, IntakeError> {
        let name = path.file_name().map_or_else(|| "file".to_owned(), |n| n.to_string_lossy().into_owned());
        let refuse = |why| IntakeError::new(name.clone(), why);
        let mut window = Source::open(path).and_then(Window::open).map_err(refuse)?;
        let mut splitter = Splitter::default();
        let (header, row) = read_header(&mut window, &mut splitter).map_err(refuse)?;
        let layout = lay(mapping, &header, row).map_err(|why| {
            // A file whose every line is one quoted cell has all its headings in one.
            let quoted = header.len() == 1 && header[0].contains(',');
            refuse(if quoted { Refusal::Header { row, kind: FaultKind::RecordInQuote } } else { why })
        })?;
        splitter.commas = layout.width.saturating_sub(1);
        let columns = &layout.bound.mapping.columns;
        let wanted = layout
            .positions
            .iter()
            .zip(&layout.bound.read)
            .map(|(position, column)| (*position, columns[*column].strip_note))
            .collect();
        Ok(Self { name, window, splitter, layout, wanted, row, rows: 0, expect: 0 })
    }

    pub fn bound(&self) -> &Bound {
        &self.layout.bound
    }

    /// The encoding that the file was found to be in.
    pub fn encoding(&self) -> &'static str {
        self.window.encoding().name()
    }

    /// The next rows, at most `max_rows` of them, or none at the file's end.
    pub fn next_batch(&mut self, max_rows: usize) -> Result<Option<RawBatch>, IntakeError> {
        self.batch(max_rows.max(1)).map_err(|why| IntakeError::new(self.name.clone(), why))
    }

    /// Reads what is left, proves that the file did not change meanwhile, and sums it up.
    pub fn finish(mut self) -> Result<FileSummary, IntakeError> {
        while self.next_batch(64 << 10)?.is_some() {}
        let encoding = self.encoding();
        let whole = self.window.finish().map_err(|why| IntakeError::new(self.name.clone(), why))?;
        Ok(FileSummary { digest: whole.digest, rows: self.rows, bytes: whole.bytes, encoding })
    }

    fn batch(&mut self, max_rows: usize) -> Result<Option<RawBatch>, Refusal> {
        let columns = self.wanted.len();
        let mut text = Vec::with_capacity(self.expect);
        let mut batch = RawBatch { columns, ..RawBatch::default() };
        while batch.rows.len() + batch.faults.len() < max_rows && text.len() < BATCH_BYTES {
            let Some(found) = next(&mut self.window, &mut self.splitter)? else { break };
            self.row += 1;
            match found {
                Found::Record { len, next } => {
                    let before = (text.len(), batch.ends.len());
                    match self.record(len, &mut text, &mut batch.ends) {
                        Taken::Blank => {}
                        Taken::Row => {
                            batch.rows.push(self.row);
                            self.rows += 1;
                        }
                        Taken::Fault(kind, column) => {
                            text.truncate(before.0);
                            batch.ends.truncate(before.1);
                            self.fault(&mut batch.faults, kind, column);
                        }
                    }
                    self.window.take(next);
                }
                Found::StrayQuote { cell, next } => {
                    self.fault(&mut batch.faults, FaultKind::UnterminatedQuote, Some(cell));
                    self.window.take(next);
                }
                Found::TooLong { next } => {
                    self.fault(&mut batch.faults, FaultKind::LineTooLong, None);
                    match next {
                        Some(next) => self.window.take(next),
                        None => skip_line(&mut self.window)?,
                    }
                }
                Found::OpenQuote { cell } => {
                    return Err(Refusal::UnterminatedQuote { row: self.row, column: self.column(cell) });
                }
                Found::More => {}
            }
        }
        if batch.rows.is_empty() && batch.faults.is_empty() {
            return Ok(None);
        }
        self.expect = text.len() + text.len() / 8;
        // Every cell was proved to be UTF-8 on its own; this can't fail.
        batch.text =
            String::from_utf8(text).map_err(|_| Refusal::Encoding { found: "an unknown encoding" })?;
        Ok(Some(batch))
    }

    /// Copies the wanted cells of the record at the window's start.
    fn record(&self, len: usize, text: &mut Vec<u8>, ends: &mut Vec<usize>) -> Taken {
        let record = &self.window.bytes()[..len];
        if record.iter().all(|b| matches!(b, b',' | b' ' | b'\t')) {
            return Taken::Blank;
        }
        let splitter = &self.splitter;
        if let Some(cell) = splitter.nul {
            return Taken::Fault(FaultKind::NulByte, Some(cell));
        }
        let cells = splitter.ends.len();
        let width = self.layout.width;
        if width > 1 && splitter.is_quoted_line(record) {
            return Taken::Fault(FaultKind::RecordInQuote, Some(0));
        }
        if let Some(cell) = splitter.record_in_quote {
            return Taken::Fault(FaultKind::RecordInQuote, Some(cell));
        }
        let blank = |cell: &[u8]| cell.iter().all(|b| matches!(b, b' ' | b'\t' | b'"'));
        if cells < width || (width..cells).any(|cell| !blank(splitter.cell(record, cell))) {
            return Taken::Fault(FaultKind::Ragged, None);
        }
        let ascii = record.is_ascii();
        for &(position, strip_note) in &self.wanted {
            let start = text.len();
            let raw = splitter.cell(record, position);
            if raw.first() == Some(&b'"') {
                unquote(raw, text)
            } else {
                text.extend_from_slice(raw)
            }
            if !ascii && !text[start..].is_ascii() && !self.decode(start, text) {
                return Taken::Fault(FaultKind::BadEncoding, Some(position));
            }
            if strip_note {
                cut_note(start, text);
            }
            ends.push(text.len());
        }
        Taken::Row
    }

    /// Turns the bytes from `start` on into UTF-8; false where they are none of the file's encoding.
    fn decode(&self, start: usize, text: &mut Vec<u8>) -> bool {
        match self.window.encoding() {
            Encoding::Ascii | Encoding::Utf8 | Encoding::Utf8Bom => {
                std::str::from_utf8(&text[start..]).is_ok()
            }
            Encoding::Utf16Le | Encoding::Utf16Be => {
                std::str::from_utf8(&text[start..]).is_ok_and(|cell| !cell.contains('\u{fffd}'))
            }
            Encoding::Cp932 => {
                let raw = text.split_off(start);
                let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
                // A character of CP932 has at most two bytes and of UTF-8 at most three.
                text.resize(start + raw.len() * 3, 0);
                let (result, _, written) =
                    decoder.decode_to_utf8_without_replacement(&raw, &mut text[start..], true);
                text.truncate(start + written);
                result == DecoderResult::InputEmpty
            }
        }
    }

    fn fault(&mut self, faults: &mut Vec<Fault>, kind: FaultKind, cell: Option<usize>) {
        self.rows += 1;
        let column = cell.map(|cell| self.column(cell)).unwrap_or_default();
        faults.push(Fault { row: self.row, column, kind });
    }

    fn column(&self, cell: usize) -> String {
        self.layout.names.get(cell).cloned().unwrap_or_else(|| format!("column {}", cell + 1))
    }
}

enum Taken {
    Row,
    Blank,
    Fault(FaultKind, Option<usize>),
}

/// Finds the next record, reading on as far as it needs; none at the end of the text.
fn next(window: &mut Window, splitter: &mut Splitter) -> Result<Option<Found>, Refusal> {
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

fn skip_line(window: &mut Window) -> Result<(), Refusal> {
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

/// The first record that is not blank, and its number.
fn read_header(window: &mut Window, splitter: &mut Splitter) -> Result<(Vec<String>, u64), Refusal> {
    let mut row = 0;
    while let Some(found) = next(window, splitter)? {
        row += 1;
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
        return Ok((header, row));
    }
    Err(Refusal::Empty)
}

/// Cuts a leading note (`注8　`, `注8)`, `※2 `) off a cell. What follows must be set apart from the note's number,
/// so that `注8431` stays what it is: not a number.
fn cut_note(start: usize, text: &mut Vec<u8>) {
    let Ok(cell) = std::str::from_utf8(&text[start..]) else { return };
    let trimmed = cell.trim_start();
    let Some(note) = trimmed.strip_prefix(['注', '※']) else { return };
    let rest = note.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let value = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | '）' | ':' | '：'));
    if value.len() < rest.len() {
        let value = value.to_owned();
        text.truncate(start);
        text.extend_from_slice(value.as_bytes());
    }
}
