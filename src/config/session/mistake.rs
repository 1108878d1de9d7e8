//! What is wrong with a session as it is written, as facts.

use crate::automation::impair::PlanMistake;
use crate::automation::rules::RuleMistake;
use crate::traffic::framing::FramingMistake;

/// A field that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMistake {
    pub field: Field,
    pub problem: ConfigProblem,
}

/// A field of [`SessionConfig`](super::SessionConfig) that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Version,
    Local,
    Remote,
    Target,
    Reconnect,
    Groups,
    Rules,
    Conditions,
    Framing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigProblem {
    /// Written by a later version of the program.
    Newer,
    /// Sessions of this kind need it.
    Missing,
    /// Sessions of this kind have none.
    Foreign,
    /// An IP address where the name of a Unix socket is needed.
    NotName,
    /// The name of a Unix socket where an IP address is needed.
    NotAddress,
    NotGroup,
    /// Less than a millisecond.
    TooShort,
    Rule(RuleMistake),
    Plan(PlanMistake),
    Framing(FramingMistake),
}

impl Field {
    /// Its name in a file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Local => "local",
            Self::Remote => "remote",
            Self::Target => "target",
            Self::Reconnect => "reconnect",
            Self::Groups => "groups",
            Self::Rules => "rules",
            Self::Conditions => "conditions",
            Self::Framing => "framing",
        }
    }
}
