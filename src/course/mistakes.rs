//! From what was seen of a program to the mistake in it.

use super::exercise::Hint;
use super::mistake::{Evidence, Mistake, MistakeName as Name};
use super::observation::{FailedStep, Observation, ObservedProgram, StepNeed};
use super::{compare, exception, printed, system_error};
use crate::engine::{ProcessWait, Transport};
use std::net::{IpAddr, Ipv4Addr};

/// The mistake of the programs; `None` if they passed.
pub fn mistake_of(seen: &Observation) -> Option<Mistake> {
    if !seen.has_failed() {
        return None;
    }
    let found = seen
        .exception()
        .or_else(|| seen.of_port())
        .or_else(|| seen.hinted())
        .or_else(|| seen.of_content())
        .unwrap_or_else(|| seen.of_silence());
    Some(found)
}

impl Observation {
    fn has_failed(&self) -> bool {
        let has_ended = |program: &ObservedProgram| program.exit == Some(Some(0));
        let is_unfinished = self.ends && !self.programs.iter().all(has_ended);
        !self.is_open || self.failed.is_some() || is_unfinished
    }

    /// The program of the step that failed, otherwise the first one that did not end well.
    fn program(&self) -> Option<&ObservedProgram> {
        if let Some(FailedStep {
            need: StepNeed::Line { program, .. },
            ..
        }) = &self.failed
        {
            return self.programs.get(*program);
        }
        let mut programs = self.programs.iter();
        let unwell = programs.find(|program| program.exit != Some(Some(0)));
        unwell.or_else(|| self.programs.first())
    }

    fn came(&self) -> &[Vec<u8>] {
        self.failed.as_ref().map_or(&[], |failed| &failed.came)
    }

    fn exception(&self) -> Option<Mistake> {
        let mut programs = self.programs.iter();
        let found = programs.find_map(|program| program.raised(self.is_stream))?;
        // It gave up waiting for an answer to a message that nobody received.
        let is_consequence = found.name == Name::TimeOutNotHandled && self.is_first_message();
        (!is_consequence).then_some(found)
    }

    /// Whether the failed step waits for the first message of a program that binds no port.
    fn is_first_message(&self) -> bool {
        let is_client = self.programs.iter().all(|program| program.port.is_none());
        let need = self.failed.as_ref().map(|failed| &failed.need);
        is_client && !self.has_received && matches!(need, Some(StepNeed::Message { .. }))
    }

    /// A port that is not bound as it has to be, where nothing came.
    fn of_port(&self) -> Option<Mistake> {
        if self.has_received || !self.came().is_empty() {
            return None;
        }
        let mut running = self
            .programs
            .iter()
            .filter(|program| program.exit.is_none());
        running.find_map(ObservedProgram::of_port)
    }

    fn hinted(&self) -> Option<Mistake> {
        let failed = self.failed.as_ref()?;
        // Hints are about what came instead of the expected bytes.
        if failed.has_more() {
            return None;
        }
        let program = self.program()?;
        let is_elsewhere = matches!(
            failed.need,
            StepNeed::Message {
                to_another: true,
                ..
            } | StepNeed::Message {
                from_another: true,
                ..
            }
        );
        let has_printed = !program.output.trim().is_empty();
        let is_silent = failed.came.is_empty() && !is_elsewhere && !has_printed;
        let holds = |hint: &&Hint| {
            let came = hint.came.as_ref().is_none_or(|regex| {
                let mut came = failed.came.iter();
                came.any(|bytes| regex.is_match(bytes))
            });
            let waits = hint
                .waits
                .is_none_or(|wait| is_silent && program.wait == Some(wait));
            let exited = !hint.exited || program.exit.is_some();
            let is_missing = |group: Ipv4Addr| {
                let joined = self.groups.as_ref();
                joined.is_some_and(|joined| !joined.contains(&IpAddr::V4(group)))
            };
            let not_joined = hint.not_joined.is_none_or(is_missing);
            hint.step == failed.number && came && waits && exited && not_joined
        };
        let hint = self.hints.iter().find(holds)?;
        Some(hint.mistake.into())
    }

