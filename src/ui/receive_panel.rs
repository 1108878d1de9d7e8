//! How received and sent bytes are shown.

use super::read_as::ReadAs;
use super::{Look, controls, theme};
use crate::payload::charset::Charset;
use crate::say;
use egui::Ui;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Display {
    /// Text where the bytes are text, else hexadecimal.
    #[default]
    Text,
    Hex,
    Both,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceivePanel {
    pub display: Display,
    pub read_as: ReadAs,
    /// Whether each row has its time, peer and length.
    pub log_mode: bool,
}

impl Default for ReceivePanel {
    fn default() -> Self {
        Self {
            display: Display::Text,
            read_as: ReadAs::default(),
            log_mode: true,
        }
    }
}

impl ReceivePanel {
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        controls::heading(ui, &say!(look.lang, "receive.heading"), look.palette);
        controls::labelled_row(
            ui,
            &say!(look.lang, "receive.display"),
            58.0,
            look.palette,
            |ui| {
                let displays = [
                    (Display::Text, say!(look.lang, "receive.text")),
                    (Display::Hex, say!(look.lang, "receive.hex")),
                    (Display::Both, say!(look.lang, "receive.both")),
                ];
                controls::segmented(ui, &mut self.display, &displays, look.palette);
            },
        );
        self.charset_ui(ui, look);
        let (text, detail) = (
            say!(look.lang, "receive.log_mode"),
            say!(look.lang, "receive.log_mode_detail"),
        );
        controls::check(
            ui,
            &mut self.log_mode,
            &text,
            &detail,
            theme::body(),
            look.palette,
        );
    }

    fn charset_ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        let automatic = say!(look.lang, "receive.charset_auto");
        let name = say!(look.lang, "receive.charset");
        controls::labelled_row(ui, &name, 58.0, look.palette, |ui| {
            let chosen = self.read_as.session;
            let shown = chosen.map_or_else(|| automatic.clone(), |charset| charset.name().into());
            let combo = egui::ComboBox::from_id_salt("charset")
                .icon(controls::combo_arrow)
                .selected_text(shown)
                .width(ui.available_width())
                .height(300.0)
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.read_as.session, None, automatic);
                    for charset in Charset::ALL {
                        let choice = Some(charset);
                        ui.selectable_value(&mut self.read_as.session, choice, charset.name());
                    }
                });
            controls::named(ui, combo.response, &name);
        });
    }
}
