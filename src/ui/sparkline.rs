//! The last minute's traffic as a line, and the last second's as a number.

use super::{UiContext, grouped};
use crate::t;
use crate::traffic::Rates;
use egui::{Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

const SIZE: egui::Vec2 = vec2(120.0, 18.0);
/// Room for the number, so that the line does not jump.
const WIDTH: f32 = 72.0;
/// Seconds shown.
const SECONDS: u64 = 60;

/// `second` is the present one; the last whole second before it is shown. Says whether
/// more was asked for by a click. The line needs room for itself.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, rates: &Rates, second: u64, with_line: bool) -> bool {
    let last = rates.last(second);
    let rate = t!(
        cx.lang,
        "status.rate",
        count = grouped(last.received.records + last.sent.records)
    );
    let hint = t!(
        cx.lang,
        "status.rate_hint",
        received = grouped(last.received.records),
        sent = grouped(last.sent.records),
        dropped = grouped(last.dropped)
    );
    let name = t!(cx.lang, "rates.open");
    let hint = format!("{hint}\n{name}");
    // Laid out from the right: the number, then the line before it.
    let number = egui::RichText::new(&rate)
        .font(super::theme::small())
        .color(cx.palette.dim);
    let button = egui::Button::new(number)
        .frame_when_inactive(false)
        .min_size(vec2(WIDTH, 0.0));
    let button = ui.add(button);
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name} {rate}")));
    let mut clicked = button.on_hover_text(&hint).clicked();
    if with_line {
        clicked |= line_ui(ui, cx, rates, second).on_hover_text(hint).clicked();
    }
    clicked
}

/// The records of the last minute, second by second.
fn line_ui(ui: &mut Ui, cx: UiContext<'_>, rates: &Rates, second: u64) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::click());
    let seconds: Vec<u64> = rates
        .before(second, SECONDS)
        .map(|(_, second)| second.received.records + second.sent.records)
        .collect();
    let most = seconds.iter().copied().max().unwrap_or(0);
    let name = t!(cx.lang, "status.line", most = grouped(most));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let most = most.max(1) as f32;
    let step = SIZE.x / (SECONDS - 1) as f32;
    let bottom = rect.bottom() - 2.0;
    let place = |(back, records): (usize, &u64)| {
        let height = *records as f32 / most * (rect.height() - 4.0);
        pos2(rect.right() - back as f32 * step, bottom - height)
    };
    let mut points: Vec<egui::Pos2> = seconds.iter().rev().enumerate().map(place).collect();
    // Before the program began nothing came.
    points.extend(points.last().map(|first| pos2(first.x, bottom)));
    points.push(pos2(rect.left(), bottom));
    let quiet = seconds.iter().all(|records| *records == 0);
    let colour = if quiet {
        cx.palette.faint
    } else {
        cx.palette.received
    };
    ui.painter().line(points, Stroke::new(1.5, colour));
    response
}
