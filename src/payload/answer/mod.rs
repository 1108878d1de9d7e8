//! Answers of well-known protocols (DNS, Modbus, NTP, TFTP), so that a client under test meets
//! a server that speaks its protocol. Each answer is a function of the request, the time and
//! the values written before. Anything but a request of the protocol gets no answer, and a
//! [`Silence`] says why.

pub mod dns;
pub mod modbus;
pub mod ntp;
pub mod tftp;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The replies to one datagram or one read of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// The answers to its requests, one after the other; `None` if there is no answer.
    pub bytes: Option<Arc<[u8]>>,
    /// Why all of it, or a part, gets no answer.
    pub silence: Option<Silence>,
}

/// Why a request gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Silence {
    /// The sender is an unnamed Unix socket, so nothing can be sent to it (unix(7)).
    Nameless,
    /// It is not a request of the protocol.
    NotARequest,
    /// It is itself an answer, or an error report.
    IsAnswer,
    /// The end of a request is missing.
    Partial,
    /// The CRC of a Modbus RTU frame does not match.
    Damaged,
    /// A Modbus RTU broadcast: it is carried out, but never answered.
    Broadcast,
    /// A Modbus RTU request to another unit.
    OtherUnit,
    /// The last block of a file was acknowledged, which ends a TFTP transfer.
    Transferred,
    /// The acknowledged block does not exist in the file.
    NoSuchBlock,
}

impl Replies {
    fn new(bytes: Vec<u8>, silence: Option<Silence>) -> Self {
        Self {
            bytes: (!bytes.is_empty()).then(|| bytes.into()),
            silence,
        }
    }
}

impl From<Arc<[u8]>> for Replies {
    /// Exactly these bytes, even if there are none.
    fn from(bytes: Arc<[u8]>) -> Self {
        Self {
            bytes: Some(bytes),
            silence: None,
        }
    }
}

impl From<Result<Vec<u8>, Silence>> for Replies {
    fn from(answer: Result<Vec<u8>, Silence>) -> Self {
        match answer {
            Ok(bytes) => Self::new(bytes, None),
            Err(silence) => Self::new(Vec::new(), Some(silence)),
        }
    }
}

/// The big-endian 16-bit number at offset `at`; `None` beyond the end.
fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let (word, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_be_bytes(*word))
}
