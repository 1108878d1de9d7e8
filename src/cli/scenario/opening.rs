//! The start of a scenario: opens each session and starts each program once the names it uses
//! have addresses. A client waits until the program at its address listens.

use super::file::{Scenario, ScenarioProgram as Written};
use super::names::{self, NamedAddresses};
use super::session::{ScenarioSession, SetupMistake, TO_OPEN};
use crate::cli::diagnostics;
use crate::cli::inbox_session::InboxSession;
use crate::cli::program::{Program, UsedLine, ended};
use crate::cli::remarks::remark;
use crate::cli::runner::{Runner, WaitFailure};
use crate::config::UnitDuration;
use crate::config::session::ValidSession;
use crate::engine::{Clock, Command, GroupCommand, ProcessWait, Setup, Transport};
use crate::engine::{free_port, group_wait, is_bound};
use crate::explain;
use crate::kind::SessionRole;
use crate::payload::printable;
use crate::t;
use crate::traffic::framing::Framing;
use crate::traffic::{Cause, Failure, NameProblem, Operation};
use crate::words::Lang;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The delay before a refused client tries again.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a program may wait for data of a socket before it binds its port.
const TO_BIND: Duration = Duration::from_secs(2);

/// A session or program that has not started yet.
enum PendingStart<'a> {
    Session(&'a str, &'a ScenarioSession),
    Program(&'a Written),
}

/// Opens all sessions and starts all programs.
///
/// # Errors
/// The session or program that failed and why, as text.
pub fn enter(runner: &mut Runner, scenario: &Scenario, lang: Lang) -> Result<(), String> {
    let sessions = scenario.sessions.0.iter();
    let sessions = sessions.map(|(name, session)| PendingStart::Session(name, session));
    let programs = scenario.programs.iter().map(PendingStart::Program);
    let mut waiting: Vec<PendingStart<'_>> = sessions.chain(programs).collect();
    while !waiting.is_empty() {
        let known = NamedAddresses::of(runner);
        let is_ready = |one: &PendingStart<'_>| one.needs_only(&known);
        // A client whose address has no name comes last: a program may come to listen there.
        let first = |one: &PendingStart<'_>| is_ready(one) && !one.is_client_of_nobody();
        let next = waiting.iter().position(first);
        let Some(next) = next.or_else(|| waiting.iter().position(is_ready)) else {
            let name = waiting.first().map_or("", PendingStart::name);
            return Err(t!(lang, "cli.circle", name = name));
        };
        match waiting.remove(next) {
            PendingStart::Session(name, session) => open(runner, name, session, &known, lang)?,
            PendingStart::Program(program) => start(runner, program, &known, lang)?,
        }
    }
    Ok(())
}

impl<'a> PendingStart<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Session(name, _) => name,
            Self::Program(program) => &program.name,
        }
    }

    /// Whether it is a client whose address contains no name.
    fn is_client_of_nobody(&self) -> bool {
        match self {
            Self::Session(_, session) => {
                let mut spoken = session.places().flat_map(names::spoken);
                session.role() == SessionRole::Client && spoken.next().is_none()
            }
            Self::Program(_) => false,
        }
    }

    fn needs_only(&self, known: &NamedAddresses) -> bool {
        let there = |text: &str| names::spoken(text).all(|name| known.0.contains_key(name));
        match self {
            Self::Session(_, session) => session.places().all(there),
            Self::Program(program) => {
                let own = |name: &str| program.port.is_some() && name == program.name;
                let mut spoken = program.places().flat_map(names::spoken);
                spoken.all(|name| own(name) || known.0.contains_key(name))
            }
        }
    }
}

