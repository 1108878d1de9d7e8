//! A log on disk that a crash left: the chunks before the first damage come back.

use super::input::Input;
use super::rows;
use crc::{CRC_32_ISO_HDLC, Crc};
use netpeer::engine::Event;
use netpeer::journal::{RecoveredLog, recoverable_logs, replay};
use netpeer::traffic::Chunk;
use std::fs;
use std::path::Path;
use std::time::Duration;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
/// More than any file of a few thousand bytes takes.
const DEADLINE: Duration = Duration::from_secs(10);

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (mut segment, mut chunks) = (Vec::new(), Vec::new());
    let mut is_whole = input.below(8) > 0;
    match is_whole {
        true => {
            let version = 1 + input.byte() % 2;
            segment.extend_from_slice(b"netpeer\0");
            segment.extend([version, 0, 0, 0, 0, 0, 0, 0]);
        }
        false => segment.extend_from_slice(input.piece()),
    }
    while !input.is_over() {
        let payload = match input.below(4) {
            0 => {
                segment.extend_from_slice(input.piece());
                is_whole = false;
                continue;
            }
            // Mostly no chunk, which is passed over.
            1 => input.piece().to_vec(),
            _ => rows::chunk(&mut input).encode().expect("a short chunk"),
        };
        segment.extend(frame(&payload));
        if let Some(chunk) = Chunk::decode(&payload).ok().filter(|_| is_whole) {
            chunks.push(chunk.encode().expect("a short chunk"));
        }
    }
    let found = recovered(&segment);
    assert!(
        found.starts_with(&chunks),
        "{} of {}",
        found.len(),
        chunks.len()
    );
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_le_bytes();
    let checksum = CRC.checksum(payload).to_le_bytes();
    [&length[..], &checksum, payload].concat()
}

/// The encoded chunks of a log of one segment.
fn recovered(segment: &[u8]) -> Vec<Vec<u8>> {
    let parent = tempfile::tempdir().expect("a folder");
    left(&parent.path().join("log-1-2-3"), segment);
    let mut found = Vec::new();
    for log in recoverable_logs(parent.path(), WEEK) {
        let RecoveredLog { events, origin } = replay(log, || {}).expect("a thread");
        while let Event::Rows(chunk) = events.recv_timeout(DEADLINE).expect("an event") {
            found.push(chunk.encode().expect("a short chunk"));
        }
        // Without its release, the files stay.
        origin.unread();
    }
    found
}

fn left(log: &Path, segment: &[u8]) {
    fs::create_dir(log).expect("a folder");
    fs::write(log.join("lock"), "").expect("a lock");
    fs::write(log.join("000000.segment"), segment).expect("a segment");
}
