//! A configuration written as a command line or a scenario is read back equal.

use super::options::SessionRequest;
use super::scenario::{NamedAddresses, Scenario};
use super::{Arguments, CliCommand};
use crate::automation::impair::{Delay, DirectionPlan, Impairment, Loss};
use crate::automation::rules::{
    ActionKind, BytePattern, Condition, ReplyContent, Rule, RuleAction, preset,
};
use crate::automation::{Limits, ReplyRate};
use crate::config::named_network::{NamedNetwork, named_networks};
use crate::config::session::{CommandFile, sample};
use crate::config::{PATIENCE, SessionConfig, answers};
use crate::engine::{Endpoint, Receiving, Setup};
use crate::kind::{Addresses, SessionKind};
use crate::payload::answer::modbus::DeviceSettings;
use crate::payload::composition::{Composition, TextFormat};
use crate::words::Lang;
use clap::Parser as _;
use proptest::prelude::*;
use std::time::Duration;

/// The words of a command line, split by a POSIX shell.
pub fn split(line: &str) -> Vec<String> {
    let script = format!("for word in {line}; do printf '%s\\0' \"$word\"; done");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Checks that a configuration survives the command line with its files, and the scenario.
/// Returns the command line.
fn comes_back(config: SessionConfig) -> String {
    let line = config.command_line();
    let dir = tempfile::tempdir().unwrap();
    let mut words = split(&line);
    for CommandFile { name, text } in config.files() {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let word = words.iter_mut().find(|word| *word == name).expect(&line);
        *word = path.to_str().unwrap().to_owned();
    }
    let session_request: SessionRequest =
        match Arguments::try_parse_from(&words).expect(&line).command {
            Some(CliCommand::Udp(options)) => options.into(),
            Some(CliCommand::TcpClient(options)) => options.into(),
            Some(CliCommand::TcpServer(options)) => options.into(),
            Some(CliCommand::Relay(options)) => options.into(),
            Some(CliCommand::UnixClient(options)) => options.into(),
            Some(CliCommand::UnixServer(options)) => options.into(),
            Some(CliCommand::UnixDatagram(options)) => options.into(),
            other => panic!("{other:?}"),
        };
    let expected = carried(config.clone());
    assert_eq!(
        session_request
            .config(Lang::English)
            .map(|valid| valid.config)
            .as_ref(),
        Ok(&expected),
        "{line}"
    );
    let text = config.scenario();
    let scenario = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let [(_, session)] = scenario.sessions.0.as_slice() else {
        panic!("{text}");
    };
    let found = session.config(&NamedAddresses::default());
    let found = found.unwrap_or_else(|_| panic!("{text}")).config;
    // The target and the format of messages are parts of the steps.
    let expected = SessionConfig {
        target: None,
        writing: Composition::default(),
        ..expected
    };
    assert_eq!(found, expected, "{text}");
    line
}

/// The equivalent configuration that is read back, without limits if there are no rules and
/// without a simulated network that does nothing.
fn carried(config: SessionConfig) -> SessionConfig {
    SessionConfig {
        limits: match config.rules.is_empty() {
            true => Limits::default(),
            false => config.limits,
        },
        conditions: config.conditions.filter(|bad| !bad.is_nothing()),
        ..config
    }
}

fn udp() -> Setup {
    Setup::udp("127.0.0.1:8080".parse().unwrap())
}

#[test]
fn every_setup_comes_back() {
    let to = Endpoint::from(std::net::SocketAddr::from(([127, 0, 0, 1], 9000))).into();
    let line = comes_back(SessionConfig {
        target: Some(to),
        ..udp().into()
    });
    assert_eq!(
        line,
        "netpeer udp --bind 127.0.0.1:8080 --to 127.0.0.1:9000"
    );
    let receiving = Receiving {
        buffer: 8192,
        merge: true,
    };
    let local: std::net::SocketAddr = "[::1]:0".parse().unwrap();
    comes_back(SessionConfig::from(Setup {
        receiving,
        ..Setup::udp(local)
    }));
    let target = Endpoint::from(std::net::SocketAddr::from(([127, 0, 0, 1], 9000)));
    let relay = comes_back(SessionConfig::from(Setup {
        receiving,
        ..Setup::relay(SessionKind::RelayUdp, local, target)
    }));
    assert!(relay.ends_with(" --receive-buffer 8192 --merge"), "{relay}");
    for (timeout, close_with_peer) in [(5_000, true), (1_500, false), (20, true)] {
        let remote = super::values::endpoint("example.com:80").unwrap();
        comes_back(SessionConfig::from(Setup {
            local: (timeout == 20).then_some(local.into()),
            timeout: Duration::from_millis(timeout),
            close_with_peer,
            nodelay: close_with_peer,
            reconnect: match timeout {
                20 => Some(Setup::RECONNECT),
                1_500 => Some(Duration::from_millis(250)),
                _ => None,
            },
            ..Setup::tcp_client(remote)
        }));
        comes_back(SessionConfig::from(Setup {
            close_with_peer,
            nodelay: close_with_peer,
            ..Setup::tcp_server(local)
        }));
    }
}

#[test]
fn rules_come_back() {
    let with = |rules: &[Rule], limits| {
        comes_back(SessionConfig {
            rules: rules.to_vec(),
            limits,
            ..udp().into()
        })
    };
    let usual = Limits::default();
    assert!(with(&[answers::echo()], usual).ends_with(" --echo"));
    assert!(with(&[answers::echo()], Limits::none()).ends_with(" --echo --no-limits"));
    for text in [
        "来自服务器${data}",
        "",
        "it's $HOME `x` \"y\" \\n !",
        "-x",
        "--to",
        "a\nb",
        "*",
    ] {
        assert!(
            with(&[answers::reply(text)], usual).contains("--reply"),
            "{text}"
        );
    }
    let presets = preset::Preset::ALL.map(|preset| preset.rule("名字 \"x\"".into(), "re: "));
    let line = with(&presets, usual);
    assert!(line.ends_with("--rules rules.ron"), "{line}");
    let when = Condition::All(vec![
        Condition::Not(Box::new(Condition::Is(BytePattern::hex("01 ?? 03")))),
        Condition::Any(vec![Condition::From(":9000".into()), Condition::Every(3)]),
        Condition::Length { least: 1, most: 9 },
        Condition::Matches("^\\d+\"'$".into()),
    ]);
    let device = DeviceSettings {
        unit: Some(1),
        coils: [(3, true)].into(),
        holding: [(0, 215), (1, -5)].into(),
        ..DeviceSettings::default()
    };
    let acts = [
        ActionKind::Edit(ReplyContent::Dns("127.0.0.1".into())),
        ActionKind::Edit(ReplyContent::Written(preset::composition("x\n"))),
        ActionKind::Edit(ReplyContent::ModbusDevice(device)),
        ActionKind::Drop,
        ActionKind::Hold,
        ActionKind::Close,
        ActionKind::Reset,
        ActionKind::Reply {
            what: ReplyContent::Tftp,
            to: Some("127.0.0.1:9".into()),
        },
    ];
    let then = acts.map(|kind| RuleAction {
        kind,
        delay: 5,
        jitter: 1,
    });
    let rule = Rule {
        name: String::new(),
        on: false,
        when,
        then: then.into(),
    };
    let limits = Limits {
        per_second: ReplyRate::Unlimited,
        per_peer: ReplyRate::AtMost(0),
        larger: true,
        own: true,
        breaker: false,
    };
    with(&[rule], limits);
}

#[test]
fn a_simulated_network_comes_back() {
    let with = |setup: &Setup, conditions: &Impairment| {
        comes_back(SessionConfig {
            conditions: Some(conditions.clone()),
            ..setup.clone().into()
        })
    };
    let mut bad = Impairment {
        seed: 7,
        ..Impairment::default()
    };
    assert!(!with(&udp(), &bad).contains("--seed"), "nothing is bad");
    let mut way = DirectionPlan::default();
    way.datagrams.loss = Loss::Random {
        percent: 0.1,
        correlation: 0.0,
    };
    way.datagrams.delay = Delay {
        millis: 50.0,
        jitter: 0.3,
        ..Delay::default()
    };
    way.datagrams.rate.bits_per_second = 1_000_000;
    bad.outgoing = way.clone();
    let line = with(&udp(), &bad);
    assert!(
        line.ends_with("--loss 0.1% --delay '50ms±0.3ms' --rate 1Mbit --seed 7"),
        "{line}"
    );
    let incoming = Impairment {
        incoming: way,
        outgoing: DirectionPlan::default(),
        ..bad.clone()
    };
    assert!(with(&udp(), &incoming).ends_with("--impair-incoming"));
    bad.outgoing.datagrams.reorder.gap = 3;
    assert!(with(&udp(), &bad).ends_with("--impair impair.ron"));
    bad.outgoing.datagrams.loss = Loss::EveryNth(5);
    with(&udp(), &bad);
    let server = Setup::tcp_server("127.0.0.1:0".parse().unwrap());
    let mut bad = Impairment::default();
    bad.outgoing.stream.split = 7;
    bad.outgoing.stream.reset_after = Some(0);
    bad.incoming.stream.slow_read = 10_000;
    let line = with(&server, &bad);
    assert!(
        line.contains("--split 7 --slow-read 10kB/s --reset-after 0 --seed 0"),
        "{line}"
    );
    bad.outgoing.stream.stall.percent = 5.0;
    bad.seed = 9;
    with(&server, &bad);
}

#[test]
fn a_named_network_comes_back_by_its_name() {
    let server = Setup::tcp_server("127.0.0.1:0".parse().unwrap());
    for NamedNetwork { name, impairment } in named_networks() {
        for setup in [&udp(), &server] {
            let conditions = Impairment {
                seed: 7,
                ..impairment.clone()
            };
            let line = comes_back(SessionConfig {
                conditions: Some(conditions),
                ..setup.clone().into()
            });
            let expected = format!("--impair {} --seed 7", name.word());
            assert!(line.ends_with(&expected), "{line}");
        }
    }
}

#[test]
fn a_simulated_network_of_a_relay_comes_back_in_either_direction() {
    let local = "127.0.0.1:8080".parse().unwrap();
    let target = Endpoint::from(std::net::SocketAddr::from(([127, 0, 0, 1], 9000)));
    let mut way = DirectionPlan::default();
    way.stream.split = 7;
    way.stream.slow_read = 10_000;
    let mut lossy = DirectionPlan::default();
    lossy.datagrams.duplicate = 5.0;
    for (kind, way, options) in [
        (
            SessionKind::RelayTcp,
            way,
            "--split 7 --slow-read 10kB/s --seed 7",
        ),
        (SessionKind::RelayUdp, lossy, "--duplicate 5% --seed 7"),
    ] {
        let setup = Setup::relay(kind, local, target.clone());
        let with = |outgoing: Option<&DirectionPlan>, incoming: Option<&DirectionPlan>| {
            let conditions = Impairment {
                seed: 7,
                outgoing: outgoing.cloned().unwrap_or_default(),
                incoming: incoming.cloned().unwrap_or_default(),
            };
            comes_back(SessionConfig {
                conditions: Some(conditions),
                ..setup.clone().into()
            })
        };
        let line = with(Some(&way), None);
        assert!(line.ends_with(options), "{line}");
        let line = with(None, Some(&way));
        assert!(
            line.ends_with(&format!("{options} --impair-incoming")),
            "{line}"
        );
        let line = with(Some(&way), Some(&way));
        assert!(
            line.ends_with(&format!("{options} --impair-both")),
            "{line}"
        );
    }
}

/// The part of a configuration that a command line can express.
fn spoken(config: SessionConfig) -> SessionConfig {
    let is_text = config.writing.format == TextFormat::Text;
    let waits = config.kind.addresses() == Addresses::Internet;
    let timeout = Some(config.connect_timeout).filter(|_| waits);
    SessionConfig {
        connect_timeout: timeout.unwrap_or(PATIENCE),
        framing: config.framing.filter(|_| config.kind.has_framing()),
        framing_sent: config.framing_sent.filter(|_| config.kind.has_framing()),
        charset: config.charset.filter(|_| is_text),
        writing: match config.kind.is_relay() {
            true => Composition::default(),
            false => config.writing,
        },
        ..config
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn sessions_of_every_kind_come_back(config in sample::sessions()) {
        comes_back(spoken(config));
    }
}
