//! Rows of a log that are drawn from an input, and their files.

use super::input::Input;
use jiff::tz::TimeZone;
use netpeer::capture::{CaptureContext, CaptureFormat, CaptureWriter, KnownSession};
use netpeer::connection_id::{ConnectionId, FarSide};
use netpeer::peer::Peer;
use netpeer::traffic::stream_text::StreamTextReader;
use netpeer::traffic::{
    Arrival, Chunk, ChunkBuilder, Destination, Micros, Notice, RecordOrigin, Upstreams,
};
use std::io;
use std::sync::Arc;

const PEERS: [&str; 6] = [
    "1.2.3.4:1",
    "127.0.0.1:80",
    "[fe80::1%3]:1",
    "[::1]:53",
    "unix:/a.b",
    "unix:#1",
];

/// Up to 16 rows of a few peers.
pub fn chunk(input: &mut Input<'_>) -> Chunk {
    let peers = PEERS.map(|peer| peer.parse::<Peer>().expect(peer));
    let mut builder = ChunkBuilder::default();
    for _ in 0..input.below(17) {
        let (time, kind) = (time(input), input.below(8));
        let peer = *input.choose(&peers);
        let connection = ConnectionId::read(input.below(3) as u64);
        let far = FarSide { peer, connection };
        match kind {
            0 => builder.notice(time, Notice::Joined { peer }),
            1 => builder.notice_of(time, connection, Notice::Closed { peer, unsent: 1 }),
            2 => {
                let origin = RecordOrigin {
                    rule: Some("echo"),
                    other: Some(*input.choose(&peers)),
                };
                builder.sent_for(time, far, input.piece(), origin);
            }
            3 => builder.sent(time, far, input.piece()),
            _ => {
                let arrival = arrival(input);
                builder.received(time, far, input.piece(), arrival);
            }
        }
    }
    builder.finish()
}

fn time(input: &mut Input<'_>) -> Micros {
    match input.below(4) {
        0 => input.number().cast_signed(),
        _ => 1_790_000_000_000_000 + 1_000 * input.below(256) as Micros,
    }
}

fn arrival(input: &mut Input<'_>) -> Arrival {
    let flags = input.byte();
    Arrival {
        destination: (flags & 1 != 0).then(|| Destination {
            ip: [224_u8, 0, 0, 1].into(),
            interface: u32::from(flags >> 4),
        }),
        kernel_time: flags & 2 != 0,
        truncated: flags & 4 != 0,
        whole: (flags & 12 == 12).then_some(9_000),
    }
}

/// The file that rows become.
///
/// # Errors
/// Why they become none.
pub fn written(format: CaptureFormat, chunk: &Chunk) -> io::Result<Vec<u8>> {
    let context = CaptureContext {
        local: None,
        is_stream: false,
        upstreams: Upstreams::default(),
        zone: TimeZone::UTC,
        describe: Arc::new(|notice| format!("{notice:?}")),
        reader: StreamTextReader::default(),
        fields: None,
        session: KnownSession::default(),
        before: 0,
    };
    let mut writer = CaptureWriter::new(format, context, Vec::new())?;
    for at in format.positions(chunk) {
        let record = chunk.get(at).expect("a row of the chunk");
        writer.write(at as u64, &record)?;
    }
    writer.finish()
}
