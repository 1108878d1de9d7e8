//! Replies without a click: the page with the switch and the rules.

mod action;
mod beside;
mod condition;
mod dry_run;
mod editor;
mod limits;
mod request;

use super::{Action, UiContext, controls, theme};
use crate::automation::rules::{Rule, RuleContext, RuleMistake, taken_by};
use crate::automation::{Capabilities, PAUSE, PausedRule, Refusal, ReplyRate};
use crate::engine::{Interfaces, LimitedReply, Rulebook, SessionCommand};
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::tab::RulesDraft;
use crate::words::{Lang, grouped};
use crate::{explain, t};
use dry_run::DryRun;
pub use editor::preset_title;
use egui::accesskit::Live;
use egui::text::LayoutJob;
use egui::{Align, Layout, TextStyle, Ui};
use std::sync::Arc;

/// How high the list of rules is above the one being edited, with few rules and with more. In
/// between it does not change, so that its buttons stay in place.
const FEW: usize = 2;
const FEW_HEIGHT: f32 = 90.0;
const LIST_HEIGHT: f32 = 160.0;
/// A page as wide as this has both side by side.
const WIDE: f32 = 640.0;
/// Rules a tab may have.
const MAX: usize = 200;

/// The state of the page besides the draft.
#[derive(Debug, Default)]
pub struct RulesPanel {
    /// The rule being edited.
    chosen: usize,
    dry_run: DryRun,
    compiled: Option<CompiledRules>,
    /// Whether the worker has to get the compiled rules although they did not change.
    is_pending: bool,
    /// Whether the worker has rules: these, or former ones while these have a mistake.
    is_followed: bool,
}

/// A reply limit that was reached, in words.
#[derive(Debug)]
pub struct ReachedLimit {
    pub text: String,
    /// The name of the button that raises it.
    pub raise: String,
    /// The receiver of the suppressed reply.
    pub peer: Peer,
}

/// A draft of rules, and the compiled rules or the first mistake.
#[derive(Debug)]
struct CompiledRules {
    draft: RulesDraft,
    context: RuleContext,
    book: Result<Arc<Rulebook>, RuleMistake>,
}

impl RulesPanel {
    /// The command that gives the worker the current rules, if they changed. While a rule is wrong,
    /// the worker keeps the previous ones.
    pub fn sync(
        &mut self,
        draft: &RulesDraft,
        interfaces: &Interfaces,
        session: &Session,
        context: &RuleContext,
    ) -> Option<SessionCommand> {
        self.is_pending |= self.compile(draft, interfaces, context);
        if session.is_closed() {
            self.is_pending = true;
            self.is_followed = false;
            return None;
        }
        if !std::mem::take(&mut self.is_pending) {
            return None;
        }
        if !draft.on {
            let had_any = std::mem::take(&mut self.is_followed);
            return had_any.then_some(SessionCommand::Follow(None));
        }
        let book = self.compiled.as_ref()?.book.as_ref().ok()?;
        self.is_followed = true;
        Some(SessionCommand::Follow(Some(Arc::clone(book))))
    }

    /// Compiles a changed draft; says whether it changed.
    fn compile(
        &mut self,
        draft: &RulesDraft,
        interfaces: &Interfaces,
        context: &RuleContext,
    ) -> bool {
        let is_current =
            |compiled: &CompiledRules| compiled.context == *context && compiled.draft == *draft;
        if self.compiled.as_ref().is_some_and(is_current) {
            return false;
        }
        let book = Rulebook::new(&draft.rules, draft.limits, context.clone(), interfaces);
        self.compiled = Some(CompiledRules {
            draft: draft.clone(),
            context: context.clone(),
            book: book.map(Arc::new),
        });
        true
    }

    /// Sends the rules to the worker again, so that a paused rule continues.
    pub fn resume(&mut self) {
        self.is_pending = true;
    }

    /// The switch, and the rules' counters: in a relay they often reply nothing.
    fn switch_ui(
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut RulesDraft,
        session: &Session,
        place: Capabilities,
    ) {
        let answering = session.activity().answering.as_ref().filter(|_| draft.on);
        let detail = answering.map_or_else(String::new, |answering| {
            let refused = super::short(answering.refused);
            let any_refused = answering.refused > 0;
            if place.relay {
                let applied = super::short(answering.applied);
                return match any_refused {
                    true => t!(
                        cx.lang,
                        "rules.applied_refused",
                        applied = applied,
                        refused = refused
                    ),
                    false => t!(cx.lang, "rules.applied", applied = applied),
                };
            }
            let answered = super::short(answering.answered);
            match any_refused {
                true => t!(
                    cx.lang,
                    "rules.answered_refused",
                    answered = answered,
                    refused = refused
                ),
                false => t!(cx.lang, "rules.answered", answered = answered),
            }
        });
        let (text, font) = (t!(cx.lang, "rules.on"), theme::body());
        controls::check(ui, &mut draft.on, &text, &detail, font, cx.palette);
    }

