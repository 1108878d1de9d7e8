//! Answers of well-known protocols, so that a client under test meets a server that knows
//! its language. Each is a function of the request, the time, and what was written before;
//! what is not a request of its protocol has no answer, and a [`Silence`] says why.

pub mod dns;
pub mod modbus;
pub mod ntp;
pub mod tftp;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is said to something received: a datagram, or one read of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// The answers to the requests in it, one behind the other; `None` without any.
    pub bytes: Option<Arc<[u8]>>,
    /// Why all of it, or a part, has none.
    pub silence: Option<Silence>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Silence {
    /// Who sent it has no name, and nobody can send to it.
    Nameless,
    /// It is no request of the protocol.
    NotARequest,
    /// It is itself an answer, or tells of an error.
    IsAnswer,
    /// The end of a request is missing.
    Partial,
    /// The CRC of a Modbus RTU frame does not match.
    Damaged,
    /// A request to all units of Modbus RTU, which was carried out.
    Broadcast,
    /// A request to another unit of Modbus RTU.
    OtherUnit,
    /// The last block of a file was acknowledged: TFTP ends so.
    Transferred,
    /// A block was acknowledged that is none of the file's.
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
    /// Exactly these bytes, which may be none.
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

/// Two bytes from `at` on, the high one first.
fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let (word, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_be_bytes(*word))
}
