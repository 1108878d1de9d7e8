use crate::capture::writer::tests::{context, notice, received, sent, written};
use crate::capture::{CaptureContext, CaptureFormat};
use crate::connection_id::ConnectionId;
use crate::traffic::{Notice, Record};
use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::{Block, PcapNgReader};
use std::net::SocketAddr;

mod relayed;

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A packet as an independent library reads it.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    micros: u64,
    flags: u32,
    source: SocketAddr,
    destination: SocketAddr,
    /// For a segment: its sequence number, its acknowledgement, and the flags that are set.
    tcp: Option<(u32, u32, String)>,
    payload: Vec<u8>,
}

/// Reads a file strictly: every length and every checksum must be valid.
fn seen(bytes: &[u8]) -> Vec<Seen> {
    let mut reader = PcapNgReader::new(bytes).unwrap();
    let mut packets = Vec::new();
    while let Some(block) = reader.next_block() {
        let Block::EnhancedPacket(block) = block.unwrap() else {
            continue;
        };
        assert_eq!(block.original_len as usize, block.data.len());
        let flags = block.options.iter().find_map(|option| match option {
            EnhancedPacketOption::Flags(flags) => Some(*flags),
            _ => None,
        });
        let sliced = SlicedPacket::from_ip(&block.data).unwrap();
        packets.push(packet(
            &sliced,
            block.timestamp.as_nanos() as u64,
            flags.unwrap(),
        ));
    }
    packets
}

fn packet(sliced: &SlicedPacket<'_>, micros: u64, flags: u32) -> Seen {
    let transport = sliced.transport.as_ref().unwrap();
    let (udp, tcp, payload) = match transport {
        TransportSlice::Udp(udp) => (Some(udp.to_header()), None, udp.payload()),
        TransportSlice::Tcp(tcp) => (None, Some(tcp.to_header()), tcp.payload()),
        _ => panic!("{transport:?}"),
    };
    let (source, destination, udp_sum, tcp_sum) = match sliced.net.as_ref().unwrap() {
        NetSlice::Ipv4(ip) => {
            let header = ip.header().to_header();
            assert_eq!(header.header_checksum, header.calc_header_checksum());
            let udp = udp
                .as_ref()
                .map(|udp| udp.calc_checksum_ipv4(&header, payload));
            let tcp = tcp
                .as_ref()
                .map(|tcp| tcp.calc_checksum_ipv4(&header, payload));
            (header.source.into(), header.destination.into(), udp, tcp)
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header().to_header();
            let udp = udp
                .as_ref()
                .map(|udp| udp.calc_checksum_ipv6(&header, payload));
            let tcp = tcp
                .as_ref()
                .map(|tcp| tcp.calc_checksum_ipv6(&header, payload));
            (header.source.into(), header.destination.into(), udp, tcp)
        }
        NetSlice::Arp(_) => panic!("ARP"),
    };
    let ports = match (&udp, &tcp) {
        (Some(udp), _) => {
            assert_eq!(Ok(udp.checksum), udp_sum.unwrap());
            (udp.source_port, udp.destination_port)
        }
        (_, Some(tcp)) => {
            assert_eq!(Ok(tcp.checksum), tcp_sum.unwrap());
            (tcp.source_port, tcp.destination_port)
        }
        _ => panic!("neither"),
    };
    let tcp = tcp.map(|tcp| {
        let flags = [
            (tcp.syn, 'S'),
            (tcp.fin, 'F'),
            (tcp.rst, 'R'),
            (tcp.ack, 'A'),
        ];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name);
        (
            tcp.sequence_number,
            tcp.acknowledgment_number,
            flags.collect(),
        )
    });
    Seen {
        micros,
        flags,
        source: SocketAddr::new(source, ports.0),
        destination: SocketAddr::new(destination, ports.1),
        tcp,
        payload: payload.to_vec(),
    }
}

