//! The pages of the dock, and the state that each page is drawn from.

use super::tab::Tab;
use super::{App, exports};
use crate::automation::Capabilities;
use crate::settings::course::CourseProgress;
use crate::settings::dock::Page;
use crate::settings::{Library, Preferences};
use crate::ui::connection_life::LifeAbout;
use crate::ui::course::CoursePage;
use crate::ui::description::{ChosenDescription, DescriptionLibrary};
use crate::ui::dock::PageState;
use crate::ui::doctor::AfterCure;
use crate::ui::help::HelpPage;
use crate::ui::library::{SnippetTarget, SnippetWindow};
use crate::ui::log_view::OnShow;
use crate::ui::open_window::OpenWindow;
use crate::ui::poll::{self, PollAbout};
use crate::ui::scenario::ScenarioWindow;
use crate::ui::{Action, UiContext, hold_queue, inspector, rate_panel};
use egui::Ui;
use std::path::Path;

impl App {
    pub(super) fn show_page(&mut self, page: Page) {
        self.dock.open = Some(page);
        match page {
            Page::Open => self.open_window.show(),
            Page::Descriptions => self.descriptions.read_again(),
            Page::Export => {
                if let Some(tab) = self.tabs.get_mut(self.active) {
                    let searches = tab.search.sought(tab.search_box.only).is_some();
                    tab.export_window.show(searches);
                }
            }
            _ => {}
        }
    }

    /// Opens a page, or closes it if it is open.
    pub(super) fn toggle_page(&mut self, page: Page) {
        if self.dock.open != Some(page) {
            self.show_page(page);
            return;
        }
        self.dock.open = None;
        // A running scenario continues when its page is closed.
        if page == Page::Open && !self.scenario.is_playing() {
            self.scenario.close();
        }
        // Closing the details also deselects the row.
        if page == Page::Details
            && let Some(tab) = self.tabs.get_mut(self.active)
        {
            tab.view.select(None);
        }
    }
}

/// The marks on the strip, and the title of the open page.
pub(super) fn shown(
    cx: UiContext<'_>,
    tab: &Tab,
    scenario: &ScenarioWindow,
    open: Option<Page>,
) -> PageState {
    let title = match open {
        Some(Page::Details) => inspector::title(cx, &tab.session, &tab.view),
        _ => None,
    };
    let drafts = &tab.drafts;
    let replies = drafts.rules.on && !drafts.rules.rules.is_empty();
    let marks = [
        (Page::AutoReply, replies),
        (Page::Network, drafts.bad_network.on),
        (Page::Measure, drafts.measure.on),
        (Page::Poll, poll::is_running(&tab.session)),
        (
            Page::Intercepted,
            !tab.session.activity().hold_queue.packets.is_empty(),
        ),
        (Page::Open, scenario.is_open()),
    ];
    let marked = marks.into_iter().filter(|(_, marked)| *marked);
    PageState {
        marked: marked.map(|(page, _)| page).collect(),
        title,
    }
}

/// The state that the pages are drawn from.
pub(super) struct PageContext<'a> {
    pub tab: &'a mut Tab,
    pub library: &'a mut Library,
    pub snippets: &'a mut SnippetWindow,
    pub preferences: &'a mut Preferences,
    pub open_window: &'a mut OpenWindow,
    pub descriptions: &'a mut DescriptionLibrary,
    pub scenario: &'a mut ScenarioWindow,
    pub course: &'a mut CoursePage,
    pub progress: &'a CourseProgress,
    pub help: &'a mut HelpPage,
    /// The settings file; `None` if settings are not saved.
    pub settings_file: Option<&'a Path>,
}

