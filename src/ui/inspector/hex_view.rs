//! A hex dump painted cell by cell, so that columns line up in any script. A mark in the bytes is
//! also a mark in the text beside them, and the other way round.

use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::hex;
use crate::payload::printable;
use crate::ui::theme::{self, Palette};
use egui::{Align2, CornerRadius, FontId, Galley, Id, Painter, Pos2, Rect, Sense, Ui, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Bytes in one line.
const ACROSS: usize = 8;
const LINE: f32 = 18.0;
const CELL: f32 = 19.5;
const LETTER: f32 = 7.0;
/// Lines shown at once before it scrolls.
const TALLEST: usize = 14;

/// Bytes, and how they are shown.
pub struct HexView<'a> {
    pub bytes: &'a [u8],
    pub charset: Option<Charset>,
    /// The matches of a search among them.
    pub found: &'a [Range<usize>],
    pub palette: &'a Palette,
}

/// One line as it was laid out.
struct HexLine {
    from: usize,
    rect: Rect,
    letters: Arc<Galley>,
    /// The byte at which each letter begins.
    begins: Vec<usize>,
}

impl HexView<'_> {
    /// Shows them; only the lines in sight are laid out and painted. Pressing and dragging
    /// marks bytes.
    pub fn ui(&self, ui: &mut Ui, marked: &mut Option<Range<usize>>) {
        let lines = self.bytes.len().div_ceil(ACROSS).max(1);
        egui::Frame::new()
            .fill(self.palette.field)
            .stroke(egui::Stroke::new(1.0, self.palette.line))
            .corner_radius(theme::ROUND)
            .inner_margin(egui::Margin::symmetric(8, 6))
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = lines.min(TALLEST) as f32 * LINE;
                egui::ScrollArea::vertical()
                    .id_salt("hex")
                    .max_height(height)
                    .auto_shrink([false, true])
                    .show_rows(ui, LINE, lines, |ui, shown| {
                        let size = vec2(ui.available_width(), shown.len() as f32 * LINE);
                        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                        let lines = self.lines(ui.painter(), area, shown);
                        self.mark(ui, area, &lines, marked);
                        for line in &lines {
                            self.paint(ui.painter(), line, marked.as_ref());
                        }
                    });
            });
    }

    fn lines(&self, painter: &Painter, area: Rect, shown: Range<usize>) -> Vec<HexLine> {
        let bytes = shown.start * ACROSS..shown.end * ACROSS;
        let letters = letters(self.charset, self.bytes, bytes);
        let first = shown.start;
        shown
            .map(|number| {
                let from = number * ACROSS;
                let here = letters.iter().enumerate().skip(from - first * ACROSS);
                let here = here
                    .take(ACROSS)
                    .filter_map(|(at, letter)| letter.map(|letter| (first * ACROSS + at, letter)));
                let (begins, text): (Vec<usize>, String) = here.unzip();
                let font = FontId::monospace(11.5);
                let top = area.top() + (number - first) as f32 * LINE;
                HexLine {
                    from,
                    rect: Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), LINE)),
                    letters: painter.layout_no_wrap(text, font, self.palette.dim),
                    begins,
                }
            })
            .collect()
    }

    /// Follows the pointer while it is pressed.
    fn mark(&self, ui: &Ui, area: Rect, lines: &[HexLine], marked: &mut Option<Range<usize>>) {
        let response = ui.interact(area, Id::unique("hex bytes"), Sense::click_and_drag());
        if !response.is_pointer_button_down_on() && !response.clicked() {
            return;
        }
        // Where it was pressed, not where it was when that was taken for a drag.
        let pressed = ui.input(|input| input.pointer.press_origin());
        let at = response.interact_pointer_pos();
        let bytes = at.and_then(|at| {
            let begun = self.byte_at(lines, pressed.unwrap_or(at))?;
            Some((begun, self.byte_at(lines, at)?))
        });
        if let Some((begun, at)) = bytes {
            *marked = Some(begun.min(at)..begun.max(at) + 1);
        }
    }

    /// The byte at a place: that of the cell, or that of the letter.
    fn byte_at(&self, lines: &[HexLine], at: Pos2) -> Option<usize> {
        let below = |line: &&HexLine| at.y >= line.rect.top();
        let line = lines.iter().rev().find(below).or(lines.first())?;
        let gutter = line.rect.left() + self.gutter();
        let byte = if at.x < gutter - 4.0 {
            let cell = (at.x - line.rect.left() - self.first()) / CELL;
            line.from + (cell.max(0.0) as usize).min(ACROSS - 1)
        } else {
            let cursor = line.letters.cursor_from_pos(vec2(at.x - gutter - 3.0, 1.0));
            let letter = cursor.index.0.min(line.begins.len().saturating_sub(1));
            line.begins.get(letter).copied()?
        };
        Some(byte.min(self.bytes.len().checked_sub(1)?))
    }

    fn digits(&self) -> usize {
        if self.bytes.len() > 0x1_0000 { 6 } else { 4 }
    }

    /// Where the cells begin, and the text beside them.
    fn first(&self) -> f32 {
        self.digits() as f32 * LETTER + 13.0
    }

    fn gutter(&self) -> f32 {
        self.first() + ACROSS as f32 * CELL + 6.0
    }

    fn paint(&self, painter: &Painter, line: &HexLine, marked: Option<&Range<usize>>) {
        let (rect, palette) = (line.rect, self.palette);
        let grounds = self.found.iter().map(|found| (found, palette.found));
        let marked = marked.map(|marked| (marked, palette.accent.gamma_multiply(0.3)));
        for (range, colour) in grounds.chain(marked) {
            self.ground(painter, line, range, colour);
        }
        let font = theme::small_mono();
        let put = |x: f32, text: String, colour| {
            let place = pos2(rect.left() + x, rect.center().y);
            painter.text(place, Align2::LEFT_CENTER, text, font.clone(), colour);
        };
        let digits = self.digits();
        put(0.0, format!("{:0digits$X}", line.from), palette.faint);
        let row = self.bytes.get(line.from..).unwrap_or_default();
        for (column, byte) in row.iter().take(ACROSS).enumerate() {
            let mut text = String::with_capacity(2);
            hex::push_byte(&mut text, *byte);
            put(self.first() + column as f32 * CELL, text, palette.text);
        }
        let top = rect.center().y - line.letters.size().y / 2.0;
        painter.with_clip_rect(rect).galley(
            pos2(rect.left() + self.gutter(), top),
            Arc::clone(&line.letters),
            palette.dim,
        );
    }

    /// Colours the part of a range in this line, in both halves.
    fn ground(
        &self,
        painter: &Painter,
        line: &HexLine,
        range: &Range<usize>,
        colour: egui::Color32,
    ) {
        let end = line.from + ACROSS;
        let (begin, end) = (range.start.max(line.from), range.end.min(end));
        if begin >= end {
            return;
        }
        let across = |from: f32, to: f32| {
            let x = line.rect.left() + from..=line.rect.left() + to;
            let rect = Rect::from_x_y_ranges(x, line.rect.shrink2(vec2(0.0, 1.0)).y_range());
            painter.rect_filled(rect, CornerRadius::same(2), colour);
        };
        let cell = |at: usize| self.first() + (at - line.from) as f32 * CELL;
        across(cell(begin) - 2.5, cell(end) - 2.5);
        // A letter is meant if one of its bytes is.
        let first = line
            .begins
            .partition_point(|at| *at <= begin)
            .saturating_sub(1);
        let last = line.begins.partition_point(|at| *at < end);
        let place = |letter: usize| {
            let cursor = egui::text::CCursor::new(letter);
            self.gutter() + line.letters.pos_from_cursor(cursor).left()
        };
        across(place(first), place(last));
    }
}

