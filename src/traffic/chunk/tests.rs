//! Tests of a chunk and its builder.

use super::*;
use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;

fn peer(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

#[test]
fn an_entry_is_sixteen_bytes() {
    assert_eq!(size_of::<IndexEntry>(), 16);
}

#[test]
fn records_come_back_as_they_went_in() {
    let mut builder = ChunkBuilder::default();
    builder.received(1_000, peer(1), b"one", Arrival::default());
    builder.sent(1_001, peer(2), b"");
    builder.notice(1_002, Notice::Joined { peer: peer(3) });
    builder.received(1_003, peer(1), b"two", Arrival::default());
    let chunk = builder.finish();

    assert_eq!(
        chunk.get(0),
        Some(Record::new(
            1_000,
            Body::Received {
                peer: peer(1),
                bytes: b"one"
            }
        ))
    );
    assert_eq!(
        chunk.get(1),
        Some(Record::new(
            1_001,
            Body::Sent {
                peer: peer(2),
                bytes: b""
            }
        ))
    );
    assert_eq!(
        chunk.get(2),
        Some(Record::new(
            1_002,
            Body::Notice(&Notice::Joined { peer: peer(3) })
        ))
    );
    assert_eq!(
        chunk.get(3).map(|r| r.bytes().to_vec()),
        Some(b"two".to_vec())
    );
    assert_eq!(chunk.get(4), None);
    assert_eq!(chunk.routes.len(), 2);
    assert_eq!(chunk.last_source(), Some(peer(1)));
    assert!(builder.is_empty());
}

#[test]
fn a_chunk_absorbs_a_later_small_one() {
    let mut builder = ChunkBuilder::default();
    builder.received(1_000, peer(1), b"one", Arrival::default());
    let mut first = builder.finish();
    builder.notice(2_000, Notice::Joined { peer: peer(3) });
    builder.received(2_500, peer(2), b"two", Arrival::default());
    builder.received(2_600, peer(1), b"three", Arrival::default());
    let second = builder.finish();

    assert!(first.absorb(&second, 1 << 16));
    assert_eq!(first.len(), 4);
    assert_eq!(first.get(1).map(|r| r.time), Some(2_000));
    assert_eq!(
        first.get(2),
        Some(Record::new(
            2_500,
            Body::Received {
                peer: peer(2),
                bytes: b"two"
            }
        ))
    );
    assert_eq!(
        first.get(3),
        Some(Record::new(
            2_600,
            Body::Received {
                peer: peer(1),
                bytes: b"three"
            }
        ))
    );
    assert_eq!(
        first.received(),
        Volume {
            records: 3,
            bytes: 11
        }
    );
}

#[test]
fn absorbed_notices_keep_their_connections() {
    let [one, other] = [1, 2].map(|number| ConnectionId::read(number).unwrap());
    let mut builder = ChunkBuilder::default();
    builder.notice(0, Notice::Listening { local: peer(1) });
    builder.joined(0, one, peer(3), None);
    let mut first = builder.finish();
    builder.joined(1, other, peer(3), Some(peer(1)));
    let far = FarSide::from((peer(3), other));
    builder.received(2, far, b"x", Arrival::default());
    assert!(first.absorb(&builder.finish(), 1 << 16));
    let connections: Vec<_> = (0..4).map(|at| first.get(at).unwrap().connection).collect();
    assert_eq!(connections, [None, Some(one), Some(other), Some(other)]);
    assert_eq!(first.get(2).unwrap().local, Some(peer(1)));
    let seen: Vec<_> = first
        .connection_notices()
        .map(|seen| seen.connection)
        .collect();
    assert_eq!(seen, connections[..3]);
}

#[test]
fn a_chunk_does_not_absorb_a_big_or_a_late_one() {
    let mut builder = ChunkBuilder::default();
    builder.received(0, peer(1), b"one", Arrival::default());
    let mut first = builder.finish();
    builder.received(1, peer(1), &[0; 100], Arrival::default());
    assert!(!first.absorb(&builder.finish(), 64));
    builder.received(Micros::from(u32::MAX), peer(1), b"late", Arrival::default());
    assert!(!first.absorb(&builder.finish(), 1 << 16));
    assert_eq!(first.len(), 1);
}

#[test]
fn a_record_keeps_its_time_after_any_gap_or_clock_step() {
    const HOUR: Micros = 3_600_000_000;
    let times = [
        HOUR,
        2 * HOUR,
        2 * HOUR + 1,
        0,
        900 * 24 * HOUR,
        i64::MAX,
        i64::MIN,
        5,
    ];
    let mut builder = ChunkBuilder::default();
    for time in times {
        builder.received(time, peer(1), b"x", Arrival::default());
    }
    let chunk = builder.finish();
    let read: Vec<_> = (0..times.len()).filter_map(|at| chunk.time(at)).collect();
    assert_eq!(read, times);
    assert_eq!(chunk.get(3).map(|record| record.time), Some(0));
}

#[test]
fn absorbed_records_keep_their_times() {
    let chunk = |times: &[Micros]| {
        let mut builder = ChunkBuilder::default();
        for time in times {
            builder.received(*time, peer(1), b"x", Arrival::default());
        }
        builder.finish()
    };
    let mut first = chunk(&[0, i64::from(i32::MAX) + 1]);
    // The middle record is further from the base than the last.
    let far = chunk(&[
        i64::from(i32::MAX),
        2 * i64::from(i32::MAX) + 9,
        i64::from(i32::MAX),
    ]);
    assert!(!first.absorb(&far, 1 << 16));
    assert!(first.absorb(&chunk(&[i64::from(i32::MAX) + 7]), 1 << 16));
    assert_eq!(first.time(2), Some(i64::from(i32::MAX) + 7));
}
