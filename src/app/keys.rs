//! The actions of keys and of the command palette.

use super::tab::Tab;
use super::{App, screen};
use crate::session::SessionRole;
use crate::settings::dock::Page;
use crate::settings::tab::NetworkDraft;
use crate::settings::window;
use crate::t;
use crate::ui::palette::{self, WindowCommand};
use crate::ui::region::{self, Region};
use crate::ui::topic::Topic;
use crate::ui::{Action, UiContext, controls, network_panel, settings_window, theme};
use egui::Context;

/// Takes the keys that mean something to the whole window out of the input. While a question is
/// in front they belong to it: the key that closes a tab closes the question, and the others do
/// nothing behind it.
pub fn pressed(ctx: &Context) -> Vec<WindowCommand> {
    let mut pressed = Vec::new();
    ctx.input_mut(|input| {
        // In the order of the key presses: a slow frame has several.
        input.events.retain(|event| {
            let known = palette::of_event(event);
            pressed.extend(known);
            known.is_none()
        });
    });
    let Some(front) = controls::front(ctx) else {
        return pressed;
    };
    if pressed.contains(&WindowCommand::CloseTab) {
        controls::close(ctx, front);
    }
    Vec::new()
}

impl App {
    /// Carries out the commands of keys.
    pub(super) fn perform_keys(&mut self, ctx: &Context, pressed: Vec<WindowCommand>) {
        for command in pressed {
            self.perform(ctx, command);
            // Details follow the log, and the help is read beside what it is about.
            let stays = [Page::Details, Page::Help].map(WindowCommand::Page);
            if !stays.contains(&command) {
                self.enter_page(ctx, command);
            }
        }
    }

    /// Carries out a command of a key or of the palette.
    pub(super) fn perform(&mut self, ctx: &Context, command: WindowCommand) {
        if let Some(action) = self.command_action(ctx, command) {
            self.act(ctx, action);
        }
        ctx.request_repaint();
    }

    /// Shows the palette while it is open, and carries out the chosen command.
    pub(super) fn palette_ui(&mut self, ctx: &Context) {
        let mut commands = std::mem::take(&mut self.commands);
        let cx = UiContext {
            lang: self.lang,
            palette: theme::palette(ctx),
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.second(),
            now: self.clock.now(),
        };
        let titles = || -> Vec<String> {
            let titles = self.titles(cx).into_iter();
            titles.map(|tab| tab.title).collect()
        };
        let chosen = commands.ui(ctx, cx, titles);
        self.commands = commands;
        if let Some(command) = chosen {
            self.perform(ctx, command);
            self.enter_page(ctx, command);
        }
    }

    /// Gives the keys to a page that a command opened. The fields of the pages for files take them
    /// by themselves.
    fn enter_page(&self, ctx: &Context, command: WindowCommand) {
        match command {
            WindowCommand::Page(Page::Open | Page::Export) => {}
            WindowCommand::Page(page) if self.dock.open == Some(page) => {
                region::go_to(ctx, Region::Dock);
            }
            _ => {}
        }
    }

