//! Layer 3: searches a log on threads of its own, one for each core, and finds its messages on
//! another, so that the window never waits.

mod messages;

pub use messages::MessageFinder;

use crate::jobs::{Died, Job, JobOutcome, Running, caught};
use crate::traffic::{BytesLocation, ChunkToSearch, Filter, Hits};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that search chunks. They sleep while there are none, and end when the finder is
/// dropped. [`Finder::restart`] cancels pending searches.
pub struct Finder {
    questions: Sender<(u64, Arc<Filter>, ChunkToSearch)>,
    answers: Receiver<(u64, u64, Result<Hits, Died>)>,
    threads: Vec<Job<()>>,
    /// The number of the current search; chunks of older ones are skipped.
    present: Arc<AtomicU64>,
}

impl Finder {
    /// Starts the threads. `wake` is called after each answer, on any of the threads; it must
    /// not block.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub fn start(wake: impl Fn() + Send + Clone + 'static) -> io::Result<Self> {
        let (questions, asked) = crossbeam_channel::unbounded();
        let (answered, answers) = crossbeam_channel::unbounded();
        let present = Arc::new(AtomicU64::new(0));
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = Vec::with_capacity(count);
        for _ in 0..count {
            let thread = Thread {
                asked: asked.clone(),
                answered: answered.clone(),
                present: Arc::clone(&present),
            };
            let run = move |job: &Running| {
                thread.run(job);
                Ok(())
            };
            threads.push(Job::start("finder", wake.clone(), run)?);
        }
        Ok(Self {
            questions,
            answers,
            threads,
            present,
        })
    }

    /// Begins a new search, and cancels the earlier ones.
    pub fn restart(&self) {
        self.present.fetch_add(1, Ordering::AcqRel);
    }

    /// Asks for the records of a chunk that match. [`Self::answers`] returns the hits.
    pub fn ask(&self, filter: &Arc<Filter>, question: ChunkToSearch) {
        let present = self.present.load(Ordering::Acquire);
        // Fails only if every thread has ended, which `death` reports.
        self.questions
            .send((present, Arc::clone(filter), question))
            .ok();
    }

    /// The panic that ended a thread, returned once.
    pub fn death(&self) -> Option<Died> {
        let mut ended = self.threads.iter().filter_map(Job::poll);
        ended.find_map(JobOutcome::died)
    }

    /// The answers that have arrived, each with its slot. If a question caused a panic, its
    /// answer is the panic.
    pub fn answers(&self) -> impl Iterator<Item = (u64, Result<Hits, Died>)> {
        let present = self.present.load(Ordering::Acquire);
        let of_present = move |(search, slot, hits)| (search == present).then_some((slot, hits));
        self.answers.try_iter().filter_map(of_present)
    }
}

struct Thread {
    asked: Receiver<(u64, Arc<Filter>, ChunkToSearch)>,
    answered: Sender<(u64, u64, Result<Hits, Died>)>,
    present: Arc<AtomicU64>,
}

impl Thread {
    fn run(self, job: &Running) {
        let mut bytes = Vec::new();
        for (search, filter, question) in &self.asked {
            if search != self.present.load(Ordering::Acquire) {
                continue;
            }
            // The question alone may cause the panic: the thread stays for the next one.
            let hits = caught(|| hits(&filter, &question.source, &mut bytes));
            if self.answered.send((search, question.slot, hits)).is_err() {
                return;
            }
            job.wake();
        }
    }
}

fn hits(filter: &Filter, source: &BytesLocation, bytes: &mut Vec<u8>) -> Hits {
    match source {
        BytesLocation::Memory(chunk) => filter.hits(chunk),
        BytesLocation::Spilled {
            frames,
            place,
            has_events,
        } => {
            // A chunk that cannot be read was trimmed meanwhile.
            if frames.read(*place, bytes) {
                filter.hits_encoded(bytes, *has_events)
            } else {
                Hits::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{SpillPosition, SpillReader, moment};
    use std::time::{Duration, Instant};

    /// A disk whose reads panic.
    struct Broken;

    impl SpillReader for Broken {
        fn read(&self, _: SpillPosition, _: &mut Vec<u8>) -> bool {
            panic!("broken")
        }
    }

    #[test]
    fn a_question_that_ends_in_a_panic_is_answered_with_it_however_often() {
        let (wake, woken) = crossbeam_channel::unbounded();
        let wake = move || {
            wake.send(()).ok();
        };
        let finder = Finder::start(wake).unwrap();
        let time = |text: &str| moment(text, 0, &jiff::tz::TimeZone::UTC);
        let filter = Filter::new("x", Arc::new(|_| String::new()), &time, None);
        let filter = Arc::new(filter.unwrap().unwrap());
        // More questions than threads.
        let count = 4 * finder.threads.len() as u64;
        for slot in 0..count {
            let place = SpillPosition {
                segment: 0,
                offset: 0,
                length: 0,
            };
            let source = BytesLocation::Spilled {
                frames: Arc::new(Broken),
                place,
                has_events: false,
            };
            finder.ask(&filter, ChunkToSearch { slot, source });
        }
        let mut slots = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(10);
        while (slots.len() as u64) < count {
            woken.recv_deadline(deadline).unwrap();
            for (slot, answer) in finder.answers() {
                assert_eq!(answer.unwrap_err(), Died("broken".into()));
                slots.push(slot);
            }
        }
        slots.sort_unstable();
        assert!(slots.into_iter().eq(0..count));
        assert_eq!(finder.death(), None);
    }
}
