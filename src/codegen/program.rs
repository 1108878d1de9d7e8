//! What a program for the other side has to do.

use super::address::PeerAddresses;
use super::sample::PeerSample;
use super::wire::Wire;
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use crate::traffic::framing::Framing;

/// What a program needs to talk to a session.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerProgram {
    pub(super) addresses: PeerAddresses,
    /// The framing of what the program reads: that of what the session sends.
    pub(super) received: Option<Framing>,
    /// The framing of what the program sends.
    pub(super) sent: Option<Framing>,
    pub(super) charset: Charset,
    /// The bytes behind each message, before its delimiter.
    pub(super) ending: Vec<u8>,
    /// Whether lines end with CRLF.
    pub(super) is_crlf: bool,
    pub(super) checksum: Option<Checksum>,
    /// The messages that the program sends: without checksum, line ending and framing.
    pub(super) samples: Vec<PeerSample>,
    /// The command line of the session.
    pub(super) command: String,
}

impl PeerProgram {
    pub(super) fn is_ipv6(&self) -> bool {
        let address = self.addresses.session.or(self.addresses.own);
        address.is_some_and(|address| address.is_ipv6())
    }

    /// Whether this holds for the framing of a direction.
    pub(super) fn any_framing(&self, holds: impl Fn(&Framing) -> bool) -> bool {
        [&self.received, &self.sent]
            .into_iter()
            .flatten()
            .any(holds)
    }

    /// How messages of a direction look on the wire.
    pub(super) fn wire<'a>(&'a self, framing: Option<&'a Framing>) -> Wire<'a> {
        Wire {
            framing,
            // The line ending is the delimiter of lines.
            ending: match framing {
                Some(Framing::Lines) => &[],
                _ => &self.ending,
            },
            is_crlf: self.is_crlf,
            checksum: self.checksum.as_ref(),
        }
    }
}
