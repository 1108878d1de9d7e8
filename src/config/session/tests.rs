//! Facts about sessions as they are written.

use super::*;
use crate::automation::rules::Condition;
use crate::config::ValueMistake;
use crate::engine::Interfaces;
use crate::peer::Name;
use crate::traffic::framing::FramingMistake;
use proptest::prelude::*;
use proptest::sample::select;
use std::net::IpAddr;
use std::time::Duration;

proptest! {
    #[test]
    fn every_session_comes_back_from_a_file(
        config in sample::sessions(),
        text in select(vec!["", "a\n\"b\"", "中文"]),
    ) {
        let config = SessionConfig {
            writing: Composition {
                text: text.into(),
                ..config.writing
            },
            ..config
        };
        let pretty = ron::ser::PrettyConfig::default();
        let text = ron::ser::to_string_pretty(&config, pretty).unwrap();
        prop_assert_eq!(ron::from_str::<SessionConfig>(&text), Ok(config), "{}", text);
    }

    #[test]
    fn every_setup_comes_back_from_a_session(config in sample::sessions()) {
        let setup = config.setup();
        prop_assert_eq!(SessionConfig::from(setup.clone()).setup(), setup);
    }

    #[test]
    fn what_sessions_of_a_kind_have_and_need_is_right(config in sample::sessions()) {
        let book = config.book(None, &Interfaces::default());
        prop_assert_eq!(config.validated(book).err(), None);
    }
}

#[test]
fn what_is_left_out_is_usual() {
    let read: SessionConfig = ron::from_str("()").unwrap();
    assert_eq!(read, SessionConfig::default());
    let read: SessionConfig = ron::from_str("(kind: TcpServer, idle: \"2m\")").unwrap();
    let expected = SessionConfig {
        kind: SessionKind::TcpServer,
        idle: UnitDuration(Duration::from_secs(120)),
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

fn problems(config: &SessionConfig) -> Vec<(SessionField, ConfigProblem)> {
    let book = config.book(None, &Interfaces::default());
    let mistakes = config.clone().validated(book).err();
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
    let udp = of(SessionKind::Udp, address);
    assert!(problems(&udp).is_empty());
    let mut every = Impairment::default();
    every.incoming.datagrams.duplicate = 120.0;
    let plan = every.check().unwrap_err();
    let group = |ip: [u8; 4]| MulticastGroup {
        group: IpAddr::from(ip),
        interface: 0,
    };
    let group_v6 = MulticastGroup {
        group: "ff02::1".parse().unwrap(),
        interface: 0,
    };
    let cases = [
        (
            of(SessionKind::Udp, None),
            SessionField::Local,
            ConfigProblem::Missing,
        ),
        (
            of(SessionKind::Udp, Some(Peer::Named(name))),
            SessionField::Local,
            ConfigProblem::NotAddress,
        ),
        (
            of(SessionKind::UnixServer, address),
            SessionField::Local,
            ConfigProblem::NotName,
        ),
        (
            of(SessionKind::TcpClient, None),
            SessionField::Remote,
            ConfigProblem::Missing,
        ),
        (
            SessionConfig {
                remote: Some(Remote::Named(name)),
                ..udp.clone()
            },
            SessionField::Remote,
            ConfigProblem::Foreign,
        ),
        (
            SessionConfig {
                target: Some(Remote::Named(name)),
                ..udp.clone()
            },
            SessionField::Target,
            ConfigProblem::NotAddress,
        ),
        (
            SessionConfig {
                reconnect: Some(UnitDuration(Duration::from_secs(1))),
                ..udp.clone()
            },
            SessionField::Reconnect,
            ConfigProblem::Foreign,
        ),
        (
            SessionConfig {
                allow: vec![IpAddr::from([10, 0, 0, 1]).into()],
                ..udp.clone()
            },
            SessionField::Allow,
            ConfigProblem::Foreign,
        ),
        (
            SessionConfig {
                groups: vec![group([239, 0, 0, 1]), group([127, 0, 0, 1])],
                ..udp.clone()
            },
            SessionField::Groups,
            ConfigProblem::NotGroup,
        ),
        (
            SessionConfig {
                groups: vec![group([239, 0, 0, 1]), group_v6],
                ..udp.clone()
            },
            SessionField::Groups,
            ConfigProblem::GroupVersion,
        ),
        (
            SessionConfig {
                conditions: Some(every),
                ..udp.clone()
            },
            SessionField::Conditions,
            ConfigProblem::Plan(plan),
        ),
        (
            SessionConfig {
                framing: Some(Framing::Fixed(0)),
                ..udp.clone()
            },
            SessionField::Framing,
            ConfigProblem::Framing(FramingMistake::ZeroLength),
        ),
        (
            SessionConfig {
                framing_sent: Some(Framing::IdleGap(20_000)),
                ..udp.clone()
            },
            SessionField::FramingSent,
            ConfigProblem::Framing(FramingMistake::GapInDatagrams),
        ),
        (
            SessionConfig {
                version: VERSION + 1,
                ..udp.clone()
            },
            SessionField::Version,
            ConfigProblem::Newer,
        ),
    ];
    for (config, field, problem) in cases {
        assert_eq!(problems(&config), [(field, problem)], "{config:?}");
    }
    let rules = vec![Rule {
        when: Condition::Every(0),
        ..Rule::default()
    }];
    let found = problems(&SessionConfig { rules, ..udp });
    assert!(matches!(
        found.as_slice(),
        [(
            SessionField::Rules,
            ConfigProblem::Rule(ValueMistake::Rule { number: 1, .. })
        )]
    ));
}
