//! Runs the steps of a scenario.

use super::names::NamedAddresses;
use super::step_outcome::{StepOutcome, StepResults};
use super::steps::{ExpectCondition, ExpectStep, SendStep, Step};
use crate::cli::diagnostics;
use crate::cli::inbox::UsedMessage;
use crate::cli::inbox_session::{InboxSession, RepeatedFailure};
use crate::cli::mismatch::{Wait, not_come};
use crate::cli::program::ended;
use crate::cli::runner::{Runner, WaitFailure};
use crate::config::UnitDuration;
use crate::engine::{Clock, Command, Interfaces, SessionCommand, Target};
use crate::explain;
use crate::payload::printable;
use crate::peer::Peer;
use crate::t;
use crate::words::{Lang, grouped};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The time-out of ending a session.
const TO_CLOSE: Duration = Duration::from_secs(5);

/// Runs the steps in order. The next step runs even if one fails, unless `report` refuses it, but
/// not after the time limit of the scenario.
///
/// # Errors
/// The message if the user ended it.
pub fn through(
    steps: &[Step],
    runner: &mut Runner,
    lang: Lang,
    report: &mut impl StepResults,
) -> Result<(), String> {
    let (interfaces, clock) = (Interfaces::read(), Clock::start());
    // The last step of each session that sends; `collect` keeps the last of several.
    let senders = steps.iter().enumerate();
    let last: HashMap<&str, usize> = senders
        .filter_map(|(number, step)| Some((step.sender()?, number)))
        .collect();
    for (number, step) in steps.iter().enumerate() {
        for session in &mut runner.sessions {
            if last
                .get(session.name.as_str())
                .is_none_or(|last| *last < number)
            {
                session.finish_sending();
            }
        }
        let mut player = Player {
            runner,
            number: number + 1,
            lang,
            json: report.is_json(),
            over: None,
        };
        let begun = clock.instant();
        let mut verdict = player.play(step);
        let over = player.over;
        let spent = clock.instant().saturating_duration_since(begun);
        for session in &mut runner.sessions {
            for repeated in session.failures() {
                // Whatever the step expects, no session should end by itself.
                verdict.passed &= !repeated.failure.ends_session();
                verdict.remarks.push(remark(lang, &repeated));
            }
            let refusals = session.refusals().iter();
            let message = refusals.map(|refusal| explain::notice(lang, refusal, &interfaces));
            verdict.remarks.extend(message);
            let forgotten = session.inbox.forgotten();
            if forgotten > 0 {
                let message = t!(
                    lang,
                    "cli.forgotten",
                    count = grouped(forgotten),
                    name = session.name
                );
                verdict.remarks.push(message);
            }
        }
        for program in &mut runner.programs {
            let forgotten = program.printed().forgotten();
            if forgotten > 0 {
                let name = &program.name;
                let message = t!(lang, "cli.unasked", count = grouped(forgotten), name = name);
                verdict.remarks.push(message);
            }
            if let Some(died) = program.died() {
                let (name, reason) = (&program.name, explain::died(lang, &died));
                let message = t!(lang, "cli.program_lost", name = name, reason = reason);
                verdict.remarks.push(message);
                // Its output or input is lost from here on.
                verdict.passed = false;
            }
            if let Some(status) = program.failed() {
                let message = ended(lang, &program.name, status);
                // The step may have failed for this reason.
                if !verdict.message.contains(&message) {
                    verdict.remarks.push(message);
                }
            }
        }
        match over {
            Some(WaitFailure::Request) => verdict.add(&t!(lang, "cli.ended_here")),
            Some(WaitFailure::Limit) => verdict.add(&match number + 1 < steps.len() {
                true => t!(lang, "cli.limit"),
                false => t!(lang, "cli.limit_at_last"),
            }),
            Some(WaitFailure::Time) | None => {}
        }
        let goes_on = report.step(step, &verdict, spent);
        let is_over = matches!(over, Some(WaitFailure::Limit | WaitFailure::Request));
        if is_over || !goes_on {
            report.skip(steps.get(number + 1..).unwrap_or_default());
        }
        match over {
            Some(WaitFailure::Request) => {
                runner.report_no_signals(lang);
                return Err(t!(lang, "cli.ended"));
            }
            Some(WaitFailure::Limit) => break,
            Some(WaitFailure::Time) | None if !goes_on => break,
            Some(WaitFailure::Time) | None => {}
        }
    }
    Ok(())
}

