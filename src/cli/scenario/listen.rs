//! Steps about programs: `Type` and `Prints`.

use super::names::NamedAddresses;
use super::play::Player;
use super::step_outcome::StepOutcome;
use super::steps::Prints;
use crate::cli::pattern::{self, Expectation};
use crate::cli::program::{InputClosed, Program, UsedLine, ended};
use crate::t;
use std::collections::VecDeque;
use std::time::Duration;

/// The time-out of writing a line.
const TO_TYPE: Duration = Duration::from_secs(1);
/// The number of last printed lines shown on a failure.
const SHOWN: usize = 5;

impl Player<'_> {
    pub(super) fn types(&mut self, name: &str, line: &str) -> Result<StepOutcome, String> {
        let line = NamedAddresses::of(self.runner).fill(line);
        let line = line.map_err(|name| self.nowhere(&name))?;
        let Some(program) = self.runner.program(name) else {
            return Err(self.nowhere(name));
        };
        let typed = program.types(&line);
        // A program that does not read now may read the line later.
        let typed = typed.and_then(|()| {
            let written = self.until(TO_TYPE, |runner| runner.program(name)?.is_typed());
            written.unwrap_or(Ok(()))
        });
        let Err(deaf) = typed else {
            return Ok(StepOutcome::passed());
        };
        Err(match deaf {
            InputClosed::Ended(status) => ended(self.lang, name, status),
            InputClosed::Closed => t!(self.lang, "cli.deaf", name = name),
            InputClosed::Busy => t!(self.lang, "cli.busy", name = name),
        })
    }

    pub(super) fn prints(&mut self, prints: &Prints) -> StepOutcome {
        let mut instead = VecDeque::new();
        let mut others: u64 = 0;
        let printed = self.until(prints.within.0, |runner| {
            let program = runner.program(&prints.program)?;
            while let Some(line) = program.printed().next() {
                let is_it = prints.pattern.matches(line.as_bytes());
                instead.push_back(line);
                if is_it {
                    return Some(true);
                }
                if instead.len() > SHOWN {
                    instead.pop_front();
                    others += 1;
                }
            }
            // A prompt has no line ending. A pattern for a whole line must wait for the rest.
            if !prints.pattern.is_whole() && takes_unfinished(program, &prints.pattern) {
                return Some(true);
            }
            program.is_silent().then_some(false)
        });
        let at_last = printed.is_none()
            && self
                .runner
                .program(&prints.program)
                .is_some_and(|program| takes_unfinished(program, &prints.pattern));
        if printed == Some(true) || at_last {
            self.use_up(&prints.program, instead);
            return StepOutcome::passed();
        }
        let lang = self.lang;
        let pattern = prints.pattern.shown(self.json);
        let mut message = Vec::new();
        if printed == Some(false)
            && let Some(program) = self.runner.program(&prints.program)
        {
            // The program prints nothing more.
            message.push(t!(lang, "cli.never", pattern = pattern));
            message.push(match program.ended() {
                Some(status) => ended(lang, &program.name, status),
                None => t!(lang, "cli.silent", name = program.name),
            });
        } else {
            let time = prints.within;
            message.push(t!(lang, "cli.expected", pattern = pattern, time = time));
        }
        if others > 0 {
            message.push(t!(lang, "cli.printed_before", count = others));
        }
        for line in &instead {
            let line = pattern::shown(line.as_bytes(), self.json);
            message.push(t!(lang, "cli.printed", line = line));
        }
        let unfinished = self
            .runner
            .program(&prints.program)
            .map_or_else(Vec::new, |program| program.printed().unfinished());
        for partial in &unfinished {
            let line = pattern::shown(partial.text.as_bytes(), self.json);
            message.push(t!(lang, "cli.printed_unended", line = line));
        }
        if instead.is_empty() && unfinished.is_empty() {
            message.push(t!(lang, "cli.nothing"));
            message.extend(self.printed_elsewhere(&prints.program));
        }
        self.use_up(&prints.program, instead);
        StepOutcome::failed(message.join("\n"))
    }

    /// Remembers the lines that this step used up.
    fn use_up(&mut self, program: &str, lines: VecDeque<String>) {
        let step = Some(self.number);
        if let Some(program) = self.runner.program(program) {
            for line in lines {
                program.observe_used(UsedLine { step, line });
            }
        }
    }
}

/// Whether a partial line of the program matches. It is used up then.
fn takes_unfinished(program: &mut Program, pattern: &Expectation) -> bool {
    let printed = program.printed();
    let mut begun = printed.unfinished().into_iter();
    let Some(partial) = begun.find(|partial| pattern.matches(partial.text.as_bytes())) else {
        return false;
    };
    printed.use_up(partial.stream);
    true
}
