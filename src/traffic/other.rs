//! Why a part of a file that was read is no record.

use serde::{Deserialize, Serialize};

/// Why a packet is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Other {
    /// Address resolution.
    Arp,
    Icmp,
    /// Another protocol in IP, by its number.
    Protocol(u8),
    /// No IP: an EtherType.
    Ethernet(u16),
    /// A link this program cannot read, by its number.
    Link(u32),
    /// A fragment of a packet whose other fragments are not there.
    Fragment,
    /// The capture ends before the packet's headers do.
    Cut,
    /// The headers contradict themselves.
    Malformed,
    /// In a file of lines: this one is no record, counted from 1, and so are as many behind it
    /// as there are of this reason less one; 0 are any further ones.
    Line(u64),
}
