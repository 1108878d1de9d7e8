//! Chunks of the log as bytes: what is decoded is encoded again as the same rows.

use super::input::Input;
use super::rows;
use netpeer::traffic::{Chunk, ChunkPayloads};

pub fn check(bytes: &[u8]) {
    damaged(bytes);
    let mut input = Input::new(bytes);
    let (at, flip) = (input.number(), input.byte());
    let chunk = rows::chunk(&mut input);
    encoded(&chunk);
    let mut bytes = chunk.encode().expect("a short chunk");
    let length = bytes.len() as u64;
    bytes[(at % length) as usize] ^= flip;
    damaged(&bytes);
}

/// Bytes that may be no chunk.
fn damaged(bytes: &[u8]) {
    if let Ok(chunk) = Chunk::decode(bytes) {
        encoded(&chunk);
    }
    if let Ok(payloads) = ChunkPayloads::encoded(bytes) {
        for at in 0..payloads.count() {
            payloads.kind(at);
            // The entries of a damaged chunk may point anywhere.
            let payload = payloads.arena().get(payloads.bytes(at));
            assert!(payload.is_none_or(|payload| payload.len() <= bytes.len()));
        }
    }
}

fn encoded(chunk: &Chunk) {
    let bytes = chunk.encode().expect("a short chunk");
    let back = Chunk::decode(&bytes).expect("an encoded chunk");
    let figures = |chunk: &Chunk| {
        let volumes = (chunk.received(), chunk.sent());
        (chunk.len(), chunk.count(), volumes, chunk.truncated())
    };
    assert_eq!(figures(&back), figures(chunk));
    assert_eq!(chunk.count().rows(), chunk.len() as u64);
    for at in 0..chunk.len() {
        let record = chunk.get(at);
        assert!(record.is_some());
        assert_eq!(back.get(at), record);
    }
    let mut captured = chunk.captured();
    captured.sort_unstable();
    assert!(captured.into_iter().eq(0..chunk.len()));
}
