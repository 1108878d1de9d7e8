//! Sessions and programs enter, each when those it speaks of are there.

use super::file::{Program as Written, Scenario};
use super::names::{self, Names};
use super::session::{Session, SetupMistake, TO_OPEN};
use crate::automation::rules::Problem;
use crate::cli::actor::Actor;
use crate::cli::complaint;
use crate::cli::program::Program;
use crate::cli::remarks::remark;
use crate::cli::stage::{Over, Stage};
use crate::explain;
use crate::kind::Role;
use crate::payload::{printable, regular};
use crate::say;
use crate::words::Lang;
use regex::Regex;
use std::net::SocketAddr;

/// What has not entered yet.
enum Waiting<'a> {
    Session(&'a str, &'a Session),
    Program(&'a Written),
}

/// Opens everything.
///
/// # Errors
/// What could not be opened and why, in words.
pub fn enter(stage: &mut Stage, scenario: &Scenario, lang: Lang) -> Result<(), String> {
    let sessions = scenario.sessions.0.iter();
    let sessions = sessions.map(|(name, session)| Waiting::Session(name, session));
    let programs = scenario.programs.iter().map(Waiting::Program);
    let mut waiting: Vec<Waiting<'_>> = sessions.chain(programs).collect();
    while !waiting.is_empty() {
        let known = Names::of(stage);
        let next = waiting.iter().position(|one| one.needs_only(&known));
        let Some(next) = next else {
            let name = waiting.first().map_or("", Waiting::name);
            return Err(say!(lang, "cli.circle", name = name));
        };
        match waiting.remove(next) {
            Waiting::Session(name, session) => open(stage, name, session, &known, lang)?,
            Waiting::Program(program) => start(stage, program, &known, lang)?,
        }
    }
    Ok(())
}

impl<'a> Waiting<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Session(name, _) => name,
            Self::Program(program) => &program.name,
        }
    }

    fn needs_only(&self, known: &Names) -> bool {
        let there = |text: &str| names::spoken(text).all(|name| known.0.contains_key(name));
        match self {
            Self::Session(_, session) => session.places().all(there),
            Self::Program(program) => program.run.iter().all(|text| there(text)),
        }
    }
}

fn open(
    stage: &mut Stage,
    name: &str,
    session: &Session,
    known: &Names,
    lang: Lang,
) -> Result<(), String> {
    let wrong = |said: String| say!(lang, "cli.not_opened", name = name, reason = said);
    let setup = session.setup(known).map_err(|mistake| {
        wrong(match mistake {
            SetupMistake::Nowhere(name) => {
                let name = printable::line(name.as_bytes());
                say!(lang, "cli.nowhere", name = name)
            }
            SetupMistake::Argument(mistake) => explain::argument_mistake(lang, &mistake),
        })
    })?;
    let orders = session.orders();
    let orders = orders.map_err(|mistake| wrong(explain::value_mistake(lang, &mistake)))?;
    let (rules, _, conditions) = session.automatic();
    remark(setup.place(), rules, conditions, lang);
    let patience = match setup.kind.role() {
        Role::Client => setup.timeout + TO_OPEN,
        Role::Datagrams | Role::Server | Role::Relay => TO_OPEN,
    };
    let explained = |failure| wrong(complaint::explained(lang, &failure));
    let actor = Actor::open(name, setup).map_err(explained)?;
    orders.into_iter().for_each(|order| actor.order(order));
    stage.actors.push(actor);
    let stands = stage.until(patience, |stage| {
        let actor = stage.actors.last()?;
        (actor.is_over() || actor.stands()).then(|| actor.stands())
    });
    if stands == Ok(true) {
        return Ok(());
    }
    let failure = stage
        .actors
        .last()
        .and_then(|actor| actor.session.failure().cloned());
    let in_time = || match stands {
        Err(Over::Time | Over::Limit) => wrong(say!(lang, "cli.too_late")),
        _ => wrong(String::new()),
    };
    Err(failure.map_or_else(in_time, explained))
}

fn start(stage: &mut Stage, program: &Written, known: &Names, lang: Lang) -> Result<(), String> {
    let name = &program.name;
    let wrong = |said: String| say!(lang, "cli.not_started", name = name, reason = said);
    let words: Result<Vec<String>, String> =
        program.run.iter().map(|text| known.fill(text)).collect();
    let words = words.map_err(wrong)?;
    let Some((file, arguments)) = words.split_first() else {
        return Err(wrong(say!(lang, "cli.no_program")));
    };
    let regex = |text: &str| {
        Regex::new(text).map_err(|_| {
            let problem = Problem::Regex(regular::mistake(text));
            explain::rule_problem(lang, &problem)
        })
    };
    let address = program.address.as_deref().map(regex).transpose();
    let address = address.map_err(wrong)?;
    let started = Program::start(name, file, arguments);
    stage.programs.push(
        started.map_err(|error| wrong(format!("{file}: {}", explain::reason(lang, &error))))?,
    );
    let Some(address) = address else {
        return Ok(());
    };
    let in_line = |line: &str| -> Option<SocketAddr> {
        let found = address.captures(line)?;
        names::with_host(found.get(1)?.as_str()).parse().ok()
    };
    let told = stage.until(program.within.0, |stage| {
        let program = stage.programs.last_mut()?;
        while let Some(line) = program.printed().next() {
            let found = in_line(&line);
            if found.is_some() {
                program.address = found;
                return Some(true);
            }
        }
        program.is_silent().then_some(false)
    });
    // A line that has no end yet may end inside an address, until nothing more comes.
    if told.is_err()
        && let Some(program) = stage.programs.last_mut()
        && let Some((stream, found)) = program
            .printed()
            .unfinished()
            .iter()
            .find_map(|(stream, line)| Some((*stream, in_line(line)?)))
    {
        program.printed().use_up(stream);
        program.address = Some(found);
        return Ok(());
    }
    match told {
        Ok(true) => Ok(()),
        Ok(false) => Err(wrong(say!(
            lang,
            "cli.ended_early",
            pattern = address.as_str()
        ))),
        Err(_) => Err(wrong(say!(
            lang,
            "cli.no_address",
            pattern = address.as_str()
        ))),
    }
}
