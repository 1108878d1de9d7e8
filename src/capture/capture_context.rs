//! The data of a capture file that its records do not contain.

use super::KnownSession;
use super::fields::CaptureFields;
use crate::peer::Peer;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Describe, Upstreams};
use jiff::tz::TimeZone;

/// The session's state at the first record, which the records do not contain.
#[derive(Clone)]
pub struct CaptureContext {
    /// Our own address, where it is known.
    pub local: Option<Peer>,
    /// Whether payloads are reads and writes of a stream, not datagrams. Notices update it, since a
    /// recording may begin before it is known.
    pub is_stream: bool,
    /// The addresses of a relay's upstream sockets.
    pub upstreams: Upstreams,
    /// The time zone of times of day. JSON lines and pcapng are in UTC.
    pub zone: TimeZone,
    /// Turns a notice into a message.
    pub describe: Describe,
    /// Decodes payloads as text.
    pub reader: StreamTextReader,
    /// Reads messages into fields.
    pub fields: Option<CaptureFields>,
    /// The settings of the session, for a scenario.
    pub session: KnownSession,
    /// The length of the existing file that is appended to, in bytes.
    pub before: u64,
}