fn open(
    runner: &mut Runner,
    name: &str,
    session: &ScenarioSession,
    known: &NamedAddresses,
    lang: Lang,
) -> Result<(), String> {
    let wrong = |message: String| t!(lang, "cli.not_opened", name = name, reason = message);
    let valid = session.config(known).map_err(|mistake| {
        wrong(match mistake {
            SetupMistake::Nowhere(name) => {
                let name = printable::line(name.as_bytes());
                t!(lang, "cli.nowhere", name = name)
            }
            SetupMistake::Argument(field, mistake) => {
                format!("`{field}`: {}", explain::argument_mistake(lang, &mistake))
            }
            SetupMistake::Config(mistakes) => {
                let message = mistakes.iter().map(|mistake| {
                    let field = session.name_of(mistake.field);
                    explain::config_mistake(lang, field, &mistake.problem)
                });
                message.collect::<Vec<_>>().join("\n")
            }
        })
    })?;
    let ValidSession { config, commands } = valid;
    let (setup, framing) = (config.setup(), config.session_framing().received);
    remark(&config, lang);
    let in_time = |over: Option<WaitFailure>| match over {
        Some(WaitFailure::Time | WaitFailure::Limit) => wrong(t!(lang, "cli.too_late")),
        Some(WaitFailure::Request) => wrong(t!(lang, "cli.ended_opening")),
        None => wrong(t!(lang, "cli.ended_unopened")),
    };
    let (clock, mut tries) = (Clock::start(), 0_u64);
    let begun = clock.instant();
    loop {
        tries += 1;
        let attempt = attempt(runner, name, &setup, framing.as_ref(), &commands);
        let attempt = attempt.map_err(|failure| wrong(diagnostics::explained(lang, &failure)))?;
        if let Some(failure) = attempt.not_joined {
            return Err(wrong(diagnostics::explained(lang, &failure)));
        }
        if attempt.is_open == Ok(true) {
            return Ok(());
        }
        let Some(failure) = attempt.failure else {
            return Err(in_time(attempt.is_open.err()));
        };
        let spent = clock.instant().saturating_duration_since(begun);
        let may_wait = spent + AGAIN < setup.timeout;
        if !(may_wait && is_refused(&failure) && may_listen_yet(runner, session)) {
            let mut message = diagnostics::explained(lang, &failure);
            message.extend(why_refused(runner, tries, spent, lang));
            return Err(wrong(message));
        }
        // Dropping the session ends it.
        runner.sessions.pop();
        let waited: Result<(), WaitFailure> = runner.until(AGAIN, |_| None);
        if let Err(over @ (WaitFailure::Limit | WaitFailure::Request)) = waited {
            return Err(in_time(Some(over)));
        }
    }
}

/// The result of an attempt to open a session.
struct Attempt {
    is_open: Result<bool, WaitFailure>,
    failure: Option<Failure>,
    /// Why a group was not joined.
    not_joined: Option<Failure>,
}

/// Opens a session, which becomes the last one in `runner.sessions`, and waits until its groups are
/// joined.
///
/// # Errors
/// The system has no thread or descriptor left.
fn attempt(
    runner: &mut Runner,
    name: &str,
    setup: &Setup,
    framing: Option<&Framing>,
    commands: &[Command],
) -> Result<Attempt, Failure> {
    let patience = match setup.kind.role() {
        SessionRole::Client => setup.timeout + TO_OPEN,
        SessionRole::Datagrams | SessionRole::Server | SessionRole::Relay => TO_OPEN,
    };
    let opened = InboxSession::open(name, setup.clone(), framing.cloned())?;
    for order in commands {
        opened.running.command(order.clone());
    }
    runner.sessions.push(opened);
    let joins = |order: &&Command| matches!(order, Command::Group(GroupCommand::Join { .. }));
    let groups = commands.iter().filter(joins).count();
    let is_open = runner.until(patience, |runner| {
        let running = &runner.sessions.last()?.running;
        // One whose peer ended it at once was open, too.
        let has_opened = running.has_opened();
        let is_ready = has_opened && running.session.groups_answered() >= groups;
        (running.is_over() || is_ready).then_some(has_opened)
    });
    let session = runner.sessions.last().map(|opened| &opened.running.session);
    Ok(Attempt {
        is_open,
        failure: session.and_then(|session| session.failure().cloned()),
        not_joined: session.and_then(|session| session.not_joined().cloned()),
    })
}

/// Whether no program listened at the address of a client.
fn is_refused(failure: &Failure) -> bool {
    let is_refused = match failure.cause {
        Cause::System { code } => {
            io::Error::from_raw_os_error(code).kind() == ErrorKind::ConnectionRefused
        }
        Cause::Name { problem, .. } => {
            matches!(problem, NameProblem::Missing | NameProblem::Nobody)
        }
        _ => false,
    };
    failure.operation == Operation::Connect && is_refused
}

/// Whether a program may still start to listen for this client: one whose name the client uses, or
/// any program if it uses none. A program that ended with success may have started another one.
fn may_listen_yet(runner: &mut Runner, session: &ScenarioSession) -> bool {
    let spoken: Vec<&str> = session.places().flat_map(names::spoken).collect();
    let is_spoken = |name: &str| spoken.contains(&name);
    let any_spoken = runner.programs.iter().any(|one| is_spoken(&one.name));
    runner.programs.iter_mut().any(|program| {
        let concerns = !any_spoken || is_spoken(&program.name);
        concerns && program.ended().is_none_or(|status| status.success())
    })
}

/// Additional lines about a refused client: the number of attempts, and programs that failed.
fn why_refused(runner: &mut Runner, tries: u64, spent: Duration, lang: Lang) -> Vec<String> {
    let millis = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
    let time = UnitDuration(Duration::from_millis(millis));
    let mut message = Vec::new();
    if tries > 1 {
        message.push(t!(lang, "cli.tried", count = tries, time = time));
    }
    for program in &mut runner.programs {
        if let Some(status) = program.ended().filter(|status| !status.success()) {
            message.push(ended(lang, &program.name, status));
        }
    }
    message
        .into_iter()
        .map(|line| format!("\n  {line}"))
        .collect()
}

