//! The button that opens and closes a session.

use crate::session::{Session, SessionKind, SessionRole, SessionState};
use crate::t;
use crate::ui::controls::{self, Lamp};
use crate::ui::palette::{WindowCommand, with_key};
use crate::ui::{Action, UiContext};
use egui::Ui;

/// Under which is kept whether the button is to get the keys.
const WANTED: &str = "the session button gets the keys";

/// Gives the button the keys where a key opens or closes the session and a field has them: that is
/// locked then.
pub fn take_keys(ctx: &egui::Context) {
    ctx.data_mut(|data| data.insert_temp(egui::Id::unique(WANTED), true));
}

/// The names of the button, as keys of texts.
pub struct ButtonKeys {
    pub open: &'static str,
    pub close: &'static str,
}

/// The names of the button that opens and closes a session of this kind.
pub fn button_keys(kind: SessionKind) -> ButtonKeys {
    let (open, close) = match kind.role() {
        SessionRole::Datagrams => ("network.open_port", "network.close_port"),
        SessionRole::Client => ("network.connect", "network.disconnect"),
        SessionRole::Server => ("network.listen", "network.stop_listening"),
        SessionRole::Relay => ("network.start_relay", "network.stop_relay"),
    };
    ButtonKeys { open, close }
}

/// The button that opens and closes the session; `chosen` is the kind of the next one.
pub(super) fn open_button(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    (chosen, is_ready): (SessionKind, bool),
) -> Option<Action> {
    let palette = cx.palette;
    let (key, lamp, filled, enabled) = match session.state() {
        SessionState::Closed => (button_keys(chosen).open, None, true, is_ready),
        SessionState::Opening => ("network.cancel", Some(Lamp::Opening), false, true),
        SessionState::Open => (
            button_keys(session.kind()).close,
            Some(Lamp::Open),
            false,
            true,
        ),
        SessionState::Closing => ("network.closing", None, false, false),
    };
    let text = t!(cx.lang, key);
    let response = ui
        .add_enabled_ui(enabled, |ui| {
            controls::wide(ui, &text, lamp, filled, palette)
        })
        .inner;
    let why = match session.is_closed() {
        true => t!(cx.lang, "network.wrong_address"),
        false => text.clone(),
    };
    let response = controls::unusable(ui, response, &why);
    if ui.data_mut(|data| data.remove_temp(egui::Id::unique(WANTED))) == Some(true) {
        response.request_focus();
    }
    let clicked = with_key(response, &text, WindowCommand::Toggle).clicked();
    match (clicked, session.is_closed()) {
        (false, _) => None,
        (true, true) => Some(Action::Open),
        (true, false) => Some(Action::Close),
    }
}
