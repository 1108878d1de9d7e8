//! The end of a session: reports requested work that is unfinished, and determines the exit status.

use super::Terminal;
use super::closing::HalfClose;
use super::file::{InputFile, Unfinished};
use crate::cli::input::{Input, LONGEST};
use crate::cli::printer::PrinterState;
use crate::cli::session::{ReceivedMessages, Unsent};
use crate::cli::{CommandOutcome, diagnostics};
use crate::engine::Repeating;
use crate::kind::SessionRole;
use crate::traffic::{Cause, Chunk, Failure, Operation};
use crate::words::{grouped, listed};
use crate::{explain, t};
use crossbeam_channel::{Receiver, RecvTimeoutError, never};
use std::time::{Duration, Instant};

/// How long the remaining input is counted.
const REST: Duration = Duration::from_secs(1);
/// How long no line must arrive before counting ends.
const PAUSE: Duration = Duration::from_millis(50);

impl Terminal {
    /// Handles an item of the input; `None` is its end.
    pub(super) fn read(&mut self, input: Option<Input>) {
        match input {
            Some(Input::Line(line)) => {
                self.lines_read += 1;
                self.line = Some(line);
                self.parting_waits();
            }
            Some(Input::Cut) => {
                self.lines_read += 1;
                self.bad_input = true;
                diagnostics::print_line(&t!(self.lang, "cli.cut_line", line = self.lines_read));
            }
            Some(Input::TooLong) => {
                self.lines_read += 1;
                self.bad_input = true;
                diagnostics::print_line(&t!(
                    self.lang,
                    "cli.long_line",
                    line = self.lines_read,
                    limit = LONGEST >> 20
                ));
            }
            Some(Input::Place) => {}
            Some(Input::Failed(error)) => {
                self.input_ended = true;
                self.bad_input = true;
                let reason = explain::reason(self.lang, &error);
                diagnostics::print_line(&t!(self.lang, "cli.input_failed", reason = reason));
            }
            None => self.input_ended = true,
        }
    }

    /// Whether all requested work is done. Prints the rest: unsent lines, missing messages.
    pub(super) fn is_all_done(&mut self) -> bool {
        let mut done = !self.bad_input;
        if self.excused {
            // Lines that were read are reported if unsent. Those that still waited are a failure
            // only with `--once`.
            let left = self.count_read();
            let unsent = self.report_unsent(left, true);
            if self.refused {
                self.report_lost(unsent);
            }
            let is_whole = unsent == 0 && self.unfinished_file().is_none();
            return done && !self.refused && (is_whole || !self.session_options.once);
        }
        let counted = self.session_options.count.is_some() && self.still_to_receive() == 0;
        let ended_by_us =
            counted || self.session_options.lasting.is_some() && !self.session_options.once;
        let (left, all) = match ended_by_us {
            true => (0, true),
            false => self.count_rest(),
        };
        let unsent = self.report_unsent(left, all);
        done &= unsent == 0 && self.unfinished_file().is_none();
        // With `--once`, later input would have been sent.
        let cut_off = self.session_options.once && !all && !self.time_over;
        if cut_off && unsent == 0 && self.running.session.failure().is_none() {
            done = false;
            diagnostics::print_line(&t!(self.lang, "cli.input_open"));
        }
        if !counted
            && !self.time_over
            && let Some(Unfinished { sent, total }) = self.unfinished_repeat()
        {
            done = false;
            let (sent, count) = (grouped(sent), grouped(total));
            diagnostics::print_line(&t!(
                self.lang,
                "cli.not_all_sent",
                sent = sent,
                count = count
            ));
        }
        done &= !self.report_lost(unsent);
        let refused = self.running.in_flight.turned_away();
        if self.session_options.once && refused > 0 {
            done = false;
            let count = grouped(refused);
            diagnostics::print_line(&t!(self.lang, "cli.refused", count = count));
        }
        let was_to_be_read = self.session_options.once || self.half_close != HalfClose::No;
        if was_to_be_read && unsent == 0 && self.running.in_flight.is_reset() {
            done = false;
            diagnostics::print_line(&t!(self.lang, "cli.reset"));
        }
        if let Some(count) = self.session_options.count
            && self.still_to_receive() > 0
        {
            done = false;
            let (came, count) = (grouped(self.came()), grouped(count));
            diagnostics::print_line(&t!(
                self.lang,
                "cli.not_all_came",
                came = came,
                count = count
            ));
        }
        done
    }

