//! How received and sent bytes are shown.

use super::framing_choice::FramingDraft;
use super::read_as::{self, ReadAs};
use super::recording::RecordingDraft;
use super::{Look, checksum_choice, controls, theme};
use crate::payload::checksum::Checksum;
use crate::say;
use crate::traffic::{Kind, Record};
use egui::Ui;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Display {
    /// Text where the bytes are text, else hexadecimal.
    #[default]
    Text,
    Hex,
    Both,
    /// Lines as the assistants people know write them, the payload below.
    Classic,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceivePanel {
    pub display: Display,
    pub read_as: ReadAs,
    /// Whether each row has its time, peer and length.
    pub log_mode: bool,
    /// Whether nothing of the log stays on disk after the session.
    pub private: bool,
    /// Whether received bytes are compared with the check value behind them.
    pub verifies: bool,
    pub checksum: Checksum,
    pub recording: RecordingDraft,
    /// How the messages of a TCP stream are told apart.
    pub framing: FramingDraft,
}

impl Default for ReceivePanel {
    fn default() -> Self {
        Self {
            display: Display::Text,
            read_as: ReadAs::default(),
            log_mode: true,
            private: false,
            verifies: false,
            checksum: Checksum::default(),
            recording: RecordingDraft::default(),
            framing: FramingDraft::default(),
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
                    (Display::Classic, say!(look.lang, "receive.classic")),
                ];
                controls::segmented(ui, &mut self.display, &displays, look.palette);
            },
        );
        let (name, automatic) = (
            say!(look.lang, "receive.charset"),
            say!(look.lang, "receive.charset_auto"),
        );
        read_as::choice_ui(ui, look, &name, &automatic, &mut self.read_as.session);
        ui.horizontal(|ui| {
            let check = |ui: &mut Ui, on: &mut bool, key: &str| {
                let (text, font) = (say!(look.lang, key), theme::body());
                controls::check(ui, on, &text, "", font, look.palette)
            };
            let is_classic = self.display == Display::Classic;
            let columns = ui.add_enabled_ui(!is_classic, |ui| {
                check(ui, &mut self.log_mode, "receive.log_mode")
            });
            columns
                .inner
                .on_hover_text(say!(look.lang, "receive.log_mode_detail"))
                .on_disabled_hover_text(say!(look.lang, "receive.log_mode_classic"));
            check(ui, &mut self.private, "receive.private")
                .on_hover_text(say!(look.lang, "receive.private_detail"));
        });
        let name = say!(look.lang, "receive.verify");
        checksum_choice::ui(ui, look, &name, &mut self.verifies, &mut self.checksum);
    }

    /// Whether what was received has its check value behind it; `None` where that is not
    /// asked.
    pub fn verdict(&self, record: &Record<'_>) -> Option<bool> {
        let asked = self.verifies && record.kind() == Kind::Received;
        asked.then(|| self.checksum.verify_line(record.bytes()))?
    }
}
