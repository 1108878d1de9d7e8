//! Layer 1: automatic sending, as decisions alone. `now` is a parameter, and nothing here
//! sends.

mod capabilities;
mod coalescer;
mod flood;
mod guard;
mod hold_queue;
pub mod impair;
mod pacing;
mod poll;
mod reconnect;
mod repeat;
pub mod rules;
mod schedule;

pub use capabilities::{Capabilities, InactiveReason};
pub use coalescer::Coalescer;
pub use flood::{FASTEST, Load, LoadMistake, LoadSchedule};
pub use guard::{
    EndedPause, Guard, Limits, ON_LINK_RATE, PAUSE, Pause, PauseState, PausedRule, Pauses,
    Recipient, Refusal, Reply, ReplyRate,
};
pub use hold_queue::{HoldQueue, HoldSummary, InterceptedEntry, InterceptedPacket, RelayFlow};
pub use pacing::TokenBucket;
pub use poll::{DuePoll, PollSchedule, PollTiming, SHORTEST_PERIOD};
pub use reconnect::Reconnect;
pub use repeat::{Plan, PlannedMessage, Repeat};
pub use schedule::Schedule;
