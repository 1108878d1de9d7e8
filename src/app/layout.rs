//! The layout of the window: the place of each panel.

use super::pages::{self, PageContext};
use super::tab::Tab;
use super::{App, left, title};
use crate::engine::evidence::Permission;
use crate::session::SessionKind;
use crate::settings::columns::ColumnWidths;
use crate::settings::dock::Page;
use crate::t;
use crate::traffic::Filter;
use crate::traffic::stream_text::StreamTextReader;
use crate::ui::description::{OfferedDescriptions, capture_fields};
use crate::ui::dock::rail;
use crate::ui::doctor::{OfferAnswer, Silence};
use crate::ui::first_run::FirstRunPage;
use crate::ui::log_view::OnShow;
use crate::ui::recording::RecordingControls;
use crate::ui::region::{self, Region};
use crate::ui::send::SharedState;
use crate::ui::toolbar::Toolbar;
use crate::ui::{Action, UiContext, banner, controls, dock, doctor, status_bar, tabs, theme};
use egui::accesskit::Role;
use egui::{CentralPanel, Frame, Margin, Panel, Rect, Ui, UiBuilder, ViewportCommand};

/// The margin around the composer.
const COMPOSER: Margin = Margin {
    left: 12,
    right: 12,
    top: 9,
    bottom: 10,
};

/// A lower log has no line that offers a diagnosis: its rows need the room.
const LOG_WITH_OFFER: f32 = 140.0;

impl App {
    /// The content of each tab's button.
    pub(super) fn titles(&self, cx: UiContext<'_>) -> Vec<tabs::TabButton> {
        let title = |tab: &Tab| {
            let file = tab.file.as_deref();
            let kind = tab.drafts.network.kind;
            let shown = tabs::TabButton::of(cx, tab.id, &tab.session, (kind, file));
            let impaired = tab.drafts.bad_network.on && tab.file.is_none();
            shown.renamed(&tab.drafts.title).impaired(impaired)
        };
        self.tabs.iter().map(title).collect()
    }

