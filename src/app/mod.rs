//! The window as a whole.
//!
//! `logic` applies events to sessions. `ui` draws the panels, which return at most one
//! [`Action`](crate::ui::Action) a frame. `act` turns the action into a command or a change. Drafts
//! are edited in place by their panels.

mod acting;
mod banner;
pub mod clipboard;
mod compose;
mod cures;
mod descriptions;
mod doctor;
mod drops;
mod exports;
mod files;
mod frame_wake;
pub mod input_method;
mod input_order;
mod journals;
mod keys;
mod layout;
mod left;
mod messages;
mod pages;
mod saving;
mod screen;
mod search;
mod start;
mod tab;
mod tabs;
mod title;
mod undo;
mod window_close;

use crate::engine::{Clock, Interfaces};
use crate::journal::{self, RecoverableLog};
use crate::settings::columns::ColumnWidths;
use crate::settings::course::CourseProgress;
use crate::settings::dock::{DockState, Page};
use crate::settings::theme::ThemeSetting;
use crate::settings::window::{WindowPlace, WindowSize};
use crate::settings::{Library, Preferences, Settings, Store};
use crate::traffic::Totals;
use crate::ui::banner::BannerBar;
use crate::ui::course::CoursePage;
use crate::ui::description::DescriptionLibrary;
use crate::ui::description_editor::DescriptionEditor;
use crate::ui::help::HelpPage;
use crate::ui::library::SnippetWindow;
use crate::ui::open_window::OpenWindow;
use crate::ui::palette::CommandPalette;
use crate::ui::scenario::ScenarioWindow;
use crate::ui::{controls, file_dialog, theme};
use crate::words::Lang;
use banner::Banner;
use clipboard::Clipboard;
use egui::Context;
use frame_wake::FrameWake;
pub use screen::Desktop;
pub use start::Start;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tab::Tab;
use window_close::WindowClose;

/// Seconds of the rate plots: in the status bar, and on the page of rates.
const MINUTE: u64 = 60;
const MINUTES: u64 = 300;
/// The time in which one frame may apply events.
const DRAIN: Duration = Duration::from_millis(5);

/// The window: tabs, panels, and the state they share.
pub struct App {
    lang: Lang,
    /// Whether the user chose the language.
    lang_chosen: bool,
    theme: ThemeSetting,
    window: WindowSize,
    /// The title that the window has.
    window_title: String,
    place: WindowPlace,
    desktop: Desktop,
    /// Whether the window is still to be maximised, as it was when the program ended.
    maximises: bool,
    /// Whether the window was fitted to its screen.
    fitted: bool,
    preferences: Preferences,
    tabs: Vec<Tab>,
    /// Closed tabs that can be reopened, in the order of closing.
    closed: Vec<undo::Closed>,
    /// The snippet that can be had back.
    removed: Option<undo::Removed>,
    /// The second in which there was nothing to restore.
    nothing_gone: Option<u64>,
    active: usize,
    next_id: u64,
    interfaces: Interfaces,
    zone: jiff::tz::TimeZone,
    banner: Option<Banner>,
    banner_bar: BannerBar,
    /// Logs of earlier runs, offered when the banner has no other message.
    recoverable_logs: Vec<RecoverableLog>,
    store: Option<Store>,
    journals: Option<PathBuf>,
    clipboard: Option<Clipboard>,
    window_close: WindowClose,
    saved: Settings,
    /// Whether the last save failed.
    unsaved: bool,
    /// When settings are next compared with the saved ones, on the toolkit's clock in seconds.
    save_due: Option<f64>,
    library: Library,
    snippets: SnippetWindow,
    dock: DockState,
    /// Whether the left panel is open in a small window.
    left_open: bool,
    columns: ColumnWidths,
    open_window: OpenWindow,
    descriptions: DescriptionLibrary,
    editor: DescriptionEditor,
    scenario: ScenarioWindow,
    course: CoursePage,
    progress: CourseProgress,
    commands: CommandPalette,
    help: HelpPage,
    began: Instant,
    clock: Clock,
    /// Whether a repaint for events is already requested.
    frame_wake: FrameWake,
}

