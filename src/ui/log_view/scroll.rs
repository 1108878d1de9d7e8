//! A scroll bar over lines: a bar over pixels loses precision after a few million.

use crate::ui::theme::Palette;
use egui::{CornerRadius, Rect, Sense, Ui, pos2};
use std::ops::Range;

const WIDTH: f32 = 10.0;
const SHORTEST: f32 = 28.0;

/// Shows the bar at the right edge of `area`; returns the new top line if it was moved.
pub fn bar(
    ui: &Ui,
    area: Rect,
    lines: &Range<f64>,
    visible: f64,
    top: f64,
    palette: &Palette,
) -> Option<f64> {
    let count = lines.end - lines.start;
    if count <= visible {
        return None;
    }
    let track = Rect::from_min_max(pos2(area.right() - WIDTH, area.top()), area.max);
    let response = ui.interact(
        track,
        ui.scope_id().with("scroll bar"),
        Sense::click_and_drag(),
    );
    let length = ((visible / count) as f32 * track.height())
        .max(SHORTEST)
        .min(track.height());
    let way = f64::from(track.height() - length).max(1.0);
    let hidden = (count - visible).max(1.0);
    let handle_top = track.top() + ((top - lines.start) / hidden * way) as f32;
    let handle = Rect::from_min_max(
        pos2(track.left() + 2.0, handle_top),
        pos2(track.right() - 2.0, handle_top + length),
    );
    let colour = match response.dragged() || response.hovered() {
        true => palette.faint,
        false => palette.edge,
    };
    ui.painter()
        .rect_filled(handle, CornerRadius::same(3), colour);
    let pointer = response.interact_pointer_pos()?;
    if response.dragged() {
        return Some(top + f64::from(response.drag_delta().y) / way * hidden);
    }
    let reached = f64::from(pointer.y - track.top() - length / 2.0) / way;
    response.clicked().then_some(lines.start + reached * hidden)
}