    /// The user or the reader of the output ends the session. Unfinished work is then no failure;
    /// input that was refused before still is.
    pub(super) fn excuse(&mut self) {
        if std::mem::replace(&mut self.excused, true) {
            return;
        }
        let is_file_refused = |file: &InputFile| file.is_over() && file.unfinished().is_some();
        self.refused = self.lost > 0
            || self.running.in_flight.refused() > 0
            || self.file.as_ref().is_some_and(is_file_refused);
    }

    /// Prints how many repeated messages were not sent, unless unsent lines were reported.
    /// Returns whether there are any to report.
    fn report_lost(&self, unsent: u64) -> bool {
        let any = self.lost > 0 && unsent == 0;
        if any {
            let count = grouped(self.lost);
            diagnostics::print_line(&t!(self.lang, "cli.repeats_lost", count = count));
        }
        any
    }

    /// Prints how much of the file and how many lines were not sent. `left` lines were not even
    /// ordered; `all` says whether that is all of them. Returns the number of unsent lines.
    fn report_unsent(&self, left: u64, all: bool) -> u64 {
        let unfinished = self.unfinished_file();
        if let Some(Unfinished { sent, total }) = unfinished {
            let (sent, length) = (grouped(sent), grouped(total));
            let lang = self.lang;
            diagnostics::print_line(&match self.running.session.kind().role() {
                SessionRole::Server => {
                    t!(
                        lang,
                        "cli.file_unsent_clients",
                        sent = sent,
                        length = length
                    )
                }
                _ => t!(lang, "cli.file_unsent", sent = sent, length = length),
            });
        }
        let Unsent { count, lines } = match unfinished {
            // The unsent bytes of a connection are the file's.
            Some(_) => Unsent::default(),
            None => self.running.in_flight.unsent(),
        };
        let first = u64::from(self.first.is_some());
        let unsent = count + left + first;
        if unsent > 0 {
            let mut number = grouped(unsent);
            if !all {
                number.insert(0, '≥');
            }
            let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
            diagnostics::print_line(&match numbers.is_empty() || left + first > 0 {
                true if self.session_options.source.binary => {
                    t!(self.lang, "cli.unsent_blocks", count = number)
                }
                true => t!(self.lang, "cli.unsent", count = number),
                false => {
                    let key = match numbers.len() {
                        1 => "cli.unsent_line",
                        _ => "cli.unsent_lines",
                    };
                    t!(self.lang, key, lines = listed(self.lang, &numbers))
                }
            });
        }
        unsent
    }

    /// The bytes sent, of those of the file, if the transfer is incomplete.
    fn unfinished_file(&self) -> Option<Unfinished> {
        self.file.as_ref().and_then(InputFile::unfinished)
    }

    /// Whether a repetition is running, or some of its messages wait to be sent.
    pub(super) fn repeats(&self) -> bool {
        let repeat_state = self.reported_repeat();
        let goes_on = |repeating: Repeating| !repeating.over || repeating.waiting > 0;
        self.repeating > 0 && repeat_state.is_none_or(goes_on)
    }

    /// Counts the received messages of a chunk. Returns how many of its received rows are to be
    /// printed: with `--count`, those up to the end of the last of these messages.
    pub(super) fn count_received(&mut self, chunk: &Chunk) -> u64 {
        let (Some(received), Some(count)) = (&mut self.received, self.session_options.count) else {
            return u64::MAX;
        };
        let rows = received.take(chunk, count);
        self.printed_rows += rows;
        rows
    }

    /// When silence ends the next received message.
    pub(super) fn message_due(&self) -> Receiver<Instant> {
        let received = self.received.as_ref();
        let due = received.and_then(ReceivedMessages::deadline);
        due.map_or_else(never, crossbeam_channel::at)
    }

    pub(super) fn still_to_receive(&self) -> u64 {
        let count = self.session_options.count.unwrap_or(u64::MAX);
        count.saturating_sub(self.came())
    }

    /// The messages received, where they are counted.
    fn came(&self) -> u64 {
        self.received.as_ref().map_or(0, ReceivedMessages::count)
    }

