//! The reads of a connection as boxes, with the messages above them.

use super::dim;
use crate::session::life::{ReadStrip, StreamRead};
use crate::t;
use crate::traffic::LogUnit;
use crate::ui::controls::group;
use crate::ui::{UiContext, controls, grouped, short, theme};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, Id, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

/// The height of a box, and of the line of messages above it.
const BOX: f32 = 26.0;
const LINE: f32 = 9.0;
/// The least and the greatest width of a box, and the room between two.
const LEAST: f32 = 34.0;
const GREATEST: f32 = 160.0;
const GAP: f32 = 4.0;
/// The width of a box grows with the root of its length.
const GROWTH: f32 = 5.0;

/// Which box the Tab key stops at.
#[derive(Debug, Default)]
pub(super) struct ReadChoice {
    row: Option<u64>,
}

impl ReadChoice {
    /// Shows the reads. Returns the row of the one that was clicked.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        strip: &ReadStrip,
        unit: &mut LogUnit,
    ) -> Option<u64> {
        controls::heading(ui, &t!(cx.lang, "life.reads"), cx.palette);
        let counts = strip.counts();
        if counts.reads == 0 {
            dim(ui, cx, t!(cx.lang, "life.no_reads"));
            return None;
        }
        let text = match strip.is_framed() {
            false => t!(cx.lang, "life.unframed", reads = grouped(counts.reads)),
            true => {
                let parts = [
                    t!(cx.lang, "life.reads_count", count = grouped(counts.reads)),
                    t!(
                        cx.lang,
                        "life.messages_count",
                        count = grouped(counts.messages)
                    ),
                    t!(cx.lang, "life.joined", count = grouped(counts.joined)),
                    t!(cx.lang, "life.split", count = grouped(counts.split)),
                ];
                parts.join(" · ")
            }
        };
        dim(ui, cx, text);
        let chosen = self.boxes_ui(ui, cx, strip);
        if strip.is_framed() {
            let (key, other) = match unit {
                LogUnit::Read => ("life.show_messages", LogUnit::Message),
                LogUnit::Message | LogUnit::Request => ("life.show_reads", LogUnit::Read),
            };
            let name = t!(cx.lang, key);
            if controls::small(ui, &name, &name).clicked() {
                *unit = other;
                ui.ctx().request_repaint();
            }
        }
        chosen
    }

    fn boxes_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, strip: &ReadStrip) -> Option<u64> {
        let reads: Vec<&StreamRead> = strip.reads().collect();
        let widths: Vec<f32> = reads.iter().map(|read| width(read.length)).collect();
        let whole = widths.iter().map(|width| width + GAP).sum::<f32>();
        let list = ScrollArea::horizontal()
            .id_salt("reads of a connection")
            .stick_to_right(true);
        let shown = list.show(ui, |ui| {
            let size = vec2(whole, BOX + LINE + 4.0);
            let (place, _) = ui.allocate_exact_size(size, Sense::hover());
            let mut left = place.left();
            let mut boxes = Vec::with_capacity(reads.len());
            for (read, width) in reads.iter().zip(&widths) {
                let corner = pos2(left, place.top() + LINE + 2.0);
                boxes.push((**read, Rect::from_min_size(corner, vec2(*width, BOX))));
                left += width + GAP;
            }
            messages(ui, cx, strip, &boxes);
            self.row = self
                .row
                .filter(|row| reads.iter().any(|read| read.row == *row));
            let stop = self.row.or(reads.last().map(|read| read.row));
            let mut chosen = None;
            for (at, (read, rect)) in boxes.iter().enumerate() {
                let is_stop = stop == Some(read.row);
                if self.box_ui(ui, cx, (read, *rect), is_stop, (at, &boxes)) {
                    chosen = Some(read.row);
                }
            }
            chosen
        });
        shown.inner
    }

    /// One read. Returns whether it was clicked.
    fn box_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (read, rect): (&StreamRead, Rect),
        is_stop: bool,
        (at, boxes): (usize, &[(StreamRead, Rect)]),
    ) -> bool {
        let response = ui.interact(rect, id(read.row), group::sense(is_stop));
        let moved = group::arrow(ui, response.id, at, boxes.len());
        if let Some((next, _)) = moved.and_then(|next| boxes.get(next)) {
            self.row = Some(next.row);
            group::focus(ui, id(next.row));
        }
        let name = t!(
            cx.lang,
            "life.read_name",
            row = grouped(read.row.saturating_add(1)),
            from = grouped(read.from),
            length = grouped(read.length)
        );
        let name = match read.messages {
            0 => name,
            messages => {
                let messages = t!(cx.lang, "life.in_read", count = grouped(messages));
                format!("{name} · {messages}")
            }
        };
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &name));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let fill = match response.hovered() || response.has_focus() {
            true => cx.palette.hover,
            false => cx.palette.field,
        };
        // A read with several messages stands out.
        let edge = match read.messages > 1 {
            true => cx.palette.event,
            false => cx.palette.edge,
        };
        let stroke = Stroke::new(1.0, edge);
        let painter = ui.painter();
        painter.rect(rect, theme::ROUND, fill, stroke, StrokeKind::Inside);
        let (align, font) = (Align2::CENTER_CENTER, theme::small());
        let text = short(read.length);
        painter.text(rect.center(), align, text, font, cx.palette.text);
        response.on_hover_text(name).clicked()
    }
}

