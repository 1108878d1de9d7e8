//! Settings of version 1 are migrated.

use super::*;

#[test]
fn a_relay_of_earlier_settings_stays_what_it_was() {
    let read = |relayed: &str| {
        let text = format!("(version: 1, tabs: [(network: (kind: Relay, relayed: {relayed}))])");
        let settings = parse(&text).unwrap();
        let again = parse(&ron::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again, settings);
        let network = &settings.tabs[0].network;
        assert_eq!(network, &TabSettings::of_kind(network.kind).network);
        network.kind
    };
    assert_eq!(read("Udp"), SessionKind::RelayUdp);
    assert_eq!(read("Tcp"), SessionKind::RelayTcp);
}

#[test]
fn reply_limits_that_nobody_chose_in_version_1_are_the_usual_ones() {
    let limits = |version: u32, second: u32, peer: u32| {
        let text = format!(
            "(version: {version}, tabs: [(rules: (limits: (per_second: Some({second}), \
             per_peer: Some({peer}), larger: true)))])"
        );
        let (settings, aside, _dir) = loaded(text.as_bytes());
        assert!(aside.is_none(), "{aside:?}");
        assert_eq!(settings.version, VERSION);
        let limits = settings.tabs[0].rules.limits;
        assert!(limits.larger);
        (limits.per_second, limits.per_peer)
    };
    let at_most = |second, peer| (ReplyRate::AtMost(second), ReplyRate::AtMost(peer));
    assert_eq!(limits(1, 100, 10), (ReplyRate::Usual, ReplyRate::Usual));
    assert_eq!(limits(1, 100, 20), at_most(100, 20));
    assert_eq!(limits(2, 100, 10), at_most(100, 10));
}

/// Files of the first and the last settings of version 1, written by hand from its types.
const FIRST_OF_1: &str = include_str!("../v1/first.ron");
const MESSAGES_OF_1: &str = include_str!("../v1/messages.ron");
const LAST_OF_1: &str = include_str!("../v1/last.ron");

/// The migrated settings of a file of version 1. Saving and reading them again changes nothing.
fn migrated(text: &str) -> Settings {
    let (settings, aside, _dir) = loaded(text.as_bytes());
    assert!(aside.is_none(), "{aside:?}");
    assert_eq!(settings.version, VERSION);
    let pretty = ron::ser::PrettyConfig::default();
    let saved = ron::ser::to_string_pretty(&settings, pretty).unwrap();
    assert_eq!(parse(&saved).unwrap(), settings);
    settings
}

#[test]
fn the_first_settings_of_version_1_keep_addresses_and_messages() {
    let settings = migrated(FIRST_OF_1);
    assert_eq!(settings.lang, Some(Lang::English));
    assert_eq!((settings.theme, settings.active), (ThemeSetting::Dark, 1));
    assert_eq!(settings.window, WindowSize::from((1024.0, 700.0)));
    let preferences = Preferences {
        log_mib: 128,
        connect_seconds: 9,
        ..Preferences::default()
    };
    assert_eq!(settings.preferences, preferences);
    let [socket, client] = settings.tabs.as_slice() else {
        panic!("{} tabs", settings.tabs.len());
    };
    assert_eq!(socket.network.local_host, "0.0.0.0");
    assert_eq!(socket.network.local_port, "9000");
    assert_eq!(socket.groups.address, "239.1.2.3");
    assert_eq!(socket.groups.interface, "eth0");
    assert_eq!(socket.receive.display, Display::Both);
    assert!(!socket.receive.log_mode);
    assert_eq!(socket.send.target_host, "192.168.1.20");
    assert_eq!(socket.send.target_port, "502");
    let hex = Composition {
        format: TextFormat::Hex,
        text: "01 03 00 00 00 02".into(),
        ..Composition::default()
    };
    assert_eq!(socket.send.composition, hex);
    assert_eq!(client.network.kind, SessionKind::TcpClient);
    assert_eq!(client.network.client_host, "10.0.0.2");
    assert_eq!(client.network.client_port, "5555");
    assert_eq!(client.network.remote_host, "设备.lan");
    assert_eq!(client.network.remote_port, "23");
    assert!(!client.network.close_with_peer);
    let escaped = Composition {
        text: r"AT\r\n".into(),
        escapes: true,
        ..Composition::default()
    };
    assert_eq!(client.send.composition, escaped);
}

#[test]
fn settings_of_version_1_keep_compositions_sequences_and_the_library() {
    let settings = migrated(MESSAGES_OF_1);
    assert!(settings.preferences.merge);
    assert_eq!(settings.preferences.receive_kib, 8192);
    let tab = &settings.tabs[0];
    assert_eq!(tab.network.kind, SessionKind::TcpServer);
    assert_eq!(tab.receive.read_as.session, Some(Charset::Gb18030));
    assert!(tab.receive.verifies);
    let send = &tab.send;
    assert_eq!(
        (send.source, send.charset),
        (SendSource::File, Some(Charset::Big5))
    );
    assert_eq!(send.composition.text, "第一行\n\"引号\"");
    assert_eq!(send.composition.ending, LineEnding::CrLf);
    assert_eq!(send.composition.checksum.sum.name(), "XOR-8");
    assert_eq!(send.composition.checksum.to, Some(7));
    assert_eq!(
        (send.repeat.interval.as_str(), send.repeat.count.as_str()),
        ("250", "12")
    );
    assert_eq!(send.file.path.text, "/tmp/firmware.bin");
    assert_eq!(
        (send.file.block.as_str(), send.file.rate.as_str()),
        ("1024", "64")
    );
    let step = &tab.sequence.steps[0];
    assert_eq!(
        (step.name.as_str(), step.times, step.pause),
        ("登录", 3, 500)
    );
    assert_eq!(tab.sequence.rounds, "2");
    assert_eq!(settings.library.history.entries()[0].text, "hello");
    let group = &settings.library.snippets.groups[0];
    assert_eq!(group.snippets[0].composition.text, "AT+GMR");
}

