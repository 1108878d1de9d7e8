//! A segment file of a journal: its header and its frames.

use super::own;
use crate::disk::private_file;
use crate::traffic::{Chunk, ChunkPayloads, SpillPosition};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

const MAGIC: &[u8; 8] = b"netpeer\0";
/// Since version 2, records name their connections.
const VERSION: u32 = 2;
const OLDEST: u32 = 1;
/// The length of a segment's header, in bytes.
pub const HEADER: u64 = 16;
/// The length of a frame's header, in bytes.
pub const FRAME: usize = 8;
const CRC: crc::Crc<u32, crc::Table<16>> =
    crc::Crc::<u32, crc::Table<16>>::new(&crc::CRC_32_ISO_HDLC);

/// Creates a segment with its header.
///
/// # Errors
/// Those of creating and writing the file.
pub fn create(folder: &Path, number: u32) -> io::Result<File> {
    let mut file = private(&own::segment(folder, number))?;
    file.write_all(&header(VERSION))?;
    Ok(file)
}

fn header(version: u32) -> Vec<u8> {
    [&MAGIC[..], &version.to_le_bytes(), &[0; 4]].concat()
}

/// Creates a file that only its owner may read.
///
/// # Errors
/// Those of creating the file.
pub fn private(path: &Path) -> io::Result<File> {
    let mut options = private_file();
    options.read(true).write(true).create_new(true).open(path)
}

/// Encodes a chunk as a frame.
///
/// # Errors
/// If the chunk is longer than its length field can say.
pub fn frame(chunk: &Chunk) -> io::Result<Vec<u8>> {
    let payload = chunk
        .encode()
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    let mut frame = Vec::with_capacity(FRAME + payload.len());
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&CRC.checksum(&payload).to_le_bytes());
    frame.extend_from_slice(&payload);
    Ok(frame)
}

/// Decodes a complete frame.
///
/// # Errors
/// `InvalidData` if the frame is truncated or damaged.
pub fn chunk(frame: &[u8]) -> io::Result<Chunk> {
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let (head, payload) = frame.split_at_checked(FRAME).ok_or_else(damaged)?;
    let (length, checksum) = fields(head).ok_or_else(damaged)?;
    if payload.len() != length || CRC.checksum(payload) != checksum {
        return Err(damaged());
    }
    Chunk::decode(payload).map_err(|_| damaged())
}

fn fields(head: &[u8]) -> Option<(usize, u32)> {
    let (length, checksum) = head.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    Some((length, u32::from_le_bytes(*checksum.first_chunk()?)))
}

/// Rows that could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MissingRows {
    /// The number of those that are known.
    pub count: u64,
    /// Whether there are others, whose number is not known.
    pub others: bool,
}

impl MissingRows {
    /// An unknown number of rows.
    pub const UNKNOWN: Self = Self {
        count: 0,
        others: true,
    };

    pub fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.others |= other.others;
    }

    /// The rows of a damaged frame. Its chunk says how many, if the lengths in it still add up to
    /// its own.
    fn of_frame(frame: &[u8]) -> Self {
        let payload = frame.get(FRAME..).unwrap_or_default();
        ChunkPayloads::encoded(payload).map_or(Self::UNKNOWN, |payloads| Self {
            count: payloads.count() as u64,
            others: false,
        })
    }
}

/// Reads a segment from its beginning, chunk by chunk, and skips damaged chunks.
pub struct SegmentReader {
    file: File,
    /// The number of unread bytes.
    left: u64,
    damage: Option<io::Error>,
    missing: MissingRows,
}

