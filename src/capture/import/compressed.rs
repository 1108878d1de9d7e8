//! Detects compressed files: gzip and Zstandard are decompressed, others are only named.

use super::zstandard::{self, ZstandardFrames};
use crate::capture::import_error::{ImportError, ImportPosition, ImportProblem};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// The first bytes of other compressed files, and the command that decompresses each.
const OTHERS: [(&[u8], &str); 4] = [
    (b"\x04\x22\x4D\x18", "lz4 -d"),
    (b"\xFD7zX", "xz -d"),
    (b"BZh", "bzip2 -d"),
    (b"PK\x03\x04", "unzip"),
];

/// Whether these bytes, fewer than four, are the beginning of a supported compressed file.
pub(super) fn begins_with(head: &[u8]) -> bool {
    GZIP.starts_with(head) || zstandard::FRAME.starts_with(head)
}

/// The first bytes of a gzip file (RFC 1952).
const GZIP: &[u8] = b"\x1F\x8B\x08";

/// The content of a file.
pub(super) struct Unpacked<'a> {
    pub(super) content: Box<dyn Read + 'a>,
    pub(super) was_packed: bool,
}

/// The content of a file, decompressed if it is gzip (RFC 1952) or Zstandard (RFC 8878).
///
/// # Errors
/// If the file cannot be read, or is compressed in another format.
pub(super) fn unpacked<'a>(mut input: impl Read + 'a) -> Result<Unpacked<'a>, ImportError> {
    let mut magic = Vec::new();
    (&mut input)
        .take(4)
        .read_to_end(&mut magic)
        .map_err(|error| failed(&error))?;
    let whole = Cursor::new(magic.clone()).chain(input);
    let unpacked = |content| Unpacked {
        content,
        was_packed: true,
    };
    match *magic {
        [0x1F, 0x8B, 8, _] => Ok(unpacked(Box::new(Members::new(BufReader::new(whole))))),
        [a, b, c, d] if zstandard::is_head([a, b, c, d]) => {
            Ok(unpacked(Box::new(ZstandardFrames::new(whole))))
        }
        _ => match OTHERS.iter().find(|(begin, _)| magic.starts_with(begin)) {
            Some((_, program)) => Err(ImportError::at(
                ImportPosition::Byte(0),
                ImportProblem::Compressed(program),
            )),
            None => Ok(Unpacked {
                content: Box::new(whole),
                was_packed: false,
            }),
        },
    }
}

/// Reads the members of a gzip file, one after the other. Bytes after the last member are
/// ignored, such as padding to the block size of a tape, as gzip(1) does.
struct Members<R> {
    /// `None` after the last member.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    fn new(input: R) -> Self {
        let member = Some(GzDecoder::new(input));
        Self { member }
    }
}

/// The first byte of a member.
const MEMBER: u8 = 0x1F;

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(bytes)?;
            if count > 0 || bytes.is_empty() {
                return Ok(count);
            }
            let goes_on = member.get_mut().fill_buf()?.first() == Some(&MEMBER);
            let ended = self.member.take().filter(|_| goes_on);
            self.member = ended.map(|member| GzDecoder::new(member.into_inner()));
        }
        Ok(0)
    }
}

fn failed(error: &io::Error) -> ImportError {
    ImportError::at(ImportPosition::Byte(0), ImportProblem::of(error))
}
