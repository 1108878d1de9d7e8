//! Floor 2: looking through a log on threads of their own, so that the window never
//! waits, on every core the machine has.

use crate::traffic::{Filter, Hits, Question, Source};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that answer questions about chunks. They sleep while there is none, and end
/// when this is dropped.
pub struct Finder {
    questions: Sender<(u64, Arc<Filter>, Question)>,
    answers: Receiver<(u64, u64, Hits)>,
    /// The number of the present search; questions of older ones are not answered.
    present: Arc<AtomicU64>,
}

impl Finder {
    /// `wake` is called after an answer, from any of the threads; it must not block.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn start(wake: impl Fn() + Send + Clone + 'static) -> io::Result<Self> {
        let (questions, asked) = crossbeam_channel::unbounded();
        let (answered, answers) = crossbeam_channel::unbounded();
        let present = Arc::new(AtomicU64::new(0));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            let thread = Thread {
                asked: asked.clone(),
                answered: answered.clone(),
                present: Arc::clone(&present),
            };
            let wake = wake.clone();
            std::thread::Builder::new()
                .name("finder".into())
                .spawn(move || thread.run(wake))?;
        }
        Ok(Self {
            questions,
            answers,
            present,
        })
    }

    /// Begins another search: what was asked before is forgotten.
    pub fn restart(&self) {
        self.present.fetch_add(1, Ordering::AcqRel);
    }

    pub fn ask(&self, filter: &Arc<Filter>, question: Question) {
        let present = self.present.load(Ordering::Acquire);
        // Fails only if every thread has panicked, which the panic hook has told.
        self.questions
            .send((present, Arc::clone(filter), question))
            .ok();
    }

    /// The answers that are there, each with its slot.
    pub fn answers(&self) -> impl Iterator<Item = (u64, Hits)> {
        let present = self.present.load(Ordering::Acquire);
        let of_present = move |(search, slot, hits)| (search == present).then_some((slot, hits));
        self.answers.try_iter().filter_map(of_present)
    }
}

struct Thread {
    asked: Receiver<(u64, Arc<Filter>, Question)>,
    answered: Sender<(u64, u64, Hits)>,
    present: Arc<AtomicU64>,
}

impl Thread {
    fn run(self, wake: impl Fn()) {
        let mut bytes = Vec::new();
        for (search, filter, question) in &self.asked {
            if search != self.present.load(Ordering::Acquire) {
                continue;
            }
            let hits = hits(&filter, &question.source, &mut bytes);
            if self.answered.send((search, question.slot, hits)).is_err() {
                return;
            }
            wake();
        }
    }
}

fn hits(filter: &Filter, source: &Source, bytes: &mut Vec<u8>) -> Hits {
    match source {
        Source::Memory(chunk) => filter.hits(chunk),
        Source::Shelf {
            frames,
            place,
            has_events,
        } => {
            // What cannot be read any more was let go meanwhile.
            if frames.read(*place, bytes) {
                filter.hits_encoded(bytes, *has_events)
            } else {
                Hits::default()
            }
        }
    }
}
