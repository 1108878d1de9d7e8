//! The simulated network: it loses, duplicates, delays, damages or slows down data as a plan
//! says, before the data reaches the socket.
//!
//! ```text
//!  DatagramPlan ─▶ Datagrams   push ─▶ lost? ─▶ truncate ─▶ corrupt ─▶ rate ─▶ delay ─▶ due
//!                                                                └▶ a copy ──┘
//!  StreamPlan   ─▶ Pieces      push ─▶ join ─▶ split ─▶ stall ─▶ rate ─▶ delay ─▶ due
//!               ─▶ SlowRead    how much may be read now
//! ```
//!
//! Terms and numbers are those of tc-netem(8), Linux's network emulator, where it has them;
//! each setting documents where it differs. Percentages are 0 to 100, times are milliseconds,
//! sizes are bytes.
//!
//! The result depends only on the input, its times, the plan and a seed. Every impairment has a
//! random stream of its own, with one draw for each datagram whatever happens to it, so
//! switching one impairment on does not change which datagrams another one affects.

mod correlation;
mod damage;
mod datagrams;
mod decision;
mod delay;
mod delay_line;
mod distribution;
mod impairment;
mod loss;
mod mistake;
mod plan;
mod rate;
mod reorder;
mod sampling;
mod stall;
mod stream_shaper;
mod write_coalescer;

pub use super::pacing::SlowRead;
pub use crate::traffic::effect::{Effect, EffectKind};
pub use damage::{Corrupt, Truncate};
pub use datagrams::DatagramImpairer;
pub use delay::Delay;
pub use delay_line::{DelayedDatagram, MAX_BYTES, MAX_DATAGRAMS};
pub use distribution::Distribution;
pub use impairment::{DirectionPlan, Impairment};
pub use loss::Loss;
pub use mistake::{PlanField, PlanMistake, PlanProblem};
pub use plan::{DatagramPlan, StreamPlan};
pub use rate::Rate;
pub use reorder::Reorder;
pub use stall::Stall;
pub use stream_shaper::{ShaperOutput, StreamShaper};

use std::time::{Duration, Instant};

/// The longest time in a plan, in milliseconds: an hour.
const LONGEST: f64 = 3_600_000.0;

/// Milliseconds as a duration. Values of an unchecked plan are brought into 0 to [`LONGEST`],
/// so that they do no harm.
fn millis(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis.clamp(0.0, LONGEST) / 1_000.0).unwrap_or_default()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The moment `wait` after `now`; `now` itself if the clock cannot represent that moment.
fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now)
}

/// A moment to count from, for tests in files of their own.
#[cfg(test)]
fn began() -> Instant {
    Instant::now()
}
