//! Exports a part of the log to a file, on its own thread.

use super::background_writer::BackgroundWriter;
use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter};
use crate::disk::{Existing, Replacement};
use crate::jobs::{Job, Running};
use crate::traffic::{BytesLocation, Chunk, Hits, ViewOptions};
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// The records to export, and the file to write.
pub struct ExportRequest {
    pub path: PathBuf,
    pub existing: Existing,
    pub format: CaptureFormat,
    pub context: CaptureContext,
    pub shown: ViewOptions,
    /// The numbers of the only rows to export, in order; `None` for all that are shown.
    pub selected: Option<Vec<RangeInclusive<u64>>>,
    /// The chunks, oldest first.
    pub parts: Vec<ExportPart>,
}

/// A chunk, the number of its first row, and its selected records; `None` selects all.
pub struct ExportPart {
    pub first: u64,
    pub source: BytesLocation,
    pub hits: Option<Hits>,
    pub rows: u64,
}

/// The result of an export.
#[derive(Debug)]
pub enum ExportOutcome {
    /// The number of rows and bytes written. `gone` rows had left the log meanwhile, and the
    /// format cannot represent `left_out` rows.
    Done {
        rows: u64,
        bytes: u64,
        gone: u64,
        left_out: u64,
    },
    Cancelled,
    Failed(io::Error),
}

/// How long the end of the program waits for a write.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running export; dropping it cancels it.
pub struct Export {
    /// Its progress is the number of rows processed.
    job: Job<ExportOutcome>,
    rows: u64,
}

impl Export {
    /// # Errors
    /// If the thread cannot be started. Errors of the file are part of the outcome.
    pub fn start(order: ExportRequest, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let rows = order.parts.iter().map(|part| part.rows).sum();
        let job = Job::start("export", wake, move |job| write(order, job))?;
        Ok(Self { job, rows })
    }

    /// The outcome, returned once; `None` before the end. A panic counts as a failure.
    pub fn outcome(&self) -> Option<ExportOutcome> {
        let outcome = self.job.poll()?.into_result();
        Some(outcome.unwrap_or_else(ExportOutcome::Failed))
    }

    /// Cancels the export. Returns whether that was in time: the file then stays unchanged,
    /// however long a pending write takes.
    pub fn cancel(&self) -> bool {
        self.job.cancel()
    }

    /// Cancels the export and waits a little until its unfinished file is removed.
    pub fn end(self) {
        self.job.cancel();
        self.job.wait(PATIENCE);
    }

    /// The progress, from 0 to 1.
    pub fn progress(&self) -> f32 {
        self.job.progress() as f32 / self.rows.max(1) as f32
    }
}

