//! A bad network on purpose: what is sent is lost, doubled, delayed, damaged or slowed
//! down as a plan says, before it reaches the socket.
//!
//! ```text
//!  DatagramPlan ─▶ Datagrams   push ─▶ lost? ─▶ truncate ─▶ corrupt ─▶ rate ─▶ delay ─▶ due
//!                                                                └▶ a copy ──┘
//!  StreamPlan   ─▶ Pieces      push ─▶ join ─▶ split ─▶ stall ─▶ rate ─▶ delay ─▶ due
//!               ─▶ SlowRead    how much may be read now
//! ```
//!
//! The words and numbers are those of tc-netem(8), Linux's network emulator, where it has
//! them; each setting says where it differs. Percentages are 0 to 100, times are
//! milliseconds, sizes are bytes.
//!
//! All of it is decided by `now`, the plan and a seed: the same three and the same input
//! give the same result. Every impairment has a random stream of its own, drawn from once
//! for each datagram whatever became of it, so that switching one on does not change
//! whom another one hits.

mod conditions;
mod correlation;
mod damage;
mod datagrams;
mod delay;
mod distribution;
mod draw;
mod fate;
mod gather;
mod hold;
mod line;
mod loss;
mod mistake;
mod pieces;
mod plan;
mod rate;
mod stall;

pub use super::pacing::SlowRead;
pub use crate::traffic::effect::{Effect, What};
pub use conditions::{Conditions, Direction};
pub use damage::{Corrupt, Truncate};
pub use datagrams::Datagrams;
pub use delay::Delay;
pub use distribution::Distribution;
pub use hold::Reorder;
pub use line::{MOST_BYTES, MOST_DATAGRAMS};
pub use loss::Loss;
pub use mistake::{Field, PlanMistake, Problem};
pub use pieces::{Piece, Pieces};
pub use plan::{DatagramPlan, StreamPlan};
pub use rate::Rate;
pub use stall::Stall;

use std::time::{Duration, Instant};

/// The longest of all times in a plan, in milliseconds: an hour.
const LONGEST: f64 = 3_600_000.0;

/// So many milliseconds, as far as that is a time: what a plan that nobody checked says
/// is brought into bounds here and does no harm.
fn millis(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis.clamp(0.0, LONGEST) / 1_000.0).unwrap_or_default()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The moment so much later; this very moment where the clock has no such moment.
fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now)
}

/// A moment to count from, for tests in files of their own.
#[cfg(test)]
fn began() -> Instant {
    Instant::now()
}
