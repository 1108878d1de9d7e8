//! How received and sent bytes are shown.

use super::{Look, charset_choice, checksum_choice, controls, theme};
use crate::say;
use crate::settings::tab::{Display, ReceiveDraft};
use crate::traffic::{Record, RecordKind};
use egui::Ui;

impl ReceiveDraft {
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        let check = |ui: &mut Ui, on: &mut bool, key: &str| {
            let (text, font) = (say!(look.lang, key), theme::body());
            controls::check(ui, on, &text, "", font, look.palette)
        };
        let heading = say!(look.lang, "receive.heading");
        controls::heading_row(ui, &heading, look.palette, |ui| {
            check(ui, &mut self.private, "receive.private")
                .on_hover_text(say!(look.lang, "receive.private_detail"));
        });
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
        charset_choice::choice_ui(ui, look, &name, &automatic, &mut self.read_as.session);
        let is_classic = self.display == Display::Classic;
        let columns = ui.add_enabled_ui(!is_classic, |ui| {
            check(ui, &mut self.log_mode, "receive.log_mode")
        });
        columns
            .inner
            .on_hover_text(say!(look.lang, "receive.log_mode_detail"))
            .on_disabled_hover_text(say!(look.lang, "receive.log_mode_classic"));
        let name = say!(look.lang, "receive.verify");
        checksum_choice::ui(ui, look, &name, &mut self.verifies, &mut self.checksum);
    }

    /// Whether what was received has its check value behind it; `None` where that is not
    /// asked.
    pub fn verdict(&self, record: &Record<'_>) -> Option<bool> {
        let asked = self.verifies && record.kind() == RecordKind::Received;
        asked.then(|| self.checksum.verify_line(record.bytes()))?
    }
}
