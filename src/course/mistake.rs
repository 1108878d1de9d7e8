//! The mistakes that a program of a learner may have.

use crate::payload::charset::Charset;
use serde::{Deserialize, Serialize};

/// The name of a mistake, the same in results and exercises of every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MistakeName {
    AddressNotHere,
    AddressNotPair,
    BlocksInAccept,
    BoundToLoopback,
    BoundToWrongPort,
    BroadcastNotPermitted,
    ByteOrder,
    BytesNotDecoded,
    ChecksumByteOrder,
    /// The program computes another checksum, so that it refuses right messages.
    ChecksumComputed,
    ChecksumMissing,
    ChecksumNotChecked,
    /// Over the wrong bytes.
    ChecksumRange,
    ChecksumWrong,
    Crashed,
    /// A receive call took only a part of a datagram.
    CutReceive,
    DigitsAsText,
    ExitStatus,
    ExitedEarly,
    /// The end of a connection is not looked at.
    IgnoresEnd,
    LengthPrefix,
    Loops,
    NoHalfClose,
    NoLineEnd,
    NoRetry,
    NoTimeOut,
    NotBound,
    NotConnected,
    NotEnded,
    NotJoined,
    NotListening,
    NothingArrived,
    /// The program goes on, and has printed nothing.
    NothingPrinted,
    OneReadOneMessage,
    Other,
    PairOfRecvfrom,
    PeerGone,
    /// The bytes of the port are swapped, as without `htons`.
    PortByteOrder,
    PortInUse,
    PortNotNumber,
    PrintedOther,
    Refused,
    /// The text of a Python value, such as `b'…'`, instead of its content.
    Representation,
    TextNotEncoded,
    TimeOutNotHandled,
    WaitsForInput,
    WrongContent,
    WrongEncoding,
    WrongLineEnd,
    /// The bytes are right, but only the first ones of the message, or more than it has.
    WrongSize,
    /// The answer came from another socket than the one that received.
    WrongSource,
    WrongTarget,
    WrongTransport,
}

/// A mistake and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    pub name: MistakeName,
    pub evidence: Evidence,
}

/// What shows a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    None,
    /// Only these first bytes of a message of `of` bytes were received.
    Cut {
        received: usize,
        of: usize,
    },
    /// A message of `of` bytes was sent with this number of bytes.
    Size {
        bytes: usize,
        of: usize,
    },
    /// The port that the program has instead of `expected`.
    Port {
        port: u16,
        expected: u16,
    },
    /// The last line of an exception, and the line of the program that raised it; empty if it is
    /// not shown.
    Exception {
        text: String,
        line: String,
    },
    Encoding(Charset),
    /// The exit status; `None` after a signal.
    Status(Option<i32>),
}

impl From<MistakeName> for Mistake {
    fn from(name: MistakeName) -> Self {
        Self {
            name,
            evidence: Evidence::None,
        }
    }
}
