//! The impairment of a TCP connection's bytes, in fields.

use super::datagrams::{delay_ui, rate_ui};
use super::number::Number;
use crate::automation::impair::StreamPlan;
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::{RichText, Ui};

const MAX: f64 = 16_777_216.0;

/// Incoming bytes have only a read rate, unless they are relayed.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, plan: &mut StreamPlan, (incoming, relays): (bool, bool)) {
    ui.spacing_mut().item_spacing.y = 4.0;
    let width = controls::NETWORK_PAGE.width(ui, cx.lang);
    let row = |ui: &mut Ui, words: &str, add: &mut dyn FnMut(&mut Ui)| {
        controls::wrapped_row(ui, words, width, cx.palette, |ui| add(ui));
    };
    if incoming || relays {
        let words = t!(cx.lang, "bad.slow_read");
        row(ui, &words, &mut |ui| {
            Number::new(&words, 0.0, 1e9)
                .zero(&t!(cx.lang, "bad.no_limit"))
                .unit(" B/s")
                .ui(ui, &mut plan.slow_read);
        });
        let hint = RichText::new(t!(cx.lang, "bad.slow_hint"));
        ui.label(hint.color(cx.palette.dim));
    }
    if incoming && !relays {
        return;
    }
    let words = t!(cx.lang, "bad.split");
    row(ui, &words, &mut |ui| {
        Number::new(&words, 0.0, MAX)
            .unit(" B")
            .ui(ui, &mut plan.split);
    });
    let words = t!(cx.lang, "bad.join");
    row(ui, &words, &mut |ui| {
        Number::millis(&words).ui(ui, &mut plan.join)
    });
    delay_ui(ui, cx, &mut plan.delay);
    let words = t!(cx.lang, "bad.stall");
    row(ui, &words, &mut |ui| {
        let every = t!(cx.lang, "bad.stall_every");
        Number::new(&every, 0.0, 1e9)
            .before(&every)
            .unit(" B")
            .ui(ui, &mut plan.stall.every);
        Number::millis(&words).ui(ui, &mut plan.stall.millis);
    });
    rate_ui(ui, cx, &mut plan.rate);
    let words = t!(cx.lang, "bad.reset_after");
    row(ui, &words, &mut |ui| {
        let mut on = plan.reset_after.is_some();
        let text = t!(cx.lang, "bad.reset_on");
        controls::check(ui, &mut on, &text, "", theme::body(), cx.palette);
        let mut after = plan.reset_after.unwrap_or(1_000);
        if on {
            Number::new(&words, 0.0, 1e9).unit(" B").ui(ui, &mut after);
        }
        plan.reset_after = on.then_some(after);
    });
}
