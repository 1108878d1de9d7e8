//! The task of an exercise: Markdown with one heading, paragraphs, and code in backticks.

use crate::payload::printable;
use crate::ui::{UiContext, controls, theme};
use egui::text::{LayoutJob, TextFormat};
use egui::{Label, Ui};

/// Shows it. Control characters of a file, which may deceive, are made visible.
pub(super) fn ui(ui: &mut Ui, cx: UiContext<'_>, task: &str) {
    let task = printable::words(task);
    for line in task.lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix('#') {
            Some(heading) => {
                let heading = heading.trim_start_matches('#').trim();
                controls::heading(ui, heading, cx.palette);
            }
            None => {
                ui.add(Label::new(paragraph(cx, line)).wrap().selectable(true));
            }
        }
    }
}

fn paragraph(cx: UiContext<'_>, line: &str) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (at, part) in line.split('`').enumerate() {
        let font = match at % 2 {
            0 => theme::body(),
            _ => theme::mono(),
        };
        job.append(part, 0.0, TextFormat::simple(font, cx.palette.text));
    }
    job
}
