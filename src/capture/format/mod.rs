//! The formats of capture files, each a file of its own, and the list of them.
//!
//! A new format takes two files besides tests and words: its own, with an `Entry` that says
//! what it can do, and this one, which names it four times: its module, its variant, its place
//! in [`CaptureFormat::ALL`] and its line in `Format::entry`.

mod append;
pub mod classic;
mod csv;
mod hex_dump;
mod json_lines;
mod last_line;
mod lost;
mod pcap;
mod pcapng;
mod stamp;

pub use lost::Lost;

use super::import::source::ImportSource;
use super::import::{ImportError, ImportSummary};
use super::{About, Carrier};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Chunk, Record};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;

/// Bytes at the beginning of a file by which more may be written behind it.
const HEAD: u64 = 64;

/// A format of capture files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CaptureFormat {
    /// What the well-known assistants write: a line for each record, its payload below.
    Classic,
    /// A table for spreadsheets (RFC 4180), in UTF-8 with a byte order mark.
    Csv,
    /// One JSON object a line: comes back whole.
    JsonLines,
    /// Offsets, hexadecimal and ASCII, sixteen bytes a line.
    HexDump,
    #[default]
    /// For Wireshark: the payloads in made-up IP packets with the true addresses.
    Pcapng,
    /// The older format of `tcpdump`, which is only read.
    Pcap,
}

impl CaptureFormat {
    /// All of them, in the order in which they are offered, and in which a file to be read is
    /// taken for one of them.
    pub const ALL: [Self; 6] = [
        Self::Pcapng,
        Self::Pcap,
        Self::JsonLines,
        Self::Csv,
        Self::Classic,
        Self::HexDump,
    ];

    fn entry(self) -> &'static Entry {
        match self {
            Self::Classic => &classic::ENTRY,
            Self::Csv => &csv::ENTRY,
            Self::JsonLines => &json_lines::ENTRY,
            Self::HexDump => &hex_dump::ENTRY,
            Self::Pcapng => &pcapng::ENTRY,
            Self::Pcap => &pcap::ENTRY,
        }
    }

    /// Those that can be written: exported and recorded.
    pub fn written() -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(|format| format.entry().writes.is_some())
    }

    /// The format to write where a file's name ends so.
    pub fn to_write(extension: &str) -> Option<Self> {
        Self::written().find(|format| format.extension() == extension)
    }

    /// The format to read where a file's name ends so.
    pub fn to_read(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.extension() == extension && format.reader().is_some())
    }

    /// What a file is that begins with these bytes, at most four: its format, and what reads it.
    pub(super) fn detect(head: &[u8]) -> Option<(Self, &'static dyn FormatReader)> {
        let mut readers = Self::readers();
        readers.find(|(_, reader)| reader.detects(head))
    }

    /// Whether a file that begins as one of them does begins with these bytes, which are fewer.
    pub(super) fn begins_with(head: &[u8]) -> bool {
        let mut magics = Self::readers().flat_map(|(_, reader)| reader.magics());
        magics.any(|magic| magic.starts_with(head))
    }

    fn readers() -> impl Iterator<Item = (Self, &'static dyn FormatReader)> {
        let all = Self::ALL.into_iter();
        all.filter_map(|format| Some((format, format.reader()?)))
    }

    fn reader(self) -> Option<&'static dyn FormatReader> {
        self.entry().reads
    }

    /// What writes a file.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] for a format that is only read.
    pub(super) fn writer(self, about: &About) -> io::Result<Box<dyn FormatWriter>> {
        Ok((self.writing()?.begin)(about))
    }

    fn writing(self) -> io::Result<&'static Writing> {
        let writes = self.entry().writes.as_ref();
        writes.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    /// Whether more may be written behind what a file holds, which is not empty: it begins as
    /// this format does, and, where programs read it, ends with a whole block or line.
    ///
    /// # Errors
    /// Those of reading it; [`io::ErrorKind::Unsupported`] for a format that is only read.
    pub fn can_follow(self, file: &mut File) -> io::Result<bool> {
        (self.writing()?.can_follow)(file)
    }

    /// The positions of a chunk's records in the order a file has them: that of their times,
    /// or that of the log.
    pub fn positions(self, chunk: &Chunk) -> Vec<usize> {
        match self.writing().is_ok_and(|writing| writing.in_time_order) {
            true => chunk.captured(),
            false => (0..chunk.len()).collect(),
        }
    }

    /// Whether the writer is told how payloads read as text.
    pub(super) fn reads_text(self) -> bool {
        self.writing().is_ok_and(|writing| writing.reads_text)
    }

    /// Whether its files are lines of text, not blocks of bytes.
    pub fn is_lines(self) -> bool {
        self.entry().is_lines
    }

    /// The end of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        self.entry().extension
    }

    /// The key of its name in both languages.
    pub fn name_key(self) -> &'static str {
        self.entry().name_key
    }
}

/// What a format is and can do.
pub(super) struct Entry {
    /// The end of its files' names, without the dot.
    extension: &'static str,
    /// The key of its name in both languages.
    name_key: &'static str,
    is_lines: bool,
    /// `None` for a format that is only read.
    writes: Option<Writing>,
    /// `None` for a format that is only written.
    reads: Option<&'static dyn FormatReader>,
}

