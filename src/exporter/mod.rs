//! Floor 2: writing a part of the log to a file, on a thread of its own.

use crate::disk::{Existing, Replacement};
use crate::traffic::export::{About, Format, Writer};
use crate::traffic::{Body, Chunk, Hits, Shown, Source};
use crossbeam_channel::Receiver;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What is to be written, and where.
pub struct Order {
    pub path: PathBuf,
    pub existing: Existing,
    pub format: Format,
    pub about: About,
    pub shown: Shown,
    /// The chunks, oldest first.
    pub parts: Vec<Part>,
}

/// A chunk, the number of its first row, and which of its records are meant if not all.
pub struct Part {
    pub first: u64,
    pub source: Source,
    pub hits: Option<Hits>,
    pub rows: u64,
}

/// How an export ended.
#[derive(Debug)]
pub enum Outcome {
    /// So many rows and bytes; some rows may have left the log meanwhile, and some are of
    /// a kind the format has nothing for.
    Done {
        rows: u64,
        bytes: u64,
        gone: u64,
        left_out: u64,
    },
    Cancelled,
    Failed(io::Error),
}

/// An export under way; dropping it gives it up.
pub struct Export {
    outcome: Receiver<Outcome>,
    /// Rows passed, and rows there are to pass.
    passed: Arc<AtomicU64>,
    rows: u64,
    stage: Arc<Stage>,
}

/// How far an export is: cancelled in time it never touches the file, and past that it
/// is not cancelled any more.
#[derive(Default)]
struct Stage(AtomicU8);

impl Stage {
    const WRITING: u8 = 0;
    const CANCELLED: u8 = 1;
    const PUT: u8 = 2;

    /// Leaves the first stage for this one; says whether it is there now.
    fn enter(&self, stage: u8) -> bool {
        let (now, seen) = (Ordering::AcqRel, Ordering::Acquire);
        match self.0.compare_exchange(Self::WRITING, stage, now, seen) {
            Ok(_) => true,
            Err(there) => there == stage,
        }
    }

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::CANCELLED
    }
}

impl Export {
    /// # Errors
    /// If the system has no thread left. What becomes of the file is the outcome.
    pub fn start(order: Order, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (done, outcome) = crossbeam_channel::bounded(1);
        let passed = Arc::new(AtomicU64::new(0));
        let stage = Arc::new(Stage::default());
        let rows = order.parts.iter().map(|part| part.rows).sum();
        let export = Self {
            outcome,
            passed: Arc::clone(&passed),
            rows,
            stage: Arc::clone(&stage),
        };
        std::thread::Builder::new()
            .name("export".into())
            .spawn(move || {
                let outcome = write(order, &passed, &stage);
                done.send(outcome.unwrap_or_else(Outcome::Failed)).ok();
                wake();
            })?;
        Ok(export)
    }

    /// How it ended, once.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.try_recv().ok()
    }

    /// Gives it up; says whether that was in time. Then the file stays as it was, however
    /// long a write under way still takes.
    pub fn cancel(&self) -> bool {
        self.stage.enter(Stage::CANCELLED)
    }

    /// From 0 to 1.
    pub fn progress(&self) -> f32 {
        self.passed.load(Ordering::Relaxed) as f32 / self.rows.max(1) as f32
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        self.cancel();
    }
}

