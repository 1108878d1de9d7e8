//! The keyboard shortcuts of the window. The tooltip of each control names its shortcut.

use super::App;
use crate::settings::dock::Page;
use crate::settings::tab::NetworkDraft;
use crate::ui::dock::PAGES;
use crate::ui::{Action, UiContext, controls, theme};
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

/// The meaning of a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    NewTab,
    CloseTab,
    NextTab,
    PreviousTab,
    Send,
    Clear,
    Search,
    GoTo,
    Toggle,
    Undo,
    Page(Page),
}

const KEYS: [(KeyboardShortcut, Pressed); 10] = [
    (
        KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::T),
        Pressed::Undo,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::N),
        Pressed::NewTab,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::W),
        Pressed::CloseTab,
    ),
    (
        KeyboardShortcut::new(Modifiers::CTRL.plus(Modifiers::SHIFT), Key::Tab),
        Pressed::PreviousTab,
    ),
    (
        KeyboardShortcut::new(Modifiers::CTRL, Key::Tab),
        Pressed::NextTab,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter),
        Pressed::Send,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::L),
        Pressed::Clear,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::F),
        Pressed::Search,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::G),
        Pressed::GoTo,
    ),
    (
        KeyboardShortcut::new(Modifiers::NONE, Key::F5),
        Pressed::Toggle,
    ),
];

/// Removes the window's shortcuts from the input and returns them. While a dialog is open, the
/// shortcut that closes a tab closes the dialog, and the other shortcuts do nothing.
pub fn pressed(ctx: &Context) -> Vec<Pressed> {
    let mut pressed = Vec::new();
    ctx.input_mut(|input| {
        // In the order of the key presses: a slow frame has several.
        input.events.retain(|event| {
            let known = meaning(event);
            pressed.extend(known);
            known.is_none()
        });
    });
    let Some(front) = controls::front(ctx) else {
        return pressed;
    };
    if pressed.contains(&Pressed::CloseTab) {
        controls::close(ctx, front);
    }
    Vec::new()
}

fn meaning(event: &Event) -> Option<Pressed> {
    let Event::Key {
        key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return None;
    };
    let is_it = |shortcut: &KeyboardShortcut| {
        shortcut.logical_key == *key && modifiers.matches_logically(shortcut.modifiers)
    };
    // Pages come first because their shortcuts may have Shift: a shortcut without Shift also
    // matches a key press with it.
    if let Some(page) = PAGES.iter().find(|page| is_it(&page.shortcut)) {
        return Some(Pressed::Page(page.page));
    }
    let known = KEYS.iter().find(|(shortcut, _)| is_it(shortcut));
    known.map(|(_, pressed)| *pressed)
}

impl App {
    /// The action of a shortcut, equal to that of its button.
    pub(super) fn key_action(&mut self, pressed: Pressed) -> Option<Action> {
        let (count, active) = (self.tabs.len(), self.active);
        let cx = UiContext {
            lang: self.lang,
            palette: &theme::LIGHT,
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.began.elapsed().as_secs(),
            now: self.clock.now(),
        };
        let tab = self.tabs.get_mut(active)?;
        match pressed {
            Pressed::NewTab => Some(Action::NewTab),
            Pressed::CloseTab => Some(Action::CloseTab(active)),
            Pressed::NextTab => Some(Action::SelectTab((active + 1) % count)),
            Pressed::PreviousTab => Some(Action::SelectTab((active + count - 1) % count)),
            Pressed::Clear => Some(Action::Clear),
            Pressed::Undo => Some(Action::Undo),
            // Pressed again, the shortcut asks for the next file.
            Pressed::Page(page @ (Page::Open | Page::Export)) => Some(Action::ShowPage(page)),
            Pressed::Page(page) => Some(Action::TogglePage(page)),
            Pressed::Search => None,
            Pressed::GoTo => {
                tab.go_to.open();
                None
            }
            Pressed::Toggle | Pressed::Send if tab.file.is_some() => None,
            Pressed::Toggle => NetworkDraft::toggle(&tab.session),
            Pressed::Send => {
                if let Some(stop) = tab.drafts.send.stop(&tab.session) {
                    return Some(Action::Order(stop.into()));
                }
                let read_as = &tab.drafts.receive.read_as;
                let charset = tab.drafts.send.charset(cx, &tab.session, read_as);
                let command = tab
                    .panels
                    .send
                    .command(&tab.drafts.send, cx, &tab.session, charset);
                if command.is_err() {
                    tab.panels.send.refuse();
                }
                command.ok().map(Action::Send)
            }
        }
    }
}
