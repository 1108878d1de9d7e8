//! Packets that are messages of a stream.

use super::*;
use crate::traffic::framing::Framing;

/// `length:2`
fn length() -> Framing {
    Framing::LengthPrefix {
        width: 2,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 0,
    }
}

/// The meter of a stream of these reads, a second apart, after which the peer ends it.
fn measured(field: &NumberField, framing: Option<Framing>, reads: &[&[u8]]) -> MeterSummary {
    let mut builder = ChunkBuilder::default();
    let mut now = NOON;
    for read in reads {
        builder.received(now, peer(9), read, Arrival::default());
        now += SECOND;
    }
    builder.notice(now, Notice::PeerFinished { peer: peer(9) });
    let mut meter = match framing {
        Some(framing) => Meter::of_messages(field.clone(), framing.into()),
        None => Meter::new(field.clone()),
    };
    meter.take(&builder.finish());
    meter.totals()
}

#[test]
fn messages_are_counted_however_the_reads_cut_the_stream() {
    let field = NumberField::Text {
        prefix: "seq=".into(),
    };
    let reads: [&[u8]; 4] = [
        b"seq=1\r\nse",
        b"q=2\r\n",
        b"seq=4\r\nseq=5\r\nnone\r\n",
        b"seq=6",
    ];
    let figures = measured(&field, Some(Framing::Lines), &reads);
    let counts = figures.counts;
    assert_eq!((counts.unique, counts.lost, counts.duplicated), (4, 1, 0));
    // Without delimiters; the unfinished line is no message.
    assert_eq!((counts.received.records, counts.received.bytes), (4, 20));
    assert_eq!(
        (figures.unnumbered.records, figures.unnumbered.bytes),
        (2, 9)
    );
    // The time of a message is that of its last byte: the first came at once, the last two
    // seconds later.
    assert_eq!(figures.received.seconds(), 2.0);
    assert_eq!(figures.received.packets_per_second(), Some(1.5));
    // The reads themselves have other numbers.
    let figures = measured(&field, None, &reads);
    assert_eq!(figures.counts.received.records, 3);
    assert_eq!(figures.unnumbered.records, 1);
}

#[test]
fn a_header_may_stand_behind_the_length_of_its_message() {
    let mut stream = Vec::new();
    for number in [0, 1, 3] {
        let packet = packet(0xC3, number, NOON);
        stream.extend(length().length_prefix(packet.len()).unwrap());
        stream.extend(packet);
    }
    let reads: Vec<&[u8]> = stream.chunks(70).collect();
    let figures = measured(&NumberField::Header, Some(length()), &reads);
    let counts = figures.counts;
    assert_eq!((counts.unique, counts.lost), (3, 1));
    assert_eq!(counts.received.bytes, 3 * 102);
    assert_eq!(figures.unnumbered.records, 0);
    // A field of one's own counts from the first byte of the message.
    let field = NumberField::User {
        offset: 10,
        width: 4,
        little_endian: false,
    };
    let counts = measured(&field, Some(length()), &reads).counts;
    assert_eq!((counts.unique, counts.lost), (3, 1));
}

#[test]
fn datagrams_are_whole_whatever_the_framing_is() {
    let mut builder = ChunkBuilder::default();
    let arrival = Arrival {
        destination: Some(crate::traffic::Destination {
            ip: [127, 0, 0, 1].into(),
            interface: 1,
        }),
        ..Arrival::default()
    };
    builder.received(NOON, peer(9), b"seq=1\nseq=2\n", arrival);
    let field = NumberField::Text {
        prefix: "seq=".into(),
    };
    let mut meter = Meter::of_messages(field, Framing::Lines.into());
    meter.take(&builder.finish());
    assert_eq!(meter.totals().counts.received.records, 1);
}

#[test]
fn each_direction_of_each_connection_is_a_stream_of_its_own() {
    let mut builder = ChunkBuilder::default();
    for (number, part) in [(1, "seq="), (2, "seq=")] {
        builder.received(NOON, peer(number), part.as_bytes(), Arrival::default());
    }
    builder.sent(NOON, peer(1), b"seq=9\n");
    for (number, part) in [(1, "1\n"), (2, "7\n")] {
        builder.received(NOON, peer(number), part.as_bytes(), Arrival::default());
    }
    let field = NumberField::Text {
        prefix: "seq=".into(),
    };
    let mut meter = Meter::of_messages(field, Framing::Lines.into());
    // A chunk may end within a message, and a notice without a peer ends no stream.
    meter.take(&builder.finish());
    let mut builder = ChunkBuilder::default();
    builder.received(NOON, peer(1), b"seq", Arrival::default());
    builder.notice(
        NOON,
        Notice::Bound {
            local: peer(3),
            receive_buffer: 1,
            asked: 1,
        },
    );
    meter.take(&builder.finish());
    builder.received(NOON, peer(1), b"=2\n", Arrival::default());
    meter.take(&builder.finish());
    let counts = meter.totals().counts;
    assert_eq!((counts.unique, counts.sent.records), (3, 1));
    assert_eq!(meter.totals().unnumbered.records, 0);
}
