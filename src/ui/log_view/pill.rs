//! The way back to the newest row.

use super::LogView;
use super::scene::Scene;
use crate::t;
use crate::ui::{grouped, theme};
use egui::{CornerRadius, Galley, Rect, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use std::ops::Range;
use std::sync::Arc;

/// The button, before it is shown.
pub(super) struct Pill {
    pub(super) rect: Rect,
    text: String,
    galley: Arc<Galley>,
}

impl LogView {
    /// It stands at the lower right while the newest row is out of sight.
    pub(super) fn pill(&mut self, ui: &Ui, scene: &Scene<'_>, lines: &Range<u64>) -> Option<Pill> {
        let log = scene.rows.log();
        let at_end = self.top >= self.bottom(lines) - 0.01;
        if at_end && !self.is_paused() {
            self.seen = log.rows().end;
            return None;
        }
        // Visible rows are not new.
        let below = (self.top + self.visible + 0.01).floor() as u64;
        if let Some(first) = scene.rows.from(below).next() {
            self.seen = self.seen.max(first.row);
        }
        let new = scene.rows.count_from(self.seen.max(log.rows().start));
        if at_end && new == 0 {
            return None;
        }
        let text = match new {
            0 => t!(scene.cx.lang, "log.to_newest"),
            new => t!(scene.cx.lang, "log.new_rows", count = grouped(new)),
        };
        let ink = scene.cx.palette.on_accent;
        let galley = ui
            .painter()
            .layout_no_wrap(text.clone(), theme::small(), ink);
        let size = galley.size() + vec2(22.0, 8.0);
        let corner = scene.area.max - vec2(18.0, 4.0);
        let rect = Rect::from_min_size(corner - size, size);
        Some(Pill { rect, text, galley })
    }

    pub(super) fn pill_ui(&mut self, ui: &Ui, scene: &Scene<'_>, pill: Pill) {
        let Pill { rect, text, galley } = pill;
        let response = ui.interact(rect, scene.table.with("newest"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
        let palette = scene.cx.palette;
        let [rest, under_pointer, _] = palette.primary;
        let fill = match response.hovered() || response.has_focus() {
            true => under_pointer,
            false => rest,
        };
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(12), fill);
        let place = rect.center() - galley.size() / 2.0;
        painter.galley(place, galley, palette.on_accent);
        if response.clicked() {
            self.to_newest();
            ui.ctx().request_repaint();
        }
    }
}