impl App {
    pub fn new(ctx: &Context, start: Start) -> Self {
        let Start {
            settings,
            set_aside,
            store,
            journals,
            clipboard,
            requests,
            lang,
            system_lang,
            program,
            desktop,
        } = start;
        theme::install(ctx);
        // Before the first frame, which would otherwise guess the size of the window.
        ctx.options_mut(|options| options.zoom_factor = settings.place.zoom);
        input_method::install(ctx);
        input_order::install(ctx);
        ctx.set_theme(egui::ThemePreference::from(settings.theme));
        let budget = settings.preferences.log_budget();
        let tabs: Vec<Tab> = settings
            .tabs
            .iter()
            .cloned()
            .zip(0..)
            .map(|(tab, id)| Tab::new(id, tab, budget))
            .collect();
        let lang = lang.or(settings.lang).unwrap_or(system_lang);
        theme::set_language(ctx, lang);
        let settings_folder = store.as_ref().and_then(|store| store.file().parent());
        let descriptions = DescriptionLibrary::beside(settings_folder);
        Self {
            lang,
            lang_chosen: settings.lang.is_some(),
            theme: settings.theme,
            window: settings.window,
            window_title: String::new(),
            place: settings.place,
            maximises: settings.place.maximised && !desktop.screens.is_empty(),
            desktop,
            fitted: false,
            preferences: settings.preferences.clone(),
            next_id: tabs.len() as u64,
            active: settings.active.min(tabs.len().saturating_sub(1)),
            tabs,
            closed: Vec::new(),
            removed: None,
            nothing_gone: None,
            interfaces: Interfaces::read(),
            zone: jiff::tz::TimeZone::system(),
            banner: set_aside.map(Banner::SetAside),
            banner_bar: BannerBar::default(),
            recoverable_logs: journals
                .as_deref()
                .map(|folder| journal::recoverable_logs(folder, settings.preferences.kept()))
                .unwrap_or_default(),
            journals,
            clipboard,
            window_close: WindowClose::new(requests),
            store,
            library: settings.library.clone(),
            snippets: SnippetWindow::default(),
            dock: settings.dock,
            left_open: false,
            columns: settings.columns,
            open_window: OpenWindow::default(),
            descriptions,
            editor: DescriptionEditor::default(),
            commands: CommandPalette::default(),
            help: HelpPage::new(&program),
            course: CoursePage::new(program.clone()),
            progress: settings.course.clone(),
            scenario: ScenarioWindow::new(program),
            saved: settings,
            unsaved: false,
            save_due: None,
            began: Instant::now(),
            clock: Clock::start(),
            frame_wake: FrameWake::new(),
        }
    }

    /// Whole seconds since the program started.
    fn second(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The counters of the session in front, for a program around the window; `None` without a tab.
    pub fn totals(&self) -> Option<Totals> {
        self.tabs.get(self.active).map(|tab| tab.session.totals)
    }

    /// A function that requests one repaint for any number of events.
    fn waker(&self, ctx: &Context) -> impl Fn() + Send + Clone + 'static {
        self.frame_wake.waker(ctx)
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        self.paste(ctx, &mut input.events);
    }