    /// Draws every panel. Returns the first action of this frame.
    pub(super) fn panels(&mut self, ui: &mut Ui) -> Option<Action> {
        let palette = theme::palette(ui.ctx());
        let banner = self.banner_now();
        let banner = self.banner_bar.message(ui.ctx(), banner);
        let cx = UiContext {
            lang: self.lang,
            palette,
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.second(),
            now: self.clock.now(),
        };
        controls::name_window(ui.ctx(), &t!(cx.lang, "app.title"));
        let titles = self.titles(cx);
        let title = title::of_window(self.lang, titles.get(self.active));
        if title != self.window_title {
            let command = ViewportCommand::Title(title.clone());
            ui.ctx().send_viewport_cmd(command);
            self.window_title = title;
        }
        let file = self.store.as_ref().map(crate::settings::Store::file);
        let terms = self.preferences.terms();
        let plain = Frame::new();

        let mut action = None;
        let offer = self.undo_offer();
        Panel::top("tabs")
            .exact_size(theme::TOP_BAR)
            .resizable(false)
            .frame(plain.inner_margin(Margin::symmetric(10, 0)))
            .show(ui, |ui| {
                let asked = tabs::ui(ui, cx, &titles, self.active, &mut self.theme, offer);
                action = action.take().or(asked);
            });
        if let Some((message, holds)) = banner {
            let frame = Frame::new()
                .fill(message.tone.ground(palette))
                .inner_margin(Margin::symmetric(12, 0));
            let bar = Panel::top("banner")
                .exact_size(36.0)
                .resizable(false)
                .frame(frame)
                .show(ui, |ui| {
                    if !holds {
                        ui.disable();
                    }
                    banner::ui(ui, cx, &message)
                });
            let rect = bar.response.rect;
            self.banner_bar.follow(message, rect, bar.inner.is_some());
            action = action.take().or(bar.inner);
        }
        let tab = self.tabs.get_mut(self.active)?;
        let kind = tab.session_kind();
        let is_stream = kind.is_stream();
        ui.push_id(tab.id, |ui| {
            let area = ui.available_rect_before_wrap();
            let status = area.bottom() - theme::STATUS_BAR;
            let (above, status) = area.split_top_bottom_at_y(status);
            let mut status = part(ui, "status", status);
            // Drawn from the top down, as the Tab key goes.
            let ui = &mut part(ui, "above", above);
            let is_small = rail::is_shown(ui.ctx());
            if is_small {
                let open = self.dock.open;
                let marked = pages::shown(cx, tab, &self.scenario, open).marked;
                let asked = rail::ui(ui, cx, &mut self.left_open, (open, &marked));
                action = action.take().or(asked);
            }
            let has_left = !is_small || self.left_open;
            if has_left {
                let about = (kind, terms, self.active);
                let offered = OfferedDescriptions {
                    own: self.descriptions.list(),
                    recent: &self.library.descriptions,
                };
                let asked = left::left_ui(ui, cx, tab, about, offered, &mut self.dock.left);
                action = action.take().or(asked);
            }
            CentralPanel::default().frame(plain).show(ui, |ui| {
                let selected = tab.view.selected();
                action = action.take().or(toolbar_ui(ui, cx, tab));
                let area = ui.available_rect_before_wrap();
                let room = dock::room_for_composer(ui.ctx(), area.height());
                // In a small window the left panel replaces the composer.
                let least = tab.panels.send.least_height();
                let crowded = is_small && has_left && room < least;
                // A relay sends no data of its own.
                let composer = match !crowded && tab.file.is_none() && !kind.is_relay() {
                    true => tab.panels.send.height(ui.ctx(), self.dock.composer, room),
                    false => 0.0,
                };
                let places = self.dock.places(ui, cx.lang, area, composer);
                // In reading order, which the Tab key and screen readers follow.
                let silence = tab.panels.doctor.watch.offer(cx.second);
                let silence = silence.filter(|_| places.log.height() >= LOG_WITH_OFFER);
                let offer = silence.map_or(0.0, |_| doctor::OFFER);
                let (rows, offer) = places
                    .log
                    .split_top_bottom_at_y(places.log.bottom() - offer);
                let mut log = part(ui, "log", rows);
                action = action
                    .take()
                    .or(log_ui(&mut log, cx, tab, &mut self.columns));
                if let Some(silence) = silence {
                    let mut line = part(ui, "silence", offer);
                    let asked = offer_ui(&mut line, cx, tab, silence);
                    action = action.take().or(asked);
                }
                let shown = pages::shown(cx, tab, &self.scenario, self.dock.open);
                let parts = PageContext {
                    tab: &mut *tab,
                    library: &mut self.library,
                    snippets: &mut self.snippets,
                    preferences: &mut self.preferences,
                    open_window: &mut self.open_window,
                    descriptions: &mut self.descriptions,
                    scenario: &mut self.scenario,
                    course: &mut self.course,
                    progress: &self.progress,
                    help: &mut self.help,
                    settings_file: file,
                };
                let draw = |ui: &mut Ui, page| parts.ui(ui, cx, page);
                let asked = self.dock.ui(ui, cx, &places, shown, draw);
                action = action.take().or(asked);
                if let Some(place) = places.composer {
                    let kept = SharedState {
                        library: &mut self.library,
                        enter_sends: &mut self.preferences.enter_sends,
                    };
                    let wished = &mut self.dock.composer;
                    let asked = send_ui(ui, cx, tab, kind, (wished, room, place), kept);
                    action = action.take().or(asked);
                }
                // A newly selected row opens its details, unless another page is open. Under a
                // drag nothing moves.
                let looks = tab.view.selected().is_some()
                    && tab.view.selected() != selected
                    && !tab.view.is_dragged();
                if looks && self.dock.open.is_none() {
                    self.dock.open = Some(Page::Details);
                    ui.ctx().request_repaint();
                }
            });
            Panel::bottom("status")
                .exact_size(theme::STATUS_BAR)
                .resizable(false)
                .frame(plain.inner_margin(Margin::symmetric(12, 0)))
                .show(&mut status, |ui| {
                    let sought = tab.search.sought(tab.search_box.only);
                    let content = status_bar::StatusContent {
                        is_stream,
                        shown: tab.view.count_shown(&tab.session.log, sought),
                        by_message: tab.view.is_by_message(),
                        budget_mib: self.preferences.log_mib,
                        is_reading: tab.is_read_back(),
                        is_file: tab.file.is_some(),
                    };
                    let asked = status_bar::ui(ui, cx, &tab.session, &content);
                    action = action.take().or(asked);
                });
        });
        action
    }
}

/// The line that offers a diagnosis, below the log, so that it covers no row.
fn offer_ui(ui: &mut Ui, cx: UiContext<'_>, tab: &mut Tab, silence: Silence) -> Option<Action> {
    let answer = doctor::offer_ui(ui, cx, silence)?;
    tab.panels.doctor.watch.dismiss();
    ui.ctx().request_repaint();
    match answer {
        OfferAnswer::Accepted => Some(Action::Diagnose(Permission::default())),
        OfferAnswer::Dismissed => None,
    }
}

