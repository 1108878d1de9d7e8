//! The list of rules beside the one being edited.

use super::RulesPanel;
use crate::automation::Capabilities;
use crate::automation::rules::RuleContext;
use crate::settings::tab::RulesDraft;
use crate::ui::{Action, UiContext, controls};
use egui::{Align, Layout, ScrollArea, Ui};

/// The width of the list, and the least height of both.
const LIST: f32 = 220.0;
const LEAST: f32 = 240.0;
/// The room of a scroll bar, and of the gaps above and below the rules.
const BAR: f32 = 8.0;
const GAPS: f32 = 20.0;

/// The height of the rules: all of the page that nothing above them takes, nor the controls below
/// them, which have the height `below`.
pub(super) fn height(ui: &Ui, below: Option<f32>) -> f32 {
    let Some(below) = below else { return LEAST };
    let above = ui.cursor().top() - ui.min_rect().top();
    (ui.clip_rect().height() - above - below - GAPS).max(LEAST)
}

impl RulesPanel {
    /// The list at the left of the rule being edited.
    pub(super) fn beside_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut RulesDraft,
        texts: (&RuleContext, Capabilities),
        height: f32,
    ) -> Option<Action> {
        let both = egui::vec2(ui.available_width(), height);
        let left_to_right = Layout::left_to_right(Align::TOP);
        let shown = ui.allocate_ui_with_layout(both, left_to_right, |ui| {
            let list = ui.allocate_ui(egui::vec2(LIST, height), |ui| {
                ui.vertical(|ui| self.list_ui(ui, cx, draft, height)).inner
            });
            let line = egui::Stroke::new(1.0, cx.palette.line);
            let (left, top) = (ui.cursor().left(), ui.cursor().top());
            ui.painter().vline(left, top..=top + height, line);
            ui.add_space(12.0);
            ui.vertical(|ui| {
                ScrollArea::vertical()
                    .id_salt(("rule", self.chosen))
                    .max_height(height)
                    .min_scrolled_height(height)
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        ui.set_max_width(ui.available_width() - BAR);
                        self.editor_ui(ui, cx, draft, texts);
                        controls::scroll_by_keys(ui);
                    });
            });
            list.inner
        });
        shown.inner
    }
}