    /// The ground of all panels, none of which fills its area again: filling the window is most
    /// of a frame's cost where no graphics card does it.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let rows =
            |tab: &Tab| tab.session.totals.received.records + tab.session.totals.sent.records;
        self.frame_wake
            .frame_begins(self.tabs.iter().map(rows).sum());
        self.end_if_asked(ctx);
        let deadline = Instant::now() + DRAIN;
        let second = self.second();
        let mut more = false;
        let wake = self.waker(ctx);
        for tab in self.closed_tabs() {
            tab.drain(deadline, second);
            more |= tab.has_more();
        }
        let plotted = (self.dock.open == Some(Page::Plot)).then_some(self.active);
        for (place, tab) in self.tabs.iter_mut().enumerate() {
            tab.session.log.prefer_chinese(self.lang == Lang::Chinese);
            tab.drain(deadline, second);
            tab.sync_worker(&self.interfaces);
            tab.follow_description(ctx);
            let read = tab.panels.description.take_read();
            if let Some(path) = read.filter(|path| !self.descriptions.has(path)) {
                self.library.descriptions.add(&path);
            }
            if let Some(unread) = tab.unread() {
                banner::add_unread(&mut self.banner, unread);
            }
            if let Some(error) = tab.spill(second) {
                self.banner = Some(Banner::NoJournal(error));
            }
            banner::of_tab(&mut self.banner, tab);
            let fields = tab.view.schema.clone();
            let reading = search::FilterContext {
                lang: self.lang,
                interfaces: &self.interfaces,
                zone: &self.zone,
                local: tab.session.local(),
                fields: fields.as_ref(),
            };
            tab.search(reading, wake.clone());
            if plotted == Some(place) {
                tab.follow_plot(wake.clone());
            }
            tab.follow_messages(wake.clone());
            tab.panels.doctor.watch.follow(&tab.session, second);
            more |= tab.has_more();
        }
        self.follow_cure(ctx);
        if more {
            ctx.request_repaint();
        }
        if let Some(soon) = self.end_offers() {
            ctx.request_repaint_after(soon);
        }
        // The visible plots move until the last traffic has left them.
        let pictured = match self.dock.open {
            Some(Page::Rates) => MINUTES,
            _ => MINUTE,
        };
        let active = self.tabs.get(self.active);
        let picture = active.and_then(|tab| tab.session.rates.next_picture(second, pictured));
        let sealing = self.tabs.iter().any(Tab::is_unsealed).then_some(second + 1);
        let offer = active.and_then(|tab| tab.panels.doctor.watch.due(second));
        if let Some(next) = picture.into_iter().chain(sealing).chain(offer).min() {
            let left = Duration::from_secs(next).saturating_sub(self.began.elapsed());
            ctx.request_repaint_after(left + Duration::from_millis(1));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        // Before the window is followed: the first frame does not know its place.
        self.fit_screen(&ctx);
        self.follow_window(&ctx);
        self.take_drops(&ctx);
        let pressed = keys::pressed(&ctx);
        let before = (self.theme, self.preferences.log_mib);
        self.follow_export(&ctx);
        self.scenario.follow(&ctx, self.lang);
        self.course.follow(&mut self.progress);
        self.follow_descriptions(&ctx);
        if let Some(action) = self.panels(ui) {
            self.act(&ctx, action);
            ctx.request_repaint();
        }
        self.drop_target_ui(&ctx);
        self.ask_before_end(&ctx);
        // After the panels: the text typed just before Ctrl+Enter is in the composer by then.
        self.perform_keys(&ctx, pressed);
        self.editor_ui(&ctx);
        self.palette_ui(&ctx);
        controls::group::settle(&ctx);
        controls::keep_in_popup(&ctx);
        controls::keep_focus(&ctx);
        controls::focus_ring(&ctx, theme::palette(&ctx));
        if self.tabs.get(self.active).is_some_and(Tab::is_search_due) {
            ctx.request_repaint();
        }
        if before.0 != self.theme {
            ctx.set_theme(egui::ThemePreference::from(self.theme));
        }
        if before.1 != self.preferences.log_mib {
            let budget = self.preferences.log_budget();
            self.tabs
                .iter_mut()
                .for_each(|tab| tab.session.set_log_budget(budget));
        }
        self.save_when_due(&ctx);
        if let Some(clipboard) = &mut self.clipboard {
            clipboard.output(&ctx);
        }
    }

    fn on_exit(&mut self, #[cfg(target_os = "linux")] _gl: Option<&eframe::glow::Context>) {
        file_dialog::end();
        self.save();
        self.end_tabs();
        self.end_saving();
    }
}
