//! Selecting rows by dragging over them.

use super::{LogView, Selection};
use crate::traffic::Rows;
use crate::ui::controls;
use egui::{PointerButton, Response, Ui};
use std::ops::Range;

/// Lines a second that the log scrolls by, for each line that the pointer is beyond its edge.
const SPEED: f64 = 12.0;
/// The most seconds that one frame counts for.
const FRAME: f32 = 0.1;

impl LogView {
    /// Whether rows are being selected by dragging.
    pub fn is_dragged(&self) -> bool {
        self.dragged
    }

    /// Selects the rows from where the drag began to the one at the pointer. Beyond the upper or
    /// lower edge the log scrolls.
    pub(super) fn drag(
        &mut self,
        ui: &Ui,
        table: &Response,
        (lines, rows): (&Range<u64>, &Rows<'_>),
    ) {
        let pointer = table.interact_pointer_pos();
        let pointer = pointer.filter(|_| table.dragged_by(PointerButton::Primary));
        self.dragged = pointer.is_some();
        let (Some(pointer), Some(last)) = (pointer, lines.end.checked_sub(1)) else {
            return;
        };
        let (top, bottom) = (table.rect.top(), table.rect.bottom());
        let (in_sight, height) = (self.top, self.line);
        let id_at = |y: f32| {
            let line = in_sight + f64::from((y.min(bottom).max(top) - top) / height);
            let line = (line.max(0.0) as u64).min(last);
            rows.from(line).next().map(|line| line.id)
        };
        if table.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            let first = origin.and_then(|origin| id_at(origin.y));
            let shift = controls::pointer_modifiers(ui.ctx()).shift;
            if let Some(first) = first.filter(|_| !shift) {
                self.choose(Selection::one(first));
            }
            ui.memory_mut(|memory| memory.request_focus(table.id));
        }
        if let Some(id) = id_at(pointer.y) {
            self.extend(id);
        }
        let beyond = (pointer.y - bottom).max(0.0) + (pointer.y - top).min(0.0);
        if beyond != 0.0 {
            let seconds = f64::from(ui.input(|input| input.stable_dt).min(FRAME));
            self.anchor = None;
            self.top += f64::from(beyond / self.line) * SPEED * seconds;
            ui.ctx().request_repaint();
        }
    }
}
