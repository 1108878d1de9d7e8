//! An attempt at an exercise: its scenario runs opposite a learner's program up to the first step
//! that fails, and what was seen is recorded.

use super::expected_bytes;
use super::file::{Scenario, ScenarioProgram};
use super::names::NamedAddresses;
use super::opening;
use super::play;
use super::step_outcome::{StepOutcome, StepResults};
use super::steps::{ExpectStep, Step};
use super::surplus::Surplus;
use crate::cli::diagnostics;
use crate::cli::inbox_session::InboxSession;
use crate::cli::printed::OutputStream;
use crate::cli::program::Program;
use crate::cli::runner::Runner;
use crate::course::{CheckProgress, FailedStep, Observation, ObservedProgram, OwnPort, StepNeed};
use crate::engine::evidence::joined_at;
use crate::engine::{Interfaces, group_sockets, group_wait};
use crate::kind::SessionRole;
use crate::peer::Peer;
use crate::t;
use crate::words::Lang;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// The word in `run` that stands for the learner's program.
const PROGRAM: &str = "$program";
/// The variables of a learner's program.
const HOST: &str = "NETPEER_HOST";
const LOOPBACK: &str = "127.0.0.1";
/// How long programs have to end by themselves.
const TO_END: Duration = Duration::from_secs(2);
/// How long a program that is about to fail has to write its exception and to end.
const TO_SETTLE: Duration = Duration::from_millis(500);

/// What an attempt has shown.
#[derive(Debug)]
pub struct Attempt {
    pub seen: Observation,
    /// The step that failed and why, or why the exercise could not begin; empty if it passed.
    pub message: String,
}

/// The results of the steps, which end with the first failure.
struct FirstFailure<'a> {
    /// Called with the number of steps that have passed.
    progress: &'a mut dyn FnMut(CheckProgress),
    steps: usize,
    passed: usize,
    failed: Option<(String, StepOutcome)>,
}

impl StepResults for FirstFailure<'_> {
    fn is_json(&self) -> bool {
        false
    }

    fn step(&mut self, step: &Step, verdict: &StepOutcome, _spent: Duration) -> bool {
        if verdict.passed {
            self.passed += 1;
            (self.progress)(CheckProgress {
                passed: self.passed,
                of: self.steps,
            });
            return true;
        }
        let verdict = StepOutcome {
            passed: false,
            message: verdict.message.clone(),
            instead: verdict.instead.clone(),
            remarks: verdict.remarks.clone(),
        };
        self.failed = Some((step.to_string(), verdict));
        false
    }

    fn skip(&mut self, _steps: &[Step]) {}
}

/// Runs the scenario of an exercise opposite the program that `command` starts. `progress` is called
/// after each step that passed.
///
/// # Errors
/// Why it could not run, as text: the system refused, or the user ended it.
pub fn attempt(
    mut scenario: Scenario,
    command: &[String],
    lang: Lang,
    progress: &mut dyn FnMut(CheckProgress),
) -> Result<Attempt, String> {
    for program in &mut scenario.programs {
        put_command(program, command);
    }
    let of_system = |error| diagnostics::not_begun(lang, &error);
    let mut runner = Runner::new(scenario.within.0, |_| {}).map_err(of_system)?;
    let entered = opening::enter(&mut runner, &scenario, lang);
    let mut results = FirstFailure {
        progress,
        steps: scenario.steps.len(),
        passed: 0,
        failed: None,
    };
    let mut message = String::new();
    match &entered {
        Ok(()) => play::through(&scenario.steps, &mut runner, lang, &mut results)?,
        Err(error) => message.clone_from(error),
    }
    if entered.is_err() || results.failed.is_some() {
        // A program that goes on is judged as it is then.
        runner.until(TO_SETTLE, has_ended).ok();
    }
    let exercise = scenario.exercise.as_ref();
    let ends = exercise.is_some_and(|exercise| exercise.ends);
    let is_over = entered.is_ok() && results.failed.is_none();
    if is_over && ends && runner.until(TO_END, has_ended).is_err() {
        message = t!(lang, "learn.not_ended");
    }
    let is_exact = exercise.is_some_and(|exercise| exercise.exact);
    let surplus = match is_over && is_exact {
        true => {
            // What is behind the last expected bytes comes until the peer closes, or soon.
            runner.until(TO_SETTLE, are_streams_over).ok();
            Surplus::find(&scenario.steps, &runner)
        }
        false => None,
    };
    let failed = results.failed.as_ref().map(|(step, outcome)| {
        let lines = [step, &outcome.message].into_iter().chain(&outcome.remarks);
        let lines: Vec<&str> = lines
            .map(String::as_str)
            .filter(|line| !line.is_empty())
            .collect();
        message = lines.join("\n");
        failed_step(&scenario.steps, results.passed, outcome, &runner)
    });
    let failed = failed.or_else(|| {
        let surplus = surplus?;
        message = surplus.message(lang);
        Some(surplus.into_failed_step())
    });
    let played = scenario.steps.get(..results.passed).unwrap_or_default();
    let mut sessions = scenario.sessions.0.iter();
    let seen = Observation {
        is_stream: sessions.any(|(_, session)| is_stream(session.role())),
        is_open: entered.is_ok(),
        failed,
        has_received: played
            .iter()
            .any(|step| matches!(step, Step::Expect(_) | Step::Prints(_))),
        sent: last_sent(played),
        ends,
        programs: observed(&mut runner, &scenario),
        groups: joined_at(&Interfaces::read(), IpAddr::V4(Ipv4Addr::LOCALHOST)),
        hints: exercise.map_or_else(Vec::new, |exercise| exercise.hints.clone()),
    };
    Ok(Attempt { seen, message })
}

