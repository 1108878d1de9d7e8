//! Facts about a recorder whose thread panics.

use super::*;
use crate::capture::{KnownSession, import};
use crate::jobs::Died;
use crate::traffic::{Arrival, Body, ChunkBuilder, Notice, Upstreams};
use std::net::SocketAddr;
use std::ops::ControlFlow;

const DEADLINE: Duration = Duration::from_secs(10);
const FAULT: &str = "as a dependency might";

/// A recording of JSON lines that puts notices into words with this function.
fn order(path: &Path, describe: Describe) -> (RecordingRequest, CaptureContext) {
    let request = RecordingRequest {
        path: path.into(),
        open: None,
        format: CaptureFormat::JsonLines,
        full: None,
        describe: Arc::clone(&describe),
        reader: StreamTextReader::default(),
        fields: None,
        framing: SessionFraming::default(),
    };
    let context = CaptureContext {
        local: None,
        is_stream: false,
        upstreams: Upstreams::default(),
        zone: jiff::tz::TimeZone::UTC,
        describe,
        reader: StreamTextReader::default(),
        fields: None,
        session: KnownSession::default(),
        before: 0,
    };
    (request, context)
}

fn recorder(path: &Path, describe: Describe) -> (Recorder, Receiver<()>) {
    let (request, context) = order(path, describe);
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = move || wake.send(()).unwrap();
    (Recorder::start(request, context, wake).unwrap(), woken)
}

/// Datagrams of these numbers, and a notice behind them if there is one.
fn chunk(numbers: std::ops::Range<u32>, notice: Option<Notice>) -> Arc<Chunk> {
    let mut chunk = ChunkBuilder::default();
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    for number in numbers {
        let payload = number.to_be_bytes().repeat(50);
        chunk.received(number.into(), peer, &payload, Arrival::default());
    }
    if let Some(notice) = notice {
        chunk.notice(1_000_000, notice);
    }
    Arc::new(chunk.finish())
}

fn listening() -> Notice {
    let local = SocketAddr::from(([127, 0, 0, 1], 80)).into();
    Notice::Listening { local }
}

/// The received payloads of a file that is complete.
pub(crate) fn payloads(path: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let read = import::read(File::open(path).unwrap(), &mut |record| {
        if let Body::Received { bytes, .. } = record.body {
            found.push(bytes.to_vec());
        }
        ControlFlow::Continue(())
    });
    assert!(read.is_ok(), "{read:?}");
    assert!(std::fs::read(path).unwrap().ends_with(b"\n"));
    found
}

/// The numbers of the datagrams in a file, all of which must be complete.
fn numbers(path: &Path) -> Vec<u32> {
    let numbers = payloads(path).into_iter().map(|bytes| {
        let number: [u8; 4] = bytes[..4].try_into().unwrap();
        assert_eq!(bytes, number.repeat(50));
        u32::from_be_bytes(number)
    });
    numbers.collect()
}

#[test]
fn a_recorder_that_dies_says_so_once_and_leaves_whole_records() {
    let dir = tempfile::tempdir().unwrap();
    let [broken, sound] = ["broken.jsonl", "sound.jsonl"].map(|name| dir.path().join(name));
    let (dies, woken) = recorder(&broken, Arc::new(|_| panic!("{FAULT}")));
    let (goes_on, _) = recorder(&sound, Arc::new(|_| "listening".into()));
    // More than the buffers hold, so that the file has a part of the record in them.
    for chunk in [chunk(0..3, None), chunk(3..3_000, Some(listening()))] {
        dies.take(&chunk);
        goes_on.take(&chunk);
    }
    woken.recv_timeout(DEADLINE).unwrap();
    let ended = dies.ended();
    let Some(Err(error)) = &ended else {
        panic!("{ended:?}");
    };
    assert_eq!(Died::of(error), Some(&Died(FAULT.into())));
    assert!(dies.ended().is_none(), "it was reported");
    let found = numbers(&broken);
    assert!(found.len() > 3, "{} records", found.len());
    assert!(found.iter().copied().eq(0..found.len() as u32));
    // Rows that come later keep nobody waiting.
    for _ in 0..2 * AHEAD {
        assert!(dies.has_room());
        dies.take(&chunk(0..1, None));
    }
    dies.finish().unwrap();
    goes_on.take(&chunk(3_000..3_001, None));
    goes_on.finish().unwrap();
    assert!(numbers(&sound).iter().copied().eq(0..3_001));
}

#[test]
fn a_recorder_that_dies_at_the_end_says_so_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("taken.jsonl");
    let (dies, _woken) = recorder(&path, Arc::new(|_| panic!("{FAULT}")));
    dies.take(&chunk(0..3, None));
    dies.take(&chunk(0..0, Some(listening())));
    let error = dies.finish().unwrap_err();
    assert_eq!(Died::of(&error), Some(&Died(FAULT.into())));
    assert_eq!(numbers(&path), [0, 1, 2]);
    // The next recording follows it.
    let (goes_on, _woken) = recorder(&path, Arc::new(|_| String::new()));
    goes_on.take(&chunk(3..4, None));
    goes_on.finish().unwrap();
    assert_eq!(numbers(&path), [0, 1, 2, 3]);
}

#[test]
fn a_recording_that_does_not_begin_removes_the_file_that_it_made_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    for format in [CaptureFormat::JsonLines, CaptureFormat::Pcapng] {
        let [made, found] = ["made", "found"].map(|name| dir.path().join(name));
        std::fs::write(&found, "").unwrap();
        for path in [&made, &found] {
            let (request, context) = order(path, Arc::new(|_| String::new()));
            let request = RecordingRequest { format, ..request };
            let ends = Arc::new(AtomicBool::new(false));
            let output = RecordingOutput::open(&request, context, &ends).unwrap();
            assert!(path.exists());
            output.undo();
        }
        assert!(!made.exists());
        assert_eq!(std::fs::read(&found).unwrap(), b"");
    }
}
