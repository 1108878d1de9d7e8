//! Which reply answers which request, in all conversations.

use super::message::MessageId;
use super::pairing::Pairing;
use super::request_queue::RequestQueue;
use crate::connection_id::FarSide;
use crate::peer::Peer;
use crate::traffic::{Automatic, Notice, RecordKind};
use std::collections::HashMap;

/// The most conversations. Messages of further ones are not paired.
const CONVERSATIONS: usize = 10_000;

/// The role of a message in its conversation, when it has been paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paired {
    Request,
    /// The reply to this request.
    Reply(MessageId),
    /// It came from the side that replies, without a request.
    Unasked,
    /// A relay passed it on: the message that it received is the one that is paired.
    Forwarded,
    /// There are too many conversations.
    Not,
}

/// The requests of all conversations that wait for their reply.
#[derive(Debug)]
pub(super) struct OpenRequests {
    pairing: Pairing,
    conversations: HashMap<FarSide, Conversation>,
    /// The requests of clients to targets through a relay.
    relayed: HashMap<RelayedPair, RequestQueue<MessageId>>,
}

/// Two peers that speak through a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RelayedPair {
    /// The one that asks.
    client: Peer,
    target: Peer,
}

#[derive(Debug)]
struct Conversation {
    /// Whether requests are received or sent.
    requests: RecordKind,
    /// Those of this peer alone.
    open: RequestQueue<MessageId>,
    /// The peer that a relay passed its last message on to.
    other: Option<Peer>,
}

impl Conversation {
    /// The pair that this is one side of, if a relay passes its messages on.
    fn pair(&self, peer: Peer) -> Option<RelayedPair> {
        let other = self.other?;
        Some(match self.requests {
            RecordKind::Sent => RelayedPair {
                client: other,
                target: peer,
            },
            _ => RelayedPair {
                client: peer,
                target: other,
            },
        })
    }
}

impl OpenRequests {
    pub fn new(pairing: Pairing) -> Self {
        Self {
            pairing,
            conversations: HashMap::new(),
            relayed: HashMap::new(),
        }
    }

    /// Takes the next message that was received from `far`, or sent to it. `other` is the peer that
    /// a relay passes a received message on to.
    pub fn take(
        &mut self,
        (far, other): (FarSide, Option<Peer>),
        kind: RecordKind,
        id: MessageId,
        message: &[u8],
    ) -> Paired {
        let is_of_target = other.is_some_and(|client| {
            let target = far.peer;
            self.relayed.contains_key(&RelayedPair { client, target })
        });
        // The side that speaks first asks, unless it is known which one opened the connection.
        let first = if is_of_target { RecordKind::Sent } else { kind };
        if !self.begin(far, first) {
            return Paired::Not;
        }
        let Some(conversation) = self.conversations.get_mut(&far) else {
            return Paired::Not;
        };
        conversation.other = other.or(conversation.other);
        let open = match conversation.pair(far.peer) {
            None => &mut conversation.open,
            Some(pair) => {
                let has_room = self.relayed.len() < CONVERSATIONS;
                if !has_room && !self.relayed.contains_key(&pair) {
                    return Paired::Not;
                }
                self.relayed.entry(pair).or_default()
            }
        };
        if kind == conversation.requests {
            open.ask(&self.pairing, id, kind, message);
            return Paired::Request;
        }
        let request = open.reply(&self.pairing, kind, message);
        request.map_or(Paired::Unasked, Paired::Reply)
    }

    /// Takes a notice about `far`, before or after which conversations begin or end.
    pub fn observe(&mut self, far: FarSide, notice: &Notice) {
        match notice {
            // Who accepted a connection answers, who opened it asks.
            Notice::Joined { .. } => self.restart(far, RecordKind::Received),
            Notice::Connected { .. } => self.restart(far, RecordKind::Sent),
            Notice::PeerReset { .. } | Notice::Reset { .. } | Notice::Closed { .. } => {
                self.remove(far);
            }
            Notice::Automatic(automatic) => {
                if let Automatic::ForClient { notice, .. } = &**automatic {
                    self.observe(far, notice);
                }
            }
            _ => {}
        }
    }

    /// Forgets all requests, because rows are missing.
    pub fn clear(&mut self) {
        for conversation in self.conversations.values_mut() {
            conversation.open.clear();
        }
        self.relayed.values_mut().for_each(RequestQueue::clear);
    }

    fn remove(&mut self, far: FarSide) {
        let removed = self.conversations.remove(&far);
        if let Some(pair) = removed.and_then(|removed| removed.pair(far.peer)) {
            self.relayed.remove(&pair);
        }
    }

    fn restart(&mut self, far: FarSide, requests: RecordKind) {
        self.remove(far);
        self.begin(far, requests);
    }

