//! The menus of the composer's chips.

use crate::payload::charset::Charset;
use crate::payload::message::LineEnding;
use crate::payload::template::Variable;
use crate::t;
use crate::ui::{UiContext, charset_choice, controls, theme};
use egui::{Align, Label, Layout, RichText, Ui};

/// Escapes, and the bytes they stand for.
const ESCAPES: [(&str, &str); 7] = [
    (r"\r\n", "CR LF"),
    (r"\n", "LF"),
    (r"\r", "CR"),
    (r"\t", "Tab"),
    (r"\x41", "0x41"),
    (r"\u{4F60}", "你"),
    (r"\\", r"\"),
];
/// The width of a menu with a sentence in it.
const WIDTH: f32 = 260.0;

/// The encoding of text: the chosen one, or that of the target, now `followed`.
pub fn encoding_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    followed: Charset,
    choice: &mut Option<Charset>,
) {
    let follow = match choice {
        None => t!(cx.lang, "send.charset_follow", charset = followed.name()),
        Some(_) => t!(cx.lang, "send.charset_follow_peer"),
    };
    charset_choice::list_ui(ui, &follow, choice);
}

/// The choice of the line ending.
pub fn ending_ui(ui: &mut Ui, cx: UiContext<'_>, ending: &mut LineEnding) {
    for choice in LineEnding::ALL {
        controls::item_of(ui, ending, choice, ending_words(cx, choice));
    }
    controls::close_when_chosen(ui);
}

pub fn ending_words(cx: UiContext<'_>, ending: LineEnding) -> String {
    match ending {
        LineEnding::None => t!(cx.lang, "send.ending_none"),
        LineEnding::Cr => "CR  \\r".to_owned(),
        LineEnding::Lf => "LF  \\n".to_owned(),
        LineEnding::CrLf => t!(cx.lang, "send.ending_crlf"),
    }
}

/// Returns the escape to write.
pub fn escapes_ui(ui: &mut Ui, cx: UiContext<'_>) -> Option<&'static str> {
    hint_ui(ui, cx, &t!(cx.lang, "send.escapes_hint"));
    let mut written = None;
    for (escape, meaning) in ESCAPES {
        let text = RichText::new(format!("{escape:<10} {meaning}"));
        if ui.button(text.font(theme::mono())).clicked() {
            written = Some(escape);
        }
    }
    controls::close_when_chosen(ui);
    written
}

/// Returns the variable to write.
pub fn variables_ui(ui: &mut Ui, cx: UiContext<'_>) -> Option<&'static str> {
    hint_ui(ui, cx, &t!(cx.lang, "send.variables_hint"));
    let mut written = None;
    for variable in Variable::WRITTEN {
        let text = RichText::new(variable).font(theme::mono());
        if ui.button(text).clicked() {
            written = Some(variable);
        }
    }
    controls::close_when_chosen(ui);
    written
}

fn hint_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    ui.set_width(WIDTH);
    let text = RichText::new(text).font(theme::small());
    // A menu stretches its content.
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.add(Label::new(text.color(cx.palette.dim)).wrap());
    });
}
