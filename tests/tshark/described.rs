//! The ready-made descriptions find the same values as Wireshark's dissectors.

use super::{TIME, address, to, tshark};
use netpeer::schema::{ReadyMade, Schema, Tree};
use netpeer::traffic::{Arrival, Chunk, ChunkBuilder, Notice};

/// Paths of ours with the fields of tshark.
pub(super) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The values at a path: numbers in decimal, texts and addresses as they are.
pub(super) fn values(schema: &Schema, message: &[u8], path: &str) -> Vec<String> {
    let mut tree = Tree::default();
    let rest = schema.decode(message, &mut tree);
    assert_eq!((rest, tree.fault()), (0, None), "{}: {path}", schema.name());
    let path: Vec<String> = path.split('.').map(str::to_owned).collect();
    let mut found = Vec::new();
    schema.at_path(&tree, &path, &mut |node| {
        let text = schema.plain_text(node, message);
        let number = || schema.number(node).map(|number| number.to_string());
        found.extend(text.or_else(number));
        false
    });
    found
}

/// What tshark prints for a field, with numbers in decimal.
pub(super) fn dissected(chunk: &Chunk, options: &[&str], field: &str) -> Vec<String> {
    let printed = tshark(chunk, &[options, &["-T", "fields", "-e", field]].concat());
    let decimal = |value: &str| match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).unwrap().to_string(),
        None => value.to_owned(),
    };
    printed.trim().split(',').map(decimal).collect()
}

/// A datagram of a server on this port, or of its client.
pub(super) fn datagram(port: u16, message: &[u8], by_client: bool) -> Chunk {
    let mut chunk = ChunkBuilder::default();
    let bound = Notice::Bound {
        local: address("0.0.0.0:40000").into(),
        receive_buffer: 1,
        asked: 1,
    };
    chunk.notice(TIME, bound);
    let peer = address(&format!("192.0.2.1:{port}"));
    match by_client {
        true => chunk.sent(TIME, peer, message),
        false => chunk.received(TIME, peer, message, to("192.0.2.2")),
    }
    chunk.finish()
}

/// A message on a connection to a server on this port.
pub(super) fn stream(port: u16, message: &[u8], by_client: bool) -> Chunk {
    let mut chunk = ChunkBuilder::default();
    let local = address(&format!("192.0.2.2:{port}")).into();
    chunk.notice(TIME, Notice::Listening { local });
    let peer = address("192.0.2.1:40000");
    chunk.notice(TIME, Notice::Joined { peer: peer.into() });
    match by_client {
        true => chunk.received(TIME, peer, message, Arrival::default()),
        false => chunk.sent(TIME, peer, message),
    }
    chunk.finish()
}

/// Compares a message on this port: each path of ours with the field of tshark.
pub(super) fn same(
    name: &str,
    (port, by_client): (u16, bool),
    options: &[&str],
    message: &[u8],
    pairs: &[(&str, &str)],
) {
    let chunk = datagram(port, message, by_client);
    same_in(name, &chunk, options, message, pairs);
}

/// Compares a message in this capture.
pub(super) fn same_in(
    name: &str,
    chunk: &Chunk,
    options: &[&str],
    message: &[u8],
    pairs: &[(&str, &str)],
) {
    let schema = ReadyMade::named(name).unwrap().schema().unwrap();
    for (path, field) in pairs {
        let ours = values(&schema, message, path);
        assert_eq!(
            ours,
            dissected(chunk, options, field),
            "{name} {path} {field}"
        );
        assert!(!ours.is_empty(), "{name} {path}");
    }
}