#[test]
fn the_last_settings_of_version_1_keep_rules_the_network_and_measuring() {
    let settings = migrated(LAST_OF_1);
    assert_eq!(settings.preferences.kept_days, 30);
    let [relay, socket] = settings.tabs.as_slice() else {
        panic!("{} tabs", settings.tabs.len());
    };
    assert_eq!(relay.network.kind, SessionKind::RelayTcp);
    assert_eq!(relay.network.remote_port, "7001");
    assert_eq!(relay.receive.display, Display::Classic);
    assert!(relay.receive.private);
    let recording = &relay.receive.recording;
    assert_eq!(recording.path.text, "/tmp/relay.jsonl");
    assert_eq!(
        (recording.format, recording.full_mib),
        (CaptureFormat::JsonLines, 64)
    );
    let framing = &relay.receive.framing;
    assert_eq!(
        (framing.method, framing.width, framing.offset),
        (FramingMethod::LengthPrefix, 4, 2)
    );
    assert!(framing.includes_header && !framing.big_endian);
    assert!(relay.send.follows && !relay.send.file.replays);
    assert_eq!(relay.send.file.which, ReplaySelection::All);
    let rule = &relay.rules.rules[0];
    assert!(matches!(&rule.when, Condition::All(all) if all.len() == 3));
    assert_eq!((rule.then[0].delay, rule.then[0].jitter), (20, 5));
    assert_eq!(rule.then[1].kind, ActionKind::Drop);
    assert_eq!(relay.rules.limits.per_second, ReplyRate::Usual);
    let conditions = &relay.bad_network.conditions;
    assert_eq!((relay.bad_network.on, conditions.seed), (true, 7));
    assert!(matches!(
        conditions.outgoing.datagrams.loss,
        Loss::Burst { .. }
    ));
    assert_eq!(conditions.outgoing.stream.reset_after, Some(5000));
    assert_eq!(conditions.incoming.stream.slow_read, 2048);
    let field = NumberField::User {
        offset: 4,
        width: 2,
        little_endian: true,
    };
    assert_eq!((relay.measure.on, &relay.measure.field), (true, &field));
    assert_eq!(
        (relay.measure.load.rate, relay.measure.load.size),
        (2500.0, 128)
    );
    assert_eq!(socket.network.local_name, "@here");
    assert_eq!(socket.network.remote_name, "/run/there.sock");
    let limits = socket.rules.limits;
    assert_eq!(limits.per_second, ReplyRate::AtMost(500));
    assert_eq!(limits.per_peer, ReplyRate::Unlimited);
    assert!(limits.own && !limits.breaker);
}

/// Files that programs of version 1 wrote on 28 November 2026: before revision 185dea0 (the
/// first), between 76c4b0b and c348439 (the second), and at 38e9bd6. Only paths are shortened.
const WRITTEN_BY_1: [&str; 4] = [
    include_str!("../v1/written_socket.ron"),
    include_str!("../v1/written_relay.ron"),
    include_str!("../v1/written_rules.ron"),
    include_str!("../v1/written_server.ron"),
];

#[test]
fn settings_that_programs_of_version_1_wrote_are_kept() {
    let [socket, relay, rules, server] = WRITTEN_BY_1.map(migrated);
    let kinds = |settings: &Settings| -> Vec<SessionKind> {
        let tabs = settings.tabs.iter();
        tabs.map(|tab| tab.network.kind).collect()
    };
    let usual = Settings {
        window: SMALLEST.into(),
        ..Settings::default()
    };
    assert_eq!(socket, usual);
    assert_eq!(kinds(&relay), [SessionKind::RelayUdp, SessionKind::Udp]);
    assert_eq!(relay.tabs[0].network.remote_port, "18888");
    assert_eq!(relay.active, 1);

    assert_eq!(kinds(&rules), [SessionKind::Udp, SessionKind::TcpClient]);
    let [tab, client] = [&rules.tabs[0], &rules.tabs[1]];
    let names: Vec<&str> = tab.rules.rules.iter().map(|rule| &*rule.name).collect();
    assert_eq!(names, ["ping", "回显"]);
    assert!(tab.rules.on && tab.bad_network.on);
    let incoming = &tab.bad_network.conditions.incoming;
    assert!(matches!(incoming.datagrams.loss, Loss::Burst { .. }));
    assert_eq!(client.send.source, SendSource::File);
    assert_eq!(client.send.file.path.text, "/tmp/blob.bin");
    assert_eq!(client.receive.recording.path.text, "/tmp/ok.pcapng");

    assert_eq!(
        kinds(&server),
        [SessionKind::TcpServer, SessionKind::TcpClient]
    );
    assert_eq!(server.lang, Some(Lang::English));
    assert_eq!(server.tabs[0].receive.framing.method, FramingMethod::Lines);
    assert_eq!(server.library.history.entries()[0].text, "ping");
    for tab in WRITTEN_BY_1.map(migrated).iter().flat_map(|all| &all.tabs) {
        let limits = tab.rules.limits;
        assert_eq!(limits.per_second, ReplyRate::Usual);
        assert_eq!(limits.per_peer, ReplyRate::Usual);
    }
}
