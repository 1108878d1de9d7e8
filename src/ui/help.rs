//! The page of the help: one topic with its page of the book, the others below it, and every key.

use super::palette::{self, CommandEntry};
use super::topic::{TOPICS, Topic};
use super::{Action, UiContext, controls, theme};
use crate::book::Book;
use crate::t;
use crate::words::Lang;
use egui::{Hyperlink, Label, RichText, Ui};
use std::path::Path;

/// The page, with the topic on show.
#[derive(Debug)]
pub struct HelpPage {
    pub topic: Topic,
    book: Option<Book>,
}

impl HelpPage {
    /// The page of an executable, whose book it opens.
    pub fn new(program: &Path) -> Self {
        Self {
            topic: Topic::default(),
            book: Book::of(program),
        }
    }

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
        match &self.book {
            Some(book) => {
                let language = match cx.lang {
                    Lang::Chinese => "zh",
                    Lang::English => "en",
                };
                let url = book.url(language, shown.page);
                ui.add(Hyperlink::from_label_and_url(
                    t!(cx.lang, "guide.book"),
                    url,
                ));
            }
            None => {
                ui.add(Label::new(t!(cx.lang, "guide.no_book")).wrap());
            }
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
