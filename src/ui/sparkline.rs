//! The last minute's traffic as a line, and the last second's as a number.

use super::{Look, grouped};
use crate::say;
use crate::traffic::Rates;
use egui::{Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

const SIZE: egui::Vec2 = vec2(120.0, 18.0);

/// `second` is the present one; the last whole second before it is shown.
pub fn ui(ui: &mut Ui, look: Look<'_>, rates: &Rates, second: u64) {
    let last = rates.last(second);
    let rate = say!(
        look.lang,
        "status.rate",
        count = grouped(last.received.records + last.sent.records)
    );
    let hint = say!(
        look.lang,
        "status.rate_hint",
        received = grouped(last.received.records),
        sent = grouped(last.sent.records),
        dropped = grouped(last.dropped)
    );
    // Laid out from the right: the number, then the line before it.
    ui.label(
        egui::RichText::new(&rate)
            .font(super::theme::small())
            .color(look.palette.dim),
    )
    .on_hover_text(&hint);
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &hint));
    let most = rates.history().map(records).max().unwrap_or(0).max(1) as f32;
    let step = SIZE.x / 59.0;
    let count = rates.history().len();
    let points: Vec<egui::Pos2> = rates
        .history()
        .enumerate()
        .map(|(place, second)| {
            let x = rect.right() - (count - 1 - place) as f32 * step;
            pos2(
                x,
                rect.bottom() - 2.0 - records(second) as f32 / most * (rect.height() - 4.0),
            )
        })
        .collect();
    if points.len() > 1 {
        ui.painter()
            .line(points, Stroke::new(1.5, look.palette.received));
    }
    response.on_hover_text(hint);
}

fn records(second: &crate::traffic::Second) -> u64 {
    second.received.records + second.sent.records
}
