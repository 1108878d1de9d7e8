//! The ready-made descriptions of protocols of devices find the same values as Wireshark's
//! dissectors.

use super::described::{Pairs, datagram, dissected, same, same_in, stream, values};
use netpeer::schema::ReadyMade;

/// The values of a ready-made description.
fn ours(name: &str, message: &[u8], path: &str) -> Vec<String> {
    let schema = ReadyMade::named(name).unwrap().schema().unwrap();
    values(&schema, message, path)
}

#[test]
fn coap() {
    let long = "a".repeat(300);
    let request = [
        &b"\x42\x01\x12\x34\x01\x02\x3Bexample.net\x30\x12\x16\x33\x4E\0\x1F"[..],
        long.as_bytes(),
        // Uri-Path again, Uri-Query, Accept, Proxy-Uri, Size1.
        b"\x01b\x43q=1\x21\x32\xDD\x05\x01coap://proxy/x\xD3\x0C\x01\0\0",
    ]
    .concat();
    let pairs = [
        ("type", "coap.type"),
        ("token_length", "coap.token_len"),
        ("code", "coap.code"),
        ("message_id", "coap.mid"),
        ("options.delta", "coap.opt.delta"),
        ("options.delta_extended", "coap.opt.delta_ext"),
        ("options.length_extended", "coap.opt.length_ext"),
        ("options.uri_host", "coap.opt.uri_host"),
        ("options.observe", "coap.opt.observe"),
        ("options.uri_port", "coap.opt.uri_port"),
        ("options.uri_path", "coap.opt.uri_path"),
        ("options.uri_query", "coap.opt.uri_query"),
        ("options.proxy_uri", "coap.opt.proxy_uri"),
        ("options.size1", "coap.opt.size1"),
    ];
    same("coap", (5683, true), &[], &request, &pairs);
    // ETag, Observe, Content-Format, Max-Age, Block2, Size2, an unknown option of number 2049.
    let reply = b"\x62\x45\x12\x34\x01\x02\x42\xDE\xAD\x21\x0C\x60\x21\x3C\x91\x1E\x52\x08\0\
        \xE2\x06\xD8zz\xFFhello";
    let pairs = [
        ("type", "coap.type"),
        ("code", "coap.code"),
        ("options.observe", "coap.opt.observe"),
        ("options.max_age", "coap.opt.max_age"),
    ];
    same("coap", (5683, false), &[], reply, &pairs);
    assert_eq!(ours("coap", reply, "options.block2"), ["1/1/1024"]);
    let chunk = datagram(5683, reply, false);
    assert_eq!(dissected(&chunk, &[], "coap.opt.block_number"), ["1"]);
    assert_eq!(ours("coap", reply, "options.content_format"), ["0"]);
    assert_eq!(ours("coap", reply, "options.other.number"), ["2049"]);
    assert_eq!(ours("coap", reply, "payload"), ["hello"]);
}

#[test]
fn packets_of_mqtt_5() {
    let version = ["-o", "mqtt.default_version:MQTT v5.0"];
    let connect = b"\x10\x3D\0\x04MQTT\x05\xC6\0\x3C\x08\x11\0\0\x0E\x10\x21\0\x14\0\x02id\
        \x0E\x18\0\0\0\x05\x01\x01\x03\0\x04text\0\x04will\0\x03end\0\x04user\0\x04pass";
    let packets: [(&[u8], bool, Pairs<'_>); 11] = [
        (
            connect,
            true,
            &[
                ("length", "mqtt.len"),
                ("body.level", "mqtt.ver"),
                ("body.client_id", "mqtt.clientid"),
                ("body.will_topic", "mqtt.willtopic"),
                ("body.user_name", "mqtt.username"),
            ],
        ),
        (
            b"\x20\x12\x01\0\x0F\x12\0\x04auto\x13\0\x1E\x24\x01\x22\0\x05",
            false,
            &[
                ("body.reason", "mqtt.connack.reason_code"),
                ("body.properties.all.id", "mqtt.property_id"),
                ("body.properties.all.maximum_qos", "mqtt.property.max_qos"),
                (
                    "body.properties.all.assigned_client_identifier",
                    "mqtt.prop_string",
                ),
            ],
        ),
        (
            b"\x3B\x15\0\x03a/b\x12\x34\x08\x01\x01\x23\0\x07\x0B\x85\x01hello",
            true,
            &[
                ("qos", "mqtt.qos"),
                ("body.topic", "mqtt.topic"),
                ("body.id", "mqtt.msgid"),
                ("body.properties_length", "mqtt.property_len"),
                ("body.properties.all.id", "mqtt.property_id"),
                (
                    "body.properties.all.topic_alias",
                    "mqtt.property.topic_alias",
                ),
            ],
        ),
        (
            b"\x62\x13\0\x09\x92\x0F\x1F\0\x03why\x26\0\x01k\0\x03v w",
            true,
            &[
                ("body.reason", "mqtt.pubrel.reason_code"),
                ("body.properties.all.reason_string", "mqtt.prop_string"),
                ("body.properties.all.user_property.name", "mqtt.prop_key"),
                ("body.properties.all.user_property.value", "mqtt.prop_value"),
            ],
        ),
        (b"\x40\x02\0\x09", true, &[("body.id", "mqtt.msgid")]),
        (
            b"\x82\x0F\0\x07\x02\x0B\x05\0\x01a\x2D\0\x03b/#\x02",
            true,
            &[
                (
                    "body.properties.all.subscription_identifier",
                    "mqtt.prop_number",
                ),
                ("body.topics.filter", "mqtt.topic"),
                ("body.topics.qos", "mqtt.subscription_options_qos"),
                (
                    "body.topics.retain_handling",
                    "mqtt.subscription_options_retain",
                ),
            ],
        ),
        (
            b"\x90\x05\0\x07\0\x01\x87",
            false,
            &[("body.reasons", "mqtt.suback.reason_code")],
        ),
        (
            b"\xA2\x0B\0\x08\0\0\x01a\0\x03b/#",
            true,
            &[("body.topics", "mqtt.topic")],
        ),
        (
            b"\xB0\x05\0\x08\0\0\x11",
            false,
            &[("body.reasons", "mqtt.unsuback.reason_code")],
        ),
        (
            b"\xE0\x07\x04\x05\x11\0\0\0\x01",
            true,
            &[
                ("body.reason", "mqtt.disconnect.reason_code"),
                (
                    "body.properties.all.session_expiry_interval",
                    "mqtt.prop_number",
                ),
            ],
        ),
        (
            b"\xF0\x06\x18\x04\x15\0\x01X",
            true,
            &[
                ("body.reason", "mqtt.auth.reason_code"),
                (
                    "body.properties.all.authentication_method",
                    "mqtt.prop_string",
                ),
            ],
        ),
    ];
    for (message, by_client, pairs) in packets {
        let chunk = stream(1883, message, by_client);
        same_in("mqtt5", &chunk, &version, message, pairs);
    }
    // The properties of both parts stand in one field there.
    let both = [
        ours("mqtt5", connect, "body.properties.all.id"),
        ours("mqtt5", connect, "body.will_properties.all.id"),
    ];
    let chunk = stream(1883, connect, true);
    let theirs = dissected(&chunk, &version, "mqtt.property_id");
    assert_eq!(both.concat(), theirs);
}

/// A value with its tag and its length, both of one byte.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8][..], content].concat()
}

