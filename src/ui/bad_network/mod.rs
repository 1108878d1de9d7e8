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
use crate::{explain, say};
use egui::{Align, Layout, RichText, Ui};
use number::Number;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct BadNetwork {
    pub on: bool,
    pub conditions: Conditions,
    #[serde(skip)]
    open: bool,
    /// Which direction is shown.
    #[serde(skip)]
    incoming: bool,
    /// What the worker was told last.
    #[serde(skip)]
    told: Option<Option<Conditions>>,
    #[serde(skip)]
    mistake: Option<PlanMistake>,
}

impl Default for BadNetwork {
    fn default() -> Self {
        Self {
            on: false,
            conditions: Conditions {
                seed: 1,
                ..Conditions::default()
            },
            open: false,
            incoming: false,
            told: None,
            mistake: None,
        }
    }
}

/// What is kept between runs is what counts.
impl PartialEq for BadNetwork {
    fn eq(&self, other: &Self) -> bool {
        self.on == other.on && self.conditions == other.conditions
    }
}

impl BadNetwork {
    /// The order that tells the worker what is chosen by now, if it does not know.
    pub fn sync(&mut self, session: &Session) -> Option<SessionCommand> {
        if session.is_closed() {
            self.told = None;
            return None;
        }
        self.mistake = self.conditions.check().err();
        if self.on && self.mistake.is_some() {
            return None;
        }
        let wanted = self.on.then_some(&self.conditions);
        let told = self.told.as_ref().map(Option::as_ref);
        if told == Some(wanted) || told.is_none() && wanted.is_none() {
            return None;
        }
        let wanted = wanted.cloned();
        self.told = Some(wanted.clone());
        Some(SessionCommand::Impair(wanted.map(Arc::new)))
    }

    /// The switch, and the button that opens the window.
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        ui.horizontal(|ui| {
            let text = say!(look.lang, "bad.title");
            let check = controls::check(ui, &mut self.on, &text, "", theme::body(), look.palette);
            if check.clicked() && self.on && self.conditions.is_nothing() {
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
    fn mistake_ui(&self, ui: &mut Ui, look: Look<'_>) {
        if let Some(mistake) = self.mistake.filter(|_| self.on) {
            let text = explain::plan_mistake(look.lang, mistake);
            controls::error_line(ui, &text, look.palette);
        }
    }

    pub fn window_ui(&mut self, ctx: &egui::Context, look: Look<'_>, place: Place) {
        let relays = place.relay;
        let mut open = self.open;
        let title = say!(look.lang, "bad.title");
        controls::window(ctx, "bad network", &title, &mut open, 600.0, |ui| {
            self.head_ui(ui, look, relays);
            let direction = match self.incoming {
                true => &mut self.conditions.incoming,
                false => &mut self.conditions.outgoing,
            };
            match place.tcp {
                true => stream::ui(ui, look, &mut direction.stream, (self.incoming, relays)),
                false => datagrams::ui(ui, look, &mut direction.datagrams),
            }
            ui.separator();
            self.mistake_ui(ui, look);
            let hint = match self.on {
                true => say!(look.lang, "bad.hint"),
                false => say!(look.lang, "bad.is_off"),
            };
            ui.label(RichText::new(hint).color(look.palette.dim));
        });
        self.open = open;
    }

    /// Which direction, and the seed.
    fn head_ui(&mut self, ui: &mut Ui, look: Look<'_>, relays: bool) {
        ui.horizontal(|ui| {
            let text = say!(look.lang, "bad.on");
            controls::check(ui, &mut self.on, &text, "", theme::body(), look.palette);
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
                .ui(ui, &mut self.conditions.seed);
            let roll = say!(look.lang, "bad.roll");
            if controls::small(ui, &roll, &roll).clicked() {
                self.conditions.seed = fastrand::u64(1..1_000_000);
            }
        });
    }
}
