//! The kinds of row that are shown, each with how many there are.

use crate::session::Session;
use crate::t;
use crate::traffic::RecordKind;
use crate::ui::log_view::{LogView, sign};
use crate::ui::{UiContext, controls, grouped};
use egui::Ui;

/// Shows the switches with these texts; their names say the rest.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (session, view): (&Session, &mut LogView),
    texts: &[String; 3],
) {
    let count = session.log.count();
    let shown = &mut view.shown;
    let chips = [
        (
            &mut shown.received,
            RecordKind::Received,
            "log.received",
            count.received,
        ),
        (&mut shown.sent, RecordKind::Sent, "log.sent", count.sent),
        (
            &mut shown.events,
            RecordKind::Notice,
            "log.events",
            count.events(),
        ),
    ];
    let mut changed = false;
    for ((on, kind, key, count), text) in chips.into_iter().zip(texts) {
        let name = format!("{} {}", t!(cx.lang, key), grouped(count));
        let colour = match *on {
            true => sign::colour(kind, cx.palette),
            false => cx.palette.faint,
        };
        let paint = |painter: &egui::Painter, at| sign::paint(painter, at, kind, colour);
        let chip = controls::chip(ui, *on, paint, (text, &name), cx.palette);
        let hint = format!("{name}\n{}", t!(cx.lang, "log.shown_hint"));
        if chip.on_hover_text(hint).clicked() {
            *on = !*on;
            changed = true;
        }
    }
    if changed {
        view.keep_in_place();
    }
}