impl SegmentReader {
    /// # Errors
    /// If the file cannot be read, or belongs to another program or a later version.
    pub fn open(path: &Path) -> io::Result<Self> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        // Opening a pipe would block until a program writes to it.
        let known = std::fs::symlink_metadata(path)?;
        if known.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !known.is_file() {
            return Err(damaged());
        }
        let mut file = File::open(path)?;
        let mut begins = Vec::new();
        (&mut file).take(HEADER).read_to_end(&mut begins)?;
        // A crash may have truncated the header: then no frame was written.
        if !(OLDEST..=VERSION).any(|version| header(version).starts_with(&begins)) {
            return Err(damaged());
        }
        let left = file.metadata()?.len().saturating_sub(HEADER);
        Ok(Self {
            file,
            left,
            damage: None,
            missing: MissingRows::default(),
        })
    }

    /// The rows that were skipped so far.
    pub fn missing(&self) -> MissingRows {
        self.missing
    }

    /// The first error; complete once the iterator has ended.
    pub fn damage(self) -> Option<io::Error> {
        self.damage
    }

    fn frame(&mut self) -> io::Result<Vec<u8>> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let mut frame = vec![0; FRAME];
        self.file.read_exact(&mut frame)?;
        let (length, _) = fields(&frame).ok_or_else(damaged)?;
        let whole = FRAME.saturating_add(length);
        // A damaged length must not allocate more memory than the file has bytes.
        let left = self.left.checked_sub(whole as u64).ok_or_else(damaged)?;
        frame.resize(whole, 0);
        self.file
            .read_exact(frame.get_mut(FRAME..).ok_or_else(damaged)?)?;
        self.left = left;
        Ok(frame)
    }
}

impl Iterator for SegmentReader {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        while self.left > 0 {
            let frame = self.frame();
            let missing = match &frame {
                Ok(frame) => MissingRows::of_frame(frame),
                Err(_) => {
                    // The beginning of the next frame is unknown.
                    self.left = 0;
                    MissingRows::UNKNOWN
                }
            };
            match frame.and_then(|frame| chunk(&frame)) {
                Ok(chunk) => return Some(chunk),
                Err(error) => {
                    self.damage = self.damage.take().or(Some(error));
                    self.missing.add(missing);
                }
            }
        }
        None
    }
}

/// Reads the frame at `offset`, `length` bytes long.
///
/// # Errors
/// Those of reading the file.
pub fn read_at(file: &mut File, offset: u64, length: u32) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; length as usize];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut frame)?;
    Ok(frame)
}