/// A failure in a few lines, with how often it happened.
fn remark(lang: Lang, repeated: &RepeatedFailure) -> String {
    let mut text = diagnostics::explained(lang, &repeated.failure);
    if repeated.count > 1 {
        let count = grouped(repeated.count);
        text.push_str("\n  ");
        text.push_str(&t!(lang, "cli.happened", count = count));
    }
    text
}

/// The context of a running step.
pub(super) struct Player<'a> {
    pub(super) runner: &'a mut Runner,
    /// The number of the step, from 1.
    pub(super) number: usize,
    pub(super) lang: Lang,
    /// Whether texts are for JSON rather than the terminal.
    pub(super) json: bool,
    /// Why the last wait ended without success.
    over: Option<WaitFailure>,
}

impl Player<'_> {
    fn play(&mut self, step: &Step) -> StepOutcome {
        let played = match step {
            Step::Send(send) => self.send(send),
            Step::Expect(expect) => self.expect(expect),
            Step::Wait(duration) => {
                let nothing: Option<()> = None;
                self.until(duration.0, |_| nothing);
                Ok(StepOutcome::of(
                    self.over == Some(WaitFailure::Time),
                    String::new,
                ))
            }
            Step::Rules(rules) => {
                // Without rules in between, the counters of replies would continue.
                let forgotten = self.command(&rules.session, SessionCommand::Follow(None));
                forgotten.and_then(|_| {
                    self.command(&rules.session, SessionCommand::Follow(rules.book.clone()))
                })
            }
            Step::Impair(impair) => self.command(
                &impair.session,
                SessionCommand::Impair(impair.conditions.clone()),
            ),
            Step::Flood(flood) => self.flood(flood),
            Step::Assert(assert) => self.assert(assert),
            Step::Close(name) => Ok(self.close(name)),
            Step::Type { program, line } => self.types(program, line),
            Step::Prints(prints) => Ok(self.prints(prints)),
        };
        played.unwrap_or_else(StepOutcome::failed)
    }

    /// The session of this name, if it has not ended.
    ///
    /// # Errors
    /// The message that it has ended.
    pub(super) fn running_session(&mut self, name: &str) -> Result<&mut InboxSession, String> {
        let lang = self.lang;
        let session = self
            .runner
            .session(name)
            .filter(|session| !session.running.is_over());
        session.ok_or_else(|| t!(lang, "cli.over", name = name))
    }

    /// The address of a name or address in a step.
    ///
    /// # Errors
    /// The message that it has no address yet.
    fn address(&self, text: Option<&str>) -> Result<Option<Peer>, String> {
        let Some(text) = text else {
            return Ok(None);
        };
        let address = NamedAddresses::of(self.runner).address(text);
        address.map(Some).map_err(|name| self.nowhere(&name))
    }

    pub(super) fn nowhere(&self, name: &str) -> String {
        let name = printable::line(name.as_bytes());
        t!(self.lang, "cli.nowhere", name = name)
    }

    /// Why a message was not sent; empty if a failure is reported by itself.
    pub(super) fn unsent(&mut self, name: &str) -> String {
        match self.running_session(name) {
            Err(over) => over,
            Ok(session) if session.has_failed() => String::new(),
            Ok(_) => t!(self.lang, "cli.not_taken"),
        }
    }

    fn command(&mut self, name: &str, command: impl Into<Command>) -> Result<StepOutcome, String> {
        self.running_session(name)?.running.command(command);
        Ok(StepOutcome::passed())
    }

    fn send(&mut self, send: &SendStep) -> Result<StepOutcome, String> {
        // A scenario whose messages cannot be made is not played.
        let message = send.content.message().ok_or_else(String::new)?;
        let target = self.target(&send.session, send.to.as_deref(), send.within)?;
        let session = self.running_session(&send.session)?;
        let before = session.unsent();
        session.running.send(target, Arc::clone(message), None);
        let sent = self.until(send.within.0, |runner| {
            let session = runner.session(&send.session)?;
            if session.has_sent_all() {
                return Some(session.unsent() <= before);
            }
            session.running.is_over().then_some(false)
        });
        Ok(StepOutcome::of(sent == Some(true), || {
            self.unsent(&send.session)
        }))
    }

    /// Waits for the target of a message.
    ///
    /// # Errors
    /// The message that there is no peer, or that the session has ended.
    pub(super) fn target(
        &mut self,
        session: &str,
        to: Option<&str>,
        within: UnitDuration,
    ) -> Result<Target, String> {
        let to = self.address(to)?;
        self.running_session(session)?;
        let target = self.until(within.0, |runner| {
            let session = runner.session(session)?;
            if session.running.is_over() {
                return Some(None);
            }
            to.map_or_else(
                || session.running.session.usual_target(),
                |to| session.target(to),
            )
            .map(Some)
        });
        // The session may have ended during the wait.
        self.running_session(session)?;
        let nobody = || t!(self.lang, "cli.nobody");
        target.flatten().ok_or_else(nobody)
    }

    fn expect(&mut self, expect: &ExpectStep) -> Result<StepOutcome, String> {
        let from = self.address(expect.from.as_deref())?;
        let number = self.number;
        if let Some(session) = self.runner.session(&expect.session) {
            session.inbox.expect(number);
        }
        let came = self.until(expect.within.0, |runner| {
            let session = runner.session(&expect.session)?;
            let came = match &expect.what {
                ExpectCondition::Pattern(pattern) => session.inbox.find(pattern, from),
                ExpectCondition::Count(count) => session.inbox.count(*count, from),
            };
            (came || session.is_inbound_over()).then_some(came)
        });
        if came == Some(true) {
            return Ok(StepOutcome::passed());
        }
        let over = self.running_session(&expect.session).err();
        let interrupted = self.over == Some(WaitFailure::Request);
        let Some(session) = self.runner.session(&expect.session) else {
            return Err(self.nowhere(&expect.session));
        };
        let counted = session.inbox.counted(from);
        let (unfinished, unframed) = (session.inbox.unfinished(from), session.inbox.unframed());
        let before: Vec<UsedMessage> = session.inbox.used().cloned().collect();
        let instead = session.inbox.instead(from);
        let wait = Wait {
            within: expect.within,
            // A half-open connection does not end the wait.
            ending: session
                .running
                .ending()
                .filter(|_| session.is_inbound_over()),
            interrupted,
        };
        let mut message = match &expect.what {
            ExpectCondition::Pattern(pattern) => {
                not_come(self.lang, pattern, wait, &instead, self.json)
            }
            ExpectCondition::Count(count) => {
                let (expected, came) = (grouped(*count as u64), grouped(counted as u64));
                let key = match session.inbox.counts_bytes() {
                    true => "cli.too_few_bytes",
                    false => "cli.too_few",
                };
                t!(self.lang, key, expected = expected, came = came)
            }
        };
        if unfinished > 0 {
            let bytes = grouped(unfinished);
            message.push('\n');
            message.push_str(&t!(self.lang, "cli.unfinished", bytes = bytes));
        }
        if unframed > 0 {
            let count = grouped(unframed);
            message.push('\n');
            message.push_str(&t!(self.lang, "cli.unframed", count = count));
        }
        if instead.is_empty() {
            for line in self.came_elsewhere(&expect.session, from, &before) {
                message.push('\n');
                message.push_str(&line);
            }
        }
        Ok(StepOutcome {
            instead,
            remarks: over.into_iter().collect(),
            ..StepOutcome::failed(message)
        })
    }

    /// Closes a session. One that has already ended counts as closed.
    fn close(&mut self, name: &str) -> StepOutcome {
        if let Ok(session) = self.running_session(name) {
            session.running.stop();
        }
        let ended = self.until(TO_CLOSE, |runner| {
            runner
                .session(name)
                .is_none_or(|session| session.running.is_over())
                .then_some(())
        });
        StepOutcome::of(ended.is_some(), String::new)
    }

    /// Waits until `look` returns a value. If it does not, `self.over` is the reason.
    pub(super) fn until<T>(
        &mut self,
        within: Duration,
        look: impl FnMut(&mut Runner) -> Option<T>,
    ) -> Option<T> {
        match self.runner.until(within, look) {
            Ok(seen) => Some(seen),
            Err(over) => {
                self.over = Some(over);
                None
            }
        }
    }
}
