//! The commands a worker gets as a session begins.

use super::{MulticastGroup, SessionConfig};
use crate::engine::{Command, GroupCommand, Rulebook, SessionCommand};
use std::sync::Arc;

impl SessionConfig {
    /// The groups to join, the simulated network, the framing, and the rules to follow.
    pub(super) fn commands(&self, book: Option<Arc<Rulebook>>) -> Vec<Command> {
        let join = |&MulticastGroup { group, interface }: &MulticastGroup| {
            Command::from(GroupCommand::Join { group, interface })
        };
        let groups = self.groups.iter().map(join);
        let conditions = self.conditions.clone().map(Arc::new);
        let impair = conditions.map(|conditions| SessionCommand::Impair(Some(conditions)));
        let framing = self.session_framing();
        let frame = (!framing.is_none()).then(|| SessionCommand::Frame(framing));
        let follow = book.map(|book| SessionCommand::Follow(Some(book)));
        let commands = impair.into_iter().chain(frame).chain(follow);
        let commands = commands.map(Command::from);
        groups.chain(commands).collect()
    }
}
