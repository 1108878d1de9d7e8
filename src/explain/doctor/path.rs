//! Situations of the way to the target.

mod broadcast;
mod by_hand;
mod checksums;
mod groups;
mod icmp;
mod next_hop;
mod same_network;
mod scene;
mod sizes;
mod source;
#[cfg(test)]
mod tests;

use super::diagnosis::Cure;
use super::{Check, Situation};
use crate::engine::evidence::Evidence;

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::MulticastScope, groups::scope),
    (Situation::MulticastTtl, groups::ttl),
    (Situation::BroadcastDenied, broadcast::denied),
    (Situation::BroadcastAddress, broadcast::address),
    (Situation::NoRoute, next_hop::no_route),
    (Situation::WrongGateway, next_hop::wrong_gateway),
    (Situation::GatewayDead, next_hop::gateway_dead),
    (Situation::DuplicateIp, next_hop::duplicate_ip),
    (Situation::SameNetwork, same_network::has_two),
    (Situation::HostUnreachable, next_hop::host_unreachable),
    (Situation::ClientIsolation, next_hop::client_isolation),
    (Situation::TtlExceeded, icmp::ttl_exceeded),
    (Situation::RejectedOnWay, icmp::rejected),
    (Situation::PortUnreachable, icmp::port_unreachable),
    (Situation::IcmpRateLimit, icmp::rate_limit),
    (Situation::MtuHole, sizes::mtu_hole),
    (Situation::FragmentLost, sizes::fragment_lost),
    (Situation::AsymmetricRoute, source::asymmetric),
    (Situation::NatSource, source::nat_source),
    (Situation::BadChecksum, checksums::bad_checksum),
    (Situation::NotJoined, groups::not_joined),
    (Situation::JoinedElsewhere, groups::joined_elsewhere),
    (Situation::IgmpSnooping, groups::igmp_snooping),
];

/// The usual time to live of datagrams (RFC 1700).
const USUAL_TTL: u32 = 64;

/// What can be done with one click.
pub(super) fn cure(situation: Situation, evidence: &Evidence) -> Option<Cure> {
    match situation {
        Situation::BroadcastDenied => Some(Cure::AllowBroadcast),
        Situation::BroadcastAddress => broadcast::right(evidence).map(Cure::SendTo),
        Situation::NotJoined | Situation::JoinedElsewhere => {
            groups::wanted(evidence).map(Cure::JoinGroup)
        }
        Situation::MulticastTtl => Some(Cure::SetTtl(1)),
        Situation::NoRoute => {
            let found = evidence.path.prohibition.as_ref()?;
            Some(Cure::CopyCommand(found.command.clone()))
        }
        Situation::SameNetwork => same_network::route(evidence).map(Cure::CopyCommand),
        Situation::BadChecksum => Some(Cure::CopyCommand(checksums::capture(evidence)?)),
        Situation::WrongGateway | Situation::HostUnreachable => {
            by_hand::command(evidence).map(Cure::CopyCommand)
        }
        Situation::TtlExceeded => {
            let ttl = scene::session(evidence)?.settings.ttl?;
            (ttl < USUAL_TTL).then_some(Cure::SetTtl(USUAL_TTL))
        }
        _ => None,
    }
}
