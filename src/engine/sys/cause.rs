//! The cause of a failure, as the system or a panic says it.

use crate::jobs::Died;
use crate::traffic::Cause;
use std::io;

/// The cause of any failed operation.
pub fn cause(error: &io::Error) -> Cause {
    match Died::of(error) {
        Some(died) => died_of(died.clone()),
        None => Cause::System {
            code: error.raw_os_error().unwrap_or(0),
        },
    }
}

/// The cause of what a panic ended.
pub fn died_of(died: Died) -> Cause {
    Cause::Died { reason: died.0 }
}
