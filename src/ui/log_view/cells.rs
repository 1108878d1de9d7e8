//! The cells of a row and the titles of the columns, as screen readers meet them.

use egui::{Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, accesskit::Role};

/// Adds a node for each cell below the node of the row. A cell is its left edge within the row, in
/// points, and its text; it ends at the left edge of the next one. Rows are visible within `area`.
pub(super) fn add(
    ui: &Ui,
    row: &Response,
    (rect, area): (Rect, Rect),
    role: Role,
    cells: impl FnOnce() -> Vec<(f32, String)>,
) {
    // Nothing asks for nodes where no screen reader runs.
    if ui.ctx().accesskit_node_builder(row.id, |_| ()).is_none() {
        return;
    }
    let mut cells = cells();
    cells.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let ends: Vec<f32> = cells.iter().skip(1).map(|(left, _)| *left).collect();
    let ends = ends.into_iter().chain([rect.width()]);
    let inside = UiBuilder::new()
        .layer_id(ui.layer_id())
        .max_rect(rect)
        .accessibility_parent(row.id);
    let inside = Ui::new(ui.ctx().clone(), row.id.with("cells"), inside);
    for (number, ((left, text), end)) in cells.into_iter().zip(ends).enumerate() {
        let columns = rect.left() + left..=rect.left() + end;
        let cell = Rect::from_x_y_ranges(columns, rect.y_range()).intersect(area);
        let cell = inside.interact(cell, row.id.with(("cell", number)), Sense::empty());
        cell.widget_info(|| WidgetInfo::labeled(role, true, &text));
    }
}
