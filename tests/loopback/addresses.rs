//! The address of a UDP session: which datagrams reach it, and where replies come from.

use super::probe::{DEADLINE, Fact, Probe};
use super::relay;
use super::rules::{echo, follow};
use crate::sockets::{far_side, receive, receive_from};
use netpeer::automation::Limits;
use netpeer::engine::{GroupCommand, Interfaces, Setup};
use netpeer::explain;
use netpeer::kind::SessionKind;
use netpeer::traffic::Notice;
use netpeer::words::Lang;
use socket2::Socket;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

#[test]
fn a_group_arrives_where_no_remark_says_otherwise() {
    let interface = Interfaces::read().index_of("lo").unwrap();
    let group: IpAddr = "239.255.77.8".parse().unwrap();
    // The sender has the same socket for one and for all: the later datagram proves that the
    // earlier one did not arrive.
    let socket = Socket::from(UdpSocket::bind("127.0.0.1:0").unwrap());
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    let socket = UdpSocket::from(socket);
    for (host, arrives) in [
        ("127.0.0.1", false),
        ("0.0.0.0", true),
        ("239.255.77.8", true),
    ] {
        let (mut probe, local) = Probe::udp(&format!("{host}:0"));
        probe.link.command(GroupCommand::Join { group, interface });
        probe.until_notice(|notice| matches!(notice, Notice::GroupJoined { .. }).then_some(()));
        let to_group = SocketAddr::new(group, local.port());
        socket.send_to(b"to the group;", to_group).unwrap();
        let last = match local.ip() == group {
            true => to_group,
            false => SocketAddr::from(([127, 0, 0, 1], local.port())),
        };
        socket.send_to(b"the last", last).unwrap();
        let from = socket.local_addr().unwrap();
        probe.until_fact(&Fact::Received(from, b"the last".to_vec()));
        let received = String::from_utf8(probe.received()).unwrap();
        assert_eq!(received.contains("to the group;"), arrives, "{host}");
        for lang in Lang::ALL {
            let remark = explain::unheard(lang, local.ip(), group);
            assert_eq!(remark.is_none(), arrives, "{host}: {remark:?}");
        }
    }
}

/// A connected client receives only from the address that it sends to (udp(7)).
#[test]
fn an_answer_comes_from_the_address_that_was_asked() {
    let asks = |port: u16| {
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        client.connect(("127.0.0.5", port)).unwrap();
        client.send(b"ask").unwrap();
        let peer = client.local_addr().unwrap();
        (client, peer)
    };
    for wildcard in ["0.0.0.0:0", "[::]:0"] {
        let (mut probe, local) = Probe::udp(wildcard);
        let (client, peer) = asks(local.port());
        probe.until_fact(&Fact::Received(peer, b"ask".to_vec()));
        // A single datagram, and many of one length at once.
        for count in [1, 64] {
            for _ in 0..count {
                probe.send(peer, b"typed");
            }
            (0..count).for_each(|_| assert_eq!(receive(&client), b"typed"));
        }
        follow(&probe, &[echo()], Limits::none());
        client.send(b"by rule").unwrap();
        assert_eq!(receive(&client), b"by rule");

        let (target, to) = far_side();
        let any = wildcard.parse().unwrap();
        let (_relay, local) = relay::open(Setup::relay(SessionKind::RelayUdp, any, to.into()));
        let (client, _) = asks(local.port());
        let (_, from) = receive_from(&target);
        target.send_to(b"passed on", from).unwrap();
        assert_eq!(receive(&client), b"passed on");
    }
}
