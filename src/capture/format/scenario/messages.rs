//! The received messages of framed streams and datagrams.

use crate::connection_id::FarSide;
use crate::traffic::framing::{FrameEnd, Framing, MessageCutter};
use crate::traffic::{Micros, Notice};
use std::collections::HashMap;

/// A message without its delimiter, as an expectation of a scenario sees it.
pub(super) struct CutMessage {
    /// The place of its session.
    pub(super) session: usize,
    pub(super) far: FarSide,
    /// The time of the row in which it ends.
    pub(super) time: Micros,
    pub(super) bytes: Vec<u8>,
}

/// The framed streams that have not ended, by session and far side.
#[derive(Default)]
pub(super) struct ReceivedMessages {
    streams: HashMap<(usize, FarSide), CutStream>,
}

struct CutStream {
    cutter: MessageCutter,
    /// The time of the last read.
    last: Micros,
}

impl ReceivedMessages {
    /// The messages of this datagram.
    pub(super) fn in_datagram(
        (session, far): (usize, FarSide),
        framing: &Framing,
        bytes: &[u8],
        time: Micros,
    ) -> Vec<CutMessage> {
        let mut datagram = Self::default();
        let mut found = datagram.receive((session, far), framing, bytes, time);
        found.extend(datagram.rest());
        found
    }

    /// The messages that end in this read.
    pub(super) fn receive(
        &mut self,
        (session, far): (usize, FarSide),
        framing: &Framing,
        bytes: &[u8],
        time: Micros,
    ) -> Vec<CutMessage> {
        let stream = self.streams.entry((session, far));
        let stream = stream.or_insert_with(|| CutStream {
            cutter: MessageCutter::new(framing.clone()),
            last: time,
        });
        stream.last = time;
        let mut found = Vec::new();
        stream.cutter.receive(bytes, time, &mut |message, end| {
            found.extend(whole(message, end));
        });
        let cut = |bytes| CutMessage {
            session,
            far,
            time,
            bytes,
        };
        found.into_iter().map(cut).collect()
    }

    /// The messages that end with the stream, where this notice ends that of `far`.
    pub(super) fn end(&mut self, far: FarSide, notice: &Notice) -> Vec<CutMessage> {
        let ends = matches!(
            notice,
            Notice::PeerFinished { .. }
                | Notice::PeerReset { .. }
                | Notice::Reset { .. }
                | Notice::Closed { .. }
        );
        self.take(|(_, other), _| ends && *other == far)
    }

    /// The messages that silence has ended by this time.
    pub(super) fn due(&mut self, now: Micros) -> Vec<CutMessage> {
        self.take(|_, stream| match stream.cutter.framing() {
            Framing::IdleGap(gap) => now.saturating_sub(stream.last) >= *gap,
            _ => false,
        })
    }

    /// The messages that end with the rows.
    pub(super) fn rest(&mut self) -> Vec<CutMessage> {
        self.take(|_, _| true)
    }

    /// Ends these streams, those first whose last read came first.
    fn take(
        &mut self,
        mut is_over: impl FnMut(&(usize, FarSide), &CutStream) -> bool,
    ) -> Vec<CutMessage> {
        let over = self.streams.extract_if(|key, stream| is_over(key, stream));
        let mut found = Vec::new();
        for ((session, far), mut stream) in over {
            let time = stream.last;
            stream.cutter.finish(&mut |message, end| {
                found.extend(whole(message, end).map(|bytes| CutMessage {
                    session,
                    far,
                    time,
                    bytes,
                }));
            });
        }
        found.sort_by_key(|message| (message.time, message.session));
        found
    }
}

/// The message without its delimiter; `None` for bytes that are no message.
fn whole(message: &[u8], end: FrameEnd) -> Option<Vec<u8>> {
    let length = message.len().checked_sub(end.delimiter() as usize)?;
    let message = message.get(..length)?;
    end.fault().is_none().then(|| message.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    #[test]
    fn messages_end_with_their_delimiter_with_silence_or_with_the_stream() {
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let far = FarSide::from(peer);
        let texts = |found: Vec<CutMessage>| {
            let text = |message: CutMessage| String::from_utf8(message.bytes).unwrap();
            found.into_iter().map(text).collect::<Vec<_>>()
        };
        let mut messages = ReceivedMessages::default();
        let lines = Framing::Lines;
        let found = messages.receive((0, far), &lines, b"one\r\ntw", 1);
        assert_eq!(texts(found), ["one"]);
        let gap = Framing::IdleGap(20);
        assert!(messages.receive((1, far), &gap, b"si", 5).is_empty());
        assert!(messages.receive((1, far), &gap, b"lent", 10).is_empty());
        assert!(messages.due(29).is_empty());
        assert_eq!(texts(messages.due(30)), ["silent"]);
        let joined = Notice::Joined { peer };
        assert!(messages.end(far, &joined).is_empty());
        // A line without its end is no message.
        let finished = Notice::PeerFinished { peer };
        assert!(messages.end(far, &finished).is_empty());
        assert!(messages.streams.is_empty());
        let found = ReceivedMessages::in_datagram((0, far), &lines, b"a\nb\nc", 9);
        assert_eq!(texts(found), ["a", "b"]);
    }
}
