//! The encoding in which each row is read: recognised, or chosen by the user.

use crate::payload::charset::Charset;
use crate::payload::reading::{Reading, ReadingContext};
use crate::peer::Peer;
use crate::traffic::stream_text::{self, Streamed};
use crate::traffic::{Log, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The encodings chosen by the user. Only the session's is kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadAs {
    pub session: Option<Charset>,
    #[serde(skip)]
    peers: BTreeMap<Peer, Charset>,
    #[serde(skip)]
    rows: BTreeMap<u64, Charset>,
}

/// The rows whose encoding is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Row(u64),
    Peer(Peer),
    Session,
}

impl ReadAs {
    /// Chooses an encoding; `None` returns to recognition.
    pub fn set(&mut self, scope: Scope, charset: Option<Charset>) {
        match (scope, charset) {
            (Scope::Session, charset) => self.session = charset,
            (Scope::Row(row), Some(charset)) => {
                self.rows.insert(row, charset);
            }
            (Scope::Row(row), None) => {
                self.rows.remove(&row);
            }
            (Scope::Peer(peer), Some(charset)) => {
                self.peers.insert(peer, charset);
            }
            (Scope::Peer(peer), None) => {
                self.peers.remove(&peer);
            }
        }
    }

    /// The encoding chosen for exactly this scope.
    pub fn get(&self, scope: Scope) -> Option<Charset> {
        match scope {
            Scope::Session => self.session,
            Scope::Row(row) => self.rows.get(&row).copied(),
            Scope::Peer(peer) => self.peers.get(&peer).copied(),
        }
    }

    /// How a row is read; in a stream, as a part of it.
    pub fn read(&self, log: &Log, row: u64, record: &Record<'_>, in_stream: bool) -> Streamed {
        if !in_stream || record.arrival.is_datagram() || record.bytes().is_empty() {
            return Streamed::alone(self.reading(log, row, record));
        }
        let streamed = stream_text::read(log, row, |row, record| self.chosen(row, record));
        streamed.unwrap_or_else(|| Streamed::alone(self.reading(log, row, record)))
    }

    /// The encoding chosen for a row, its peer or the session.
    fn chosen(&self, row: u64, record: &Record<'_>) -> Option<Charset> {
        let of_peer = || {
            record
                .peer()
                .and_then(|peer| self.peers.get(&peer).copied())
        };
        self.get(Scope::Row(row)).or_else(of_peer).or(self.session)
    }

    /// How a row is read: in the encoding chosen for it, for its peer or for the session, otherwise
    /// as recognised from its bytes and its peer's earlier rows. It never depends on later rows, so
    /// no row changes by itself.
    pub fn reading(&self, log: &Log, row: u64, record: &Record<'_>) -> Reading {
        match self.chosen(row, record) {
            Some(charset) if !record.bytes().is_empty() => Reading::Text(charset),
            _ => {
                let context = log.recognition().context(row, record);
                let context = ReadingContext {
                    in_stream: false,
                    ..context
                };
                Reading::with(record.bytes(), context)
            }
        }
    }

    /// The encoding of a peer: chosen for it or for the session, otherwise recognised from its last
    /// text.
    pub fn last_of(&self, peer: Peer, log: &Log) -> Option<Charset> {
        let chosen = self.peers.get(&peer).copied().or(self.session);
        chosen.or_else(|| log.recognition().known(log.rows().end, peer))
    }

    /// Forgets the choices for single rows, when rows are renumbered.
    pub fn forget_rows(&mut self) {
        self.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::Body;
    use std::net::SocketAddr;

    #[test]
    fn the_encoding_of_the_narrowest_scope_counts() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let record = Record::new(
            0,
            Body::Received {
                peer: peer.into(),
                bytes: b"\xC4\xE3",
            },
        );
        let log = Log::default();
        let mut read_as = ReadAs::default();
        let steps = [
            (Scope::Session, Charset::Big5),
            (Scope::Peer(peer.into()), Charset::EucKr),
            (Scope::Row(7), Charset::Latin1),
        ];
        assert_eq!(
            read_as.reading(&log, 7, &record),
            Reading::Text(Charset::Gb18030)
        );
        for (scope, charset) in steps {
            read_as.set(scope, Some(charset));
            assert_eq!(read_as.reading(&log, 7, &record), Reading::Text(charset));
        }
        assert_eq!(
            read_as.reading(&log, 8, &record),
            Reading::Text(Charset::EucKr)
        );
        for (scope, _) in steps {
            read_as.set(scope, None);
        }
        assert_eq!(
            read_as.reading(&log, 7, &record),
            Reading::Text(Charset::Gb18030)
        );
    }
}