/// Paints a line above the boxes for each message; one that goes on has an open end.
fn messages(ui: &Ui, cx: UiContext<'_>, strip: &ReadStrip, boxes: &[(StreamRead, Rect)]) {
    let (Some((first, left)), Some((_, right))) = (boxes.first(), boxes.last()) else {
        return;
    };
    let y = left.top() - 2.0 - LINE / 2.0;
    let begin = first.from;
    let line = |from: Option<u64>, to: Option<u64>, colour: Color32| {
        let from = from.map_or(left.left(), |from| across(from, false, boxes));
        let end = to.map_or(right.right(), |to| across(to, true, boxes));
        let painter = ui.painter();
        let stroke = Stroke::new(2.0, colour);
        painter.hline(from + 1.0..=(end - 1.0).max(from + 1.0), y, stroke);
        if to.is_some() {
            painter.vline(end - 1.0, y - LINE / 2.0..=y + LINE / 2.0, stroke);
        }
    };
    let shown = strip.messages().filter(|message| message.to > begin);
    for (place, message) in shown.enumerate() {
        let colour = match (message.is_fault, place % 2) {
            (true, _) => cx.palette.error,
            (false, 0) => cx.palette.accent,
            (false, _) => cx.palette.ok,
        };
        let from = message.from.filter(|from| *from >= begin);
        line(from, Some(message.to), colour);
    }
    if let Some(from) = strip.unfinished() {
        line(Some(from), None, cx.palette.dim);
    }
}

/// Where a position of the stream is, in points: for an `end`, that behind the byte before it.
fn across(position: u64, end: bool, boxes: &[(StreamRead, Rect)]) -> f32 {
    let holds = |(read, _): &&(StreamRead, Rect)| {
        let last = read.from + read.length;
        match end {
            true => position <= last,
            false => position < last,
        }
    };
    let Some((read, rect)) = boxes.iter().find(holds).or(boxes.last()) else {
        return 0.0;
    };
    let part = position.saturating_sub(read.from) as f32 / read.length.max(1) as f32;
    rect.left() + rect.width() * part.min(1.0)
}

fn width(length: u64) -> f32 {
    (LEAST + GROWTH * (length as f32).sqrt()).min(GREATEST)
}

fn id(row: u64) -> Id {
    Id::unique(("read of a connection", row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_lies_in_the_box_of_its_read() {
        let read = |from, length| StreamRead {
            row: from,
            time: 0,
            from,
            length,
            messages: 0,
        };
        let rect = |left: f32| Rect::from_min_size(pos2(left, 0.0), vec2(100.0, 10.0));
        let boxes = [(read(0, 10), rect(0.0)), (read(10, 20), rect(200.0))];
        assert_eq!(across(5, false, &boxes), 50.0);
        // The end of the first read, and the beginning of the second.
        assert_eq!(across(10, true, &boxes), 100.0);
        assert_eq!(across(10, false, &boxes), 200.0);
        assert_eq!(across(30, true, &boxes), 300.0);
        assert_eq!(across(90, true, &boxes), 300.0);
        assert_eq!(across(1, true, &[]), 0.0);
    }
}
