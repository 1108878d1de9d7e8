//! The destinations of a socket, as far as an error without an address needs them: outside Linux,
//! the error of an earlier datagram names none.

use crate::engine::sys::endpoint::canonical;
use std::net::SocketAddr;

/// The destinations of all datagrams of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Targets {
    #[default]
    None,
    One(SocketAddr),
    Many,
}

impl Targets {
    pub fn observe(&mut self, to: SocketAddr) {
        *self = match *self {
            Self::None => Self::One(to),
            Self::One(only) if only == to => *self,
            Self::One(_) | Self::Many => Self::Many,
        };
    }

    /// Whether a datagram may have gone to this destination.
    pub fn may_include(self, to: SocketAddr) -> bool {
        match self {
            Self::None => false,
            Self::One(only) => canonical(only) == canonical(to),
            Self::Many => true,
        }
    }

    /// The destination, if there was only one.
    pub fn only(self) -> Option<SocketAddr> {
        match self {
            Self::One(only) => Some(only),
            Self::None | Self::Many => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_known_while_it_is_the_only_one() {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut targets = Targets::default();
        let mut only = |port| {
            targets.observe(address(port));
            targets.only().map(|only| only.port())
        };
        assert_eq!(
            [only(1), only(1), only(2), only(1)],
            [Some(1), Some(1), None, None]
        );
        assert_eq!(Targets::None.only(), None);
    }

    #[test]
    fn no_destination_is_excluded_where_there_were_many() {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut targets = Targets::default();
        assert!(!targets.may_include(address(1)));
        targets.observe(address(1));
        let mapped = "[::ffff:127.0.0.1]:1".parse().unwrap();
        assert!(targets.may_include(mapped) && !targets.may_include(address(2)));
        targets.observe(address(3));
        assert!(targets.may_include(address(2)));
    }
}