/// How a format is written.
struct Writing {
    begin: fn(&About) -> Box<dyn FormatWriter>,
    /// Whether more may be written behind what a file holds.
    can_follow: fn(&mut File) -> io::Result<bool>,
    /// A capture is in the order of its times, as other programs expect.
    in_time_order: bool,
    /// Whether rows are shown as text: without it [`Row::read`] is empty.
    reads_text: bool,
    /// What rows may say that it has no place for.
    loses: &'static [Lost],
}

/// Writes the files of one format: appends bytes to a buffer, and keeps what it has to remember
/// between two rows. What is not written may be of any kind: [`Writer`](super::Writer) finds it
/// by the length of the buffer, and an export counts it. No format has a footer: a recording
/// has no last row until it is over, and what follows it must fit behind any.
pub(super) trait FormatWriter: Send {
    /// Appends what stands before the first row of a file.
    ///
    /// # Errors
    /// Never in practice: those of serialising plain data to memory.
    fn header(&mut self, _out: &mut Vec<u8>, _about: &About) -> io::Result<()> {
        Ok(())
    }

    /// Appends a row; nothing if the format has nothing for its record.
    ///
    /// # Errors
    /// Never in practice: those of serialising plain data to memory.
    fn row(&mut self, out: &mut Vec<u8>, row: &WrittenRow<'_>, about: &About) -> io::Result<()>;

    /// Takes in what a record tells that is not written.
    fn pass_over(&mut self, _record: &Record<'_>, _carrier: Option<Carrier>) {}

    /// What another file that goes on from here needs to know.
    fn standing(&self, about: About) -> About {
        about
    }
}

/// A record to write.
pub(super) struct WrittenRow<'a> {
    /// Its number in the log, counted from 0.
    pub(super) number: u64,
    pub(super) record: &'a Record<'a>,
    /// The packet it was in, where it comes from a capture.
    pub(super) carrier: Option<Carrier>,
    /// How it reads behind those before it.
    pub(super) read: &'a Streamed,
}

/// Reads the files of one format.
pub(super) trait FormatReader: Sync {
    /// The first four bytes of such a file, in each way they may be; none where text has no
    /// fixed beginning.
    fn magics(&self) -> &'static [[u8; 4]] {
        &[]
    }

    /// Whether a file that begins with these bytes is of this format; they are four, or all
    /// there are.
    fn detects(&self, head: &[u8]) -> bool {
        self.magics().iter().any(|magic| magic.as_slice() == head)
    }

    /// Hands the file's records to `each`, one after the other, until it breaks off, each with
    /// the packet it was in where the file has packets. They are lent: a record is put together
    /// in a buffer of the reader.
    ///
    /// # Errors
    /// Where the file could not be read any further; the records before were delivered.
    /// What can be passed over is counted in the summary instead.
    fn read(
        &self,
        source: ImportSource<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError>;
}

/// Whether what a file begins with is so.
fn begins(file: &mut File, is_so: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    let mut head = Vec::new();
    io::Seek::seek(file, io::SeekFrom::Start(0))?;
    io::Read::read_to_end(&mut io::Read::take(file, HEAD), &mut head)?;
    Ok(is_so(&head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_format_is_listed_once_and_does_something() {
        let extensions: HashSet<_> = CaptureFormat::ALL.map(CaptureFormat::extension).into();
        let keys: HashSet<_> = CaptureFormat::ALL.map(CaptureFormat::name_key).into();
        assert_eq!((extensions.len(), keys.len()), (6, 6));
        for format in CaptureFormat::ALL {
            let writes = format.entry().writes.is_some();
            assert!(writes || format.reader().is_some(), "{format:?}");
            let extension = format.extension();
            assert_eq!(CaptureFormat::to_write(extension), writes.then_some(format));
        }
    }

    #[test]
    fn a_file_is_known_by_its_beginning() {
        let detect = |head: &[u8]| CaptureFormat::detect(head).map(|(format, _)| format);
        assert_eq!(detect(b"\n\r\r\n"), Some(CaptureFormat::Pcapng));
        assert_eq!(detect(b"\xA1\xB2\x3C\x4D"), Some(CaptureFormat::Pcap));
        assert_eq!(detect(b"\xEF\xBB\xBF{"), Some(CaptureFormat::JsonLines));
        assert_eq!(detect(b" \n{"), Some(CaptureFormat::JsonLines));
        assert_eq!(detect(b"hell"), None);
        assert!(CaptureFormat::begins_with(b"\xD4\xC3"));
        assert!(!CaptureFormat::begins_with(b"{}"));
    }

    #[test]
    fn what_is_only_read_cannot_be_written() {
        let about = crate::capture::writer::tests::about();
        let error = CaptureFormat::Pcap
            .writer(&about)
            .err()
            .map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::Unsupported));
        assert!(!CaptureFormat::written().any(|format| format == CaptureFormat::Pcap));
        assert_eq!(CaptureFormat::to_read("pcap"), Some(CaptureFormat::Pcap));
        assert_eq!(CaptureFormat::to_read("csv"), None);
    }
}
