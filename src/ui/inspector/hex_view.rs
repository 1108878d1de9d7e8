//! A hex dump painted cell by cell, so that columns line up whatever the script.

use crate::payload::charset::{Charset, Part};
use crate::payload::hex;
use crate::payload::printable;
use crate::ui::theme::{self, Palette};
use egui::{Align2, FontId, Painter, Rect, Ui, pos2, vec2};

/// Bytes in one line.
const ACROSS: usize = 8;
const LINE: f32 = 18.0;
const CELL: f32 = 19.5;
const LETTER: f32 = 7.0;
/// Lines shown at once before it scrolls.
const TALLEST: usize = 14;

/// Shows `bytes`; only the lines in sight are painted.
pub fn ui(ui: &mut Ui, bytes: &[u8], charset: Option<Charset>, palette: &Palette) {
    let lines = bytes.len().div_ceil(ACROSS).max(1);
    let digits = if bytes.len() > 0x1_0000 { 6 } else { 4 };
    egui::Frame::new()
        .fill(palette.field)
        .stroke(egui::Stroke::new(1.0, palette.line))
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
                    let letters = letters(charset, bytes, shown.end * ACROSS);
                    for line in shown {
                        let (rect, _) = ui.allocate_exact_size(
                            vec2(ui.available_width(), LINE),
                            egui::Sense::hover(),
                        );
                        paint(
                            ui.painter(),
                            rect,
                            bytes,
                            line * ACROSS,
                            digits,
                            &letters,
                            palette,
                        );
                    }
                });
        });
}

fn paint(
    painter: &Painter,
    rect: Rect,
    bytes: &[u8],
    from: usize,
    digits: usize,
    letters: &[Option<char>],
    palette: &Palette,
) {
    let font = theme::small_mono();
    let put = |x: f32, text: String, colour| {
        painter.text(
            pos2(rect.left() + x, rect.center().y),
            Align2::LEFT_CENTER,
            text,
            font.clone(),
            colour,
        );
    };
    put(0.0, format!("{from:0digits$X}"), palette.faint);
    let first = digits as f32 * LETTER + 13.0;
    let gutter = first + ACROSS as f32 * CELL + 6.0;
    let row = bytes.get(from..).unwrap_or_default();
    for (column, byte) in row.iter().take(ACROSS).enumerate() {
        let mut text = String::with_capacity(2);
        hex::push_byte(&mut text, *byte);
        put(first + column as f32 * CELL, text, palette.text);
    }
    let text: String = letters.iter().skip(from).take(ACROSS).flatten().collect();
    let font = FontId::monospace(11.5);
    let galley = painter
        .with_clip_rect(rect)
        .layout_no_wrap(text, font, palette.dim);
    painter.with_clip_rect(rect).galley(
        pos2(
            rect.left() + gutter,
            rect.center().y - galley.size().y / 2.0,
        ),
        galley,
        palette.dim,
    );
}

/// What stands beside each of the first `count` bytes: the character that begins there,
/// nothing inside one, and a dot for what cannot be shown.
fn letters(charset: Option<Charset>, bytes: &[u8], count: usize) -> Vec<Option<char>> {
    let charset = charset.unwrap_or_default();
    // A little more, so that the last character is not cut.
    let head = bytes.get(..count + 4).unwrap_or(bytes);
    let mut letters = Vec::with_capacity(head.len());
    while let Some(rest) = head.get(letters.len()..).filter(|rest| !rest.is_empty()) {
        let (character, length) = first_character(charset, rest);
        letters.push(Some(character));
        letters.resize(letters.len() + length - 1, None);
    }
    letters
}

/// The character that begins here as it may be shown, and its length in bytes.
fn first_character(charset: Charset, bytes: &[u8]) -> (char, usize) {
    for length in 1..=4.min(bytes.len()) {
        let decoded = bytes.get(..length).map(|head| charset.decode(head));
        if let Some([Part::Text(text)]) = decoded.as_deref()
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
        letters(charset, bytes, bytes.len())
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
            letters(Some(Charset::Gb18030), &gbk, 2)[..2],
            [Some('来'), None]
        );
    }

    #[test]
    fn what_is_no_text_is_dots() {
        assert_eq!(shown(&[0x41, 0xC4, 0x0B, 0x7F], None), "A...");
        assert_eq!(shown("a\u{202E}b".as_bytes(), Some(Charset::Utf8)), "a.b");
        assert_eq!(shown(&[0x8F, b'x'], Some(Charset::Utf8)), ".x");
    }
}
