//! The commands of the window, each with its words and its key: one table for the keyboard, the
//! tooltips and the palette.

use crate::settings::dock::Page;
use crate::settings::theme::ThemeSetting;
use crate::ui::controls::{self, tooltip_with_key};
use crate::ui::dock::{COURSE, DESCRIPTIONS, HELP, PAGES};
use crate::ui::topic::Topic;
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Response};

/// The command of a key, or an entry of the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowCommand {
    Palette,
    NewTab,
    CloseTab,
    CloseOtherTabs,
    DuplicateTab,
    NextTab,
    PreviousTab,
    /// Moves the active tab by one place.
    MoveTabLeft,
    MoveTabRight,
    /// Brings the tab at this place to the front, from 0.
    Tab(usize),
    Toggle,
    Send,
    /// Puts the cursor into the message.
    Message,
    /// The sender of the newest data becomes the target.
    Answer,
    Search,
    GoTo,
    Pause,
    Newest,
    Mark,
    NextMark,
    PreviousMark,
    Record,
    /// Shows a program for the other side of the session.
    PeerCode,
    Clear,
    Undo,
    ResetCounters,
    NextRegion,
    PreviousRegion,
    /// Shows this topic of the help.
    Topic(Topic),
    /// Opens or closes a page of the dock; the help opens at where one is.
    Page(Page),
    /// The program setting with this name in the locales.
    Setting(&'static str),
    SwitchLanguage,
    Theme(ThemeSetting),
    ZoomIn,
    ZoomOut,
    /// Shows everything at 100 %.
    ActualSize,
}

/// A command as it is found.
#[derive(Clone, Copy, Debug)]
pub struct CommandEntry {
    pub command: WindowCommand,
    /// The key of its words.
    pub name: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
}

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Every command that is not a page of the dock, a tab or a topic of the help.
static COMMANDS: [CommandEntry; 41] = [
    key(WindowCommand::Toggle, "palette.toggle", NONE, Key::F5),
    key(WindowCommand::Send, "palette.send", CTRL, Key::Enter),
    key(WindowCommand::Message, "palette.message", CTRL, Key::M),
    key(WindowCommand::Answer, "palette.answer", CTRL, Key::R),
    key(WindowCommand::NewTab, "tabs.new", CTRL, Key::N),
    key(WindowCommand::CloseTab, "tabs.close", CTRL, Key::W),
    plain(WindowCommand::CloseOtherTabs, "tabs.close_others"),
    plain(WindowCommand::DuplicateTab, "tabs.duplicate"),
    key(WindowCommand::NextTab, "palette.next_tab", TAB, Key::Tab),
    key(
        WindowCommand::PreviousTab,
        "palette.previous_tab",
        TAB.plus(Modifiers::SHIFT),
        Key::Tab,
    ),
    key(
        WindowCommand::MoveTabLeft,
        "tabs.move_left",
        SHIFT,
        Key::PageUp,
    ),
    key(
        WindowCommand::MoveTabRight,
        "tabs.move_right",
        SHIFT,
        Key::PageDown,
    ),
    key(WindowCommand::Search, "palette.search", CTRL, Key::F),
    key(WindowCommand::GoTo, "go_to.name", CTRL, Key::G),
    plain(WindowCommand::Pause, "palette.pause"),
    plain(WindowCommand::Newest, "palette.newest"),
    key(WindowCommand::Mark, "palette.mark", CTRL, Key::F2),
    key(WindowCommand::NextMark, "palette.next_mark", NONE, Key::F2),
    key(
        WindowCommand::PreviousMark,
        "palette.previous_mark",
        Modifiers::SHIFT,
        Key::F2,
    ),
    plain(WindowCommand::Record, "palette.record"),
    plain(WindowCommand::PeerCode, "palette.peer_code"),
    key(WindowCommand::Clear, "palette.clear", CTRL, Key::L),
    key(WindowCommand::Undo, "palette.undo", SHIFT, Key::T),
    plain(WindowCommand::ResetCounters, "status.reset"),
    key(WindowCommand::Palette, "palette.name", CTRL, Key::K),
    key(
        WindowCommand::NextRegion,
        "palette.next_region",
        NONE,
        Key::F6,
    ),
    key(
        WindowCommand::PreviousRegion,
        "palette.previous_region",
        Modifiers::SHIFT,
        Key::F6,
    ),
    plain(WindowCommand::SwitchLanguage, "palette.language"),
    plain(WindowCommand::Theme(ThemeSetting::Light), "palette.light"),
    plain(WindowCommand::Theme(ThemeSetting::Dark), "palette.dark"),
    plain(WindowCommand::Theme(ThemeSetting::System), "palette.system"),
    key(WindowCommand::ZoomIn, "palette.zoom_in", CTRL, Key::Plus),
    key(WindowCommand::ZoomOut, "palette.zoom_out", CTRL, Key::Minus),
    key(
        WindowCommand::ActualSize,
        "palette.actual_size",
        CTRL,
        Key::Num0,
    ),
    setting("settings.log_budget"),
    setting("settings.disk_budget"),
    setting("settings.kept"),
    setting("settings.connect_timeout"),
    setting("settings.receive_buffer"),
    setting("settings.merge"),
    setting("send.enter_sends"),
];

