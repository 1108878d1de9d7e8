//! The way back to the newest row.

use super::LogView;
use super::scene::Scene;
use crate::t;
use crate::ui::{grouped, theme};
use egui::{CornerRadius, Rect, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use std::ops::Range;

impl LogView {
    /// Shows it at the lower right while the newest row is out of sight.
    pub(super) fn pill_ui(&mut self, ui: &Ui, scene: &Scene<'_>, lines: &Range<u64>) {
        let log = scene.rows.log();
        let at_end = self.top >= self.bottom(lines) - 0.01;
        if at_end && !self.is_paused() {
            self.seen = log.rows().end;
            return;
        }
        // What is in sight is not new.
        let below = (self.top + self.visible).floor() as u64;
        if let Some(first) = scene.rows.from(below).next() {
            self.seen = self.seen.max(first.row);
        }
        let new = scene.rows.count_from(self.seen.max(log.rows().start));
        if at_end && new == 0 {
            return;
        }
        let (lang, palette) = (scene.cx.lang, scene.cx.palette);
        let text = match new {
            0 => t!(lang, "log.to_newest"),
            new => t!(lang, "log.new_rows", count = grouped(new)),
        };
        let painter = ui.painter();
        let galley = painter.layout_no_wrap(text.clone(), theme::small(), palette.on_accent);
        let size = galley.size() + vec2(22.0, 8.0);
        let corner = scene.area.max - vec2(18.0, 10.0);
        let rect = Rect::from_min_size(corner - size, size);
        let response = ui.interact(rect, scene.table.with("newest"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
        let [rest, under_pointer, _] = palette.primary;
        let fill = match response.hovered() || response.has_focus() {
            true => under_pointer,
            false => rest,
        };
        painter.rect_filled(rect, CornerRadius::same(12), fill);
        painter.galley(
            rect.center() - galley.size() / 2.0,
            galley,
            palette.on_accent,
        );
        if response.clicked() {
            self.to_newest();
            ui.ctx().request_repaint();
        }
    }
}
