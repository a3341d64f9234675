//! A window that slides over a file's text: a few hundred KiB at a time, in UTF-8, CP932 or ASCII.

use encoding_rs::{CoderResult, Decoder};

use super::encoding::{Encoding, detect, told};
use super::source::{Source, Whole};
use crate::intake::error::Refusal;

/// What is read at once, and what the window holds unless a record is longer.
const STEP: usize = 256 << 10;

/// UTF-16 on its way to UTF-8.
struct Wide {
    decoder: Decoder,
    raw: Vec<u8>,
    /// Raw bytes not yet decoded.
    rest: std::ops::Range<usize>,
    ended: bool,
    /// The decoder was told of the end and gave its last text: it must not be asked again.
    finished: bool,
}

pub(super) struct Window {
    source: Source,
    encoding: Encoding,
    wide: Option<Wide>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Window {
    /// Reads the first step and tells the encoding from it.
    pub(super) fn open(mut source: Source) -> Result<Self, Refusal> {
        let mut buffer = vec![0; STEP];
        let end = fill(&mut source, &mut buffer)?;
        let (encoding, bom) = detect(&buffer[..end]).map_err(|found| Refusal::Encoding { found })?;
        let mut window = Self { source, encoding, wide: None, buffer, start: bom, end, ended: false };
        if let Some(charset) = encoding.wide() {
            let raw = std::mem::replace(&mut window.buffer, vec![0; STEP]);
            let decoder = charset.new_decoder_without_bom_handling();
            window.wide = Some(Wide { decoder, raw, rest: bom..end, ended: false, finished: false });
            (window.start, window.end) = (0, 0);
        }
        Ok(window)
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What is in the window and not yet taken.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Nothing follows the window's bytes.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn take(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Reads on, keeping what is not yet taken. The window grows only when that fills it.
    pub(super) fn more(&mut self) -> Result<(), Refusal> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.buffer.len() - self.end < STEP / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = &mut self.buffer[self.end..];
        let n = match &mut self.wide {
            None => self.source.read(free)?,
            Some(wide) => wide.read(&mut self.source, free)?,
        };
        self.end += n;
        if self.encoding == Encoding::Ascii {
            self.encoding = told(&self.buffer[..self.end]).map_err(|found| Refusal::Encoding { found })?;
        }
        self.ended = n == 0;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Whole, Refusal> {
        self.source.finish()
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.len()
    }
}

impl Wide {
    /// Decodes some text; 0 at its end. What can't be decoded becomes U+FFFD.
    fn read(&mut self, source: &mut Source, into: &mut [u8]) -> Result<usize, Refusal> {
        loop {
            if self.finished {
                return Ok(0);
            }
            if self.rest.is_empty() && !self.ended {
                let n = fill(source, &mut self.raw)?;
                self.rest = 0..n;
                self.ended = n == 0;
            }
            let raw = &self.raw[self.rest.clone()];
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, into, self.ended);
            self.rest.start += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 || self.finished {
                return Ok(written);
            }
        }
    }
}

/// Fills the buffer, or reads to the end.
fn fill(source: &mut Source, buffer: &mut [u8]) -> Result<usize, Refusal> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
