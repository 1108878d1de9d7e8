//! The results of a scenario's steps, and its outcome.

use crate::payload::charset::Charset;
use crate::payload::printable;
use crate::scenario::process::ScenarioExit;
use crate::scenario::report::{Outline, ReportedStep};
use crate::ui::{UiContext, controls, grouped, theme};
use crate::words::Lang;
use crate::{explain, t};
use egui::{Align, CollapsingHeader, Label, ProgressBar, RichText, ScrollArea, Ui};

/// Steps that are listed. Where there are more, those that passed first are left out.
const LISTED: usize = 500;

#[derive(Debug, Default)]
pub struct Results {
    steps: Vec<ReportedStep>,
    /// Steps that are over, those left out too.
    over: usize,
    ended: Option<ScenarioExit>,
    /// Whether the first step that failed is still to be scrolled to.
    reveals: bool,
}

impl Results {
    pub fn take(&mut self, step: ReportedStep) {
        self.over += 1;
        self.reveals |= !step.passed && self.steps.iter().all(|step| step.passed);
        if self.steps.len() == LISTED {
            let passed = self.steps.iter().position(|step| step.passed);
            self.steps.remove(passed.unwrap_or(0));
        }
        self.steps.push(step);
    }

    pub fn end(&mut self, ended: ScenarioExit) {
        self.ended = Some(ended);
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, outline: &Outline) {
        match &self.ended {
            Some(ended) => ended_ui(ui, cx, ended),
            None => self.progress_ui(ui, cx, outline),
        }
        let left_out = self.over - self.steps.len();
        if left_out > 0 {
            let count = grouped(left_out as u64);
            let text = t!(cx.lang, "scenario.left_out", count = count);
            ui.label(RichText::new(text).color(cx.palette.dim));
        }
        let failed = self.steps.iter().position(|step| !step.passed);
        let revealed = failed.filter(|_| std::mem::take(&mut self.reveals));
        // The steps that follow do not scroll the one that failed away.
        let list = ScrollArea::vertical()
            .id_salt("results")
            .max_height(controls::list_height(ui.ctx()))
            .stick_to_bottom(failed.is_none());
        let list = list.show(ui, |ui| {
            for (place, step) in self.steps.iter().enumerate() {
                let shown = ui.scope(|ui| step_ui(ui, cx, step)).response;
                if revealed == Some(place) {
                    shown.scroll_to_me(Some(Align::Center));
                }
            }
        });
        if revealed.is_some() {
            ui.scroll_to_rect(list.inner_rect, None);
        }
        let has_printed = |ended: &&ScenarioExit| !ended.printed.is_empty();
        if let Some(ended) = self.ended.as_ref().filter(has_printed) {
            CollapsingHeader::new(t!(cx.lang, "scenario.printed"))
                .id_salt("printed")
                .show(ui, |ui| {
                    let text = printable::paragraph(Charset::Utf8, &ended.printed);
                    line_ui(ui, RichText::new(text.trim_end()));
                });
        }
    }

    /// Which step is played, of how many.
    fn progress_ui(&self, ui: &mut Ui, cx: UiContext<'_>, outline: &Outline) {
        let count = outline.steps.len();
        let number = (self.over + 1).min(count);
        let part = self.over as f32 / count.max(1) as f32;
        let step = outline.steps.get(self.over).map_or("", String::as_str);
        let text = t!(
            cx.lang,
            "scenario.progress",
            number = grouped(number as u64),
            count = grouped(count as u64),
            step = printable::line(step.as_bytes())
        );
        ui.add(Label::new(text).truncate());
        let bar = ui.add(ProgressBar::new(part));
        controls::named(ui, bar, &t!(cx.lang, "scenario.progress_name"));
    }
}

fn ended_ui(ui: &mut Ui, cx: UiContext<'_>, ended: &ScenarioExit) {
    let (text, passed) = outcome(cx.lang, ended);
    let colour = match passed {
        true => cx.palette.ok,
        false => cx.palette.error,
    };
    let text = printable::words(&text).into_owned();
    ui.add(Label::new(RichText::new(text).color(colour)).wrap());
}

/// The outcome of a scenario, and whether it passed.
fn outcome(lang: Lang, ended: &ScenarioExit) -> (String, bool) {
    let end = match &ended.end {
        Ok(Some(end)) => end,
        Ok(None) => return (t!(lang, "scenario.broken_off"), false),
        Err(error) => return (explain::reason(lang, error), false),
    };
    let wording = match end.reason() {
        Some(reason) => reason.to_owned(),
        // A session ended by itself behind the last step, which is printed.
        None if !end.passed && end.failed == 0 => t!(lang, "scenario.session_ended"),
        None => explain::scenario(lang, end),
    };
    (wording, end.passed)
}

fn step_ui(ui: &mut Ui, cx: UiContext<'_>, step: &ReportedStep) {
    let (sign, colour) = match step.passed {
        true => ('✓', cx.palette.text),
        false => ('✗', cx.palette.error),
    };
    let line = format!("{sign} {} {}", step.step, step.what);
    let line = RichText::new(printable::line(line.as_bytes()));
    line_ui(ui, line.color(colour));
    let wording = [&step.message].into_iter().chain(&step.remarks);
    for wording in wording.filter(|wording| !wording.is_empty()) {
        let wording = RichText::new(printable::words(wording).into_owned());
        ui.indent("said", |ui| line_ui(ui, wording.color(cx.palette.dim)));
    }
}

fn line_ui(ui: &mut Ui, text: RichText) {
    let label = Label::new(text.font(theme::small_mono()));
    ui.add(label.wrap().selectable(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::report::OverallResult;

    fn step(number: usize, passed: bool) -> ReportedStep {
        ReportedStep {
            step: number,
            what: "Wait 1s".into(),
            passed,
            message: String::new(),
            instead: Vec::new(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn of_many_steps_those_that_failed_stay_listed() {
        let mut results = Results::default();
        for number in 1..=3 * LISTED {
            results.take(step(number, number != 7));
        }
        assert_eq!((results.over, results.steps.len()), (3 * LISTED, LISTED));
        assert_eq!(results.steps[0].step, 7);
        assert_eq!(results.steps[LISTED - 1].step, 3 * LISTED);
    }

    #[test]
    fn what_a_scenario_came_to_is_said_with_its_reason() {
        let ended = |end: Option<OverallResult>| ScenarioExit {
            end: Ok(end),
            printed: Vec::new(),
        };
        let end = |passed, failed, error: Option<&str>| {
            let error = error.map(str::to_owned);
            ended(Some(OverallResult {
                passed,
                steps: 3,
                failed,
                not_played: 0,
                error,
            }))
        };
        for lang in Lang::ALL {
            assert!(outcome(lang, &end(true, 0, None)).1);
            let (wording, passed) = outcome(lang, &end(false, 2, None));
            assert!(
                wording.contains('2') && wording.contains('3') && !passed,
                "{wording}"
            );
            let (wording, _) = outcome(lang, &end(false, 0, Some("no address")));
            assert_eq!(wording, "no address");
            let lost = outcome(lang, &ended(None)).0;
            assert_ne!(lost, outcome(lang, &end(false, 0, None)).0);
        }
    }
}
