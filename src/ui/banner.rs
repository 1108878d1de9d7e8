//! A message about the program itself, above the panels, until it is dismissed.

use super::{Action, Look, controls};
use crate::say;
use egui::{Align, Layout, RichText, Ui};

/// `offer` names a button that does more than dismiss.
pub fn ui(ui: &mut Ui, look: Look<'_>, text: &str, offer: Option<&str>) -> Option<Action> {
    let mut action = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let dismiss = match offer {
            Some(_) => say!(look.lang, "journal.discard"),
            None => say!(look.lang, "settings.dismiss"),
        };
        if controls::small(ui, &dismiss, &dismiss).clicked() {
            action = Some(Action::DismissBanner);
        }
        if let Some(offer) = offer
            && controls::small(ui, offer, offer).clicked()
        {
            action = Some(Action::RestoreLogs);
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
