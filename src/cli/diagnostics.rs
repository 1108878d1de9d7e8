//! What goes wrong, said on the standard error.

use super::CommandOutcome;
use crate::engine;
use crate::explain::{self, Explanation};
use crate::jobs::Died;
use crate::say;
use crate::traffic::{Cause, Failure};
use crate::words::{Lang, grouped};
use std::io;

pub use crate::stderr::line as say;

/// What happened and why, and below it what to do.
pub fn failure(lang: Lang, failure: &Failure) {
    let said = lines(lang, failure, explain::failure(lang, failure));
    say(&format!("netpeer: {said}"));
}

/// That failures like the last came so many times more.
pub fn passed_over(lang: Lang, count: u64) {
    say(&say!(lang, "cli.passed_over", count = grouped(count)));
}

/// That the thread which heeds signals died.
pub fn no_signals(lang: Lang, died: &Died) {
    let reason = explain::died(lang, died);
    say(&say!(lang, "cli.no_signals", reason = reason));
}

/// What happened to a session that ends with it, and why, and below it what to do.
pub fn last_failure(lang: Lang, failure: &Failure) {
    say(&of_failure(lang, failure));
}

/// The same as text.
pub fn of_failure(lang: Lang, failure: &Failure) -> String {
    format!("netpeer: {}", explained(lang, failure))
}

/// A failure as text of two lines, of which nothing says that the session goes on.
pub fn explained(lang: Lang, failure: &Failure) -> String {
    lines(lang, failure, explain::last_failure(lang, failure))
}

fn lines(lang: Lang, failure: &Failure, said: Explanation) -> String {
    let what = said.what_and_why(lang);
    let cure = match failure.cause {
        // Those of the window speak of what a terminal does not have.
        Cause::PeerFinished => say!(lang, "cli.half_open"),
        Cause::NotConnected => say!(lang, "cli.not_connected"),
        _ => said.cure,
    };
    format!("{what}\n  {cure}")
}

/// Why a session cannot begin, where the system has no thread or descriptor left for it.
pub fn not_begun(lang: Lang, error: &io::Error) -> String {
    of_failure(lang, &engine::not_begun(error))
}

/// Says why a command cannot begin.
pub fn unusable(said: String) -> CommandOutcome {
    say(&said);
    CommandOutcome::Unusable
}
