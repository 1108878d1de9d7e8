//! Moving a column by dragging its title.

use super::columns::ColumnLayout;
use crate::settings::columns::{Column, ColumnWidths};
use egui::{CursorIcon, Id, PointerButton, Response, Ui};

/// Under which is kept the column that is being dragged.
const DRAGGED: &str = "dragged column";

/// Moves the column whose title is dragged to the farthest one beyond whose middle the pointer is.
pub(super) fn ui(ui: &Ui, header: &Response, columns: &ColumnLayout, widths: &mut ColumnWidths) {
    let pointer = header.interact_pointer_pos();
    let pointer = pointer.filter(|_| header.dragged_by(PointerButton::Primary));
    let Some(x) = pointer.map(|pointer| pointer.x - header.rect.left()) else {
        return;
    };
    let shown: Vec<(Column, f32)> = widths
        .order
        .into_iter()
        .filter_map(|column| Some((column, columns.begin(column)?)))
        .collect();
    let id = Id::unique(DRAGGED);
    if header.drag_started() {
        let origin = ui.input(|input| input.pointer.press_origin());
        let origin = origin.map_or(x, |origin| origin.x - header.rect.left());
        let begun = shown.iter().rfind(|(_, begin)| *begin <= origin);
        // The content stands last for good.
        let begun = begun.filter(|_| origin < columns.content);
        let dragged = begun.map(|(column, _)| *column);
        ui.data_mut(|data| data.insert_temp(id, dragged));
    }
    let dragged: Option<Column> = ui.data(|data| data.get_temp(id)).flatten();
    let at = shown
        .iter()
        .position(|(column, _)| Some(*column) == dragged);
    let (Some(at), Some(dragged)) = (at, dragged) else {
        return;
    };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let middle = |place: usize| {
        let (_, begin) = shown.get(place)?;
        let end = shown.get(place + 1).map_or(columns.content, |next| next.1);
        Some((begin + end) / 2.0)
    };
    // None of them moves before it is passed itself.
    let is_passed = |place: &usize| {
        middle(*place).is_some_and(|middle| match *place > at {
            true => x > middle,
            false => x < middle,
        })
    };
    let others = (0..shown.len()).filter(|place| *place != at);
    let passed = others.filter(is_passed);
    let farthest = passed.max_by_key(|place| place.abs_diff(at));
    if let Some((other, _)) = farthest.and_then(|place| shown.get(place)) {
        widths.move_to(dragged, *other);
    }
}
