//! Dissectors that are written for descriptions find the messages of a stream.

use super::code::dissected;
use super::{TIME, address};
use netpeer::schema::{ReadyMade, Schema};
use netpeer::traffic::{Arrival, Chunk, ChunkBuilder, Notice};

/// What clients send to a server on port 5000, each on a connection of its own: a segment for each
/// part.
fn connections(all: &[Vec<&[u8]>]) -> Chunk {
    let mut chunk = ChunkBuilder::default();
    let local = address("192.0.2.2:5000").into();
    chunk.notice(TIME, Notice::Listening { local });
    for (number, parts) in all.iter().enumerate() {
        let peer = address(&format!("192.0.2.1:{}", 40_000 + number));
        chunk.notice(TIME, Notice::Joined { peer: peer.into() });
        for part in parts {
            chunk.received(TIME, peer, part, Arrival::default());
        }
    }
    chunk.finish()
}

/// The values of a field on each connection, in their order, with what an expert says of them.
fn values(schema: &Schema, all: &[Vec<&[u8]>], field: &str) -> Vec<(Vec<String>, String)> {
    let columns = ["tcp.stream", field, "_ws.expert.message"];
    let mut arguments = vec!["-T", "fields", "-E", "separator=|"];
    arguments.extend(columns.iter().flat_map(|column| ["-e", *column]));
    let printed = dissected(schema, &connections(all), &arguments);
    let mut found = vec![(Vec::new(), String::new()); all.len()];
    for line in printed.lines() {
        let mut cells = line.splitn(3, '|');
        let stream: usize = cells.next().unwrap().parse().unwrap();
        let (values, complaints) = &mut found[stream];
        let here = cells.next().unwrap().split(',');
        values.extend(here.filter(|value| !value.is_empty()).map(str::to_owned));
        // The handshake is a message of an expert, too.
        let said = cells.next().unwrap().split(',');
        complaints.extend(said.filter(|said| !said.starts_with("Connection establish")));
    }
    found
}

/// Checks that the numbers of the messages of a stream are found, wherever two segments part.
fn found(schema: &Schema, stream: &[u8], field: &str, expected: &[&str]) {
    let cuts = 0..stream.len();
    let parts = cuts.map(|cut| {
        let (first, second) = stream.split_at(cut);
        let parts = [first, second].into_iter();
        parts.filter(|part| !part.is_empty()).collect()
    });
    let parts: Vec<Vec<&[u8]>> = parts.collect();
    for (cut, (values, complaints)) in values(schema, &parts, field).iter().enumerate() {
        assert_eq!(values, expected, "cut at {cut}: {complaints}");
        assert_eq!(complaints, "", "cut at {cut}");
    }
}

/// What is found on one connection.
fn on_one(schema: &Schema, parts: &[&[u8]], field: &str) -> (Vec<String>, String) {
    values(schema, &[parts.to_vec()], field).remove(0)
}

/// A description of messages of a number and data, in streams of this framing.
fn numbered(framing: &str) -> Schema {
    let text = format!(
        r#"(meta: (id: "numbered", framing: "{framing}"), seq: [
            (id: "n", type: "u1"), (id: "data", size_eos: true),
        ])"#
    );
    Schema::read(&text).unwrap()
}

#[test]
fn messages_with_a_length_are_put_together_and_parted() {
    for (framing, stream) in [
        ("length:2,offset=1", &b"\x07\0\x02ab\x08\0\0\x09\0\x01c"[..]),
        ("length:1,offset=1,whole", b"\x07\x04ab\x08\x02\x09\x03c"),
        (
            "length:4,little,offset=1,adjust=-1",
            b"\x07\x03\0\0\0ab\x08\x01\0\0\0\x09\x01\0\0\0",
        ),
        ("fixed:3", b"\x07ab\x08cd\x09ef"),
        ("varint,offset=1", b"\x07\x82\0ab\x08\0\x09\x01c"),
    ] {
        found(&numbered(framing), stream, "numbered.n", &["7", "8", "9"]);
    }
}

#[test]
fn messages_with_an_end_are_put_together_and_parted() {
    for (framing, stream) in [
        ("lines", &b"\x07ab\r\n\x08\n\x09c\n"[..]),
        (r"delimiter:\\r\\n", b"\x07a\r\r\n\x08\n\r\n\x09\r\n"),
        (r"delimiter:]]", b"\x07a]]\x08]]\x09b]]"),
    ] {
        found(&numbered(framing), stream, "numbered.n", &["7", "8", "9"]);
    }
    // The bytes that end a message are none of its fields.
    let (values, _) = on_one(
        &numbered("lines"),
        &[b"\x07ab\r\n\x08cd\n"],
        "numbered.data",
    );
    assert_eq!(values, ["6162", "6364"]);
}

#[test]
fn three_messages_in_five_segments() {
    let parts: [&[u8]; 5] = [b"\x07\0", b"\x02", b"ab\x08\0\x01", b"c\x09\0", b"\0"];
    let (values, complaints) = on_one(&numbered("length:2,offset=1"), &parts, "numbered.n");
    assert_eq!(values, ["7", "8", "9"]);
    assert_eq!(complaints, "");
}

#[test]
fn ready_made_protocols_have_their_framing() {
    let schema = ReadyMade::named("modbus_tcp").unwrap().schema().unwrap();
    let stream = b"\0\x05\0\0\0\x06\x11\x03\0\x6B\0\x03\0\x06\0\0\0\x06\x11\x03\0\x6C\0\x02";
    found(&schema, stream, "modbus_tcp.transaction", &["5", "6"]);
    let schema = ReadyMade::named("mqtt").unwrap().schema().unwrap();
    let stream = b"\x30\x05\0\x01ahi\xC0\0\x40\x02\x12\x34";
    found(&schema, stream, "mqtt_netpeer.type", &["3", "12", "4"]);
}

#[test]
fn without_a_framing_each_segment_is_a_message_and_the_file_says_so() {
    let schema = Schema::read(
        r#"(meta: (id: "numbered"), seq: [(id: "n", type: "u1"), (id: "data", size_eos: true)])"#,
    );
    let schema = schema.unwrap();
    let (found, _) = on_one(&schema, &[b"\x07a", b"\x08"], "numbered.n");
    assert_eq!(found, ["7", "8"]);
    let code = schema.code(netpeer::schema::CodeLanguage::Lua, &[], None);
    assert!(
        code.unwrap()
            .contains("each segment is taken as one message")
    );
}

#[test]
fn a_length_that_cannot_be_right_ends_with_its_segment() {
    let schema = numbered("length:4,offset=1");
    let parts: [&[u8]; 2] = [b"\x07\xFF\xFF\xFF\xFFab", b"\x08\0\0\0\x01c"];
    let (values, _) = on_one(&schema, &parts, "numbered.n");
    assert_eq!(values, ["7", "8"]);
}
