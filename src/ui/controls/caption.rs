//! The captions before fields, which stand in columns.

use crate::t;
use crate::ui::theme::{self, Palette};
use crate::words::Lang;
use egui::{Color32, Sense, Ui, pos2, vec2};

/// The captions of one part of the window, as keys of their words. The fields behind them begin
/// at the same place.
#[derive(Debug)]
pub struct CaptionColumn(&'static [&'static str]);

/// Captions of the left panel.
pub static LEFT_PANEL: CaptionColumn = CaptionColumn(&[
    "network.local_host",
    "network.local_port",
    "network.remote_host",
    "network.remote_port",
    "network.target_host",
    "network.target_port",
    "network.socket_name",
    "network.server_name",
    "network.allow",
    "group.interface",
    "receive.display",
    "receive.charset",
    "framing.name",
    "framing.sent",
]);

/// Captions of the numbers of a framing, in the left panel.
pub static FRAMING: CaptionColumn = CaptionColumn(&["framing.offset", "framing.adjust"]);

/// Captions of the page of the simulated network.
pub static NETWORK_PAGE: CaptionColumn = CaptionColumn(&[
    "bad.loss",
    "bad.duplicate",
    "bad.reorder",
    "bad.delay",
    "bad.corrupt",
    "bad.truncate",
    "bad.rate",
    "bad.slow_read",
    "bad.split",
    "bad.join",
    "bad.stall",
    "bad.reset_after",
]);

/// Captions of a rule that is edited.
pub static RULE: CaptionColumn = CaptionColumn(&["rules.name", "rules.when", "rules.then"]);

/// Captions of where a reply goes and when.
pub static REPLY: CaptionColumn = CaptionColumn(&["rules.to", "rules.after"]);

/// Captions of the details of a row.
pub static FACTS: CaptionColumn = CaptionColumn(&[
    "inspector.time",
    "inspector.gap",
    "inspector.source",
    "inspector.destination",
    "inspector.peer",
    "inspector.arrived_at",
    "inspector.other",
    "inspector.rule",
    "inspector.length",
]);

/// Captions of a load and of its measurement.
pub static MEASURE: CaptionColumn = CaptionColumn(&[
    "measure.rate",
    "measure.count",
    "measure.size",
    "measure.field",
]);

/// Captions of the page of the plot.
pub static PLOT: CaptionColumn = CaptionColumn(&["plot.fields", "plot.across", "plot.span"]);

/// Captions of a line of a poll table.
pub static POLL: CaptionColumn = CaptionColumn(&[
    "poll.name",
    "poll.request",
    "poll.period",
    "poll.timeout",
    "poll.show",
]);

/// Captions of the menu of repetitions.
pub static REPEAT: CaptionColumn = CaptionColumn(&["repeat.interval", "repeat.count"]);

impl CaptionColumn {
    /// The width of its widest caption, in points.
    pub fn width(&self, ui: &Ui, lang: Lang) -> f32 {
        let widths = self.0.iter().map(|key| {
            let words = t!(lang, *key);
            let galley = ui
                .painter()
                .layout_no_wrap(words, theme::body(), Color32::PLACEHOLDER);
            galley.size().x
        });
        widths.fold(0.0, f32::max).ceil()
    }
}

/// Dim words before a control; `width` 0 takes the width of the words.
pub fn caption(ui: &mut Ui, text: &str, width: f32, palette: &Palette) {
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), palette.dim);
    let size = vec2(width.max(galley.size().x), theme::FIELD);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().galley(
        pos2(rect.left(), rect.center().y - galley.size().y / 2.0),
        galley,
        palette.dim,
    );
}

/// A row with a caption of `width` on its left.
pub fn labelled_row<R>(
    ui: &mut Ui,
    text: &str,
    width: f32,
    palette: &Palette,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::FIELD);
        caption(ui, text, width, palette);
        add(ui)
    })
    .inner
}

/// The same with controls that take several lines where there is little room.
pub fn wrapped_row<R>(
    ui: &mut Ui,
    text: &str,
    width: f32,
    palette: &Palette,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.horizontal_top(|ui| {
        caption(ui, text, width, palette);
        // As high as the caption, so that both stand in one line.
        ui.spacing_mut().interact_size.y = theme::FIELD;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = theme::SMALL_BUTTON;
            add(ui)
        })
        .inner
    })
    .inner
}
