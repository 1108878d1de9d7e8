//! Limits on automatic replies.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The usual limits on replies a second to other networks: in all, and to one peer.
const USUAL: (u32, u32) = (100, 10);
/// The usual limits to this machine and the local network, in replies a second. Programs under
/// test ask there as often as they like, and a forged address reaches nobody outside the local network.
pub const ON_LINK_RATE: u32 = 100_000;

/// The limits on automatic replies. The usual limits suit a person who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Replies a second: in all, and to one peer.
    #[serde(skip_serializing_if = "ReplyRate::is_usual")]
    pub per_second: ReplyRate,
    #[serde(skip_serializing_if = "ReplyRate::is_usual")]
    pub per_peer: ReplyRate,
    /// Allows UDP replies of more than three times the request's length to other machines.
    pub larger: bool,
    /// Allows replies to other sessions of this program.
    pub own: bool,
    /// Pauses a rule that only talks with itself, or with another program that answers
    /// everything.
    pub breaker: bool,
}

/// A limit in replies a second. In a file, `None` is no limit, and a missing field is the usual
/// limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplyRate {
    /// Low to other networks, high to this machine and the local network.
    #[default]
    Usual,
    Unlimited,
    /// The same limit for every network.
    AtMost(u32),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: ReplyRate::Usual,
            per_peer: ReplyRate::Usual,
            larger: false,
            own: false,
            breaker: true,
        }
    }
}

impl Limits {
    /// No limits at all, for measurements.
    pub fn none() -> Self {
        Self {
            per_second: ReplyRate::Unlimited,
            per_peer: ReplyRate::Unlimited,
            larger: true,
            own: true,
            breaker: false,
        }
    }

    /// Replies a second to all peers together, `on_link` or not; `None` is no limit.
    pub fn to_all(&self, on_link: bool) -> Option<u32> {
        self.per_second
            .of(if on_link { ON_LINK_RATE } else { USUAL.0 })
    }

    /// Replies a second to one peer, `on_link` or not; `None` is no limit.
    pub fn to_peer(&self, on_link: bool) -> Option<u32> {
        self.per_peer
            .of(if on_link { ON_LINK_RATE } else { USUAL.1 })
    }
}

impl ReplyRate {
    fn of(self, usual: u32) -> Option<u32> {
        match self {
            Self::Usual => Some(usual),
            Self::Unlimited => None,
            Self::AtMost(rate) => Some(rate),
        }
    }

    pub fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

impl From<Option<u32>> for ReplyRate {
    /// `None` is no limit.
    fn from(most: Option<u32>) -> Self {
        most.map_or(Self::Unlimited, Self::AtMost)
    }
}

impl Serialize for ReplyRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtMost(rate) => serializer.serialize_some(rate),
            Self::Usual | Self::Unlimited => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for ReplyRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<u32>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_comes_back_from_a_file_and_what_is_left_out_is_usual() {
        for (rate, text) in [
            (ReplyRate::Usual, "(larger:false,own:false,breaker:true)"),
            (
                ReplyRate::Unlimited,
                "(per_peer:None,larger:false,own:false,breaker:true)",
            ),
            (
                ReplyRate::AtMost(7),
                "(per_peer:Some(7),larger:false,own:false,breaker:true)",
            ),
        ] {
            let limits = Limits {
                per_peer: rate,
                ..Limits::default()
            };
            assert_eq!(ron::to_string(&limits).unwrap(), text);
            assert_eq!(ron::from_str::<Limits>(text).unwrap(), limits);
        }
    }

    #[test]
    fn on_link_peers_get_far_more_unless_a_number_is_given() {
        let usual = Limits::default();
        assert_eq!(
            (usual.to_all(false), usual.to_peer(false)),
            (Some(100), Some(10))
        );
        assert_eq!(usual.to_peer(true), Some(ON_LINK_RATE));
        let three = Limits {
            per_peer: ReplyRate::AtMost(3),
            ..usual
        };
        assert_eq!(
            (three.to_peer(true), three.to_peer(false)),
            (Some(3), Some(3))
        );
    }
}
