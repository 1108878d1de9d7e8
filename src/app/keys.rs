//! The window's keys. Each also stands in the tooltip of the control that does the same.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

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
    Open,
    Export,
    Toggle,
}

const KEYS: [(KeyboardShortcut, Pressed); 11] = [
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
        KeyboardShortcut::new(Modifiers::COMMAND, Key::O),
        Pressed::Open,
    ),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::S),
        Pressed::Export,
    ),
    (
        KeyboardShortcut::new(Modifiers::NONE, Key::F5),
        Pressed::Toggle,
    ),
];

/// Takes the keys that mean something to the whole window out of the input.
pub fn pressed(ctx: &Context) -> Vec<Pressed> {
    ctx.input_mut(|input| {
        KEYS.iter()
            .filter(|(key, _)| input.consume_shortcut(key))
            .map(|(_, pressed)| *pressed)
            .collect()
    })
}
