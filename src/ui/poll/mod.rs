//! The page of polling: requests that are sent periodically, and the last value of each reply.

mod editor;
mod files;
mod plan;
mod table;

use super::field_plot::MOST;
use super::{Action, UiContext, controls, theme};
use crate::automation::rules::RuleContext;
use crate::engine::{PollEnd, PollPlan, Polling, SenderCommand, Target};
use crate::session::Session;
use crate::settings::dock::Page;
use crate::settings::tab::{MOST_POLLS, PlotDraft, PollDraft, PollLineDraft, SendDraft};
use crate::t;
use crate::traffic::messages::Pairing;
use egui::accesskit::Live;
use egui::{RichText, Ui};
use files::Files;
use plan::PollMistake;
use std::sync::Arc;
use std::time::Duration;

/// How often the ages of values are drawn again.
const AGES: Duration = Duration::from_millis(500);

/// The state of the page besides the draft.
#[derive(Debug, Default)]
pub struct PollPanel {
    /// The line being edited.
    chosen: usize,
    compiled: Option<CompiledPolls>,
    /// Where the running table sends.
    to: Option<Target>,
    /// Whether the worker has to get the plan.
    is_pending: bool,
    files: Files,
}

/// The inputs of the page besides its draft.
#[derive(Clone, Copy)]
pub struct PollAbout<'a> {
    pub session: &'a Session,
    pub send: &'a SendDraft,
    pub context: &'a RuleContext,
}

/// A draft, and its plan or the first mistake.
#[derive(Debug)]
struct CompiledPolls {
    draft: PollDraft,
    context: RuleContext,
    pairing: Pairing,
    plan: Result<Arc<PollPlan>, PollMistake>,
}

/// Whether requests are sent.
pub fn is_running(session: &Session) -> bool {
    session
        .polling()
        .is_some_and(|polling| polling.end.is_none())
}

impl PollPanel {
    /// The command that gives a running table its plan, if that changed. While a line is wrong, the
    /// worker keeps the previous plan.
    pub fn sync(
        &mut self,
        draft: &PollDraft,
        session: &Session,
        context: &RuleContext,
        pairing: Pairing,
    ) -> Option<SenderCommand> {
        self.is_pending |= self.compile(draft, context, pairing);
        if !self.is_pending || !is_running(session) {
            return None;
        }
        let (to, plan) = (self.to.clone()?, self.plan()?);
        self.is_pending = false;
        Some(SenderCommand::Poll { to, plan })
    }

    /// Compiles a changed draft; says whether it changed.
    fn compile(&mut self, draft: &PollDraft, context: &RuleContext, pairing: Pairing) -> bool {
        let is_current = |known: &CompiledPolls| {
            known.context == *context && known.pairing == pairing && known.draft == *draft
        };
        if self.compiled.as_ref().is_some_and(is_current) {
            return false;
        }
        let plan = plan::plan(draft, context, pairing.clone());
        self.compiled = Some(CompiledPolls {
            draft: draft.clone(),
            context: context.clone(),
            pairing,
            plan: plan.map(Arc::new),
        });
        true
    }

    fn plan(&self) -> Option<Arc<PollPlan>> {
        let compiled = self.compiled.as_ref()?;
        compiled.plan.as_ref().ok().map(Arc::clone)
    }