    /// A rule that is paused because it only talked with its like, for the line above the
    /// panels.
    pub fn banner(&self, lang: Lang, session: &Session) -> Option<String> {
        let answering = session.activity().answering.as_ref()?;
        let PausedRule { rule, peer } = answering.paused.as_ref()?;
        let seconds = PAUSE.as_secs();
        Some(t!(
            lang,
            "rules.banner",
            rule = rule,
            peer = peer,
            seconds = seconds
        ))
    }

    /// The limit that was reached last.
    pub fn limited(&self, lang: Lang, session: &Session) -> Option<ReachedLimit> {
        let answering = session.activity().answering.as_ref()?;
        let LimitedReply { limit, to: peer } =
            answering.limited.filter(|_| !session.is_closed())?;
        let raise = t!(lang, "rules.raise");
        let (text, raise) = match limit {
            Refusal::Rate(rate) => {
                let rate = grouped(rate.into());
                (t!(lang, "rules.limited", rate = rate, peer = peer), raise)
            }
            Refusal::PeerRate(rate) => {
                let rate = grouped(rate.into());
                let text = t!(lang, "rules.limited_peer", rate = rate, peer = peer);
                (text, raise)
            }
            Refusal::Own => {
                let text = t!(lang, "rules.limited_own", peer = peer);
                (text, t!(lang, "rules.allow"))
            }
            _ => return None,
        };
        Some(ReachedLimit { text, raise, peer })
    }
}

impl RulesDraft {
    /// Raises the limit that was reached last, so that it is soon reached no more.
    pub fn raise(&mut self, session: &Session) {
        let raised =
            |rate: u32| ReplyRate::AtMost(rate.max(1).saturating_mul(100).min(limits::MAX));
        let answering = session.activity().answering.as_ref();
        let limited = answering.and_then(|answering| answering.limited);
        match limited.map(|limited| limited.limit) {
            Some(Refusal::Rate(rate)) => self.limits.per_second = raised(rate),
            Some(Refusal::PeerRate(rate)) => self.limits.per_peer = raised(rate),
            Some(Refusal::Own) => self.limits.own = true,
            _ => {}
        }
    }
}

impl RulesPanel {
    /// The part of the chosen rule that has no effect in this session.
    fn idle(&self, cx: UiContext<'_>, draft: &RulesDraft, place: Capabilities) -> Option<String> {
        let rule = draft.rules.get(self.chosen)?;
        let why = explain::idle(cx.lang, place.idle_in(rule)?);
        Some(t!(cx.lang, "rules.idle", rule = rule.name, why = why))
    }

    /// The chosen rule is off.
    fn off(&self, cx: UiContext<'_>, draft: &RulesDraft) -> Option<String> {
        let rule = draft.rules.get(self.chosen).filter(|rule| !rule.on)?;
        Some(t!(cx.lang, "rules.rule_is_off", rule = rule.name))
    }

    /// The chosen rule, or else the first one, that is never reached.
    fn unreached(&self, cx: UiContext<'_>, draft: &RulesDraft) -> Option<String> {
        let rules = &draft.rules;
        let mut places = [self.chosen].into_iter().chain(0..rules.len());
        let taken = |place: usize| Some((rules.get(place)?, rules.get(taken_by(rules, place)?)?));
        let (rule, earlier) = places.find_map(taken)?;
        Some(t!(
            cx.lang,
            "rules.unreached",
            rule = rule.name,
            earlier = earlier.name
        ))
    }