    /// The messages sent, of those of the last repetition, if it is incomplete.
    fn unfinished_repeat(&self) -> Option<Unfinished> {
        let total = self.session_options.times.filter(|_| self.repeating > 0)?;
        let last = |repeated: &Repeating| repeated.order == self.repeating;
        let sent = self
            .repeated
            .filter(last)
            .map_or(0, |repeated| repeated.sent);
        (sent < total).then_some(Unfinished { sent, total })
    }

    /// Prints how many rows were received after the messages of `--count`. They are in the totals
    /// and in the recording.
    pub(super) fn report_unprinted(&self) {
        let came = self.running.session.totals.received.records;
        let more = came.saturating_sub(self.printed_rows);
        if self.received.is_some() && more > 0 && !self.session_options.quiet {
            let (printed, unprinted) = (grouped(self.printed_rows), grouped(more));
            diagnostics::print_line(&t!(
                self.lang,
                "cli.unprinted",
                printed = printed,
                unprinted = unprinted
            ));
        }
    }

    /// Handles the failure of a recording. A reader of the standard output that has gone ends the
    /// session, as for printed rows, and is not a failure.
    pub(super) fn recording_ended(&mut self, failure: &Failure) {
        // No other recording can be started in this session.
        diagnostics::last_failure(self.lang, failure);
        let was_read = (failure.operation, &failure.cause) == (Operation::Record, &Cause::Unread);
        match was_read && self.session_options.records_to_output() {
            true => self.reader_has_gone(),
            false => self.recording_failed = true,
        }
    }

    pub(super) fn outcome(&self, done: bool) -> CommandOutcome {
        let died = self.running.has_died || self.interrupts.died > 0;
        // The failure to join is printed when it happens; the session goes on with other groups.
        let not_joined = self.running.session.not_joined().is_some();
        let lost = self.recording_failed || not_joined || died;
        let whole = done && !lost && self.printer.state() != PrinterState::Failed;
        // A failed attempt among several is not the end of the session.
        let goes_on = self.began || self.reconnects && self.excused;
        let failure = self.running.session.failure();
        let failure = failure.filter(|failure| !goes_on || failure.ends_session());
        outcome(failure, whole)
    }

    /// The number of lines that were read, but not ordered to be sent.
    fn count_read(&mut self) -> u64 {
        let waiting = self.lines.try_iter().take(self.lines.len());
        let waiting = waiting.filter(Input::is_line).count() as u64;
        waiting + u64::from(self.line.take().is_some())
    }

    /// The number of input lines that were not sent, and whether the whole input was counted:
    /// endless input is not.
    fn count_rest(&mut self) -> (u64, bool) {
        let mut left = u64::from(self.line.take().is_some());
        let over = crossbeam_channel::after(REST);
        while !self.input_ended {
            match self.lines.recv_timeout(PAUSE) {
                Ok(Input::Line(_) | Input::Cut | Input::TooLong) => left += 1,
                Ok(Input::Place) => {}
                Ok(Input::Failed(_)) | Err(RecvTimeoutError::Disconnected) => {
                    self.input_ended = true;
                }
                // The writer of the input may be slow: there may be more.
                Err(RecvTimeoutError::Timeout) => return (left, false),
            }
            if over.try_recv().is_ok() {
                return (left, false);
            }
        }
        (left, true)
    }
}

/// The exit status for a failure, or for work that is done or not.
fn outcome(failure: Option<&Failure>, whole: bool) -> CommandOutcome {
    match failure {
        Some(failure) if failure.ends_session() => CommandOutcome::Failed,
        Some(_) => CommandOutcome::Unusable,
        None if whole => CommandOutcome::Passed,
        None => CommandOutcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_ends_by_itself_has_not_passed_and_was_not_unusable() {
        let failure = |operation| Failure {
            operation,
            address: String::new(),
            cause: Cause::Died { reason: "7".into() },
        };
        for whole in [true, false] {
            let ended = outcome(Some(&failure(Operation::Run)), whole);
            assert_eq!(ended, CommandOutcome::Failed);
            let never_begun = outcome(Some(&failure(Operation::Resolve)), whole);
            assert_eq!(never_begun, CommandOutcome::Unusable);
        }
        assert_eq!(outcome(None, true), CommandOutcome::Passed);
        assert_eq!(outcome(None, false), CommandOutcome::Failed);
    }
}
