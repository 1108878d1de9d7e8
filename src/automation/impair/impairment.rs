//! The impairments of both directions of a session, and their seed.

use super::{DatagramPlan, PlanMistake, StreamPlan};
use serde::{Deserialize, Serialize};

/// The simulated network of a session's traffic. Datagrams are subject to one plan of a direction,
/// TCP connections to the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[serde(rename = "Conditions")]
pub struct Impairment {
    pub seed: u64,
    pub outgoing: DirectionPlan,
    pub incoming: DirectionPlan,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[serde(rename = "Direction")]
pub struct DirectionPlan {
    pub datagrams: DatagramPlan,
    pub stream: StreamPlan,
}

impl Impairment {
    /// Whether they change nothing.
    pub fn is_nothing(&self) -> bool {
        let directions = [&self.outgoing, &self.incoming];
        let nothing = |way: &&DirectionPlan| way.datagrams.is_nothing() && way.stream.is_nothing();
        directions.iter().all(nothing)
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first number that is out of range.
    pub fn check(&self) -> Result<(), PlanMistake> {
        for direction in [&self.outgoing, &self.incoming] {
            direction.datagrams.check()?;
            direction.stream.check()?;
        }
        Ok(())
    }
}
