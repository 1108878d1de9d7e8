//! The cause of a failure: a system error code, or a panic.

use crate::jobs::Died;
use crate::traffic::Cause;
use std::io;

/// The cause of a failed operation.
pub fn cause(error: &io::Error) -> Cause {
    match Died::of(error) {
        Some(died) => died_of(died.clone()),
        None => Cause::System {
            code: error.raw_os_error().unwrap_or(0),
        },
    }
}

/// The cause of an operation that a panic ended.
pub fn died_of(died: Died) -> Cause {
    Cause::Died { reason: died.0 }
}
