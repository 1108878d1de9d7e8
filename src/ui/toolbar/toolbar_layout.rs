//! The texts of the toolbar's controls, longer if there is more room.

use super::unit_choice;
use crate::session::Session;
use crate::t;
use crate::traffic::LogUnit;
use crate::ui::{UiContext, controls, go_to, grouped, recording, short, theme};
use egui::{Color32, Ui};

/// The sign of the menu.
pub const MORE: &str = "⋯";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolbarLayout {
    Words,
    /// Numbers without their words.
    Counts,
    /// The buttons are in a menu.
    Menu,
    /// Numbers, the menu, and of the rest signs alone.
    Signs,
    /// Signs alone, and the menu.
    Bare,
}

impl ToolbarLayout {
    /// From the widest to the narrowest.
    pub const ALL: [Self; 5] = [
        Self::Words,
        Self::Counts,
        Self::Menu,
        Self::Signs,
        Self::Bare,
    ];
}

/// The texts of one layout.
pub struct Texts {
    pub chips: [String; 3],
    pub live: String,
    pub paused: String,
    /// The units of lines to choose from; `None` where they are in the menu.
    pub units: Option<[(LogUnit, String); 3]>,
    /// `None` where they are in the menu.
    pub buttons: Option<Buttons>,
    /// Whether something is recorded, of which a sign stands beside the menu.
    pub records: bool,
}

pub struct Buttons {
    /// `None` where nothing can be recorded.
    pub record: Option<String>,
    /// Whether a recording can be ended.
    pub stops: bool,
    pub export: String,
    pub clear: String,
}

impl Texts {
    pub fn of(
        cx: UiContext<'_>,
        session: &Session,
        record: Option<&str>,
        layout: ToolbarLayout,
    ) -> Self {
        let count = session.log.count();
        let word = |key: &str, count: u64| format!("{} {}", t!(cx.lang, key), grouped(count));
        let chips = match layout {
            ToolbarLayout::Words => [
                word("log.received", count.received),
                word("log.sent", count.sent),
                grouped(count.events()),
            ],
            ToolbarLayout::Counts | ToolbarLayout::Menu | ToolbarLayout::Signs => {
                [count.received, count.sent, count.events()].map(short)
            }
            ToolbarLayout::Bare => Default::default(),
        };
        let state = |sign: &str, key: &str| match layout {
            ToolbarLayout::Signs | ToolbarLayout::Bare => sign.to_owned(),
            _ => format!("{sign} {}", t!(cx.lang, key)),
        };
        let has_units = !matches!(layout, ToolbarLayout::Signs | ToolbarLayout::Bare);
        let has_buttons = matches!(layout, ToolbarLayout::Words | ToolbarLayout::Counts);
        Self {
            chips,
            live: state("●", "log.live"),
            paused: state("⏸", "log.paused"),
            units: has_units.then(|| unit_choice::words(cx.lang)),
            records: session.recording().is_some(),
            buttons: has_buttons.then(|| Buttons {
                record: record.map(str::to_owned),
                stops: session.recording().is_some(),
                export: t!(cx.lang, "export.open"),
                clear: t!(cx.lang, "log.clear"),
            }),
        }
    }

    /// The same whether the view is paused or not, so that nothing moves.
    pub fn live_width(&self, ui: &Ui) -> f32 {
        button_width(ui, &self.live).max(button_width(ui, &self.paused))
    }

    /// Of everything behind the filter field, with the gaps between.
    pub fn width(&self, ui: &Ui) -> f32 {
        let chips = self
            .chips
            .each_ref()
            .map(|text| controls::chip_width(ui, text));
        let mut buttons = Vec::new();
        match &self.buttons {
            Some(texts) => {
                buttons.extend(texts.record.as_deref().map(|text| record_width(ui, text)));
                buttons.extend(texts.stops.then(|| button_width(ui, recording::STOP)));
                let others = [go_to::SIGN, texts.export.as_str(), texts.clear.as_str()];
                buttons.extend(others.map(|text| button_width(ui, text)));
            }
            None => {
                buttons.push(button_width(ui, MORE));
                buttons.extend(self.records.then(|| button_width(ui, recording::SIGN)));
            }
        }
        let units = self.units.as_ref();
        let units = units.map(|units| unit_choice::width(ui, units));
        let widths = chips
            .into_iter()
            .chain(units)
            .chain([self.live_width(ui)])
            .chain(buttons);
        widths
            .map(|width| width + ui.spacing().item_spacing.x)
            .sum()
    }
}

/// In steps, so that a size that grows does not move everything before it.
pub fn record_width(ui: &Ui, text: &str) -> f32 {
    (button_width(ui, text) / 16.0).ceil() * 16.0
}

fn button_width(ui: &Ui, text: &str) -> f32 {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), theme::body(), Color32::PLACEHOLDER);
    galley.size().x.ceil() + 2.0 * ui.spacing().button_padding.x
}
