//! A bad network on purpose: the switch in the left panel, and the window that says how
//! bad.

mod datagrams;
mod number;
mod stream;

use super::{Look, controls, theme};
use crate::automation::Place;
use crate::automation::impair::{Conditions, PlanMistake};
use crate::engine::SessionCommand;
use crate::session::Session;
use crate::settings::tab::ImpairmentDraft;
use crate::{explain, say};
use egui::{Align, Layout, RichText, Ui};
use number::Number;
use std::sync::Arc;

/// What the window knows besides the draft.
#[derive(Debug, Default)]
pub struct BadNetwork {
    open: bool,
    /// Which direction is shown.
    incoming: bool,
    /// What the worker was told last.
    told: Option<Option<Conditions>>,
    mistake: Option<PlanMistake>,
}

impl BadNetwork {
    /// The order that tells the worker what is chosen by now, if it does not know.
    pub fn sync(&mut self, draft: &ImpairmentDraft, session: &Session) -> Option<SessionCommand> {
        if session.is_closed() {
            self.told = None;
            return None;
        }
        self.mistake = draft.conditions.check().err();
        if draft.on && self.mistake.is_some() {
            return None;
        }
        let wanted = draft.on.then_some(&draft.conditions);
        let told = self.told.as_ref().map(Option::as_ref);
        if told == Some(wanted) || told.is_none() && wanted.is_none() {
            return None;
        }
        let wanted = wanted.cloned();
        self.told = Some(wanted.clone());
        Some(SessionCommand::Impair(wanted.map(Arc::new)))
    }

    /// The switch, and the button that opens the window.
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>, draft: &mut ImpairmentDraft) {
        ui.horizontal(|ui| {
            let text = say!(look.lang, "bad.title");
            let check = controls::check(ui, &mut draft.on, &text, "", theme::body(), look.palette);
            if check.clicked() && draft.on && draft.conditions.is_nothing() {
                self.open = true;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (text, name) = (
                    say!(look.lang, "bad.edit"),
                    say!(look.lang, "bad.edit_name"),
                );
                if controls::icon_button(ui, &text, &name, look.palette).clicked() {
                    self.open = true;
                }
            });
        });
    }

    /// Why what is chosen is not at work, if it is not.
    fn mistake_ui(&self, ui: &mut Ui, look: Look<'_>, on: bool) {
        if let Some(mistake) = self.mistake.filter(|_| on) {
            let text = explain::plan_mistake(look.lang, mistake);
            controls::error_line(ui, &text, look.palette);
        }
    }

    pub fn window_ui(
        &mut self,
        ctx: &egui::Context,
        look: Look<'_>,
        draft: &mut ImpairmentDraft,
        place: Place,
    ) {
        let relays = place.relay;
        let mut open = self.open;
        let title = say!(look.lang, "bad.title");
        controls::window(ctx, "bad network", &title, &mut open, 600.0, |ui| {
            self.head_ui(ui, look, draft, relays);
            let direction = match self.incoming {
                true => &mut draft.conditions.incoming,
                false => &mut draft.conditions.outgoing,
            };
            match place.tcp {
                true => stream::ui(ui, look, &mut direction.stream, (self.incoming, relays)),
                false => datagrams::ui(ui, look, &mut direction.datagrams),
            }
            ui.separator();
            self.mistake_ui(ui, look, draft.on);
            let hint = match draft.on {
                true => say!(look.lang, "bad.hint"),
                false => say!(look.lang, "bad.is_off"),
            };
            ui.label(RichText::new(hint).color(look.palette.dim));
        });
        self.open = open;
    }

    /// Which direction, and the seed.
    fn head_ui(&mut self, ui: &mut Ui, look: Look<'_>, draft: &mut ImpairmentDraft, relays: bool) {
        ui.horizontal(|ui| {
            let text = say!(look.lang, "bad.on");
            controls::check(ui, &mut draft.on, &text, "", theme::body(), look.palette);
            ui.scope(|ui| {
                ui.set_max_width(180.0);
                let ways = match relays {
                    false => [
                        (false, say!(look.lang, "bad.outgoing")),
                        (true, say!(look.lang, "bad.incoming")),
                    ],
                    true => [
                        (false, say!(look.lang, "rules.toward_target")),
                        (true, say!(look.lang, "rules.toward_client")),
                    ],
                };
                controls::segmented(ui, &mut self.incoming, &ways, look.palette);
            });
            controls::caption(ui, &say!(look.lang, "bad.seed"), 0.0, look.palette);
            Number::new(&say!(look.lang, "bad.seed"), 0.0, 999_999_999.0)
                .ui(ui, &mut draft.conditions.seed);
            let roll = say!(look.lang, "bad.roll");
            if controls::small(ui, &roll, &roll).clicked() {
                draft.conditions.seed = fastrand::u64(1..1_000_000);
            }
        });
    }
}