    /// The page. Fields that are to be plotted are added to `plot`.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PollDraft,
        about: PollAbout<'_>,
        plot: &mut PlotDraft,
    ) -> Option<Action> {
        draft.number();
        // One may have been removed.
        self.chosen = self.chosen.min(draft.lines.len().saturating_sub(1));
        let asked = ui.push_id("run", |ui| self.run_ui(ui, cx, draft, about));
        let mut asked = asked.inner;
        ui.separator();
        let polling = about.session.polling();
        ui.push_id("lines", |ui| {
            table::ui(ui, cx, draft, polling, &mut self.chosen);
        });
        let removed = ui.push_id("add", |ui| self.buttons_ui(ui, cx, draft, about));
        asked = asked.or(removed.inner);
        if let Some(line) = draft.lines.get_mut(self.chosen) {
            ui.separator();
            let place = self.chosen;
            let plots = ui.push_id("line", |ui| editor::ui(ui, cx, line, place, about));
            if plots.inner {
                add_curves(plot, line);
                asked = Some(Action::ShowPage(Page::Plot));
            }
        }
        ui.separator();
        ui.push_id("files", |ui| self.files.ui(ui, cx, draft, polling));
        if is_running(about.session) {
            ui.ctx().request_repaint_after(AGES);
        }
        asked
    }

    /// The button that starts and stops the table, and how it ended.
    fn run_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PollDraft,
        about: PollAbout<'_>,
    ) -> Option<Action> {
        let runs = is_running(about.session);
        let to = about.send.to(cx, about.session);
        let mistake = self.mistake(cx, draft);
        let obstacle = match &to {
            _ if about.session.kind().is_relay() => Some(t!(cx.lang, "snippets.relay")),
            _ if !draft.lines.iter().any(|line| line.on) => Some(t!(cx.lang, "poll.none_on")),
            _ if mistake.is_some() => mistake.clone(),
            Err(blocked) => blocked.explain(cx),
            Ok(_) => None,
        };
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            let name = match runs {
                true => t!(cx.lang, "poll.stop"),
                false => t!(cx.lang, "poll.start"),
            };
            let enabled = runs || (obstacle.is_none() && to.is_ok());
            let button = controls::small_if(ui, enabled, &name, &name);
            let why = obstacle.clone().unwrap_or_default();
            if controls::unusable(ui, button, &why).clicked() {
                asked = match (runs, &to, self.plan()) {
                    (true, ..) => Some(SenderCommand::EndPoll),
                    (false, Ok(to), Some(plan)) => {
                        (self.to, self.is_pending) = (Some(to.clone()), false);
                        let to = to.clone();
                        Some(SenderCommand::Poll { to, plan })
                    }
                    _ => None,
                };
            }
            let (text, font) = (t!(cx.lang, "poll.overlaps"), theme::body());
            let overlaps = &mut draft.overlaps;
            controls::check(ui, overlaps, &text, "", font, cx.palette)
                .on_hover_text(t!(cx.lang, "poll.overlaps_hint"));
        });
        if let Some(mistake) = mistake {
            let text = match runs {
                true => t!(cx.lang, "poll.mistake_kept", mistake = mistake),
                false => mistake,
            };
            controls::error_line(ui, &text, cx.palette);
        }
        let sends_to_all = runs && self.to == Some(Target::All);
        if sends_to_all && about.session.connections().len() > 1 {
            hint_ui(ui, cx, &t!(cx.lang, "poll.to_all"));
        }
        end_ui(ui, cx, about.session.polling());
        asked.map(|command| Action::Worker(command.into()))
    }

    /// The first mistake in a line that is on, with the name of the line.
    fn mistake(&self, cx: UiContext<'_>, draft: &PollDraft) -> Option<String> {
        let compiled = self.compiled.as_ref()?;
        let mistake = compiled.plan.as_ref().err()?;
        let line = draft.lines.get(mistake.place)?;
        let (name, value) = (
            table::title(cx, mistake.place, line),
            mistake.fault.explain(cx),
        );
        Some(t!(cx.lang, "app.named", name = name, value = value))
    }

    /// Adds, moves and removes lines.
    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PollDraft,
        about: PollAbout<'_>,
    ) -> Option<Action> {
        let mut removed = None;
        ui.horizontal_wrapped(|ui| {
            let full = draft.lines.len() >= MOST_POLLS;
            let full = full.then(|| t!(cx.lang, "poll.full", most = MOST_POLLS));
            let mut added = None;
            controls::unless(ui, full.as_deref(), |ui| {
                let add = t!(cx.lang, "poll.add");
                if controls::small(ui, &add, &add).clicked() {
                    added = Some(editor::of_message(about.send));
                }
                if let Some(read) = editor::modbus_read(about.context) {
                    let add = t!(cx.lang, "poll.add_modbus");
                    if controls::small(ui, &add, &add).clicked() {
                        added = Some(read);
                    }
                }
            });
            if let Some(line) = added {
                draft.add(line);
                self.chosen = draft.lines.len().saturating_sub(1);
            }
            let (at, count) = (self.chosen, draft.lines.len());
            let up = controls::small_if(ui, at > 0, "↑", &t!(cx.lang, "snippets.up"));
            if up.clicked() && at < count {
                draft.lines.swap(at, at - 1);
                self.chosen -= 1;
            }
            let down = t!(cx.lang, "snippets.down");
            if controls::small_if(ui, at + 1 < count, "↓", &down).clicked() {
                draft.lines.swap(at, at + 1);
                self.chosen += 1;
            }
            let remove = t!(cx.lang, "snippets.remove");
            if controls::small_if(ui, at < count, "×", &remove).clicked() {
                removed = Some(Action::RemovePoll(at));
            }
        });
        removed
    }
}

