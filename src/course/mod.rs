//! The course: exercises, what was seen of a learner's program, and the mistake in it.
//!
//! An exercise is a scenario with a task ([`Exercise`]). A front end runs the learner's program
//! opposite it and records an [`Observation`]; [`mistake_of`] is a pure function from that to a
//! [`Mistake`], which `explain` puts into words.

mod compare;
mod exception;
mod exercise;
mod mistake;
mod mistakes;
mod observation;
mod printed;
mod ready;
mod report;
mod result_file;
mod sha256;
mod system_error;

pub use exercise::{Bilingual, Exercise, Hint};
pub use mistake::{Evidence, Mistake, MistakeName};
pub use mistakes::mistake_of;
pub use observation::{FailedStep, Observation, ObservedProgram, OwnPort, StepNeed};
pub use ready::{READY_MADE, ReadyExercise};
pub use report::{CheckLine, CheckProgress, CheckVerdict, ReportedExercise};
pub use result_file::{CourseResult, CourseVerdict};
pub use sha256::sha256;

#[cfg(test)]
mod tests;
