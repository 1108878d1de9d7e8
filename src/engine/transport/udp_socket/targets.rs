//! The destinations of a socket, as far as an error without an address needs them: outside Linux,
//! the error of an earlier datagram names none.

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
}
