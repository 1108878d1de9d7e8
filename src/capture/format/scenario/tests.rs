//! The text of scenarios.

use super::{SCENARIO_ROWS, ScenarioProblem};
use crate::capture::writer::tests::{context, notice, received, sent};
use crate::capture::{CaptureContext, CaptureFields, CaptureFormat, CaptureWriter, KnownSession};
use crate::connection_id::ConnectionId;
use crate::peer::{Name, Peer};
use crate::schema::{Fault, Schema};
use crate::traffic::framing::{Framing, SessionFraming};
use crate::traffic::{Body, MessageSchema, Micros, Notice, Record};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

fn at(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

fn of(connection: u64, record: Record<'_>) -> Record<'_> {
    Record {
        connection: ConnectionId::read(connection),
        ..record
    }
}

fn made(context: CaptureContext, records: &[Record<'_>]) -> io::Result<String> {
    let mut writer = CaptureWriter::new(CaptureFormat::Scenario, context, Vec::new())?;
    for (row, record) in records.iter().enumerate() {
        writer.write(row as u64, record)?;
    }
    writer.end()?;
    let length = writer.written();
    let bytes = writer.finish()?;
    assert_eq!(bytes.len() as u64, length);
    Ok(String::from_utf8(bytes).unwrap())
}

fn scenario(records: &[Record<'_>]) -> String {
    made(context(), records).unwrap()
}

fn problem(records: &[Record<'_>]) -> Option<ScenarioProblem> {
    ScenarioProblem::of(&made(context(), records).unwrap_err())
}

#[test]
fn a_client_sends_and_expects_what_its_rows_have() {
    let peer = Peer::from(at(9000));
    let connected = Notice::Connected {
        peer,
        local: at(5000).into(),
    };
    let closed = Notice::Closed { peer, unsent: 0 };
    let rows = [
        notice(0, &connected),
        received(1_000, at(9000), b"hello \"you\" ${x} \\\r\n"),
        sent(500_000, at(9000), b"one\n"),
        received(510_000, at(9000), b"ONE\n"),
        sent(4_000_000, at(9000), b"\xFF\0"),
        received(7_600_000, at(9000), b"\0\xFF"),
        notice(7_700_000, &closed),
    ]
    .map(|record| of(1, record));
    let expected = r#"(
    sessions: {
        "client": TcpClient(to: "127.0.0.1:9000"),
    },
    steps: [
        // Connected { peer: 127.0.0.1:9000, local: 127.0.0.1:5000 }
        Expect(session: "client", exact: "hello \"you\" ${x} \\\r\n"),

        Send(session: "client", text: "one\n"),
        Expect(session: "client", exact: "ONE\n"),

        Send(session: "client", hex: "FF 00"),
        Expect(session: "client", hex: "00 FF", within: "15s"),

        // Closed { peer: 127.0.0.1:9000, unsent: 0 }
        Close("client"),
    ],
)
"#;
    assert_eq!(scenario(&rows), expected);
}

#[test]
fn a_server_is_bound_to_any_port_and_names_a_client_among_several() {
    let local = Peer::from(at(9000));
    let listening = Notice::Listening { local };
    let joined = [5001, 5002].map(|port| Notice::Joined {
        peer: at(port).into(),
    });
    let rows = [
        notice(0, &listening),
        of(1, notice(1_000, &joined[0])),
        of(1, received(2_000, at(5001), b"hi")),
        of(1, sent(3_000, at(5001), b"yes")),
        of(2, notice(4_000, &joined[1])),
        of(2, received(5_000, at(5002), b"hi")),
        of(2, sent(6_000, at(5002), b"no")),
    ];
    let expected = r#"(
    sessions: {
        "server": TcpServer(bind: "127.0.0.1:0"), // 127.0.0.1:9000
    },
    steps: [
        // Listening { local: 127.0.0.1:9000 }
        // Joined { peer: 127.0.0.1:5001 }
        Expect(session: "server", exact: "hi", within: "10s"),
        Send(session: "server", text: "yes"),

        // Joined { peer: 127.0.0.1:5002 }
        Expect(session: "server", exact: "hi"),
        Send(session: "server", to: "127.0.0.1:5002", text: "no"),
    ],
)
"#;
    assert_eq!(scenario(&rows), expected);
}

#[test]
fn datagrams_have_an_address_where_they_are_no_answer() {
    let rows = [
        received(1_000, at(7001), b"x"),
        sent(2_000, at(7001), b"y"),
        sent(32_000, at(7003), b"z"),
        received(33_000, at(7003), b"w"),
        sent(34_000, at(7001), b"v"),
    ];
    let expected = r#"(
    sessions: {
        "socket": Udp(bind: "127.0.0.1:0"),
    },
    steps: [
        Expect(session: "socket", exact: "x", within: "10s"),
        Send(session: "socket", text: "y"),
        Wait("30ms"),
        Send(session: "socket", to: "127.0.0.1:7003", text: "z"),
        Expect(session: "socket", from: "127.0.0.1:7003", exact: "w"),

        Send(session: "socket", to: "127.0.0.1:7001", text: "v"),
    ],
)
"#;
    assert_eq!(scenario(&rows), expected);
    let text = scenario(&[sent(0, at(7003), b"x"), sent(8_940_000, at(7003), b"y")]);
    let wait = "        Wait(\"2000ms\"), // 8.94s → 2s\n";
    assert!(text.contains(wait), "{text}");
    // A peer elsewhere cannot reach the loopback interface.
    let far = ([10, 0, 0, 1], 7).into();
    let text = scenario(&[sent(0, far, b"x"), received(61_000_000, far, b"y")]);
    assert!(text.contains(r#"Udp(bind: "0.0.0.0:0")"#), "{text}");
    assert!(text.contains("(\n    within: \"122s\",\n"), "{text}");
}

#[test]
fn each_connection_of_a_client_is_a_session_and_one_may_be_half_closed() {
    let peer = Peer::from(at(9));
    let finished = Notice::PeerFinished { peer };
    let rows = [
        of(1, sent(0, at(9), b"one")),
        of(1, notice(1, &finished)),
        of(1, sent(2, at(9), b"late")),
        of(2, sent(3, at(9), b"two")),
    ];
    let text = scenario(&rows);
    for part in [
        "        \"client\": TcpClient(to: \"127.0.0.1:9\", half_open: true),\n",
        "        \"client2\": TcpClient(to: \"127.0.0.1:9\"),\n",
        "        Send(session: \"client2\", text: \"two\"),\n",
    ] {
        assert!(text.contains(part), "{part}{text}");
    }
}

#[test]
fn a_relays_client_is_played_against_its_target() {
    let relayed = |record: Record<'static>, other: SocketAddr| {
        let mut record = record;
        record.origin.other = Some(other.into());
        record
    };
    let rows = [
        relayed(received(0, at(5), b"ask"), at(9)),
        relayed(sent(1, at(9), b"ask"), at(5)),
        relayed(received(2, at(9), b"answer"), at(5)),
        relayed(sent(3, at(5), b"answer"), at(9)),
    ];
    let steps = r#"
        Send(session: "socket", to: "127.0.0.1:9", text: "ask"),
        Expect(session: "socket", from: "127.0.0.1:9", exact: "answer"),
    ],
"#;
    let text = scenario(&rows);
    assert!(text.contains(steps), "{text}");
}

#[test]
fn messages_of_a_framed_stream_are_expected_whole() {
    let session = KnownSession {
        framing: Framing::Lines.into(),
        ..KnownSession::default()
    };
    let rows = [
        of(1, sent(0, at(9), b"go\r\n")),
        of(1, received(1, at(9), b"one\r\ntw")),
        of(1, received(2, at(9), b"o\n")),
    ];
    let context = CaptureContext {
        session,
        ..context()
    };
    let text = made(context, &rows).unwrap();
    let parts = r#"        "client": TcpClient(to: "127.0.0.1:9", framing: Lines),
    },
    steps: [
        Send(session: "client", text: "go\r\n"),
        Expect(session: "client", exact: "one"),
        Expect(session: "client", exact: "two"),
    ],
"#;
    assert!(text.contains(parts), "{text}");
}

#[test]
fn stuffed_messages_are_sent_unstuffed_because_the_session_stuffs_them() {
    let session = KnownSession {
        framing: Framing::Cobs.into(),
        ..KnownSession::default()
    };
    let rows = [
        of(1, sent(0, at(9), b"\x04a b\0\x02c\0")),
        of(1, received(1, at(9), b"\x04a b\0")),
    ];
    let context = CaptureContext {
        session,
        ..context()
    };
    let text = made(context, &rows).unwrap();
    let parts = r#"        "client": TcpClient(to: "127.0.0.1:9", framing: Cobs),
    },
    steps: [
        Send(session: "client", text: "a b"),
        Send(session: "client", text: "c"),
        Expect(session: "client", exact: "a b"),
    ],
"#;
    assert!(text.contains(parts), "{text}");
}

