//! Goes through the steps of a scenario.

use super::names::Names;
use super::report::{Report, Verdict};
use super::steps::{Expect, Expected, Prints, Send, Step};
use crate::cli::complaint;
use crate::cli::inbox::Letter;
use crate::cli::mismatch::not_come;
use crate::cli::span::Span;
use crate::cli::stage::{Over, Stage};
use crate::net::{Command, Target};
use crate::say;
use crate::session::Kind;
use crate::words::Lang;
use std::time::Duration;

/// How long a session may take to end.
const TO_CLOSE: Duration = Duration::from_secs(5);

/// Plays the steps in order. One that fails does not keep the next from being played; the
/// end of the time for everything does.
///
/// # Errors
/// If the user ended it, in words.
pub fn through(
    steps: &[Step],
    stage: &mut Stage,
    lang: Lang,
    report: &mut Report,
) -> Result<(), String> {
    for step in steps {
        let mut player = Player {
            stage,
            lang,
            over: None,
        };
        let mut verdict = player.play(step);
        let over = player.over;
        for actor in &mut stage.actors {
            let failures = actor.failures().into_iter();
            let said = failures.map(|failure| complaint::explained(lang, &failure));
            verdict.remarks.extend(said);
            let forgotten = actor.inbox.forgotten();
            if forgotten > 0 {
                let said = say!(lang, "cli.forgotten", count = forgotten, name = actor.name);
                verdict.remarks.push(said);
            }
        }
        match over {
            Some(Over::Request) => return Err(say!(lang, "cli.ended")),
            Some(Over::Limit) => {
                let said = say!(lang, "cli.limit");
                verdict.said = format!("{}\n{said}", verdict.said).trim_start().to_owned();
            }
            Some(Over::Time) | None => {}
        }
        report.step(step, &verdict);
        if over == Some(Over::Limit) {
            break;
        }
    }
    Ok(())
}

/// One step being played.
pub(super) struct Player<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) lang: Lang,
    /// Why something that was waited for did not happen.
    over: Option<Over>,
}

