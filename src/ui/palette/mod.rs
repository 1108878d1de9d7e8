//! The command palette: every command, page, setting, tab and topic of the help, found by its
//! words in either language.

mod command;

pub use command::{
    CommandEntry, WindowCommand, entries, key_text, of_event, tab_shortcut, with_key,
};

use super::topic::TOPICS;
use super::{UiContext, controls, theme};
use crate::t;
use crate::words::Lang;
use controls::TextField;
use egui::accesskit::Role;
use egui::{
    Context, Id, Key, KeyboardShortcut, Memory, Modifiers, Rect, Response, ScrollArea, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

/// The id of its window, and its width in points.
const WINDOW: &str = "palette";
const WIDTH: f32 = 520.0;
/// The height of an entry.
const ENTRY: f32 = 26.0;

/// A match: a command and its text.
struct Found {
    command: WindowCommand,
    text: String,
    shortcut: Option<KeyboardShortcut>,
    /// The text that is searched, in lower case.
    words: String,
}

#[derive(Debug, Default)]
pub struct CommandPalette {
    open: bool,
    text: String,
    /// The place of the chosen entry among those found.
    chosen: usize,
    /// The control that had the keys before.
    before: Option<Id>,
    /// The number of the frame that opened it: keys that were pressed then are not for it.
    opened: u64,
}

impl CommandPalette {
    pub fn open(&mut self, ctx: &Context) {
        if self.open {
            return;
        }
        (self.open, self.chosen) = (true, 0);
        self.opened = ctx.cumulative_frame_nr();
        self.text.clear();
        self.before = ctx.memory(Memory::focused);
    }

    /// Shows it while it is open; `tabs` are the titles of all tabs. Returns the command that was
    /// chosen.
    pub fn ui(
        &mut self,
        ctx: &Context,
        cx: UiContext<'_>,
        tabs: impl Fn() -> Vec<String>,
    ) -> Option<WindowCommand> {
        if !self.open {
            return None;
        }
        let title = t!(cx.lang, "palette.name");
        let mut open = self.open;
        let chosen = controls::window(ctx, WINDOW, (&title, false), &mut open, WIDTH, |ui| {
            self.list_ui(ui, cx, &found(cx.lang, &tabs()))
        });
        let chosen = chosen.flatten();
        // A press outside of it closes it too.
        let left = controls::front(ctx) != Some(WINDOW);
        self.open = open && !left && chosen.is_none();
        if !self.open {
            // Its window is no longer the one in front.
            controls::window(ctx, WINDOW, (&title, false), &mut false, WIDTH, |_| ());
            if !left && let Some(before) = self.before.take() {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
        }
        chosen
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, all: &[Found]) -> Option<WindowCommand> {
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        // Before the field is shown, which has a use for them too.
        let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
        let is_its = self.opened != ui.ctx().cumulative_frame_nr();
        let entered = pressed(Key::Enter) > 0 && is_its;
        let hint = t!(cx.lang, "palette.hint");
        let name = t!(cx.lang, "palette.field");
        let before = self.text.clone();
        let field = TextField {
            id: Some(field_id()),
            ..TextField::new(&mut self.text, &name, &hint, ui.available_width())
        };
        let field = field.show(ui, cx.palette);
        // Not before it can take the keys: in the first pass the window is only measured.
        if !field.has_focus() {
            field.request_focus();
        }
        if self.text != before {
            self.chosen = 0;
        }
        let found = matching(all, &self.text);
        let count = found.len().max(1);
        // Around at the ends.
        let back = count - up % count;
        self.chosen = (self.chosen.min(count - 1) + down + back) % count;
        let moved = up != down;
        let mut clicked = None;
        let height = controls::list_height(ui.ctx());
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if found.is_empty() {
                    ui.label(t!(cx.lang, "palette.none"));
                }
                for (place, entry) in found.iter().enumerate() {
                    let chosen = place == self.chosen;
                    let response = entry_ui(ui, cx, entry, chosen);
                    if chosen && moved {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        clicked = Some(entry.command);
                    }
                }
            });
        let entered = found.get(self.chosen).filter(|_| entered);
        clicked.or(entered.map(|entry| entry.command))
    }
}

fn field_id() -> Id {
    Id::unique("palette field")
}

