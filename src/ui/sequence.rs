//! A sequence: named messages sent in order, each with a number of repetitions and a pause after
//! it.

use super::send::{Blocked, repeat};
use super::{Action, UiContext, controls, text_format, theme};
use crate::automation::{Plan, PlannedMessage};
use crate::engine::SenderCommand;
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::session::Session;
use crate::settings::Library;
use crate::settings::tab::{SendDraft, SequenceDraft, StepDraft};
use crate::t;
use controls::TextField;
use egui::{DragValue, RichText, Ui};
use std::sync::Arc;
use std::time::Duration;

/// Steps a sequence may have.
const MAX: usize = 500;
/// Widths of the fields of a step, in points; the least of the message in one line with all of
/// them, and in a line with the name.
const TIMES: f32 = 60.0;
const PAUSE: f32 = 106.0;
const MESSAGE: f32 = 158.0;
const LEAST: f32 = 100.0;
/// The buttons of a step.
const UP: &str = "↑";
const DOWN: &str = "↓";
const REMOVE: &str = "×";

enum Change {
    Up(usize),
    Down(usize),
    Remove(usize),
}

impl SequenceDraft {
    /// The page; `send` says where it goes, and holds the message that may be added.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        (send, charset): (&SendDraft, Charset),
        library: &Library,
    ) -> Option<Action> {
        // The controls below keep their identity, and so the keys, when a step is added.
        let removed = ui.push_id("steps", |ui| self.steps_ui(ui, cx)).inner;
        let removed = removed.map(Action::RemoveStep);
        ui.push_id("add", |ui| self.add_ui(ui, cx, &send.composition, library));
        ui.separator();
        let asked = self.run_ui(ui, cx, session, send, charset);
        removed.or(asked)
    }

    /// # Errors
    /// The mistake and its step, counted from 0.
    fn plan(&self, charset: Charset) -> Result<Plan, (usize, Blocked)> {
        let rounds = repeat::count(&self.rounds).map_err(|blocked| (0, blocked))?;
        let step = |(place, draft): (usize, &StepDraft)| {
            let message = draft.composition.message(charset);
            let message = message.map_err(|mistake| (place, Blocked::Mistake(mistake)))?;
            Ok(PlannedMessage {
                message: Arc::new(message),
                times: draft.times,
                pause: Duration::from_millis(draft.pause),
            })
        };
        let steps = self.steps.iter().enumerate().map(step);
        let plan = Plan {
            steps: steps.collect::<Result<_, _>>()?,
            rounds,
        };
        // Repeating without end and pause would be an unintended flood.
        let rests = plan
            .steps
            .iter()
            .any(|step| step.times > 0 && !step.pause.is_zero());
        if plan.rounds.is_none() && !rests {
            return Err((0, Blocked::NoPause));
        }
        Ok(plan)
    }

    /// The steps. Returns the place of the one to remove.
    fn steps_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<usize> {
        if self.steps.is_empty() {
            let hint = RichText::new(t!(cx.lang, "sequence.empty"));
            ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
        }
        let mut change = None;
        for (place, step) in self.steps.iter_mut().enumerate() {
            ui.horizontal_wrapped(|ui| {
                let wanted = step_ui(ui, cx, place, step);
                change = change.take().or(wanted);
            });
            ui.separator();
        }
        match change {
            Some(Change::Up(at)) if at > 0 => self.steps.swap(at, at - 1),
            Some(Change::Down(at)) if at + 1 < self.steps.len() => self.steps.swap(at, at + 1),
            Some(Change::Remove(at)) => return Some(at),
            _ => {}
        }
        None
    }

    fn add_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, present: &Composition, library: &Library) {
        let mut added = None;
        let full = || t!(cx.lang, "sequence.full", most = MAX);
        let full = (self.steps.len() >= MAX).then(full);
        controls::unless(ui, full.as_deref(), |ui| {
            ui.horizontal_wrapped(|ui| {
                let add = t!(cx.lang, "sequence.add");
                if controls::small(ui, &add, &add).clicked() {
                    added = Some((String::new(), present.clone()));
                }
                let name = t!(cx.lang, "sequence.add_snippet");
                let button = controls::small(ui, &format!("{name} ▾"), &name);
                controls::menu(&button).show(|ui| {
                    for group in &library.snippets.groups {
                        for snippet in &group.snippets {
                            if ui.button(&snippet.name).clicked() {
                                added = Some((snippet.name.clone(), snippet.composition.clone()));
                            }
                        }
                    }
                    controls::close_when_chosen(ui);
                });
                controls::regain_focus(ui, &button);
            });
        });
        if let Some((name, composition)) = added {
            let number = self.steps.len() + 1;
            let name = match name.as_str() {
                "" => t!(cx.lang, "sequence.step", number = number),
                _ => name,
            };
            self.steps.push(StepDraft {
                name,
                composition,
                ..StepDraft::default()
            });
        }
    }

    fn run_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        draft: &SendDraft,
        charset: Charset,
    ) -> Option<Action> {
        let running = session.activity().repeating;
        let stop = running.is_some_and(|repeating| !repeating.over);
        let mut action = None;
        let mut problem = None;
        ui.horizontal_wrapped(|ui| {
            let caption = t!(cx.lang, "sequence.rounds");
            controls::caption(ui, &caption, 0.0, cx.palette);
            TextField::new(
                &mut self.rounds,
                &caption,
                &t!(cx.lang, "repeat.endless"),
                132.0,
            )
            .show(ui, cx.palette);
            let command = self
                .plan(charset)
                .map_err(|(place, blocked)| (Some(place), blocked))
                .and_then(|plan| {
                    let command = draft.run(cx, session, plan);
                    command.map_err(|blocked| (None, blocked))
                });
            let name = match stop {
                true => t!(cx.lang, "sequence.stop"),
                false => t!(cx.lang, "sequence.run"),
            };
            let enabled = stop || (command.is_ok() && !self.steps.is_empty());
            let button = controls::small_if(ui, enabled, &name, &name);
            let why = match (&command, self.steps.is_empty()) {
                (_, true) => Some(t!(cx.lang, "sequence.no_steps")),
                (Ok(_), false) => None,
                (Err((_, blocked)), false) => blocked.explain(cx),
            };
            let button = match why {
                Some(why) => controls::unusable(ui, button, &why),
                None => button,
            };
            if button.clicked() {
                action = match stop {
                    true => Some(Action::Worker(SenderCommand::EndRepeat.into())),
                    false => command.clone().ok().map(Action::Worker),
                };
            }
            problem = command.err();
            if let Some(repeating) = running.filter(|_| stop) {
                let wording = repeat::progress(&repeating, cx);
                ui.label(RichText::new(wording).color(cx.palette.dim));
            }
        });
        if let Some((place, blocked)) = problem.filter(|_| !stop && !self.steps.is_empty())
            && let Some(text) = blocked.explain(cx)
        {
            let step = place.and_then(|place| Some((place + 1, self.steps.get(place)?)));
            let text = match step.filter(|_| matches!(blocked, Blocked::Mistake(_))) {
                Some((number, step)) => {
                    let name = match step.name.trim() {
                        "" => t!(cx.lang, "sequence.step", number = number),
                        name => name.to_owned(),
                    };
                    t!(cx.lang, "app.named", name = name, value = text)
                }
                None => text,
            };
            controls::error_line(ui, &text, cx.palette);
        }
        action
    }
}