    /// Begins a conversation, unless there is one. Returns whether there is one now.
    fn begin(&mut self, far: FarSide, requests: RecordKind) -> bool {
        if self.conversations.contains_key(&far) {
            return true;
        }
        let has_room = self.conversations.len() < CONVERSATIONS;
        if has_room {
            let conversation = Conversation {
                requests,
                open: RequestQueue::default(),
                other: None,
            };
            self.conversations.insert(far, conversation);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_id::ConnectionId;
    use crate::peer::Peer;
    use crate::schema::Schema;
    use crate::traffic::MessageSchema;
    use crate::traffic::framing::SessionFraming;
    use crate::traffic::messages::PairField;
    use crate::traffic::messages::request_queue::REQUESTS;
    use std::sync::Arc;

    const IN: RecordKind = RecordKind::Received;
    const OUT: RecordKind = RecordKind::Sent;

    fn far(port: u16) -> FarSide {
        Peer::from(([127, 0, 0, 1], port)).into()
    }

    fn id(row: u64) -> MessageId {
        MessageId::new(row, 0).unwrap()
    }

    fn by_order() -> OpenRequests {
        OpenRequests::new(Pairing::Order)
    }

    #[test]
    fn replies_answer_the_oldest_requests_in_order() {
        let mut open = by_order();
        let mut take = |kind, row| open.take((far(1), None), kind, id(row), b"x");
        assert_eq!([take(OUT, 0), take(OUT, 1)], [Paired::Request; 2]);
        assert_eq!(take(IN, 2), Paired::Reply(id(0)));
        assert_eq!(take(OUT, 3), Paired::Request);
        assert_eq!(take(IN, 4), Paired::Reply(id(1)));
        assert_eq!(take(IN, 5), Paired::Reply(id(3)));
        assert_eq!(take(IN, 6), Paired::Unasked);
    }

    #[test]
    fn each_address_and_each_connection_is_a_conversation_of_its_own() {
        let mut open = by_order();
        let of = |number| FarSide {
            connection: ConnectionId::read(number),
            ..far(1)
        };
        for (row, far) in [(0, far(1)), (1, far(2)), (2, of(7)), (3, of(8))] {
            assert_eq!(open.take((far, None), OUT, id(row), b""), Paired::Request);
        }
        for (row, far) in [(3, of(8)), (2, of(7)), (1, far(2)), (0, far(1))] {
            let reply = open.take((far, None), IN, id(9), b"");
            assert_eq!(reply, Paired::Reply(id(row)));
        }
    }

    #[test]
    fn a_greeting_of_the_side_that_accepted_is_no_request() {
        let peer = Peer::from(([127, 0, 0, 1], 1));
        let connected = Notice::Connected { peer, local: peer };
        let mut open = by_order();
        open.observe(far(1), &connected);
        assert_eq!(
            open.take((far(1), None), IN, id(0), b"220 hello"),
            Paired::Unasked
        );
        assert_eq!(
            open.take((far(1), None), OUT, id(1), b"EHLO"),
            Paired::Request
        );
        assert_eq!(
            open.take((far(1), None), IN, id(2), b"250"),
            Paired::Reply(id(1))
        );
        // As a server, where the client does not wait for the greeting.
        let mut open = by_order();
        open.observe(far(1), &Notice::Joined { peer });
        assert_eq!(
            open.take((far(1), None), OUT, id(0), b"220 hello"),
            Paired::Unasked
        );
        assert_eq!(
            open.take((far(1), None), IN, id(1), b"EHLO"),
            Paired::Request
        );
    }

    #[test]
    fn a_closed_connection_leaves_its_requests_unanswered() {
        let peer = Peer::from(([127, 0, 0, 1], 1));
        let mut open = by_order();
        open.take((far(1), None), OUT, id(0), b"");
        open.observe(far(1), &Notice::PeerReset { peer, unsent: 0 });
        assert_eq!(
            open.take((far(1), None), IN, id(1), b""),
            Paired::Request,
            "anew"
        );
        open.clear();
        assert_eq!(open.take((far(1), None), OUT, id(2), b""), Paired::Unasked);
    }

    #[test]
    fn a_field_pairs_replies_that_overtake_each_other() {
        let text =
            r#"(meta: (id: "p"), seq: [(id: "number", type: "u1"), (id: "rest", size_eos: true)])"#;
        let described = Arc::new(MessageSchema {
            schema: Schema::read(text).unwrap(),
            framing: SessionFraming::default(),
        });
        assert!(PairField::new("nothing", &described).is_none());
        let field = PairField::new("p.number", &described).unwrap();
        let mut open = OpenRequests::new(Pairing::Field(field));
        let mut take =
            |kind, row, message: &[u8]| open.take((far(1), None), kind, id(row), message);
        for row in 0..3 {
            assert_eq!(take(OUT, row, &[row as u8, b'?']), Paired::Request);
        }
        assert_eq!(take(IN, 3, b"\x02!"), Paired::Reply(id(2)));
        assert_eq!(take(IN, 4, b"\x00!"), Paired::Reply(id(0)));
        assert_eq!(take(IN, 5, b"\x02!"), Paired::Unasked, "a second reply");
        assert_eq!(take(IN, 6, b""), Paired::Unasked, "it has no number");
        assert_eq!(take(IN, 7, b"\x01!"), Paired::Reply(id(1)));
        // The number of a request without a reply is taken again.
        assert_eq!(take(OUT, 8, b"\x07?"), Paired::Request);
        assert_eq!(take(OUT, 9, b"\x07?"), Paired::Request);
        assert_eq!(take(IN, 10, b"\x07!"), Paired::Reply(id(9)));
        assert_eq!(take(IN, 11, b"\x07!"), Paired::Unasked);
        for row in 0..2 * REQUESTS as u64 {
            take(OUT, 100 + row, &[(row % 200) as u8]);
        }
        let newest = id(100 + 2 * REQUESTS as u64 - 195);
        assert_eq!(take(IN, 90_000, b"\x05"), Paired::Reply(newest));
    }

    #[test]
    fn the_oldest_requests_and_further_conversations_give_way() {
        let mut open = by_order();
        for row in 0..=REQUESTS as u64 {
            open.take((far(1), None), OUT, id(row), b"");
        }
        assert_eq!(
            open.take((far(1), None), IN, id(99_999), b""),
            Paired::Reply(id(1))
        );
        for port in 2..=CONVERSATIONS as u16 {
            assert_eq!(
                open.take((far(port), None), OUT, id(0), b""),
                Paired::Request
            );
        }
        let last = CONVERSATIONS as u16 + 1;
        assert_eq!(open.take((far(last), None), OUT, id(0), b""), Paired::Not);
    }
}
