//! What keeps replies without a click from doing harm, in fields.

use crate::automation::{Limits, NEARBY, ReplyRate};
use crate::say;
use crate::ui::{Look, controls, theme};
use crate::words::grouped;
use egui::{DragValue, Ui};

/// The most replies a second that can be chosen.
pub const MOST: u32 = 10_000_000;

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

/// So many a second; 0 is no limit, and less is what is usual.
fn rate_ui(ui: &mut Ui, look: Look<'_>, rate: &mut ReplyRate, name: &str) {
    controls::caption(ui, name, 0.0, look.palette);
    let before = match *rate {
        ReplyRate::Usual => -1,
        ReplyRate::Unlimited => 0,
        ReplyRate::AtMost(most) => i64::from(most),
    };
    let mut value = before;
    let none = say!(look.lang, "rules.no_limit");
    let usual = say!(look.lang, "rules.usual");
    let shown = (none.clone(), usual.clone());
    let drag = DragValue::new(&mut value)
        .range(-1..=i64::from(MOST))
        .custom_formatter(move |value, _| match value {
            0.0 => shown.0.clone(),
            value if value < 0.0 => shown.1.clone(),
            value => format!("{value:.0}/s"),
        })
        .custom_parser(move |text| match text.trim() {
            text if text == none => Some(0.0),
            text if text == usual => Some(-1.0),
            text => text.trim_end_matches("/s").trim().parse().ok(),
        })
        .update_while_editing(false);
    let drag = ui.add_sized([72.0, theme::SMALL_BUTTON], drag);
    let drag = controls::named(ui, drag, name);
    drag.on_hover_text(say!(
        look.lang,
        "rules.usual_hint",
        near = grouped(NEARBY.into())
    ));
    // A limit of no replies at all, which a file may have, stays until it is changed.
    if value != before {
        *rate = match u32::try_from(value) {
            Err(_) => ReplyRate::Usual,
            Ok(0) => ReplyRate::Unlimited,
            Ok(most) => ReplyRate::AtMost(most),
        };
    }
}