/// Replaces `payload` with the payload of the frame at `place`, without checking it.
///
/// # Errors
/// Those of reading the file.
pub fn read_payload(
    file: &mut File,
    place: SpillPosition,
    payload: &mut Vec<u8>,
) -> io::Result<()> {
    let length = (place.length as usize).saturating_sub(FRAME);
    payload.resize(length, 0);
    file.seek(SeekFrom::Start(place.offset + FRAME as u64))?;
    file.read_exact(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, ChunkBuilder};
    use proptest::prelude::*;

    fn sample(text: &[u8]) -> Chunk {
        let mut builder = ChunkBuilder::default();
        builder.received(
            1,
            "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
            text,
            Arrival::default(),
        );
        builder.finish()
    }

    fn segment(texts: &[&[u8]]) -> (tempfile::TempDir, Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let mut file = create(dir.path(), 0).unwrap();
        for text in texts {
            file.write_all(&frame(&sample(text)).unwrap()).unwrap();
        }
        let bytes = std::fs::read(own::segment(dir.path(), 0)).unwrap();
        (dir, bytes)
    }

    fn scanned(dir: &Path, bytes: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let path = own::segment(dir, 0);
        std::fs::write(&path, bytes).unwrap();
        let chunks = SegmentReader::open(&path)?;
        Ok(chunks
            .map(|chunk| chunk.get(0).unwrap().bytes().to_vec())
            .collect())
    }

    #[test]
    fn what_was_written_is_read_in_order() {
        let (dir, bytes) = segment(&[b"one", b"two", b""]);
        assert_eq!(
            scanned(dir.path(), &bytes).unwrap(),
            [&b"one"[..], b"two", b""]
        );
    }

    #[test]
    fn a_cut_segment_is_read_up_to_the_cut() {
        let (dir, bytes) = segment(&[b"one", b"two"]);
        let one = HEADER as usize + frame(&sample(b"one")).unwrap().len();
        for end in 0..bytes.len() {
            let found = scanned(dir.path(), &bytes[..end]).map_or(0, |texts| texts.len());
            assert_eq!(found, usize::from(end >= one), "cut at {end}");
        }
    }

    #[test]
    fn a_damaged_chunk_is_passed_over_and_reported() {
        let (dir, mut bytes) = segment(&[b"one", b"two", b"three"]);
        let path = own::segment(dir.path(), 0);
        let mut scan = SegmentReader::open(&path).unwrap();
        assert_eq!(scan.by_ref().count(), 3);
        assert!(scan.damage().is_none());
        let one = HEADER as usize + frame(&sample(b"one")).unwrap().len();
        bytes[one + FRAME] ^= 1;
        assert_eq!(
            scanned(dir.path(), &bytes).unwrap(),
            [&b"one"[..], b"three"]
        );
        let mut scan = SegmentReader::open(&path).unwrap();
        assert_eq!(scan.by_ref().count(), 2);
        let one_row = MissingRows {
            count: 1,
            others: false,
        };
        assert_eq!(scan.missing(), one_row);
        assert_eq!(scan.damage().unwrap().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn the_rows_of_a_damaged_chunk_are_counted_unless_its_lengths_are_damaged_too() {
        let (dir, bytes) = segment(&[b"one", b"two", b"three"]);
        let path = own::segment(dir.path(), 0);
        let missing = |places: &[usize]| {
            let mut bytes = bytes.clone();
            for place in places {
                bytes[*place] ^= 1;
            }
            std::fs::write(&path, bytes).unwrap();
            let mut scan = SegmentReader::open(&path).unwrap();
            assert!(scan.by_ref().count() <= 3);
            scan.missing()
        };
        let rows = |count, others| MissingRows { count, others };
        let one = HEADER as usize;
        let two = one + frame(&sample(b"one")).unwrap().len();
        assert_eq!(missing(&[]), rows(0, false));
        // Their payloads, and the checksum of the second one.
        assert_eq!(missing(&[two - 1, two + 4]), rows(2, false));
        // The number of its rows.
        assert_eq!(missing(&[two - 1, two + FRAME + 8]), rows(1, true));
        // The length of its frame: the next one is not found either.
        assert_eq!(missing(&[two - 1, two + 3]), rows(1, true));
    }

    #[test]
    fn a_truncation_is_reported() {
        let (dir, bytes) = segment(&[b"one", b"two"]);
        let path = own::segment(dir.path(), 0);
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let mut scan = SegmentReader::open(&path).unwrap();
        assert_eq!(scan.by_ref().count(), 1);
        assert!(scan.damage().is_some());
    }

    #[test]
    fn another_programs_file_is_refused() {
        let (dir, bytes) = segment(&[b"one"]);
        assert!(scanned(dir.path(), b"PK\x03\x04 something else entirely").is_err());
        let mut later = bytes;
        later[8] = 99;
        assert!(scanned(dir.path(), &later).is_err());
    }

    #[test]
    fn the_oldest_versions_file_is_read() {
        let (dir, mut bytes) = segment(&[b"one"]);
        assert_eq!(bytes[8], 2);
        bytes[8] = 1;
        assert_eq!(scanned(dir.path(), &bytes).unwrap(), [b"one"]);
    }

    /// In a process that ends where it asks for a gigabyte.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_length_of_gigabytes_asks_for_no_memory() {
        let output = std::process::Command::new("sh")
            .args(["-c", "ulimit -v 1000000; exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().unwrap())
            .args(["journal::segment::tests::lengths_of_gigabytes_are_damage"])
            .args(["--exact", "--nocapture"])
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let is_right = output.status.success() && printed.contains("1 passed");
        assert!(is_right, "{output:?}");
    }

    #[test]
    fn lengths_of_gigabytes_are_damage() {
        for length in [1 << 30, i32::MAX as u32, u32::MAX] {
            let (dir, mut bytes) = segment(&[b"one"]);
            bytes[HEADER as usize..HEADER as usize + 4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(scanned(dir.path(), &bytes).unwrap().len(), 0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_flipped_byte_is_noticed(at: prop::sample::Index, flip in 1..=255_u8) {
            let (dir, mut bytes) = segment(&[b"one", b"two"]);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            let found = scanned(dir.path(), &bytes).unwrap_or_default();
            prop_assert!(found.iter().all(|text| text == b"one" || text == b"two"));
        }
    }
}
