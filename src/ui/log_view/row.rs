//! Painting one row of the log.

use super::badges::{check_sign, paint_badge, paint_check};
use super::columns::ColumnLayout;
use super::content::Content;
use super::failure_row::{self, FailureRow};
use super::message_note::MessageNote;
use super::row_content::{ContentRoom, RowContent};
use super::row_words::{SPOKEN, SpokenRow, backwards, gap, spoken};
use super::scene::Repeated;
use super::sign;
use crate::capture::classic;
use crate::explain;
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::tab::{Display, ReceiveDraft};
use crate::traffic::FieldsLine;
use crate::traffic::messages::Message;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Filter, Micros, Notice, RecordKind, RowPosition};
use crate::ui::peer_sign::PeerSign;
use crate::ui::theme;
use crate::ui::{UiContext, narrow};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, pos2};

/// A content narrower than this has no room for the whole length behind it.
const TOTAL: f32 = 200.0;
/// The least width of a content beside its tail.
const LEAST: f32 = 24.0;
/// The part of a content that the name of the other end of a relay may take, if all of it does
/// not fit.
const OTHER: f32 = 0.45;

/// One row, ready to be painted at `rect`.
pub struct LogRow<'a> {
    pub line: &'a RowPosition<'a>,
    pub session: &'a Session,
    pub cx: UiContext<'a>,
    pub receive: &'a ReceiveDraft,
    /// The fields of its message.
    pub fields: Option<FieldsLine>,
    pub columns: &'a ColumnLayout,
    /// Points at the right that something else stands in.
    pub reserved: f32,
    pub selected: bool,
    pub marked: bool,
    /// How often a failure is repeated.
    pub repeated: Option<Repeated>,
    pub hovered: bool,
    /// How its bytes are read.
    pub read: Streamed,
    /// Microseconds since the row before.
    pub gap: Option<Micros>,
    /// Its matches are highlighted.
    pub filter: Option<&'a Filter>,
    /// The words around a message.
    pub note: Option<MessageNote>,
}