fn send_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tab: &mut Tab,
    kind: SessionKind,
    (wished, room, place): (&mut f32, f32, Rect),
    kept: SharedState<'_>,
) -> Option<Action> {
    let panel = Panel::bottom("send")
        .exact_size(place.height())
        .resizable(false)
        .frame(Frame::new().inner_margin(COMPOSER))
        .show(&mut part(ui, "composer", place), |ui| {
            region::enter(ui, Region::Composer);
            region::name(ui, cx, "regions.composer");
            let read_as = &tab.drafts.receive.read_as;
            let (draft, about) = (&mut tab.drafts.send, (&tab.session, kind));
            tab.panels.send.box_ui(ui, cx, draft, about, read_as, kept)
        });
    let asked = tab.panels.send.edge_ui(ui, cx, place, room);
    *wished = asked.unwrap_or(*wished);
    panel.inner
}

/// The toolbar: the search, the recording and the options of the log.
fn toolbar_ui(ui: &mut Ui, cx: UiContext<'_>, tab: &mut Tab) -> Option<Action> {
    let frame = Frame::new();
    Panel::top("toolbar")
        .exact_size(theme::TOOLBAR)
        .resizable(false)
        .frame(frame.inner_margin(Margin::symmetric(12, 0)))
        .show(ui, |ui| {
            region::enter(ui, Region::Toolbar);
            controls::name_group(ui, Role::Toolbar, &t!(cx.lang, "regions.toolbar"));
            let framing = tab.framing();
            let receive = &mut tab.drafts.receive;
            let (session, chosen) = (&tab.session, receive.read_as.session);
            let tab_fields = capture_fields(cx.lang, tab.view.schema.as_ref());
            let words = || {
                let describe = super::search::describe(cx.lang, cx.interfaces.clone());
                let (log, next) = (&session.log, session.log.rows().end);
                (
                    describe,
                    StreamTextReader::following(chosen, log.recognition(), next),
                    tab_fields.clone(),
                )
            };
            let recorder = RecordingControls {
                draft: &mut receive.recording,
                control: &mut tab.panels.recording,
                words: &words,
                framing,
            };
            let bar = Toolbar {
                shown: OnShow {
                    session: &tab.session,
                    sought: tab.search.sought(tab.search_box.only),
                    view: &mut tab.view,
                },
                search: &mut tab.search_box,
                go_to: &mut tab.go_to,
                unit: &mut receive.unit,
                recorder: tab.file.is_none().then_some(recorder),
            };
            ui.horizontal_centered(|ui| bar.ui(ui, cx)).inner
        })
        .inner
}

/// The log with its column titles, beside which the search strip stands, so that no row moves.
fn log_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tab: &mut Tab,
    columns: &mut ColumnWidths,
) -> Option<Action> {
    let plain = Frame::new();
    let shown = CentralPanel::default().frame(plain).show(ui, |ui| {
        region::stands(ui.ctx(), Region::Log, ui.max_rect());
        region::name(ui, cx, "regions.log");
        ui.spacing_mut().item_spacing.y = 0.0;
        let searches = Filter::is_in(&tab.search_box.text);
        let strip = match searches {
            true => {
                let shown = OnShow {
                    session: &tab.session,
                    sought: tab.search.sought(tab.search_box.only),
                    view: &mut tab.view,
                };
                tab.search_box.strip_ui(ui, cx, shown)
            }
            false => 0.0,
        };
        // Read again: the strip may have changed it in this frame.
        let sought = tab.search.sought(tab.search_box.only);
        let first_run = &mut tab.panels.first_run;
        let page = first_run.page(&tab.session, tab.drafts.network.kind);
        let page = page.filter(|_| tab.file.is_none() && !searches);
        let titles = matches!(page, None | Some(FirstRunPage::Waiting)).then_some(strip);
        let receive = (&tab.drafts.receive, columns);
        let action = tab.view.ui(ui, cx, &tab.session, sought, receive, titles);
        action.or(page.and_then(|page| {
            let place = (page, tab.view.free());
            first_run.ui(ui, cx, place, &tab.session, &mut tab.drafts)
        }))
    });
    shown.inner
}

/// A part of the window to draw in.
fn part(ui: &mut Ui, name: &str, place: Rect) -> Ui {
    ui.new_child(UiBuilder::new().id_salt(name).max_rect(place))
}
