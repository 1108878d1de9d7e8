//! Choosing what the lines of the log are: reads, messages, or requests with their replies.

use crate::t;
use crate::traffic::LogUnit;
use crate::ui::controls::{self, SegmentedChoice};
use crate::ui::{UiContext, theme};
use crate::words::Lang;
use egui::{Ui, vec2};

/// The room around the words of each choice, in points.
const AROUND: f32 = 10.0;

/// The words of the choices.
pub fn words(lang: Lang) -> [(LogUnit, String); 3] {
    LogUnit::ALL.map(|unit| {
        let words = match unit {
            LogUnit::Read => t!(lang, "log.unit_reads"),
            LogUnit::Message => t!(lang, "log.unit_messages"),
            LogUnit::Request => t!(lang, "log.unit_requests"),
        };
        (unit, words)
    })
}

/// The width of the choices beside each other, in points.
pub fn width(ui: &Ui, words: &[(LogUnit, String)]) -> f32 {
    (controls::segmented_width(ui, words) + AROUND * words.len() as f32).ceil()
}

/// The choices beside each other.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, words: &[(LogUnit, String)], unit: &mut LogUnit) {
    let choice = |(unit, text): &(LogUnit, String)| SegmentedChoice {
        value: *unit,
        text: text.clone(),
        name: name(cx.lang, *unit),
    };
    let choices: Vec<_> = words.iter().map(choice).collect();
    let size = vec2(width(ui, words), theme::FIELD);
    let group = t!(cx.lang, "log.unit");
    let shown = ui.allocate_ui(size, |ui| {
        ui.set_max_width(size.x);
        controls::segments_ui(ui, &group, unit, &choices, cx.palette)
    });
    if shown.inner {
        ui.ctx().request_repaint();
    }
    shown.response.on_hover_text(t!(cx.lang, "log.unit_hint"));
}

/// The choices in a menu.
pub fn menu_ui(ui: &mut Ui, cx: UiContext<'_>, unit: &mut LogUnit) {
    for choice in LogUnit::ALL {
        controls::item_of(ui, unit, choice, name(cx.lang, choice));
    }
}

/// The name of a choice by itself.
fn name(lang: Lang, unit: LogUnit) -> String {
    match unit {
        LogUnit::Read => t!(lang, "log.show_reads"),
        LogUnit::Message => t!(lang, "log.show_messages"),
        LogUnit::Request => t!(lang, "log.show_requests"),
    }
}
