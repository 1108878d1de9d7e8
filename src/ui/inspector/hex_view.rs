//! A hex dump painted cell by cell, so that columns line up whatever the script.

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
pub fn ui(ui: &mut Ui, bytes: &[u8], is_text: bool, palette: &Palette) {
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
                            is_text,
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
    is_text: bool,
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
    let letters = first + ACROSS as f32 * CELL + 6.0;
    let row = bytes.get(from..).unwrap_or_default();
    for (column, byte) in row.iter().take(ACROSS).enumerate() {
        let mut text = String::with_capacity(2);
        hex::push_byte(&mut text, *byte);
        put(first + column as f32 * CELL, text, palette.text);
    }
    let mut text = String::new();
    for at in from..(from + ACROSS).min(bytes.len()) {
        text.extend(letter(bytes, at, is_text));
    }
    let font = FontId::monospace(11.5);
    let galley = painter
        .with_clip_rect(rect)
        .layout_no_wrap(text, font, palette.dim);
    painter.with_clip_rect(rect).galley(
        pos2(
            rect.left() + letters,
            rect.center().y - galley.size().y / 2.0,
        ),
        galley,
        palette.dim,
    );
}

/// What stands beside the byte at `at`: the character that begins there, nothing inside
/// one, and a dot for what cannot be shown.
fn letter(bytes: &[u8], at: usize, is_text: bool) -> Option<char> {
    let byte = *bytes.get(at)?;
    if byte.is_ascii() || !is_text {
        let c = char::from(byte);
        return Some(if byte.is_ascii() && !c.is_ascii_control() {
            c
        } else {
            '.'
        });
    }
    if let Some(c) = character_at(bytes, at) {
        return Some(if printable::deceives(c) { '.' } else { c });
    }
    let inside = (1..4).any(|back| {
        let Some(start) = at.checked_sub(back) else {
            return false;
        };
        character_at(bytes, start).is_some_and(|c| c.len_utf8() > back)
    });
    (!inside).then_some('.')
}

/// The UTF-8 character that begins at `at`.
fn character_at(bytes: &[u8], at: usize) -> Option<char> {
    let head = bytes.get(at..bytes.len().min(at + 4))?;
    head.utf8_chunks().next()?.valid().chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(bytes: &[u8], is_text: bool) -> String {
        (0..bytes.len())
            .filter_map(|at| letter(bytes, at, is_text))
            .collect()
    }

    #[test]
    fn a_character_stands_where_it_begins_once() {
        assert_eq!(letters("来自a\n服".as_bytes(), true), "来自a.服");
    }

    #[test]
    fn what_is_no_text_is_dots() {
        assert_eq!(letters(&[0x41, 0xC4, 0x0B, 0x7F], false), "A...");
        assert_eq!(letters("a\u{202E}b".as_bytes(), true), "a.b");
        assert_eq!(letters(&[0x8F, b'x'], true), ".x");
    }
}