impl PageContext<'_> {
    pub(super) fn ui(self, ui: &mut Ui, cx: UiContext<'_>, page: Page) -> Option<Action> {
        let Self {
            tab,
            library,
            snippets,
            preferences,
            open_window,
            descriptions,
            scenario,
            course,
            progress,
            help,
            settings_file,
        } = self;
        match page {
            Page::Details => {
                let shown = OnShow {
                    session: &tab.session,
                    sought: tab.search.sought(tab.search_box.only),
                    view: &mut tab.view,
                };
                tab.inspector.ui(ui, cx, shown, &mut tab.drafts.receive)
            }
            Page::Diagnose => {
                let subject = (tab.no_subject(cx.interfaces), tab.waits());
                let (now, resend) = (tab.asked_about(), tab.resend(cx));
                let after = AfterCure {
                    session: &tab.session,
                    now: &now,
                    resend: resend.as_ref(),
                };
                tab.panels.doctor.page_ui(ui, cx, subject, after)
            }
            Page::ConnectionLife => {
                let about = LifeAbout {
                    framing: tab.framing().received,
                    kind: tab.session_kind(),
                    is_file: tab.file.is_some(),
                    network: &mut tab.drafts.network,
                    bad: &mut tab.drafts.bad_network,
                    unit: &mut tab.drafts.receive.unit,
                };
                let mut shown = OnShow {
                    session: &tab.session,
                    sought: tab.search.sought(tab.search_box.only),
                    view: &mut tab.view,
                };
                tab.panels.life.page_ui(ui, cx, about, &mut shown)
            }
            Page::AutoReply => {
                let (context, selected) = (tab.rule_context(), tab.view.selected());
                let place = Capabilities::from(tab.session_kind());
                let about = (&tab.session, &context);
                let rules = &mut tab.drafts.rules;
                tab.panels
                    .rules
                    .page_ui(ui, cx, rules, about, (selected, place))
            }
            Page::Network => {
                let place = Capabilities::from(tab.session_kind());
                let network = &mut tab.drafts.bad_network;
                tab.panels.bad_network.page_ui(ui, cx, network, place);
                None
            }
            Page::Measure => {
                let framing = tab.framing();
                let (draft, measure) = (&mut tab.drafts.measure, &mut tab.panels.measure);
                let asked = measure.page_ui(ui, cx, draft, &tab.session, &tab.drafts.send);
                // Before the load starts: the first sender of a flow owns it.
                measure.sync(draft, framing, &mut tab.session.meter);
                asked
            }
            Page::Rates => {
                rate_panel::ui(ui, cx, &tab.session.rates);
                None
            }
            Page::Plot => {
                let mut shown = OnShow {
                    session: &tab.session,
                    sought: tab.search.sought(tab.search_box.only),
                    view: &mut tab.view,
                };
                let draft = &mut tab.drafts.plot;
                tab.panels.plot.page_ui(ui, cx, draft, &mut shown);
                None
            }
            Page::Poll => {
                let context = tab.rule_context();
                let about = PollAbout {
                    session: &tab.session,
                    send: &tab.drafts.send,
                    context: &context,
                };
                let (draft, plot) = (&mut tab.drafts.poll, &mut tab.drafts.plot);
                tab.panels.poll.page_ui(ui, cx, draft, about, plot)
            }
            Page::Sequence => {
                let (session, send) = (&tab.session, &tab.drafts.send);
                let charset = send.charset(cx, session, &tab.drafts.receive.read_as);
                let sequence = &mut tab.drafts.sequence;
                sequence.page_ui(ui, cx, session, (send, charset), library)
            }
            Page::Library => {
                let (session, send) = (&tab.session, &tab.drafts.send);
                let charset = send.charset(cx, session, &tab.drafts.receive.read_as);
                let to = SnippetTarget {
                    session,
                    send,
                    charset,
                };
                snippets.page_ui(ui, cx, library, to)
            }
            Page::Open => {
                let asked = open_window.ui(ui, cx);
                if scenario.is_open() {
                    ui.separator();
                }
                asked.or(scenario.ui(ui, cx))
            }
            Page::Export => exports::page_ui(ui, cx, tab, preferences.terms()),
            Page::Settings => {
                preferences.page_ui(ui, cx, settings_file);
                None
            }
            Page::Descriptions => {
                let chosen = ChosenDescription {
                    draft: &mut tab.drafts.receive.description,
                    view: &mut tab.panels.description,
                };
                descriptions.page_ui(ui, cx, chosen, &mut library.descriptions)
            }
            Page::Course => {
                course.page_ui(ui, cx, progress);
                None
            }
            Page::Help => help.page_ui(ui, cx),
            Page::Intercepted => {
                let (receive, relays) = (&tab.drafts.receive, tab.session_kind().is_relay());
                hold_queue::ui(ui, cx, &tab.session, receive, relays)
            }
        }
    }
}