/// Whether all programs have ended, and all that they printed was read.
fn has_ended(runner: &mut Runner) -> Option<()> {
    let ended = |program: &mut Program| program.ended().is_some() && program.is_silent();
    runner.programs.iter_mut().all(ended).then_some(())
}

/// Whether nothing more can come on the connections of the sessions.
fn are_streams_over(runner: &mut Runner) -> Option<()> {
    let is_over = |session: &InboxSession| {
        let running = &session.running;
        running.is_over() || running.ending().is_some() || running.session.connections().is_empty()
    };
    runner.sessions.iter().all(is_over).then_some(())
}

fn is_stream(role: SessionRole) -> bool {
    matches!(role, SessionRole::Client | SessionRole::Server)
}

/// Whether a program of a scenario is the learner's.
pub fn runs_learner(program: &ScenarioProgram) -> bool {
    program.run.iter().any(|word| word == PROGRAM)
}

/// Puts the learner's command in the place of [`PROGRAM`], and sets what Python needs.
fn put_command(program: &mut ScenarioProgram, command: &[String]) {
    let words = program.run.iter().flat_map(|word| match word.as_str() {
        PROGRAM => command.to_vec(),
        _ => vec![word.clone()],
    });
    program.run = words.collect();
    for (name, value) in [
        (HOST, LOOPBACK),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONUTF8", "1"),
    ] {
        let variable = program.env.entry(name.to_owned());
        variable.or_insert_with(|| value.to_owned());
    }
}

/// The last bytes that these steps have sent.
fn last_sent(steps: &[Step]) -> Vec<u8> {
    let mut sent = steps.iter().rev().filter_map(|step| match step {
        Step::Send(send) => send.content.message()?.fixed().map(|bytes| bytes.to_vec()),
        _ => None,
    });
    sent.next().unwrap_or_default()
}

/// The step that failed, at this place.
fn failed_step(steps: &[Step], at: usize, outcome: &StepOutcome, runner: &Runner) -> FailedStep {
    let rest = steps.get(at..).unwrap_or_default();
    // Where nothing could be sent any more, the next step tells what was needed.
    let telling = rest.iter().find_map(|step| need(step, runner));
    FailedStep {
        number: at + 1,
        need: telling.unwrap_or(StepNeed::Other),
        came: outcome
            .instead
            .iter()
            .map(|message| message.bytes.clone())
            .collect(),
    }
}

/// What a step needs; `None` if it needs nothing of a program.
fn need(step: &Step, runner: &Runner) -> Option<StepNeed> {
    match step {
        Step::Expect(expect) => Some(need_of_message(expect, runner)),
        Step::Prints(prints) => {
            let mut programs = runner.programs.iter();
            let text = expected_bytes::of_pattern(&prints.pattern);
            Some(StepNeed::Line {
                program: programs.position(|program| program.name == prints.program)?,
                text: text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            })
        }
        Step::Assert(_) => Some(StepNeed::Other),
        _ => None,
    }
}

fn need_of_message(expect: &ExpectStep, runner: &Runner) -> StepNeed {
    let names = NamedAddresses::of(runner);
    let from: Option<Peer> = expect
        .from
        .as_deref()
        .and_then(|text| names.address(text).ok());
    let has = |name: &str, than: Option<Peer>| {
        let mut sessions = runner.sessions.iter();
        let session = sessions.find(|session| session.name == name);
        session.is_some_and(|session| session.inbox.others(than).next().is_some())
    };
    let others = runner.sessions.iter().map(|session| session.name.as_str());
    let mut others = others.filter(|name| *name != expect.session);
    StepNeed::Message {
        bytes: expected_bytes::of_condition(&expect.what),
        to_another: others.any(|name| has(name, None)),
        from_another: from.is_some() && has(&expect.session, from),
    }
}

/// The programs as they are now, in the order of the file.
fn observed(runner: &mut Runner, scenario: &Scenario) -> Vec<ObservedProgram> {
    let observed = runner.programs.iter_mut().map(|program| {
        let mut written = scenario.programs.iter();
        let written = written.find(|written| written.name == program.name);
        let transport = written.and_then(|written| Some(written.port?.transport()));
        let port = transport
            .zip(program.address)
            .map(|(transport, address)| OwnPort {
                transport,
                number: address.port(),
                from_outside: is_from_outside(scenario, &program.name),
            });
        let exit = program.ended().map(|status| status.code());
        let (sockets, wait) = match exit {
            Some(_) => (Vec::new(), None),
            None => (group_sockets(program.id()), group_wait(program.id())),
        };
        ObservedProgram {
            exit,
            output: program.transcript().text(OutputStream::Output),
            error: program.transcript().text(OutputStream::Error),
            port,
            sockets,
            wait,
        }
    });
    observed.collect()
}

/// Whether a session sends to the port of a program at another address of the loopback network
/// than its first, or at a group: a socket at 127.0.0.1 receives neither.
fn is_from_outside(scenario: &Scenario, program: &str) -> bool {
    let port = format!("{{{program}.port}}");
    let targets = scenario.steps.iter().filter_map(|step| match step {
        Step::Send(send) => send.to.as_deref(),
        _ => None,
    });
    let sessions = scenario.sessions.0.iter();
    let places = sessions.flat_map(|(_, session)| session.places());
    targets.chain(places).any(|place| {
        let host = place
            .strip_suffix(&port)
            .and_then(|host| host.strip_suffix(':'));
        let is_group = |host: &str| host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_multicast());
        host.is_some_and(|host| host.starts_with("127.") && host != LOOPBACK || is_group(host))
    })
}