impl LogRow<'_> {
    /// The left edges of the cells, in points within the row, and their texts.
    pub fn cells(&self, spoken: &SpokenRow) -> Vec<(f32, String)> {
        let (record, columns) = (&self.line.record, self.columns);
        if self.is_classic() {
            return vec![(0.0, spoken.content.clone())];
        }
        let mut cells = Vec::new();
        cells.extend(columns.time.map(|left| (left, spoken.time.clone())));
        let since = columns.gap.zip(self.gap);
        cells.extend(since.map(|(left, micros)| (left, gap(micros))));
        let is_failure = record.kind() == RecordKind::Failure;
        if !is_failure {
            let peer = record.peer().map(|peer| self.cx.interfaces.show(peer));
            cells.extend(columns.peer.zip(peer));
            let length = columns
                .length
                .filter(|_| record.kind() != RecordKind::Notice);
            cells.extend(length.map(|left| (left, self.line.length().to_string())));
        }
        let left = match is_failure {
            true => columns.failure,
            false => columns.content,
        };
        cells.push((left, spoken.content.clone()));
        cells
    }

    fn is_classic(&self) -> bool {
        self.receive.display == Display::Classic && self.line.record.kind() != RecordKind::Failure
    }

    /// Why an interval at the pointer is a dash, in a row that begins at `left`; `None` elsewhere.
    pub fn backwards(&self, pointer: Option<Pos2>, left: f32) -> Option<String> {
        let (lang, x) = (self.cx.lang, pointer?.x - left);
        if self.columns.is_gap(x) && !self.is_classic() {
            let message = self.line.message.as_ref();
            return backwards(lang, self.gap?, message.is_some_and(Message::goes_on));
        }
        let note = self.note.as_ref().filter(|_| x >= self.columns.content)?;
        note.backwards(lang)
    }

    /// Paints the row; returns its text for screen readers.
    pub fn paint(&self, painter: &Painter, rect: Rect) -> SpokenRow {
        let palette = self.cx.palette;
        let kind = self.line.record.kind();
        let note = self.note.as_ref();
        let fails = kind == RecordKind::Failure || note.is_some_and(MessageNote::is_unanswered);
        let ground = match (self.selected, fails, self.hovered) {
            (true, ..) => palette.selected,
            (false, true, _) => palette.error_soft,
            (false, false, true) => palette.hover,
            (false, false, false) => Color32::TRANSPARENT,
        };
        painter.rect_filled(rect, CornerRadius::ZERO, ground);
        if self.marked {
            sign::paint_mark(painter, rect, palette.event);
        }
        if self.is_classic() {
            let (content, cut) = self.classic(painter, rect);
            return SpokenRow {
                content,
                cut,
                ..SpokenRow::default()
            };
        }
        let middle = rect.top() + self.columns.line / 2.0;
        let time = self
            .cx
            .time(self.line.record.time, self.columns.time_format);
        let at = |column: f32| pos2(rect.left() + column, middle);
        let faint = |column: f32, words: &str| {
            let (font, colour) = (theme::mono(), palette.faint);
            let room = self.columns.text_room(column);
            text(painter, at(column), words, font, colour, room);
        };
        if let Some(column) = self.columns.time {
            faint(column, &time);
        }
        if let Some((column, micros)) = self.columns.gap.zip(self.gap) {
            faint(column, &gap(micros));
        }
        let sign_at = at(self.columns.sign + 6.0);
        sign::paint(painter, sign_at, kind, sign::colour(kind, palette));
        let (content, cut) = match self.line.record.body {
            Body::Notice(Notice::Failed(failure)) => {
                let explained = explain::failure(self.cx.lang, failure);
                let row = FailureRow {
                    cx: self.cx,
                    columns: self.columns,
                    reserved: self.reserved,
                    repeated: self.repeated.as_ref(),
                    filter: self.filter,
                };
                failure_row::paint(&row, painter, rect, &explained);
                let line = explained.line(self.cx.lang);
                let line = match &self.repeated {
                    Some(repeated) => format!("{line} {}", repeated.words),
                    None => line,
                };
                (line, None)
            }
            _ => self.record(painter, rect, middle),
        };
        SpokenRow {
            time,
            head: spoken(&self.line.record, self.cx),
            content,
            cut,
        }
    }

    /// Paints the cells of a record but those that every row has. Returns the words of its
    /// content, and the text of a request and its reply if some of that had no room.
    fn record(&self, painter: &Painter, rect: Rect, middle: f32) -> (String, Option<String>) {
        let palette = self.cx.palette;
        let record = &self.line.record;
        let is_notice = record.kind() == RecordKind::Notice;
        if let Some(peer) = record.peer() {
            let ink = if is_notice { palette.dim } else { palette.text };
            self.peer(painter, (rect.left(), middle), peer, ink);
        }
        if let Some(end) = self.columns.length_end().filter(|_| !is_notice) {
            let place = pos2(rect.left() + end, middle);
            let length = self.line.length();
            painter.text(
                place,
                Align2::RIGHT_CENTER,
                length,
                theme::mono(),
                palette.dim,
            );
        }
        let left = rect.left() + self.columns.content;
        let right = rect.right() - self.reserved;
        let (content, verdict, cut) = self.content(painter, left, right, middle);
        let verdict = verdict.map_or("", |good| check_sign(good, palette).0);
        let line = content.line();
        let message: String = line.chars().take(SPOKEN).collect();
        let tail = content.tail(true, |other| self.cx.interfaces.show(other));
        let tail = tail.unwrap_or_default();
        let words = [verdict, message.as_str(), tail.as_str()].join(" ");
        (words.trim().to_owned(), cut)
    }

    /// Paints the peer's sign and address. Where there is little room, the end of the address
    /// is worth most: there is the port.
    fn peer(&self, painter: &Painter, (left, middle): (f32, f32), peer: Peer, ink: Color32) {
        let Some((column, (address, width))) = self.columns.peer.zip(self.columns.address()) else {
            return;
        };
        let dot = pos2(left + column + 4.0, middle);
        PeerSign::of(self.session, peer).paint(painter, dot, self.cx.palette);
        let shown = self.cx.interfaces.show(peer);
        let (shown, font) = match narrow::font_of(painter, &shown, width) {
            Some(font) => (shown, font),
            None => {
                let fits = |part: &str| narrow::fits(painter, part, width);
                (narrow::end_of(&shown, fits), theme::mono())
            }
        };
        let place = pos2(left + address, middle);
        text(painter, place, &shown, font, ink, width);
    }

    /// Paints the content from `left` on, its first line around `middle`. Returns whether the check
    /// value is right, and the text of a request and its reply if some of that had no room.
    fn content(
        &self,
        painter: &Painter,
        mut left: f32,
        right: f32,
        middle: f32,
    ) -> (Content, Option<bool>, Option<String>) {
        let (record, palette) = (&self.line.record, self.cx.palette);
        let display = match (record.body, self.receive.display) {
            (Body::Notice(_), _) | (_, Display::Classic) => Display::Text,
            (_, display) => display,
        };
        let shown = (display, self.fields.as_ref());
        let mut content = Content::of(record, &self.read, shown, self.cx);
        if let Some(note) = &self.note {
            note.put_around(&mut content);
        }
        let right = right - theme::PADDING;
        if let Some(badge) = content.badge {
            left += paint_badge(painter, pos2(left, middle), badge, palette) + 7.0;
        }
        let verdict = self.receive.verdict(record);
        if let Some(good) = verdict {
            left += paint_check(painter, pos2(left, middle), good, palette) + 7.0;
        }
        let lines = match record.kind() {
            RecordKind::Received | RecordKind::Sent => self.columns.lines,
            RecordKind::Notice | RecordKind::Failure => 1,
        };
        // Where there is little room the beginning is worth more than the length.
        let room = right - left;
        let has_total = room > TOTAL;
        let laid = |tail: Option<String>| {
            let words = |tail| painter.layout_no_wrap(tail, theme::small(), palette.dim);
            // A tail that leaves no text beside it would cover what stands before the text.
            let tail = tail
                .map(words)
                .filter(|tail| room - tail.size().x - 8.0 >= LEAST);
            let taken = tail.as_ref().map_or(0.0, |tail| tail.size().x + 8.0);
            let room = ContentRoom {
                first: room - taken,
                width: room,
                lines,
                line: self.columns.line,
                stacks: self.columns.stacks,
            };
            let laid = RowContent::of(painter, &content, room, palette, self.filter);
            (laid, tail)
        };
        let whole = |other: Peer| self.cx.interfaces.show(other);
        let (mut text, mut tail) = laid(content.tail(has_total, whole));
        // It is worth more than the host of the other end, which other rows name.
        if text.is_elided() && content.other.is_some() {
            let short = |other: Peer| match other.address() {
                Some(address) => format!(":{}", address.port()),
                None => {
                    let fits = |part: &str| narrow::fits(painter, part, room * OTHER);
                    narrow::end_of(&whole(other), fits)
                }
            };
            (text, tail) = laid(content.tail(has_total, short));
        }
        if let Some(tail) = tail {
            let place = pos2(right - tail.size().x, middle - tail.size().y / 2.0);
            painter.galley(place, tail, palette.dim);
        }
        let exchange = content.exchange.as_ref();
        let cut = exchange.filter(|exchange| exchange.is_cut || text.is_elided());
        let cut = cut.map(|exchange| exchange.text.clone());
        text.paint(painter, pos2(left, middle), palette);
        (content, verdict, cut)
    }

    /// As the assistants people know write it: a line about it, and the payload below.
    fn classic(&self, painter: &Painter, rect: Rect) -> (String, Option<String>) {
        let (record, cx) = (&self.line.record, self.cx);
        let mut header = classic::header(record, self.read.reading, cx.zone);
        if let Body::Notice(notice) = record.body {
            let message = explain::notice(cx.lang, notice, cx.interfaces);
            header.push_str(&match (notice, notice.peer()) {
                (Notice::Joined { peer }, _) => format!("Client {peer} gets online."),
                (_, Some(peer)) => format!("{} {message}", cx.interfaces.show(peer)),
                (_, None) => message,
            });
        }
        let middle = |line: f32| rect.top() + self.columns.line * (line + 0.5);
        let left = rect.left() + theme::PADDING;
        let width = rect.width() - 2.0 * theme::PADDING - self.reserved;
        let font = theme::mono();
        let kind = record.kind();
        let colour = sign::colour(kind, cx.palette);
        sign::paint(painter, pos2(left + 6.0, middle(0.0)), kind, colour);
        let indented = pos2(left + 20.0, middle(0.0));
        text(
            painter,
            indented,
            &header,
            font,
            cx.palette.dim,
            width - 20.0,
        );
        if record.kind() == RecordKind::Notice {
            return (header, None);
        }
        let right = rect.right() - self.reserved;
        let (content, verdict, cut) = self.content(painter, left + 20.0, right, middle(1.0));
        let verdict = verdict.map_or("", |good| check_sign(good, cx.palette).0);
        let words = format!("{header} {verdict} {}", content.line());
        (words, cut)
    }
}

fn text(
    painter: &Painter,
    left_middle: Pos2,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, colour));
    job.wrap = TextWrapping::truncate_at_width(width);
    job.break_on_newline = false;
    let galley = painter.layout_job(job);
    painter.galley(
        pos2(left_middle.x, left_middle.y - galley.size().y / 2.0),
        galley,
        colour,
    );
}
