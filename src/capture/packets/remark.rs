//! The data of a record that a packet has no field for, as a comment on it: `netpeer part 1/4`,
//! `netpeer peer unix:#1 local unix:/run/a.sock`.

use crate::peer::Peer;
use crate::traffic::{Arrival, Record};
use std::fmt::{self, Write as _};
use std::net::SocketAddr;

/// A part of a record that takes several packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::capture) struct RecordPart {
    /// Counted from 1.
    pub number: u32,
    /// The number of parts of the record.
    pub count: u32,
}

impl RecordPart {
    /// The only part of a record.
    pub const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };
}

/// The relation of a packet to its record; by default the packet is the whole record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::capture) struct Remark {
    /// Where the record needs it.
    pub part: Option<RecordPart>,
    /// The interface index of a link-local peer; 0 if none is needed.
    pub scope: u32,
    /// Whether the datagram is truncated.
    pub truncated: bool,
    /// The original length of a truncated record in bytes, where it is known.
    pub whole: Option<u32>,
    /// The number of bytes that this packet acknowledges and the capture lacks.
    pub missing: Option<u64>,
    /// The number of bytes that were unsent when we closed the connection or either side reset it.
    pub closed: Option<usize>,
    /// The far side, if the packet's address is a placeholder.
    pub peer: Option<Peer>,
    /// The local side, if the packet's address is a placeholder.
    pub local: Option<Peer>,
}

impl Remark {
    /// Splits the bytes of a record into parts of at most `room` bytes, each with its remark.
    /// There is at least one part.
    pub(in crate::capture) fn parts<'a>(
        record: &Record<'_>,
        peer: SocketAddr,
        bytes: &'a [u8],
        room: usize,
    ) -> impl Iterator<Item = (Self, &'a [u8])> {
        let scope = match peer {
            SocketAddr::V6(peer) => peer.scope_id(),
            SocketAddr::V4(_) => 0,
        };
        let Arrival {
            truncated, whole, ..
        } = record.arrival;
        let count = bytes.len().div_ceil(room.max(1)).max(1) as u32;
        (1..=count).map(move |number| {
            let begin = (number as usize - 1) * room;
            let end = bytes.len().min(begin + room);
            let remark = Self {
                part: (count > 1).then_some(RecordPart { number, count }),
                scope,
                truncated,
                whole,
                ..Self::default()
            };
            (remark, bytes.get(begin..end).unwrap_or_default())
        })
    }

    /// Parses a comment; `None` if it is not one of ours.
    pub fn parse(comment: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(comment).ok()?;
        let mut words = text.strip_prefix("netpeer ")?.split_whitespace();
        let mut remark = Self::default();
        while let Some(word) = words.next() {
            match word {
                "part" => {
                    let (number, count) = words.next()?.split_once('/')?;
                    let (number, count) = (number.parse().ok()?, count.parse().ok()?);
                    let part = RecordPart { number, count };
                    remark.part = (1..=count).contains(&number).then_some(part);
                }
                "scope" => remark.scope = words.next()?.parse().ok()?,
                "truncated" => remark.truncated = true,
                "of" => remark.whole = Some(words.next()?.parse().ok()?),
                "missing" => remark.missing = Some(words.next()?.parse().ok()?),
                "closed" => remark.closed = Some(words.next()?.parse().ok()?),
                // An invalid name is skipped: the rest of the remark is still valid.
                "peer" => remark.peer = named(words.next()?),
                "local" => remark.local = named(words.next()?),
                _ => {}
            }
        }
        Some(remark)
    }
}

fn named(word: &str) -> Option<Peer> {
    let peer: Peer = word.parse().ok()?;
    peer.address().is_none().then_some(peer)
}

/// Writes a name as one word: white space becomes a backslash and two hexadecimal digits for
/// each byte, an escape that names support.
fn write_word(f: &mut fmt::Formatter<'_>, peer: Peer) -> fmt::Result {
    for character in peer.to_string().chars() {
        if !character.is_whitespace() {
            f.write_char(character)?;
            continue;
        }
        let mut buffer = [0; 4];
        for byte in character.encode_utf8(&mut buffer).bytes() {
            write!(f, "\\{byte:02X}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("netpeer")?;
        if let Some(RecordPart { number, count }) = self.part {
            write!(f, " part {number}/{count}")?;
        }
        if self.scope != 0 {
            write!(f, " scope {}", self.scope)?;
        }
        if self.truncated {
            f.write_str(" truncated")?;
        }
        if let Some(whole) = self.whole {
            write!(f, " of {whole}")?;
        }
        if let Some(missing) = self.missing {
            write!(f, " missing {missing}")?;
        }
        if let Some(unsent) = self.closed {
            write!(f, " closed {unsent}")?;
        }
        for (word, peer) in [(" peer ", self.peer), (" local ", self.local)] {
            if let Some(peer) = peer {
                f.write_str(word)?;
                write_word(f, peer)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Name;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_unchanged_but_for_white_space() {
        let named = |name: &[u8]| Name::new(name).map(Peer::Named);
        let remark = Remark {
            peer: named("/tmp/a b\u{3000}套接字.sock".as_bytes()),
            local: named(b"\0course"),
            ..Remark::default()
        };
        let text = r"netpeer peer unix:/tmp/a\20b\E3\80\80套接字.sock local unix:@course";
        assert_eq!(remark.to_string(), text);
        assert_eq!(Remark::parse(text.as_bytes()), Some(remark));
        let remark = Remark::parse(b"netpeer peer 1.2.3.4:5 local unix: scope 3");
        let expected = Remark {
            scope: 3,
            ..Remark::default()
        };
        assert_eq!(remark, Some(expected));
    }

    fn side() -> impl Strategy<Value = Option<Peer>> {
        let named = prop::collection::vec(any::<u8>(), 1..40);
        prop_oneof![
            Just(None),
            (0_u64..1_000).prop_map(|number| Some(Peer::Unnamed(number))),
            named.prop_map(|name| Name::new(&name).map(Peer::Named)),
        ]
    }

    proptest! {
        #[test]
        fn parse_is_the_dual_of_display(number in 1_u32..9, more in 0_u32..9, scope: u32, truncated: bool, whole: Option<u32>, missing: Option<u64>, closed: Option<usize>, peer in side(), local in side()) {
            let part = Some(RecordPart { number, count: number + more });
            let remark = Remark { part, scope, truncated, whole, missing, closed, peer, local };
            prop_assert_eq!(Remark::parse(remark.to_string().as_bytes()), Some(remark));
        }

        #[test]
        fn what_others_write_is_none(comment: Vec<u8>, text in "netpeer [a-z0-9/ ]*") {
            Remark::parse(text.as_bytes());
            prop_assert_eq!(Remark::parse(&comment), None);
        }
    }
}
