//! The page of the simulated network: switches it on and sets its impairments.

mod datagrams;
mod named;
pub(in crate::ui) mod number;
mod stream;

use super::{UiContext, controls, theme};
use crate::automation::Capabilities;
use crate::automation::impair::{Impairment, PlanMistake};
use crate::engine::SessionCommand;
use crate::session::Session;
use crate::settings::tab::ImpairmentDraft;
use crate::words::Lang;
use crate::{explain, t};
use egui::{RichText, Ui, vec2};
use number::Number;
use std::sync::Arc;

/// The state of the page besides the draft.
#[derive(Debug, Default)]
pub struct SimulatedNetwork {
    /// Which direction is shown.
    incoming: bool,
    /// The impairment that the worker got last.
    reported: Option<Option<Impairment>>,
    mistake: Option<PlanMistake>,
}

impl SimulatedNetwork {
    /// The command that gives the worker the current choice, if it changed.
    pub fn sync(&mut self, draft: &ImpairmentDraft, session: &Session) -> Option<SessionCommand> {
        if session.is_closed() {
            self.reported = None;
            return None;
        }
        self.mistake = draft.conditions.check().err();
        if draft.on && self.mistake.is_some() {
            return None;
        }
        let wanted = draft.on.then_some(&draft.conditions);
        let reported = self.reported.as_ref().map(Option::as_ref);
        if reported == Some(wanted) || reported.is_none() && wanted.is_none() {
            return None;
        }
        let wanted = wanted.cloned();
        self.reported = Some(wanted.clone());
        Some(SessionCommand::Impair(wanted.map(Arc::new)))
    }

    /// Why the chosen impairment is not in effect.
    fn mistake_ui(&self, ui: &mut Ui, cx: UiContext<'_>, on: bool) {
        if let Some(mistake) = self.mistake.filter(|_| on) {
            let text = explain::plan_mistake(cx.lang, mistake);
            controls::error_line(ui, &text, cx.palette);
        }
    }

    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut ImpairmentDraft,
        place: Capabilities,
    ) {
        let relays = place.relay;
        self.head_ui(ui, cx, draft, relays);
        named::ui(ui, cx, &mut draft.conditions, place);
        let direction = match self.incoming {
            true => &mut draft.conditions.incoming,
            false => &mut draft.conditions.outgoing,
        };
        match place.is_stream {
            true => stream::ui(ui, cx, &mut direction.stream, (self.incoming, relays)),
            false => datagrams::ui(ui, cx, &mut direction.datagrams),
        }
        ui.separator();
        self.mistake_ui(ui, cx, draft.on);
        let hint = match draft.on {
            true => t!(cx.lang, "bad.hint"),
            false => t!(cx.lang, "bad.is_off"),
        };
        ui.add(egui::Label::new(RichText::new(hint).color(cx.palette.dim)).wrap());
    }

    /// Which direction, and the seed.
    fn head_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut ImpairmentDraft,
        relays: bool,
    ) {
        ui.horizontal_wrapped(|ui| {
            let text = t!(cx.lang, "bad.on");
            controls::check(ui, &mut draft.on, &text, "", theme::body(), cx.palette);
            ui.allocate_ui(vec2(180.0, theme::FIELD), |ui| {
                let ways = direction_names(cx.lang, relays);
                let name = t!(cx.lang, "bad.direction");
                controls::segmented(ui, &name, &mut self.incoming, &ways, cx.palette);
            });
            let seed = t!(cx.lang, "bad.seed");
            // In the field: a name of its own might stand in another line.
            Number::new(&seed, 0.0, 999_999_999.0)
                .before(&format!("{seed} "))
                .width(86.0)
                .ui(ui, &mut draft.conditions.seed);
            let roll = t!(cx.lang, "bad.roll");
            if controls::small(ui, &roll, &roll).clicked() {
                draft.conditions.seed = fastrand::u64(1..1_000_000);
            }
        });
    }
}

/// The names of the directions, each with whether it is the incoming one.
fn direction_names(lang: Lang, relays: bool) -> [(bool, String); 2] {
    match relays {
        false => [
            (false, t!(lang, "bad.outgoing")),
            (true, t!(lang, "bad.incoming")),
        ],
        true => [
            (false, t!(lang, "rules.toward_target")),
            (true, t!(lang, "rules.toward_client")),
        ],
    }
}
