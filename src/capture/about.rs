//! What the records of a file do not say themselves.

use crate::peer::Peer;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Describe, Upstreams};
use jiff::tz::TimeZone;

/// What the records do not say themselves: the state at the first of them.
#[derive(Clone)]
pub struct About {
    /// Our own address, where it is known.
    pub local: Option<Peer>,
    /// Whether payloads are reads and writes of a stream, not datagrams. A recording may
    /// begin before that is known: notices tell.
    pub tcp: bool,
    /// From where a relay speaks to its target.
    pub upstreams: Upstreams,
    /// In which times of day are given; JSON lines and pcapng are in UTC.
    pub zone: TimeZone,
    /// Words a notice.
    pub describe: Describe,
    /// How payloads read as text.
    pub reader: StreamTextReader,
    /// Bytes that the file holds already, which what is written follows.
    pub before: u64,
}
