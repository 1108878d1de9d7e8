//! The messages of the selected row's stream or peer, beside the reads they came in.

use super::Inspector;
use crate::payload::hex;
use crate::payload::printable;
use crate::payload::reading::Reading;
use crate::schema::Schema;
use crate::session::Session;
use crate::t;
use crate::traffic::framing::{Frame, FrameEnd, FrameIndex, LONGEST_MESSAGE, SessionFraming};
use crate::traffic::messages::Message;
use crate::traffic::{MessageSchema, Record};
use crate::ui::description::RowMessage;
use crate::ui::log_view::LogView;
use crate::ui::{UiContext, grouped, theme};
use egui::{RichText, ScrollArea, Sense, Ui};
use std::borrow::Cow;
use std::ops::Range;

/// Rows walked through in one frame of the window.
const BUDGET: usize = 20_000;
/// Bytes of a message that are shown, and lines shown at once.
const SHOWN: usize = 160;
const LINES: f32 = 9.0;
const LINE: f32 = 20.0;
/// The most messages of a row that are read into fields.
const MESSAGES: usize = 8;

impl Inspector {
    /// Lists the messages. A clicked message shows the place of its bytes.
    pub(super) fn frames_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        record: &Record<'_>,
        row: u64,
        (view, framing): (&mut LogView, &SessionFraming),
    ) {
        let Some(far) = record.far() else {
            return;
        };
        ui.add_space(4.0);
        let kind = record.kind();
        let is_same =
            |index: &FrameIndex| index.far() == far && index.kind() == kind && index.is_of(framing);
        let known = self.frames.take().filter(is_same);
        let Some(mut index) = known.or_else(|| FrameIndex::of(far, kind, framing)) else {
            return;
        };
        if index.follow(&session.log, BUDGET) {
            ui.ctx().request_repaint();
        }
        // Another row was selected: its messages come into sight.
        let jumps = self.framed.replace(row) != Some(row);
        let chosen = list_ui(ui, cx, session, &index, row, jumps);
        if let Some(frame) = chosen {
            self.show_frame(session, &frame, view);
        }
        self.frames = Some(index);
    }

    /// The messages of a framed stream that have a part in this row.
    pub(super) fn messages_at(
        &self,
        session: &Session,
        row: u64,
        schema: &Schema,
    ) -> Vec<RowMessage<'static>> {
        let Some(index) = &self.frames else {
            return Vec::new();
        };
        let frames = index.frames();
        let begin = frames.partition_point(|frame| frame.last_row < row);
        let here = frames.iter().enumerate().skip(begin);
        let here = here.take_while(|(_, frame)| frame.first_row <= row);
        let whole = here.filter(|(_, frame)| frame.end.fault().is_none());
        let messages = whole.take(MESSAGES).filter_map(|(place, frame)| {
            let bytes = index.bytes(frame, &session.log, LONGEST_MESSAGE as usize);
            let before = frame.reads.iter().take_while(|read| read.row < row);
            let before = before.map(|read| read.range.len()).sum();
            let read = frame.reads.iter().find(|read| read.row == row)?;
            let range = read.range.start as usize..read.range.end as usize;
            let is_as_it_came = index.framing().stuffing().is_none();
            let bytes = index.framing().unstuffed(bytes.into())?;
            Some(RowMessage {
                bytes: schema.without_prefix(&bytes).to_vec().into(),
                number: index.number(place),
                place: is_as_it_came.then(|| behind(schema.prefix(), before, range)),
            })
        });
        messages.collect()
    }

    /// A message of several rows, which has these bytes; `None` where it is none.
    pub(super) fn whole_message<'a>(
        &self,
        message: &Message,
        bytes: &'a [u8],
        described: &MessageSchema,
    ) -> Option<RowMessage<'a>> {
        let (framing, schema) = (described.framing.of(message.kind)?, &described.schema);
        if message.end.fault().is_some() {
            return None;
        }
        let is_as_it_came = framing.stuffing().is_none();
        let place = is_as_it_came.then(|| behind(schema.prefix(), 0, 0..bytes.len()));
        let bytes = match framing.unstuffed(bytes.into())? {
            Cow::Borrowed(bytes) => schema.without_prefix(bytes).into(),
            Cow::Owned(bytes) => schema.without_prefix(&bytes).to_vec().into(),
        };
        Some(RowMessage {
            bytes,
            number: self.number_of(message),
            place,
        })
    }

    /// The number of a message of several rows in its stream. No other one has both its rows.
    fn number_of(&self, message: &Message) -> Option<u64> {
        let index = self.frames.as_ref()?;
        let frames = index.frames();
        let begin = frames.partition_point(|frame| frame.last_row < message.last_row);
        let here = frames.iter().enumerate().skip(begin);
        let mut here = here.take_while(|(_, frame)| frame.last_row == message.last_row);
        let (place, _) = here.find(|(_, frame)| frame.first_row == message.first_row)?;
        index.number(place)
    }

    /// Selects the row a message begins in, and marks its bytes there.
    fn show_frame(&mut self, session: &Session, frame: &Frame, view: &mut LogView) {
        let rows = view.rows(&session.log, None);
        view.go_to(rows.id_of_row(frame.first_row), &rows);
        if let Some(read) = frame.reads.first() {
            (self.row, self.framed) = (Some(frame.first_row), Some(frame.first_row));
            self.marked = Some(read.range.start as usize..read.range.end as usize);
        }
    }
}

