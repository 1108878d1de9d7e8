//! Messages on the standard error.

use super::CommandOutcome;
use crate::engine;
use crate::explain::{self, Explanation};
use crate::jobs::Died;
use crate::t;
use crate::traffic::{Cause, Failure, Operation};
use crate::words::Lang;
use std::io;

pub use crate::stderr::{asked_line as print_asked_line, line as print_line};

/// Prints a failure: what happened and why, and below it what to do.
pub fn failure(lang: Lang, failure: &Failure) {
    let text = lines(lang, failure, explain::failure(lang, failure));
    print_line(&format!("netpeer: {text}"));
}

/// Prints that the signal thread died.
pub fn no_signals(lang: Lang, died: &Died) {
    let reason = explain::died(lang, died);
    print_line(&t!(lang, "cli.no_signals", reason = reason));
}

/// Prints a failure that ends its session.
pub fn last_failure(lang: Lang, failure: &Failure) {
    print_line(&of_failure(lang, failure));
}

/// The message of [`last_failure`].
pub fn of_failure(lang: Lang, failure: &Failure) -> String {
    format!("netpeer: {}", explained(lang, failure))
}

/// As [`of_failure`], for `netpeer send`, whose options are fewer than those of a session.
pub fn of_send(lang: Lang, failure: &Failure) -> String {
    let text = explain::last_failure(lang, failure);
    let text = match explain::send_cure(lang, failure) {
        Some(cure) => Explanation { cure, ..text },
        None => text,
    };
    format!("netpeer: {}", lines(lang, failure, text))
}

/// A failure in two lines, worded for a session that has ended.
pub fn explained(lang: Lang, failure: &Failure) -> String {
    lines(lang, failure, explain::last_failure(lang, failure))
}

fn lines(lang: Lang, failure: &Failure, text: Explanation) -> String {
    let what = text.what_and_why(lang);
    let cure = match failure.cause {
        // The window's advice names controls that a terminal lacks.
        Cause::PeerFinished => t!(lang, "cli.half_open"),
        Cause::NotConnected => t!(lang, "cli.not_connected"),
        Cause::InterfaceGone { .. } if failure.operation != Operation::JoinGroup => {
            t!(lang, "cli.interface_gone")
        }
        _ => text.cure,
    };
    format!("{what}\n  {cure}")
}

/// The message for a session that cannot start because the system has no thread or descriptor
/// left.
pub fn not_begun(lang: Lang, error: &io::Error) -> String {
    of_failure(lang, &engine::not_begun(error))
}

/// The message for a command without sessions that cannot start because the system has no thread or
/// descriptor left. `name` is what it does.
pub fn not_started(lang: Lang, name: &str, error: &io::Error) -> String {
    let text = explain::not_started(lang, name, error);
    format!("netpeer: {}\n  {}", text.what_and_why(lang), text.cure)
}

/// The message for a standard output that cannot be written.
pub fn of_output(lang: Lang, error: &io::Error) -> String {
    let reason = explain::reason(lang, error);
    t!(lang, "cli.output_failed", reason = reason)
}

/// Prints why a command cannot start.
pub fn unusable(text: String) -> CommandOutcome {
    print_line(&text);
    CommandOutcome::Unusable
}
