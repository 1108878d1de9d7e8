//! Floor 2: writing a part of the log to a file, on a thread of its own.

use crate::disk::{Existing, Replacement};
use crate::traffic::export::{About, Format, Writer};
use crate::traffic::{Body, Chunk, Hits, Shown, Source};
use crossbeam_channel::Receiver;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    cancelled: Arc<AtomicBool>,
}

impl Export {
    /// # Errors
    /// If the system has no thread left. What becomes of the file is the outcome.
    pub fn start(order: Order, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (done, outcome) = crossbeam_channel::bounded(1);
        let passed = Arc::new(AtomicU64::new(0));
        let cancelled = Arc::new(AtomicBool::new(false));
        let rows = order.parts.iter().map(|part| part.rows).sum();
        let export = Self {
            outcome,
            passed: Arc::clone(&passed),
            rows,
            cancelled: Arc::clone(&cancelled),
        };
        std::thread::Builder::new()
            .name("export".into())
            .spawn(move || {
                let outcome = write(order, &passed, &cancelled);
                done.send(outcome.unwrap_or_else(Outcome::Failed)).ok();
                wake();
            })?;
        Ok(export)
    }

    /// How it ended, once.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.try_recv().ok()
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
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

fn write(order: Order, passed: &AtomicU64, cancelled: &AtomicBool) -> io::Result<Outcome> {
    let file = Replacement::create(&order.path, order.existing)?;
    let mut writer = Writer::new(order.format, order.about, file)?;
    let (mut rows, mut gone, mut left_out) = (0, 0, 0);
    let mut bytes = Vec::new();
    for part in order.parts {
        if cancelled.load(Ordering::Acquire) {
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
        for at in 0..chunk.len() {
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
    writer.finish()?.finish()?;
    Ok(Outcome::Done {
        rows,
        bytes,
        gone,
        left_out,
    })
}
