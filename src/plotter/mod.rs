//! Layer 3: finds the numbers in the rows of a log on a thread of its own, so that the window never
//! waits.

use crate::jobs::{Died, Job, JobOutcome, Running, caught};
use crate::traffic::plot::{Collected, PlotCollector, PlotFields};
use crate::traffic::{BytesLocation, Chunk, Hits, Log, SearchHits, ViewOptions};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::sync::Arc;

/// The most parts of the log that are read ahead of the answers taken.
const PENDING: usize = 8;

/// Follows a log from its first row on. Dropping it ends its thread.
#[derive(Debug)]
pub struct Plotter {
    parts: Sender<LogPart>,
    answers: Receiver<Result<PlotBatch, Died>>,
    thread: Job<()>,
    /// The number of parts whose answers were not taken.
    pending: usize,
    /// The next row to read.
    next: u64,
    /// The rows that left the log before they were read.
    gone: u64,
}

/// Rows of one chunk, in the order of the log.
struct LogPart {
    /// The number of the first row of the chunk, and the place of the first row of the part in it.
    first: u64,
    from: usize,
    /// The number of rows of the chunk up to the end of the part.
    to: usize,
    source: BytesLocation,
    /// The rows that are plotted; `None` plots all.
    hits: Option<Hits>,
    shown: ViewOptions,
}

/// The numbers of a part of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotBatch {
    pub collected: Collected,
    /// The rows that could not be read.
    pub gone: u64,
}

impl Plotter {
    /// Starts the thread. `wake` is called after each answer, on that thread; it must not block.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(fields: PlotFields, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (parts, asked) = crossbeam_channel::bounded::<LogPart>(PENDING);
        let (answered, answers) = crossbeam_channel::bounded(PENDING);
        let thread = Job::start("plotter", wake, move |job: &Running| {
            let mut collector = PlotCollector::new(fields);
            let mut bytes = Vec::new();
            for part in &asked {
                // The part alone may cause the panic: the thread stays for the next one.
                let batch = caught(|| read(&mut collector, &part, &mut bytes));
                if job.is_cancelled() || answered.send(batch).is_err() {
                    break;
                }
                job.wake();
            }
            Ok(())
        })?;
        Ok(Self {
            parts,
            answers,
            thread,
            pending: 0,
            next: 0,
            gone: 0,
        })
    }

    /// Asks for the rows that the log has gained: those that a search has `found`, if there is one,
    /// as far as it has searched, and of these the kinds that are `shown`.
    pub fn follow(&mut self, log: &Log, found: Option<&SearchHits>, shown: ViewOptions) {
        let rows = log.rows();
        if self.next < rows.start {
            self.gone += rows.start - self.next;
            self.next = rows.start;
        }
        while self.pending < PENDING
            && let Some(slot) = log.slot_of(self.next)
        {
            let (first, end) = (log.before(slot).rows(), log.before(slot + 1).rows());
            let grows = slot + 1 == log.slots().end && log.grows();
            let mut end_of_part = end;
            let mut hits = None;
            if let Some(found) = found {
                let Some(known) = found.hits(slot) else {
                    return;
                };
                // Nothing was searched of a chunk that could not be read.
                if known.of() > 0 || grows {
                    end_of_part = end.min(first + known.of() as u64);
                }
                hits = Some(known.clone());
            }
            if end_of_part <= self.next {
                return;
            }
            let source = match grows {
                // The log adds no rows to a chunk that is shared.
                true => log.chunk(slot).cloned().map(Arc::new),
                false => None,
            };
            let source = source.map(BytesLocation::Memory);
            let (Some(source), Ok(from), Ok(to)) = (
                source.or_else(|| log.source(slot)),
                usize::try_from(self.next - first),
                usize::try_from(end_of_part - first),
            ) else {
                self.gone += end_of_part - self.next;
                self.next = end_of_part;
                continue;
            };
            let part = LogPart {
                first,
                from,
                to,
                source,
                hits,
                shown,
            };
            // Fails only if the thread has ended, which `death` reports.
            if self.parts.try_send(part).is_err() {
                return;
            }
            self.pending += 1;
            self.next = end_of_part;
        }
    }

    /// The answers that have arrived, in the order of the log. If a part caused a panic, its answer
    /// is the panic.
    pub fn answers(&mut self) -> Vec<Result<PlotBatch, Died>> {
        let answers: Vec<_> = self.answers.try_iter().collect();
        self.pending = self.pending.saturating_sub(answers.len());
        answers
    }

    /// The panic that ended the thread, returned once.
    pub fn death(&self) -> Option<Died> {
        self.thread.poll().and_then(JobOutcome::died)
    }

    /// The rows that left the log before they were read.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// The number of rows of the log that were not asked for yet.
    pub fn behind(&self, log: &Log) -> u64 {
        log.rows().end.saturating_sub(self.next)
    }
}

fn read(collector: &mut PlotCollector, part: &LogPart, bytes: &mut Vec<u8>) -> PlotBatch {
    let decoded;
    let chunk: &Chunk = match &part.source {
        BytesLocation::Memory(chunk) => chunk,
        BytesLocation::Spilled { frames, place, .. } => {
            let is_read = frames.read(*place, bytes);
            match Chunk::decode(bytes).ok().filter(|_| is_read) {
                Some(chunk) => {
                    decoded = chunk;
                    &decoded
                }
                // It was trimmed meanwhile.
                None => {
                    return PlotBatch {
                        collected: Collected::default(),
                        gone: part.to.saturating_sub(part.from) as u64,
                    };
                }
            }
        }
    };
    let mut collected = Collected::default();
    for at in part.from..part.to.min(chunk.len()) {
        let Some(record) = chunk.get(at) else {
            continue;
        };
        let is_found = part.hits.as_ref().is_none_or(|hits| hits.contains(at));
        let hidden = !is_found || !part.shown.includes(record.kind());
        collector.read((part.first + at as u64, &record), hidden, &mut collected);
    }
    PlotBatch { collected, gone: 0 }
}

#[cfg(test)]
mod tests;
