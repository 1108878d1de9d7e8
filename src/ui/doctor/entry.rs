//! An entry of the catalogue on the page.

use super::sentence;
use crate::explain::doctor::Situation;
use crate::explain::doctor::words::{self, Entry};
use crate::t;
use crate::ui::{UiContext, controls};
use egui::Ui;

/// Shows an entry; says whether the user goes back.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, situation: Situation, entry: &Entry) -> bool {
    let back = t!(cx.lang, "diagnose.back");
    let goes_back = controls::small(ui, &back, &back).clicked();
    let Entry {
        what,
        cure,
        capture,
        reproduce,
    } = entry;
    let subject = words::subject(cx.lang, situation.subject());
    let title = format!("{} · {subject}", situation.id());
    controls::heading(ui, &title, cx.palette);
    sentence(ui, cx, what);
    for (title, text) in [
        (t!(cx.lang, "diagnose.cure_title"), cure),
        (t!(cx.lang, "diagnose.capture"), capture),
        (t!(cx.lang, "diagnose.reproduce"), reproduce),
    ] {
        controls::heading(ui, &title, cx.palette);
        sentence(ui, cx, text);
    }
    goes_back
}
