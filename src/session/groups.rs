//! The multicast groups of a session: joined, and not joined.

use super::Session;
use crate::config::session::NamedGroup;
use crate::traffic::{Cause, Failure, Notice, Operation};
use std::io::{Error, ErrorKind};

/// The groups of the current socket, as its rows tell.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) joined: Vec<NamedGroup>,
    answered: usize,
    not_joined: Option<Failure>,
}

impl Groups {
    pub(super) fn observe(&mut self, notice: &Notice) {
        match notice {
            Notice::GroupJoined { group, interface } => {
                self.answered += 1;
                self.joined.push(NamedGroup {
                    group: *group,
                    interface: interface.clone(),
                });
            }
            Notice::GroupLeft { group, interface } => {
                let left = (group, interface);
                self.joined
                    .retain(|joined| (&joined.group, &joined.interface) != left);
            }
            Notice::Failed(failure) if failure.operation == Operation::JoinGroup => {
                self.answered += 1;
                if !is_member(&failure.cause) {
                    self.not_joined.get_or_insert_with(|| failure.clone());
                }
            }
            _ => {}
        }
    }
}

impl Session {
    /// The multicast groups joined.
    pub fn groups(&self) -> &[NamedGroup] {
        &self.groups.joined
    }

    /// The number of requests to join a group that were answered, with either result.
    pub fn groups_answered(&self) -> usize {
        self.groups.answered
    }

    /// The first failure to join a group since the session was to open; it stays after the end.
    pub fn not_joined(&self) -> Option<&Failure> {
        self.groups.not_joined.as_ref()
    }
}

/// Whether a failure to join says that the socket is a member already (ip(7): EADDRINUSE).
fn is_member(cause: &Cause) -> bool {
    let code = cause.code();
    code.is_some_and(|code| Error::from_raw_os_error(code).kind() == ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined() -> Notice {
        Notice::GroupJoined {
            group: [239, 1, 1, 1].into(),
            interface: String::new(),
        }
    }

    fn refused(address: &str, cause: Cause) -> Notice {
        Notice::Failed(Failure {
            operation: Operation::JoinGroup,
            address: address.into(),
            cause,
        })
    }

    #[test]
    fn the_first_group_that_was_not_joined_is_kept() {
        let mut groups = Groups::default();
        let gone = || Cause::InterfaceGone {
            interface: "999999".into(),
        };
        groups.observe(&joined());
        groups.observe(&refused("239.1.1.2", gone()));
        groups.observe(&refused("239.1.1.3", gone()));
        assert_eq!((groups.joined.len(), groups.answered), (1, 3));
        assert_eq!(groups.not_joined.unwrap().address, "239.1.1.2");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_group_that_is_joined_twice_is_joined() {
        let mut groups = Groups::default();
        groups.observe(&joined());
        // EADDRINUSE (errno(3)).
        groups.observe(&refused("239.1.1.1", Cause::System { code: 98 }));
        assert_eq!((groups.not_joined, groups.answered), (None, 2));
    }

    #[test]
    fn a_group_that_is_left_is_not_joined_and_no_failure() {
        let mut groups = Groups::default();
        groups.observe(&joined());
        groups.observe(&Notice::GroupLeft {
            group: [239, 1, 1, 1].into(),
            interface: String::new(),
        });
        assert_eq!((groups.joined.len(), groups.not_joined), (0, None));
    }
}