impl Player<'_> {
    fn play(&mut self, step: &Step) -> Verdict {
        let played = match step {
            Step::Send(send) => self.send(send),
            Step::Expect(expect) => self.expect(expect),
            Step::Wait(span) => {
                let nothing: Option<()> = None;
                self.until(span.0, |_| nothing);
                Ok(Verdict::of(self.over == Some(Over::Time), String::new))
            }
            Step::Rules(rules) => self.order(&rules.session, Command::Follow(rules.book.clone())),
            Step::Impair(impair) => {
                self.order(&impair.session, Command::Impair(impair.conditions.clone()))
            }
            Step::Flood(flood) => self.flood(flood),
            Step::Assert(assert) => self.assert(assert),
            Step::Close(name) => self.close(name),
            Step::Type { program, line } => self.types(program, line),
            Step::Prints(prints) => Ok(self.prints(prints)),
        };
        // A name that has no address by now.
        played.unwrap_or_else(|name| Verdict::failed(say!(self.lang, "cli.nowhere", name = name)))
    }

    fn order(&mut self, name: &str, command: Command) -> Result<Verdict, String> {
        let actor = self.stage.actor(name).ok_or_else(|| name.to_owned())?;
        actor.order(command);
        Ok(Verdict::passed())
    }

    fn send(&mut self, send: &Send) -> Result<Verdict, String> {
        let target = self.target(&send.session, send.to.as_deref(), send.within)?;
        let (Some(target), Some(actor)) = (target, self.stage.actor(&send.session)) else {
            return Ok(Verdict::failed(say!(self.lang, "cli.nobody")));
        };
        let empty = send.message.fixed().is_none_or(|bytes| bytes.is_empty());
        if empty && actor.session.kind() != Kind::Udp {
            // Nothing goes into a stream and no row will tell.
            return Ok(Verdict::passed());
        }
        let before = actor.gone();
        actor.send(target, send.message.clone());
        let sent = self.until(send.within.0, |stage| {
            let actor = stage.actor(&send.session)?;
            if actor.gone() > before && actor.is_even() {
                return Some(true);
            }
            (actor.is_over() || actor.has_failed()).then_some(false)
        });
        Ok(Verdict::of(sent == Some(true), || {
            say!(self.lang, "cli.not_taken")
        }))
    }

    /// To whom it sends, as soon as there is somebody.
    pub(super) fn target(
        &mut self,
        session: &str,
        to: Option<&str>,
        within: Span,
    ) -> Result<Option<Target>, String> {
        let names = Names::of(self.stage);
        let to = to.map(|to| names.address(to)).transpose()?;
        let target = self.until(within.0, |stage| {
            let actor = stage.actor(session)?;
            if actor.is_over() {
                return Some(None);
            }
            to.map_or_else(|| actor.usual_target(), |to| actor.target(to))
                .map(Some)
        });
        Ok(target.flatten())
    }

    fn expect(&mut self, expect: &Expect) -> Result<Verdict, String> {
        let names = Names::of(self.stage);
        let from = expect
            .from
            .as_deref()
            .map(|from| names.address(from))
            .transpose()?;
        if let Some(actor) = self.stage.actor(&expect.session) {
            actor.inbox.expect();
        }
        let came = self.until(expect.within.0, |stage| {
            let actor = stage.actor(&expect.session)?;
            let came = match &expect.what {
                Expected::Pattern(pattern) => actor.inbox.find(pattern, from),
                Expected::Count(count) => actor.inbox.count(*count, from),
            };
            (came || actor.is_over()).then_some(came)
        });
        if came == Some(true) {
            return Ok(Verdict::passed());
        }
        let Some(actor) = self.stage.actor(&expect.session) else {
            return Err(expect.session.clone());
        };
        let counted = actor.inbox.counted(from);
        let instead: Vec<Letter> = actor.inbox.instead(from);
        let said = match &expect.what {
            Expected::Pattern(pattern) => not_come(self.lang, pattern, expect.within, &instead),
            Expected::Count(count) => {
                say!(self.lang, "cli.too_few", expected = count, came = counted)
            }
        };
        Ok(Verdict {
            instead,
            ..Verdict::failed(said)
        })
    }

    fn close(&mut self, name: &str) -> Result<Verdict, String> {
        let actor = self.stage.actor(name).ok_or_else(|| name.to_owned())?;
        actor.stop();
        let ended = self.until(TO_CLOSE, |stage| {
            stage
                .actor(name)
                .is_none_or(|actor| actor.is_over())
                .then_some(())
        });
        Ok(Verdict::of(ended.is_some(), String::new))
    }

    fn types(&mut self, program: &str, line: &str) -> Result<Verdict, String> {
        let line = Names::of(self.stage).fill(line)?;
        let program = self
            .stage
            .program(program)
            .ok_or_else(|| program.to_owned())?;
        let typed = program.types(&line);
        Ok(match typed {
            Ok(()) => Verdict::passed(),
            Err(error) => Verdict::failed(error.to_string()),
        })
    }

    fn prints(&mut self, prints: &Prints) -> Verdict {
        let mut instead = Vec::new();
        let printed = self.until(prints.within.0, |stage| {
            let program = stage.program(&prints.program)?;
            while let Some(line) = program.next_line() {
                if prints.pattern.matches(line.as_bytes()) {
                    return Some(true);
                }
                instead.push(line);
            }
            program.is_silent().then_some(false)
        });
        Verdict::of(printed == Some(true), || {
            let mut said = say!(
                self.lang,
                "cli.expected",
                pattern = prints.pattern,
                time = prints.within
            );
            for line in &instead {
                let line = crate::payload::printable::line(line.as_bytes());
                said.push('\n');
                said.push_str(&say!(self.lang, "cli.printed", line = line));
            }
            if instead.is_empty() {
                said.push('\n');
                said.push_str(&say!(self.lang, "cli.nothing"));
            }
            said
        })
    }

    /// What `look` saw within this time; why it did not, is kept.
    pub(super) fn until<T>(
        &mut self,
        within: Duration,
        look: impl FnMut(&mut Stage) -> Option<T>,
    ) -> Option<T> {
        match self.stage.until(within, look) {
            Ok(seen) => Some(seen),
            Err(over) => {
                self.over = Some(over);
                None
            }
        }
    }
}
