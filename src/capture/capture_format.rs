//! The names of the formats of capture files; [`mod@super::format`] has the properties of each.

use serde::{Deserialize, Serialize};

/// A format of capture files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CaptureFormat {
    /// The log of well-known network assistants: a header line for each record, and its payload.
    Classic,
    /// A table for spreadsheets (RFC 4180), in UTF-8 with a byte order mark.
    Csv,
    /// One JSON object a line. Import restores the identical records.
    JsonLines,
    /// Offsets, hexadecimal and ASCII, sixteen bytes a line.
    HexDump,
    #[default]
    /// The format of Wireshark: payloads in synthetic IP packets with the real addresses.
    Pcapng,
    /// The older format of `tcpdump`, which is only read.
    Pcap,
    /// A scenario: the rows as steps that send and expect them. It is no capture and is only
    /// written, and not recorded.
    Scenario,
}

impl CaptureFormat {
    /// All formats, in the order of choices, and of detection when a file is read.
    pub const ALL: [Self; 7] = [
        Self::Pcapng,
        Self::Pcap,
        Self::JsonLines,
        Self::Csv,
        Self::Classic,
        Self::HexDump,
        Self::Scenario,
    ];
}
