//! Writes records to a file of any format.
//!
//! A format appends its records to a byte buffer, which is written when it is large. The memory
//! needed does not grow with the number of records.

use super::carrier::is_in_stream;
use super::fields::WrittenFields;
use super::format::{FormatWriter, WrittenRow};
use super::message_row::MessageRow;
use super::{CaptureContext, CaptureFormat, Carrier};
use crate::connection_id::FarSide;
use crate::payload::reading::Reading;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Record, RowMessages, StreamMessage, StreamMessages};
use std::io;
use std::sync::Arc;

/// The buffer size, in bytes, at which it is written. It equals that of file buffers, so that
/// the bytes go to the system without another copy.
const GATHERED: usize = 256 << 10;
/// The number of a row that is not written.
const PASSED: u64 = u64::MAX;

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
    /// The streams whose messages are written in place of their reads and writes.
    streams: Option<StreamMessages>,
    /// Messages that ended in rows that are not written, after their last bytes in ones that are: at
    /// most one of each stream.
    waiting: Vec<MessageRow>,
    /// Whether the last row was written, or is a part of messages that are.
    has_taken: bool,
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
        let framing = format.is_by_message().then_some(&context.session.framing);
        let mut writer = Self {
            out,
            messages: fields.map(|fields| RowMessages::new(Arc::clone(&fields.described))),
            streams: framing.cloned().and_then(StreamMessages::new),
            waiting: Vec::new(),
            has_taken: false,
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
        let in_stream = is_in_stream(record, carrier, &mut self.context.is_stream);
        match self.stream_messages(PASSED, record, in_stream) {
            // A message belongs to the row of its last byte, which may have been written.
            Some(messages) => self.waiting.extend(messages),
            None => {
                self.read(record, in_stream);
                if let Some(messages) = &mut self.messages {
                    messages.next(record, in_stream);
                }
            }
        }
        self.rows.pass_over(record, carrier);
    }

    /// Decodes the text of a record, after the records before it.
    fn read(&mut self, record: &Record<'_>, in_stream: bool) -> Streamed {
        match self.reads_text {
            true => self.context.reader.read(record, in_stream),
            false => Streamed::alone(Reading::Empty),
        }
    }

    /// The messages of a record, if those of streams are written: of a notice, those that end with
    /// it. `None` if the record is written itself.
    fn stream_messages(
        &mut self,
        row: u64,
        record: &Record<'_>,
        in_stream: bool,
    ) -> Option<Vec<MessageRow>> {
        let streams = self.streams.as_mut()?;
        let mut found = Vec::new();
        let mut take = |message: StreamMessage<'_>| found.push(MessageRow::from(message));
        match (record.body, record.far()) {
            (Body::Notice(notice), _) => {
                let connection = record.connection;
                let peer = notice.peer()?;
                streams.end(FarSide { peer, connection }, notice, &mut take);
            }
            (_, Some(far)) if streams.cuts(record.kind(), in_stream) => {
                let here = (row, record.time);
                let is_followed =
                    streams.push((far, record.kind()), here, record.bytes(), &mut take);
                is_followed.then_some(())?;
            }
            _ => return None,
        }
        found.retain(|message| message.row != PASSED);
        Some(found)
    }

    /// Writes messages of streams, a row each, after those that wait.
    fn write_messages(&mut self, messages: Vec<MessageRow>) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        for message in waiting.into_iter().chain(messages) {
            let record = message.record();
            let read = self.read(&record, false);
            let fields = self.context.fields.as_ref();
            let body = fields.filter(|_| message.fault.is_none()).map(|fields| {
                let schema = &fields.described.schema;
                schema.without_prefix(&message.bytes).to_vec()
            });
            let row = WrittenRow {
                number: message.row,
                record: &record,
                carrier: None,
                read: &read,
                fields: fields.map(|fields| WrittenFields {
                    fields,
                    messages: body.as_slice(),
                    are_cut: true,
                }),
                fault: message.fault,
            };
            self.rows.row(&mut self.buffer, &row, &self.context)?;
            self.hand_on_full()?;
        }
        Ok(())
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
        let in_stream = is_in_stream(record, carrier, &mut self.context.is_stream);
        if let Some(messages) = self.stream_messages(row, record, in_stream) {
            self.write_messages(messages)?;
            if !matches!(record.body, Body::Notice(_)) {
                self.has_taken = true;
                return Ok(());
            }
        }
        let before = self.written();
        let read = self.read(record, in_stream);
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
            fault: None,
        };
        self.rows.row(&mut self.buffer, &row, &self.context)?;
        self.has_taken = self.written() > before;
        self.hand_on_full()
    }

    /// Whether the last row that was to be written is in the file, or is a part of a message that
    /// is, or will be.
    pub fn has_taken(&self) -> bool {
        self.has_taken
    }

    /// Passes on the streams in which messages go on to the writer of the next file.
    pub(super) fn pass_streams(&mut self, next: &mut Self) {
        next.streams = self.streams.take();
    }

    fn hand_on_full(&mut self) -> io::Result<()> {
        match self.buffer.len() >= GATHERED {
            true => self.hand_on(),
            false => Ok(()),
        }
    }

    /// # Errors
    /// Write errors of the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.out.flush()
    }

    /// Appends the messages that go on, as unfinished, and the end of the file, after which nothing
    /// is written.
    ///
    /// # Errors
    /// Write errors of the output; a [`ScenarioProblem`](super::ScenarioProblem): the rows make no
    /// scenario.
    pub fn end(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_ended, true) {
            return Ok(());
        }
        let mut messages = Vec::new();
        if let Some(streams) = &mut self.streams {
            streams.finish(&mut |message| messages.push(MessageRow::from(message)));
        }
        messages.retain(|message| message.row != PASSED);
        self.write_messages(messages)?;
        self.rows.end(&mut self.buffer, &self.context)
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