    fn of_content(&self) -> Option<Mistake> {
        let failed = self.failed.as_ref()?;
        match &failed.need {
            StepNeed::Message {
                bytes,
                to_another,
                from_another,
            } => match (bytes, failed.came.first()) {
                (Some(bytes), Some(came)) => {
                    Some(compare::mistake(bytes, came, &self.sent, self.is_stream))
                }
                (None, Some(_)) => Some(Name::WrongContent.into()),
                (_, None) if *from_another => Some(Name::WrongSource.into()),
                (_, None) if *to_another => Some(Name::WrongTarget.into()),
                (_, None) => None,
            },
            StepNeed::Line { program, text } => {
                let program = self.programs.get(*program)?;
                let text = text.as_deref();
                let found = printed::mistake(text, &program.output, &self.sent, self.is_stream);
                let is_other = program.exit == Some(Some(0)) || program.wait.is_none_or(is_idle);
                let printed_other = || {
                    let printed = !program.output.trim().is_empty() && is_other;
                    printed.then_some(Name::PrintedOther.into())
                };
                found.or_else(printed_other)
            }
            StepNeed::Other => None,
        }
    }

    /// Whether a running program that could have printed something has not. Where another program
    /// was to send it something, nothing may have arrived.
    fn has_printed_nothing(&self, program: &ObservedProgram, wait: Option<ProcessWait>) -> bool {
        let has_something = self.programs.len() == 1 && !self.sent.is_empty();
        program.output.trim().is_empty() && (has_something || wait == Some(ProcessWait::Other))
    }

    /// The mistake of a program of which nothing came.
    fn of_silence(&self) -> Mistake {
        let Some(program) = self.program() else {
            return Name::Other.into();
        };
        let is_at_end = self.is_open && self.failed.is_none();
        let need = self.failed.as_ref().map(|failed| &failed.need);
        let is_to_print = matches!(need, Some(StepNeed::Line { .. }));
        match (program.exit, program.wait) {
            (Some(Some(0)), _) if self.is_first_message() => Name::NothingArrived.into(),
            (Some(Some(0)), _) => Name::ExitedEarly.into(),
            // The exception says so; the cause is that nothing arrived.
            (Some(_), _) if self.is_first_message() && program.has_timed_out() => {
                Name::NothingArrived.into()
            }
            (Some(status), _) => Mistake {
                name: Name::ExitStatus,
                evidence: Evidence::Status(status),
            },
            (None, Some(ProcessWait::Running)) if self.is_stream => Name::IgnoresEnd.into(),
            (None, _) if is_at_end => Name::NotEnded.into(),
            (None, Some(ProcessWait::Running)) => Name::Loops.into(),
            (None, Some(ProcessWait::Accept)) => Name::BlocksInAccept.into(),
            (None, Some(ProcessWait::Input)) if is_to_print => Name::WaitsForInput.into(),
            (None, wait) if is_to_print && self.has_printed_nothing(program, wait) => {
                Name::NothingPrinted.into()
            }
            (None, _) => Name::NothingArrived.into(),
        }
    }
}

impl ObservedProgram {
    /// The mistake behind the exception or the error of the system that ended it.
    fn raised(&self, is_stream: bool) -> Option<Mistake> {
        let has_failed = self.exit.is_some_and(|status| status != Some(0));
        let of_system = || system_error::mistake(&self.error, is_stream).filter(|_| has_failed);
        exception::mistake(&self.error, is_stream).or_else(of_system)
    }

    fn has_timed_out(&self) -> bool {
        self.raised(false)
            .is_some_and(|mistake| mistake.name == Name::TimeOutNotHandled)
    }

    fn of_port(&self) -> Option<Mistake> {
        let own = self.port?;
        let has = |transport: Transport| {
            let mut sockets = self.sockets.iter();
            sockets.find(move |socket| socket.transport == transport)
        };
        let mut sockets = self.sockets.iter();
        let bound = sockets
            .find(|socket| socket.transport == own.transport && socket.local.port() == own.number);
        if let Some(bound) = bound {
            let is_loopback = bound.local.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST);
            return (is_loopback && own.from_outside).then_some(Name::BoundToLoopback.into());
        }
        if let Some(other) = has(own.transport) {
            let port = other.local.port();
            return Some(Mistake {
                name: match port.swap_bytes() == own.number {
                    true => Name::PortByteOrder,
                    false => Name::BoundToWrongPort,
                },
                evidence: Evidence::Port {
                    port,
                    expected: own.number,
                },
            });
        }
        match self.sockets.is_empty() {
            true => Some(Name::NotBound.into()),
            false => Some(Name::WrongTransport.into()),
        }
    }
}

/// Whether a program that waits so has printed all that it will.
fn is_idle(wait: ProcessWait) -> bool {
    !matches!(wait, ProcessWait::Running | ProcessWait::Input)
}
