//! What a worker is told as a session begins.

use super::{Group, SessionConfig};
use crate::config::{ValueMistake, answers};
use crate::engine::{Command, GroupCommand, SessionCommand};
use std::sync::Arc;

impl SessionConfig {
    /// The groups to join, the simulated network, and the rules to follow.
    ///
    /// # Errors
    /// [`ValueMistake::Rule`] for the first rule that cannot be followed.
    pub fn orders(&self) -> Result<Vec<Command>, ValueMistake> {
        let join = |&Group { group, interface }: &Group| {
            Command::from(GroupCommand::Join { group, interface })
        };
        let mut orders: Vec<Command> = self.groups.iter().map(join).collect();
        if let Some(conditions) = &self.conditions {
            let conditions = Arc::new(conditions.clone());
            orders.push(SessionCommand::Impair(Some(conditions)).into());
        }
        if !self.rules.is_empty() {
            let book = answers::book(&self.rules, self.limits, self.charset)?;
            orders.push(SessionCommand::Follow(Some(book)).into());
        }
        Ok(orders)
    }
}
