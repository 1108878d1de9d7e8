//! What no program is written for.

/// Why there is no program for a session, or none in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// The session has a Unix socket.
    UnixSocket,
    /// Neither side has a port that is known before the session opens.
    NoPort,
    /// The session sends to a multicast group.
    Group,
    /// The framing is HTTP, NMEA 0183, that of modems, or an idle gap.
    Framing,
    /// Line ends in UTF-16: a byte of a character may be the end of a line.
    WideLines,
    /// A checksum in messages that end with a delimiter: the check value may contain it.
    DelimitedChecksum,
    /// The checksum covers only a part of the message, or its register is reflected once.
    Checksum,
    /// A message of fixed length or a header is longer than [`Self::LONGEST_PART`].
    LongPart,
    /// No message fits the framing, the checksum and the line ending together.
    NoMessage,
    /// The bytes of the row are no messages that the program could make.
    Row,
    /// The messages are longer than [`Self::LONGEST_SAMPLE`] altogether.
    LongRow,
    /// A shell cannot check checksums or cut messages by their length.
    ShellDecoding,
    /// The ESP32 program is for IPv4 alone.
    BoardAddress,
}

impl Unsupported {
    /// All reasons, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::UnixSocket,
        Self::NoPort,
        Self::Group,
        Self::Framing,
        Self::WideLines,
        Self::DelimitedChecksum,
        Self::Checksum,
        Self::LongPart,
        Self::NoMessage,
        Self::Row,
        Self::LongRow,
        Self::ShellDecoding,
        Self::BoardAddress,
    ];

    /// The longest header and message of fixed length, in bytes.
    pub const LONGEST_PART: u32 = 512;
    /// The longest messages that are written into a program, in bytes.
    pub const LONGEST_SAMPLE: usize = 4000;
}
