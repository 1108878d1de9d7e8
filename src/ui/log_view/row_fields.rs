//! The fields of the messages that end in a row.

use crate::connection_id::FarSide;
use crate::explain;
use crate::traffic::framing::{FrameIndex, LONGEST_MESSAGE, SessionFraming};
use crate::traffic::{
    Body, FieldsLine, Log, MessageSchema, Micros, Record, RecordKind, RowPosition,
};
use crate::words::Lang;
use egui::Context;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// The most streams whose messages are known at a time: more than rows in sight can be of.
const STREAMS: usize = 256;
/// The rows walked through in a frame of the window, for all streams, and the least for one.
const BUDGET: usize = 120_000;
const LEAST: usize = 2_000;
/// The most messages of a row.
const MESSAGES: usize = 16;

/// The most lines that are kept.
const LINES: usize = 500;

/// The lines of rows that are messages, and of messages, by their number and time: rows are painted in each frame,
/// and a long message takes a while to read.
#[derive(Debug, Default)]
struct KnownLines {
    of: Option<(Lang, Arc<MessageSchema>)>,
    lines: HashMap<(u64, Micros), Option<FieldsLine>>,
}

impl KnownLines {
    fn line(
        &mut self,
        (lang, described): (Lang, &Arc<MessageSchema>),
        row: (u64, Micros),
        read: impl FnOnce() -> Option<FieldsLine>,
    ) -> Option<FieldsLine> {
        let same =
            |(known, of): &(Lang, Arc<MessageSchema>)| *known == lang && Arc::ptr_eq(of, described);
        if !self.of.as_ref().is_some_and(same) {
            self.of = Some((lang, Arc::clone(described)));
            self.lines.clear();
        }
        if self.lines.len() >= LINES {
            self.lines.clear();
        }
        self.lines.entry(row).or_insert_with(read).clone()
    }
}

/// The messages of the streams in sight.
#[derive(Debug, Default)]
pub struct RowFields {
    known: KnownLines,
    /// With the pass in which each was followed last.
    streams: Vec<(u64, FrameIndex)>,
}

impl RowFields {
    /// The fields of the messages that end in this row; of a stream, once its messages are known
    /// so far.
    pub fn of(
        &mut self,
        ctx: &Context,
        lang: Lang,
        described: &Arc<MessageSchema>,
        log: &Log,
        (row, record): (u64, &Record<'_>),
    ) -> Option<FieldsLine> {
        let words = |fault: &_| explain::field_fault(lang, fault);
        let (Body::Received { bytes, .. } | Body::Sent { bytes, .. }) = record.body else {
            return None;
        };
        let (framing, kind) = (&described.framing, record.kind());
        if framing.in_datagrams || framing.of(kind).is_none() {
            let here = (row, record.time);
            let read = || {
                let messages = described.messages_in(kind, bytes);
                let messages = messages.iter().take(MESSAGES);
                described.line(messages.map(|message| &**message), &words)
            };
            return self.known.line((lang, described), here, read);
        }
        let messages = self.ending_in(ctx, framing, log, (row, record));
        let messages = messages.iter();
        described.line(
            messages.map(|message| described.schema.without_prefix(message)),
            &words,
        )
    }

    /// The fields of a whole message, whose bytes this line has.
    pub fn of_message(
        &mut self,
        lang: Lang,
        described: &Arc<MessageSchema>,
        line: &RowPosition<'_>,
    ) -> Option<FieldsLine> {
        let message = line
            .message
            .filter(|message| message.end.fault().is_none())?;
        let bytes = described.body(message.kind, line.record.bytes());
        let words = |fault: &_| explain::field_fault(lang, fault);
        let here = (message.id.number(), line.record.time);
        let bytes = (!bytes.is_empty()).then_some(bytes);
        let read = || described.line(bytes, &words);
        self.known.line((lang, described), here, read)
    }

    fn ending_in(
        &mut self,
        ctx: &Context,
        framing: &SessionFraming,
        log: &Log,
        (row, record): (u64, &Record<'_>),
    ) -> Vec<Vec<u8>> {
        let Some(index) = record
            .far()
            .and_then(|far| self.index(ctx, framing, log, (far, record.kind())))
        else {
            return Vec::new();
        };
        let frames = index.frames();
        let begin = frames.partition_point(|frame| frame.last_row < row);
        let here = frames
            .iter()
            .skip(begin)
            .take_while(|frame| frame.last_row == row);
        let whole = here
            .filter(|frame| frame.end.fault().is_none())
            .take(MESSAGES);
        let bytes = whole.map(|frame| index.bytes(frame, log, LONGEST_MESSAGE as usize));
        let unstuffed = bytes.filter_map(|bytes| index.framing().unstuffed(bytes.into()));
        unstuffed.map(Cow::into_owned).collect()
    }

    /// The messages of this direction of a stream, followed once in a pass. `None` if other streams
    /// in sight have all the places.
    fn index(
        &mut self,
        ctx: &Context,
        framing: &SessionFraming,
        log: &Log,
        (far, kind): (FarSide, RecordKind),
    ) -> Option<&FrameIndex> {
        let pass = ctx.cumulative_pass_nr();
        self.streams.retain(|(_, index)| index.is_of(framing));
        let is_it = |(_, index): &(u64, FrameIndex)| index.far() == far && index.kind() == kind;
        if !self.streams.iter().any(is_it) {
            // One that was not in sight in the last pass gives up its place.
            if self.streams.len() >= STREAMS {
                let unused = self
                    .streams
                    .iter()
                    .position(|(followed, _)| followed + 1 < pass)?;
                self.streams.swap_remove(unused);
            }
            self.streams.push((0, FrameIndex::of(far, kind, framing)?));
        }
        let budget = (BUDGET / self.streams.len().max(1)).max(LEAST);
        let (followed, index) = self.streams.iter_mut().find(|stream| is_it(stream))?;
        if std::mem::replace(followed, pass) != pass && index.follow(log, budget) {
            ctx.request_repaint();
        }
        Some(index)
    }
}
