//! The bytes of a delivered file: plain, gzip or one CSV inside a zip; counted and hashed as they were delivered.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Crc;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use crate::intake::error::Refusal;

/// A compressed file may expand by this factor beyond the first 64 MiB; CSV packs by 5 to 50, a bomb by 1,000.
const MAX_RATIO: u64 = 200;
const FREE_EXPANSION: u64 = 64 << 20;
const MAX_EXPANDED: u64 = 64 << 30;

/// A reader that hashes and counts what passes.
struct Hashed<R> {
    inner: R,
    sha: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.sha.update(&into[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// A zip member whose checksum is proved when its end is reached.
struct Member {
    inner: Box<dyn Read + Send>,
    crc: Crc,
    expected: u32,
}

enum Inner {
    Plain(Hashed<File>),
    Gzip(Box<MultiGzDecoder<BufReader<Hashed<File>>>>),
    /// The whole archive was hashed when it was opened.
    Zip {
        member: Box<Member>,
        digest: String,
        bytes: u64,
    },
}

/// One delivered file, opened.
pub(super) struct Source {
    path: PathBuf,
    opened: (u64, Option<SystemTime>),
    /// Bytes of the compressed part, or none for a plain file.
    packed: Option<u64>,
    expanded: u64,
    inner: Inner,
}

/// What the whole file was.
pub(super) struct Whole {
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub digest: String,
    pub bytes: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, Refusal> {
        let mut file = File::open(path)?;
        let opened = identity(&file)?;
        if opened.0 == 0 {
            return Err(Refusal::Empty);
        }
        let mut magic = [0; 4];
        let n = read_full(&mut file, &mut magic)?;
        file.seek(SeekFrom::Start(0))?;
        let (inner, packed) = match &magic[..n] {
            [0x1f, 0x8b, ..] => {
                let reader = BufReader::with_capacity(128 << 10, hashed(file));
                (Inner::Gzip(Box::new(MultiGzDecoder::new(reader))), Some(opened.0))
            }
            b"PK\x03\x04" | b"PK\x05\x06" => {
                let (member, size) = member(path)?;
                let mut whole = hashed(file);
                io::copy(&mut whole, &mut io::sink())?;
                let bytes = whole.bytes;
                (
                    Inner::Zip { member: Box::new(member), digest: hex::encode(whole.sha.finalize()), bytes },
                    Some(size),
                )
            }
            _ => (Inner::Plain(hashed(file)), None),
        };
        Ok(Self { path: path.to_owned(), opened, packed, expanded: 0, inner })
    }

    /// Reads some bytes of the text; 0 at its end.
    pub(super) fn read(&mut self, into: &mut [u8]) -> Result<usize, Refusal> {
        let n = loop {
            let read = match &mut self.inner {
                Inner::Plain(file) => file.read(into),
                Inner::Gzip(decoder) => decoder.read(into),
                Inner::Zip { member, .. } => member.read(into),
            };
            match read {
                Ok(n) => break n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if self.packed.is_some() && is_damage(&e) => return Err(self.damaged()),
                Err(e) => return Err(e.into()),
            }
        };
        self.expanded += n as u64;
        if let Some(packed) = self.packed {
            if self.expanded > MAX_EXPANDED {
                return Err(Refusal::ExpandsTooFar { limit: "64 GiB" });
            }
            if self.expanded > FREE_EXPANSION.max(packed.saturating_mul(MAX_RATIO)) {
                return Err(Refusal::ExpandsTooFar { limit: "200 times its size" });
            }
        }
        Ok(n)
    }

    /// The end: nothing is left to read, and the file is still what it was when it was opened.
    pub(super) fn finish(mut self) -> Result<Whole, Refusal> {
        let mut rest = vec![0; 64 << 10];
        while self.read(&mut rest)? > 0 {}
        if identity_of(&self.path)? != self.opened {
            return Err(Refusal::Changed);
        }
        let (digest, bytes) = match self.inner {
            Inner::Plain(file) => (hex::encode(file.sha.finalize()), file.bytes),
            Inner::Gzip(decoder) => {
                let mut reader = decoder.into_inner();
                io::copy(&mut reader, &mut io::sink())?;
                let hashed = reader.into_inner();
                (hex::encode(hashed.sha.finalize()), hashed.bytes)
            }
            Inner::Zip { digest, bytes, .. } => (digest, bytes),
        };
        if bytes == self.opened.0 { Ok(Whole { digest, bytes }) } else { Err(Refusal::Changed) }
    }

    /// A compressed file that is cut short may still be being written.
    fn damaged(&self) -> Refusal {
        match identity_of(&self.path) {
            Ok(now) if now != self.opened => Refusal::Changed,
            _ => Refusal::Damaged,
        }
    }
}

impl Read for Member {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        if n == 0 && !into.is_empty() && self.crc.sum() != self.expected {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.crc.update(&into[..n]);
        Ok(n)
    }
}

/// The first `.csv` of an archive, opened on a handle of its own, and its compressed size.
fn member(path: &Path) -> Result<(Member, u64), Refusal> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|_| Refusal::Damaged)?;
    let mut inside = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| Refusal::UnreadableArchive)?;
        let name = entry.name_raw().to_ascii_lowercase();
        // macOS adds a resource fork beside each file, with the file's own ending.
        if entry.is_file() && name.ends_with(b".csv") && !name.starts_with(b"__macosx/") {
            inside.push(index);
        }
    }
    let index = match inside.as_slice() {
        [only] => *only,
        [] => return Err(Refusal::NoCsvInside),
        several => return Err(Refusal::SeveralInside { count: several.len() }),
    };
    let entry = archive.by_index_raw(index).map_err(|_| Refusal::UnreadableArchive)?;
    if entry.encrypted() {
        return Err(Refusal::UnreadableArchive);
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(entry.data_start()))?;
    let packed: Take<File> = file.take(entry.compressed_size());
    let inner: Box<dyn Read + Send> = match entry.compression() {
        CompressionMethod::Stored => Box::new(packed),
        CompressionMethod::Deflated => {
            Box::new(DeflateDecoder::new(BufReader::with_capacity(128 << 10, packed)))
        }
        _ => return Err(Refusal::UnreadableArchive),
    };
    Ok((Member { inner, crc: Crc::new(), expected: entry.crc32() }, entry.compressed_size()))
}

fn hashed(file: File) -> Hashed<File> {
    Hashed { inner: file, sha: Sha256::new(), bytes: 0 }
}

fn identity(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok((metadata.len(), metadata.modified().ok()))
}

fn identity_of(path: &Path) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = path.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
}

fn read_full(file: &mut File, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
