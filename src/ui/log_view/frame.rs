//! What stands around the rows: the titles, and the hint in an empty table.

use super::row::Columns;
use crate::say;
use crate::session::Session;
use crate::ui::{Look, theme};
use egui::text::LayoutJob;
use egui::{
    Align, Align2, CornerRadius, Id, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2,
    vec2,
};

/// The titles of the columns.
pub fn header(ui: &mut Ui, look: Look<'_>, columns: &Columns) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    let titles = [
        (columns.time, say!(look.lang, "log.time")),
        (columns.peer, say!(look.lang, "log.peer")),
        (columns.length, say!(look.lang, "log.length")),
        (columns.content, say!(look.lang, "log.content")),
    ];
    let is_narrow = columns.length <= columns.peer;
    let shown = |place: usize| !is_narrow || place == 0 || place == 3;
    for (_, (column, title)) in titles
        .into_iter()
        .enumerate()
        .filter(|(place, _)| shown(*place))
    {
        let place = pos2(rect.left() + column, rect.center().y);
        ui.painter().text(
            place,
            Align2::LEFT_CENTER,
            title,
            egui::FontId::proportional(11.5),
            look.palette.faint,
        );
    }
    ui.painter().hline(
        rect.x_range(),
        rect.bottom() - 0.5,
        Stroke::new(1.0, look.palette.line),
    );
}

/// What stands in an empty table: the next step.
pub fn empty(ui: &Ui, look: Look<'_>, session: &Session, area: Rect) {
    let hint = match session.local() {
        Some(local) => say!(
            look.lang,
            "log.empty_open",
            local = look.interfaces.show(local)
        ),
        None => say!(look.lang, "log.empty_closed"),
    };
    let painter = ui.painter().with_clip_rect(area);
    let middle = area.center() - vec2(0.0, 20.0);
    painter.circle_stroke(
        middle - vec2(0.0, 44.0),
        17.0,
        Stroke::new(1.5, look.palette.line),
    );
    painter.rect_filled(
        Rect::from_center_size(middle - vec2(0.0, 44.0), vec2(8.0, 8.0)),
        CornerRadius::same(4),
        look.palette.line,
    );
    painter.text(
        middle,
        Align2::CENTER_CENTER,
        say!(look.lang, "log.empty_title"),
        theme::bold(14.0),
        look.palette.dim,
    );
    hint_at(ui, look, &hint, area.with_min_y(middle.y - 4.0), area);
}

/// One dim sentence in the middle of the table.
pub fn hint(ui: &Ui, look: Look<'_>, text: &str, area: Rect) {
    let below = area.with_min_y(area.center().y - 40.0);
    hint_at(ui, look, text, below, area);
}

fn hint_at(ui: &Ui, look: Look<'_>, text: &str, area: Rect, clip: Rect) {
    let painter = ui.painter().with_clip_rect(clip);
    let heard = ui.interact(area.intersect(clip), Id::unique("log hint"), Sense::hover());
    heard.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let width = (area.width() - 60.0).max(80.0);
    let (font, color) = (theme::body(), look.palette.faint);
    let mut job = LayoutJob::simple(text.to_owned(), font, color, width);
    // Its lines then stand around where it is painted.
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    painter.galley(pos2(area.center().x, area.top() + 20.0), galley, color);
}
