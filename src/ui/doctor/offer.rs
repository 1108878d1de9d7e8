//! The line below the log that offers a diagnosis of a silence.

use super::Silence;
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::accesskit::Live;
use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui};

/// The height of the line, in points.
pub const OFFER: f32 = 30.0;

/// The answer to the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferAnswer {
    Dismissed,
    Accepted,
}

/// Shows the offer in the whole of `ui`.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, silence: Silence) -> Option<OfferAnswer> {
    let frame = Frame::new()
        .fill(cx.palette.field)
        .inner_margin(Margin::symmetric(theme::PADDING as i8, 0));
    let panel = Panel::bottom("silence").exact_size(OFFER).resizable(false);
    let shown = panel.frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let dismiss = t!(cx.lang, "diagnose.dismiss");
            let dismissed = controls::icon_button(ui, "×", &dismiss, cx.palette).clicked();
            let ask = t!(cx.lang, "diagnose.ask");
            let name = t!(cx.lang, "diagnose.offer");
            let accepted = controls::small(ui, &ask, &name).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = match silence {
                    Silence::NoAnswer => t!(cx.lang, "diagnose.no_answer"),
                    Silence::Unheard => t!(cx.lang, "diagnose.unheard"),
                };
                let words = RichText::new(text).color(cx.palette.dim);
                let label = ui.add(Label::new(words).truncate());
                controls::announced(ui, label, Live::Polite);
            });
            match (accepted, dismissed) {
                (true, _) => Some(OfferAnswer::Accepted),
                (false, true) => Some(OfferAnswer::Dismissed),
                (false, false) => None,
            }
        })
        .inner
    });
    shown.inner
}