fn write(order: Order, passed: &AtomicU64, stage: &Stage) -> io::Result<Outcome> {
    let file = Replacement::create(&order.path, order.existing)?;
    let mut writer = Writer::new(order.format, order.about, file)?;
    let (mut rows, mut gone, mut left_out) = (0, 0, 0);
    let mut bytes = Vec::new();
    for part in order.parts {
        if stage.is_cancelled() {
            return Ok(Outcome::Cancelled);
        }
        let decoded;
        let chunk: &Chunk = match &part.source {
            Source::Memory(chunk) => chunk,
            Source::Shelf { frames, place, .. } => {
                let read = frames.read(*place, &mut bytes);
                match Chunk::decode(&bytes).ok().filter(|_| read) {
                    Some(chunk) => {
                        decoded = chunk;
                        &decoded
                    }
                    None => {
                        gone += part.rows;
                        continue;
                    }
                }
            }
        };
        for at in order.format.positions(chunk) {
            let Some(record) = chunk.get(at) else {
                continue;
            };
            let found = part.hits.as_ref().is_none_or(|hits| hits.contains(at));
            if found && order.shown.includes(record.kind()) {
                let before = writer.written();
                writer.write(part.first + at as u64, &record)?;
                let written = writer.written() > before;
                rows += u64::from(written);
                left_out += u64::from(!written);
            } else if let Body::Notice(notice) = record.body {
                // It is not written, but tells which address is ours.
                writer.note(notice);
            }
        }
        passed.fetch_add(part.rows, Ordering::Relaxed);
    }
    let bytes = writer.written();
    let file = writer.finish()?;
    if !file.finish_if(|| stage.enter(Stage::PUT))? {
        return Ok(Outcome::Cancelled);
    }
    Ok(Outcome::Done {
        rows,
        bytes,
        gone,
        left_out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, ChunkBuilder, Upstreams};
    use crossbeam_channel::Sender;
    use std::time::Duration;

    const DEADLINE: Duration = Duration::from_secs(10);

    fn about() -> About {
        About {
            reader: crate::traffic::stream_text::Reader::default(),
            before: 0,
            local: None,
            tcp: false,
            upstreams: Upstreams::default(),
            zone: jiff::tz::TimeZone::UTC,
            describe: Arc::new(|_| String::new()),
        }
    }

    /// Holds the thread up where it reads, as a disk does that hangs.
    struct Hanging(Sender<()>, Receiver<()>);

    impl crate::traffic::Frames for Hanging {
        fn read(&self, _: crate::traffic::Place, bytes: &mut Vec<u8>) -> bool {
            self.0.send(()).unwrap();
            let went_on = self.1.recv_timeout(DEADLINE);
            let mut chunk = ChunkBuilder::default();
            chunk.received(
                1,
                "127.0.0.1:9".parse().unwrap(),
                b"new",
                Arrival::default(),
            );
            *bytes = chunk.finish().encode().unwrap();
            went_on.is_ok()
        }
    }

    #[test]
    fn cancelled_during_a_hang_the_old_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.jsonl");
        std::fs::write(&path, "old").unwrap();
        let (hangs, hanging) = crossbeam_channel::bounded(1);
        let (go_on, goes_on) = crossbeam_channel::bounded(1);
        let order = Order {
            path: path.clone(),
            existing: Existing::Replace,
            format: Format::JsonLines,
            about: about(),
            shown: Shown::default(),
            // The last part: nothing asks behind it but the end.
            parts: vec![Part {
                first: 0,
                source: Source::Shelf {
                    frames: Arc::new(Hanging(hangs, goes_on)),
                    place: crate::traffic::Place {
                        segment: 0,
                        offset: 0,
                        length: 0,
                    },
                    has_events: false,
                },
                hits: None,
                rows: 1,
            }],
        };
        let export = Export::start(order, || {}).unwrap();
        hanging.recv_timeout(DEADLINE).unwrap();
        assert!(export.cancel());
        go_on.send(()).unwrap();
        let outcome = export.outcome.recv_timeout(DEADLINE).unwrap();
        assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_capture_is_in_the_order_of_its_times() {
        let dir = tempfile::tempdir().unwrap();
        let (here, peer) = (
            "127.0.0.1:9".parse().unwrap(),
            "127.0.0.1:8".parse().unwrap(),
        );
        let stamped = Arrival {
            kernel_time: true,
            ..Arrival::default()
        };
        let mut chunk = ChunkBuilder::default();
        // A datagram may come before the row of the bind is written: it stays behind it.
        chunk.notice(
            20,
            crate::traffic::Notice::Bound {
                local: here,
                receive_buffer: 1,
                asked: 1,
            },
        );
        chunk.received(10, peer, b"<1>", stamped);
        chunk.sent(40, peer, b"<3>");
        chunk.received(30, peer, b"<2>", stamped);
        let chunk = Arc::new(chunk.finish());
        for (format, expected) in [
            (Format::Pcapng, ["<1>", "<2>", "<3>"]),
            (Format::JsonLines, ["<1>", "<3>", "<2>"]),
        ] {
            let path = dir.path().join(format.extension());
            let order = Order {
                path: path.clone(),
                existing: Existing::Keep,
                format,
                about: about(),
                shown: Shown::default(),
                parts: vec![Part {
                    first: 0,
                    source: Source::Memory(Arc::clone(&chunk)),
                    hits: None,
                    rows: 4,
                }],
            };
            let export = Export::start(order, || {}).unwrap();
            let outcome = export.outcome.recv_timeout(DEADLINE).unwrap();
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
            let bytes = std::fs::read(&path).unwrap();
            let place = |what: &str| bytes.windows(3).position(|part| part == what.as_bytes());
            let mut found = ["<1>", "<2>", "<3>"].map(|what| (place(what).unwrap(), what));
            found.sort_unstable();
            assert_eq!(found.map(|(_, what)| what), expected, "{format:?}");
        }
    }

    #[test]
    fn what_is_there_is_not_cancelled_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.jsonl");
        let order = Order {
            path: path.clone(),
            existing: Existing::Keep,
            format: Format::JsonLines,
            about: about(),
            shown: Shown::default(),
            parts: Vec::new(),
        };
        let export = Export::start(order, || {}).unwrap();
        let outcome = export.outcome.recv_timeout(DEADLINE).unwrap();
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
        assert!(!export.cancel());
        assert!(path.exists());
    }
}
