//! A machine with one network and a gateway, on which nothing is wrong.

use crate::engine::endpoint::canonical;
use crate::engine::evidence::{
    Evidence, GatewayFacts, InterfaceFacts, LocalFacts, Neighbour, Permission, Question, Route,
    Seen, SessionFacts, Transport, Unseen,
};
use crate::traffic::{Cause, Failure, Operation};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::sync::LazyLock;

/// Evidence whose parts are replaced.
static ANY: LazyLock<Evidence> = LazyLock::new(|| {
    let question = Question::Port {
        transport: Transport::Udp,
        local: "127.0.0.1:9".parse().unwrap(),
        from: None,
    };
    Evidence::gather(question, None, Permission::default())
});

/// An address; the scope of an IPv6 one is a number.
fn address(text: &str) -> SocketAddr {
    let Some((ip, rest)) = text.split_once('%') else {
        return text.parse().unwrap();
    };
    let (scope, port) = rest.split_once("]:").unwrap();
    let ip = ip.trim_start_matches('[').parse().unwrap();
    SocketAddrV6::new(ip, port.parse().unwrap(), 0, scope.parse().unwrap()).into()
}

fn machine(question: Question) -> Evidence {
    let mut evidence = ANY.clone();
    let to = question.other_side().map(canonical);
    evidence.question = question;
    evidence.local = LocalFacts::unseen(&Unseen::NotHere);
    evidence.local.interfaces = Seen::Known(vec![InterfaceFacts {
        name: "lo".into(),
        is_loopback: true,
        ..interface()
    }]);
    link(&mut evidence, "192.168.1.5/24");
    let gateway = to.is_some_and(|to| to.ip().to_string().starts_with("10."));
    let path = &mut evidence.path;
    path.route = Seen::Known(Ok(Route {
        interface: "eth0".into(),
        gateway: gateway.then(|| GatewayFacts {
            ip: [192, 168, 1, 1].into(),
            is_on_link: true,
            is_own: false,
        }),
        source: Some([192, 168, 1, 5].into()),
        is_local: false,
        mtu: Some(1500),
    }));
    path.next_hop = Seen::Known(Neighbour::Reachable("02:00:00:00:00:01".into()));
    path.is_broadcast = false;
    path.groups = Seen::Known(vec![([224, 0, 0, 1].into(), "eth0".into())]);
    path.way_back = Seen::Known(None);
    path.path_mtu = Seen::Known(None);
    path.fragments = Seen::Known(Default::default());
    path.echo = Seen::Unseen(Unseen::NotAsked);
    path.claimants = Seen::Unseen(Unseen::NotAsked);
    evidence.firewall.rules = Seen::Known(Vec::new());
    evidence
}

fn interface() -> InterfaceFacts {
    InterfaceFacts {
        name: "eth0".into(),
        index: 2,
        addresses: Vec::new(),
        is_up: true,
        is_loopback: false,
        has_carrier: Some(true),
        mtu: 1500,
        duplicates: Vec::new(),
        received: 0,
        sent: 0,
        received_dropped: 0,
        sent_dropped: 0,
        rp_filter: Some(0),
    }
}

/// Gives the machine one link with this address besides the loopback.
pub(super) fn link(evidence: &mut Evidence, with_mask: &str) {
    let (ip, prefix) = with_mask.split_once('/').unwrap();
    let ip: IpAddr = ip.parse().unwrap();
    if let Seen::Known(all) = &mut evidence.local.interfaces {
        all.retain(|interface| interface.is_loopback);
        all.push(InterfaceFacts {
            addresses: vec![(ip, prefix.parse().unwrap())],
            ..interface()
        });
    }
}

/// Gives it another link.
pub(super) fn second(evidence: &mut Evidence) {
    if let Seen::Known(all) = &mut evidence.local.interfaces {
        all.push(InterfaceFacts {
            name: "eth1".into(),
            ..interface()
        });
    }
}

fn target(to: &str) -> Evidence {
    machine(Question::Target {
        transport: Transport::Udp,
        to: address(to),
        name: None,
    })
}

/// A target in the own network.
pub(super) fn near() -> Evidence {
    target("192.168.1.9:7")
}

/// A target behind the gateway.
pub(super) fn beyond() -> Evidence {
    target("10.0.0.9:7")
}

pub(super) fn port(local: &str) -> Evidence {
    machine(Question::Port {
        transport: Transport::Udp,
        local: address(local),
        from: None,
    })
}

/// A port that waits for this sender.
pub(super) fn waiting(from: &str) -> Evidence {
    machine(Question::Port {
        transport: Transport::Udp,
        local: address("0.0.0.0:9000"),
        from: Some(address(from)),
    })
}

/// A session that sends to a target.
pub(super) fn session(local: &str, to: &str, change: impl FnOnce(&mut SessionFacts)) -> Evidence {
    let mut evidence = machine(Question::Session {
        transport: Transport::Udp,
        local: Some(address(local)),
        to: Some(address(to)),
        from: None,
    });
    let mut facts = SessionFacts {
        open: true,
        local: Some(address(local)),
        ..SessionFacts::default()
    };
    change(&mut facts);
    evidence.session = Some(facts);
    evidence
}

pub(super) fn failed(session: &mut SessionFacts, address: &str, cause: Cause) {
    session.failures.push(Failure {
        operation: Operation::Send,
        address: address.to_owned(),
        cause,
    });
}