fn start(
    runner: &mut Runner,
    program: &Written,
    known: &NamedAddresses,
    lang: Lang,
) -> Result<(), String> {
    let name = &program.name;
    let wrong = |message: String| t!(lang, "cli.not_started", name = name, reason = message);
    let port = program.port.map(|port| free_port(port.transport()));
    let port = port
        .transpose()
        .map_err(|error| wrong(explain::reason(lang, &error)))?;
    let own = port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let mut known = known.clone();
    known
        .0
        .extend(own.map(|address| (name.clone(), address.into())));
    let words: Result<Vec<String>, String> =
        program.run.iter().map(|text| known.fill(text)).collect();
    let words = words.map_err(wrong)?;
    let variables = program.env.iter();
    let variables: Result<Vec<(String, String)>, String> = variables
        .map(|(name, text)| known.fill(text).map(|text| (name.clone(), text)))
        .collect();
    let variables = variables.map_err(wrong)?;
    // An empty list was refused when the file was read.
    let Some((file, arguments)) = words.split_first() else {
        return Ok(());
    };
    let started = Program::start(name, file, arguments, &variables);
    runner.programs.push(
        started.map_err(|error| wrong(format!("{file}: {}", explain::reason(lang, &error))))?,
    );
    if let Some((port, own)) = program.port.zip(own) {
        if let Some(started) = runner.programs.last_mut() {
            started.address = Some(own);
        }
        if !wait_for_port(runner, port.transport(), own.port(), program.within.0) {
            let port = own.port();
            return Err(wrong(t!(lang, "cli.port_not_bound", port = port)));
        }
    }
    let Some(address) = &program.address else {
        return Ok(());
    };
    let in_line = |line: &str| -> Option<SocketAddr> {
        let found = address.captures(line)?;
        names::with_host(found.get(1)?.as_str()).parse().ok()
    };
    // The last line that matches, but contains no address.
    let mut without = None;
    let reported = runner.until(program.within.0, |runner| {
        let program = runner.programs.last_mut()?;
        while let Some(line) = program.printed().next() {
            let found = in_line(&line);
            if found.is_none() && address.is_match(&line) {
                without = Some(printable::line(line.as_bytes()));
            }
            program.observe_used(UsedLine { step: None, line });
            if found.is_some() {
                program.address = found;
                return Some(true);
            }
        }
        program.is_silent().then_some(false)
    });
    // A partial line may end inside an address, so it counts only at the end of the time.
    if reported.is_err()
        && let Some(program) = runner.programs.last_mut()
        && let Some((stream, found)) = program
            .printed()
            .unfinished()
            .iter()
            .find_map(|partial| Some((partial.stream, in_line(&partial.text)?)))
    {
        program.printed().use_up(stream);
        program.address = Some(found);
        return Ok(());
    }
    let pattern = address.as_str();
    Err(wrong(match (reported, without) {
        (Ok(true), _) => return Ok(()),
        (_, Some(line)) => t!(
            lang,
            "cli.no_address_in_line",
            line = line,
            pattern = pattern
        ),
        (Ok(false), None) => t!(lang, "cli.ended_early", pattern = pattern),
        (Err(_), None) => t!(lang, "cli.no_address", pattern = pattern),
    }))
}

/// Waits until the last program binds this port. Returns whether it did before it ended, and before
/// it waited for something else for [`TO_BIND`].
fn wait_for_port(runner: &mut Runner, transport: Transport, port: u16, within: Duration) -> bool {
    let clock = Clock::start();
    let begun = clock.instant();
    let mut at_work = begun;
    loop {
        if is_bound(transport, port) {
            return true;
        }
        let ended = runner.programs.last_mut().is_none_or(|program| {
            // A program that ended with success may have started another one, which has its outputs.
            program.is_silent() || program.ended().is_some_and(|status| !status.success())
        });
        let wait = runner
            .programs
            .last()
            .and_then(|program| group_wait(program.id()));
        let now = clock.instant();
        if !matches!(wait, Some(ProcessWait::Accept | ProcessWait::Receive)) {
            at_work = now;
        }
        let idle = now.saturating_duration_since(at_work);
        if ended || idle >= TO_BIND || now.saturating_duration_since(begun) >= within {
            return false;
        }
        let waited: Result<(), WaitFailure> = runner.until(AGAIN, |_| None);
        if let Err(WaitFailure::Limit | WaitFailure::Request) = waited {
            return false;
        }
    }
}