#[test]
fn each_message_of_a_framed_datagram_is_expected() {
    let session = KnownSession {
        framing: SessionFraming::new(Some(Framing::Lines), Some(Framing::Fixed(2)), true),
        ..KnownSession::default()
    };
    let rows = [
        sent(0, at(9), b"go"),
        received(1, at(9), b"one\ntwo\nth"),
        received(2, at(9), b"ree\n"),
    ];
    let context = CaptureContext {
        session,
        ..context()
    };
    let text = made(context, &rows).unwrap();
    for part in [
        ", framing: Lines, framing_sent: Fixed(2)),",
        "exact: \"one\"",
        "exact: \"two\"",
        "exact: \"ree\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("\"th\""), "{text}");
}

#[test]
fn described_messages_are_expected_by_their_fields_and_wrong_ones_by_their_bytes() {
    let schema = r#"(seq: [
        (id: "kind", type: "u1"),
        (id: "sum", type: "u1", checksum: "XOR-8"),
    ])"#;
    let schema = Schema::read(schema).unwrap();
    let described = Arc::new(MessageSchema {
        schema,
        framing: SessionFraming::default(),
    });
    let described = |describe: Option<&str>| CaptureContext {
        fields: Some(CaptureFields {
            described: Arc::clone(&described),
            describe: Arc::new(|fault: &Fault| format!("{fault:?}")),
        }),
        session: KnownSession {
            describe: describe.map(str::to_owned),
            ..KnownSession::default()
        },
        ..context()
    };
    let rows = [
        sent(0, at(9), b"?"),
        received(1, at(9), b"\x07\x07"),
        received(2, at(9), b"\x07\x08"),
    ];
    let text = made(described(Some("a \"b\".ron")), &rows).unwrap();
    for part in [
        r#"Udp(bind: "127.0.0.1:0", describe: "a \"b\".ron"),"#,
        r#"from: "127.0.0.1:9", fields: ["kind:7", "sum:ok"]),"#,
        r#"from: "127.0.0.1:9", hex: "07 08"),"#,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A scenario that cannot name the description cannot test fields.
    let text = made(described(None), &rows).unwrap();
    assert!(text.contains(r#"hex: "07 07""#), "{text}");
}

#[test]
fn neither_names_nor_events_break_out() {
    let peer = Peer::Named(Name::new(b"/tmp/{client}\"").unwrap());
    let connected = Notice::Connected {
        peer,
        local: Peer::NAMELESS,
    };
    let context = CaptureContext {
        describe: Arc::new(|_| "a\n    ],\n)".to_owned()),
        ..context()
    };
    let bytes = b"x";
    let rows = [
        notice(0, &connected),
        Record::new(1, Body::Sent { peer, bytes }),
    ]
    .map(|record| of(1, record));
    let text = made(context, &rows).unwrap();
    let name = r#"UnixClient(to: "unix:/tmp/\\7Bclient}\""),"#;
    assert!(text.contains(name), "{text}");
    assert!(text.contains("        // a␊    ],␊)\n"), "{text}");
}

#[test]
fn what_makes_no_scenario_is_refused() {
    let joined = Notice::Joined { peer: at(9).into() };
    assert_eq!(problem(&[]), Some(ScenarioProblem::Empty));
    let only = [notice(0, &joined)];
    assert_eq!(problem(&only), Some(ScenarioProblem::Empty));
    let missing = Notice::NotCaptured {
        peer: at(9).into(),
        inward: true,
        bytes: 7,
    };
    let rows = [sent(0, at(9), b"x"), notice(1, &missing)];
    assert_eq!(problem(&rows), Some(ScenarioProblem::Incomplete(2)));
    let mut cut = received(0, at(9), b"x");
    cut.arrival.truncated = true;
    assert_eq!(problem(&[cut]), Some(ScenarioProblem::Incomplete(1)));
    let bytes = b"x";
    let peer = Peer::NAMELESS;
    let unnamed = Record::new(0, Body::Received { peer, bytes });
    assert_eq!(problem(&[unnamed]), Some(ScenarioProblem::Nameless));
    let most: Vec<Record<'_>> = (0..=SCENARIO_ROWS)
        .map(|row| sent(row as Micros, at(9), b"x"))
        .collect();
    let refused = Some(ScenarioProblem::TooMany(SCENARIO_ROWS));
    assert_eq!(problem(&most), refused);
    assert!(made(context(), &most[1..]).is_ok());
    let long = vec![0; 3 << 20];
    let rows = [sent(0, at(9), &long)];
    let limit = super::LONGEST_SCENARIO;
    assert_eq!(problem(&rows), Some(ScenarioProblem::TooLong(limit)));
}
