//! The glyphs a frame paints: how large they are, and of which font.

use super::dock::PAGES;
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::FontFamily;
use netpeer::words::Lang;

/// The least size of a text, in points.
const SMALLEST: f32 = 11.0;
/// A Han font has these as wide as a Chinese character.
const SHARED: [char; 6] = ['“', '”', '‘', '’', '…', '·'];

/// A window with a row of text and control characters.
fn with_a_row(lang: Lang) -> Window {
    let mut window = Window::udp(lang);
    let local = window.connect();
    let (socket, _) = far_side();
    let text = "“double” ‘single’ … ·\r\n";
    socket.send_to(text.as_bytes(), local).unwrap();
    window.until_says("“double”");
    window
}

/// The texts that are smaller than [`SMALLEST`].
fn small(window: &Window) -> Vec<String> {
    let painted = Painted::of(window);
    let sections = painted.texts.iter().flat_map(|(_, text, _)| {
        let job = &text.galley.job;
        job.sections.iter().map(move |section| (job, section))
    });
    let small = sections.filter(|(_, section)| section.format.font_id.size < SMALLEST);
    small.map(|(job, _)| job.text.clone()).collect()
}

#[test]
fn no_text_of_the_window_is_smaller_than_eleven_points() {
    for lang in Lang::ALL {
        let mut window = with_a_row(lang);
        let painted = Painted::of(&window);
        let mut texts = painted.texts.iter().map(|(_, text, _)| text.galley.text());
        let has_tags = |text: &str| text.contains("“double”") && text.contains("CRLF");
        assert!(texts.any(has_tags), "the tags are painted");
        assert_eq!(small(&window), [""; 0], "{lang:?}");
        for (chinese, english) in PAGES {
            window.click(chinese, english);
            assert_eq!(small(&window), [""; 0], "{lang:?} {english}");
        }
    }
}

/// The widths of the shared punctuation in a family of fonts, in widths of a Chinese character.
fn widths(window: &Window, is_it: impl Fn(&FontFamily) -> bool) -> Vec<(char, f32)> {
    let mut found = Vec::new();
    for (_, text, _) in &Painted::of(window).texts {
        let sections = text.galley.job.sections.iter();
        let mut fonts = sections.map(|section| &section.format.font_id);
        let Some(first) = fonts.next().filter(|font| is_it(&font.family)) else {
            continue;
        };
        let size = fonts.fold(first.size, |size, font| size.max(font.size));
        let rows = text.galley.rows.iter();
        let glyphs = rows.flat_map(|row| &row.row.glyphs);
        let shared = glyphs.filter(|glyph| SHARED.contains(&glyph.chr));
        found.extend(shared.map(|glyph| (glyph.chr, glyph.advance_width / size)));
    }
    found
}

#[test]
fn punctuation_of_latin_text_is_painted_with_latin_glyphs() {
    for lang in Lang::ALL {
        let window = with_a_row(lang);
        // The rows of the log are Latin in both languages, the words of the window in English.
        let of_rows = widths(&window, |family| *family == FontFamily::Monospace);
        for mark in SHARED {
            assert!(of_rows.iter().any(|(found, _)| *found == mark), "{mark}");
        }
        let of_words = widths(&window, |family| *family != FontFamily::Monospace);
        assert!(!of_words.is_empty());
        let words = of_words.into_iter().filter(|_| lang == Lang::English);
        for (mark, width) in words.chain(of_rows) {
            assert!(width < 0.92, "{lang:?} {mark}: {width}");
        }
    }
}
