//! The formats of capture files, each a file of its own, and the list of them.
//!
//! A new format takes a file of its own besides tests and words, with a `FormatEntry` that
//! describes it, a variant and a place in [`CaptureFormat::ALL`], and here its module and its
//! line in `CaptureFormat::entry`.

mod append;
pub mod classic;
mod csv;
mod entry;
mod hex_dump;
mod json_lines;
mod last_line;
mod lost;
mod pcap;
mod pcapng;
pub mod points;
pub mod polled;
mod scenario;
mod stamp;

pub(super) use entry::{FormatReader, FormatWriter, WrittenRow};
pub use lost::Lost;
pub use scenario::{LONGEST_SCENARIO, SCENARIO_ROWS, ScenarioProblem};

use super::{CaptureContext, CaptureFormat, Carrier};
use crate::traffic::{Chunk, Record};
use entry::{FormatEntry, WriteSupport};
use std::fs::File;
use std::io;

impl CaptureFormat {
    fn entry(self) -> &'static FormatEntry {
        match self {
            Self::Classic => &classic::ENTRY,
            Self::Csv => &csv::ENTRY,
            Self::JsonLines => &json_lines::ENTRY,
            Self::HexDump => &hex_dump::ENTRY,
            Self::Pcapng => &pcapng::ENTRY,
            Self::Pcap => &pcap::ENTRY,
            Self::Scenario => &scenario::ENTRY,
        }
    }

    /// The formats that can be written, for export.
    pub fn written() -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(|format| format.entry().writes.is_some())
    }

    /// The formats that a recording may have.
    pub fn recorded() -> impl Iterator<Item = Self> {
        Self::written().filter(|format| format.is_recorded())
    }

    /// Whether a recording may have this format.
    pub fn is_recorded(self) -> bool {
        self.writing().is_ok_and(|writing| writing.is_recorded)
    }

    /// The format to write for this file name extension.
    pub fn to_write(extension: &str) -> Option<Self> {
        Self::written().find(|format| format.extension() == extension)
    }

    /// The format to record in for this file name extension.
    pub fn to_record(extension: &str) -> Option<Self> {
        Self::recorded().find(|format| format.extension() == extension)
    }

    /// The format to read for this file name extension.
    pub fn to_read(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.extension() == extension && format.reader().is_some())
    }

    /// The format and the reader of a file that begins with these bytes, at most four.
    pub(super) fn detect(head: &[u8]) -> Option<(Self, &'static dyn FormatReader)> {
        let mut readers = Self::readers();
        readers.find(|(_, reader)| reader.detects(head))
    }

    /// Whether these bytes, fewer than four, are the beginning of a format's magic number.
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

    /// A writer for this format.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] for a format that is only read.
    pub(super) fn writer(self, context: &CaptureContext) -> io::Result<Box<dyn FormatWriter>> {
        Ok((self.writing()?.begin)(context))
    }

    fn writing(self) -> io::Result<&'static WriteSupport> {
        let writes = self.entry().writes.as_ref();
        writes.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    /// Whether records can be appended to a file, which is not empty. It must begin as this
    /// format does. In a format that programs read, it must also end with a complete block or
    /// line.
    ///
    /// # Errors
    /// Those of reading the file; [`io::ErrorKind::Unsupported`] for a format that is only read.
    pub fn can_follow(self, file: &mut File, context: &CaptureContext) -> io::Result<bool> {
        (self.writing()?.can_follow)(file, context)
    }

    /// The positions of a chunk's records in the order of the file: by time, or as in the log.
    pub fn positions(self, chunk: &Chunk) -> Vec<usize> {
        match self.writing().is_ok_and(|writing| writing.in_time_order) {
            true => chunk.captured(),
            false => (0..chunk.len()).collect(),
        }
    }

    /// Whether the messages of framed streams are rows.
    pub(super) fn is_by_message(self) -> bool {
        self.writing().is_ok_and(|writing| writing.is_by_message)
    }

    /// Whether the writer needs payloads decoded as text.
    pub(super) fn reads_text(self) -> bool {
        self.writing().is_ok_and(|writing| writing.reads_text)
    }

    /// The properties of a written row that this format loses.
    pub fn lost(self, record: &Record<'_>, carrier: Option<Carrier>) -> impl Iterator<Item = Lost> {
        let loses: &'static [Lost] = match self.writing() {
            Ok(writing) => writing.loses,
            Err(_) => &[],
        };
        Lost::of(record, carrier).filter(move |lost| loses.contains(lost))
    }

    /// Whether files are lines of text instead of binary blocks.
    pub fn is_lines(self) -> bool {
        self.entry().is_lines
    }

    /// The file name extension, without the dot.
    pub fn extension(self) -> &'static str {
        self.entry().extension
    }

    /// The locale key of its name.
    pub fn name_key(self) -> &'static str {
        self.entry().name_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_format_is_listed_once_and_does_something() {
        let extensions: HashSet<_> = CaptureFormat::ALL.map(CaptureFormat::extension).into();
        let keys: HashSet<_> = CaptureFormat::ALL.map(CaptureFormat::name_key).into();
        assert_eq!((extensions.len(), keys.len()), (7, 7));
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
        let context = crate::capture::writer::tests::context();
        let error = CaptureFormat::Pcap
            .writer(&context)
            .err()
            .map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::Unsupported));
        assert!(!CaptureFormat::written().any(|format| format == CaptureFormat::Pcap));
        assert_eq!(CaptureFormat::to_read("pcap"), Some(CaptureFormat::Pcap));
        assert_eq!(CaptureFormat::to_read("csv"), None);
    }

    #[test]
    fn what_has_an_end_is_not_recorded() {
        assert_eq!(
            CaptureFormat::to_write("ron"),
            Some(CaptureFormat::Scenario)
        );
        assert_eq!(CaptureFormat::to_record("ron"), None);
        assert_eq!(CaptureFormat::to_record("csv"), Some(CaptureFormat::Csv));
        assert_eq!(CaptureFormat::recorded().count(), 5);
    }
}
