//! How what is composed is turned into bytes, and how often it is sent.

use crate::payload::composition::TextFormat;
use crate::payload::message::LineEnding;
use crate::say;
use crate::session::Session;
use crate::settings::tab::{ReadAs, SendDraft, Source};
use crate::ui::{Look, charset_choice, checksum_choice, controls, theme};
use egui::{ComboBox, RichText, Ui};

/// What the format row offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Text,
    Hex,
    File,
}

impl SendDraft {
    pub fn settings_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        read_as: &ReadAs,
    ) {
        controls::heading(ui, &say!(look.lang, "send.heading"), look.palette);
        self.format_ui(ui, look);
        ui.add_enabled_ui(self.is_text(), |ui| {
            let follow = match self.charset {
                None => {
                    let followed = self.charset(look, session, read_as).name();
                    say!(look.lang, "send.charset_follow", charset = followed)
                }
                Some(_) => say!(look.lang, "send.charset_follow_peer"),
            };
            let name = say!(look.lang, "send.charset");
            charset_choice::choice_ui(ui, look, &name, &follow, &mut self.charset);
            if self.is_text() && self.is_mixed(look, session, read_as) {
                let charset = self.charset(look, session, read_as).name();
                let mixed = say!(look.lang, "send.charset_mixed", charset = charset);
                let words = RichText::new(mixed).font(theme::small());
                ui.label(words.color(look.palette.event));
            }
            ending_ui(ui, look, &mut self.composition.ending);
            let (text, remark) = (say!(look.lang, "send.escapes"), r"\n \x41");
            let escapes = &mut self.composition.escapes;
            controls::check(
                ui,
                escapes,
                &text,
                remark,
                theme::small_mono(),
                look.palette,
            );
        });
        ui.add_enabled_ui(self.source == Source::Typed, |ui| {
            let (text, remark) = (say!(look.lang, "send.variables"), "${seq} ${time}");
            let variables = &mut self.composition.variables;
            let check = controls::check(
                ui,
                variables,
                &text,
                remark,
                theme::small_mono(),
                look.palette,
            );
            check.on_hover_text(say!(
                look.lang,
                "send.variables_hint",
                known = crate::payload::template::Variable::WRITTEN.join("  ")
            ));
            let name = say!(look.lang, "send.checksum");
            let composition = &mut self.composition;
            checksum_choice::ui(
                ui,
                look,
                &name,
                &mut composition.appends,
                &mut composition.checksum,
            );
            self.repeat.ui(ui, look);
        });
    }

    fn format_ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        let mut what = match (self.source, self.composition.format) {
            (Source::File, _) => What::File,
            (Source::Typed, TextFormat::Text) => What::Text,
            (Source::Typed, TextFormat::Hex) => What::Hex,
        };
        let caption = say!(look.lang, "send.format");
        controls::labelled_row(ui, &caption, 58.0, look.palette, |ui| {
            let formats = [
                (What::Text, say!(look.lang, "receive.text")),
                (What::Hex, say!(look.lang, "receive.hex")),
                (What::File, say!(look.lang, "send.file")),
            ];
            controls::segmented(ui, &mut what, &formats, look.palette);
        });
        self.source = match what {
            What::File => Source::File,
            What::Text | What::Hex => Source::Typed,
        };
        match what {
            What::Text => self.composition.format = TextFormat::Text,
            What::Hex => self.composition.format = TextFormat::Hex,
            What::File => {}
        }
    }
}

/// What ends a line.
fn ending_ui(ui: &mut Ui, look: Look<'_>, ending: &mut LineEnding) {
    let name = say!(look.lang, "send.ending");
    let words = |ending| match ending {
        LineEnding::None => say!(look.lang, "send.ending_none"),
        LineEnding::Cr => "CR  \\r".to_owned(),
        LineEnding::Lf => "LF  \\n".to_owned(),
        LineEnding::CrLf => say!(look.lang, "send.ending_crlf"),
    };
    controls::labelled_row(ui, &name, 58.0, look.palette, |ui| {
        let combo = ComboBox::from_id_salt("ending")
            .icon(controls::combo_arrow)
            .selected_text(words(*ending))
            .truncate()
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for choice in LineEnding::ALL {
                    ui.selectable_value(ending, choice, words(choice));
                }
                controls::close_when_chosen(ui);
            });
        controls::drop_down(ui, combo.response, &name);
    });
}
