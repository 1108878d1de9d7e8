//! Both directions of a session, and the seed that decides for them.

use super::{DatagramPlan, PlanMistake, StreamPlan};
use serde::{Deserialize, Serialize};

/// What is done to what a session sends and to what it receives. Datagrams are subject to
/// one plan, TCP connections to the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    pub seed: u64,
    pub outgoing: Direction,
    pub incoming: Direction,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Direction {
    pub datagrams: DatagramPlan,
    pub stream: StreamPlan,
}

impl Conditions {
    /// Whether they change nothing.
    pub fn is_nothing(&self) -> bool {
        let directions = [&self.outgoing, &self.incoming];
        let nothing = |way: &&Direction| way.datagrams.is_nothing() && way.stream.is_nothing();
        directions.iter().all(nothing)
    }

    /// # Errors
    /// The first number that cannot be meant.
    pub fn check(&self) -> Result<(), PlanMistake> {
        for direction in [&self.outgoing, &self.incoming] {
            direction.datagrams.check()?;
            direction.stream.check()?;
        }
        Ok(())
    }
}
