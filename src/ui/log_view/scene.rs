//! The inputs of one frame of the table.

use super::SearchView;
use super::columns::ColumnLayout;
use crate::session::Session;
use crate::settings::tab::ReceiveDraft;
use crate::t;
use crate::traffic::framing::LONGEST_MESSAGE;
use crate::traffic::messages;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{
    Body, Cause, Filter, MessageSchema, Notice, RecordKind, RowPosition, Rows, Volume,
};
use crate::ui::{Composed, FilledForm, UiContext, grouped};
use crate::words::Lang;
use egui::{Id, Rect};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) struct Scene<'a> {
    pub(super) cx: UiContext<'a>,
    pub(super) rows: Rows<'a>,
    pub(super) receive: &'a ReceiveDraft,
    /// The description by which messages are read into fields.
    pub(super) schema: Option<Arc<MessageSchema>>,
    pub(super) columns: ColumnLayout,
    pub(super) sought: Option<SearchView<'a>>,
    pub(super) table: Id,
    pub(super) area: Rect,
    /// The area above the rows that other controls cover; the texts of rows end before it.
    pub(super) over: Rect,
    /// Whether rows are reads of TCP streams.
    pub(super) in_stream: bool,
    pub(super) session: &'a Session,
}

impl Scene<'_> {
    /// Points at the right of a row that its texts leave free.
    pub(super) fn taken(&self, row: Rect) -> f32 {
        match row.intersects(self.over) {
            true => row.right() - self.over.left(),
            false => 0.0,
        }
    }

    /// The message of a row, to be edited and sent.
    pub(super) fn composed(&self, line: &RowPosition<'_>) -> Option<Composed> {
        Composed::of(self.session, &line.record, self.read(line).reading)
    }

    /// The values of a row's first message, for the form of fields; `None` where nothing describes
    /// it, and in a relay, which sends only forwarded data.
    pub(super) fn filled(&self, line: &RowPosition<'_>) -> Option<FilledForm> {
        let record = &line.record;
        let is_data = matches!(record.kind(), RecordKind::Received | RecordKind::Sent);
        if !is_data || self.session.kind().is_relay() {
            return None;
        }
        let described = self.schema.as_ref()?;
        let fields = match line.message {
            Some(message) if message.end.fault().is_some() => return None,
            Some(message) => {
                let joined = self.joined(line);
                let bytes = joined.as_deref().unwrap_or(record.bytes());
                let body = described.body(message.kind, bytes);
                described.schema.written_values(body)?
            }
            None => {
                let messages = described.messages_in(record.kind(), record.bytes());
                described.schema.written_values(messages.first()?)?
            }
        };
        Some(FilledForm {
            fields,
            to: record.far(),
        })
    }

    /// How the bytes of a row, or of a message that is whole, are read.
    pub(super) fn read(&self, line: &RowPosition<'_>) -> Streamed {
        let (log, record) = (self.rows.log(), &line.record);
        let read_as = &self.receive.read_as;
        match line.message {
            Some(_) => Streamed::alone(read_as.reading(log, line.row, record)),
            None => read_as.read(log, line.row, record, self.in_stream),
        }
    }

    /// The bytes of a message, unstuffed, where they are not those of its line: several rows have
    /// them, or they are stuffed.
    pub(super) fn joined(&self, line: &RowPosition<'_>) -> Option<Vec<u8>> {
        let message = line.message.as_ref()?;
        let query = self.rows.messages()?.index().query();
        let framing = query.framing.of(message.kind)?;
        let is_stuffed = framing.stuffing().is_some() && message.end.fault().is_none();
        if message.is_in_one_row() && !is_stuffed {
            return None;
        }
        let (bytes, _) = messages::bytes(self.rows.log(), message, LONGEST_MESSAGE as usize);
        match is_stuffed {
            true => framing.unstuffed(bytes).map(Cow::into_owned),
            false => Some(bytes.into_owned()),
        }
    }

    /// How often a failure is repeated in its row, and when last; `None` where it is not.
    pub(super) fn repeated(&self, line: &RowPosition<'_>) -> Option<Repeated> {
        let Body::Notice(Notice::Failed(failure)) = line.record.body else {
            return None;
        };
        let repeats = self.rows.repeats(line.row)?;
        let last = self.cx.time(repeats.last, self.columns.time_format);
        Some(Repeated {
            count: format!("× {}", grouped(repeats.count)),
            words: repeated(self.cx.lang, repeats.count, &failure.cause, &last),
        })
    }

    /// The filter whose matches are marked in a line; only in lines that match.
    pub(super) fn filter_of(&self, line: &RowPosition<'_>) -> Option<&Filter> {
        let found = self.sought?.found;
        let matches = match self.rows.messages() {
            Some(_) => self.rows.is_found(line.id),
            None => found.has(line.row, self.rows.log()),
        };
        matches.then(|| found.filter().as_ref())
    }
}

/// How often a failure is repeated.
#[derive(Debug)]
pub struct Repeated {
    /// The number alone, as `× 3`.
    pub count: String,
    /// The number, the bytes and the last time.
    pub words: String,
}

/// The number of equal failures, with the bytes that a full send queue refused in all of them.
fn repeated(lang: Lang, count: u64, cause: &Cause, last: &str) -> String {
    let bytes = Volume::unqueued(cause).bytes.saturating_mul(count);
    let count = grouped(count);
    match bytes {
        0 => t!(lang, "log.repeated", count = count, time = last),
        bytes => t!(
            lang,
            "log.repeated_bytes",
            count = count,
            bytes = grouped(bytes),
            time = last
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_refusals_of_a_full_queue_have_the_sum_of_their_bytes() {
        let (length, limit) = (1_000, 1);
        let full = Cause::QueueFull { length, limit };
        let (messages, bytes) = (2, 30);
        let more = Cause::LeftOut { messages, bytes };
        let other = Cause::NotConnected;
        let words = |cause| repeated(Lang::English, 3, cause, "12:00");
        assert_eq!(words(&full), "× 3 (3,000 bytes), last 12:00");
        assert_eq!(words(&more), "× 3 (90 bytes), last 12:00");
        assert_eq!(words(&other), "× 3, last 12:00");
        let chinese = repeated(Lang::Chinese, 3, &full, "12:00");
        assert_eq!(chinese, "× 3（共 3,000 字节），最后 12:00");
    }
}
