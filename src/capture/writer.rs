//! Writes records to a file of any format.
//!
//! A format appends its records to a byte buffer, which is written when it is large. The memory
//! needed does not grow with the number of records.

use super::fields::WrittenFields;
use super::format::{FormatWriter, WrittenRow};
use super::{CaptureContext, CaptureFormat, Carrier};
use crate::payload::reading::Reading;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Notice, Record, RowMessages};
use std::io;
use std::sync::Arc;

/// The buffer size, in bytes, at which it is written. It equals that of file buffers, so that
/// the bytes go to the system without another copy.
const GATHERED: usize = 256 << 10;

/// Writes records one after the other. Buffered bytes are lost without [`finish`](Self::finish).
pub struct CaptureWriter<W> {
    out: W,
    context: CaptureContext,
    /// Whether the format shows payloads as text.
    reads_text: bool,
    rows: Box<dyn FormatWriter>,
    buffer: Vec<u8>,
    handed_on: u64,
    /// The messages of rows, where a description reads them.
    messages: Option<RowMessages>,
    has_ended: bool,
}

impl<W: io::Write> CaptureWriter<W> {
    /// Writes the header of the file.
    ///
    /// # Errors
    /// Write errors of `out`; nothing more should be written then.
    /// [`io::ErrorKind::Unsupported`] for a format that is only read.
    pub fn new(format: CaptureFormat, context: CaptureContext, out: W) -> io::Result<Self> {
        let mut buffer = Vec::new();
        let mut rows = format.writer(&context)?;
        rows.header(&mut buffer, &context)?;
        let fields = context.fields.as_ref().filter(|_| format.reads_text());
        let mut writer = Self {
            out,
            messages: fields.map(|fields| RowMessages::new(Arc::clone(&fields.described))),
            context,
            reads_text: format.reads_text(),
            rows,
            buffer,
            handed_on: 0,
            has_ended: false,
        };
        writer.hand_on()?;
        Ok(writer)
    }

    /// Takes a record that is not written. It may still change addresses, connections and the
    /// encoding of later records.
    pub fn pass_over(&mut self, record: &Record<'_>) {
        self.pass_over_carried(record, None);
    }

    /// As [`Self::pass_over`], for a record of a capture.
    pub fn pass_over_carried(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        let (_, in_stream) = self.read(record, carrier);
        if let Some(messages) = &mut self.messages {
            messages.next(record, in_stream);
        }
        self.rows.pass_over(record, carrier);
    }

    /// Decodes the text of a record, after the records before it, and says whether it is part of a
    /// stream.
    fn read(&mut self, record: &Record<'_>, carrier: Option<Carrier>) -> (Streamed, bool) {
        match record.body {
            Body::Notice(Notice::Bound { .. }) => self.context.is_stream = false,
            Body::Notice(
                Notice::Listening { .. } | Notice::Connected { .. } | Notice::Joined { .. },
            ) => self.context.is_stream = true,
            _ => {}
        }
        let in_stream = match carrier {
            Some(carrier) => carrier.is_stream,
            None => self.context.is_stream && !record.arrival.is_datagram(),
        };
        let read = match self.reads_text {
            true => self.context.reader.read(record, in_stream),
            false => Streamed::alone(Reading::Empty),
        };
        (read, in_stream)
    }

    /// Writes a record; `row` is its number in the log, counted from 0.
    ///
    /// # Errors
    /// Write errors of the output; a [`ScenarioProblem`](super::ScenarioProblem): the rows make no
    /// scenario.
    pub fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        self.write_carried(row, record, None)
    }

    /// As [`Self::write`], for a record of a capture, with the packet that carried it.
    ///
    /// # Errors
    /// Write errors of the output.
    pub fn write_carried(
        &mut self,
        row: u64,
        record: &Record<'_>,
        carrier: Option<Carrier>,
    ) -> io::Result<()> {
        let (read, in_stream) = self.read(record, carrier);
        let messages = self.messages.as_mut();
        let messages = messages.map(|all| {
            let are_cut = all.cuts(record.kind(), in_stream);
            (all.next(record, in_stream), are_cut)
        });
        let fields = self.context.fields.as_ref().zip(messages.as_ref());
        let row = WrittenRow {
            number: row,
            record,
            carrier,
            read: &read,
            fields: fields.map(|(fields, (messages, are_cut))| WrittenFields {
                fields,
                messages,
                are_cut: *are_cut,
            }),
        };
        self.rows.row(&mut self.buffer, &row, &self.context)?;
        if self.buffer.len() >= GATHERED {
            self.hand_on()?;
        }
        Ok(())
    }

    /// # Errors
    /// Write errors of the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.out.flush()
    }

    /// Appends the end of the file, after which nothing is written.
    ///
    /// # Errors
    /// A [`ScenarioProblem`](super::ScenarioProblem): the rows make no scenario.
    pub fn end(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.has_ended, true) {
            true => Ok(()),
            false => self.rows.end(&mut self.buffer, &self.context),
        }
    }

    /// Writes the buffered bytes and the end of the file, and returns the output.
    ///
    /// # Errors
    /// Those of [`Self::end`], and write errors of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.end()?;
        self.flush()?;
        Ok(self.out)
    }

    /// The output.
    pub fn out(&self) -> &W {
        &self.out
    }

    pub fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Returns the output as it is: buffered bytes are lost.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// The context for another file that continues after the last record.
    pub fn context(&self) -> CaptureContext {
        self.rows.reopen_state(self.context.clone())
    }

    /// Whether messages are read into fields for which the format has no place.
    pub fn loses_fields(&self) -> bool {
        self.context.fields.is_some() && self.messages.is_none()
    }

    /// The number of bytes so far, with the buffered ones and those that wait for the end.
    pub fn written(&self) -> u64 {
        self.handed_on + self.buffer.len() as u64 + self.rows.held()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.handed_on += self.buffer.len() as u64;
        self.buffer.clear();
        // One huge record must not keep its memory.
        self.buffer.shrink_to(2 * GATHERED);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests;
