//! The layout of a row's content: in one piece, or a request and its reply each with its part of
//! the room.

use super::content::{Content, StyledSpan};
use super::ink;
use crate::traffic::Filter;
use crate::ui::theme::Palette;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Galley, Painter, Pos2, Vec2, vec2};
use std::sync::Arc;

/// The least width of a text, in points.
const LEAST: f32 = 8.0;

/// The room for the content of a row, in points.
#[derive(Clone, Copy)]
pub(super) struct ContentRoom {
    /// The width of the first line, in which other words may stand at the right.
    pub first: f32,
    pub width: f32,
    /// The number of lines.
    pub lines: usize,
    /// The height of a line.
    pub line: f32,
    /// Whether a reply stands below its request.
    pub stacks: bool,
}

/// The laid-out content of a row.
pub(super) struct RowContent {
    /// The texts, each with its place from the left end of the middle of the first line.
    texts: Vec<(Vec2, Arc<Galley>)>,
}

impl RowContent {
    pub fn of(
        painter: &Painter,
        content: &Content,
        room: ContentRoom,
        palette: &Palette,
        filter: Option<&Filter>,
    ) -> Self {
        let text = |spans: &[StyledSpan], width: f32, lines: usize| {
            let mut job = job(spans, width, palette, filter);
            job.wrap.max_rows = lines.max(1);
            painter.layout_job(job)
        };
        let spans = content.spans.as_slice();
        let sides = content.exchange.as_ref();
        let sides = sides.and_then(|exchange| spans.split_at_checked(exchange.reply));
        if let Some((request, reply)) = sides.filter(|_| room.stacks) {
            let below = text(reply, room.width, room.lines.saturating_sub(1));
            let texts = vec![
                (Vec2::ZERO, text(request, room.first, 1)),
                (vec2(0.0, room.line), below),
            ];
            return Self { texts };
        }
        let whole = text(spans, room.first, room.lines);
        let Some((request, reply)) = sides.filter(|_| whole.elided) else {
            return Self {
                texts: vec![(Vec2::ZERO, whole)],
            };
        };
        // Each has half of the room, and the half of the other one as far as that leaves it.
        let wished = text(reply, f32::INFINITY, 1).size().x;
        let width = (room.first - wished).max(room.first / 2.0);
        let request = text(request, width, room.lines);
        let behind = request.size().x;
        let reply = text(reply, room.first - behind, room.lines);
        let texts = vec![(Vec2::ZERO, request), (vec2(behind, 0.0), reply)];
        Self { texts }
    }

    /// Whether some of it had no room.
    pub fn is_elided(&self) -> bool {
        self.texts.iter().any(|(_, text)| text.elided)
    }

    /// Paints it from the left end of the middle of the first line on.
    pub fn paint(self, painter: &Painter, at: Pos2, palette: &Palette) {
        for (place, text) in self.texts {
            let height = text.size().y / text.rows.len().max(1) as f32;
            let place = at + place - vec2(0.0, height / 2.0);
            painter.galley(place, text, palette.text);
        }
    }
}

fn job(spans: &[StyledSpan], width: f32, palette: &Palette, filter: Option<&Filter>) -> LayoutJob {
    let mut job = LayoutJob {
        wrap: TextWrapping::truncate_at_width(width.max(LEAST)),
        break_on_newline: false,
        ..LayoutJob::default()
    };
    for span in spans {
        let filter = filter.filter(|_| span.searched);
        ink::append(&mut job, &span.text, span.ink, palette, filter);
    }
    job
}
