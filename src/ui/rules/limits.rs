//! The limits of automatic replies, in fields.

use crate::automation::{Limits, ON_LINK_RATE, ReplyRate};
use crate::t;
use crate::ui::{UiContext, controls, theme};
use crate::words::grouped;
use egui::{DragValue, Ui};

/// The most replies a second that can be chosen.
pub const MAX: u32 = 10_000_000;

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, limits: &mut Limits) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
        controls::caption(ui, &t!(cx.lang, "rules.limits"), 0.0, cx.palette);
        rate_ui(ui, cx, &mut limits.per_second, &t!(cx.lang, "rules.in_all"));
        rate_ui(ui, cx, &mut limits.per_peer, &t!(cx.lang, "rules.per_peer"));
        for (value, words, hint) in [
            (
                &mut limits.breaker,
                t!(cx.lang, "rules.breaker"),
                t!(cx.lang, "rules.breaker_hint"),
            ),
            (
                &mut limits.larger,
                t!(cx.lang, "rules.larger"),
                t!(cx.lang, "rules.larger_hint"),
            ),
            (
                &mut limits.own,
                t!(cx.lang, "rules.own"),
                t!(cx.lang, "rules.own_hint"),
            ),
        ] {
            controls::check(ui, value, &words, "", theme::body(), cx.palette).on_hover_text(hint);
        }
    });
}

/// The number a second; 0 is no limit, and below 0 is the default.
fn rate_ui(ui: &mut Ui, cx: UiContext<'_>, rate: &mut ReplyRate, name: &str) {
    let before = match *rate {
        ReplyRate::Usual => -1,
        ReplyRate::Unlimited => 0,
        ReplyRate::AtMost(most) => i64::from(most),
    };
    let mut value = before;
    let none = t!(cx.lang, "rules.no_limit");
    let usual = t!(cx.lang, "rules.usual");
    let shown = (none.clone(), usual.clone());
    let drag = DragValue::new(&mut value)
        .range(-1..=i64::from(MAX))
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
    let drag = controls::captioned(ui, name, 72.0, cx.palette, |ui| {
        ui.add_sized([72.0, theme::SMALL_BUTTON], drag)
    });
    let drag = controls::named(ui, drag, name);
    drag.on_hover_text(t!(
        cx.lang,
        "rules.usual_hint",
        near = grouped(ON_LINK_RATE.into())
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
