//! In which encoding each peer writes, as what it sent so far tells.
//!
//! Bytes that are text in two encodings are read as the peer's earlier ones. What is
//! found out is kept with the row it was found out by, so that a row reads the same
//! whatever comes later.

use super::joined::{self, Streamed};
use super::{Body, Chunk, Notice, Record};
use crate::connection_id::FarSide;
use crate::payload::charset::Charset;
use crate::payload::reading::{Reading, ReadingContext, Recognised, recognise};
use crate::peer::Peer;
use std::collections::HashMap;

/// Rows of a chunk that are looked at: more of them tell nothing new.
const LOOKED_AT: usize = 256;
/// Changes that are remembered, of all peers together.
const REMEMBERED: usize = 1 << 16;
/// Streams of which the end is remembered.
const STREAMS: usize = 1 << 14;

#[derive(Clone, Debug, Default)]
pub struct Recognition {
    prefers_chinese: bool,
    /// From which row on what is known of a peer.
    peers: HashMap<Peer, Vec<(u64, Known)>>,
    changes: usize,
    /// What each stream's last row handed on: the beginning of a character.
    tails: HashMap<(FarSide, Direction), Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Direction {
    In,
    Out,
}

/// What a peer's rows told so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    /// The encoding of the last text that leaves no doubt.
    surely: Option<Charset>,
    /// The one in which the last doubtful text was read.
    perhaps: Option<Charset>,
}

impl Recognition {
    /// From the next row on, Chinese is likelier than not where nothing else tells.
    pub fn prefer_chinese(&mut self, prefers: bool) {
        self.prefers_chinese = prefers;
    }

    pub fn prefers_chinese(&self) -> bool {
        self.prefers_chinese
    }

    /// The encoding of a peer's text in this row, and in those after it until another is
    /// known.
    pub fn known(&self, row: u64, peer: Peer) -> Option<Charset> {
        let known = self.known_of(row, peer);
        known.surely.or(known.perhaps)
    }

    fn known_of(&self, row: u64, peer: Peer) -> Known {
        let changes = self.peers.get(&peer).map_or(&[][..], Vec::as_slice);
        let after = changes.partition_point(|(from, _)| *from <= row);
        let last = after.checked_sub(1).and_then(|at| changes.get(at));
        last.map_or_else(Known::default, |(_, known)| *known)
    }

    /// What is known of a peer besides the bytes of this row.
    pub fn context(&self, row: u64, record: &Record<'_>) -> ReadingContext {
        let peer = record.peer();
        let known = peer.map_or_else(Known::default, |peer| self.known_of(row, peer));
        let perhaps = known.perhaps.map(|charset| charset == Charset::Gb18030);
        ReadingContext {
            known: known.surely,
            in_stream: !record.arrival.is_datagram(),
            prefers_chinese: perhaps.unwrap_or(self.prefers_chinese),
        }
    }

    /// Takes in the rows of a chunk, the first of which has this number.
    pub fn learn_chunk(&mut self, first: u64, chunk: &Chunk) {
        if self.tails.is_empty() && chunk.columns().arena().is_ascii() {
            return;
        }
        let mut looked_at = 0;
        for at in 0..chunk.len() {
            if looked_at == LOOKED_AT {
                // What goes on from here is not known.
                self.tails.clear();
                return;
            }
            if let Some(record) = chunk.get(at) {
                looked_at += usize::from(!record.bytes().is_ascii());
                self.learn(first + at as u64, &record);
            }
        }
    }

    /// Takes in what a row tells of its peer.
    pub fn learn(&mut self, row: u64, record: &Record<'_>) {
        let is_sent = matches!(record.body, Body::Sent { .. });
        if is_sent || self.tails.is_empty() && record.bytes().is_ascii() {
            return;
        }
        self.read(row, record, None, !record.arrival.is_datagram());
    }

    /// How a row reads, and what it tells of its peer: in the encoding a person said, or in
    /// the one it is recognised to be in. `in_stream` says whether it is a part of a stream,
    /// of which all rows are read one after the other.
    pub fn read(
        &mut self,
        row: u64,
        record: &Record<'_>,
        said: Option<Charset>,
        in_stream: bool,
    ) -> Streamed {
        let by = |peer| FarSide {
            peer,
            connection: record.connection,
        };
        let (peer, direction) = match record.body {
            Body::Received { peer, .. } => (peer, Direction::In),
            Body::Sent { peer, .. } => (peer, Direction::Out),
            Body::Notice(notice) => {
                // A connection begins, perhaps from the same address, or is over.
                if let Notice::Joined { peer }
                | Notice::Connected { peer, .. }
                | Notice::Closed { peer, .. }
                | Notice::Reset { peer, .. }
                | Notice::PeerReset { peer, .. } = notice
                {
                    self.tails.remove(&(by(*peer), Direction::In));
                    self.tails.remove(&(by(*peer), Direction::Out));
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
            let read = joined::next(&mut tail, bytes, said, context, known_before);
            if !tail.is_empty() && self.tails.len() < STREAMS {
                self.tails.insert(key, tail);
            }
            read
        } else {
            let Recognised { reading, sure } = recognise(bytes, context);
            let said = said.filter(|_| !bytes.is_empty()).map(Reading::Text);
            (Streamed::alone(said.unwrap_or(reading)), Some(sure))
        };
        let tells = direction == Direction::In && said.is_none() && !bytes.is_ascii();
        if let (Reading::Text(charset), Some(sure)) = (streamed.reading, sure)
            && tells
        {
            self.note(row, peer, charset, sure);
        }
        streamed
    }

    fn note(&mut self, row: u64, peer: Peer, charset: Charset, sure: bool) {
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

    /// What is known by now, for rows that are numbered from 0 again.
    pub fn anew(&self) -> Self {
        self.before(u64::MAX)
    }

    /// What was known before this row, for rows from it on that are numbered from 0.
    pub fn before(&self, row: u64) -> Self {
        let last = |(peer, changes): (&Peer, &Vec<(u64, Known)>)| {
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
    use std::net::SocketAddr;
    use std::sync::Arc;

    const GBK: Charset = Charset::Gb18030;

    fn log_of(texts: &[&[u8]]) -> (Log, SocketAddr) {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        let arrival = Arrival {
            destination: Some(([127, 0, 0, 1].into(), 1)),
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
        // 茅 alone is é in UTF-8 too.
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
        // It is still known when the log was cleared.
        log.clear();
        assert_eq!(log.recognition().known(0, peer.into()), Some(GBK));
    }
}
