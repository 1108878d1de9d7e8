//! The kinds of row that are shown, each with how many there are.

use crate::say;
use crate::session::Session;
use crate::traffic::RecordKind;
use crate::ui::log_view::{LogView, sign};
use crate::ui::{Look, controls, grouped};
use egui::Ui;

/// Shows the switches with these texts; their names say the rest.
pub fn ui(
    ui: &mut Ui,
    look: Look<'_>,
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
        let name = format!("{} {}", say!(look.lang, key), grouped(count));
        let colour = match *on {
            true => sign::colour(kind, look.palette),
            false => look.palette.faint,
        };
        let paint = |painter: &egui::Painter, at| sign::paint(painter, at, kind, colour);
        let chip = controls::chip(ui, *on, paint, (text, &name), look.palette);
        let hint = format!("{name}\n{}", say!(look.lang, "log.shown_hint"));
        if chip.on_hover_text(hint).clicked() {
            *on = !*on;
            changed = true;
        }
    }
    if changed {
        view.keep_in_place();
    }
}
