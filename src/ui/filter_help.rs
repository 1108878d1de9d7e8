//! The syntax of the filter, by examples.

use super::{UiContext, theme};
use crate::t;
use egui::{Align, Grid, Label, Layout, RichText, Ui, vec2};

/// The widest line.
const WIDTH: f32 = 420.0;

/// An example, and the key of its description.
const EXAMPLES: [(&str, &str); 10] = [
    ("temp", "search.finds_word"),
    ("\"two words\"", "search.finds_words"),
    ("/te.p/i", "search.finds_regex"),
    ("hex:0d0a", "search.finds_bytes"),
    ("from:1.5", "search.finds_source"),
    ("peer::8080", "search.finds_peer"),
    ("dir:rx", "search.finds_direction"),
    ("len:>100", "search.finds_length"),
    ("since:14:03", "search.finds_time"),
    ("-temp", "search.finds_others"),
];

pub fn ui(ui: &mut Ui, cx: UiContext<'_>) {
    // A menu stretches its content.
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.set_max_width(WIDTH);
        let grid = Grid::new("filter help").num_columns(2);
        grid.spacing(vec2(18.0, 3.0)).show(ui, |ui| {
            for (example, finds) in EXAMPLES {
                ui.label(RichText::new(example).font(theme::mono()));
                ui.label(t!(cx.lang, finds));
                ui.end_row();
            }
        });
        for note in ["search.finds_all", "search.finds_next"] {
            let note = RichText::new(t!(cx.lang, note)).color(cx.palette.dim);
            ui.add(Label::new(note).wrap());
        }
    });
}
