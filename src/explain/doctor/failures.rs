//! The entries that explain failed operations.

use super::Situation;
use crate::explain::{system, undelivered};
use crate::traffic::{Cause, Failure, Operation, Reach, UndeliveredReason};
use std::io::{self, ErrorKind};

impl Situation {
    /// The entry that says more about a failure, where one fits.
    pub fn of_failure(failure: &Failure) -> Option<Self> {
        match failure.cause {
            Cause::PortInUse { .. } | Cause::Excluded { .. } => Some(Self::PortTaken),
            Cause::Lingering { .. } => Some(Self::TimeWait),
            Cause::PortUnreachable { .. } => Some(Self::PortUnreachable),
            Cause::Undelivered { .. } if is_rejected_by_target(failure) => {
                Some(Self::RejectedOnWay)
            }
            Cause::Undelivered { reason, by, .. } => match reason {
                UndeliveredReason::NoHost => Some(Self::HostUnreachable),
                UndeliveredReason::Expired => Some(Self::TtlExceeded),
                // Another machine's rule is not this machine's, and its missing route neither.
                UndeliveredReason::Prohibited if by.is_some() => Some(Self::RejectedOnWay),
                UndeliveredReason::Prohibited => Some(Self::RejectOut),
                UndeliveredReason::NoRoute => by.is_none().then_some(Self::NoRoute),
                UndeliveredReason::Other => None,
            },
            Cause::OutOfDescriptors { .. } => Some(Self::DescriptorLimit),
            Cause::Dropped { .. } => Some(Self::ReceiveOverflow),
            Cause::NoRoute { reach, .. } => match reach {
                Reach::Beyond => Some(Self::LoopbackOnly),
                Reach::OtherVersion => Some(Self::V4AgainstV6),
                Reach::Broadcast | Reach::Multicast => None,
            },
            Cause::NoAddressOfFamily { .. } => Some(Self::V4AgainstV6),
            Cause::PeerFinished => Some(Self::PeerHalfCloses),
            Cause::TimedOut { .. } if failure.operation == Operation::Connect => {
                Some(Self::ConnectUnanswered)
            }
            Cause::System { code } => of_system(failure.operation, code),
            _ => None,
        }
    }
}

/// Whether the target itself reports that it cannot be reached.
fn is_rejected_by_target(failure: &Failure) -> bool {
    let target = system::ip_of(&failure.address);
    target.is_some_and(|target| undelivered::is_of(target, &failure.cause))
}

/// The entry for an error of the system (errno(3)).
fn of_system(operation: Operation, code: i32) -> Option<Situation> {
    /// EPERM: on Linux, a rule of the output drops it (netfilter; sendto(2) has no other use of it).
    const NOT_PERMITTED: i32 = 1;
    let sends = matches!(operation, Operation::Send | Operation::Connect);
    match io::Error::from_raw_os_error(code).kind() {
        _ if !sends => None,
        ErrorKind::PermissionDenied if cfg!(target_os = "linux") && code == NOT_PERMITTED => {
            Some(Situation::DropOut)
        }
        ErrorKind::ConnectionRefused => Some(Situation::NobodyListens),
        ErrorKind::NetworkUnreachable => Some(Situation::NoRoute),
        ErrorKind::HostUnreachable => Some(Situation::HostUnreachable),
        ErrorKind::ConnectionReset => Some(Situation::PeerResets),
        ErrorKind::TimedOut if operation == Operation::Connect => {
            Some(Situation::ConnectUnanswered)
        }
        ErrorKind::AddrNotAvailable if operation == Operation::Connect => {
            Some(Situation::EphemeralExhausted)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(operation: Operation, cause: Cause) -> Option<Situation> {
        Situation::of_failure(&Failure {
            operation,
            address: "10.0.0.9:7".into(),
            cause,
        })
    }

    #[test]
    fn a_rule_or_a_route_of_another_machine_is_not_ours() {
        let cause = |reason, by: Option<[u8; 4]>| Cause::Undelivered {
            reason,
            by: by.map(Into::into),
            code: 113,
        };
        let of = |reason, by| of(Operation::Send, cause(reason, by));
        let router = Some([10, 0, 0, 1]);
        assert_eq!(
            of(UndeliveredReason::Prohibited, router),
            Some(Situation::RejectedOnWay)
        );
        assert_eq!(
            of(UndeliveredReason::Prohibited, None),
            Some(Situation::RejectOut)
        );
        assert_eq!(
            of(UndeliveredReason::NoHost, router),
            Some(Situation::HostUnreachable)
        );
        assert_eq!(of(UndeliveredReason::NoRoute, router), None);
        let target = Some([10, 0, 0, 9]);
        for reason in [UndeliveredReason::NoHost, UndeliveredReason::NoRoute] {
            assert_eq!(of(reason, target), Some(Situation::RejectedOnWay));
        }
        assert_eq!(
            of(UndeliveredReason::Expired, target),
            Some(Situation::TtlExceeded)
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn errors_of_the_system_are_read_for_sending_alone() {
        let system = |operation, code| of(operation, Cause::System { code });
        for (code, situation) in [
            (1, Situation::DropOut),
            (101, Situation::NoRoute),
            (111, Situation::NobodyListens),
            (113, Situation::HostUnreachable),
        ] {
            assert_eq!(system(Operation::Connect, code), Some(situation));
            assert_eq!(system(Operation::Record, code), None, "{code}");
        }
        assert_eq!(system(Operation::Send, 13), None);
    }

    #[test]
    fn a_failure_without_an_entry_has_no_link() {
        assert_eq!(of(Operation::Record, Cause::NoFile), None);
        let timed_out = Cause::TimedOut { millis: 5_000 };
        assert_eq!(of(Operation::Resolve, timed_out.clone()), None);
        let unanswered = Some(Situation::ConnectUnanswered);
        assert_eq!(of(Operation::Connect, timed_out), unanswered);
    }
}
