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

use super::diagnostics;
use super::output::{self, PrintOutcome};
use crate::payload::printable;

pub use flood::{FloodOptions, flood};
pub use meter::{MeterOptions, meter};

/// Prints what came out; where it cannot be written, on the standard error. Says whether it
/// was written, or nobody wants it any more.
fn publish(text: &str) -> bool {
    let printed = output::print(format!("{}\n", printable::words(text)).as_bytes());
    if printed != PrintOutcome::Whole {
        diagnostics::say(text);
    }
    printed != PrintOutcome::Failed
}
