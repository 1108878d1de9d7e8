//! Facts about sessions as they are written.

use super::*;
use crate::automation::impair::Loss;
use crate::automation::rules::When;
use crate::config::ValueMistake;
use crate::engine::{Endpoint, Host, Interfaces};
use crate::peer::Name;
use crate::traffic::framing::FramingMistake;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// One of these, by chance.
fn one_of<T: Clone>(random: &mut fastrand::Rng, all: &[T]) -> T {
    all[random.usize(..all.len())].clone()
}

fn remotes() -> Vec<Option<Remote>> {
    let name = Name::new(b"/tmp/a b.sock").unwrap();
    let host = Host::Name("example.com".into());
    let scoped: SocketAddr = "[fe80::1%3]:80".parse().unwrap();
    vec![
        None,
        Some(Endpoint { host, port: 443 }.into()),
        Some(Endpoint::from(scoped).into()),
        Some(Remote::Named(name)),
    ]
}

/// A session of any fields, be it one that cannot be meant.
fn any(random: &mut fastrand::Rng) -> SessionConfig {
    let locals = [
        None,
        Some(Peer::from(([127, 0, 0, 1], 8080))),
        Some(Peer::Named(Name::new(b"\0abstract").unwrap())),
    ];
    let groups = [
        Vec::new(),
        vec![Group {
            group: Ipv4Addr::new(239, 0, 0, 1).into(),
            interface: 2,
        }],
    ];
    let framings = [
        None,
        Some(Framing::Lines),
        Some(Framing::Delimiter(vec![0, 10, 255])),
        Some(Framing::IdleGap(20_000)),
    ];
    let mut conditions = Conditions::default();
    conditions.outgoing.datagrams.loss = Loss::EveryNth(random.u64(1..100));
    SessionConfig {
        version: VERSION,
        kind: one_of(random, &Kind::ALL),
        local: one_of(random, &locals),
        remote: one_of(random, &remotes()),
        target: one_of(random, &remotes()),
        connect_timeout: Span(Duration::from_millis(random.u64(..100_000))),
        idle: Span(Duration::from_millis(random.u64(..100_000))),
        close_with_peer: random.bool(),
        reconnect: random
            .bool()
            .then(|| Span(Duration::from_millis(random.u64(..9_000)))),
        groups: one_of(random, &groups),
        receiving: Receiving {
            buffer: random.usize(..1 << 20),
            merge: random.bool(),
        },
        rules: vec![crate::config::answers::echo(); random.usize(..3)],
        limits: Limits {
            per_peer: Some(random.u32(..)).filter(|_| random.bool()).into(),
            larger: random.bool(),
            ..Limits::default()
        },
        conditions: random.bool().then_some(conditions),
        framing: one_of(random, &framings),
        charset: one_of(random, &[None, Some(Charset::Gb18030)]),
        writing: Composition {
            text: one_of(random, &["", "a\n\"b\"", "中文"].map(String::from)),
            escapes: random.bool(),
            ..Composition::default()
        },
    }
}

#[test]
fn every_session_comes_back_from_a_file() {
    for seed in 0..500 {
        let config = any(&mut fastrand::Rng::with_seed(seed));
        let text = ron::ser::to_string_pretty(&config, ron::ser::PrettyConfig::default()).unwrap();
        let back: SessionConfig = ron::from_str(&text).unwrap_or_else(|error| {
            panic!("seed {seed}: {error}\n{text}");
        });
        assert_eq!(back, config, "seed {seed}: {text}");
    }
}

#[test]
fn every_setup_comes_back_from_a_session() {
    for seed in 0..500 {
        let setup = any(&mut fastrand::Rng::with_seed(seed)).setup();
        assert_eq!(
            SessionConfig::from(setup.clone()).setup(),
            setup,
            "seed {seed}"
        );
    }
}

