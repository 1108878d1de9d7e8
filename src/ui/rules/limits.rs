//! What keeps replies without a click from doing harm, in fields.

use crate::automation::Limits;
use crate::say;
use crate::ui::{Look, controls, theme};
use egui::{DragValue, Ui};

pub fn ui(ui: &mut Ui, look: Look<'_>, limits: &mut Limits) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
        controls::caption(ui, &say!(look.lang, "rules.limits"), 0.0, look.palette);
        rate_ui(
            ui,
            look,
            &mut limits.per_second,
            &say!(look.lang, "rules.in_all"),
        );
        rate_ui(
            ui,
            look,
            &mut limits.per_peer,
            &say!(look.lang, "rules.per_peer"),
        );
        for (value, words, hint) in [
            (
                &mut limits.breaker,
                say!(look.lang, "rules.breaker"),
                say!(look.lang, "rules.breaker_hint"),
            ),
            (
                &mut limits.larger,
                say!(look.lang, "rules.larger"),
                say!(look.lang, "rules.larger_hint"),
            ),
            (
                &mut limits.own,
                say!(look.lang, "rules.own"),
                say!(look.lang, "rules.own_hint"),
            ),
        ] {
            controls::check(ui, value, &words, "", theme::body(), look.palette).on_hover_text(hint);
        }
    });
}

/// So many a second; 0 is no limit.
fn rate_ui(ui: &mut Ui, look: Look<'_>, rate: &mut Option<u32>, name: &str) {
    controls::caption(ui, name, 0.0, look.palette);
    let mut value = rate.unwrap_or(0);
    let none = say!(look.lang, "rules.no_limit");
    let shown = none.clone();
    let drag = DragValue::new(&mut value)
        .range(0..=10_000_000)
        .custom_formatter(move |value, _| match value {
            0.0 => shown.clone(),
            value => format!("{value:.0}/s"),
        })
        .custom_parser(move |text| match text.trim() {
            text if text == none => Some(0.0),
            text => text.trim_end_matches("/s").trim().parse().ok(),
        })
        .update_while_editing(false);
    let drag = ui.add_sized([72.0, theme::SMALL_BUTTON], drag);
    controls::named(ui, drag, name);
    *rate = (value > 0).then_some(value);
}