/// One line: the words, and the key at the right. The field keeps the focus.
fn entry_ui(ui: &mut Ui, cx: UiContext<'_>, entry: &Found, chosen: bool) -> Response {
    let palette = cx.palette;
    let size = vec2(ui.available_width(), ENTRY);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &entry.text));
    let fill = match (chosen, response.hovered()) {
        (true, _) => palette.accent_soft,
        (false, true) => palette.hover,
        (false, false) => palette.panel,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUND, fill);
    let middle = |left: f32, height: f32| pos2(left, rect.center().y - height / 2.0);
    let key = entry.shortcut.map(|key| ui.ctx().format_shortcut(&key));
    let key = painter.layout_no_wrap(key.unwrap_or_default(), theme::small_mono(), palette.dim);
    let right = rect.right() - 10.0 - key.size().x;
    let words = painter.layout_no_wrap(entry.text.clone(), theme::body(), palette.text);
    let place = middle(rect.left() + 10.0, words.size().y);
    // Long words end before the key.
    let room = Rect::from_min_max(rect.min, pos2(right - 8.0, rect.bottom()));
    let cut = painter.with_clip_rect(room.intersect(ui.clip_rect()));
    cut.galley(place, words, palette.text);
    painter.galley(middle(right, key.size().y), key, palette.dim);
    response
}

/// Everything there is, in the order in which it is listed.
fn found(lang: Lang, tabs: &[String]) -> Vec<Found> {
    let both = |key: &str, lead: &str| {
        Lang::ALL.map(|lang| {
            let words = t!(lang, key);
            match lead.is_empty() {
                true => words,
                false => t!(lang, lead, title = words),
            }
        })
    };
    let entry = |key: &str, lead: &str, command, shortcut: Option<KeyboardShortcut>| {
        let words = both(key, lead);
        let more = command::search_words(command);
        let more = more.map(|key| Lang::ALL.map(|lang| t!(lang, key)).join(" "));
        let text = Lang::ALL.into_iter().zip(&words);
        let mut text = text.filter(|(other, _)| *other == lang);
        Found {
            command,
            text: text
                .next()
                .map_or_else(String::new, |(_, text)| text.clone()),
            shortcut,
            words: [words.join(" "), more.unwrap_or_default()]
                .join(" ")
                .to_lowercase(),
        }
    };
    let commands = entries().map(|command| {
        let lead = match command.command {
            WindowCommand::Setting(_) => "palette.setting",
            _ => "",
        };
        entry(command.name, lead, command.command, command.shortcut)
    });
    let topics = TOPICS.iter().map(|topic| {
        let command = WindowCommand::Topic(topic.topic);
        entry(topic.title, "guide.topic", command, None)
    });
    let tabs = tabs.iter().enumerate().map(|(place, title)| {
        let words = Lang::ALL.map(|lang| t!(lang, "palette.tab", title = title));
        Found {
            command: WindowCommand::Tab(place),
            text: t!(lang, "palette.tab", title = title),
            shortcut: tab_shortcut(place),
            words: words.join(" ").to_lowercase(),
        }
    });
    commands.chain(tabs).chain(topics).collect()
}

/// Those in which every word of `text` occurs; those that begin with it come first.
fn matching<'a>(all: &'a [Found], text: &str) -> Vec<&'a Found> {
    let text = text.trim().to_lowercase();
    let has_all = |entry: &&Found| {
        text.split_whitespace()
            .all(|word| entry.words.contains(word))
    };
    let mut found: Vec<&Found> = all.iter().filter(has_all).collect();
    found.sort_by_key(|entry| !entry.text.to_lowercase().starts_with(&text));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_by_its_words_in_either_language() {
        for lang in Lang::ALL {
            let all = found(lang, &["UDP :9000".to_owned()]);
            for entry in entries() {
                for words in Lang::ALL {
                    let typed = t!(words, entry.name);
                    let found = matching(&all, &typed);
                    let commands: Vec<_> = found.iter().map(|found| found.command).collect();
                    assert!(commands.contains(&entry.command), "{typed}: {commands:?}");
                }
            }
            let tab = matching(&all, "9000");
            assert_eq!(tab.first().unwrap().command, WindowCommand::Tab(0));
        }
    }

    #[test]
    fn nothing_is_found_by_other_words() {
        let all = found(Lang::English, &[]);
        assert!(matching(&all, "no such command").is_empty());
        assert_eq!(matching(&all, "").len(), all.len());
    }
}
