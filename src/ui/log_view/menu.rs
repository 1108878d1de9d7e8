//! The menu of the selected rows.

use super::LogView;
use super::copy::CopyAs;
use super::row_button::entry_of;
use super::scene::Scene;
use crate::payload::quote::Quote;
use crate::t;
use crate::traffic::{RecordKind, RowPosition, Rows};
use crate::ui::{Action, Composed, controls};
use egui::{Order, PopupCloseBehavior, Response, Ui};
use std::ops::Range;

/// The chosen entry of a row's menu.
pub(super) enum RowMenuChoice {
    /// Its message is to be edited and sent.
    Edit(Box<Composed>),
    Action(Box<Action>),
    Mark,
}

/// The menu among the frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MenuState {
    /// The id of the row whose menu a key opens in this frame.
    asked: Option<u64>,
    /// Whether one was open in the last frame, and is in this one.
    was_open: bool,
    is_open: bool,
}

impl LogView {
    /// Opens the menu of the row selected last. Where none is selected it is the first in sight.
    pub(super) fn ask_menu(&mut self, lines: &Range<u64>, rows: &Rows<'_>) {
        match self.selected_id().and_then(|id| rows.line_of(id)) {
            Some(line) => self.reveal(line as f64),
            None => self.step((0, false), lines, rows),
        }
        self.menu.asked = self.selected_id();
    }

    /// The menu that a right click on a row opens, or a key.
    pub(super) fn menu_ui(
        &mut self,
        row: &Response,
        scene: &Scene<'_>,
        line: &RowPosition<'_>,
    ) -> Option<RowMenuChoice> {
        let asked = self.menu.asked == Some(line.id);
        let close = PopupCloseBehavior::CloseOnClick;
        let chosen = controls::context_menu(row, asked, close, |ui| {
            let chosen = self.choices_ui(ui, scene, line);
            ui.separator();
            self.copies_ui(ui, scene);
            ui.separator();
            let scenario = self.scenario_ui(ui, scene);
            controls::close_when_chosen(ui);
            chosen.or(scenario)
        });
        self.menu.is_open |= chosen.is_some();
        chosen.flatten()
    }

    /// Lets the keys return to the table from a menu that closed. Stands behind the rows.
    pub(super) fn leave_menu(&mut self, ui: &Ui, scene: &Scene<'_>) {
        let closed = self.menu.was_open && !self.menu.is_open;
        self.menu = MenuState {
            was_open: self.menu.is_open,
            ..MenuState::default()
        };
        let item = controls::focused(ui.ctx());
        // A click into another control keeps the focus there.
        if closed && item.is_none_or(|item| item.layer_id.order == Order::Foreground) {
            ui.memory_mut(|memory| memory.request_focus(scene.table));
        }
    }

    /// The actions on one row.
    fn choices_ui(
        &self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        line: &RowPosition<'_>,
    ) -> Option<RowMenuChoice> {
        let (lang, record) = (scene.cx.lang, &line.record);
        let act = |action| RowMenuChoice::Action(Box::new(action));
        let mark = match self.marks.contains(&line.id) {
            true => t!(lang, "log.unmark"),
            false => t!(lang, "log.mark"),
        };
        let mut items = Vec::new();
        if !self.selection.is_several() {
            if let Some(composed) = scene.composed(line) {
                let edit = RowMenuChoice::Edit(Box::new(composed));
                items.push((t!(lang, "inspector.edit"), edit));
            }
            if let Some(filled) = scene.filled(line) {
                let fill = act(Action::FillForm(filled));
                items.push((t!(lang, "form.fill"), fill));
            }
            let far = record.far();
            if let Some(far) = far.filter(|_| !scene.session.kind().is_relay()) {
                let target = act(Action::SetTarget(far));
                items.push((t!(lang, "inspector.set_target"), target));
            }
            // That of a socket is our own address.
            let is_far = record.far().is_some() || record.connection.is_some();
            if let Some(peer) = record.peer().filter(|_| is_far) {
                items.push((t!(lang, "peers.filter"), act(Action::FilterPeer(peer))));
            }
            if let Some(situation) = entry_of(record) {
                let entry = act(Action::ShowEntry(situation));
                let name = t!(lang, "diagnose.open_entry", id = situation.id());
                items.push((name, entry));
            }
            if record.kind() == RecordKind::Received {
                let rule = act(Action::MakeRule(line.row));
                items.push((t!(lang, "log.make_rule"), rule));
                // A recorded file has no other side.
                if scene.session.local().is_some() {
                    let code = act(Action::ShowPeerCode(Some(line.row)));
                    items.push((t!(lang, "log.peer_code"), code));
                }
            }
        }
        items.push((mark, RowMenuChoice::Mark));
        let clicked =
            |(name, choice): (String, RowMenuChoice)| ui.button(name).clicked().then_some(choice);
        // Every item is shown, also those behind the one that is chosen.
        let chosen: Vec<RowMenuChoice> = items.into_iter().filter_map(clicked).collect();
        chosen.into_iter().next()
    }

    /// The ways to copy the selected rows.
    fn copies_ui(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let lang = scene.cx.lang;
        self.item_ui(ui, scene, &t!(lang, "log.copy_shown"), CopyAs::Shown);
        self.item_ui(ui, scene, &t!(lang, "log.copy_lines"), CopyAs::Lines);
        self.item_ui(ui, scene, &t!(lang, "log.copy_text"), CopyAs::Text);
        for quote in Quote::ALL {
            self.item_ui(ui, scene, quote.name(), CopyAs::Quote(quote));
        }
        self.item_ui(ui, scene, &t!(lang, "format.csv"), CopyAs::Csv);
        self.item_ui(ui, scene, &t!(lang, "format.json_lines"), CopyAs::JsonLines);
    }

    /// The file that the selected rows are made into.
    fn scenario_ui(&self, ui: &mut Ui, scene: &Scene<'_>) -> Option<RowMenuChoice> {
        let name = t!(scene.cx.lang, "log.make_scenario");
        let is_chosen = ui.button(name).clicked();
        let action = || Action::MakeScenario(self.selection.spans().to_vec());
        is_chosen.then(|| RowMenuChoice::Action(Box::new(action())))
    }

    fn item_ui(&mut self, ui: &mut Ui, scene: &Scene<'_>, name: &str, how: CopyAs) {
        if ui.button(name).clicked() {
            self.copy(ui.ctx(), scene, how);
        }
    }
}