/// A record of DNS whose name points to the question.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xC0\x0C".to_vec();
    bytes.extend(kind.to_be_bytes());
    bytes.extend(b"\0\x01\0\0\x0E\x10");
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn dns() {
    let mut reply =
        b"\x12\x34\x81\x80\0\x01\0\x06\0\0\0\x01\x07example\x03com\0\0\xFF\0\x01".to_vec();
    reply.extend(record(1, &[192, 0, 2, 9]));
    reply.extend(record(
        28,
        &[0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5],
    ));
    reply.extend(record(15, b"\0\x0A\x04mail\xC0\x0C"));
    reply.extend(record(16, b"\x05hello"));
    reply.extend(record(33, b"\0\x01\0\x02\x13\x88\x03sip\xC0\x0C"));
    reply.extend(record(
        6,
        b"\x02ns\xC0\x0C\x05admin\xC0\x0C\0\0\0\x07\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04",
    ));
    // EDNS: payload size 1232, DO.
    reply.extend(b"\0\0\x29\x04\xD0\0\0\x80\0\0\0");
    let pairs = [
        ("id", "dns.id"),
        ("flags.rcode", "dns.flags.rcode"),
        ("queries.name", "dns.qry.name"),
        ("queries.type", "dns.qry.type"),
        ("answers.ttl", "dns.resp.ttl"),
        ("answers.length", "dns.resp.len"),
        ("answers.data.exchange", "dns.mx.mail_exchange"),
        ("answers.data.preference", "dns.mx.preference"),
        ("answers.data.texts.text", "dns.txt"),
        ("answers.data.target", "dns.srv.target"),
        ("answers.data.port", "dns.srv.port"),
        ("answers.data.primary", "dns.soa.mname"),
        ("answers.data.mailbox", "dns.soa.rname"),
        ("answers.data.serial", "dns.soa.serial_number"),
        ("additionals.edns.payload_size", "dns.rr.udp_payload_size"),
    ];
    // The lengths of all sections stand in one field there.
    let pairs: Vec<_> = pairs
        .into_iter()
        .filter(|(path, _)| *path != "answers.length")
        .collect();
    same("dns", (53, false), &[], &reply, &pairs);
    let addresses = values(
        &ReadyMade::named("dns").unwrap().schema().unwrap(),
        &reply,
        "answers.data.address",
    );
    let chunk = datagram(53, &reply, false);
    let theirs = [
        dissected(&chunk, &[], "dns.a"),
        dissected(&chunk, &[], "dns.aaaa"),
    ]
    .concat();
    assert_eq!(addresses, theirs);
}

#[test]
fn ntp() {
    let mut reply = vec![0b0010_0100, 2, 6, 0xE9];
    reply.extend(b"\0\0\x01\0\0\0\x02\0\xC0\0\x02\x07");
    for seconds in [0xEA00_0000_u32, 0xEA00_0001, 0xEA00_0002, 0xEA00_0003] {
        reply.extend(seconds.to_be_bytes());
        reply.extend([0x80, 0, 0, 0]);
    }
    let pairs = [
        ("version", "ntp.flags.vn"),
        ("mode", "ntp.flags.mode"),
        ("times.stratum", "ntp.stratum"),
        ("times.poll", "ntp.ppoll"),
    ];
    same("ntp", (123, false), &[], &reply, &pairs);
}

#[test]
fn tftp() {
    let pairs = [
        ("opcode", "tftp.opcode"),
        ("body.file", "tftp.source_file"),
        ("body.mode", "tftp.type"),
        ("body.options.name", "tftp.option.name"),
        ("body.options.value", "tftp.option.value"),
    ];
    same(
        "tftp",
        (69, true),
        &[],
        b"\0\x01boot.img\0octet\0blksize\x001468\0tsize\x000\0",
        &pairs,
    );
}

#[test]
fn stun() {
    let mut reply = b"\x01\x01\0\x14\x21\x12\xA4\x42transaction!".to_vec();
    reply.extend(b"\0\x20\0\x08\0\x01\x11\x3A\xE1\x12\xA6\x4B");
    reply.extend(b"\x80\x22\0\x03abc\0");
    let pairs = [
        ("type", "stun.type"),
        ("attributes.all.value.port", "stun.att.port"),
        ("attributes.all.value.address", "stun.att.ipv4"),
    ];
    same("stun", (3478, false), &[], &reply, &pairs);
}

#[test]
fn rtp() {
    let mut packet = vec![
        0b1011_0001,
        0x80 | 8,
        0x12,
        0x34,
        0,
        0,
        0x10,
        0,
        0xCA,
        0xFE,
        0,
        1,
        0,
        0,
        0,
        9,
    ];
    packet.extend(b"\xBE\xDE\0\x01\x10\x55\0\0payload\0\0\x03");
    let pairs = [
        ("version", "rtp.version"),
        ("payload_type", "rtp.p_type"),
        ("sequence", "rtp.seq"),
        ("timestamp", "rtp.timestamp"),
        ("ssrc", "rtp.ssrc"),
        ("csrcs", "rtp.csrc.item"),
        ("extension.words", "rtp.ext.len"),
        ("padding_size", "rtp.padding.count"),
    ];
    same(
        "rtp",
        (5004, false),
        &["-d", "udp.port==5004,rtp"],
        &packet,
        &pairs,
    );
}

