//! The ready-made descriptions of control protocols and of frames find the same values as
//! Wireshark's dissectors.

use super::described::{Pairs, same, same_in, stream};
use super::{TIME, address};
use netpeer::traffic::{Arrival, Chunk, ChunkBuilder, Notice};

#[test]
fn artnet() {
    let dmx = b"Art-Net\0\0\x50\0\x0E\x2A\x01\x12\x03\0\x04\xFF\x80\0\x01";
    let pairs = [
        ("opcode", "artnet.header.opcode"),
        ("protocol_version", "artnet.header.protver"),
        ("body.sequence", "artnet.output.sequence"),
        ("body.physical", "artnet.output.physical"),
        ("body.universe", "artnet.output.universe"),
        ("body.length", "artnet.output.length"),
    ];
    same("artnet", (6454, true), &[], dmx, &pairs);
    let poll = b"Art-Net\0\0\x20\0\x0E\x26\x10\0\x10\0\x01\x12\x34\0\xFF";
    let pairs = [
        ("body.diagnostics_priority", "artnet.poll.diag_priority"),
        ("body.target_top", "artnet.poll.target_port_top"),
        ("body.target_bottom", "artnet.poll.target_port_bottom"),
    ];
    same("artnet", (6454, true), &[], poll, &pairs);
    let mut reply =
        b"Art-Net\0\0\x21\xC0\0\x02\x09\x36\x19\x01\x02\x03\x04\0\xFF\x05\xD0lz".to_vec();
    for (text, size) in [("short", 18), ("a long name", 64), ("#0001 [0000] ok", 64)] {
        reply.extend(text.bytes());
        reply.extend(vec![0; size - text.len()]);
    }
    reply.extend(b"\0\x02\x80\x40\0\0\x80\0\0\0\0\x80\0\0\x01\x02\0\0\x03\x04\0\0\x64\x01\x02");
    reply.extend(b"\0\0\0\x01\x02\0\0\0\0\x07\xC0\0\x02\x0A\x01\x0E");
    reply.extend([0; 26]);
    let pairs = [
        ("body.ip", "artnet.poll_reply.ip_address"),
        ("body.port", "artnet.poll_reply.port_nr"),
        ("body.firmware", "artnet.poll_reply.versinfo"),
        ("body.net_switch", "artnet.poll_reply.netswitch"),
        ("body.sub_switch", "artnet.poll_reply.subswitch"),
        ("body.oem", "artnet.poll_reply.oem"),
        ("body.esta", "artnet.poll_reply.esta_man"),
        ("body.short_name", "artnet.poll_reply.short_name"),
        ("body.long_name", "artnet.poll_reply.long_name"),
        ("body.node_report", "artnet.poll_reply.node_report"),
        ("body.num_ports", "artnet.poll_reply.num_ports"),
        ("body.style", "artnet.poll_reply.style"),
        ("body.mac", "artnet.poll_reply.mac"),
        ("body.bind_ip", "artnet.poll_reply.bind_ip_address"),
        ("body.status2", "artnet.poll_reply.status2"),
    ];
    same("artnet", (6454, false), &[], &reply, &pairs);
}

