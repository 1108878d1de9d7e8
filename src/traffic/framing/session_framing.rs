//! The framings of the two directions of a session.

use super::Framing;
use crate::kind::SessionKind;
use crate::traffic::RecordKind;

/// How the bytes of a session are cut into messages, in each direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFraming {
    /// `None` if each read, or each datagram, is a message.
    pub received: Option<Framing>,
    /// `None` if each write, or each datagram, is a message.
    pub sent: Option<Framing>,
    /// Whether each datagram is framed by itself, and what is unfinished at its end stays so.
    /// Otherwise a direction of a connection is framed from its first byte to its last.
    pub in_datagrams: bool,
}

impl SessionFraming {
    /// The framing of a session; sent messages are framed as received ones where `sent` is `None`.
    pub fn new(received: Option<Framing>, sent: Option<Framing>, in_datagrams: bool) -> Self {
        Self {
            sent: sent.or_else(|| received.clone()),
            received,
            in_datagrams,
        }
    }

    /// The part of it that sessions of this kind have: a relay sends what it received, and does not
    /// look into datagrams.
    pub fn in_kind(self, kind: SessionKind) -> Self {
        match (kind.has_framing(), kind.is_relay()) {
            (false, _) => Self::default(),
            (true, false) => self,
            (true, true) => Self::new(self.received, None, self.in_datagrams),
        }
    }

    /// Whether nothing is framed.
    pub fn is_none(&self) -> bool {
        self.received.is_none() && self.sent.is_none()
    }

    /// The framing of the direction of this kind of record.
    pub fn of(&self, kind: RecordKind) -> Option<&Framing> {
        match kind {
            RecordKind::Received => self.received.as_ref(),
            RecordKind::Sent => self.sent.as_ref(),
            RecordKind::Notice | RecordKind::Failure => None,
        }
    }

    /// The framing of a row of this kind, which is part of a stream or a datagram. `None` where the
    /// other one of them is framed.
    pub fn of_row(&self, kind: RecordKind, in_stream: bool) -> Option<&Framing> {
        self.of(kind).filter(|_| in_stream != self.in_datagrams)
    }
}

/// Streams whose directions are framed alike.
impl From<Option<Framing>> for SessionFraming {
    fn from(framing: Option<Framing>) -> Self {
        Self::new(framing, None, false)
    }
}

/// Streams whose directions are framed alike.
impl From<Framing> for SessionFraming {
    fn from(framing: Framing) -> Self {
        Some(framing).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_framed_as_what_is_received_unless_it_is_said() {
        let same = SessionFraming::from(Framing::Lines);
        assert_eq!(same.of(RecordKind::Sent), Some(&Framing::Lines));
        let other = SessionFraming::new(Some(Framing::Lines), Some(Framing::Cobs), false);
        let of = |kind| other.of(kind).cloned();
        assert_eq!(of(RecordKind::Received), Some(Framing::Lines));
        assert_eq!(of(RecordKind::Sent), Some(Framing::Cobs));
        assert_eq!(of(RecordKind::Notice), None);
        let sent = SessionFraming::new(None, Some(Framing::Cobs), false);
        assert_eq!((sent.received.as_ref(), sent.is_none()), (None, false));
    }

    #[test]
    fn a_relay_frames_both_directions_alike_and_no_datagrams() {
        let both = SessionFraming::new(Some(Framing::Lines), Some(Framing::Cobs), false);
        let relayed = both.clone().in_kind(SessionKind::RelayTcp);
        assert_eq!(relayed, Framing::Lines.into());
        assert_eq!(both.clone().in_kind(SessionKind::TcpServer), both);
        assert!(both.in_kind(SessionKind::RelayUdp).is_none());
    }

    #[test]
    fn datagrams_and_streams_are_not_framed_at_once() {
        let streams = SessionFraming::from(Framing::Lines);
        let datagrams = SessionFraming::new(Some(Framing::Lines), None, true);
        let kind = RecordKind::Received;
        let framed = |framing: &SessionFraming| {
            [true, false].map(|in_stream| framing.of_row(kind, in_stream).is_some())
        };
        assert_eq!(framed(&streams), [true, false]);
        assert_eq!(framed(&datagrams), [false, true]);
    }
}