/// The keys of the first tabs, with Ctrl.
const TABS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
/// Also on a Mac, where Command with Tab is the system's.
const TAB: Modifiers = Modifiers::CTRL;

const fn key(
    command: WindowCommand,
    name: &'static str,
    modifiers: Modifiers,
    key: Key,
) -> CommandEntry {
    let shortcut = Some(KeyboardShortcut::new(modifiers, key));
    CommandEntry {
        command,
        name,
        shortcut,
    }
}

const fn plain(command: WindowCommand, name: &'static str) -> CommandEntry {
    CommandEntry {
        command,
        name,
        shortcut: None,
    }
}

const fn setting(name: &'static str) -> CommandEntry {
    plain(WindowCommand::Setting(name), name)
}

/// Every command that has words of its own: those of the window, then the pages of the dock.
pub fn entries() -> impl Iterator<Item = CommandEntry> {
    let pages = PAGES.iter().chain([&DESCRIPTIONS, &COURSE, &HELP]);
    let pages = pages.map(|page| CommandEntry {
        command: WindowCommand::Page(page.page),
        name: page.name,
        shortcut: Some(page.shortcut),
    });
    COMMANDS.iter().copied().chain(pages)
}

/// The key of the tab at this place, from 0.
pub fn tab_shortcut(place: usize) -> Option<KeyboardShortcut> {
    let key = TABS.get(place)?;
    Some(KeyboardShortcut::new(CTRL, *key))
}

impl WindowCommand {
    /// Whether it gives the focus to another control.
    pub fn moves_focus(self) -> bool {
        matches!(
            self,
            Self::Palette
                | Self::Message
                | Self::Answer
                | Self::Search
                | Self::GoTo
                | Self::NextRegion
                | Self::PreviousRegion
                | Self::Topic(_)
                | Self::Page(_)
                | Self::PeerCode
                | Self::Setting(_)
        )
    }
}

/// The key of more words by which an entry is found: words for parts of what it leads to, which its
/// name does not have.
pub fn search_words(command: WindowCommand) -> Option<&'static str> {
    Some(match command {
        WindowCommand::Topic(Topic::Session) => "palette.words_session",
        WindowCommand::Topic(Topic::Filter) => "palette.words_filter",
        WindowCommand::Topic(Topic::Composer) => "palette.words_composer",
        WindowCommand::Topic(Topic::Page(Page::Export)) | WindowCommand::Page(Page::Export) => {
            "palette.words_export"
        }
        WindowCommand::PeerCode => "palette.words_peer_code",
        WindowCommand::Page(Page::AutoReply) => "palette.words_reply",
        WindowCommand::Page(Page::Network) => "palette.words_network",
        WindowCommand::Page(Page::Measure) => "palette.words_measure",
        WindowCommand::Page(Page::Course) => "palette.words_course",
        _ => return None,
    })
}

