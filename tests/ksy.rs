//! Descriptions of Kaitai Struct that nobody here wrote: the folders `network` and `common` of
//! kaitai-io/kaitai_struct_formats (commit c6ea87c), in the folder that `NETPEER_KSY` names.
#![cfg(target_os = "linux")]

mod trees;

use super::skips::skip;
use netpeer::config::description;
use std::path::Path;

/// Each file, and the beginning of the reason where it is refused.
const FILES: [(&str, Option<&str>); 33] = [
    (
        "common/bcd.ksy",
        Some("37:1: A description with `params` can only be imported"),
    ),
    ("common/bytes_with_io.ksy", None),
    ("common/dos_datetime.ksy", None),
    ("common/riff.ksy", None),
    ("common/utf16_with_bom.ksy", None),
    ("common/utf8_string.ksy", None),
    ("common/vlq_base128_be.ksy", None),
    ("common/vlq_base128_le.ksy", None),
    ("network/bitcoin_transaction.ksy", None),
    ("network/dime_message.ksy", None),
    ("network/dns_packet.ksy", None),
    ("network/ethernet_frame.ksy", None),
    ("network/hccap.ksy", None),
    ("network/hccapx.ksy", None),
    ("network/icmp_packet.ksy", None),
    ("network/ipv4_packet.ksy", None),
    ("network/ipv6_packet.ksy", None),
    // It imports a file of another folder, which is not beside it.
    ("network/microsoft_network_monitor_v2.ksy", Some("12:7: ")),
    ("network/packet_ppi.ksy", None),
    (
        "network/pcap.ksy",
        Some("34:7: `endian: switch-on` is not supported"),
    ),
    (
        "network/protocol_body.ksy",
        Some("25:1: A description with `params` can only be imported"),
    ),
    ("network/rtcp_payload.ksy", None),
    ("network/rtp_packet.ksy", None),
    ("network/rtpdump.ksy", None),
    ("network/some_ip/some_ip.ksy", None),
    ("network/some_ip/some_ip_container.ksy", None),
    ("network/some_ip/some_ip_sd.ksy", None),
    ("network/some_ip/some_ip_sd_entries.ksy", None),
    ("network/some_ip/some_ip_sd_options.ksy", None),
    ("network/tcp_segment.ksy", None),
    ("network/tls_client_hello.ksy", None),
    ("network/udp_datagram.ksy", None),
    ("network/websocket.ksy", None),
];

#[test]
fn files_are_read_or_refused_with_their_reason() {
    let Some(folder) = std::env::var_os("NETPEER_KSY") else {
        return skip("NETPEER_KSY", "it names no folder of descriptions");
    };
    let mut strange = Vec::new();
    for (name, refused) in FILES {
        let path = Path::new(&folder).join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let found = description::of_file(&path, &text)
            .map_err(|mistake| mistake.to_string())
            .err();
        let is_right = match (&found, refused) {
            (None, None) => true,
            (Some(found), Some(reason)) => found.starts_with(reason),
            _ => false,
        };
        if !is_right {
            strange.push(format!("{name}: {found:?}"));
        }
    }
    assert!(strange.is_empty(), "{}", strange.join("\n"));
}
