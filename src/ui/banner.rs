//! A message about the program itself, above the panels, until it is dismissed.

use super::theme::Palette;
use super::{Action, UiContext, controls};
use egui::accesskit::Live;
use egui::{Align, Color32, Layout, RichText, Ui};

/// How urgent a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something failed, or is lost.
    Fault,
    /// Something is held back, as was set.
    Held,
}

impl Tone {
    /// What it is written in, and on.
    pub fn colours(self, palette: &Palette) -> (Color32, Color32) {
        match self {
            Self::Fault => (palette.error, palette.error_soft),
            Self::Held => (palette.event, palette.event_soft),
        }
    }
}

/// A button of an alert.
#[derive(Clone, Debug)]
pub struct AlertAction {
    pub name: String,
    pub action: Action,
}

impl AlertAction {
    pub fn new(name: String, action: Action) -> Self {
        Self { name, action }
    }
}

/// What is told.
#[derive(Clone, Debug)]
pub struct Alert {
    pub text: String,
    /// What can be done about it, the least first.
    pub offers: Vec<AlertAction>,
    pub tone: Tone,
}

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, message: &Alert) -> Option<Action> {
    let mut action = None;
    let (ink, _) = message.tone.colours(cx.palette);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        for offer in &message.offers {
            if controls::small(ui, &offer.name, &offer.name).clicked() {
                action = Some(offer.action.clone());
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = crate::payload::printable::line(message.text.as_bytes());
            ui.label(RichText::new("⚠").color(ink));
            let words = RichText::new(&text).color(ink);
            let words = ui.add(egui::Label::new(words).truncate());
            controls::announced(ui, words, Live::Assertive).on_hover_text(&text);
        });
    });
    action
}
