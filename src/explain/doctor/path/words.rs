//! The words of these situations.

use crate::explain::doctor::catalogue::Situation;

/// The keys of what it is, what to do, how it looks in a packet capture, and how to make it.
/// `None` for situations of other subjects.
pub(in super::super) fn words(situation: Situation) -> Option<[&'static str; 4]> {
    let keys = match situation {
        Situation::NoRoute => [
            "doctor.no_route.what",
            "doctor.no_route.cure",
            "doctor.no_route.capture",
            "doctor.no_route.reproduce",
        ],
        Situation::WrongGateway => [
            "doctor.wrong_gateway.what",
            "doctor.wrong_gateway.cure",
            "doctor.wrong_gateway.capture",
            "doctor.wrong_gateway.reproduce",
        ],
        Situation::GatewayDead => [
            "doctor.gateway_dead.what",
            "doctor.gateway_dead.cure",
            "doctor.gateway_dead.capture",
            "doctor.gateway_dead.reproduce",
        ],
        Situation::HostUnreachable => [
            "doctor.host_unreachable.what",
            "doctor.host_unreachable.cure",
            "doctor.host_unreachable.capture",
            "doctor.host_unreachable.reproduce",
        ],
        Situation::PortUnreachable => [
            "doctor.port_unreachable.what",
            "doctor.port_unreachable.cure",
            "doctor.port_unreachable.capture",
            "doctor.port_unreachable.reproduce",
        ],
        Situation::RejectedOnWay => [
            "doctor.rejected_on_way.what",
            "doctor.rejected_on_way.cure",
            "doctor.rejected_on_way.capture",
            "doctor.rejected_on_way.reproduce",
        ],
        Situation::TtlExceeded => [
            "doctor.ttl_exceeded.what",
            "doctor.ttl_exceeded.cure",
            "doctor.ttl_exceeded.capture",
            "doctor.ttl_exceeded.reproduce",
        ],
        Situation::MtuHole => [
            "doctor.mtu_hole.what",
            "doctor.mtu_hole.cure",
            "doctor.mtu_hole.capture",
            "doctor.mtu_hole.reproduce",
        ],
        Situation::FragmentLost => [
            "doctor.fragment_lost.what",
            "doctor.fragment_lost.cure",
            "doctor.fragment_lost.capture",
            "doctor.fragment_lost.reproduce",
        ],
        Situation::AsymmetricRoute => [
            "doctor.asymmetric_route.what",
            "doctor.asymmetric_route.cure",
            "doctor.asymmetric_route.capture",
            "doctor.asymmetric_route.reproduce",
        ],
        Situation::DuplicateIp => [
            "doctor.duplicate_ip.what",
            "doctor.duplicate_ip.cure",
            "doctor.duplicate_ip.capture",
            "doctor.duplicate_ip.reproduce",
        ],
        Situation::NatSource => [
            "doctor.nat_source.what",
            "doctor.nat_source.cure",
            "doctor.nat_source.capture",
            "doctor.nat_source.reproduce",
        ],
        Situation::BroadcastAddress => [
            "doctor.broadcast_address.what",
            "doctor.broadcast_address.cure",
            "doctor.broadcast_address.capture",
            "doctor.broadcast_address.reproduce",
        ],
        Situation::BroadcastDenied => [
            "doctor.broadcast_denied.what",
            "doctor.broadcast_denied.cure",
            "doctor.broadcast_denied.capture",
            "doctor.broadcast_denied.reproduce",
        ],
        Situation::NotJoined => [
            "doctor.not_joined.what",
            "doctor.not_joined.cure",
            "doctor.not_joined.capture",
            "doctor.not_joined.reproduce",
        ],
        Situation::JoinedElsewhere => [
            "doctor.joined_elsewhere.what",
            "doctor.joined_elsewhere.cure",
            "doctor.joined_elsewhere.capture",
            "doctor.joined_elsewhere.reproduce",
        ],
        Situation::MulticastTtl => [
            "doctor.multicast_ttl.what",
            "doctor.multicast_ttl.cure",
            "doctor.multicast_ttl.capture",
            "doctor.multicast_ttl.reproduce",
        ],
        Situation::IgmpSnooping => [
            "doctor.igmp_snooping.what",
            "doctor.igmp_snooping.cure",
            "doctor.igmp_snooping.capture",
            "doctor.igmp_snooping.reproduce",
        ],
        Situation::MulticastScope => [
            "doctor.multicast_scope.what",
            "doctor.multicast_scope.cure",
            "doctor.multicast_scope.capture",
            "doctor.multicast_scope.reproduce",
        ],
        Situation::ClientIsolation => [
            "doctor.client_isolation.what",
            "doctor.client_isolation.cure",
            "doctor.client_isolation.capture",
            "doctor.client_isolation.reproduce",
        ],
        Situation::IcmpRateLimit => [
            "doctor.icmp_rate_limit.what",
            "doctor.icmp_rate_limit.cure",
            "doctor.icmp_rate_limit.capture",
            "doctor.icmp_rate_limit.reproduce",
        ],
        _ => return None,
    };
    Some(keys)
}
