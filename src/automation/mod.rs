//! Floor 1: what is sent without a click, as decisions alone: `now` is passed in, and
//! nothing here sends.

mod repeat;
mod throttle;

pub use repeat::{Plan, Repeat, Step};
pub use throttle::Throttle;
