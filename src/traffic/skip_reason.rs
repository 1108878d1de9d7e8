//! Why a packet or a line of a capture file was skipped.

use serde::{Deserialize, Serialize};

/// The reason why a packet was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SkipReason {
    /// Address resolution (RFC 826).
    Arp,
    Icmp,
    /// Another IP protocol, by its number (IANA protocol numbers).
    Protocol(u8),
    /// Not IP: the EtherType.
    Ethernet(u16),
    /// An unsupported link type, by its number (tcpdump's LINKTYPE list).
    Link(u32),
    /// A fragment of a packet whose other fragments are missing.
    Fragment,
    /// A truncated fragment, or one of a packet with a truncated fragment.
    CutFragment,
    /// A fragment that is the same as a part of its packet that came before.
    RepeatedFragment,
    /// The capture is truncated before the headers end.
    Cut,
    /// The headers are inconsistent.
    Malformed,
    /// A TCP segment whose data and flags came before.
    Retransmitted,
    /// The first of several consecutive lines that are no records, counted from 1; their number
    /// is the count of this reason. 0 stands for all further lines.
    Line(u64),
}
