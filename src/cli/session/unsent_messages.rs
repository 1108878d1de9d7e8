//! Messages that a notice reports as not sent.

use crate::traffic::{Cause, Failure, NameProblem, Notice, Operation};

/// The number of messages that a notice reports as not sent. A datagram refused by ICMP was sent.
pub fn unsent_messages(notice: &Notice) -> u64 {
    match notice {
        Notice::Failed(Failure {
            operation: Operation::Send,
            cause: Cause::LeftOut { messages, .. },
            ..
        }) => *messages,
        Notice::Unbound { unsent, .. } => *unsent as u64,
        Notice::Failed(Failure {
            operation: Operation::Send,
            cause,
            ..
        }) => {
            let full = NameProblem::Full;
            let is_kept = matches!(cause, Cause::Name { problem, .. } if *problem == full);
            u64::from(!cause.is_of_sent() && !is_kept)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_that_a_full_queue_refused_is_unsent() {
        let refused = |cause| {
            unsent_messages(&Notice::Failed(Failure {
                operation: Operation::Send,
                address: String::new(),
                cause,
            }))
        };
        let (length, limit) = (5, 4);
        let (messages, bytes) = (7, 35);
        assert_eq!(refused(Cause::QueueFull { length, limit }), 1);
        assert_eq!(refused(Cause::LeftOut { messages, bytes }), 7);
        // It was sent, and lost on its way.
        let (mtu, ipv6, code) = (1_300, false, 90);
        assert_eq!(refused(Cause::TooBig { mtu, ipv6, code }), 0);
    }
}
