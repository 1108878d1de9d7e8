//! The errors of a written session, as facts.

use super::SessionField;
use crate::automation::impair::PlanMistake;
use crate::config::ValueMistake;
use crate::traffic::framing::FramingMistake;

/// A field that cannot be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigMistake {
    pub field: SessionField,
    pub problem: ConfigProblem,
}

#[derive(Clone, Debug, PartialEq)]
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
    /// An IPv6 group, and a local address of IPv4.
    GroupVersion,
    /// Less than a millisecond.
    TooShort,
    /// The first rule that cannot be followed.
    Rule(ValueMistake),
    Plan(PlanMistake),
    Framing(FramingMistake),
}