/// Why the table ended by itself.
fn end_ui(ui: &mut Ui, cx: UiContext<'_>, polling: Option<&Polling>) {
    let text = match polling.and_then(|polling| polling.end) {
        None | Some(PollEnd::Stopped) => return,
        Some(PollEnd::Closed) => t!(cx.lang, "poll.closed"),
        Some(PollEnd::NoConnection) => t!(cx.lang, "poll.no_connection"),
    };
    let text = RichText::new(text).color(cx.palette.event);
    let label = ui.add(egui::Label::new(text).wrap());
    controls::announced(ui, label, Live::Polite);
}

fn hint_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let hint = RichText::new(text).color(cx.palette.dim);
    ui.add(egui::Label::new(hint).wrap());
}

/// Adds the fields of a line to those that are plotted, which take all elements of repeated ones.
fn add_curves(plot: &mut PlotDraft, line: &PollLineDraft) {
    for path in line.paths() {
        let steps = path.split('.').map(|step| match step.split_once('[') {
            Some((name, _)) => name,
            None => step,
        });
        let path = steps.collect::<Vec<_>>().join(".");
        if !plot.fields.contains(&path) && plot.fields.len() < MOST {
            plot.fields.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_line_are_plotted_once_without_the_places_of_elements() {
        let mut plot = PlotDraft::default();
        let line = PollLineDraft {
            show: "body.values[0], body.values[1], temp".into(),
            ..PollLineDraft::default()
        };
        add_curves(&mut plot, &line);
        assert_eq!(plot.fields, ["body.values", "temp"]);
    }

    #[test]
    fn a_plan_is_sent_again_when_it_changed_while_the_table_runs() {
        use crate::engine::{Activity, Event};
        let (mut panel, mut session) = (PollPanel::default(), Session::default());
        let context = RuleContext::default();
        let mut draft = PollDraft::default();
        draft.add(editor::written(&crate::payload::composition::Composition {
            text: "a".into(),
            ..Default::default()
        }));
        let sync = |panel: &mut PollPanel, draft: &PollDraft, session: &Session| {
            panel.sync(draft, session, &context, Pairing::Order)
        };
        assert!(
            sync(&mut panel, &draft, &session).is_none(),
            "it does not run"
        );
        (panel.to, panel.is_pending) = (Some(Target::All), false);
        session.apply(Event::Activity(Box::new(Activity {
            polling: Some(Arc::default()),
            ..Activity::default()
        })));
        assert!(
            sync(&mut panel, &draft, &session).is_none(),
            "it has this plan"
        );
        draft.lines[0].period = 1;
        assert!(sync(&mut panel, &draft, &session).is_none(), "it is wrong");
        draft.lines[0].period = 50;
        assert!(sync(&mut panel, &draft, &session).is_some());
        assert!(sync(&mut panel, &draft, &session).is_none());
    }
}
