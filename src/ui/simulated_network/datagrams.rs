//! The impairment of datagrams, in fields.

use super::number::{Number, column};
use crate::automation::impair::{DatagramPlan, Delay, Distribution, Loss, Rate};
use crate::t;
use crate::ui::{UiContext, controls};
use egui::{ComboBox, Ui};

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, plan: &mut DatagramPlan) {
    let width = controls::NETWORK_PAGE.width(ui, cx.lang);
    let row = |ui: &mut Ui, words: &str, add: &mut dyn FnMut(&mut Ui)| {
        controls::wrapped_row(ui, words, width, cx.palette, |ui| add(ui));
    };
    ui.spacing_mut().item_spacing.y = 4.0;
    let words = t!(cx.lang, "bad.loss");
    row(ui, &words, &mut |ui| loss_ui(ui, cx, &mut plan.loss));
    let words = t!(cx.lang, "bad.duplicate");
    row(ui, &words, &mut |ui| {
        Number::percent(&words).ui(ui, &mut plan.duplicate);
    });
    let words = t!(cx.lang, "bad.reorder");
    row(ui, &words, &mut |ui| {
        Number::percent(&words).ui(ui, &mut plan.reorder.percent);
        let gap = t!(cx.lang, "bad.gap");
        Number::new(&gap, 1.0, 1_000.0)
            .before(&gap)
            .ui(ui, &mut plan.reorder.gap);
        let most = t!(cx.lang, "bad.at_most");
        Number::millis(&most)
            .before(&most)
            .ui(ui, &mut plan.reorder.delay);
    });
    delay_ui(ui, cx, &mut plan.delay);
    let words = t!(cx.lang, "bad.corrupt");
    row(ui, &words, &mut |ui| {
        Number::percent(&words).ui(ui, &mut plan.corrupt.percent);
        let bits = t!(cx.lang, "bad.bits");
        let unit = match plan.corrupt.bits {
            1 => t!(cx.lang, "bad.bit"),
            _ => bits.clone(),
        };
        Number::new(&bits, 1.0, 256.0)
            .unit(&unit)
            .ui(ui, &mut plan.corrupt.bits);
    });
    let words = t!(cx.lang, "bad.truncate");
    row(ui, &words, &mut |ui| {
        Number::percent(&words).ui(ui, &mut plan.truncate.percent);
        let to = t!(cx.lang, "bad.to");
        Number::new(&to, 0.0, 65_535.0)
            .before(&to)
            .unit(" B")
            .ui(ui, &mut plan.truncate.to);
    });
    rate_ui(ui, cx, &mut plan.rate);
}

fn loss_ui(ui: &mut Ui, cx: UiContext<'_>, loss: &mut Loss) {
    let kinds = [
        (Loss::None, t!(cx.lang, "bad.loss_none")),
        (
            Loss::Random {
                percent: 10.0,
                correlation: 0.0,
            },
            t!(cx.lang, "bad.loss_random"),
        ),
        (
            Loss::Burst {
                p: 2.0,
                r: 30.0,
                good_loss: 0.0,
                bad_loss: 100.0,
            },
            t!(cx.lang, "bad.loss_burst"),
        ),
        (Loss::EveryNth(10), t!(cx.lang, "bad.loss_nth")),
    ];
    let same = |kind: &Loss| std::mem::discriminant(kind) == std::mem::discriminant(loss);
    let words = kinds.iter().find(|(kind, _)| same(kind));
    let words = words.map_or_else(String::new, |(_, words)| words.clone());
    let mut chosen = None;
    let combo = ComboBox::from_id_salt("loss")
        .icon(controls::combo_arrow)
        .selected_text(&words)
        .width(column(ui))
        .show_ui(ui, |ui| {
            for (kind, words) in &kinds {
                if controls::item(ui, same(kind), words).clicked() && !same(kind) {
                    chosen = Some(kind.clone());
                }
            }
            controls::close_when_chosen(ui);
        });
    controls::drop_down(ui, combo.response, &t!(cx.lang, "bad.loss"));
    *loss = chosen.unwrap_or_else(|| loss.clone());
    match loss {
        Loss::None => {}
        Loss::Random {
            percent,
            correlation,
        } => {
            Number::percent(&t!(cx.lang, "bad.loss_percent")).ui(ui, percent);
            let related = t!(cx.lang, "bad.correlation");
            Number::percent(&related)
                .before(&related)
                .ui(ui, correlation);
        }
        Loss::Burst {
            p,
            r,
            good_loss,
            bad_loss,
        } => {
            for (value, sign) in [
                (p, "p "),
                (r, "r "),
                (good_loss, "1-k "),
                (bad_loss, "1-h "),
            ] {
                Number::percent(sign).before(sign).ui(ui, value);
            }
        }
        Loss::EveryNth(every) => {
            Number::new(&t!(cx.lang, "bad.loss_every"), 1.0, 1e9).ui(ui, every);
        }
    }
}

pub fn delay_ui(ui: &mut Ui, cx: UiContext<'_>, delay: &mut Delay) {
    let words = t!(cx.lang, "bad.delay");
    let width = controls::NETWORK_PAGE.width(ui, cx.lang);
    controls::wrapped_row(ui, &words, width, cx.palette, |ui| {
        Number::millis(&words).ui(ui, &mut delay.millis);
        let jitter = t!(cx.lang, "bad.jitter");
        Number::millis(&jitter)
            .before("± ")
            .ui(ui, &mut delay.jitter);
        ui.end_row();
        ui.add_enabled_ui(delay.jitter > 0.0, |ui| {
            let kinds = [
                (Distribution::Uniform, t!(cx.lang, "bad.uniform")),
                (Distribution::Normal, t!(cx.lang, "bad.normal")),
                (Distribution::Pareto, t!(cx.lang, "bad.pareto")),
            ];
            let chosen = kinds.iter().find(|(kind, _)| *kind == delay.distribution);
            let chosen = chosen.map_or("", |(_, words)| words);
            let combo = ComboBox::from_id_salt("distribution")
                .icon(controls::combo_arrow)
                .selected_text(chosen)
                .width(column(ui))
                .show_ui(ui, |ui| {
                    for (kind, words) in &kinds {
                        controls::item_of(ui, &mut delay.distribution, *kind, words);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &t!(cx.lang, "bad.distribution"))
                .on_disabled_hover_text(t!(cx.lang, "bad.no_jitter"));
            let related = t!(cx.lang, "bad.correlation");
            Number::percent(&related)
                .before(&related)
                .ui(ui, &mut delay.correlation);
        });
    });
}

pub fn rate_ui(ui: &mut Ui, cx: UiContext<'_>, rate: &mut Rate) {
    let words = t!(cx.lang, "bad.rate");
    let none = t!(cx.lang, "bad.no_limit");
    let width = controls::NETWORK_PAGE.width(ui, cx.lang);
    controls::wrapped_row(ui, &words, width, cx.palette, |ui| {
        Number::new(&words, 0.0, 1e12)
            .zero(&none)
            .unit(" bit/s")
            .ui(ui, &mut rate.bits_per_second);
        let queue = t!(cx.lang, "bad.queue");
        Number::new(&queue, 0.0, 16_777_216.0)
            .zero(&none)
            .before(&queue)
            .unit(" B")
            .ui(ui, &mut rate.queue);
    });
}