fn write(order: ExportRequest, job: &Running) -> io::Result<ExportOutcome> {
    let file = Replacement::create(&order.path, order.existing)?;
    let mut writer =
        CaptureWriter::new(order.format, order.context, BackgroundWriter::start(file)?)?;
    let (mut rows, mut gone, mut left_out) = (0, 0, 0);
    let mut bytes = Vec::new();
    for part in order.parts {
        if job.is_cancelled() {
            return Ok(ExportOutcome::Cancelled);
        }
        let decoded;
        let chunk: &Chunk = match &part.source {
            BytesLocation::Memory(chunk) => chunk,
            BytesLocation::Spilled { frames, place, .. } => {
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
            let number = part.first + at as u64;
            let found = part.hits.as_ref().is_none_or(|hits| hits.contains(at));
            let selected = order.selected.as_deref();
            let is_meant = found && selected.is_none_or(|spans| is_in(spans, number));
            if is_meant && order.shown.includes(record.kind()) {
                writer.write(number, &record)?;
                rows += u64::from(writer.has_taken());
                left_out += u64::from(!writer.has_taken());
            } else {
                writer.pass_over(&record);
            }
        }
        job.advance(part.rows);
    }
    writer.end()?;
    let bytes = writer.written();
    let file = writer.finish()?.finish()?;
    if !file.finish_if(|| job.commit())? {
        return Ok(ExportOutcome::Cancelled);
    }
    Ok(ExportOutcome::Done {
        rows,
        bytes,
        gone,
        left_out,
    })
}

/// Whether a row is in one of these spans, which are in order.
fn is_in(spans: &[RangeInclusive<u64>], row: u64) -> bool {
    let after = spans.partition_point(|span| *span.end() < row);
    spans.get(after).is_some_and(|span| span.contains(&row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::KnownSession;
    use crate::traffic::{Arrival, ChunkBuilder, Upstreams};
    use crossbeam_channel::{Receiver, Sender};
    use std::sync::Arc;
    use std::time::Duration;

    const DEADLINE: Duration = Duration::from_secs(10);

    fn context() -> CaptureContext {
        CaptureContext {
            reader: crate::traffic::stream_text::StreamTextReader::default(),
            fields: None,
            session: KnownSession::default(),
            before: 0,
            local: None,
            is_stream: false,
            upstreams: Upstreams::default(),
            zone: jiff::tz::TimeZone::UTC,
            describe: Arc::new(|_| String::new()),
        }
    }

    fn ended(export: &Export) -> ExportOutcome {
        let outcome = export.job.wait(DEADLINE).expect("an end");
        outcome.into_result().unwrap_or_else(ExportOutcome::Failed)
    }

    #[test]
    fn an_export_that_is_ended_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut chunk = ChunkBuilder::default();
        let peer: crate::peer::Peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9)).into();
        for number in 0..20_000 {
            chunk.received(number, peer, &[b'x'; 64], Arrival::default());
        }
        let chunk = Arc::new(chunk.finish());
        let part = |_| ExportPart {
            first: 0,
            source: BytesLocation::Memory(Arc::clone(&chunk)),
            hits: None,
            rows: 20_000,
        };
        let order = ExportRequest {
            path: dir.path().join("long.jsonl"),
            existing: Existing::Replace,
            format: CaptureFormat::JsonLines,
            context: context(),
            shown: ViewOptions::default(),
            selected: None,
            parts: (0..2_000).map(part).collect(),
        };
        let export = Export::start(order, || {}).unwrap();
        let deadline = std::time::Instant::now() + DEADLINE;
        while export.progress() == 0.0 {
            assert!(std::time::Instant::now() < deadline);
            std::thread::yield_now();
        }
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "it is being written"
        );
        export.end();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    /// A source whose reads panic.
    struct Broken;

    impl crate::traffic::SpillReader for Broken {
        fn read(&self, _: crate::traffic::SpillPosition, _: &mut Vec<u8>) -> bool {
            panic!("broken")
        }
    }

    /// A request of one part, after which only the end asks for cancellation.
    fn order(
        path: PathBuf,
        frames: Arc<dyn crate::traffic::SpillReader + Send + Sync>,
    ) -> ExportRequest {
        let place = crate::traffic::SpillPosition {
            segment: 0,
            offset: 0,
            length: 0,
        };
        ExportRequest {
            path,
            existing: Existing::Replace,
            format: CaptureFormat::JsonLines,
            context: context(),
            shown: ViewOptions::default(),
            selected: None,
            parts: vec![ExportPart {
                first: 0,
                source: BytesLocation::Spilled {
                    frames,
                    place,
                    has_events: false,
                },
                hits: None,
                rows: 1,
            }],
        }
    }

    #[test]
    fn an_export_that_dies_has_failed_and_leaves_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.jsonl");
        std::fs::write(&path, "old").unwrap();
        let order = order(path.clone(), Arc::new(Broken));
        let (wake, woken) = crossbeam_channel::unbounded();
        let wake = move || wake.send(()).unwrap();
        let export = Export::start(order, wake).unwrap();
        woken.recv_timeout(DEADLINE).unwrap();
        let outcome = export.outcome();
        let Some(ExportOutcome::Failed(error)) = &outcome else {
            panic!("{outcome:?}");
        };
        let died = crate::jobs::Died("broken".into());
        assert_eq!(crate::jobs::Died::of(error), Some(&died));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    /// A source whose reads block, as on a disk that hangs.
    struct Hanging(Sender<()>, Receiver<()>);

    impl crate::traffic::SpillReader for Hanging {
        fn read(&self, _: crate::traffic::SpillPosition, bytes: &mut Vec<u8>) -> bool {
            self.0.send(()).unwrap();
            let went_on = self.1.recv_timeout(DEADLINE);
            let mut chunk = ChunkBuilder::default();
            chunk.received(
                1,
                "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
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
        let order = order(path.clone(), Arc::new(Hanging(hangs, goes_on)));
        let export = Export::start(order, || {}).unwrap();
        hanging.recv_timeout(DEADLINE).unwrap();
        assert!(export.cancel());
        go_on.send(()).unwrap();
        let outcome = ended(&export);
        assert!(matches!(outcome, ExportOutcome::Cancelled), "{outcome:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_capture_is_in_the_order_of_its_times() {
        let dir = tempfile::tempdir().unwrap();
        let (here, peer) = (
            "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
            "127.0.0.1:8".parse::<std::net::SocketAddr>().unwrap(),
        );
        let stamped = Arrival {
            kernel_time: true,
            ..Arrival::default()
        };
        let mut chunk = ChunkBuilder::default();
        // A datagram may arrive before the bind notice is written: it stays after the notice.
        chunk.notice(
            20,
            crate::traffic::Notice::Bound {
                local: here.into(),
                receive_buffer: 1,
                asked: 1,
            },
        );
        chunk.received(10, peer, b"<1>", stamped);
        chunk.sent(40, peer, b"<3>");
        chunk.received(30, peer, b"<2>", stamped);
        let chunk = Arc::new(chunk.finish());
        for (format, expected) in [
            (CaptureFormat::Pcapng, ["<1>", "<2>", "<3>"]),
            (CaptureFormat::JsonLines, ["<1>", "<3>", "<2>"]),
        ] {
            let path = dir.path().join(format.extension());
            let order = ExportRequest {
                path: path.clone(),
                existing: Existing::Keep,
                format,
                context: context(),
                shown: ViewOptions::default(),
                selected: None,
                parts: vec![ExportPart {
                    first: 0,
                    source: BytesLocation::Memory(Arc::clone(&chunk)),
                    hits: None,
                    rows: 4,
                }],
            };
            let export = Export::start(order, || {}).unwrap();
            let outcome = ended(&export);
            assert!(matches!(outcome, ExportOutcome::Done { .. }), "{outcome:?}");
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
        let order = ExportRequest {
            path: path.clone(),
            existing: Existing::Keep,
            format: CaptureFormat::JsonLines,
            context: context(),
            shown: ViewOptions::default(),
            selected: None,
            parts: Vec::new(),
        };
        let export = Export::start(order, || {}).unwrap();
        let outcome = ended(&export);
        assert!(matches!(outcome, ExportOutcome::Done { .. }), "{outcome:?}");
        assert!(!export.cancel());
        assert!(path.exists());
    }
}