/// A message of SNMP v2c with one variable.
fn snmp_message(pdu: u8, numbers: [&[u8]; 3], value: &[u8]) -> Vec<u8> {
    // 1.3.6.1.2.1.31.1.1.1.6.10101
    let name = b"\x06\x0C\x2B\x06\x01\x02\x01\x1F\x01\x01\x01\x06\xCE\x75";
    let list = tlv(0x30, &tlv(0x30, &[&name[..], value].concat()));
    let numbers = numbers.map(|number| tlv(2, number)).concat();
    let pdu = tlv(pdu, &[numbers, list].concat());
    tlv(0x30, &[&b"\x02\x01\x01\x04\x06public"[..], &pdu].concat())
}

#[test]
fn snmp() {
    let values: [(&[u8], &str, &str); 9] = [
        (b"\x02\x02\xFF\x7F", "value", "snmp.value.int"),
        (b"\x06\x05\x88\x37\x2B\x81\x00", "value", "snmp.value.oid"),
        (
            b"\x40\x04\xC0\0\x02\x01",
            "value.address",
            "snmp.value.ipv4",
        ),
        (b"\x41\x05\0\xFF\xFF\xFF\xFF", "value", "snmp.value.counter"),
        (b"\x42\x01\x64", "value", "snmp.value.g32"),
        (b"\x43\x04\x07\x5B\xCD\x15", "value", "snmp.value.timeticks"),
        (
            b"\x46\x09\0\x80\0\0\0\0\0\0\0",
            "value",
            "snmp.value.counter",
        ),
        (b"\x05\0", "name", "snmp.name"),
        (b"\x81\0", "name", "snmp.name"),
    ];
    for (value, path, field) in values {
        let message = snmp_message(0xA2, [b"\x12\x34\x56\x78", b"\x11", b"\x02"], value);
        let path = format!("pdu.varbinds.{path}");
        let pairs = [
            ("version", "snmp.version"),
            ("community", "snmp.community"),
            ("pdu.request_id", "snmp.request_id"),
            ("pdu.error_status", "snmp.error_status"),
            ("pdu.error_index", "snmp.error_index"),
            ("pdu.varbinds.name", "snmp.name"),
            (path.as_str(), field),
        ];
        same("snmp", (161, false), &[], &message, &pairs);
    }
    let text = snmp_message(0xA3, [b"\x01", b"\0", b"\0"], b"\x04\x05Linux");
    assert_eq!(ours("snmp", &text, "pdu.varbinds.value"), ["Linux"]);
    let chunk = datagram(161, &text, true);
    let theirs = dissected(&chunk, &[], "snmp.value.octets");
    assert_eq!(theirs, ["4c696e7578"]);
    let bulk = snmp_message(0xA5, [b"\xFF", b"\x01", b"\x03\xE8"], b"\x05\0");
    let pairs = [
        ("pdu.request_id", "snmp.request_id"),
        ("pdu.non_repeaters", "snmp.non_repeaters"),
        ("pdu.max_repetitions", "snmp.max_repetitions"),
    ];
    same("snmp", (161, true), &[], &bulk, &pairs);
    let trap = [
        &b"\x06\x06\x2B\x06\x01\x04\x01\x09\x40\x04\xC0\0\x02\x07\x02\x01\x06\x02\x01\x2A"[..],
        b"\x43\x05\0\xEE\x6B\x28\0\x30\0",
    ]
    .concat();
    let trap = [&b"\x02\x01\0\x04\x06public"[..], &tlv(0xA4, &trap)].concat();
    let pairs = [
        ("version", "snmp.version"),
        ("pdu.enterprise", "snmp.enterprise"),
        ("pdu.agent_addr", "snmp.agent_addr"),
        ("pdu.generic_trap", "snmp.generic_trap"),
        ("pdu.specific_trap", "snmp.specific_trap"),
        ("pdu.time_stamp", "snmp.time_stamp"),
    ];
    same("snmp", (162, true), &[], &tlv(0x30, &trap), &pairs);
}
