//! How received and sent bytes are shown.

use super::read_as::{self, ReadAs};
use super::{Look, controls, theme};
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
        let (name, automatic) = (
            say!(look.lang, "receive.charset"),
            say!(look.lang, "receive.charset_auto"),
        );
        read_as::choice_ui(ui, look, &name, &automatic, &mut self.read_as.session);
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
}