    /// The mistake of the chosen rule, or else of the first enabled one, and its consequence.
    fn mistake(
        &self,
        cx: UiContext<'_>,
        draft: &RulesDraft,
        context: &RuleContext,
    ) -> Option<String> {
        let compiled = self.compiled.as_ref()?;
        let in_use = compiled.book.as_ref().err();
        let chosen = draft.rules.get(self.chosen).and_then(|rule| {
            let alone = Rule {
                on: true,
                ..rule.clone()
            };
            let book = Rulebook::new(&[alone], draft.limits, context.clone(), cx.interfaces);
            Some((rule, book.err()?.problem))
        });
        let (rule, problem) = match (chosen, in_use) {
            (Some(found), _) => found,
            (None, Some(mistake)) => (draft.rules.get(mistake.rule)?, mistake.problem.clone()),
            (None, None) => return None,
        };
        let (rule, is_on) = (rule.name.as_str(), rule.on && draft.on);
        let problem = explain::rule_problem(cx.lang, &problem);
        Some(match (is_on, self.is_followed) {
            (false, _) => t!(cx.lang, "rules.mistake", rule = rule, problem = problem),
            (true, false) => t!(
                cx.lang,
                "rules.mistake_none",
                rule = rule,
                problem = problem
            ),
            (true, true) => t!(
                cx.lang,
                "rules.mistake_kept",
                rule = rule,
                problem = problem
            ),
        })
    }

    /// The reason why rules do not reply, otherwise how they are chosen.
    fn message(&self, cx: UiContext<'_>, draft: &RulesDraft, place: Capabilities) -> String {
        let message = self.idle(cx, draft, place);
        let message = message.or_else(|| self.off(cx, draft));
        let message = message.or_else(|| self.unreached(cx, draft));
        message.unwrap_or_else(|| t!(cx.lang, "rules.first_applies"))
    }

    /// Shows the mistake, or else the message, in lines that are always there, so that the controls
    /// below stay where they are.
    fn message_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &RulesDraft,
        (place, context): (Capabilities, &RuleContext),
    ) {
        let mistake = self.mistake(cx, draft, context);
        let is_mistake = mistake.is_some();
        let (text, ink) = match mistake {
            Some(mistake) => (mistake, cx.palette.error),
            None if !draft.on && draft.rules.iter().any(|rule| rule.on) => {
                (t!(cx.lang, "rules.is_off"), cx.palette.event)
            }
            None => (self.message(cx, draft, place), cx.palette.dim),
        };
        let rows: u8 = if ui.available_width() < WIDE { 3 } else { 2 };
        let mut lines = LayoutJob::simple(text, theme::small(), ink, ui.available_width());
        lines.wrap.max_rows = rows.into();
        let height = f32::from(rows) * ui.text_style_height(&TextStyle::Small);
        let size = egui::vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
            ui.set_min_height(height);
            let label = ui.add(egui::Label::new(lines).wrap());
            if is_mistake {
                controls::announced(ui, label, Live::Assertive);
            }
        });
    }

    /// The page with the rules; `selected` is the row selected in the log, `place` where they
    /// are at work.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut RulesDraft,
        (session, context): (&Session, &RuleContext),
        (selected, place): (Option<u64>, Capabilities),
    ) -> Option<Action> {
        Self::switch_ui(ui, cx, draft, session, place);
        self.message_ui(ui, cx, draft, (place, context));
        let texts = (context, place);
        // The least height that the controls below the rules had in this width: a result of the dry
        // run moves none of them.
        let below_id = ui.scope_id().with("below the rules");
        let width = ui.available_width();
        let below: Option<(f32, f32)> = ui.data(|data| data.get_temp(below_id));
        let below = below.filter(|(of, _)| (of - width).abs() < 0.5);
        let below = below.map(|(_, below)| below);
        let asked = match ui.available_width() < WIDE {
            true => {
                let height = match draft.rules.len() <= FEW {
                    true => FEW_HEIGHT,
                    false => LIST_HEIGHT,
                };
                let asked = self.list_ui(ui, cx, draft, height);
                ui.separator();
                let rule = ("rule", self.chosen);
                ui.push_id(rule, |ui| self.editor_ui(ui, cx, draft, texts));
                asked
            }
            false => {
                let height = beside::height(ui, below);
                self.beside_ui(ui, cx, draft, texts, height)
            }
        };
        let end = ui.min_rect().bottom();
        ui.separator();
        let row = selected.and_then(|row| session.log.get(row));
        self.dry_run.ui(ui, cx, (&draft.rules, context), row);
        ui.separator();
        limits::ui(ui, cx, &mut draft.limits);
        let now = ui.min_rect().bottom() - end;
        if below.is_none_or(|below| below - now > 0.5) {
            ui.data_mut(|data| data.insert_temp(below_id, (width, now)));
            ui.ctx().request_repaint();
        }
        asked
    }
}
