//! The packets that a question is about.

use super::Direction;
use crate::engine::evidence::{Question, SessionFacts, Transport};
use crate::engine::sys::interfaces::Interfaces;
use std::net::{IpAddr, SocketAddr};

/// The interface that a packet passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Through {
    Loopback,
    /// Another one: its name, if it is known.
    Other(Option<String>),
}

/// A packet as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) direction: Direction,
    pub(super) transport: Transport,
    pub(super) is_ipv6: bool,
    pub(super) source: Option<IpAddr>,
    pub(super) destination: Option<IpAddr>,
    pub(super) source_port: Option<u16>,
    pub(super) destination_port: Option<u16>,
    pub(super) through: Through,
    /// Whether it is the first of its flow (conntrack's `new`); otherwise it is an answer, of an
    /// `established` one.
    pub(super) is_new: bool,
    /// The first and the last of the ports of which the system will choose the one of this machine.
    pub(super) own_ports: Option<(u16, u16)>,
}

/// The packets that must pass for an answer to the question: those to the far end and its answers,
/// or those of the sender that is waited for, who may be unknown. A port at `[::]` is judged by IPv4,
/// which most peers use.
pub(super) fn packets(
    question: &Question,
    session: Option<&SessionFacts>,
    interfaces: &Interfaces,
    outgoing: Option<(u16, u16)>,
) -> Vec<Packet> {
    let local = question
        .local()
        .or_else(|| session.and_then(|session| session.local));
    let known = |address: SocketAddr| {
        let ip = address.ip().to_canonical();
        (!ip.is_unspecified()).then_some(ip)
    };
    let port = |address: SocketAddr| (address.port() != 0).then_some(address.port());
    let (to, other) = (question.to(), question.other_side());
    let is_only_v6 = session.is_some_and(|session| session.settings.v6_only == Some(true));
    let is_ipv6 = match (other, local) {
        (Some(other), _) => other.ip().to_canonical().is_ipv6(),
        (None, Some(local)) => {
            local.ip().to_canonical().is_ipv6() && (!local.ip().is_unspecified() || is_only_v6)
        }
        (None, None) => return Vec::new(),
    };
    let is_own =
        |ip: IpAddr| ip.is_loopback() || interfaces.iter().any(|own| own.ip.to_canonical() == ip);
    let stays_here = match other {
        Some(other) => is_own(other.ip().to_canonical()),
        None => local.is_some_and(|local| local.ip().to_canonical().is_loopback()),
    };
    let through = match stays_here {
        true => Through::Loopback,
        false => Through::Other(only_one(interfaces)),
    };
    let packet = |direction, is_new, source: Option<SocketAddr>, destination| {
        let destination: Option<SocketAddr> = destination;
        Packet {
            direction,
            transport: question.transport(),
            is_ipv6,
            source: source.and_then(known),
            destination: destination.and_then(known),
            source_port: source.and_then(port),
            destination_port: destination.and_then(port),
            through: through.clone(),
            is_new,
            own_ports: outgoing.filter(|_| to.is_some()),
        }
    };
    let Some(to) = to else {
        let sender = question.sender();
        let mut packets = vec![packet(Direction::In, true, sender, local)];
        // Who connects needs an answer.
        if sender.is_some() && !stays_here && question.transport() == Transport::Tcp {
            packets.push(packet(Direction::Out, false, local, sender));
        }
        return packets;
    };
    let mut packets = vec![packet(Direction::Out, true, local, Some(to))];
    if stays_here {
        packets.push(packet(Direction::In, true, local, Some(to)));
        return packets;
    }
    // Who connects begins. Who has sent no datagram waits for others to begin.
    let has_begun = question.transport() == Transport::Tcp
        || session.is_none_or(|session| session.sent.messages > 0);
    let is_group = to.ip().to_canonical().is_multicast() || interfaces.is_broadcast(to.ip());
    let answers = match is_group {
        // Conntrack does not know the answers of the members.
        true => packet(Direction::In, true, None, local),
        false => packet(Direction::In, !has_begun, Some(to), local),
    };
    packets.push(answers);
    packets
}

