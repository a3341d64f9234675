//! Finds one record in some bytes: where its cells and its line end. RFC 4180, as loosely as real files keep it:
//! LF, CRLF or CR; a quote inside an unquoted cell is a character like any other.

/// A line of the file may have this many bytes.
pub(super) const LINE_LIMIT: usize = 1 << 20;

/// What was found at the start of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A record of `len` bytes; the next one starts at `next`.
    Record { len: usize, next: usize },
    /// The record goes on behind the bytes.
    More,
    /// A quote opened in this cell is closed in front of other text; the line itself ends before `next`.
    StrayQuote { cell: usize, next: usize },
    /// A quote opened in this cell is not closed before the text ends, or within the limit.
    OpenQuote { cell: usize },
    /// Over the limit. The next record starts at `next`, or behind the next line end where that is not yet seen.
    TooLong { next: Option<usize> },
}

/// Cell ends of the record last found, and what was seen on the way.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    /// The end of each cell, from the record's start; the next cell starts one byte later.
    pub ends: Vec<u32>,
    /// The first cell with a NUL byte.
    pub nul: Option<usize>,
    /// The first quoted cell that holds a line with as many commas as a whole record has.
    pub record_in_quote: Option<usize>,
    /// Commas between the cells of a record of this file; 0 until the header is known.
    pub commas: usize,
}

/// The next byte from `at` on that may mean something: a comma, or one up to `"` (NUL, line ends, and a few that
/// mean nothing). Eight bytes at a time; a whole cell is mostly one step.
fn next_stop(bytes: &[u8], mut at: usize) -> usize {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const COMMAS: u64 = u64::from_ne_bytes([b','; 8]);
    const UP_TO_QUOTE: u64 = u64::from_ne_bytes([b'"' + 1; 8]);
    while let Some(&eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(eight);
        let comma = word ^ COMMAS;
        // The lowest bit set is exact; higher ones may be borrows, and are not looked at.
        let stops = (word.wrapping_sub(UP_TO_QUOTE) & !word | comma.wrapping_sub(LOW) & !comma) & HIGH;
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b == b',' || *b <= b'"').unwrap_or(rest.len())
}

impl Splitter {
    /// Looks for one record at the start of `bytes`; `ended` says that nothing follows them.
    pub(super) fn find(&mut self, bytes: &[u8], ended: bool) -> Found {
        self.ends.clear();
        self.nul = None;
        self.record_in_quote = None;
        let mut at = 0;
        let mut cell_start = 0;
        loop {
            at = next_stop(bytes, at);
            let Some(byte) = bytes.get(at) else { break };
            match byte {
                b',' => {
                    self.ends.push(at as u32);
                    at += 1;
                    cell_start = at;
                }
                b'\n' => return self.end(at, at + 1),
                b'\r' => match bytes.get(at + 1) {
                    Some(b'\n') => return self.end(at, at + 2),
                    None if !ended => break,
                    _ => return self.end(at, at + 1),
                },
                b'"' if at == cell_start => match self.quoted(bytes, at + 1, ended) {
                    Ok(next) => at = next,
                    Err(found) => return found,
                },
                0 => {
                    self.nul.get_or_insert(self.ends.len());
                    at += 1;
                }
                _ => at += 1,
            }
        }
        if at > LINE_LIMIT {
            Found::TooLong { next: None }
        } else if ended {
            let len = bytes.len();
            self.end(len, len)
        } else {
            Found::More
        }
    }

    fn end(&mut self, len: usize, next: usize) -> Found {
        if len > LINE_LIMIT {
            return Found::TooLong { next: Some(next) };
        }
        self.ends.push(len as u32);
        Found::Record { len, next }
    }

    /// From behind an opening quote to behind the closing one (and blanks that follow it).
    fn quoted(&mut self, bytes: &[u8], from: usize, ended: bool) -> Result<usize, Found> {
        let cell = self.ends.len();
        let mut at = from;
        let mut commas = 0;
        let mut lines = 0;
        loop {
            at = next_stop(bytes, at);
            match bytes.get(at) {
                None if at > LINE_LIMIT && lines == 0 => return Err(Found::TooLong { next: None }),
                None if ended || at > LINE_LIMIT => return Err(Found::OpenQuote { cell }),
                None => return Err(Found::More),
                Some(b',') => commas += 1,
                Some(b'\n' | b'\r') => {
                    self.line_in_quote(cell, commas);
                    commas = 0;
                    lines += 1;
                }
                Some(0) => {
                    self.nul.get_or_insert(cell);
                }
                Some(b'"') => match bytes.get(at + 1) {
                    Some(b'"') => at += 1,
                    None if !ended => return Err(Found::More),
                    _ => break,
                },
                Some(_) => {}
            }
            at += 1;
        }
        // The last line of a cell of several, or a cell that is the whole line.
        if lines > 0 {
            self.line_in_quote(cell, commas);
        }
        at += 1;
        let after = bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        match bytes.get(at + after) {
            None if ended => Ok(at + after),
            None => Err(Found::More),
            Some(b',' | b'\n' | b'\r') => Ok(at + after),
            Some(_) => Err(match line_end(bytes) {
                Some(next) => Found::StrayQuote { cell, next },
                None if ended => Found::StrayQuote { cell, next: bytes.len() },
                None if bytes.len() > LINE_LIMIT => Found::TooLong { next: None },
                None => Found::More,
            }),
        }
    }

