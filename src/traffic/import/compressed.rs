//! Compressed files: those that can be unpacked while they are read, and those that are
//! only named.

use super::{ImportError, Place, Problem};
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, Cursor, Read};

/// What other compressed files begin with, and the program that unpacks each.
const OTHERS: [(&[u8], &str); 4] = [
    (b"\x04\x22\x4D\x18", "lz4 -d"),
    (b"\xFD7zX", "xz -d"),
    (b"BZh", "bzip2 -d"),
    (b"PK\x03\x04", "unzip"),
];

/// What a file holds.
pub(super) struct Unpacked<'a> {
    pub(super) content: Box<dyn Read + 'a>,
    pub(super) was_packed: bool,
}

/// The file's content, unpacked if it is a gzip (RFC 1952) or Zstandard (RFC 8878) file.
///
/// # Errors
/// If it cannot be read, or is compressed in another way.
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
        [0x1F, 0x8B, 8, _] => Ok(unpacked(Box::new(MultiGzDecoder::new(whole)))),
        [0x28, 0xB5, 0x2F, 0xFD] => match StreamingDecoder::new(whole) {
            Ok(decoder) => Ok(unpacked(Box::new(decoder))),
            Err(error) => Err(failed(&io::Error::other(error))),
        },
        _ => match OTHERS.iter().find(|(begin, _)| magic.starts_with(begin)) {
            Some((_, program)) => Err(ImportError {
                place: Place::Byte(0),
                problem: Problem::Compressed(program),
            }),
            None => Ok(Unpacked {
                content: Box::new(whole),
                was_packed: false,
            }),
        },
    }
}

fn failed(error: &io::Error) -> ImportError {
    ImportError {
        place: Place::Byte(0),
        problem: Problem::of(error),
    }
}