#[test]
fn dhcp() {
    let mut offer = vec![
        2, 1, 6, 0, 0xAB, 0xCD, 0xEF, 1, 0, 3, 0x80, 0, 0, 0, 0, 0, 192, 0, 2, 50, 192, 0, 2, 1, 0,
        0, 0, 0,
    ];
    offer.extend([2, 0, 0, 0, 0, 7]);
    offer.extend([0; 10 + 64 + 128]);
    offer.extend(b"\x63\x82\x53\x63\x35\x01\x02\x33\x04\0\0\x0E\x10\x01\x04\xFF\xFF\xFF\0\x03\x04\xC0\0\x02\x01\x0C\x04host\xFF");
    let pairs = [
        ("op", "dhcp.type"),
        ("transaction", "dhcp.id"),
        ("seconds", "dhcp.secs"),
        ("your_ip", "dhcp.ip.your"),
        ("server_ip", "dhcp.ip.server"),
        ("client_mac", "dhcp.hw.mac_addr"),
        ("options.value.type", "dhcp.option.dhcp"),
        ("options.value.time", "dhcp.option.ip_address_lease_time"),
        ("options.value.text", "dhcp.option.hostname"),
    ];
    same("dhcp", (67, false), &[], &offer, &pairs);
}

#[test]
fn modbus_over_udp_as_over_tcp() {
    let options = ["-d", "udp.port==502,mbudp"];
    for (message, pairs) in [
        (
            &b"\0\x05\0\0\0\x06\x11\x03\0\x6B\0\x03"[..],
            &[
                ("transaction", "mbtcp.trans_id"),
                ("length", "mbtcp.len"),
                ("unit", "mbtcp.unit_id"),
                ("function", "modbus.func_code"),
                ("body.start", "modbus.reference_num"),
                ("body.quantity", "modbus.word_cnt"),
            ][..],
        ),
        (
            b"\0\x05\0\0\0\x03\x11\x83\x02",
            &[("body.exception", "modbus.exception_code")],
        ),
    ] {
        // A request and a reply are told apart by their direction there.
        let by_client = pairs.len() > 1;
        same("modbus_tcp", (502, by_client), &options, message, pairs);
    }
}

#[test]
fn packets_of_mqtt_over_tcp() {
    let connect =
        b"\x10\x25\0\x04MQTT\x04\xEE\0\x3C\0\x02id\0\x04will\0\x03end\0\x04user\0\x04pass";
    type Packet = (&'static [u8], bool, &'static [(&'static str, &'static str)]);
    let packets: [Packet; 6] = [
        (
            connect,
            true,
            &[
                ("type", "mqtt.msgtype"),
                ("length", "mqtt.len"),
                ("body.protocol", "mqtt.protoname"),
                ("body.level", "mqtt.ver"),
                ("body.will_qos", "mqtt.conflag.qos"),
                ("body.keep_alive", "mqtt.kalive"),
                ("body.client_id", "mqtt.clientid"),
                ("body.will_topic", "mqtt.willtopic"),
                ("body.user_name", "mqtt.username"),
            ],
        ),
        (
            b"\x20\x02\x01\x05",
            false,
            &[("body.code", "mqtt.conack.val")],
        ),
        (
            b"\x3B\x08\0\x03a/b\x12\x34x",
            true,
            &[
                ("qos", "mqtt.qos"),
                ("body.topic", "mqtt.topic"),
                ("body.id", "mqtt.msgid"),
            ],
        ),
        (
            b"\x82\x0C\0\x07\0\x01a\x01\0\x03b/#\x02",
            true,
            &[
                ("body.id", "mqtt.msgid"),
                ("body.topics.filter", "mqtt.topic"),
                ("body.topics.qos", "mqtt.sub.qos"),
            ],
        ),
        (
            b"\x90\x04\0\x07\x01\x80",
            false,
            &[("body.codes", "mqtt.suback.qos")],
        ),
        (b"\xE0\0", true, &[("type", "mqtt.msgtype")]),
    ];
    for (message, by_client, pairs) in packets {
        let chunk = stream(1883, message, by_client);
        let version = ["-o", "mqtt.default_version:MQTT v3.1.1"];
        same_in("mqtt", &chunk, &version, message, pairs);
    }
}

#[test]
fn modbus_rtu_in_datagrams() {
    let verify = "mbrtu.crc_verification:TRUE";
    let options = ["-d", "udp.port==502,mbrtu", "-o", verify];
    let request = b"\x11\x03\x00\x6B\x00\x03\x76\x87";
    let pairs = [
        ("unit", "mbrtu.unit_id"),
        ("function", "modbus.func_code"),
        ("body.start", "modbus.reference_num"),
        ("body.quantity", "modbus.word_cnt"),
    ];
    same("modbus_rtu", (502, true), &options, request, &pairs);
    // The checksum is right there too; `values` accepts no wrong one.
    let status = dissected(
        &datagram(502, request, true),
        &options,
        "mbrtu.crc16.status",
    );
    assert_eq!(status, ["1"]);
}