/// One step in a row.
fn step_ui(ui: &mut Ui, cx: UiContext<'_>, place: usize, step: &mut StepDraft) -> Option<Change> {
    let number = place + 1;
    let mut change = None;
    let field = |ui: &mut Ui, text: &mut String, name: &str, width| {
        TextField::new(text, name, "", width).show(ui, cx.palette);
    };
    let name = t!(cx.lang, "sequence.name_of", number = number);
    field(ui, &mut step.name, &name, 90.0);
    text_format::ui(ui, cx, &mut step.composition.format, &number.to_string());
    let name = t!(cx.lang, "sequence.message_of", number = number);
    let width = message_width(ui);
    field(ui, &mut step.composition.text, &name, width);
    let times = DragValue::new(&mut step.times)
        .range(1..=u32::MAX)
        .suffix(t!(cx.lang, "sequence.times"));
    let size = [TIMES, theme::SMALL_BUTTON];
    let times = ui.add_sized(size, times.update_while_editing(false));
    controls::named(
        ui,
        times,
        &t!(cx.lang, "sequence.times_of", number = number),
    );
    let pause = DragValue::new(&mut step.pause)
        .range(0..=86_400_000)
        .prefix(t!(cx.lang, "sequence.pause"))
        .suffix(" ms");
    let size = [PAUSE, theme::SMALL_BUTTON];
    let pause = ui.add_sized(size, pause.update_while_editing(false));
    let name = t!(cx.lang, "sequence.pause_of", number = number);
    controls::named(ui, pause, &name).on_hover_text(t!(cx.lang, "sequence.pause_hint"));
    let buttons = [
        (UP, t!(cx.lang, "snippets.up"), Change::Up(place)),
        (DOWN, t!(cx.lang, "snippets.down"), Change::Down(place)),
        (
            REMOVE,
            t!(cx.lang, "snippets.remove"),
            Change::Remove(place),
        ),
    ];
    for (sign, name, wanted) in buttons {
        if controls::small(ui, sign, &format!("{name} {number}")).clicked() {
            change = Some(wanted);
        }
    }
    change
}

/// The width of the message behind the name and the format of a step: up to the right edge, or up
/// to the rest of the step where that has room in one line.
fn message_width(ui: &Ui) -> f32 {
    let gap = ui.spacing().item_spacing.x;
    let buttons = [UP, DOWN, REMOVE].map(|sign| controls::small_width(ui, sign) + gap);
    let behind = TIMES + gap + PAUSE + gap + buttons.iter().sum::<f32>();
    let rest = ui.available_size_before_wrap().x;
    let width = match rest - behind {
        beside if beside >= MESSAGE => beside,
        _ if rest >= LEAST => rest,
        _ => ui.available_width(),
    };
    width.floor()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::composition::TextFormat;

    fn step(text: &str, pause: u64) -> StepDraft {
        StepDraft {
            composition: Composition {
                text: text.into(),
                format: TextFormat::Hex,
                ..Composition::default()
            },
            pause,
            ..StepDraft::default()
        }
    }

    #[test]
    fn a_mistake_is_found_in_its_step() {
        let sequence = SequenceDraft {
            steps: vec![step("01", 1), step("0g", 1)],
            ..SequenceDraft::default()
        };
        let found = sequence.plan(Charset::Utf8).err();
        assert!(matches!(found, Some((1, Blocked::Mistake(_)))));
    }

    #[test]
    fn for_ever_without_a_pause_is_refused() {
        let mut sequence = SequenceDraft {
            steps: vec![step("01", 0)],
            ..SequenceDraft::default()
        };
        assert_eq!(
            sequence.plan(Charset::Utf8).err(),
            Some((0, Blocked::NoPause))
        );
        sequence.rounds = "3".into();
        assert_eq!(sequence.plan(Charset::Utf8).unwrap().total(), Some(3));
    }
}