/// The name of the only interface besides the loopback.
fn only_one(interfaces: &Interfaces) -> Option<String> {
    let mut names: Vec<&str> = interfaces
        .iter()
        .filter(|interface| !interface.ip.is_loopback() && interface.name != "lo")
        .map(|interface| interface.name.as_str())
        .collect();
    names.dedup();
    match names.as_slice() {
        [name] => Some((*name).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sys::interfaces::Interface;

    fn interfaces() -> Interfaces {
        let interface = |name: &str, ip: &str| Interface {
            name: name.into(),
            index: 1,
            ip: ip.parse().unwrap(),
            prefix: 24,
            broadcasts: Vec::new(),
        };
        Interfaces::from(vec![
            interface("lo", "127.0.0.1"),
            interface("eth0", "10.0.0.2"),
        ])
    }

    #[test]
    fn a_target_gets_packets_and_answers_them() {
        let question = Question::Target {
            transport: Transport::Udp,
            to: "10.0.0.9:7".parse().unwrap(),
            name: None,
        };
        let packets = packets(&question, None, &interfaces(), None);
        let [out, back] = &packets[..] else {
            panic!("{packets:?}");
        };
        assert_eq!((out.direction, out.is_new), (Direction::Out, true));
        assert_eq!(out.destination_port, Some(7));
        assert_eq!((back.direction, back.is_new), (Direction::In, false));
        assert_eq!(back.source, Some([10, 0, 0, 9].into()));
        assert_eq!(back.through, Through::Other(Some("eth0".into())));
    }

    #[test]
    fn packets_to_this_machine_pass_the_loopback_alone() {
        for to in ["127.0.0.1:7", "10.0.0.2:7"] {
            let question = Question::Target {
                transport: Transport::Tcp,
                to: to.parse().unwrap(),
                name: None,
            };
            let packets = packets(&question, None, &interfaces(), None);
            assert_eq!(packets.len(), 2);
            assert!(packets.iter().all(|one| one.through == Through::Loopback));
            assert!(packets.iter().all(|one| one.destination_port == Some(7)));
        }
    }

    #[test]
    fn a_port_waits_for_new_packets_of_anybody() {
        let port = |local: &str| Question::Port {
            transport: Transport::Udp,
            local: local.parse().unwrap(),
            from: None,
        };
        let [packet] = &packets(&port("[::]:9"), None, &interfaces(), None)[..] else {
            panic!();
        };
        assert!(packet.is_new && !packet.is_ipv6);
        assert_eq!(
            (packet.destination, packet.destination_port),
            (None, Some(9))
        );
        let loopback = packets(&port("[::1]:9"), None, &interfaces(), None);
        assert!(loopback[0].is_ipv6 && loopback[0].through == Through::Loopback);
    }

    #[test]
    fn packets_of_the_sender_that_is_waited_for_have_its_address() {
        let port = |transport| Question::Port {
            transport,
            local: "[::]:9".parse().unwrap(),
            from: "10.0.0.9:0".parse().ok(),
        };
        let [packet] = &packets(&port(Transport::Udp), None, &interfaces(), None)[..] else {
            panic!();
        };
        assert_eq!(packet.source, Some([10, 0, 0, 9].into()));
        assert_eq!((packet.source_port, packet.is_ipv6), (None, false));
        let [_, answer] = &packets(&port(Transport::Tcp), None, &interfaces(), None)[..] else {
            panic!();
        };
        assert_eq!((answer.direction, answer.is_new), (Direction::Out, false));
        assert_eq!(answer.destination, Some([10, 0, 0, 9].into()));
        assert_eq!(answer.source_port, Some(9));
    }

    #[test]
    fn a_session_that_has_sent_nothing_waits_for_the_peer_to_begin() {
        let question = Question::Session {
            transport: Transport::Udp,
            local: "0.0.0.0:9".parse().ok(),
            to: "10.0.0.9:7".parse().ok(),
            from: None,
        };
        let mut session = SessionFacts::default();
        let is_new = |session: &SessionFacts| {
            packets(&question, Some(session), &interfaces(), None)[1].is_new
        };
        assert!(is_new(&session));
        session.sent.messages = 1;
        assert!(!is_new(&session));
        let connects = Question::Session {
            transport: Transport::Tcp,
            local: None,
            to: "10.0.0.9:7".parse().ok(),
            from: None,
        };
        let session = SessionFacts::default();
        assert!(!packets(&connects, Some(&session), &interfaces(), None)[1].is_new);
    }
}
