//! The messages of sent rows, where the session of the scenario stuffs what it sends.

use super::problem::ScenarioProblem;
use crate::connection_id::FarSide;
use crate::traffic::framing::{Framing, SessionFraming};
use crate::traffic::{Notice, Record, StreamMessage, StreamMessages};

/// Unstuffs what was sent: a `Send` has the message, because the session stuffs it again.
pub(super) struct StuffedMessages {
    /// `None` if what is sent is not stuffed.
    streams: Option<StreamMessages>,
}

impl StuffedMessages {
    pub(super) fn new(framing: &SessionFraming) -> Self {
        let sent = framing.sent.as_ref();
        let sent = sent.filter(|sent| sent.stuffing().is_some());
        let streams = sent.and_then(|sent: &Framing| {
            StreamMessages::new(SessionFraming {
                received: None,
                sent: Some(sent.clone()),
                in_datagrams: framing.in_datagrams,
            })
        });
        Self { streams }
    }

    /// The messages that end in a sent row with this number; `None` if rows are sent as they are.
    ///
    /// # Errors
    /// [`ScenarioProblem::NotStuffed`]
    pub(super) fn in_row(
        &mut self,
        far: FarSide,
        record: &Record<'_>,
        number: u64,
    ) -> Result<Option<Vec<Vec<u8>>>, ScenarioProblem> {
        let Some(streams) = &mut self.streams else {
            return Ok(None);
        };
        let (mut messages, mut wrong) = (Vec::new(), None);
        let mut take = |message: StreamMessage<'_>| match message.fault {
            None => messages.push(message.bytes.to_vec()),
            Some(_) => wrong = wrong.or(Some(message.row)),
        };
        let here = (number, record.time);
        let key = (far, record.kind());
        if !streams.push(key, here, record.bytes(), &mut take) {
            wrong = Some(number);
        }
        wrong.map_or(Ok(Some(messages)), |row| {
            Err(ScenarioProblem::NotStuffed(row))
        })
    }

    /// Ends the stream of a connection that a notice ends.
    ///
    /// # Errors
    /// [`ScenarioProblem::NotStuffed`]: it ends within a message.
    pub(super) fn end(&mut self, far: FarSide, notice: &Notice) -> Result<(), ScenarioProblem> {
        let mut unfinished = None;
        if let Some(streams) = &mut self.streams {
            streams.end(far, notice, &mut |message| unfinished = Some(message.row));
        }
        refuse(unfinished)
    }

    /// Ends all streams.
    ///
    /// # Errors
    /// [`ScenarioProblem::NotStuffed`]: one ends within a message.
    pub(super) fn finish(&mut self) -> Result<(), ScenarioProblem> {
        let mut unfinished = None;
        if let Some(streams) = &mut self.streams {
            streams.finish(&mut |message| unfinished = unfinished.or(Some(message.row)));
        }
        refuse(unfinished)
    }
}

/// Refuses the row in which a message is not whole.
fn refuse(unfinished: Option<u64>) -> Result<(), ScenarioProblem> {
    unfinished.map_or(Ok(()), |row| Err(ScenarioProblem::NotStuffed(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::writer::tests::sent;
    use crate::peer::Peer;
    use std::net::SocketAddr;

    fn at() -> SocketAddr {
        ([127, 0, 0, 1], 9).into()
    }

    #[test]
    fn a_sent_row_has_the_messages_that_end_in_it() {
        let far = FarSide::from(Peer::from(at()));
        let mut messages = StuffedMessages::new(&Framing::Slip.into());
        // A row may have several messages, or a part of one.
        let first = sent(0, at(), b"\xC0a\xDB\xDC\xC0b\xC0c");
        let found = messages.in_row(far, &first, 1);
        assert_eq!(found, Ok(Some(vec![b"a\xC0".to_vec(), b"b".to_vec()])));
        let second = sent(1, at(), b"d\xC0");
        let found = messages.in_row(far, &second, 2);
        assert_eq!(found, Ok(Some(vec![b"cd".to_vec()])));
        assert_eq!(messages.finish(), Ok(()));
        let mut lines = StuffedMessages::new(&Framing::Lines.into());
        assert_eq!(lines.in_row(far, &first, 1), Ok(None));
    }

    #[test]
    fn bytes_that_the_session_cannot_send_are_refused_with_their_row() {
        let (peer, refused) = (Peer::from(at()), |row| {
            Err(ScenarioProblem::NotStuffed(row))
        });
        let far = FarSide::from(peer);
        let mut messages = StuffedMessages::new(&Framing::Cobs.into());
        let garbled = sent(0, at(), b"\x05a\0");
        let found = messages.in_row(far, &garbled, 3);
        assert_eq!(found, Err(ScenarioProblem::NotStuffed(3)));
        let cut = sent(1, at(), b"\x05a");
        assert_eq!(messages.in_row(far, &cut, 4), Ok(Some(vec![])));
        let closed = Notice::Closed { peer, unsent: 3 };
        assert_eq!(messages.end(far, &closed), refused(4));
        assert_eq!(messages.in_row(far, &cut, 5), Ok(Some(vec![])));
        assert_eq!(messages.finish(), refused(5));
    }
}
