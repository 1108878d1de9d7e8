//! Reads a Zstandard file: its frames one after the other (RFC 8878 §3).

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::error::Error;
use std::io::{self, Chain, Cursor, ErrorKind, Read};

/// The first bytes of a frame.
pub(super) const FRAME: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Whether a file that begins with these bytes is one of Zstandard.
pub(super) fn is_head(magic: [u8; 4]) -> bool {
    magic == FRAME || is_skippable(magic)
}

/// Whether these are the first bytes of a skippable frame (RFC 8878 §3.1.2).
fn is_skippable(magic: [u8; 4]) -> bool {
    matches!(magic, [0x50..=0x5F, 0x2A, 0x4D, 0x18])
}

/// The decompressed content of all frames.
pub(super) struct ZstandardFrames<R: Read> {
    at: Position<R>,
}

/// A frame, whose magic number is already read.
type ZstdFrame<R> = Chain<Cursor<[u8; 4]>, R>;

enum Position<R: Read> {
    Before(R),
    In(Box<StreamingDecoder<ZstdFrame<R>, FrameDecoder>>),
    /// Behind the last frame, or an error.
    End,
}

impl<R: Read> ZstandardFrames<R> {
    pub(super) fn new(input: R) -> Self {
        let at = Position::Before(input);
        Self { at }
    }
}

impl<R: Read> Read for ZstandardFrames<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.at, Position::End) {
                Position::End => return Ok(0),
                Position::Before(input) => self.at = next(input)?,
                Position::In(mut frame) => {
                    let count = frame.read(bytes).map_err(|error| failed(&error))?;
                    if count > 0 || bytes.is_empty() {
                        self.at = Position::In(frame);
                        return Ok(count);
                    }
                    let (source, decoder) = frame.into_parts();
                    let stored = decoder.get_checksum_from_data();
                    if stored.is_some() && stored != decoder.get_calculated_checksum() {
                        return Err(ErrorKind::InvalidData.into());
                    }
                    let (_, input) = source.into_inner();
                    self.at = Position::Before(input);
                }
            }
        }
    }
}

/// Goes to the next frame with content.
fn next<R: Read>(mut input: R) -> io::Result<Position<R>> {
    loop {
        let mut magic = Vec::new();
        input.by_ref().take(4).read_to_end(&mut magic)?;
        if magic.is_empty() {
            return Ok(Position::End);
        }
        let magic: [u8; 4] = magic.try_into().map_err(|_| ErrorKind::UnexpectedEof)?;
        if !is_skippable(magic) {
            // Another magic number is an error of the decoder.
            let frame = StreamingDecoder::new(Cursor::new(magic).chain(input));
            let frame = frame.map_err(|error| failed(&error))?;
            return Ok(Position::In(Box::new(frame)));
        }
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let length = u64::from(u32::from_le_bytes(length));
        let skipped = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        if skipped < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The decoder wraps errors of the file: one that ends too early is truncated, other content is
/// damaged.
fn failed(error: &(dyn Error + 'static)) -> io::Error {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let of_file = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if let Some(kind) = of_file.filter(|kind| *kind != ErrorKind::Other) {
            return kind.into();
        }
        // An I/O error gives the source of the error it wraps, but not that error.
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn frame(content: &[u8]) -> Vec<u8> {
        compress_to_vec(content, CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, ErrorKind> {
        let mut content = Vec::new();
        let read = ZstandardFrames::new(bytes).read_to_end(&mut content);
        read.map(|_| content).map_err(|error| error.kind())
    }

    #[test]
    fn all_frames_are_read_and_skippable_ones_skipped() {
        let skippable = b"\x5A\x2A\x4D\x18\x03\0\0\0abc";
        let parts = [&skippable[..], &frame(b"one"), skippable, &frame(b"two")];
        assert_eq!(read(&parts.concat()), Ok(b"onetwo".to_vec()));
        assert_eq!(read(&skippable[..9]), Err(ErrorKind::UnexpectedEof));
    }

    #[test]
    fn a_truncated_frame_is_no_whole_one() {
        let whole = [frame(b"one"), frame(b"two and some more of it")].concat();
        for length in frame(b"one").len() + 1..whole.len() {
            assert_eq!(
                read(&whole[..length]),
                Err(ErrorKind::UnexpectedEof),
                "{length}"
            );
        }
    }

    #[test]
    fn damaged_content_does_not_fit_its_checksum() {
        let mut whole = frame(b"some text");
        let at = whole.windows(4).position(|part| part == b"text").unwrap();
        whole[at] ^= 1;
        assert_eq!(read(&whole), Err(ErrorKind::InvalidData));
        assert_eq!(
            read(&[frame(b"x"), b"rest".to_vec()].concat()),
            Err(ErrorKind::InvalidData)
        );
    }
}