    /// The action of a command, which is that of its button.
    fn command_action(&mut self, ctx: &Context, command: WindowCommand) -> Option<Action> {
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
        match command {
            WindowCommand::Palette => self.commands.open(ctx),
            WindowCommand::NewTab => {
                region::go_to(ctx, Region::Left);
                return Some(Action::NewTab);
            }
            WindowCommand::CloseTab => return Some(Action::CloseTab(active)),
            WindowCommand::CloseOtherTabs => return Some(Action::CloseOtherTabs(active)),
            WindowCommand::DuplicateTab => return Some(Action::DuplicateTab(active)),
            WindowCommand::NextTab => return Some(Action::SelectTab((active + 1) % count)),
            WindowCommand::PreviousTab => {
                return Some(Action::SelectTab((active + count - 1) % count));
            }
            WindowCommand::MoveTabLeft => {
                return Some(Action::MoveTab(active, active.checked_sub(1)?));
            }
            WindowCommand::MoveTabRight => return Some(Action::MoveTab(active, active + 1)),
            WindowCommand::Tab(place) => {
                return (place < count).then_some(Action::SelectTab(place));
            }
            WindowCommand::Clear => return Some(Action::Clear),
            WindowCommand::Undo => return Some(Action::Undo),
            WindowCommand::ResetCounters => return Some(Action::ResetCounters),
            WindowCommand::SwitchLanguage => return Some(Action::SwitchLanguage),
            WindowCommand::Theme(choice) => self.theme = choice,
            WindowCommand::ZoomIn => zoom(ctx, 1),
            WindowCommand::ZoomOut => zoom(ctx, -1),
            WindowCommand::ActualSize => ctx.set_zoom_factor(1.0),
            WindowCommand::Page(Page::Help) => return Some(self.help_action(ctx)),
            // Pressed again, they ask for the next file.
            WindowCommand::Page(page @ (Page::Open | Page::Export)) => {
                return Some(Action::ShowPage(page));
            }
            WindowCommand::Page(page) => return Some(Action::TogglePage(page)),
            WindowCommand::Topic(topic) => {
                self.help.topic = topic;
                return Some(Action::ShowPage(Page::Help));
            }
            WindowCommand::Setting(name) => {
                settings_window::seek(ctx, t!(self.lang, name));
                return Some(Action::ShowPage(Page::Settings));
            }
            WindowCommand::NextRegion => region::step(ctx, false),
            WindowCommand::PreviousRegion => region::step(ctx, true),
            WindowCommand::Message => self.write_message(ctx),
            WindowCommand::Answer => {
                let datagrams = tab.session_kind().role() == SessionRole::Datagrams;
                let source = tab.session.last_source().filter(|_| datagrams);
                self.write_message(ctx);
                return source.map(|source| Action::SetTarget(source.into()));
            }
            WindowCommand::Search => tab.search_box.focus(ctx),
            WindowCommand::GoTo => tab.go_to.open(),
            WindowCommand::Pause => tab.view.toggle_pause(&tab.session.log),
            WindowCommand::Newest => tab.view.to_newest(),
            WindowCommand::Mark => tab.view.mark_selected(),
            WindowCommand::NextMark => go_to_mark(tab, false),
            WindowCommand::PreviousMark => go_to_mark(tab, true),
            WindowCommand::Record if tab.file.is_none() => tab.panels.recording.open(),
            WindowCommand::Toggle | WindowCommand::Send if tab.file.is_some() => {}
            WindowCommand::Record => {}
            WindowCommand::PeerCode => {
                return tab.file.is_none().then_some(Action::ShowPeerCode(None));
            }
            WindowCommand::Toggle => {
                if region::current(ctx) == Some(Region::Left) && controls::focused(ctx).is_some() {
                    network_panel::take_keys(ctx);
                }
                return NetworkDraft::toggle(&tab.session);
            }
            WindowCommand::Send => {
                if let Some(stop) = tab.drafts.send.stop(&tab.session) {
                    return Some(Action::Worker(stop.into()));
                }
                let read_as = &tab.drafts.receive.read_as;
                let charset = tab.drafts.send.charset(cx, &tab.session, read_as);
                let kind = tab.session_kind();
                let (draft, about) = (&tab.drafts.send, (&tab.session, kind));
                let command = tab.panels.send.command(draft, cx, about, charset);
                if command.is_err() {
                    tab.panels.send.refuse();
                }
                return command.ok().map(Action::Send);
            }
        }
        None
    }

    /// Opens the help for where one is; closes it where it says that already.
    fn help_action(&mut self, ctx: &Context) -> Action {
        let is_open = self.dock.open == Some(Page::Help);
        match Topic::of(region::current(ctx), self.dock.open) {
            Some(topic) if !is_open || topic != self.help.topic => {
                self.help.topic = topic;
                Action::ShowPage(Page::Help)
            }
            _ => Action::TogglePage(Page::Help),
        }
    }
}

/// Enlarges everything by this number of tenths, within the bounds, and as far as rows of the log have
/// room.
fn zoom(ctx: &Context, tenths: i32) {
    let zoom = window::zoomed(ctx.zoom_factor(), tenths);
    ctx.set_zoom_factor(zoom.min(screen::roomy_zoom(ctx)));
}

/// Selects the next marked row, or the one before.
fn go_to_mark(tab: &mut Tab, back: bool) {
    if let Some(id) = tab.view.next_mark(back) {
        let sought = tab.search.sought(tab.search_box.only);
        let rows = tab.view.rows(&tab.session.log, sought);
        tab.view.go_to(id, &rows);
    }
}
