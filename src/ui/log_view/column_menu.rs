//! The menu of the titles: which columns are shown, in which order, and how rows look.

use crate::settings::columns::{Column, ColumnWidths, LineHeight, TimeFormat};
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::{Id, PopupCloseBehavior, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role};

/// The key of a column's title.
fn title(column: Column) -> &'static str {
    match column {
        Column::Time => "log.time",
        Column::Gap => "log.gap",
        Column::Direction => "log.direction",
        Column::Peer => "log.peer",
        Column::Length => "log.length",
    }
}

/// The menu that a click on the titles at `rect` opens, or a key. Returns the titles, which can be
/// dragged too.
pub(super) fn ui(
    ui: &Ui,
    cx: UiContext<'_>,
    (rect, has_columns): (Rect, bool),
    widths: &mut ColumnWidths,
) -> Response {
    let header = ui.interact(rect, Id::unique("log header"), Sense::click_and_drag());
    let name = t!(cx.lang, "log.columns");
    header.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    // Several things are changed in it one after the other.
    let close = PopupCloseBehavior::CloseOnClickOutside;
    controls::context_menu(&header, header.clicked(), close, |ui| {
        controls::edged(ui, cx.palette);
        ui.spacing_mut().item_spacing.y = 4.0;
        if has_columns {
            for (at, column) in widths.order.into_iter().enumerate() {
                column_ui(ui, cx, widths, (at, column));
            }
            ui.separator();
            time_ui(ui, cx, widths);
            ui.separator();
        }
        for line in LineHeight::ALL {
            let name = match line {
                LineHeight::Compact => t!(cx.lang, "log.compact"),
                LineHeight::Normal => t!(cx.lang, "log.normal"),
                LineHeight::Roomy => t!(cx.lang, "log.roomy"),
            };
            controls::radio(ui, &mut widths.line, line, &name, cx.palette);
        }
        check_ui(ui, cx, &mut widths.wraps, &t!(cx.lang, "log.wrap"));
        check_ui(ui, cx, &mut widths.folds, &t!(cx.lang, "log.fold"));
        ui.separator();
        ui.spacing_mut().button_padding.x = 9.0;
        if ui.button(t!(cx.lang, "log.reset_columns")).clicked() {
            *widths = ColumnWidths::default();
            ui.close();
        }
    });
    controls::regain_focus(ui, &header);
    header
}

fn check_ui(ui: &mut Ui, cx: UiContext<'_>, on: &mut bool, text: &str) {
    controls::check(ui, on, text, "", theme::body(), cx.palette);
}

/// How the time is shown. Its column becomes wide enough.
fn time_ui(ui: &mut Ui, cx: UiContext<'_>, widths: &mut ColumnWidths) {
    for format in TimeFormat::ALL {
        let name = match format {
            TimeFormat::Millis => t!(cx.lang, "log.time_millis"),
            TimeFormat::Micros => t!(cx.lang, "log.time_micros"),
            TimeFormat::Date => t!(cx.lang, "log.time_date"),
        };
        let before = widths.time_format;
        controls::radio(ui, &mut widths.time_format, format, &name, cx.palette);
        if widths.time_format != before {
            widths.time = format.width();
        }
    }
}

/// The column at this place.
fn column_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    widths: &mut ColumnWidths,
    (at, column): (usize, Column),
) {
    let title = t!(cx.lang, title(column));
    let last = widths.order.len() - 1;
    ui.horizontal(|ui| {
        for (is_right, sign, key, can_move, why) in [
            (false, "◀", "log.column_left", at > 0, "log.is_leftmost"),
            (true, "▶", "log.column_right", at < last, "log.is_rightmost"),
        ] {
            let name = t!(cx.lang, key, title = &title);
            let button = controls::small_if(ui, can_move, sign, &name);
            if controls::unusable(ui, button, &t!(cx.lang, why)).clicked() {
                widths.shift(column, is_right);
            }
        }
        let shown = &mut widths.shown;
        let shown = match column {
            Column::Time => &mut shown.time,
            Column::Gap => &mut shown.gap,
            Column::Peer => &mut shown.peer,
            Column::Length => &mut shown.length,
            // This column shows the kind of a row.
            Column::Direction => {
                ui.label(title.as_str());
                return;
            }
        };
        check_ui(ui, cx, shown, &title);
    });
}