/// A part of a message in a row, and its offset, without the first `prefix` bytes of the message.
fn behind(prefix: usize, offset: usize, part: Range<usize>) -> (usize, Range<usize>) {
    let missing = prefix.saturating_sub(offset);
    let begin = (part.start + missing).min(part.end);
    (offset.saturating_sub(prefix), begin..part.end)
}

fn list_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    index: &FrameIndex,
    row: u64,
    jumps: bool,
) -> Option<Frame> {
    let frames = index.frames();
    let open = index.unfinished();
    let count = grouped(index.messages());
    let counted = match open {
        None => t!(cx.lang, "framing.count", count = count),
        Some(open) => t!(
            cx.lang,
            "framing.count_open",
            count = count,
            bytes = grouped(u64::from(open.length))
        ),
    };
    let text = match index.cut_off() {
        0 => counted,
        cut_off => {
            let key = match index.in_datagrams() {
                true => "framing.count_cut_off_datagrams",
                false => "framing.count_cut_off",
            };
            t!(
                cx.lang,
                key,
                counted = counted,
                count = grouped(cut_off),
                bytes = grouped(index.cut_off_bytes())
            )
        }
    };
    ui.label(
        RichText::new(text)
            .font(theme::small())
            .color(cx.palette.dim),
    );
    let mut scroll = ScrollArea::vertical()
        .id_salt("frames")
        .max_height(LINES * LINE)
        .auto_shrink([false, true]);
    if jumps {
        let here = frames.partition_point(|frame| frame.last_row < row);
        scroll = scroll.vertical_scroll_offset(here.saturating_sub(2) as f32 * LINE);
    }
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    scroll.show_rows(ui, LINE, frames.len(), |ui, shown| {
        for place in shown {
            let Some(frame) = frames.get(place) else {
                continue;
            };
            let number = index.number(place);
            let is_here = (frame.first_row..=frame.last_row).contains(&row);
            let text = line(cx, session, index, frame, number);
            let size = egui::vec2(ui.available_width(), LINE);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::accesskit::Role::ListItem, true, is_here, &text)
            });
            let ground = match (is_here, response.hovered()) {
                (true, _) => cx.palette.selected,
                (false, true) => cx.palette.hover,
                (false, false) => egui::Color32::TRANSPARENT,
            };
            ui.painter().rect_filled(rect, 3.0, ground);
            let galley = ui.painter().layout_no_wrap(
                text,
                theme::small_mono(),
                match frame.end {
                    FrameEnd::TooLong | FrameEnd::TooShort | FrameEnd::Garbled => cx.palette.error,
                    FrameEnd::Unfinished => cx.palette.dim,
                    FrameEnd::Whole | FrameEnd::Delimited(_) => cx.palette.text,
                },
            );
            let painter = ui.painter().with_clip_rect(rect);
            let top = rect.center().y - galley.size().y / 2.0;
            painter.galley(egui::pos2(rect.left() + 4.0, top), galley, cx.palette.text);
            if response.clicked() {
                chosen = Some(frame.clone());
            }
        }
    });
    chosen
}

/// `12 · 34 B · rows 5–7 · hello`.
fn line(
    cx: UiContext<'_>,
    session: &Session,
    index: &FrameIndex,
    frame: &Frame,
    number: Option<u64>,
) -> String {
    let rows = match frame.first_row == frame.last_row {
        true => grouped(frame.first_row + 1),
        false => format!(
            "{}–{}",
            grouped(frame.first_row + 1),
            grouped(frame.last_row + 1)
        ),
    };
    let bytes = index.bytes(frame, &session.log, SHOWN);
    let length = bytes.len().min(frame.length as usize);
    let content = bytes.get(..length).unwrap_or_default();
    let text = match Reading::of(content) {
        Reading::Text(charset) => printable::line_in(charset, content),
        Reading::Empty => String::new(),
        Reading::Binary => hex::format(content),
    };
    let end = match frame.end {
        FrameEnd::TooLong => t!(cx.lang, "framing.end_too_long"),
        FrameEnd::TooShort => t!(cx.lang, "framing.end_too_short"),
        FrameEnd::Garbled => t!(cx.lang, "framing.end_garbled"),
        FrameEnd::Unfinished => t!(cx.lang, "framing.end_unfinished"),
        FrameEnd::Whole | FrameEnd::Delimited(_) => String::new(),
    };
    t!(
        cx.lang,
        "framing.line",
        number = number.map_or_else(|| "–".to_owned(), grouped),
        bytes = grouped(u64::from(frame.length)),
        rows = rows,
        text = format!("{end}{text}")
    )
}