/// The text beside each byte of a range: the character that begins there, nothing inside a
/// character, and a dot for bytes without a visible one.
fn letters(charset: Option<Charset>, bytes: &[u8], range: Range<usize>) -> Vec<Option<char>> {
    let charset = charset.unwrap_or_default();
    let begin = certain(bytes, range.start);
    // A little more, so that the last character is not cut.
    let head = bytes.get(..range.end + 4).unwrap_or(bytes);
    let mut letters = Vec::with_capacity(head.len() - begin.min(head.len()));
    while let Some(rest) = head
        .get(begin + letters.len()..)
        .filter(|rest| !rest.is_empty())
    {
        let (character, length) = first_character(charset, rest);
        letters.push(Some(character));
        letters.resize(letters.len() + length - 1, None);
    }
    letters.split_off((range.start - begin).min(letters.len()))
}

/// A byte at or before `at` where a character surely begins, or that is far enough before
/// it: reading does not begin at the first of a million bytes.
fn certain(bytes: &[u8], at: usize) -> usize {
    const FAR: usize = 64;
    let from = at.saturating_sub(FAR);
    let before = bytes.get(from..at).unwrap_or_default();
    // In every encoding here a byte below 0x30 is a character of its own, or the half of
    // one in UTF-16, whose characters stand at even places.
    let alone = before.iter().rposition(|byte| *byte < 0x30);
    let begin = alone.map_or(from, |alone| from + alone + 1);
    begin - begin % 2
}

/// The character that begins here as it may be shown, and its length in bytes.
fn first_character(charset: Charset, bytes: &[u8]) -> (char, usize) {
    for length in 1..=4.min(bytes.len()) {
        let decoded = bytes.get(..length).map(|head| charset.decode(head));
        if let Some([DecodedPart::Text(text)]) = decoded.as_deref()
            && let Some(c) = text.chars().next()
        {
            return (if printable::deceives(c) { '.' } else { c }, length);
        }
    }
    ('.', 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], charset: Option<Charset>) -> String {
        letters(charset, bytes, 0..bytes.len())
            .into_iter()
            .flatten()
            .collect()
    }

    #[test]
    fn a_character_stands_where_it_begins_once() {
        assert_eq!(
            shown("来自a\n服".as_bytes(), Some(Charset::Utf8)),
            "来自a.服"
        );
        let gbk = Charset::Gb18030.encode("来自a\n服💩").unwrap();
        assert_eq!(shown(&gbk, Some(Charset::Gb18030)), "来自a.服💩");
        assert_eq!(
            letters(Some(Charset::Gb18030), &gbk, 0..2)[..2],
            [Some('来'), None]
        );
    }

    #[test]
    fn the_end_of_much_text_is_read_like_its_beginning() {
        let text = "温度=21.5℃;湿度=48%\n".repeat(500);
        for charset in [Charset::Utf8, Charset::Gb18030, Charset::Utf16Le] {
            let bytes = charset.encode(&text).unwrap();
            let all = letters(Some(charset), &bytes, 0..bytes.len());
            for start in (0..bytes.len()).step_by(ACROSS * 37) {
                let end = (start + 160).min(bytes.len());
                let part = letters(Some(charset), &bytes, start..end);
                assert_eq!(part[..end - start], all[start..end], "{charset:?} {start}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_dots() {
        assert_eq!(shown(&[0x41, 0xC4, 0x0B, 0x7F], None), "A...");
        assert_eq!(shown("a\u{202E}b".as_bytes(), Some(Charset::Utf8)), "a.b");
        assert_eq!(shown(&[0x8F, b'x'], Some(Charset::Utf8)), ".x");
    }
}
