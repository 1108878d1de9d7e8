//! The surroundings of the rows: the titles, and the hint in an empty table.

use super::columns::ColumnLayout;
use super::{cells, column_drag, column_menu};
use crate::settings::columns::{ColumnWidths, NARROWEST};
use crate::t;
use crate::ui::{UiContext, theme};
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, CursorIcon, FontId, Galley, Id, Painter, Rect, Sense, Stroke, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use std::sync::Arc;

/// The least room between a title and the next column, in points.
const TITLE_GAP: f32 = 4.0;

/// The titles of the columns, between which the edges can be dragged. At the right, `strip`
/// points belong to something else.
pub fn header(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (log_mode, strip): (bool, f32),
    widths: &mut ColumnWidths,
) {
    let size = vec2(ui.available_width(), theme::LOG_HEADER);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let free = rect.with_max_x(rect.right() - strip);
    let painter = ui.painter().with_clip_rect(free.intersect(ui.clip_rect()));
    let header = column_menu::ui(ui, cx, (free, log_mode), widths);
    if log_mode {
        let columns = ColumnLayout::of(log_mode, widths, rect.width());
        column_drag::ui(ui, &header, &columns, widths);
    }
    let columns = ColumnLayout::of(log_mode, widths, rect.width());
    let titles = [
        (
            columns.time,
            t!(cx.lang, "log.time"),
            Some(&mut widths.time),
        ),
        (columns.gap, t!(cx.lang, "log.gap"), Some(&mut widths.gap)),
        (
            columns.peer,
            t!(cx.lang, "log.peer"),
            Some(&mut widths.peer),
        ),
        (
            columns.length,
            t!(cx.lang, "log.length"),
            Some(&mut widths.length),
        ),
        (Some(columns.content), t!(cx.lang, "log.content"), None),
    ];
    let heads = || {
        let shown = titles.iter();
        let shown = shown.filter_map(|(column, title, _)| Some(((*column)?, title.clone())));
        shown.collect()
    };
    cells::add(ui, &header, (rect, free), Role::ColumnHeader, heads);
    for (number, (column, title, width)) in titles.into_iter().enumerate() {
        let Some(column) = column else { continue };
        // A number ends where its title does.
        let end = columns
            .length_end()
            .filter(|_| columns.length == Some(column));
        let left = rect.left() + column;
        let edge = width.as_deref().map(|width| left + width);
        let room = edge.map_or(free.right(), |edge| free.right().min(edge - TITLE_GAP)) - left;
        if let Some(galley) = title_in(&painter, cx, &title, room) {
            let x = end.map_or(left, |end| rect.left() + end - galley.size().x);
            let place = pos2(x, rect.center().y - galley.size().y / 2.0);
            painter.galley(place, galley, cx.palette.faint);
        }
        if let Some((edge, width)) = edge.zip(width).filter(|(edge, _)| *edge < free.right()) {
            edge_ui(ui, cx, (rect, edge), (number, &title), width);
        }
    }
    let stroke = Stroke::new(1.0, cx.palette.line);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, stroke);
}

/// The title of a column with this much room, shortened where that is too little; `None` where
/// there is room for no letter.
fn title_in(painter: &Painter, cx: UiContext<'_>, title: &str, room: f32) -> Option<Arc<Galley>> {
    let (font, color) = (FontId::proportional(11.5), cx.palette.faint);
    let mut job = LayoutJob::simple_singleline(title.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(room);
    let galley = painter.layout_job(job);
    // An ellipsis alone says nothing.
    let letters: usize = galley.rows.iter().map(|row| row.glyphs.len()).sum();
    let says = !galley.elided || letters > 1;
    (says && galley.size().x <= room).then_some(galley)
}

/// The right edge of a column.
fn edge_ui(
    ui: &Ui,
    cx: UiContext<'_>,
    (header, edge): (Rect, f32),
    (number, title): (usize, &str),
    width: &mut f32,
) {
    let x = edge - 7.0;
    let handle = header.with_min_x(x - 4.0).with_max_x(x + 4.0);
    // No stop of the Tab key: the row would have one for each column.
    let id = Id::unique("log columns").with(number);
    let response = ui.interact(handle, id, Sense::DRAG);
    let name = t!(cx.lang, "log.column_width", title = title);
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, &name));
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        let stroke = Stroke::new(1.0, cx.palette.accent);
        ui.painter().vline(x, header.y_range().shrink(4.0), stroke);
    }
    if response.dragged() {
        *width = (*width + response.drag_delta().x).max(NARROWEST);
    }
}

/// One dim sentence in the middle of the table.
pub fn hint(ui: &Ui, cx: UiContext<'_>, text: &str, area: Rect) {
    let painter = ui.painter().with_clip_rect(area);
    let below = area.with_min_y(area.center().y - 40.0);
    let label = ui.interact(
        below.intersect(area),
        Id::unique("log hint"),
        Sense::hover(),
    );
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let width = (area.width() - 60.0).max(80.0);
    let (font, color) = (theme::body(), cx.palette.faint);
    let mut job = LayoutJob::simple(text.to_owned(), font, color, width);
    // Its lines then stand around where it is painted.
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    painter.galley(pos2(area.center().x, below.top() + 20.0), galley, color);
}
