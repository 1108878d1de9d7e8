//! The page of the help: one topic, the others below it, and every key.

use super::palette::{self, CommandEntry};
use super::topic::{TOPICS, Topic};
use super::{Action, UiContext, controls, theme};
use crate::t;
use egui::{Label, RichText, Ui};

/// The page, with the topic on show.
#[derive(Debug, Default)]
pub struct HelpPage {
    pub topic: Topic,
}

impl HelpPage {
    pub fn page_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Action> {
        let mut action = None;
        let shown = self.topic.entry();
        controls::heading(ui, &t!(cx.lang, shown.title), cx.palette);
        for line in t!(cx.lang, shown.text).lines() {
            ui.add(Label::new(line).wrap().selectable(true));
        }
        match self.topic {
            Topic::Keys => keys_ui(ui, cx),
            Topic::Page(page) => {
                let text = t!(cx.lang, "guide.open_page", page = t!(cx.lang, shown.title));
                if controls::small(ui, &text, &text).clicked() {
                    action = Some(Action::ShowPage(page));
                }
            }
            _ => {}
        }
        ui.separator();
        controls::heading(ui, &t!(cx.lang, "guide.topics"), cx.palette);
        let current = self.topic;
        for entry in TOPICS.iter().filter(|entry| entry.topic != current) {
            let title = t!(cx.lang, entry.title);
            let name = t!(cx.lang, "guide.topic", title = title);
            let link = ui.link(title);
            if controls::named(ui, link, &name).clicked() {
                self.topic = entry.topic;
            }
        }
        action
    }
}

/// The keys of all commands that have one.
fn keys_ui(ui: &mut Ui, cx: UiContext<'_>) {
    egui::Grid::new("keys").num_columns(2).show(ui, |ui| {
        for CommandEntry { name, shortcut, .. } in palette::entries() {
            let Some(shortcut) = shortcut else { continue };
            let key = RichText::new(ui.ctx().format_shortcut(&shortcut));
            ui.label(key.font(theme::small_mono()));
            ui.add(Label::new(t!(cx.lang, name)).wrap());
            ui.end_row();
        }
    });
}