#[test]
fn osc() {
    let options = ["--enable-heuristic", "osc_udp"];
    let messages: [(&[u8], Pairs<'_>); 9] = [
        (
            b"/oscillator/4/frequency\0,f\0\0\x43\xDC\0\0",
            &[("message.arguments", "osc.message.float")],
        ),
        (
            b"/foo\0\0\0\0,ii\0\0\0\x03\xE8\xFF\xFF\xFF\xFF",
            &[("message.arguments", "osc.message.int32")],
        ),
        (
            b"/foo\0\0\0\0,ss\0hello\0\0\0four\0\0\0\0",
            &[("message.arguments", "osc.message.string")],
        ),
        (
            b"/a\0\0,bT\0\0\0\0\x05\x01\x02\x03\x04\x05\0\0\0",
            &[("message.arguments.size", "osc.message.blob.size")],
        ),
        (
            b"/a\0\0,h\0\0\xFF\xFF\xFF\0\0\0\0\0",
            &[("message.arguments", "osc.message.int64")],
        ),
        (
            b"/a\0\0,d\0\0\x40\x04\0\0\0\0\0\0",
            &[("message.arguments", "osc.message.double")],
        ),
        (
            b"/a\0\0,S\0\0sym\0",
            &[("message.arguments", "osc.message.symbol")],
        ),
        (
            b"/a\0\0,crm\0\0\0\0\0\0\0A\x10\x20\x30\x40\x01\x90\x3C\x7F",
            &[
                ("message.arguments.rgba", "osc.message.rgba"),
                ("message.arguments.port", "osc.message.midi.port"),
                ("message.arguments.data1", "osc.message.midi.note"),
            ],
        ),
        (
            b"#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x0C/x\0\0,i\0\0\0\0\0\x03\0\0\0\x08/y\0\0,\0\0\0",
            &[
                ("bundle.elements.size", "osc.bundle.element.size"),
                (
                    "bundle.elements.packet.message.address",
                    "osc.message.header.path",
                ),
                (
                    "bundle.elements.packet.message.arguments",
                    "osc.message.int32",
                ),
            ],
        ),
    ];
    for (message, pairs) in messages {
        same("osc", (9000, true), &options, message, pairs);
        if message.starts_with(b"/") {
            let path = [("message.address", "osc.message.header.path")];
            same("osc", (9000, true), &options, message, &path);
        }
    }
}

#[test]
fn records_of_tls() {
    let mut hello = b"\x16\x03\x01\0\x2D\x01\0\0\x29\x03\x03".to_vec();
    hello.extend([b'R'; 32]);
    hello.extend(b"\0\0\x02\x13\x01\x01\0");
    let records: [(&[u8], bool, Pairs<'_>); 2] = [
        (
            &hello,
            true,
            &[
                ("type", "tls.record.content_type"),
                ("version", "tls.record.version"),
                ("length", "tls.record.length"),
                ("fragment.messages.type", "tls.handshake.type"),
                ("fragment.messages.length", "tls.handshake.length"),
            ],
        ),
        (
            b"\x15\x03\x03\0\x02\x02\x28",
            false,
            &[
                ("fragment.level", "tls.alert_message.level"),
                ("fragment.description", "tls.alert_message.desc"),
            ],
        ),
    ];
    for (message, by_client, pairs) in records {
        let chunk = stream(443, message, by_client);
        same_in("tls", &chunk, &[], message, pairs);
    }
}

/// Frames of a server, after the handshake.
fn after_upgrade(frames: &[u8]) -> Chunk {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let reply = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let mut chunk = ChunkBuilder::default();
    let local = address("192.0.2.2:80").into();
    chunk.notice(TIME, Notice::Listening { local });
    let peer = address("192.0.2.1:40000");
    chunk.notice(TIME, Notice::Joined { peer: peer.into() });
    chunk.received(TIME, peer, request, Arrival::default());
    chunk.sent(TIME, peer, reply);
    chunk.sent(TIME, peer, frames);
    chunk.finish()
}

#[test]
fn frames_of_websocket() {
    let mut frames = b"\x81\x05Hello\x82\x7E\0\xC8".to_vec();
    frames.extend([1; 200]);
    frames.extend(b"\x88\x05\x03\xE8bye");
    let pairs = [
        ("frames.opcode", "websocket.opcode"),
        ("frames.short_length", "websocket.payload_length"),
        ("frames.length_16", "websocket.payload_length_ext_16"),
        ("frames.text", "websocket.payload.text"),
        ("frames.status", "websocket.payload.close.status_code"),
        ("frames.reason", "websocket.payload.close.reason"),
    ];
    let chunk = after_upgrade(&frames);
    same_in("websocket", &chunk, &["-Y", "websocket"], &frames, &pairs);
    // The masked text of RFC 6455 §5.7.
    let masked = b"\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58";
    let pairs = [("frames.text", "websocket.payload.text")];
    let chunk = after_upgrade(masked);
    same_in("websocket", &chunk, &["-Y", "websocket"], masked, &pairs);
}
