//! The report of a scenario, as text or as JSON.

use super::junit::Junit;
use super::step_outcome::{StepOutcome, StepResults};
use super::steps::Step;
use crate::cli::output::{self, PrintOutcome};
use crate::cli::{CommandOutcome, diagnostics};
use crate::explain;
use crate::payload::{hex, printable};
use crate::scenario::report::{Outline, OverallResult, Received, ReportedStep as Line};
use crate::t;
use crate::words::Lang;
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The counts and outputs of a report.
pub struct ScenarioReport {
    json: bool,
    lang: Lang,
    /// Steps that ran, those of them that failed, and steps that did not run.
    steps: usize,
    failed: usize,
    not_played: usize,
    /// Whether a session ended by itself after the last step.
    died: bool,
    /// Whether the standard output failed, other than because the reader has gone.
    is_output_full: bool,
    /// Whether the file of results could not be written.
    junit_failed: bool,
    junit: Option<(PathBuf, Junit)>,
}

impl ScenarioReport {
    pub fn new(json: bool, lang: Lang) -> Self {
        Self {
            json,
            lang,
            steps: 0,
            failed: 0,
            not_played: 0,
            died: false,
            is_output_full: false,
            junit_failed: false,
            junit: None,
        }
    }

    /// Also writes the results to a file of JUnit XML.
    ///
    /// # Errors
    /// Why it cannot be written, as text.
    pub fn begin_junit(&mut self, path: &Path, scenario: &Path) -> Result<(), String> {
        let junit = Junit::create(path, scenario);
        let junit = junit.map_err(|error| unwritable(self.lang, path, &error))?;
        self.junit = Some((path.to_owned(), junit));
        Ok(())
    }

    /// Reports the result of the next step, which ran for `spent`.
    fn report_step(&mut self, step: &Step, verdict: &StepOutcome, spent: Duration) {
        self.steps += 1;
        self.failed += usize::from(!verdict.passed);
        if let Some((_, junit)) = &mut self.junit {
            junit.played(&format!("{} {step}", self.steps), spent, verdict);
        }
        if self.json {
            let instead = verdict.instead.iter().map(|message| Received {
                from: message.far.peer,
                hex: hex::format(&message.bytes)
                    .replace(' ', "")
                    .to_ascii_lowercase(),
            });
            let line = Line {
                step: self.steps,
                what: format!("{step:#}"),
                passed: verdict.passed,
                message: verdict.message.clone(),
                instead: instead.collect(),
                remarks: verdict.remarks.clone(),
            };
            return self.print_json(&line);
        }
        let sign = if verdict.passed { '✓' } else { '✗' };
        self.print(&format!("{sign} {:2} {step}", self.steps));
        let message = [&verdict.message].into_iter().chain(&verdict.remarks);
        for line in message.flat_map(|message| message.lines()) {
            self.print(&format!("     {line}"));
        }
    }

    /// Reports steps that do not run, after the last reported one.
    fn report_skipped(&mut self, steps: &[Step]) {
        self.not_played += steps.len();
        let Some((_, junit)) = &mut self.junit else {
            return;
        };
        for (number, step) in (self.steps + 1..).zip(steps) {
            junit.skipped(&format!("{number} {step}"));
        }
    }

    /// Reports the failure of a session that ended by itself after the last step.
    pub fn died(&mut self, message: &str) {
        self.died = true;
        if let Some((_, junit)) = &mut self.junit {
            junit.error("end", message);
        }
    }

    fn finish_junit(&mut self) {
        let Some((path, mut junit)) = self.junit.take() else {
            return;
        };
        if let Err(error) = junit.finish() {
            diagnostics::print_line(&unwritable(self.lang, &path, &error));
            self.junit_failed = true;
        }
    }

    /// Reports the overall result.
    pub fn end(&mut self) -> CommandOutcome {
        self.finish_junit();
        let last = self.last(None);
        match self.json {
            true => self.print_json(&last),
            false => self.print(&explain::scenario(self.lang, &last)),
        }
        match last.passed && !self.is_output_full && !self.junit_failed {
            true => CommandOutcome::Passed,
            false => CommandOutcome::Failed,
        }
    }

    /// Prints the outline of a scenario.
    pub fn outline(&mut self, outline: &Outline) -> CommandOutcome {
        if self.json {
            self.print_json(outline);
        } else {
            self.print_outline(outline);
        }
        match self.is_output_full {
            true => CommandOutcome::Failed,
            false => CommandOutcome::Passed,
        }
    }

    fn print_outline(&mut self, outline: &Outline) {
        let lang = self.lang;
        for session in &outline.sessions {
            let (name, kind) = (&session.name, session.kind.traits().command.join(" "));
            let place = format!("{kind} {}", session.addresses());
            let place = place.trim_end();
            self.print(&t!(lang, "cli.dry_session", name = name, place = place));
        }
        for program in &outline.programs {
            let line = printable::line(program.line().as_bytes());
            let name = &program.name;
            self.print(&t!(lang, "cli.dry_program", name = name, line = line));
        }
        for (number, step) in (1..).zip(&outline.steps) {
            self.print(&format!("  {number:2} {step}"));
        }
        let (steps, within) = (outline.steps.len(), &outline.within);
        self.print(&t!(lang, "cli.dry_run", steps = steps, time = within));
    }

    /// Reports that the scenario could not run. The standard error has the message too.
    pub fn unusable(&mut self, error: &str) -> CommandOutcome {
        if let Some((_, junit)) = &mut self.junit {
            junit.error("scenario", error);
        }
        self.finish_junit();
        let last = self.last(Some(error));
        if self.json {
            self.print_json(&last);
        } else if self.steps > 0 {
            self.print(&explain::scenario(self.lang, &last));
        }
        CommandOutcome::Unusable
    }

    fn last(&self, error: Option<&str>) -> OverallResult {
        OverallResult {
            passed: self.failed == 0 && !self.died && error.is_none(),
            steps: self.steps + self.not_played,
            failed: self.failed,
            not_played: self.not_played,
            error: error.map(str::to_owned),
        }
    }

    fn print_json(&mut self, line: &impl Serialize) {
        let mut json = Vec::new();
        // Plain data can always be serialised.
        if crate::payload::json::push(&mut json, line).is_ok() {
            json.push(b'\n');
            self.write(&json);
        }
    }

    fn print(&mut self, line: &str) {
        self.write(format!("{}\n", printable::words(line)).as_bytes());
    }

    /// Writes a line. If the reader has gone, the exit status is still the result; after any other
    /// failure the result is incomplete.
    fn write(&mut self, line: &[u8]) {
        if !self.is_output_full && output::print(line, self.lang) == PrintOutcome::Failed {
            self.is_output_full = true;
        }
    }
}

impl StepResults for ScenarioReport {
    fn is_json(&self) -> bool {
        self.json
    }

    fn step(&mut self, step: &Step, verdict: &StepOutcome, spent: Duration) -> bool {
        self.report_step(step, verdict, spent);
        true
    }

    fn skip(&mut self, steps: &[Step]) {
        self.report_skipped(steps);
    }
}

/// The message that the file of results cannot be written.
fn unwritable(lang: Lang, path: &Path, error: &io::Error) -> String {
    let (path, reason) = (printable::path(path), explain::unmade(lang, error));
    let cure = explain::write_cure(lang, error);
    t!(
        lang,
        "cli.unwritable",
        path = path,
        reason = reason,
        cure = cure
    )
}
