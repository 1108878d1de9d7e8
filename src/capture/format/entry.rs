//! The properties of a format of capture files.

use super::lost::Lost;
use crate::capture::fields::WrittenFields;
use crate::capture::import_error::ImportError;
use crate::capture::import_source::ImportSource;
use crate::capture::import_summary::ImportSummary;
use crate::capture::{CaptureContext, Carrier};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{FrameFault, Record};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;

/// The number of bytes at the beginning of a file that decide whether it may be appended to, where
/// its header has no length of its own.
pub(super) const HEAD: usize = 64;

/// The description of a format.
pub(super) struct FormatEntry {
    /// The end of its files' names, without the dot.
    pub(super) extension: &'static str,
    /// The key of its name in both languages.
    pub(super) name_key: &'static str,
    pub(super) is_lines: bool,
    /// `None` for a format that is only read.
    pub(super) writes: Option<WriteSupport>,
    /// `None` for a format that is only written.
    pub(super) reads: Option<&'static dyn FormatReader>,
}

/// How a format is written.
pub(super) struct WriteSupport {
    pub(super) begin: fn(&CaptureContext) -> Box<dyn FormatWriter>,
    /// Whether rows may be appended to an existing file.
    pub(super) can_follow: fn(&mut File, &CaptureContext) -> io::Result<bool>,
    /// Whether a recording may have this format. One that has an end is only exported: a recording
    /// has no last row until it is over, and later rows must fit after any row.
    pub(super) is_recorded: bool,
    /// A capture is in the order of its times, as other programs expect.
    pub(super) in_time_order: bool,
    /// Whether rows are shown as text: without it [`WrittenRow::read`] is empty.
    pub(super) reads_text: bool,
    /// Whether the messages of a framed stream are rows, in place of the reads and writes that they
    /// came in. Without it the bytes of a stream stay as they were read.
    pub(super) is_by_message: bool,
    /// The properties of rows that it cannot store.
    pub(super) loses: &'static [Lost],
}

/// Writes the files of one format: appends bytes to a buffer, and keeps its state
/// between two rows. Any kind of row may remain unwritten:
/// [`CaptureWriter`](crate::capture::CaptureWriter) detects this by the length of the buffer, and
/// an export counts it.
pub(in crate::capture) trait FormatWriter: Send {
    /// Appends the header of a file.
    ///
    /// # Errors
    /// Never in practice: errors of serialising plain data to memory.
    fn header(&mut self, _out: &mut Vec<u8>, _about: &CaptureContext) -> io::Result<()> {
        Ok(())
    }

    /// Appends a row, or nothing if the format cannot represent the record.
    ///
    /// # Errors
    /// A [`ScenarioProblem`](crate::capture::ScenarioProblem) of a scenario; otherwise never in
    /// practice: errors of serialising plain data to memory.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()>;

    /// The number of bytes that wait for the end of the file.
    fn held(&self) -> u64 {
        0
    }

    /// Appends what waits for the end of the file, and the end. No row follows.
    ///
    /// # Errors
    /// A [`ScenarioProblem`](crate::capture::ScenarioProblem) of a scenario; otherwise never in
    /// practice: errors of serialising plain data to memory.
    fn end(&mut self, _out: &mut Vec<u8>, _context: &CaptureContext) -> io::Result<()> {
        Ok(())
    }

    /// Updates the state from a record that is not written.
    fn pass_over(&mut self, _record: &Record<'_>, _carrier: Option<Carrier>) {}

    /// The state for another file that continues from here.
    fn reopen_state(&self, context: CaptureContext) -> CaptureContext {
        context
    }
}

/// A record to write.
pub(in crate::capture) struct WrittenRow<'a> {
    /// Its number in the log, counted from 0.
    pub(in crate::capture) number: u64,
    pub(in crate::capture) record: &'a Record<'a>,
    /// The packet it was in, where it comes from a capture.
    pub(in crate::capture) carrier: Option<Carrier>,
    /// How it reads after those before it.
    pub(in crate::capture) read: &'a Streamed,
    /// The fields of its messages, in formats that have them.
    pub(in crate::capture) fields: Option<WrittenFields<'a>>,
    /// Why it is no message, if it is bytes of a framed stream that are none.
    pub(in crate::capture) fault: Option<FrameFault>,
}

/// Reads the files of one format.
pub(in crate::capture) trait FormatReader: Sync {
    /// The possible first four bytes of a file. Empty for text, which has no fixed beginning.
    fn magics(&self) -> &'static [[u8; 4]] {
        &[]
    }

    /// Whether a file that begins with these bytes has this format. There are four bytes, or fewer
    /// if the file is shorter.
    fn detects(&self, head: &[u8]) -> bool {
        self.magics().iter().any(|magic| magic.as_slice() == head)
    }

    /// Passes the file's records to `each` in order, until it breaks. A record comes with its
    /// packet if the file has packets. Records are borrowed from a buffer of the reader.
    ///
    /// # Errors
    /// The reason why reading ended early. The records before were delivered. Parts that can be
    /// skipped are counted in the summary instead.
    fn read(
        &self,
        source: ImportSource<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError>;
}

/// Whether the beginning of a file, of at most `length` bytes, satisfies `is_so`.
pub(super) fn begins(
    file: &mut File,
    length: usize,
    is_so: impl Fn(&[u8]) -> bool,
) -> io::Result<bool> {
    let mut head = Vec::new();
    io::Seek::seek(file, io::SeekFrom::Start(0))?;
    io::Read::read_to_end(&mut io::Read::take(file, length as u64), &mut head)?;
    Ok(is_so(&head))
}
