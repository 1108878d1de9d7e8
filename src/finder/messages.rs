//! Finds the messages of a log on a thread of its own.

use crate::jobs::{Died, Job, JobOutcome, Running, caught};
use crate::traffic::messages::{ChunkToWalk, MessageQuery, MessageUpdate, MessageWalk};
use crate::traffic::{BytesLocation, Chunk};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A thread that finds messages, one slot of the log after the other. It sleeps while there is
/// none, and ends when the finder is dropped.
pub struct MessageFinder {
    questions: Sender<(u64, Question)>,
    answers: Receiver<(u64, Result<MessageUpdate, Died>)>,
    thread: Job<()>,
    /// The number of the current walk; slots of older ones are skipped.
    present: Arc<AtomicU64>,
}

enum Question {
    Begin(Arc<MessageQuery>),
    Slot(ChunkToWalk),
}

impl MessageFinder {
    /// Starts the thread. `wake` is called after each answer, on that thread; it must not block.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (questions, asked) = crossbeam_channel::unbounded();
        let (answered, answers) = crossbeam_channel::unbounded();
        let present = Arc::new(AtomicU64::new(0));
        let thread = Thread {
            asked,
            answered,
            present: Arc::clone(&present),
        };
        let run = move |job: &Running| {
            thread.run(job);
            Ok(())
        };
        Ok(Self {
            questions,
            answers,
            thread: Job::start("messages", wake, run)?,
            present,
        })
    }

    /// Begins a walk for this query at the first row of a log, and cancels the earlier one.
    pub fn begin(&self, query: &Arc<MessageQuery>) {
        let present = self.present.fetch_add(1, Ordering::AcqRel) + 1;
        self.ask(present, Question::Begin(Arc::clone(query)));
    }

    /// Walks through the next slot. [`Self::answers`] returns what was found.
    pub fn walk(&self, slot: ChunkToWalk) {
        let present = self.present.load(Ordering::Acquire);
        self.ask(present, Question::Slot(slot));
    }

    fn ask(&self, present: u64, question: Question) {
        // Fails only if the thread has ended, which `death` reports.
        self.questions.send((present, question)).ok();
    }

    /// The results of the slots of the current walk, one update for each, in their order.
    /// After a panic there are no more.
    pub fn answers(&self) -> impl Iterator<Item = Result<MessageUpdate, Died>> {
        let present = self.present.load(Ordering::Acquire);
        let of_present = move |(walk, update)| (walk == present).then_some(update);
        self.answers.try_iter().filter_map(of_present)
    }

    /// The panic that ended the thread, returned once.
    pub fn death(&self) -> Option<Died> {
        self.thread.poll().and_then(JobOutcome::died)
    }
}

struct Thread {
    asked: Receiver<(u64, Question)>,
    answered: Sender<(u64, Result<MessageUpdate, Died>)>,
    present: Arc<AtomicU64>,
}

impl Thread {
    fn run(self, job: &Running) {
        let mut walk = None;
        let mut bytes = Vec::new();
        for (number, question) in &self.asked {
            if number != self.present.load(Ordering::Acquire) {
                continue;
            }
            let slot = match question {
                Question::Begin(query) => {
                    walk = Some(MessageWalk::new(query));
                    continue;
                }
                Question::Slot(slot) => slot,
            };
            let Some(present) = &mut walk else { continue };
            let update = caught(|| walked(present, &slot, &mut bytes));
            if update.is_err() {
                // Its state may be broken: the next query begins another walk.
                walk = None;
            }
            if self.answered.send((number, update)).is_err() {
                return;
            }
            job.wake();
        }
    }
}

fn walked(walk: &mut MessageWalk, slot: &ChunkToWalk, bytes: &mut Vec<u8>) -> MessageUpdate {
    match &slot.source {
        BytesLocation::Memory(chunk) => walk.walk(slot.slot, slot.first_row, Some(chunk)),
        BytesLocation::Spilled { frames, place, .. } => {
            let is_read = frames.read(*place, bytes);
            let chunk = is_read.then(|| Chunk::decode(bytes).ok()).flatten();
            walk.walk(slot.slot, slot.first_row, chunk.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::Framing;
    use crate::traffic::messages::MessageIndex;
    use crate::traffic::{Arrival, ChunkBuilder, Log, LogUnit, Rows, ViewOptions};
    use std::net::SocketAddr;
    use std::time::Duration;

    #[test]
    fn messages_of_a_growing_log_are_found_on_the_thread() {
        let (wake, woken) = crossbeam_channel::unbounded();
        let finder = MessageFinder::start(move || {
            wake.send(()).ok();
        });
        let finder = finder.unwrap();
        let query = Arc::new(MessageQuery {
            framing: Framing::Lines.into(),
            pairing: None,
            filter: None,
        });
        let mut log = Log::default();
        log.look_for_messages(Some(MessageIndex::new(Arc::clone(&query))));
        // What an earlier walk still answers does not count.
        finder.begin(&query);
        finder.begin(&query);
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        for read in [&b"one\ntw"[..], b"o\n", b"three\n"] {
            let mut rows = ChunkBuilder::default();
            rows.received(0, peer, read, Arrival::default());
            log.push(Arc::new(rows.finish()));
            for slot in log.next_to_walk() {
                finder.walk(slot);
            }
            let end = log.rows().end;
            while log.messages().unwrap().walked() < end {
                woken.recv_timeout(Duration::from_secs(10)).unwrap();
                for update in finder.answers() {
                    log.take_messages(update.unwrap());
                }
            }
        }
        let shown = ViewOptions {
            unit: LogUnit::Message,
            ..ViewOptions::default()
        };
        let rows = Rows::new(&log, shown, None);
        let lengths: Vec<_> = rows
            .from(0)
            .map(|line| line.message.map(|message| message.length))
            .collect();
        assert_eq!(lengths, [Some(3), Some(3), Some(5)]);
        assert_eq!(finder.death(), None);
    }
}
