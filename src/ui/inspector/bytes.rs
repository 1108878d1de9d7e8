//! The bytes of the selected row: as hexadecimal, as text, and as numbers.

use super::Inspector;
use super::hex_view::HexView;
use crate::payload::charset::Charset;
use crate::payload::numbers;
use crate::payload::printable::{self, PrintableRun};
use crate::payload::reading::Reading;
use crate::t;
use crate::traffic::stream_text::Streamed;
use crate::ui::log_view::content;
use crate::ui::log_view::ink::{self, Ink};
use crate::ui::{UiContext, grouped, theme};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Label, Layout, RichText, Ui, vec2};
use std::ops::Range;

/// Bytes of text laid out; the hex dump and copies have all of them.
const TEXT: usize = 4096;
/// The height of a line of numbers, the width of their names, and the gap between columns.
const NUMBER_LINE: f32 = 17.0;
const NAME: f32 = 26.0;
const NUMBER_GAP: f32 = 8.0;
/// Two numbers of twenty digits stand side by side in this width.
const BESIDE: f32 = 320.0;

impl Inspector {
    pub(super) fn bytes_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        bytes: &[u8],
        read: &Streamed,
        found: &[Range<usize>],
    ) {
        if bytes.is_empty() {
            let text = t!(cx.lang, "log.empty_datagram");
            ui.label(RichText::new(text).color(cx.palette.dim));
            return;
        }
        let charset = match read.reading {
            Reading::Text(charset) => Some(charset),
            Reading::Empty | Reading::Binary => None,
        };
        let view = HexView {
            bytes,
            charset,
            found,
            palette: cx.palette,
        };
        view.ui(ui, &mut self.marked);
        if let Some(marked) = &self.marked {
            numbers_ui(ui, cx, bytes, marked);
        }
        if let Some(charset) = charset {
            text_ui(ui, cx, bytes, read, charset);
        }
    }
}

/// The bytes from the first marked one on, as numbers.
fn numbers_ui(ui: &mut Ui, cx: UiContext<'_>, bytes: &[u8], marked: &Range<usize>) {
    let (from, count) = (marked.start, marked.len());
    let place = t!(
        cx.lang,
        "inspector.marked",
        from = format!("{from:04X}"),
        count = grouped(count as u64)
    );
    ui.label(
        RichText::new(place)
            .font(theme::small())
            .color(cx.palette.dim),
    );
    let width = ui.available_width();
    let column = ((width - NAME) / 2.0 - NUMBER_GAP).max(0.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(NUMBER_GAP, 0.0);
        ui.spacing_mut().interact_size.y = NUMBER_LINE;
        ui.horizontal(|ui| {
            cell(ui, NAME, Label::new(""));
            for title in ["inspector.little", "inspector.big"] {
                let title = RichText::new(t!(cx.lang, title)).font(theme::small());
                cell(ui, column, Label::new(title.color(cx.palette.dim)));
            }
        });
        for number in numbers::at(bytes.get(from..).unwrap_or_default()) {
            let text = |text: &str| RichText::new(text).font(theme::dense_mono());
            let value = |words: &str| Label::new(text(words)).selectable(true).truncate();
            let stacked = width < BESIDE && matches!(number.name, "u64" | "i64" | "f64");
            ui.horizontal(|ui| {
                cell(
                    ui,
                    NAME,
                    Label::new(text(number.name).color(cx.palette.dim)),
                );
                let width = if stacked { 2.0 * column } else { column };
                cell(ui, width, value(&number.little));
                if !stacked {
                    cell(ui, column, value(&number.big));
                }
            });
            if stacked {
                // In the column of its order, as far as it is long.
                let line = vec2(width, NUMBER_LINE);
                let right = Layout::right_to_left(Align::Center);
                ui.allocate_ui_with_layout(line, right, |ui| ui.add(value(&number.big)));
            }
        }
    });
}

fn cell(ui: &mut Ui, width: f32, label: Label) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, NUMBER_LINE), layout, |ui| {
        ui.set_min_size(vec2(width, NUMBER_LINE));
        ui.add(label);
    });
}

fn text_ui(ui: &mut Ui, cx: UiContext<'_>, bytes: &[u8], read: &Streamed, charset: Charset) {
    let heading = RichText::new(t!(cx.lang, "inspector.text"));
    ui.label(heading.font(theme::bold(12.0)).color(cx.palette.dim));
    let job = text_of(bytes, read, charset, cx);
    egui::Frame::new()
        .fill(cx.palette.field)
        .stroke(egui::Stroke::new(1.0, cx.palette.line))
        .corner_radius(theme::ROUND)
        .inner_margin(8)
        .show(ui, |ui| {
            egui::ScrollArea::vertical()
                .id_salt("text")
                .max_height(150.0)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    ui.add(Label::new(job).wrap());
                });
        });
    if bytes.len() > TEXT {
        let text = t!(cx.lang, "inspector.shown", bytes = grouped(TEXT as u64));
        let text = RichText::new(text).font(theme::small());
        ui.label(text.color(cx.palette.dim));
    }
}

/// The beginning of a row's text, and behind it the bytes that begin a character of the next
/// read: they are this row's, too.
fn text_of(bytes: &[u8], read: &Streamed, charset: Charset, cx: UiContext<'_>) -> LayoutJob {
    let text = read.joined_head(bytes, TEXT);
    let head = charset.decode_head(&text, TEXT);
    let mut job = text_job(printable::pieces_of(head.parts), cx);
    if read.cut > 0 && bytes.len() <= TEXT {
        let end = content::cut_end(bytes, read.cut);
        ink::append(&mut job, &end.text, end.ink, cx.palette, None);
    }
    job
}

/// Text with its escapes in colour, broken where its own line breaks are.
fn text_job(pieces: Vec<PrintableRun<'_>>, cx: UiContext<'_>) -> LayoutJob {
    let mut job = LayoutJob::default();
    for piece in pieces {
        ink::append(&mut job, piece.text(), Ink::of(&piece), cx.palette, None);
        if piece.text() == "␊" {
            job.append(
                "\n",
                0.0,
                TextFormat::simple(theme::mono(), cx.palette.text),
            );
        }
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_that_begin_a_character_of_the_next_read_are_shown() {
        let cx = UiContext::for_tests();
        let mut read = Streamed::alone(Reading::Text(Charset::Utf8));
        let whole = text_of("你".as_bytes(), &read, Charset::Utf8, cx);
        assert_eq!(whole.text, "你");
        read.cut = 2;
        let cut = text_of(b"ok\xE5\xA5", &read, Charset::Utf8, cx);
        assert_eq!(cut.text, "ok E5 A5 →");
        // A row of nothing else has no text to show, but has bytes.
        let only = text_of(b"\xE5\xA5", &read, Charset::Utf8, cx);
        assert_eq!(only.text, " E5 A5 →");
    }
}
