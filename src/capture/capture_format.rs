//! The names of the formats of capture files; [`mod@super::format`] says what each can do.

use serde::{Deserialize, Serialize};

/// A format of capture files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CaptureFormat {
    /// What the well-known assistants write: a line for each record, its payload below.
    Classic,
    /// A table for spreadsheets (RFC 4180), in UTF-8 with a byte order mark.
    Csv,
    /// One JSON object a line: comes back whole.
    JsonLines,
    /// Offsets, hexadecimal and ASCII, sixteen bytes a line.
    HexDump,
    #[default]
    /// For Wireshark: the payloads in made-up IP packets with the true addresses.
    Pcapng,
    /// The older format of `tcpdump`, which is only read.
    Pcap,
}

impl CaptureFormat {
    /// All of them, in the order in which they are offered, and in which a file to be read is
    /// taken for one of them.
    pub const ALL: [Self; 6] = [
        Self::Pcapng,
        Self::Pcap,
        Self::JsonLines,
        Self::Csv,
        Self::Classic,
        Self::HexDump,
    ];
}
