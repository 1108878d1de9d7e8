//! The text encoding of each peer, recognised from its payloads so far.
//!
//! Bytes that are valid text in two encodings are read in the encoding of the peer's earlier
//! bytes. Each finding is stored with the row it was made at, so that later rows do not change
//! how a row reads.

use super::joined::{self, Streamed};
use super::{Body, Chunk, Notice, Record};
use crate::connection_id::FarSide;
use crate::payload::charset::Charset;
use crate::payload::reading::{Reading, ReadingContext, Recognised, recognise};
use crate::peer::Peer;
use std::collections::HashMap;

/// The most non-ASCII rows examined in a chunk: more of them add nothing.
const LOOKED_AT: usize = 256;
/// The most changes that are remembered, over all peers.
const REMEMBERED: usize = 1 << 16;
/// The most streams whose pending bytes are remembered.
const STREAMS: usize = 1 << 14;

/// The recognised encodings of all peers.
#[derive(Clone, Debug, Default)]
pub struct Recognition {
    prefers_chinese: bool,
    /// For each peer, the rows from which a finding is valid, ascending.
    peers: HashMap<Peer, Vec<(u64, PeerEncoding)>>,
    changes: usize,
    /// The incomplete character at the end of each stream.
    tails: HashMap<(FarSide, ReadDirection), Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ReadDirection {
    In,
    Out,
}

/// The findings about a peer so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PeerEncoding {
    /// The encoding of the last unambiguous text.
    surely: Option<Charset>,
    /// The encoding in which the last ambiguous text was read.
    perhaps: Option<Charset>,
}

impl Recognition {
    /// Sets whether Chinese is preferred for ambiguous bytes, from the next row on.
    pub fn prefer_chinese(&mut self, prefers: bool) {
        self.prefers_chinese = prefers;
    }

    pub fn prefers_chinese(&self) -> bool {
        self.prefers_chinese
    }

    /// The encoding of a peer's text in this row, and in the rows after it until the next finding.
    pub fn known(&self, row: u64, peer: Peer) -> Option<Charset> {
        let known = self.known_of(row, peer);
        known.surely.or(known.perhaps)
    }

    fn known_of(&self, row: u64, peer: Peer) -> PeerEncoding {
        let changes = self.peers.get(&peer).map_or(&[][..], Vec::as_slice);
        let after = changes.partition_point(|(from, _)| *from <= row);
        let last = after.checked_sub(1).and_then(|at| changes.get(at));
        last.map_or_else(PeerEncoding::default, |(_, known)| *known)
    }

    /// The known facts about the peer of a record, apart from the bytes of this row.
    pub fn context(&self, row: u64, record: &Record<'_>) -> ReadingContext {
        let peer = record.peer();
        let known = peer.map_or_else(PeerEncoding::default, |peer| self.known_of(row, peer));
        let perhaps = known.perhaps.map(|charset| charset == Charset::Gb18030);
        ReadingContext {
            known: known.surely,
            in_stream: !record.arrival.is_datagram(),
            prefers_chinese: perhaps.unwrap_or(self.prefers_chinese),
        }
    }

    /// Learns from the rows of a chunk; `first` is the number of its first row.
    pub fn learn_chunk(&mut self, first: u64, chunk: &Chunk) {
        if self.tails.is_empty() && chunk.payloads().arena().is_ascii() {
            return;
        }
        let mut looked_at = 0;
        for at in 0..chunk.len() {
            if looked_at == LOOKED_AT {
                // Later rows are not examined, so pending bytes would be stale.
                self.tails.clear();
                return;
            }
            if let Some(record) = chunk.get(at) {
                looked_at += usize::from(!record.bytes().is_ascii());
                self.learn(first + at as u64, &record);
            }
        }
    }

    /// Learns the encoding of the peer from a row.
    pub fn learn(&mut self, row: u64, record: &Record<'_>) {
        let is_sent = matches!(record.body, Body::Sent { .. });
        if is_sent || self.tails.is_empty() && record.bytes().is_ascii() {
            return;
        }
        self.read(row, record, None, !record.arrival.is_datagram());
    }

