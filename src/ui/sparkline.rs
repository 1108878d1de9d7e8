//! The last minute's traffic as a line, and the last second's as a number.

use super::{Look, grouped};
use crate::say;
use crate::traffic::Rates;
use egui::{Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

const SIZE: egui::Vec2 = vec2(120.0, 18.0);
/// Seconds shown.
const SECONDS: usize = 60;

/// `second` is the present one; the last whole second before it is shown. Says whether
/// more was asked for by a click. The line needs room for itself.
pub fn ui(ui: &mut Ui, look: Look<'_>, rates: &Rates, second: u64, with_line: bool) -> bool {
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
    let name = say!(look.lang, "rates.open");
    let hint = format!("{hint}\n{name}");
    // Laid out from the right: the number, then the line before it.
    let number = egui::RichText::new(&rate)
        .font(super::theme::small())
        .color(look.palette.dim);
    let button = ui.add(egui::Button::new(number).frame_when_inactive(false));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name} {rate}")));
    let mut clicked = button.on_hover_text(&hint).clicked();
    if with_line {
        clicked |= line_ui(ui, look, rates).on_hover_text(hint).clicked();
    }
    clicked
}

/// The records of the last minute with traffic, second by second.
fn line_ui(ui: &mut Ui, look: Look<'_>, rates: &Rates) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::click());
    let skipped = rates.history().len().saturating_sub(SECONDS);
    let history = || rates.history().skip(skipped);
    let most = history().map(records).max().unwrap_or(0).max(1) as f32;
    let step = SIZE.x / 59.0;
    let count = history().len();
    let height =
        |second: &crate::traffic::Second| records(second) as f32 / most * (rect.height() - 4.0);
    // Seconds before the first are quiet ones.
    let quiet = (count < 60).then(|| pos2(rect.left(), rect.bottom() - 2.0));
    let before = quiet
        .filter(|_| count > 0)
        .map(|_| pos2(rect.right() - count as f32 * step, rect.bottom() - 2.0));
    let points = history().enumerate().map(|(place, second)| {
        let x = rect.right() - (count - 1 - place) as f32 * step;
        pos2(x, rect.bottom() - 2.0 - height(second))
    });
    let points: Vec<egui::Pos2> = quiet.into_iter().chain(before).chain(points).collect();
    let colour = if count == 0 {
        look.palette.line
    } else {
        look.palette.received
    };
    let points = if count == 0 {
        vec![
            rect.left_bottom() - vec2(0.0, 2.0),
            rect.right_bottom() - vec2(0.0, 2.0),
        ]
    } else {
        points
    };
    ui.painter().line(points, Stroke::new(1.5, colour));
    response
}

fn records(second: &crate::traffic::Second) -> u64 {
    second.received.records + second.sent.records
}