fn capture(context: CaptureContext, records: &[Record<'_>]) -> Vec<Seen> {
    seen(&written(CaptureFormat::Pcapng, context, records))
}

#[test]
fn a_datagram_has_its_addresses_both_ways() {
    let peer = at("192.168.56.1:13474");
    let bound = Notice::Bound {
        local: at("0.0.0.0:7000").into(),
        receive_buffer: 1,
        asked: 1,
    };
    let mut first = received(1_562_882_385_162_003, peer, b"hello");
    first.arrival.destination = Some((at("192.168.56.2:0").ip(), 2).into());
    let records = [notice(0, &bound), first, sent(9, peer, b"")];
    let packets = capture(context(), &records);
    let (ours, theirs) = (at("192.168.56.2:7000"), peer);
    assert_eq!(packets.len(), 2);
    assert_eq!(packets[0].micros, 1_562_882_385_162_003);
    assert_eq!((packets[0].source, packets[0].destination), (theirs, ours));
    assert_eq!(
        (packets[0].flags, &packets[0].payload[..]),
        (1, &b"hello"[..])
    );
    assert_eq!((packets[1].source, packets[1].destination), (ours, theirs));
    assert_eq!((packets[1].flags, &packets[1].payload[..]), (2, &b""[..]));
}

#[test]
fn ipv6_has_its_checksums_too() {
    let peer = at("[2001:db8::1]:9");
    for is_stream in [false, true] {
        let local = Some(at("[2001:db8::2]:7").into());
        let context = CaptureContext {
            local,
            is_stream,
            ..context()
        };
        let packets = capture(
            context,
            &[sent(1, peer, b"odd"), received(2, peer, b"even")],
        );
        assert_eq!(packets[0].source, at("[2001:db8::2]:7"));
        assert_eq!(packets[1].source, peer);
        assert_eq!(packets[1].tcp.is_some(), is_stream);
    }
}

/// Follows one stream: every segment begins where the previous one of its side ended, and
/// acknowledges only bytes that were sent.
fn follow(packets: &[Seen]) -> (Vec<u8>, Vec<u8>) {
    let mut streams = (Vec::new(), Vec::new());
    let mut next = [None, None];
    for packet in packets {
        let side = packet.flags as usize - 1;
        let (sequence, acknowledged, flags) = packet.tcp.as_ref().unwrap();
        let expected: u32 = next[side].unwrap_or(*sequence);
        assert_eq!(*sequence, expected, "{packet:?}");
        if flags.contains('A') {
            let known = next[1 - side].unwrap_or(*acknowledged);
            assert_eq!(*acknowledged, known, "{packet:?}");
            next[1 - side] = Some(known);
        }
        let ends = u32::from(flags.contains('S')) + u32::from(flags.contains('F'));
        let length = packet.payload.len() as u32 + ends;
        next[side] = Some(sequence.wrapping_add(length));
        let stream = if side == 0 {
            &mut streams.0
        } else {
            &mut streams.1
        };
        stream.extend_from_slice(&packet.payload);
    }
    streams
}

fn flags(packets: &[Seen]) -> Vec<&str> {
    let tcp = packets.iter().filter_map(|packet| packet.tcp.as_ref());
    tcp.map(|(_, _, flags)| flags.as_str()).collect()
}

#[test]
fn a_connection_is_shaken_and_ended_and_has_no_gaps() {
    let (peer, local) = (at("127.0.0.1:5"), at("0.0.0.0:80"));
    let notices = [
        Notice::Listening {
            local: local.into(),
        },
        Notice::Joined { peer: peer.into() },
        Notice::PeerFinished { peer: peer.into() },
        Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        },
    ];
    let big = vec![7; 200_000];
    let mut records = vec![notice(0, &notices[0]), notice(1, &notices[1])];
    records.extend([received(2, peer, b"GET /"), sent(3, peer, &big)]);
    records.extend([
        received(4, peer, b"!"),
        notice(5, &notices[2]),
        notice(6, &notices[3]),
    ]);
    let packets = capture(context(), &records);
    let (from_peer, from_us) = follow(&packets);
    assert_eq!((from_peer.as_slice(), from_us), (&b"GET /!"[..], big));
    assert_eq!(packets[0].destination, at("127.0.0.1:80"));
    let names = [
        "S", "SA", "A", "A", "A", "A", "A", "A", "A", "FA", "A", "FA", "A",
    ];
    assert_eq!(flags(&packets), names);
}

#[test]
fn many_segments_are_acknowledged_in_between() {
    let peer = at("127.0.0.1:5");
    let context = CaptureContext {
        is_stream: true,
        ..context()
    };
    let packets = capture(context, &[sent(1, peer, b"abc"); 100]);
    follow(&packets);
    assert_eq!(
        packets.iter().filter(|packet| packet.flags == 1).count(),
        100 / 16
    );
}

#[test]
fn a_new_connection_from_the_same_port_is_another_stream() {
    let peer = at("127.0.0.1:5");
    let (joined, reset) = (
        Notice::Joined { peer: peer.into() },
        Notice::PeerReset {
            peer: peer.into(),
            unsent: 0,
        },
    );
    let once = [notice(0, &joined), sent(1, peer, b"a"), notice(2, &reset)];
    let packets = capture(context(), &[once, once].concat());
    assert_eq!(
        flags(&packets),
        ["S", "SA", "A", "A", "RA", "S", "SA", "A", "A", "RA"]
    );
    assert_ne!(packets[0].tcp, packets[5].tcp);
}