#[test]
fn what_is_left_out_is_usual() {
    let read: SessionConfig = ron::from_str("()").unwrap();
    assert_eq!(read, SessionConfig::default());
    let read: SessionConfig = ron::from_str("(kind: TcpServer, idle: \"2m\")").unwrap();
    let expected = SessionConfig {
        kind: Kind::TcpServer,
        idle: Span(Duration::from_secs(120)),
        ..SessionConfig::default()
    };
    assert_eq!(read, expected);
    for wrong in [
        "(kindd: Udp)",
        "(remote: Some(\"nowhere\"))",
        "(idle: \"2 days\")",
    ] {
        assert!(ron::from_str::<SessionConfig>(wrong).is_err(), "{wrong}");
    }
}

fn problems(config: &SessionConfig) -> Vec<(Field, ConfigProblem)> {
    let mistakes = config.validate(&Interfaces::default()).err();
    let mistakes = mistakes.unwrap_or_default().into_iter();
    mistakes
        .map(|mistake| (mistake.field, mistake.problem))
        .collect()
}

#[test]
fn a_mistake_names_its_field() {
    let address = Some(Peer::from(([127, 0, 0, 1], 8080)));
    let name = Name::new(b"/tmp/x").unwrap();
    let of = |kind, local| SessionConfig {
        local,
        ..SessionConfig::from(Setup::new(kind))
    };
    let udp = of(Kind::Udp, address);
    assert!(problems(&udp).is_empty());
    let mut every = Conditions::default();
    every.incoming.datagrams.duplicate = 120.0;
    let plan = every.check().unwrap_err();
    let group = |ip: [u8; 4]| Group {
        group: IpAddr::from(ip),
        interface: 0,
    };
    let cases = [
        (of(Kind::Udp, None), Field::Local, ConfigProblem::Missing),
        (
            of(Kind::Udp, Some(Peer::Named(name))),
            Field::Local,
            ConfigProblem::NotAddress,
        ),
        (
            of(Kind::UnixServer, address),
            Field::Local,
            ConfigProblem::NotName,
        ),
        (
            of(Kind::TcpClient, None),
            Field::Remote,
            ConfigProblem::Missing,
        ),
        (
            SessionConfig {
                remote: Some(Remote::Named(name)),
                ..udp.clone()
            },
            Field::Remote,
            ConfigProblem::Foreign,
        ),
        (
            SessionConfig {
                target: Some(Remote::Named(name)),
                ..udp.clone()
            },
            Field::Target,
            ConfigProblem::NotAddress,
        ),
        (
            SessionConfig {
                reconnect: Some(Span(Duration::from_secs(1))),
                ..udp.clone()
            },
            Field::Reconnect,
            ConfigProblem::Foreign,
        ),
        (
            SessionConfig {
                groups: vec![group([239, 0, 0, 1]), group([127, 0, 0, 1])],
                ..udp.clone()
            },
            Field::Groups,
            ConfigProblem::NotGroup,
        ),
        (
            SessionConfig {
                conditions: Some(every),
                ..udp.clone()
            },
            Field::Conditions,
            ConfigProblem::Plan(plan),
        ),
        (
            SessionConfig {
                framing: Some(Framing::Fixed(0)),
                ..udp.clone()
            },
            Field::Framing,
            ConfigProblem::Framing(FramingMistake::ZeroLength),
        ),
        (
            SessionConfig {
                version: VERSION + 1,
                ..udp.clone()
            },
            Field::Version,
            ConfigProblem::Newer,
        ),
    ];
    for (config, field, problem) in cases {
        assert_eq!(problems(&config), [(field, problem)], "{config:?}");
    }
    let rules = vec![Rule {
        when: When::Every(0),
        ..Rule::default()
    }];
    let found = problems(&SessionConfig { rules, ..udp });
    assert!(matches!(
        found.as_slice(),
        [(
            Field::Rules,
            ConfigProblem::Rule(ValueMistake::Rule { number: 1, .. })
        )]
    ));
}
