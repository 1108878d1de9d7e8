//! Answers of well-known protocols, so that a client under test meets a server that knows
//! its language. Each is a function of the request, the time, and what was written before;
//! what is not a request of its protocol has no answer.

pub mod dns;
pub mod modbus;
pub mod ntp;
pub mod tftp;

/// Two bytes from `at` on, the high one first.
fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let (word, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_be_bytes(*word))
}
