//! The ports of a dissector.

/// A port whose messages the dissector takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DissectorPort {
    pub udp: bool,
    pub tcp: bool,
    pub number: u16,
}
