//! How the message is turned into bytes.

use super::read_as::{self, ReadAs};
use super::send_draft::{Format, SendDraft};
use super::{Look, controls, theme};
use crate::say;
use crate::session::Session;
use egui::Ui;

impl SendDraft {
    pub fn settings_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        read_as: &ReadAs,
    ) {
        controls::heading(ui, &say!(look.lang, "send.heading"), look.palette);
        let mut changed = controls::labelled_row(
            ui,
            &say!(look.lang, "send.format"),
            58.0,
            look.palette,
            |ui| {
                let formats = [
                    (Format::Text, say!(look.lang, "receive.text")),
                    (Format::Hex, say!(look.lang, "receive.hex")),
                ];
                controls::segmented(ui, &mut self.format, &formats, look.palette)
            },
        );
        ui.add_enabled_ui(self.format == Format::Text, |ui| {
            let follow = match self.charset {
                None => {
                    let followed = self.charset(look, session, read_as).name();
                    say!(look.lang, "send.charset_follow", charset = followed)
                }
                Some(_) => say!(look.lang, "send.charset_follow_peer"),
            };
            let name = say!(look.lang, "send.charset");
            read_as::choice_ui(ui, look, &name, &follow, &mut self.charset);
            let text = say!(look.lang, "send.escapes");
            changed |= controls::check(
                ui,
                &mut self.escapes,
                &text,
                r"\n \x41",
                theme::small_mono(),
                look.palette,
            )
            .changed();
        });
        if changed {
            self.edited();
        }
    }
}
