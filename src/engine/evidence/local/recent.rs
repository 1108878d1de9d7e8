//! What changes while the evidence is gathered.

use super::super::{Question, Seen, Unseen};
use super::counters::{self, KernelCounters};
use super::interfaces;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The shortest time between the two looks.
const WINDOW: Duration = Duration::from_millis(250);
/// The same if a receiver waits: programs that send on their own often do so every second or two.
const OF_RECEIVER: Duration = Duration::from_millis(1_800);

/// The difference between two looks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    /// The seconds between them.
    pub seconds: f64,
    /// The counters that grew, and by how much.
    pub counters: KernelCounters,
    /// The packets that each interface received, by its name; those that received some.
    pub received: BTreeMap<String, u64>,
}

impl Recent {
    /// By how much a counter grew.
    pub fn grown(&self, name: &str) -> u64 {
        self.counters.of(name).unwrap_or(0)
    }

    /// The milliseconds between the two looks, as text.
    pub fn millis(&self) -> String {
        format!("{:.0}", self.seconds * 1_000.0)
    }
}

/// The first look.
pub(in crate::engine::evidence) struct FirstLook {
    at: Instant,
    /// The shortest time until the second one.
    window: Duration,
    counters: Seen<KernelCounters>,
    received: Seen<BTreeMap<String, u64>>,
}

impl FirstLook {
    pub(in crate::engine::evidence) fn take(question: &Question, until: Instant) -> Self {
        Self {
            at: Instant::now(),
            window: match question.to() {
                Some(_) => WINDOW,
                None => OF_RECEIVER,
            },
            counters: counters::read(),
            received: received(until),
        }
    }

    /// Takes the second look, at its time or later.
    pub(in crate::engine::evidence) fn second(self, until: Instant) -> Seen<Recent> {
        let second = self.at + self.window;
        if second >= until {
            return Seen::Unseen(Unseen::TooSlow);
        }
        std::thread::sleep(second.saturating_duration_since(Instant::now()));
        // Whole milliseconds, which JSON reads back as they are.
        let seconds = self.at.elapsed().as_millis() as f64 / 1_000.0;
        match (
            counters::read(),
            self.counters,
            received(until),
            self.received,
        ) {
            (Seen::Known(counters), Seen::Known(earlier), Seen::Known(now), Seen::Known(old)) => {
                let grown = now.into_iter().filter_map(|(name, now)| {
                    let more = now.checked_sub(*old.get(&name)?)?;
                    (more > 0).then_some((name, more))
                });
                Seen::Known(Recent {
                    seconds,
                    counters: counters.since(&earlier),
                    received: grown.collect(),
                })
            }
            (Seen::Unseen(reason), ..)
            | (_, Seen::Unseen(reason), ..)
            | (_, _, Seen::Unseen(reason), _)
            | (_, _, _, Seen::Unseen(reason)) => Seen::Unseen(reason),
        }
    }
}

fn received(until: Instant) -> Seen<BTreeMap<String, u64>> {
    match interfaces::read(until) {
        Seen::Known(all) => {
            let received = all.into_iter().map(|one| (one.name, one.received));
            Seen::Known(received.collect())
        }
        Seen::Unseen(reason) => Seen::Unseen(reason),
    }
}
