//! Conditions of a rule, as far as they can be compared with a packet.

use super::Direction;
use super::packet::{Packet, Through};
use crate::engine::evidence::Transport;
use std::net::IpAddr;

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// `ipv4` or `ipv6`.
    Version,
    /// The protocol above IP, by name or number.
    Protocol,
    SourcePort,
    DestinationPort,
    Source,
    Destination,
    /// The interface by which a packet comes, and goes.
    InterfaceIn,
    InterfaceOut,
    /// Whether the destination is an address of this machine, a group or a broadcast address.
    DestinationType,
    /// The state of the flow (conntrack).
    State,
    /// Something else, which is not understood.
    Other,
}

/// A condition: one of the values, or with `negated` none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) field: Field,
    /// As the program prints them: `53`, `100-200`, `10.0.0.0/8`, `eth*`, `new`.
    pub(super) values: Vec<String>,
    pub(super) negated: bool,
}

impl Condition {
    pub(super) fn new(field: Field, value: &str) -> Self {
        Self {
            field,
            values: vec![value.to_owned()],
            negated: false,
        }
    }

    /// A condition that is not understood.
    pub(super) fn unknown() -> Self {
        Self::new(Field::Other, "")
    }

    /// Whether a packet fulfils it; `None` if that is not known.
    pub(super) fn holds(&self, packet: &Packet) -> Option<bool> {
        let mut is_known = true;
        for value in &self.values {
            match one(self.field, value, packet) {
                Some(true) => return Some(!self.negated),
                Some(false) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(self.negated)
    }
}

/// Whether all of these hold; `None` if that is not known.
pub(super) fn all_hold(conditions: &[Condition], packet: &Packet) -> Option<bool> {
    let all = conditions.iter().map(|condition| condition.holds(packet));
    all.fold(Some(true), both)
}

/// Whether both are true; `None` if that is not known.
pub(super) fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn one(field: Field, value: &str, packet: &Packet) -> Option<bool> {
    match field {
        Field::Version => match value {
            "ipv4" => Some(!packet.is_ipv6),
            "ipv6" => Some(packet.is_ipv6),
            _ => None,
        },
        Field::Protocol => protocol(value, packet.transport),
        Field::SourcePort => {
            let own = packet.direction == Direction::Out;
            port(value, packet.source_port, packet.own_ports.filter(|_| own))
        }
        Field::DestinationPort => {
            let own = packet.direction == Direction::In;
            port(
                value,
                packet.destination_port,
                packet.own_ports.filter(|_| own),
            )
        }
        Field::Source => address(value, packet.source),
        Field::Destination => address(value, packet.destination),
        Field::InterfaceIn if packet.direction == Direction::In => {
            interface(value, &packet.through)
        }
        Field::InterfaceOut if packet.direction == Direction::Out => {
            interface(value, &packet.through)
        }
        Field::DestinationType if packet.direction == Direction::In => {
            destination_type(value, packet.destination)
        }
        Field::State => state(value, packet.is_new),
        Field::InterfaceIn | Field::InterfaceOut | Field::DestinationType | Field::Other => None,
    }
}

fn protocol(value: &str, transport: Transport) -> Option<bool> {
    let (name, number) = match transport {
        Transport::Udp => ("udp", 17),
        Transport::Tcp => ("tcp", 6),
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match value.parse::<u8>() {
        Ok(0) => Some(true),
        Ok(known) => Some(known == number),
        Err(_) if value == "all" => Some(true),
        Err(_) => value.chars().all(is_word).then_some(value == name),
    }
}

/// Ports: `53`, `100-200` (nft), `100:200` (iptables). A port that is not known yet will be one of
/// these, if they are known.
fn port(value: &str, port: Option<u16>, will_be: Option<(u16, u16)>) -> Option<bool> {
    let (least, most) = value.split_once(['-', ':']).unwrap_or((value, value));
    let (least, most): (u16, u16) = (least.parse().ok()?, most.parse().ok()?);
    match (port, will_be) {
        (Some(port), _) => Some((least..=most).contains(&port)),
        (None, Some((first, last))) if most < first || last < least => Some(false),
        (None, Some((first, last))) if least <= first && last <= most => Some(true),
        (None, _) => None,
    }
}

/// Addresses: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1-10.0.0.9`.
fn address(value: &str, ip: Option<IpAddr>) -> Option<bool> {
    let (least, most) = if let Some((base, prefix)) = value.split_once('/') {
        range(base.parse().ok()?, prefix)?
    } else if let Some((least, most)) = value.split_once('-') {
        (least.parse().ok()?, most.parse().ok()?)
    } else {
        let only: IpAddr = value.parse().ok()?;
        (only, only)
    };
    let ip = ip?;
    Some(least.is_ipv4() == ip.is_ipv4() && (least..=most).contains(&ip))
}

/// The first and the last address of a subnet.
fn range(base: IpAddr, prefix: &str) -> Option<(IpAddr, IpAddr)> {
    match base {
        IpAddr::V4(base) => {
            let bits = match prefix.parse::<std::net::Ipv4Addr>() {
                Ok(mask) if mask.to_bits().leading_ones() == mask.to_bits().count_ones() => {
                    mask.to_bits().leading_ones()
                }
                Ok(_) => return None,
                Err(_) => prefix.parse().ok().filter(|&bits| bits <= 32)?,
            };
            let hosts = u32::MAX.checked_shr(bits).unwrap_or(0);
            let (least, most) = (base.to_bits() & !hosts, base.to_bits() | hosts);
            Some((IpAddr::V4(least.into()), IpAddr::V4(most.into())))
        }
        IpAddr::V6(base) => {
            let bits = prefix.parse().ok().filter(|&bits| bits <= 128)?;
            let hosts = u128::MAX.checked_shr(bits).unwrap_or(0);
            let (least, most) = (base.to_bits() & !hosts, base.to_bits() | hosts);
            Some((IpAddr::V6(least.into()), IpAddr::V6(most.into())))
        }
    }
}

/// Interfaces: `eth0`, `eth*` (nft), `eth+` (iptables).
fn interface(value: &str, through: &Through) -> Option<bool> {
    let name = match through {
        Through::Loopback => "lo",
        Through::Other(Some(name)) => name.as_str(),
        // It is any but this one.
        Through::Other(None) if value == "lo" => return Some(false),
        Through::Other(None) => return None,
    };
    if value.starts_with('@') {
        return None;
    }
    Some(match value.strip_suffix(['*', '+']) {
        Some(begin) => name.starts_with(begin),
        None => name == value,
    })
}

/// The kind of the destination of a packet that comes; an unknown one is an address of this machine.
fn destination_type(value: &str, destination: Option<IpAddr>) -> Option<bool> {
    let is_group = destination.is_some_and(|ip| ip.is_multicast());
    match value.to_ascii_lowercase().as_str() {
        "local" => Some(!is_group),
        "multicast" => Some(is_group),
        "broadcast" | "anycast" | "unicast" | "blackhole" | "unreachable" | "prohibit" => {
            Some(false)
        }
        _ => None,
    }
}

fn state(value: &str, is_new: bool) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "new" => Some(is_new),
        "established" => Some(!is_new),
        "related" | "invalid" | "untracked" | "snat" | "dnat" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Packet {
        Packet {
            direction: Direction::In,
            transport: Transport::Udp,
            is_ipv6: false,
            source: "10.0.0.9".parse().ok(),
            destination: None,
            source_port: Some(150),
            destination_port: Some(9000),
            through: Through::Other(Some("eth0".into())),
            is_new: true,
            own_ports: None,
        }
    }

    #[test]
    fn conditions_are_compared_with_what_is_known() {
        for (field, value, holds) in [
            (Field::Protocol, "udp", Some(true)),
            (Field::Protocol, "17", Some(true)),
            (Field::Protocol, "ipv6-icmp", Some(false)),
            (Field::Protocol, "@set", None),
            (Field::SourcePort, "100-200", Some(true)),
            (Field::SourcePort, "151:200", Some(false)),
            (Field::SourcePort, "http", None),
            (Field::DestinationPort, "9000", Some(true)),
            (Field::Source, "10.0.0.0/8", Some(true)),
            (Field::Source, "10.0.0.0/255.255.255.248", Some(false)),
            (Field::Source, "10.0.0.0/255.0.255.0", None),
            (Field::Source, "10.0.0.1-10.0.0.9", Some(true)),
            (Field::Source, "0.0.0.0/0", Some(true)),
            (Field::Source, "10.0.0.0/33", None),
            (Field::Source, "fd00::/8", Some(false)),
            (Field::Source, "@blocked", None),
            (Field::Destination, "10.0.0.2", None),
            (Field::InterfaceIn, "eth*", Some(true)),
            (Field::InterfaceIn, "lo", Some(false)),
            (Field::InterfaceOut, "eth0", None),
            (Field::DestinationType, "LOCAL", Some(true)),
            (Field::DestinationType, "multicast", Some(false)),
            (Field::State, "NEW", Some(true)),
            (Field::State, "invalid", Some(false)),
            (Field::State, "0x4", None),
            (Field::Version, "ipv6", Some(false)),
            (Field::Other, "", None),
        ] {
            let found = Condition::new(field, value).holds(&packet());
            assert_eq!(found, holds, "{field:?} {value}");
        }
    }

    #[test]
    fn a_port_that_the_system_will_choose_is_none_outside_of_its_range() {
        let mut packet = packet();
        packet.destination_port = None;
        packet.own_ports = Some((32_768, 60_999));
        let holds =
            |field, value: &str, packet: &Packet| Condition::new(field, value).holds(packet);
        let comes = |value: &str| holds(Field::DestinationPort, value, &packet);
        assert_eq!((comes("23"), comes("5353")), (Some(false), Some(false)));
        assert_eq!((comes("40000"), comes("0-40000")), (None, None));
        assert_eq!(comes("1024-65535"), Some(true));
        // That of the peer is any.
        let mut peer = packet.clone();
        peer.source_port = None;
        assert_eq!(holds(Field::SourcePort, "23", &peer), None);
        peer.direction = Direction::Out;
        assert_eq!(holds(Field::SourcePort, "23", &peer), Some(false));
    }

    #[test]
    fn one_value_is_enough_and_none_of_them_when_negated() {
        let mut condition = Condition::new(Field::DestinationPort, "1");
        condition.values.push("9000".to_owned());
        assert_eq!(condition.holds(&packet()), Some(true));
        condition.negated = true;
        assert_eq!(condition.holds(&packet()), Some(false));
        condition.values = vec!["1".to_owned(), "@set".to_owned()];
        assert_eq!(condition.holds(&packet()), None);
    }

    #[test]
    fn what_comes_from_outside_does_not_come_by_the_loopback() {
        let mut packet = packet();
        packet.through = Through::Other(None);
        let holds = |name: &str| Condition::new(Field::InterfaceIn, name).holds(&packet);
        assert_eq!((holds("lo"), holds("eth0")), (Some(false), None));
    }
}
