//! One delivered file becomes raw batches: opened, decoded, split, and only the listed columns copied.
//!
//! The file is read a few hundred KiB at a time, so memory does not grow with it. UTF-8 and CP932 are split before
//! they are decoded: a cell that no column lists is never decoded, and never leaves the parser.

mod cp932;
mod encoding;
mod header;
mod notes;
mod records;
mod source;
mod split;
#[cfg(test)]
mod tests;
mod window;

use std::path::Path;
use std::sync::Arc;

use self::encoding::Encoding;
use self::notes::Notes;
use self::records::{next, skip_line};
use self::source::Source;
use self::split::{Found, Splitter, unquote};
use self::window::Window;
use super::bind::{Bound, Layout};
use super::error::{IntakeError, NO_ENCODING, Refusal};
use super::fault::{Fault, FaultKind};
use super::raw::{PARTS, RawBatch};
use crate::definitions::mapping::Mapping;
use crate::epi::text::shown;

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
    /// The last record, where no line end follows it and it has too few cells: the file was cut off in it.
    pub torn: Option<u64>,
    /// The last record, where no line end follows it: many a good file ends so, and so does one that was cut off in a cell.
    pub unended: Option<u64>,
}

/// Reads one file, bound to one mapping.
pub struct Reader {
    name: String,
    window: Window,
    splitter: Splitter,
    layout: Layout,
    /// The cells that are copied: positions in the file (one, or those of its parts), and whether a leading note is
    /// cut off.
    wanted: Vec<(Vec<usize>, bool)>,
    notes: Notes,
    /// The number of the record last read.
    row: u64,
    rows: u64,
    /// The last record has no line end and too few cells.
    torn: Option<u64>,
    /// The last record has no line end.
    unended: Option<u64>,
    /// Text bytes of the last batch: what the next one likely needs.
    expect: usize,
}

impl Reader {
    /// Opens a file (`.csv`, `.csv.gz`, or a `.zip` with one `.csv` in it), tells its encoding and binds its header.
    pub fn open(path: &Path, mapping: Arc<Mapping>) -> Result<Self, IntakeError> {
        let name = path.file_name().map_or_else(|| "file".to_owned(), |n| n.to_string_lossy().into_owned());
        let name = shown(&name).into_owned();
        let refuse = |why| IntakeError::new(name.clone(), why);
        let mut window = Source::open(path).and_then(Window::open).map_err(refuse)?;
        let mut splitter = Splitter::default();
        let (layout, row) = header::find(&mut window, &mut splitter, &mapping).map_err(refuse)?;
        splitter.commas = layout.width.saturating_sub(1);
        let columns = &layout.bound.mapping.columns;
        let wanted = layout
            .positions
            .iter()
            .zip(&layout.bound.read)
            .map(|(positions, column)| (positions.clone(), columns[*column].strip_note))
            .collect();
        let notes = Notes::of(&layout);
        Ok(Self {
            name,
            window,
            splitter,
            layout,
            wanted,
            notes,
            row,
            rows: 0,
            torn: None,
            unended: None,
            expect: 0,
        })
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
        Ok(FileSummary {
            digest: whole.digest,
            rows: self.rows,
            bytes: whole.bytes,
            encoding,
            torn: self.torn,
            unended: self.unended,
        })
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
                    let taken = self.record(len, &mut text, &mut batch.ends);
                    let ragged = matches!(taken, Taken::Fault(FaultKind::Ragged, _));
                    if (ragged || matches!(taken, Taken::Row))
                        && let Some(aside) = self.notes.look(&self.window, &self.splitter, len, ragged)
                    {
                        batch.asides.push((self.row, aside));
                    }
                    if !matches!(taken, Taken::Blank) {
                        self.unended = (len == next).then_some(self.row);
                    }
                    match taken {
                        Taken::Blank => {}
                        Taken::Row => {
                            batch.rows.push(self.row);
                            self.rows += 1;
                        }
                        Taken::Fault(kind, column) => {
                            text.truncate(before.0);
                            batch.ends.truncate(before.1);
                            let too_few = self.splitter.ends.len() < self.layout.width;
                            self.torn = (len == next && too_few).then_some(self.row);
                            self.fault(&mut batch.faults, kind, column);
                        }
                    }
                    self.window.take(next);
                }
                Found::StrayQuote { cell, next } => {
                    self.fault(&mut batch.faults, FaultKind::UnterminatedQuote, Some(cell));
                    let is_ended = matches!(self.window.bytes()[..next].last(), Some(b'\n' | b'\r'));
                    self.unended = (!is_ended).then_some(self.row);
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
        batch.text = String::from_utf8(text).map_err(|_| Refusal::Encoding { found: NO_ENCODING })?;
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
        let encoding = self.window.encoding();
        let ascii = record.is_ascii();
        let (row, first) = (text.len(), ends.len());
        for (positions, strip_note) in &self.wanted {
            let start = text.len();
            for (part, &position) in positions.iter().enumerate() {
                if part > 0 {
                    text.extend_from_slice(PARTS.encode_utf8(&mut [0; 4]).as_bytes());
                }
                let raw = splitter.cell(record, position);
                let quoted = raw.first() == Some(&b'"');
                if !ascii && encoding == Encoding::Cp932 && !raw.is_ascii() {
                    let mut inner = Vec::new();
                    let raw = if quoted {
                        unquote(raw, &mut inner);
                        &inner
                    } else {
                        raw
                    };
                    if !cp932::decode(raw, text) {
                        return Taken::Fault(FaultKind::BadEncoding, Some(position));
                    }
                } else if quoted {
                    unquote(raw, text);
                } else {
                    text.extend_from_slice(raw);
                }
            }
            if *strip_note {
                cut_note(start, text);
            }
            ends.push(text.len());
        }
        if ascii || encoding == Encoding::Cp932 || self.is_text(&text[row..], row, &ends[first..]) {
            Taken::Row
        } else {
            Taken::Fault(FaultKind::BadEncoding, self.broken_cell(record))
        }
    }

    /// Is a row's text UTF-8, each of its cells on its own?
    fn is_text(&self, row: &[u8], offset: usize, ends: &[usize]) -> bool {
        let wide = self.window.encoding().wide().is_some();
        std::str::from_utf8(row).is_ok_and(|text| {
            // What was broken in UTF-16 has become U+FFFD.
            ends.iter().all(|end| text.is_char_boundary(end - offset)) && !(wide && text.contains('\u{fffd}'))
        })
    }

    fn broken_cell(&self, record: &[u8]) -> Option<usize> {
        self.wanted.iter().flat_map(|wanted| wanted.0.iter().copied()).find(|position| {
            let mut cell = Vec::new();
            unquote(self.splitter.cell(record, *position), &mut cell);
            !self.is_text(&cell, 0, &[])
        })
    }

    fn fault(&mut self, faults: &mut Vec<Fault>, kind: FaultKind, cell: Option<usize>) {
        self.rows += 1;
        let column = cell.map(|cell| self.column(cell)).unwrap_or_default();
        faults.push(Fault::new(self.row, column, kind));
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
