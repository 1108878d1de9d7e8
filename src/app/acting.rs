//! Carrying out the requests of panels, menus and keys.

use super::App;
use crate::engine::Interfaces;
use crate::journal::RecoverableLog;
use crate::settings::dock::Page;
use crate::settings::tab::SendSource;
use crate::ui::doctor::ShownEntry;
use crate::ui::region::{self, Region};
use crate::ui::{Action, controls, theme};
use egui::Context;

impl App {
    /// Carries out an action of the user.
    pub(super) fn act(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Open => self.open(ctx),
            Action::NewTab => {
                self.add_tab();
            }
            Action::NewTabs(sessions) => self.add_tabs(&sessions),
            Action::SelectTab(place) => self.active = place.min(self.tabs.len().saturating_sub(1)),
            Action::CloseTab(place) => self.close_tab(place),
            Action::CloseOtherTabs(place) => self.close_other_tabs(place),
            Action::DuplicateTab(place) => self.duplicate_tab(place),
            Action::MoveTab(from, to) => self.move_tab(from, to),
            Action::RenameTab(place, title) => self.rename_tab(place, title),
            Action::Command(command) => self.perform(ctx, command),
            Action::Undo => self.undo(),
            Action::Clear => {
                let second = self.second();
                if let Some(tab) = self.tabs.get_mut(self.active)
                    && tab.clear(second)
                {
                    self.keep_log(ctx);
                }
            }
            Action::SwitchLanguage => {
                self.lang = self.lang.other();
                self.lang_chosen = true;
                theme::set_language(ctx, self.lang);
            }
            Action::EditDescription(path) => self.editor.open(ctx, &path),
            Action::ReadDescriptions => self.descriptions.read_again(),
            Action::ReadInterfaces => self.interfaces = Interfaces::read(),
            Action::OpenFile(path) => self.open_files(ctx, vec![path]),
            Action::Export(asked) => self.export(ctx, asked),
            Action::ReplayFile(path) => self.replay_file(&path),
            Action::ShowPage(page) => {
                // From a control of another page that had the keys.
                let is_page = region::current(ctx) == Some(Region::Dock);
                if is_page && controls::focused(ctx).is_some() {
                    region::go_to(ctx, Region::Dock);
                }
                self.show_page(page);
            }
            Action::TogglePage(page) => self.toggle_page(page),
            Action::Diagnose(permission) => self.diagnose(ctx, permission),
            Action::ShowEntry(situation) => self.show_entry(ShownEntry::General(situation)),
            Action::ShowFinding(situation) => self.show_entry(ShownEntry::OfFinding(situation)),
            Action::Cure(cure) => self.cure(ctx, cure),
            Action::OpenCured => self.open_cured(ctx),
            Action::DismissBanner => self.banner = None,
            Action::RaiseLimit(place) => self.raise_limit(place),
            Action::DismissLimit(place) => self.dismiss_limit(place),
            Action::DiscardLogs => self
                .recoverable_logs
                .drain(..)
                .for_each(RecoverableLog::discard),
            Action::RestoreLogs => self.restore(ctx),
            Action::Send(command) => {
                if let Some(tab) = self.tabs.get(self.active) {
                    if tab.drafts.send.source != SendSource::Fields {
                        self.library.history.add(&tab.drafts.send.composition);
                    }
                    tab.command(command);
                }
            }
            Action::Compose(composed) => self.compose(ctx, composed),
            Action::FillForm(filled) => self.fill_form(ctx, filled),
            Action::RemoveSnippet { group, at } => self.remove_snippet(group, at),
            Action::RemoveRule(at) => self.remove_rule(at),
            Action::RemoveStep(at) => self.remove_step(at),
            Action::RemovePoll(at) => self.remove_poll(at),
            Action::MakeRule(row) => self.make_rule(row),
            Action::MakeScenario(rows) => self.make_scenario(rows),
            Action::ShowPeerCode(row) => self.show_peer_code(row),
            Action::KeepSnippet(composition) => {
                self.snippets.keep(composition);
                self.show_page(Page::Library);
            }
            Action::Close
            | Action::Worker(_)
            | Action::SetTarget(_)
            | Action::FilterPeer(_)
            | Action::ResumeRules
            | Action::EndRules
            | Action::ResetCounters => {
                self.act_on_tab(action);
            }
        }
    }

    fn act_on_tab(&mut self, action: Action) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        match action {
            Action::Close => tab.close(),
            Action::Worker(command) => tab.command(command),
            Action::ResumeRules => tab.panels.rules.resume(),
            Action::EndRules => tab.drafts.rules.on = false,
            Action::ResetCounters => tab.session.reset_counters(),
            Action::SetTarget(far) => tab.set_target(far, &self.interfaces),
            Action::FilterPeer(peer) => tab.search_box.show_peer(peer),
            _ => {}
        }
    }
}
