//! Situations of this machine's sockets, programs and interfaces.

mod addresses;
mod families;
mod interfaces;
mod limits;
mod one_address;
mod ports;
mod scene;
mod session;
#[cfg(test)]
mod tests;
mod waiting;
mod wrong_port;

use super::diagnosis::{Cure, Outcome};
use super::{Check, Situation};
use crate::engine::evidence::{Evidence, Unseen};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What was found, or why it could not be told.
type Answer = Result<Outcome, Unseen>;

fn outcome(answer: Answer) -> Outcome {
    answer.unwrap_or_else(Outcome::Unseen)
}

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::DescriptorLimit, |e| {
        outcome(limits::descriptors(e))
    }),
    (Situation::NotLocal, |e| outcome(addresses::not_local(e))),
    (Situation::TimeWait, |e| outcome(ports::time_wait(e))),
    (Situation::PortTaken, |e| outcome(ports::port_taken(e))),
    (Situation::PrivilegedPort, |e| outcome(ports::privileged(e))),
    (Situation::OtherNamespace, |e| {
        outcome(ports::other_namespace(e))
    }),
    (Situation::NotBound, |e| outcome(ports::not_bound(e))),
    (Situation::HiddenByFilter, |e| {
        outcome(session::hidden_by_filter(e))
    }),
    (Situation::InterfaceDown, |e| outcome(interfaces::down(e))),
    (Situation::NoCarrier, |e| outcome(interfaces::no_carrier(e))),
    (Situation::DuplicateAddress, |e| {
        outcome(interfaces::duplicate(e))
    }),
    (Situation::NoAddress, |e| outcome(interfaces::no_address(e))),
    (Situation::WrongMask, |e| outcome(interfaces::wrong_mask(e))),
    (Situation::LocalhostIsV6, |e| {
        outcome(families::localhost(e))
    }),
    (Situation::V6Only, |e| outcome(families::v6_only(e))),
    (Situation::V4AgainstV6, |e| {
        outcome(families::v4_against_v6(e))
    }),
    (Situation::LoopbackOnly, |e| {
        outcome(addresses::loopback_only(e))
    }),
    (Situation::OtherInterface, |e| {
        outcome(addresses::other_interface(e))
    }),
    (Situation::BoundToOneAddress, |e| {
        outcome(one_address::bound_to_one(e))
    }),
    (Situation::PortShared, |e| outcome(ports::port_shared(e))),
    (Situation::EphemeralExhausted, |e| {
        outcome(limits::ephemeral(e))
    }),
    (Situation::BacklogFull, |e| outcome(limits::backlog(e))),
    (Situation::MemoryLimit, |e| outcome(limits::memory(e))),
    (Situation::ReceiveOverflow, |e| {
        outcome(limits::receive_overflow(e))
    }),
    (Situation::WrongPort, |e| {
        outcome(wrong_port::gets_messages(e))
    }),
    (Situation::SimulatedNetwork, |e| {
        outcome(session::simulated(e))
    }),
    (Situation::ClockStep, |e| outcome(session::clock_step(e))),
    (Situation::SendRefused, |e| {
        outcome(session::send_refused(e))
    }),
];

/// What can be done with one click.
pub(super) fn cure(situation: Situation, evidence: &Evidence) -> Option<Cure> {
    let port = scene::session_port(evidence);
    let all = |ip: IpAddr| port.map(|port| Cure::BindTo(SocketAddr::new(ip, port)));
    match situation {
        // Its own settings say where it would be open.
        Situation::NotBound => {
            scene::session(evidence).filter(|session| !session.open)?;
            ports::free_address(evidence).map(Cure::BindTo)
        }
        Situation::PrivilegedPort => ports::allow(evidence).map(Cure::CopyCommand),
        Situation::PortTaken => ports::unseen_holder(evidence).map(Cure::CopyCommand),
        Situation::HiddenByFilter => Some(Cure::ClearFilter),
        Situation::SimulatedNetwork => Some(Cure::StopSimulation),
        Situation::LoopbackOnly | Situation::OtherInterface | Situation::BoundToOneAddress => {
            let is_ipv4 = scene::session_address(evidence)?.is_ipv4();
            all(match is_ipv4 {
                true => Ipv4Addr::UNSPECIFIED.into(),
                false => Ipv6Addr::UNSPECIFIED.into(),
            })
        }
        Situation::V6Only => all(Ipv4Addr::UNSPECIFIED.into()),
        Situation::LocalhostIsV6 | Situation::V4AgainstV6 => {
            families::listens_instead(evidence).map(Cure::SendTo)
        }
        _ => None,
    }
}
