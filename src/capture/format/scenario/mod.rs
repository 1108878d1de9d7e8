//! A scenario: the sessions of the rows, and a step for each row that was sent or received.
//!
//! ```text
//! (
//!     sessions: {
//!         "client": TcpClient(to: "127.0.0.1:9000"),
//!     },
//!     steps: [
//!         Send(session: "client", text: "one\n"),
//!         Expect(session: "client", exact: "ONE\n"),
//!     ],
//! )
//! ```
//!
//! Sessions stand before the steps, but are known only after the last row, so the steps wait for
//! the end: their number and the length of the file are limited.

mod messages;
mod pacing;
mod problem;
mod session;
mod sessions;
mod steps;
mod stuffed;
#[cfg(test)]
mod tests;
mod text;

pub use problem::ScenarioProblem;

use super::entry::{FormatEntry, FormatWriter, WriteSupport, WrittenRow};
use crate::capture::{CaptureContext, Carrier};
use crate::connection_id::FarSide;
use crate::traffic::{Body, Micros, Notice, Record, field_terms};
use messages::{CutMessage, ReceivedMessages};
use pacing::{FOR_PEER, Pacing};
use sessions::{Sessions, far_of, inner};
use std::fmt::Write as _;
use std::io;
use steps::Steps;
use stuffed::StuffedMessages;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "ron",
    name_key: "format.scenario",
    is_lines: true,
    writes: Some(WriteSupport {
        begin: |context| Box::new(ScenarioWriter::new(context)),
        can_follow: |_, _| Ok(false),
        is_recorded: false,
        in_time_order: false,
        // Fields are read, too.
        reads_text: true,
        is_by_message: false,
        // A step is about bytes alone.
        loses: &[],
    }),
    reads: None,
};

/// The most rows of a scenario.
pub const SCENARIO_ROWS: u64 = 10_000;
/// The longest scenario in bytes: the longest file that is read as one.
pub const LONGEST_SCENARIO: u64 = 8 << 20;

/// The writer of a scenario.
struct ScenarioWriter {
    sessions: Sessions,
    messages: ReceivedMessages,
    stuffed: StuffedMessages,
    pacing: Pacing,
    steps: Steps,
    /// The number of rows so far that are steps or comments.
    rows: u64,
}

impl ScenarioWriter {
    fn new(context: &CaptureContext) -> Self {
        Self {
            sessions: Sessions::new(context),
            messages: ReceivedMessages::default(),
            stuffed: StuffedMessages::new(&context.session.framing),
            pacing: Pacing::default(),
            steps: Steps::default(),
            rows: 0,
        }
    }

