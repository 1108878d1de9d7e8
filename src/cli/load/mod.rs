//! Many numbered packets, and what becomes of them: `netpeer flood` and `netpeer meter`.
//!
//! ```text
//!   order ──▶ flood ──┐            ┌──▶ each second: stderr
//!                     ├──▶ watch ──┤
//!   field ──▶ meter ──┘            └──▶ figures ──▶ expectation ──▶ stdout, exit status
//! ```

mod expectation;
mod field;
mod figures;
mod flood;
mod meter;
mod order;
mod watch;

pub use flood::{Flood, flood};
pub use meter::{Meter, meter};