/// The command of an event, if it is a key pressed for one.
pub fn of_event(event: &Event) -> Option<WindowCommand> {
    let (key, modifiers) = controls::key_press(event)?;
    of_key(key, modifiers)
}

/// The command of this key with these modifiers.
pub fn of_key(pressed: Key, modifiers: Modifiers) -> Option<WindowCommand> {
    // Many keyboards have the plus with Shift on the key of the equals sign.
    let pressed = match pressed {
        Key::Equals => Key::Plus,
        pressed => pressed,
    };
    let is_it = |shortcut: &KeyboardShortcut| {
        shortcut.logical_key == pressed && modifiers.matches_logically(shortcut.modifiers)
    };
    let is_its = |entry: &CommandEntry| entry.shortcut.as_ref().is_some_and(is_it);
    // A key without Shift is also the one with it, where that means nothing else.
    let with_shift = |entry: &CommandEntry| entry.shortcut.map(|key| key.modifiers.shift);
    let known = entries().filter(is_its).max_by_key(with_shift);
    let known = known.map(|entry| entry.command);
    known.or_else(|| {
        let place = TABS.iter().position(|key| *key == pressed)?;
        let shortcut = tab_shortcut(place)?;
        is_it(&shortcut).then_some(WindowCommand::Tab(place))
    })
}

/// The key of a command as it is written, such as `Ctrl+N`; empty where it has none.
pub fn key_text(ctx: &Context, command: WindowCommand) -> String {
    let entry = entries().find(|entry| entry.command == command);
    let shortcut = entry.and_then(|entry| entry.shortcut);
    shortcut.map_or_else(String::new, |shortcut| ctx.format_shortcut(&shortcut))
}

/// A tooltip that ends with the key of a command.
pub fn with_key(response: Response, text: &str, command: WindowCommand) -> Response {
    let key = key_text(&response.ctx, command);
    tooltip_with_key(response, text, &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_and_no_command_is_listed_twice() {
        let all: Vec<CommandEntry> = entries().collect();
        for (place, one) in all.iter().enumerate() {
            for other in all.iter().skip(place + 1) {
                assert_ne!(one.command, other.command);
                assert_ne!(one.name, other.name);
                assert!(
                    one.shortcut.is_none() || one.shortcut != other.shortcut,
                    "{}, {}",
                    one.name,
                    other.name
                );
            }
        }
    }

    #[test]
    fn every_key_does_what_stands_beside_it() {
        for entry in entries() {
            let Some(shortcut) = entry.shortcut else {
                continue;
            };
            let mut modifiers = shortcut.modifiers;
            // As the system reports it.
            modifiers.ctrl |= modifiers.command;
            modifiers.command |= modifiers.ctrl;
            let found = of_key(shortcut.logical_key, modifiers);
            assert_eq!(found, Some(entry.command), "{}", entry.name);
        }
    }

    #[test]
    fn the_book_lists_every_key() {
        let pages = [
            include_str!("../../../docs/en/keys.md"),
            include_str!("../../../docs/zh/keys.md"),
        ];
        for shortcut in entries().filter_map(|entry| entry.shortcut) {
            let key = shortcut.format(&egui::ModifierNames::NAMES, false);
            for page in pages {
                assert!(page.contains(&format!("\n| {key} |")), "{key}");
            }
        }
    }

    #[test]
    fn shift_is_no_other_key_where_it_means_nothing() {
        let ctrl = Modifiers::CTRL.plus(Modifiers::COMMAND);
        let both = ctrl.plus(Modifiers::SHIFT);
        assert_eq!(of_key(Key::L, both), Some(WindowCommand::Clear));
        assert_eq!(of_key(Key::Tab, both), Some(WindowCommand::PreviousTab));
        assert_eq!(of_key(Key::Num2, ctrl), Some(WindowCommand::Tab(1)));
        assert_eq!(of_key(Key::Num2, Modifiers::NONE), None);
        assert_eq!(of_key(Key::N, Modifiers::NONE), None);
        assert_eq!(of_key(Key::Equals, ctrl), Some(WindowCommand::ZoomIn));
        assert_eq!(of_key(Key::Equals, Modifiers::NONE), None);
    }
}
