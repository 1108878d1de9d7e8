//! Random sessions for tests.

use super::{MulticastGroup, SessionConfig, SessionField};
use crate::automation::Limits;
use crate::automation::impair::Impairment;
use crate::config::{UnitDuration, answers};
use crate::engine::{Endpoint, Host, Receiving, Remote, Setup};
use crate::kind::{Addresses, SessionKind};
use crate::payload::charset::Charset;
use crate::payload::checksum::{ByteOrder, Checksum, Sum};
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::message::LineEnding;
use crate::peer::network::Network;
use crate::peer::{Name, Peer};
use crate::traffic::framing::Framing;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// A session that can be opened, of any kind this system has, with any field of its kind.
pub fn sessions() -> impl Strategy<Value = SessionConfig> {
    select(SessionKind::here().collect::<Vec<SessionKind>>()).prop_flat_map(of_kind)
}

fn of_kind(kind: SessionKind) -> impl Strategy<Value = SessionConfig> {
    let locals = (local(kind), option::of(local(kind)));
    let remotes = (remote(kind), option::of(remote(kind)));
    let times = (millis(), millis(), option::of(millis()));
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let sockets = (vec(group(), 0..3), 1..1_usize << 24, vec(network(), 0..3));
    let automatic = (0..3_usize, option::of(conditions()));
    let framed = (option::of(framings()), option::of(framings()));
    let messages = (framed, any::<bool>(), writing());
    let all = (
        locals, remotes, times, switches, sockets, automatic, messages,
    );
    all.prop_map(
        move |(locals, remotes, times, switches, sockets, automatic, messages)| {
            let usual = SessionConfig::from(Setup::new(kind));
            let (timeout, idle, pause) = times;
            let (closes, merge, own, nodelay) = switches;
            let (groups, buffer, allow) = sockets;
            let (rules, conditions) = automatic;
            let ((framing, framing_sent), is_chinese, writing) = messages;
            let fits = |way: &Framing| way.check_in(!kind.is_stream()).is_ok();
            let has = |field: SessionField| field.is_of(kind);
            let local = match SessionField::Local.is_needed(kind) {
                true => Some(locals.0),
                false => locals.1,
            };
            SessionConfig {
                local: local.filter(|_| has(SessionField::Local)),
                remote: has(SessionField::Remote).then_some(remotes.0),
                target: remotes.1.filter(|_| has(SessionField::Target)),
                connect_timeout: match has(SessionField::ConnectTimeout) {
                    true => timeout,
                    false => usual.connect_timeout,
                },
                idle: match has(SessionField::Idle) {
                    true => idle,
                    false => usual.idle,
                },
                allow: match has(SessionField::Allow) {
                    true => allow,
                    false => Vec::new(),
                },
                close_with_peer: closes || !has(SessionField::CloseWithPeer),
                nodelay: nodelay || !has(SessionField::NoDelay),
                reconnect: pause.filter(|_| has(SessionField::Reconnect)),
                groups: match has(SessionField::Groups) {
                    true => groups,
                    false => Vec::new(),
                },
                receiving: match has(SessionField::Receiving) {
                    true => Receiving { buffer, merge },
                    false => usual.receiving,
                },
                rules: vec![answers::echo(); rules],
                limits: Limits {
                    own,
                    ..Limits::default()
                },
                conditions,
                framing: framing.filter(fits),
                framing_sent: framing_sent
                    .filter(|way| fits(way) && has(SessionField::FramingSent)),
                describe: is_chinese.then(|| "dns".to_owned()),
                charset: is_chinese.then_some(Charset::Gb18030),
                writing,
                ..usual
            }
        },
    )
}

fn name(text: &str) -> Name {
    Name::new(text.as_bytes()).unwrap()
}

fn local(kind: SessionKind) -> BoxedStrategy<Peer> {
    match kind.addresses() {
        Addresses::Named => Just(Peer::Named(name("/tmp/a b.sock"))).boxed(),
        Addresses::Internet => {
            let ports = 1..=u16::MAX;
            ports
                .prop_map(|port| Peer::from(([127, 0, 0, 1], port)))
                .boxed()
        }
    }
}

fn remote(kind: SessionKind) -> impl Strategy<Value = Remote> {
    let host = Host::Name("example.com".into());
    let scoped: SocketAddr = "[fe80::1%7]:9".parse().unwrap();
    select(match kind.addresses() {
        // The second looks like an address.
        Addresses::Named => vec![
            Remote::Named(name("/tmp/there.sock")),
            Remote::Named(name("127.0.0.1:80")),
        ],
        Addresses::Internet => vec![
            Endpoint { host, port: 80 }.into(),
            Endpoint::from(SocketAddr::from(([10, 0, 0, 1], 443))).into(),
            Endpoint::from(scoped).into(),
        ],
    })
}

fn millis() -> impl Strategy<Value = UnitDuration> {
    (1..9_000_u64).prop_map(|millis| UnitDuration(Duration::from_millis(millis)))
}

fn group() -> impl Strategy<Value = MulticastGroup> {
    (0..3_u32).prop_map(|interface| MulticastGroup {
        group: Ipv4Addr::new(239, 1, 2, 3).into(),
        interface,
    })
}

fn network() -> impl Strategy<Value = Network> {
    let networks = ["10.0.0.0/8", "127.0.0.1", "fe80::/10", "2001:db8::1"];
    select(networks.to_vec()).prop_map(|text| text.parse().unwrap())
}

/// Impairment of datagrams, of streams, of both or of nothing.
fn conditions() -> impl Strategy<Value = Impairment> {
    (1..=u64::MAX, 0..3_u8, 0..3_usize).prop_map(|(seed, percent, split)| {
        let mut conditions = Impairment {
            seed,
            ..Impairment::default()
        };
        conditions.outgoing.datagrams.duplicate = f64::from(percent);
        conditions.outgoing.stream.split = split;
        conditions
    })
}

/// Framings of every form.
pub fn framings() -> impl Strategy<Value = Framing> {
    select(vec![
        Framing::Lines,
        Framing::Fixed(7),
        Framing::Delimiter(vec![0, 13, 10, 255, b'\\', b'"']),
        Framing::IdleGap(30_000),
        Framing::LengthPrefix {
            width: 4,
            big_endian: false,
            offset: 2,
            includes_header: true,
            adjust: -3,
        },
        Framing::Varint { offset: 0 },
        Framing::Varint { offset: 1 },
        Framing::Cobs,
        Framing::Slip,
        Framing::Http,
        Framing::Nmea,
        Framing::At,
    ])
}

/// Text or hexadecimal, with its settings.
fn writing() -> impl Strategy<Value = Composition> {
    let endings = select(LineEnding::ALL.to_vec());
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (switches, option::of(endings), any::<bool>()).prop_map(
        |((escapes, variables, appends, high_first), ending, is_text)| Composition {
            format: match is_text {
                true => TextFormat::Text,
                false => TextFormat::Hex,
            },
            text: String::new(),
            escapes: is_text && escapes,
            variables,
            ending: ending.filter(|_| is_text).unwrap_or(LineEnding::None),
            appends,
            checksum: match (appends, high_first) {
                (false, _) => Checksum::default(),
                (true, high_first) => Checksum {
                    sum: Sum::Xor,
                    order: match high_first {
                        true => ByteOrder::HighFirst,
                        false => ByteOrder::LowFirst,
                    },
                    ..Checksum::default()
                },
            },
        },
    )
}
