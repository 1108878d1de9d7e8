//! The conversion of rows from one capture format to another.

use super::output::ConversionOutput;
use super::selection::RecordFilter;
use crate::capture::{CaptureFormat, CaptureWriter, Carrier, Lost};
use crate::traffic::{Body, ChunkBuilder, Record};
use crossbeam_channel::Receiver;
use std::io;
use std::ops::ControlFlow;

/// The bytes and the number of rows that are sorted and written at a time.
const FULL: usize = 1 << 20;
const MAX: usize = 1 << 16;

/// A conversion in progress.
pub struct Conversion {
    format: CaptureFormat,
    writer: CaptureWriter<ConversionOutput>,
    sieve: Option<RecordFilter>,
    /// Requests of the system to end (signals).
    asked: Receiver<()>,
    /// Rows to be written, and the properties of each.
    chunk: ChunkBuilder,
    marks: Vec<Mark>,
    /// The number of rows before these.
    before: u64,
    converted: Converted,
    interrupted: bool,
    error: Option<io::Error>,
}

/// The results of a conversion.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Converted {
    pub rows: u64,
    pub bytes: u64,
    /// Kinds of information that the format cannot store, with the number of rows affected.
    pub lost: Vec<(Lost, u64)>,
}

struct Mark {
    carrier: Option<Carrier>,
    is_wanted: bool,
}

impl Conversion {
    pub fn new(
        format: CaptureFormat,
        writer: CaptureWriter<ConversionOutput>,
        sieve: Option<RecordFilter>,
        asked: Receiver<()>,
    ) -> Self {
        Self {
            format,
            writer,
            sieve,
            asked,
            chunk: ChunkBuilder::default(),
            marks: Vec::new(),
            before: 0,
            converted: Converted::default(),
            interrupted: false,
            error: None,
        }
    }