    fn take(
        &mut self,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> Result<(), ScenarioProblem> {
        let (record, number) = (row.record, row.number + 1);
        for message in self.messages.due(record.time) {
            self.expect(&message, context);
        }
        match record.body {
            Body::Notice(Notice::NotCaptured { .. }) => {
                return Err(ScenarioProblem::Incomplete(number));
            }
            Body::Notice(notice) => self.notice(row, notice, context)?,
            Body::Sent { bytes, .. } | Body::Received { bytes, .. } => {
                let in_stream = context.is_stream;
                let session = self.sessions.of(record, row.carrier, in_stream)?;
                let Some((session, far)) = session.zip(record.far()) else {
                    return Ok(());
                };
                if record.arrival.truncated {
                    return Err(ScenarioProblem::Incomplete(number));
                }
                self.count(record.time)?;
                match record.body {
                    Body::Sent { .. } => self.sent((session, far), row, context)?,
                    _ => self.received((session, far), bytes, record.time, context),
                }
            }
        }
        match self.steps.len() > LONGEST_SCENARIO {
            true => Err(ScenarioProblem::TooLong(LONGEST_SCENARIO)),
            false => Ok(()),
        }
    }

    fn count(&mut self, time: Micros) -> Result<(), ScenarioProblem> {
        self.rows += 1;
        self.pacing.observe(time);
        match self.rows > SCENARIO_ROWS {
            true => Err(ScenarioProblem::TooMany(SCENARIO_ROWS)),
            false => Ok(()),
        }
    }

    /// Takes an event: those of connections and failures are comments, and what we closed is
    /// closed by a step.
    fn notice(
        &mut self,
        row: &WrittenRow<'_>,
        notice: &Notice,
        context: &CaptureContext,
    ) -> Result<(), ScenarioProblem> {
        let record = row.record;
        if let Some(far) = far_of(record, inner(notice)) {
            for message in self.messages.end(far, inner(notice)) {
                self.expect(&message, context);
            }
            self.stuffed.end(far, inner(notice))?;
        }
        let closed = self.sessions.closed_by(record, row.carrier);
        self.sessions.observe(record, row.carrier);
        if closed.is_none() && !is_told(notice) {
            return Ok(());
        }
        self.count(record.time)?;
        self.steps.comment(&(context.describe)(notice));
        if let Some(name) = closed {
            self.steps.close(&name);
        }
        Ok(())
    }

    /// Takes a sent row: the messages in it where the session stuffs them, otherwise its bytes.
    fn sent(
        &mut self,
        (place, far): (usize, FarSide),
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> Result<(), ScenarioProblem> {
        let record = row.record;
        let session = self.sessions.all().get(place);
        let stuffs = session.is_some_and(|one| one.stuffs(&context.session));
        let messages = match stuffs {
            true => self.stuffed.in_row(far, record, row.number + 1)?,
            false => None,
        };
        match messages {
            Some(messages) => {
                for message in messages {
                    self.send(place, far, &message, record.time);
                }
            }
            None => self.send(place, far, record.bytes(), record.time),
        }
        Ok(())
    }

    fn send(&mut self, place: usize, far: FarSide, bytes: &[u8], time: Micros) {
        if let Some(pause) = self.pacing.pause(time) {
            self.steps.wait(pause);
        }
        let is_late = self.sessions.has_finished(far);
        let clients = self.sessions.accepted();
        let Some(session) = self.sessions.get_mut(place) else {
            return;
        };
        session.half_open |= is_late;
        let to = session.sends(far.peer, clients);
        let within = session.waits_for_peer().then_some(FOR_PEER);
        let mut message = String::new();
        text::push_bytes(&mut message, "text", bytes);
        let leads = session.begins_exchanges();
        self.steps.send(&session.name, to, &message, within, leads);
    }

    fn received(
        &mut self,
        (session, far): (usize, FarSide),
        bytes: &[u8],
        time: Micros,
        context: &CaptureContext,
    ) {
        let one = self.sessions.all().get(session);
        let messages = match one.and_then(|one| one.framing(&context.session)) {
            Some(framing) if context.session.framing.in_datagrams => {
                ReceivedMessages::in_datagram((session, far), framing, bytes, time)
            }
            Some(framing) => self.messages.receive((session, far), framing, bytes, time),
            None => vec![CutMessage {
                session,
                far,
                time,
                bytes: bytes.to_vec(),
            }],
        };
        for message in messages {
            self.expect(&message, context);
        }
    }

    fn expect(&mut self, message: &CutMessage, context: &CaptureContext) {
        let Some(session) = self.sessions.get_mut(message.session) else {
            return;
        };
        let is_framed = session.framing(&context.session).is_some();
        let least = if session.waits_for_peer() {
            FOR_PEER
        } else {
            0
        };
        let from = session.hears(message.far.peer);
        let within = self.pacing.limit(message.time, least);
        let mut what = String::new();
        match fields(&message.bytes, is_framed, context) {
            Some(terms) => {
                what.push_str("fields: [");
                for (number, term) in terms.iter().enumerate() {
                    what.push_str(if number > 0 { ", " } else { "" });
                    text::push_quoted(&mut what, term);
                }
                what.push(']');
            }
            None => text::push_bytes(&mut what, "exact", &message.bytes),
        }
        let leads = !session.begins_exchanges();
        self.steps.expect(&session.name, from, &what, within, leads);
    }
}

impl FormatWriter for ScenarioWriter {
    fn row(
        &mut self,
        _: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()> {
        Ok(self.take(row, context)?)
    }

    fn held(&self) -> u64 {
        self.steps.len()
    }

    fn end(&mut self, out: &mut Vec<u8>, context: &CaptureContext) -> io::Result<()> {
        for message in self.messages.rest() {
            self.expect(&message, context);
        }
        self.stuffed.finish()?;
        if self.steps.count() == 0 || self.sessions.all().is_empty() {
            return Err(ScenarioProblem::Empty.into());
        }
        let mut text = "(\n".to_owned();
        if let Some(seconds) = self.pacing.whole() {
            // Writing to a string cannot fail.
            writeln!(text, "    within: \"{seconds}s\",").ok();
        }
        text.push_str("    sessions: {\n");
        for session in self.sessions.all() {
            session.push(&mut text, &context.session)?;
        }
        text.push_str("    },\n    steps: [\n");
        text.push_str(&self.steps.take());
        text.push_str("    ],\n)\n");
        if text.len() as u64 > LONGEST_SCENARIO {
            return Err(ScenarioProblem::TooLong(LONGEST_SCENARIO).into());
        }
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn pass_over(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        self.sessions.observe(record, carrier);
    }
}

/// The fields that a message has, if its description reads all of it.
fn fields(message: &[u8], is_framed: bool, context: &CaptureContext) -> Option<Vec<String>> {
    let fields = context.fields.as_ref();
    // The scenario has to name the description.
    let fields = fields.filter(|_| context.session.describe.is_some())?;
    let schema = &fields.described.schema;
    field_terms(
        schema,
        match is_framed {
            true => schema.without_prefix(message),
            false => message,
        },
    )
}

/// Whether an event is worth a comment.
fn is_told(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::Bound { .. }
            | Notice::Listening { .. }
            | Notice::Connected { .. }
            | Notice::Joined { .. }
            | Notice::PeerFinished { .. }
            | Notice::PeerReset { .. }
            | Notice::WriteClosed { .. }
            | Notice::Closed { .. }
            | Notice::Unbound { .. }
            | Notice::Reset { .. }
            | Notice::Failed(_)
    )
}
