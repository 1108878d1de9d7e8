//! Capture files: pcap, pcapng and JSON lines, also compressed. What is read is counted, and is the
//! same when it was written as JSON lines; every other format can be written of it.

use super::rows::written;
use netpeer::capture::CaptureFormat;
use netpeer::capture::import::{ImportError, ImportPosition, ImportSummary, read};
use netpeer::traffic::{Chunk, ChunkBuilder};
use std::ops::ControlFlow;

/// The most rows of a file that are looked at, and the bytes behind which no more are: a compressed
/// one may have very many.
const ROWS: usize = 2_000;
const BYTES: usize = 1 << 20;

pub fn check(bytes: &[u8]) {
    let (rows, result) = imported(bytes);
    match &result {
        Ok(summary) => assert_eq!(summary.records, rows.len() as u64),
        Err(error) => match error.place {
            ImportPosition::Byte(at) => assert!(at <= bytes.len() as u64, "{error:?}"),
            ImportPosition::Line(line) => assert!(line > 0),
            ImportPosition::Unpacked(_) => {}
        },
    }
    let lines = written(CaptureFormat::JsonLines, &rows).expect("writing to memory");
    let (again, _) = imported(&lines);
    assert_eq!(again.len(), rows.len());
    for at in 0..rows.len() {
        assert_eq!(again.get(at), rows.get(at));
    }
    let length: usize = (0..rows.len())
        .filter_map(|at| rows.get(at))
        .map(|record| 1_024 + record.bytes().len())
        .sum();
    for format in CaptureFormat::written() {
        // Not all rows make a scenario.
        if let Ok(file) = written(format, &rows) {
            let most = (64 << 10) + 64 * length + 16 * lines.len();
            assert!(file.len() <= most, "{format:?}: {} bytes", file.len());
        }
    }
}

fn imported(bytes: &[u8]) -> (Chunk, Result<ImportSummary, ImportError>) {
    let (mut rows, mut count) = (ChunkBuilder::default(), 0);
    let result = read(bytes, &mut |record| {
        rows.copy(&record);
        count += 1;
        match count < ROWS && rows.size() < BYTES {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    (rows.finish(), result)
}
