//! Painting a failure: the error, how often it is repeated, and the cure.

use super::badges::paint_repeated;
use super::columns::ColumnLayout;
use super::ink;
use super::scene::Repeated;
use crate::explain::Explanation;
use crate::traffic::Filter;
use crate::ui::UiContext;
use crate::ui::theme;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, Galley, Painter, Rect, pos2};
use std::sync::Arc;

/// A row with less room than this has the number of repetitions alone, without the last time.
const WHOLE_REPEATED: f32 = 480.0;

/// The row of a failure.
pub(super) struct FailureRow<'a> {
    pub(super) cx: UiContext<'a>,
    pub(super) columns: &'a ColumnLayout,
    /// Points at the right that something else stands in.
    pub(super) reserved: f32,
    pub(super) repeated: Option<&'a Repeated>,
    /// Its matches are highlighted.
    pub(super) filter: Option<&'a Filter>,
}

/// Paints the failure. The cure stands behind the error, or below it where rows of failures have
/// several lines.
pub(super) fn paint(row: &FailureRow<'_>, painter: &Painter, rect: Rect, explained: &Explanation) {
    let (palette, columns) = (row.cx.palette, row.columns);
    let left = rect.left() + columns.failure;
    let middle = rect.top() + columns.line / 2.0;
    let mut right = rect.right() - theme::PADDING - row.reserved;
    if let Some(repeated) = row.repeated {
        let words = match right - left < WHOLE_REPEATED {
            true => &repeated.count,
            false => &repeated.words,
        };
        right -= paint_repeated(painter, pos2(right, middle), words, palette) + 8.0;
    }
    let room = (right - left).max(0.0);
    let place = |galley: &Galley, middle: f32| {
        let line = galley.size().y / galley.rows.len().max(1) as f32;
        pos2(left, middle - line / 2.0)
    };
    let what = (explained.what.as_str(), palette.error);
    let detail = explained.why(row.cx.lang);
    let detail = (detail.as_str(), palette.text);
    if columns.failure_lines == 1 {
        let cure = format!("  {}", explained.cure);
        let cure = (cure.as_str(), palette.dim);
        let mut galley = laid(row, painter, &[what, detail, cure], (room, 1));
        // The cure is worth more than the detail.
        if galley.elided {
            galley = laid(row, painter, &[what, cure], (room, 1));
        }
        let place = place(&galley, middle);
        painter.galley(place, galley, palette.text);
        return;
    }
    let head = laid(row, painter, &[what, detail], (room, 1));
    painter.galley(place(&head, middle), head, palette.text);
    let room = columns.cure_room(rect.width());
    let rows = columns.failure_lines - 1;
    let cure = laid(
        row,
        painter,
        &[(&explained.cure, palette.dim)],
        (room, rows),
    );
    let place = place(&cure, middle + columns.line);
    painter.galley(place, cure, palette.dim);
}

/// Texts in their colours, one after the other, in at most this many rows.
fn laid(
    row: &FailureRow<'_>,
    painter: &Painter,
    texts: &[(&str, Color32)],
    (room, rows): (f32, usize),
) -> Arc<Galley> {
    let mut job = LayoutJob {
        wrap: TextWrapping {
            max_rows: rows,
            ..TextWrapping::truncate_at_width(room)
        },
        break_on_newline: false,
        ..LayoutJob::default()
    };
    job.wrap.break_anywhere = rows == 1;
    for (text, colour) in texts {
        ink::append_coloured(&mut job, text, *colour, row.cx.palette, row.filter);
    }
    painter.layout_job(job)
}