#[test]
fn a_notice_that_is_filtered_away_still_updates_the_address() {
    let (peer, local) = (at("10.0.0.1:5"), at("10.0.0.2:6"));
    let mut capture = super::Capture::new(&context());
    let connected = Notice::Connected {
        peer: peer.into(),
        local: local.into(),
    };
    capture.observe(&notice(0, &connected), None);
    let mut bytes = Vec::new();
    super::block::push_head(&mut bytes).unwrap();
    capture.push(&mut bytes, &sent(1, peer, b"x"), None);
    let packets = seen(&bytes);
    assert_eq!((packets.len(), packets[0].source), (1, local));
    let closed = Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    };
    capture.observe(&notice(2, &closed), None);
    assert!(capture.connections.is_empty());
}

#[test]
fn a_connection_in_a_recording_that_follows_another_begins_with_another_number() {
    let (peer, local) = ("1.2.3.4:5".parse().unwrap(), "1.2.3.5:6".parse().unwrap());
    let connected = Notice::Connected { peer, local };
    let first = written(CaptureFormat::Pcapng, context(), &[notice(1, &connected)]);
    let before = first.len() as u64;
    let second = written(
        CaptureFormat::Pcapng,
        CaptureContext {
            before,
            ..context()
        },
        &[notice(2, &connected)],
    );
    let number = |capture: &[u8]| seen(capture)[0].tcp.as_ref().map(|tcp| tcp.0);
    assert_ne!(number(&first), number(&second));
}

#[test]
fn connections_from_one_address_are_streams_of_their_own() {
    let (peer, locals) = (at("10.0.0.9:5"), [at("10.0.0.1:80"), at("10.0.0.2:80")]);
    let ids = [1, 2].map(ConnectionId::read);
    let listening = Notice::Listening {
        local: at("0.0.0.0:80").into(),
    };
    let joined = Notice::Joined { peer: peer.into() };
    let closed = Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    };
    let by = |place: usize, record: Record<'static>| Record {
        connection: ids[place],
        ..record
    };
    let mut records = vec![notice(0, &listening)];
    for (connection, local) in ids.into_iter().zip(locals) {
        records.push(Record {
            connection,
            local: Some(local.into()),
            ..notice(1, &joined)
        });
    }
    records.extend([
        by(0, received(2, peer, b"ask")),
        by(1, received(3, peer, b"beg")),
        by(0, received(4, peer, b"more")),
    ]);
    records.push(Record {
        connection: ids[0],
        ..notice(5, &closed)
    });
    records.push(by(1, sent(6, peer, b"answer")));
    let packets = capture(context(), &records);
    let carried = packets.iter().filter(|packet| !packet.payload.is_empty());
    let carried: Vec<_> = carried.collect();
    let [ask, beg, more, answer] = carried[..] else {
        panic!("{carried:?}");
    };
    let ends = |packet: &Seen| (packet.source, packet.destination);
    assert_eq!([ends(ask), ends(more)], [(peer, locals[0]); 2]);
    assert_eq!(ends(beg), (peer, locals[1]));
    assert_eq!(ends(answer), (locals[1], peer));
    let sequence = |packet: &Seen| packet.tcp.as_ref().unwrap().0;
    assert_eq!(sequence(more), sequence(ask) + 3);
    // The end of one connection does not change the other.
    assert_eq!(answer.tcp.as_ref().unwrap().1, sequence(beg) + 3);
}

#[test]
fn what_was_not_captured_is_announced_and_leaves_its_gap() {
    let peer = at("10.0.0.9:7");
    let mut cut = received(1, peer, b"four");
    (cut.arrival.truncated, cut.arrival.whole) = (true, Some(100));
    let records = [cut, received(2, peer, b"next")];
    for (is_stream, headers) in [(false, 28), (true, 40)] {
        let local = Some(at("10.0.0.1:5").into());
        let context = CaptureContext {
            local,
            is_stream,
            ..context()
        };
        let bytes = written(CaptureFormat::Pcapng, context, &records);
        let mut reader = PcapNgReader::new(&bytes[..]).unwrap();
        let mut packets = Vec::new();
        while let Some(block) = reader.next_block() {
            if let Block::EnhancedPacket(block) = block.unwrap() {
                packets.push((block.original_len as usize, block.data.to_vec()));
            }
        }
        let lengths: Vec<_> = packets
            .iter()
            .map(|(all, data)| (*all, data.len()))
            .collect();
        let captured = headers + 4;
        assert_eq!(lengths, [(headers + 100, captured), (captured, captured)]);
        // The IP header announces them too.
        let announced = (headers as u16 + 100).to_be_bytes();
        assert_eq!(packets[0].1[2..4], announced);
        if is_stream {
            let sequence = |packet: usize| {
                let field = packets[packet].1[24..28].try_into().unwrap();
                u32::from_be_bytes(field)
            };
            assert_eq!(sequence(1), sequence(0).wrapping_add(100));
        }
    }
}
