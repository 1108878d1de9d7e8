//! A message about the program itself, above the panels, until it is dismissed.

use super::{Action, Look, controls};
use egui::{Align, Layout, RichText, Ui};

/// With what can be done about it, the least first.
pub fn ui(ui: &mut Ui, look: Look<'_>, text: &str, offers: &[(String, Action)]) -> Option<Action> {
    let mut action = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        for (words, offer) in offers {
            if controls::small(ui, words, words).clicked() {
                action = Some(offer.clone());
            }
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
