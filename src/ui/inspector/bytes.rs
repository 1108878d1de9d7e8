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
use egui::{RichText, Ui};
use std::ops::Range;

/// Bytes of text laid out; the hex dump and copies have all of them.
const TEXT: usize = 4096;

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
    let numbers = numbers::at(bytes.get(from..).unwrap_or_default());
    egui::Grid::new("numbers")
        .num_columns(3)
        .spacing([8.0, 0.0])
        .min_row_height(17.0)
        .show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 17.0;
            let dim = |text: String| {
                RichText::new(text)
                    .font(theme::small())
                    .color(cx.palette.dim)
            };
            ui.label("");
            ui.label(dim(t!(cx.lang, "inspector.little")));
            ui.label(dim(t!(cx.lang, "inspector.big")));
            ui.end_row();
            for number in numbers {
                let name = RichText::new(number.name).font(theme::dense_mono());
                ui.label(name.color(cx.palette.dim));
                for text in [number.little, number.big] {
                    let text = RichText::new(text).font(theme::dense_mono());
                    ui.add(egui::Label::new(text).selectable(true));
                }
                ui.end_row();
            }
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
                    ui.add(egui::Label::new(job).wrap());
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
