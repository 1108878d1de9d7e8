//! A machine with one network, on which nothing is wrong.

use crate::engine::evidence::{
    Evidence, InterfaceFacts, KernelCounters, LimitFacts, LocalFacts, Owner, Permission, Question,
    Recent, Seen, SessionFacts, SocketRow, Transport, Unseen,
};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

/// Evidence of other subjects, which these checks do not look at but for the route.
static OTHERS: LazyLock<Evidence> = LazyLock::new(|| {
    let question = target(Transport::Udp, "127.0.0.1:9");
    Evidence::gather(question, None, Permission::default())
});

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn target(transport: Transport, to: &str) -> Question {
    Question::Target {
        transport,
        to: address(to),
        name: None,
    }
}

pub(super) fn port(transport: Transport, local: &str) -> Question {
    Question::Port {
        transport,
        local: address(local),
        from: None,
    }
}

pub(super) fn machine(question: Question, sockets: Vec<SocketRow>) -> Evidence {
    let mut evidence = OTHERS.clone();
    evidence.question = question;
    evidence.session = None;
    evidence.path.route = Seen::Unseen(Unseen::NotHere);
    evidence.local = LocalFacts {
        sockets: Seen::Known(sockets),
        others: Vec::new(),
        namespaces: Seen::Known(0),
        interfaces: Seen::Known(vec![
            InterfaceFacts {
                is_loopback: true,
                has_carrier: None,
                ..interface("lo", &["127.0.0.1/8", "::1/128"])
            },
            interface("eth0", &["192.168.1.5/24", "fe80::5/64", "fd01::5/64"]),
        ]),
        counters: Seen::Known(KernelCounters::default()),
        recent: Seen::Known(Recent {
            seconds: 0.25,
            ..Recent::default()
        }),
        limits: Seen::Known(LimitFacts {
            open_files: Some(20),
            most_open_files: Some(1024),
            ephemeral: Some((32_768, 60_999)),
            ephemeral_taken: Some(12),
            somaxconn: Some(4096),
            rmem_max: None,
            udp_pages: Some((3, 1000)),
            tcp_pages: Some((3, 1000)),
            first_free_port: Some(1024),
        }),
        localhost: Seen::Known(vec![address("[::1]:0").ip(), address("127.0.0.1:0").ip()]),
        missed: Seen::Known(Vec::new()),
    };
    evidence
}

/// As [`machine`], asked by a session at this address.
pub(super) fn session(
    transport: Transport,
    local: &str,
    to: Option<&str>,
    change: impl FnOnce(&mut SessionFacts),
) -> Evidence {
    let local = address(local);
    let question = Question::Session {
        transport,
        local: Some(local),
        to: to.map(address),
        from: None,
    };
    let mut evidence = machine(question, vec![own(transport, local)]);
    let mut facts = SessionFacts {
        open: true,
        is_server: true,
        local: Some(local),
        ..SessionFacts::default()
    };
    change(&mut facts);
    evidence.session = Some(facts);
    evidence
}

pub(super) fn interface(name: &str, addresses: &[&str]) -> InterfaceFacts {
    let address = |text: &&str| {
        let (ip, prefix) = text.split_once('/').unwrap();
        (ip.parse::<IpAddr>().unwrap(), prefix.parse().unwrap())
    };
    InterfaceFacts {
        name: name.to_owned(),
        index: 2,
        addresses: addresses.iter().map(address).collect(),
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

/// A bound socket of a program `server`.
pub(super) fn bound(transport: Transport, local: &str) -> SocketRow {
    SocketRow {
        owner: Some(owner("server", 4711)),
        ..own(transport, address(local))
    }
}

fn own(transport: Transport, local: SocketAddr) -> SocketRow {
    let is_tcp = transport == Transport::Tcp;
    SocketRow {
        is_tcp,
        local,
        remote: None,
        state: if is_tcp { 0x0A } else { 0x07 },
        inode: 42,
        unread: 0,
        unsent: 0,
        backlog: is_tcp.then_some(128),
        dropped: (!is_tcp).then_some(0),
        lingers: None,
        v6_only: local.is_ipv6().then_some(false),
        interface: None,
        owner: Some(Owner {
            is_us: true,
            ..owner("netpeer", 7)
        }),
    }
}

pub(super) fn owner(name: &str, pid: u32) -> Owner {
    Owner {
        pid,
        name: name.to_owned(),
        is_stopped: false,
        is_us: false,
        is_elsewhere: false,
    }
}

pub(super) fn known<T>(seen: &mut Seen<T>) -> &mut T {
    match seen {
        Seen::Known(known) => known,
        Seen::Unseen(reason) => panic!("{reason:?}"),
    }
}

/// Adds the interface, or replaces the one of this name.
pub(super) fn with(evidence: &mut Evidence, interface: InterfaceFacts) {
    let all = known(&mut evidence.local.interfaces);
    all.retain(|one| one.name != interface.name);
    all.push(interface);
}

/// Counters that grew just now, and packets by this interface.
pub(super) fn grown(evidence: &mut Evidence, name: &str, count: u64, by: &str) {
    let recent = known(&mut evidence.local.recent);
    recent.counters.0.insert(name.to_owned(), count);
    recent.received.insert(by.to_owned(), count);
}