    /// Decodes a row and learns from it: in the encoding `chosen` by the user, or else in the
    /// recognised one. `in_stream` says whether the row is a part of a stream; all rows of a
    /// stream must be read in order.
    pub fn read(
        &mut self,
        row: u64,
        record: &Record<'_>,
        chosen: Option<Charset>,
        in_stream: bool,
    ) -> Streamed {
        let by = |peer| FarSide {
            peer,
            connection: record.connection,
        };
        let (peer, direction) = match record.body {
            Body::Received { peer, .. } => (peer, ReadDirection::In),
            Body::Sent { peer, .. } => (peer, ReadDirection::Out),
            Body::Notice(notice) => {
                // A connection begins, perhaps from the same address, or ends.
                if let Notice::Joined { peer }
                | Notice::Connected { peer, .. }
                | Notice::Closed { peer, .. }
                | Notice::Reset { peer, .. }
                | Notice::PeerReset { peer, .. } = notice
                {
                    self.tails.remove(&(by(*peer), ReadDirection::In));
                    self.tails.remove(&(by(*peer), ReadDirection::Out));
                }
                if let Notice::NotCaptured { peer, inward, .. } = notice {
                    let direction = match inward {
                        true => ReadDirection::In,
                        false => ReadDirection::Out,
                    };
                    self.tails.remove(&(by(*peer), direction));
                }
                return Streamed::alone(Reading::Empty);
            }
        };
        let bytes = record.bytes();
        let context = ReadingContext {
            in_stream,
            ..self.context(row, record)
        };
        let (streamed, sure) = if in_stream {
            let key = (by(peer), direction);
            let mut tail = self.tails.remove(&key).unwrap_or_default();
            let known_before = self.known(row, peer);
            let read = joined::next(&mut tail, bytes, chosen, context, known_before);
            if !tail.is_empty() && self.tails.len() < STREAMS {
                self.tails.insert(key, tail);
            }
            read
        } else {
            let Recognised { reading, sure } = recognise(bytes, context);
            let chosen = chosen.filter(|_| !bytes.is_empty()).map(Reading::Text);
            (Streamed::alone(chosen.unwrap_or(reading)), Some(sure))
        };
        let is_evidence = direction == ReadDirection::In && chosen.is_none() && !bytes.is_ascii();
        if let (Reading::Text(charset), Some(sure)) = (streamed.reading, sure)
            && is_evidence
        {
            self.observe(row, peer, charset, sure);
        }
        streamed
    }

    fn observe(&mut self, row: u64, peer: Peer, charset: Charset, sure: bool) {
        let before = self.known_of(row, peer);
        let mut known = before;
        match sure {
            true => known.surely = Some(charset),
            false => known.perhaps = Some(charset),
        }
        if known == before || self.changes == REMEMBERED {
            return;
        }
        self.changes += 1;
        self.peers.entry(peer).or_default().push((row, known));
    }

    /// A copy of the findings so far, for rows that are numbered from 0 again.
    pub fn anew(&self) -> Self {
        self.before(u64::MAX)
    }

    /// A copy of the findings before this row, for rows from it on that are numbered from 0.
    pub fn before(&self, row: u64) -> Self {
        let last = |(peer, changes): (&Peer, &Vec<(u64, PeerEncoding)>)| {
            let before = changes.partition_point(|(from, _)| *from < row);
            let (_, known) = changes.get(before.checked_sub(1)?)?;
            Some((*peer, vec![(0, *known)]))
        };
        let peers: HashMap<_, _> = self.peers.iter().filter_map(last).collect();
        Self {
            prefers_chinese: self.prefers_chinese,
            changes: peers.len(),
            peers,
            tails: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, Log};
    use std::net::{IpAddr, SocketAddr};
    use std::sync::Arc;

    const GBK: Charset = Charset::Gb18030;

    fn log_of(texts: &[&[u8]]) -> (Log, SocketAddr) {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        let arrival = Arrival {
            destination: Some((IpAddr::from([127, 0, 0, 1]), 1).into()),
            ..Arrival::default()
        };
        let mut chunk = crate::traffic::ChunkBuilder::default();
        for text in texts {
            chunk.received(0, peer, text, arrival);
        }
        let mut log = Log::default();
        log.push(Arc::new(chunk.finish()));
        (log, peer)
    }

    #[test]
    fn a_peer_stays_what_it_was_until_a_row_contradicts_it() {
        let gbk = |text: &str| GBK.encode(text).unwrap().into_owned();
        // 茅 alone is also valid UTF-8: é.
        let (plain, certain, both) = (b"ok".to_vec(), gbk("服务器没有响应"), gbk("茅"));
        let utf8 = "来自服务器".as_bytes().to_vec();
        let texts = [&plain, &certain, &both, &plain, &utf8, &both];
        let (log, peer) = log_of(&texts.map(Vec::as_slice));
        let known: Vec<_> = (0..6)
            .map(|row| log.recognition().known(row, peer.into()))
            .collect();
        let utf8 = Charset::Utf8;
        let expected = [
            None,
            Some(GBK),
            Some(GBK),
            Some(GBK),
            Some(utf8),
            Some(utf8),
        ];
        assert_eq!(known, expected);
    }

    #[test]
    fn a_row_that_was_read_never_flips() {
        let both = GBK.encode("茅").unwrap().into_owned();
        let (mut log, peer) = log_of(&[&both]);
        let first = log.recognition().known(0, peer.into());
        log.prefer_chinese(true);
        let (later, _) = log_of(&[&GBK.encode("服务器没有响应").unwrap()]);
        log.append(&later);
        assert_eq!(log.recognition().known(0, peer.into()), first);
        assert_eq!(log.recognition().known(1, peer.into()), Some(GBK));
        // It is still known after the log was cleared.
        log.clear();
        assert_eq!(log.recognition().known(0, peer.into()), Some(GBK));
    }
}
