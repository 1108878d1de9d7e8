//! Layer 1: automatic sending, as decisions alone. `now` is a parameter, and nothing here
//! sends.

mod coalescer;
mod flood;
mod guard;
mod hold_queue;
pub mod impair;
mod pacing;
mod place;
mod reconnect;
mod repeat;
pub mod rules;
mod schedule;

pub use coalescer::Coalescer;
pub use flood::{BadRate, FASTEST, Flood, Load};
pub use guard::{Guard, Limits, NEARBY, PAUSE, Pause, Pauses, Refusal, Reply, ReplyRate, Silenced};
pub use hold_queue::{Flow, Held, HoldQueue, Holding, Piece};
pub use pacing::TokenBucket;
pub use place::{Idle, Place};
pub use reconnect::Reconnect;
pub use repeat::{Plan, Repeat, Step};
pub use schedule::Schedule;