    /// Converts the next row.
    pub fn take(&mut self, record: &Record<'_>, carrier: Option<Carrier>) -> ControlFlow<()> {
        let sieve = self.sieve.as_mut();
        let is_wanted = sieve.is_none_or(|sieve| sieve.lets_through(record, carrier));
        self.chunk.copy(record);
        self.marks.push(Mark { carrier, is_wanted });
        if self.chunk.size() < FULL && self.marks.len() < MAX {
            return ControlFlow::Continue(());
        }
        self.interrupted |= self.asked.try_recv().is_ok();
        match self.interrupted || self.write().is_err() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// Writes the rows so far.
    ///
    /// # Errors
    /// They cannot be written; nothing more should be read then.
    pub fn hand_on(&mut self) -> io::Result<()> {
        self.write()?;
        let flushed = self.writer.flush();
        self.keep(flushed)
    }

    /// The number of rows read.
    pub fn rows(&self) -> u64 {
        self.before + self.marks.len() as u64
    }

    /// Whether the user ended the conversion.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether a write failed.
    pub fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// Writes the last rows and moves the file into its place.
    ///
    /// # Errors
    /// A write failed: there is no new file, and an existing one is unchanged.
    pub fn finish(mut self) -> io::Result<Converted> {
        if self.error.is_none() {
            // The error is stored in `self.error`.
            self.write().ok();
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        self.writer.end()?;
        self.converted.bytes = self.writer.written();
        self.writer.finish()?.finish()?;
        Ok(self.converted)
    }

    /// Writes the waiting rows. The error is stored; the returned one has only its kind.
    fn write(&mut self) -> io::Result<()> {
        let written = self.write_rows();
        self.keep(written)
    }

    fn write_rows(&mut self) -> io::Result<()> {
        let chunk = self.chunk.finish();
        for at in self.format.positions(&chunk) {
            let (Some(record), Some(mark)) = (chunk.get(at), self.marks.get(at)) else {
                continue;
            };
            if !mark.is_wanted {
                self.writer.pass_over_carried(&record, mark.carrier);
                continue;
            }
            let number = self.before + at as u64;
            self.writer.write_carried(number, &record, mark.carrier)?;
            if !self.writer.has_taken() {
                self.converted.add(Lost::Row);
                continue;
            }
            self.converted.rows += 1;
            for lost in self.format.lost(&record, mark.carrier) {
                self.converted.add(lost);
            }
            if self.writer.loses_fields() && !matches!(record.body, Body::Notice(_)) {
                self.converted.add(Lost::Fields);
            }
        }
        self.before += self.marks.len() as u64;
        self.marks.clear();
        Ok(())
    }

    fn keep(&mut self, written: io::Result<()>) -> io::Result<()> {
        written.map_err(|error| {
            let kind = error.kind();
            self.error = Some(error);
            kind.into()
        })
    }
}

impl Converted {
    fn add(&mut self, lost: Lost) {
        match self.lost.iter_mut().find(|(known, _)| *known == lost) {
            Some((_, count)) => *count += 1,
            None => self.lost.push((lost, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::printer::{RowReader, capture_context};
    use crate::disk::Existing;
    use crate::traffic::{Arrival, Body, Micros, Notice, RecordOrigin};
    use crate::words::Lang;
    use std::path::Path;

    fn conversion(path: &Path) -> Conversion {
        let context = capture_context(false, RowReader::default(), Lang::English);
        let output = ConversionOutput::create(path, Existing::Keep).unwrap();
        let writer = CaptureWriter::new(CaptureFormat::Pcapng, context, output).unwrap();
        Conversion::new(
            CaptureFormat::Pcapng,
            writer,
            None,
            crossbeam_channel::never(),
        )
    }

    fn row(time: Micros, body: Body<'_>, kernel_time: bool) -> Record<'_> {
        Record {
            arrival: Arrival {
                kernel_time,
                ..Arrival::default()
            },
            origin: RecordOrigin {
                rule: (!kernel_time).then_some("echo"),
                other: None,
            },
            ..Record::new(time, body)
        }
    }

    #[test]
    fn rows_go_in_the_order_of_a_capture_and_what_it_cannot_keep_is_counted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.pcapng");
        let peer = "127.0.0.1:9".parse().unwrap();
        let left_out = Notice::Resolved {
            host: "localhost".into(),
            addresses: Vec::new(),
        };
        let mut conversion = conversion(&path);
        for (time, body, kernel_time) in [
            (1, Body::Notice(&left_out), true),
            (
                3,
                Body::Sent {
                    peer,
                    bytes: b"<2>",
                },
                false,
            ),
            (
                2,
                Body::Received {
                    peer,
                    bytes: b"<1>",
                },
                true,
            ),
        ] {
            let taken = conversion.take(&row(time, body, kernel_time), None);
            assert!(taken.is_continue());
        }
        assert_eq!(conversion.rows(), 3);
        let converted = conversion.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let expected = Converted {
            rows: 2,
            bytes: bytes.len() as u64,
            lost: vec![(Lost::Row, 1), (Lost::KernelTime, 1), (Lost::Origin, 1)],
        };
        assert_eq!(converted, expected);
        let place = |part: &[u8]| bytes.windows(3).position(|bytes| bytes == part).unwrap();
        assert!(place(b"<1>") < place(b"<2>"));
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let peer = "127.0.0.1:9".parse().unwrap();
        let (ask, asked) = crossbeam_channel::bounded(1);
        let mut conversion = conversion(&dir.path().join("x.pcapng"));
        conversion.asked = asked;
        let body = Body::Sent { peer, bytes: b"x" };
        let mut take = || conversion.take(&row(1, body, false), None);
        // Some rows are already written.
        assert!((0..=MAX).all(|_| take().is_continue()));
        ask.send(()).unwrap();
        let mut rest = 0..=MAX;
        assert!(rest.any(|_| take().is_break()));
        assert!(conversion.is_interrupted());
        drop(conversion);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