    fn line_in_quote(&mut self, cell: usize, commas: usize) {
        if self.commas > 0 && commas >= self.commas {
            self.record_in_quote.get_or_insert(cell);
        }
    }

    /// One quoted cell that holds a whole record: the line of a file whose writer quoted the line, not the cells.
    pub(super) fn is_quoted_line(&self, record: &[u8]) -> bool {
        self.ends.len() == 1
            && self.commas > 0
            && record.first() == Some(&b'"')
            && record.iter().filter(|b| **b == b',').count() >= self.commas
    }

    /// The raw bytes of a cell, quotes and all.
    pub(super) fn cell<'a>(&self, record: &'a [u8], cell: usize) -> &'a [u8] {
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] as usize + 1 };
        &record[start..self.ends[cell] as usize]
    }
}

/// Behind the first line end.
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'))?;
    Some(if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 })
}

/// Appends a cell's text to `into`: without its quotes, doubled quotes made single.
pub(super) fn unquote(raw: &[u8], into: &mut Vec<u8>) {
    let Some(inner) = raw.strip_prefix(b"\"") else {
        into.extend_from_slice(raw);
        return;
    };
    let closing = inner.iter().rposition(|b| *b == b'"').unwrap_or(inner.len());
    let mut rest = &inner[..closing];
    while let Some(at) = rest.iter().position(|b| *b == b'"') {
        into.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or(&[]);
    }
    into.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8], ended: bool) -> (Found, Vec<String>) {
        let mut splitter = Splitter { commas: 2, ..Splitter::default() };
        let found = splitter.find(bytes, ended);
        let mut cells = Vec::new();
        if let Found::Record { len, .. } = found {
            for cell in 0..splitter.ends.len() {
                let mut text = Vec::new();
                unquote(splitter.cell(&bytes[..len], cell), &mut text);
                cells.push(String::from_utf8(text).unwrap());
            }
        }
        (found, cells)
    }

    #[test]
    fn line_ends_and_quotes() {
        for (bytes, next, expected) in [
            (&b"a,b,c\nx"[..], 6, vec!["a", "b", "c"]),
            (b"a,b,c\r\nx", 7, vec!["a", "b", "c"]),
            (b"a,b,c\rx", 6, vec!["a", "b", "c"]),
            (b"a,\"b,\"\"\n\",\nx", 11, vec!["a", "b,\"\n", ""]),
            (b"\"a\" ,b\"b,\"\"\nx", 12, vec!["a", "b\"b", ""]),
            (b",,\nx", 3, vec!["", "", ""]),
        ] {
            let (found, cells) = cells(bytes, false);
            assert!(matches!(found, Found::Record { next: n, .. } if n == next), "{found:?}");
            assert_eq!(cells, expected);
        }
        assert_eq!(cells(b"a,b", true).1, ["a", "b"]);
        assert_eq!(cells(b"a,\"b\"", true).1, ["a", "b"]);
    }

    #[test]
    fn more_is_asked_for_where_the_bytes_end() {
        for bytes in [&b"a,b"[..], b"a\r", b"\"a", b"\"a\"", b"\"a\"\r", b""] {
            assert_eq!(cells(bytes, false).0, Found::More, "{bytes:?}");
        }
    }

    #[test]
    fn quotes_that_are_not_closed() {
        assert_eq!(cells(b"1,\"a\n2,b\n", true).0, Found::OpenQuote { cell: 1 });
        assert_eq!(cells(b"1,\"a\n2,\"b\"\n3,c\n", false).0, Found::StrayQuote { cell: 1, next: 5 });
    }

    #[test]
    fn a_record_in_a_quote_is_seen() {
        let mut splitter = Splitter { commas: 2, ..Splitter::default() };
        splitter.find(b"1,\"a\n2,b,c\n3\",d,e\n", true);
        assert_eq!(splitter.record_in_quote, Some(1));
        let line = b"\"1,a,b\"";
        splitter.find(line, true);
        assert!(splitter.is_quoted_line(line));
    }

    #[test]
    fn the_limit_is_for_one_line() {
        let long = vec![b'x'; LINE_LIMIT + 1];
        assert_eq!(cells(&long, false).0, Found::TooLong { next: None });
        assert!(matches!(cells(&long[1..], true).0, Found::Record { .. }));
        let mut open = b"1,\"a\n".to_vec();
        open.extend(std::iter::repeat_n(b'x', LINE_LIMIT));
        assert_eq!(cells(&open, false).0, Found::OpenQuote { cell: 1 });
    }
}
