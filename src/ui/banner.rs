//! A message about the program itself, above the panels, until it is dismissed.

use super::{Action, Look, controls};
use crate::say;
use egui::{Align, Layout, RichText, Ui};

pub fn ui(ui: &mut Ui, look: Look<'_>, text: &str) -> Option<Action> {
    let mut action = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let dismiss = say!(look.lang, "settings.dismiss");
        if controls::small(ui, &dismiss, &dismiss).clicked() {
            action = Some(Action::DismissBanner);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = crate::payload::printable::line(text.as_bytes());
            ui.label(RichText::new("⚠").color(look.palette.error));
            ui.add(egui::Label::new(RichText::new(&text).color(look.palette.error)).truncate())
                .on_hover_text(&text);
        });
    });
    action
}
