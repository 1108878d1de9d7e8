//! The bar at the top: one tab a session, and what concerns the whole window.

use super::controls::{self, group, icon_button, tooltip_with_key};
use super::palette::{WindowCommand, tab_shortcut, with_key};
use super::region::{self, Region};
use super::{Action, UiContext, narrow, theme, window_bar};
use crate::engine::Remote;
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::session::{self, Kind, Session};
use crate::settings::theme::Choice;
use crate::t;
use egui::{
    Align, CornerRadius, Layout, PopupCloseBehavior, Rect, RichText, Sense, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use std::path::Path;

/// The width of the button for another tab, with what is around it.
const NEW: f32 = 36.0;

/// Characters of a path that a title has room for.
const PATH: usize = 28;

/// The room an offer takes.
const OFFER: f32 = 200.0;

/// Characters a name that is given to a tab may have, and the width of the field for it.
const NAME: usize = 40;
const RENAME: f32 = 180.0;

/// About the room of what concerns the whole window, and the space before it.
const ASIDE: f32 = 300.0;
const GAP: f32 = 8.0;

/// What can be taken back for a few seconds.
pub struct Offer {
    /// What was done.
    pub text: String,
    /// How long it is still offered.
    pub seconds: u64,
}

/// What a tab shows of its session.
pub struct Tab {
    pub title: String,
    /// The same, with all of a path.
    whole: String,
    /// The name that was given to it.
    given: String,
    pub open: bool,
    /// Clients of a TCP server.
    pub clients: usize,
}

impl Tab {
    /// `kind` is what the panel has chosen, for a session that was never opened.
    pub fn of(cx: UiContext<'_>, session: &Session, kind: Kind, file: Option<&Path>) -> Self {
        if let Some(name) = file.and_then(Path::file_name) {
            let title = name.to_string_lossy().into_owned();
            return Self {
                whole: title.clone(),
                given: String::new(),
                title,
                open: false,
                clients: 0,
            };
        }
        let kind = if session.is_closed() {
            kind
        } else {
            session.kind()
        };
        let name = t!(cx.lang, kind.traits().name);
        let name = match (kind.addresses(), kind.traits().variant) {
            (Addresses::Named, Some(variant)) => {
                // Within a title, words begin small.
                let variant = t!(cx.lang, variant).to_lowercase();
                format!("{name} {variant}")
            }
            _ => name,
        };
        let role = kind.role();
        let place = match (role, session.remote(), session.local()) {
            (session::Role::Client, Some(remote), _) if !session.is_closed() => match remote {
                Remote::Named(name) => name.to_string(),
                Remote::Endpoint(endpoint) => endpoint.to_string(),
            },
            (session::Role::Server, _, Some(Peer::Ip(local))) => format!(":{}", local.port()),
            (
                session::Role::Datagrams | session::Role::Relay | session::Role::Server,
                _,
                Some(local),
            ) => match local {
                Peer::Named(name) => name.to_string(),
                Peer::Ip(_) | Peer::Unnamed(_) => cx.interfaces.show(local),
            },
            _ => String::new(),
        };
        let has_room = |text: &str| text.chars().count() <= PATH;
        let short = match kind.addresses() {
            Addresses::Named => narrow::end_of(&place, has_room),
            Addresses::Internet => place.clone(),
        };
        let title = |place: &str| format!("{name} {place}").trim_end().to_owned();
        let clients = match role {
            session::Role::Server => session.connections().len(),
            session::Role::Datagrams | session::Role::Client | session::Role::Relay => 0,
        };
        Self {
            title: title(&short),
            whole: title(&place),
            given: String::new(),
            open: session.is_open(),
            clients,
        }
    }

    /// The same under the name that was given to it, if that is not empty.
    pub fn renamed(self, given: &str) -> Self {
        let name = given.trim();
        if name.is_empty() {
            return self;
        }
        Self {
            title: name.to_owned(),
            whole: format!("{name} · {}", self.whole),
            given: given.to_owned(),
            ..self
        }
    }
}

pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tabs: &[Tab],
    active: usize,
    theme: &mut Choice,
    offer: Option<Offer>,
) -> Option<Action> {
    ui.spacing_mut().item_spacing.x = 4.0;
    region::enter(ui, Region::Tabs);
    let mut action = None;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        // What stands at the right end comes last for the keys too: it is as wide as it was in
        // the last frame.
        let width_id = ui.scope_id().with("window's own");
        let aside: Option<f32> = ui.data(|data| data.get_temp(width_id));
        let room = ui.available_width() - aside.unwrap_or(ASIDE) - GAP;
        let size = vec2(room.max(0.0), ui.available_height());
        let left = Layout::left_to_right(Align::Center);
        let tabs = ui.allocate_ui_with_layout(size, left, |ui| {
            ui.set_min_size(size);
            tabs_ui(ui, cx, tabs, active, offer)
        });
        let before = ui.cursor().left();
        let asked = window_bar::ui(ui, cx, theme);
        action = tabs.inner.or(asked);
        let now = ui.min_rect().right() - before;
        if aside.is_none_or(|aside| (aside - now).abs() > 0.5) {
            ui.data_mut(|data| data.insert_temp(width_id, now));
            ui.ctx().request_repaint();
        }
    });
    action
}

/// The tabs, and what opens another one.
fn tabs_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tabs: &[Tab],
    active: usize,
    offer: Option<Offer>,
) -> Option<Action> {
    let mut action = None;
    ui.label(RichText::new(t!(cx.lang, "app.title")).font(theme::bold(13.0)));
    ui.add_space(6.0);
    // What opens another tab stays in sight, however many there are.
    let beside = NEW + offer.as_ref().map_or(0.0, |_| OFFER);
    let width = (ui.available_width() - beside).max(0.0);
    let reveal = reveals(ui, tabs, active, width);
    egui::ScrollArea::horizontal()
        .id_salt("tabs")
        .max_width(width)
        .show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                let name = t!(cx.lang, "regions.tabs");
                controls::name_group(ui, Role::TabList, &name);
                for (place, tab) in tabs.iter().enumerate() {
                    let is_active = place == active;
                    let before = ui.cursor().left();
                    let done = tab_ui(ui, cx, tab, (place, tabs.len()), is_active);
                    if is_active && reveal {
                        let rect = ui.min_rect().with_min_x(before);
                        ui.scroll_to_rect(rect, None);
                    }
                    action = action.take().or(done);
                }
            });
        });
    let new = t!(cx.lang, "tabs.new");
    let button = icon_button(ui, "＋", &new, cx.palette);
    if with_key(button, &new, WindowCommand::NewTab).clicked() {
        action = Some(Action::NewTab);
    }
    if let Some(offer) = offer {
        let asked = offer_ui(ui, cx, &offer);
        action = action.take().or(asked);
    }
    action
}

/// Whether the active tab is to come into sight: it was selected otherwise than by a click on
/// it, or the room or its title is another.
fn reveals(ui: &Ui, tabs: &[Tab], active: usize, width: f32) -> bool {
    let id = egui::Id::unique("shown tab");
    let title = tabs.get(active).map_or(0, |tab| tab.title.len());
    let shown = (active, tabs.len(), title, width.to_bits());
    let same = ui.data(|data| data.get_temp(id)) == Some(shown);
    ui.data_mut(|data| data.insert_temp(id, shown));
    !same
}

/// Beside the tabs, where it covers nothing.
fn offer_ui(ui: &mut Ui, cx: UiContext<'_>, offer: &Offer) -> Option<Action> {
    ui.add_space(4.0);
    let name = t!(cx.lang, "undo.undo");
    let button = controls::small(ui, &format!("↶ {name}"), &name);
    let undone = with_key(button, &name, WindowCommand::Undo).clicked();
    let left = t!(
        cx.lang,
        "undo.left",
        what = offer.text,
        seconds = offer.seconds
    );
    ui.add(egui::Label::new(RichText::new(left).color(cx.palette.dim)).truncate());
    undone.then_some(Action::Undo)
}

fn tab_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tab: &Tab,
    (place, count): (usize, usize),
    active: bool,
) -> Option<Action> {
    let palette = cx.palette;
    let ink = if active { palette.text } else { palette.dim };
    let title = ui
        .painter()
        .layout_no_wrap(tab.title.clone(), theme::body(), ink);
    let clients = (tab.clients > 0).then(|| {
        ui.painter().layout_no_wrap(
            tab.clients.to_string(),
            egui::FontId::proportional(11.0),
            palette.dim,
        )
    });
    let badge = clients
        .as_ref()
        .map_or(0.0, |galley| galley.size().x + 14.0 + 7.0);
    let size = vec2(12.0 + 8.0 + 7.0 + title.size().x + badge + 26.0, 30.0);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    // The tab in front is the stop of the Tab key, and arrows bring the others there.
    let id = |place: usize| egui::Id::unique(("tab", place));
    let response = ui.interact(rect, id(place), group::sense(active));
    response.widget_info(|| WidgetInfo::labeled(Role::Tab, true, &tab.title));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_selected(active));
    let ground = match (active, response.hovered()) {
        (true, _) => palette.accent_soft,
        (false, true) => palette.hover,
        (false, false) => palette.panel,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(6), ground);
    let dot = if tab.open { palette.ok } else { palette.faint };
    ui.painter()
        .circle_filled(pos2(rect.left() + 16.0, rect.center().y), 4.0, dot);
    let mut x = rect.left() + 27.0;
    let width = title.size().x;
    ui.painter()
        .galley(pos2(x, rect.center().y - title.size().y / 2.0), title, ink);
    x += width + 7.0;
    if let Some(count) = clients {
        let pill = Rect::from_min_size(
            pos2(x, rect.center().y - 9.0),
            vec2(count.size().x + 14.0, 18.0),
        );
        ui.painter().rect(
            pill,
            CornerRadius::same(9),
            palette.panel,
            egui::Stroke::new(1.0, palette.line),
            egui::StrokeKind::Inside,
        );
        ui.painter()
            .galley(pill.center() - count.size() / 2.0, count, palette.dim);
    }
    let cross =
        Rect::from_center_size(pos2(rect.right() - 14.0, rect.center().y), vec2(18.0, 18.0));
    let close = ui.interact(cross, response.id.with("close"), Sense::CLICK);
    let name = format!("{} {}", t!(cx.lang, "tabs.close"), tab.title);
    close.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if close.hovered() {
        ui.painter()
            .rect_filled(cross, CornerRadius::same(4), palette.line);
    }
    let arm = 3.5;
    let stroke = egui::Stroke::new(1.2, palette.dim);
    ui.painter().line_segment(
        [
            cross.center() - vec2(arm, arm),
            cross.center() + vec2(arm, arm),
        ],
        stroke,
    );
    ui.painter().line_segment(
        [
            cross.center() - vec2(arm, -arm),
            cross.center() + vec2(arm, -arm),
        ],
        stroke,
    );
    let closes = with_key(close, &t!(cx.lang, "tabs.close"), WindowCommand::CloseTab);
    if closes.clicked() || response.middle_clicked() {
        return Some(Action::CloseTab(place));
    }
    if let Some(next) = group::arrow(ui, response.id, place, count) {
        ui.memory_mut(|memory| memory.request_focus(id(next)));
        return Some(Action::SelectTab(next));
    }
    // Text is typed in it.
    let close = PopupCloseBehavior::CloseOnClickOutside;
    let chosen = controls::context_menu(&response, false, close, |ui| {
        menu_ui(ui, cx, &tab.given, (place, count))
    });
    let chosen = chosen.flatten();
    controls::regain_focus(ui, &response);
    let selects = match tab_shortcut(place) {
        Some(key) => {
            let key = ui.ctx().format_shortcut(&key);
            tooltip_with_key(response, &tab.whole, &key)
        }
        None => response.on_hover_text(&tab.whole),
    };
    chosen.or(selects.clicked().then_some(Action::SelectTab(place)))
}

/// The menu of a tab.
fn menu_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    given: &str,
    (place, count): (usize, usize),
) -> Option<Action> {
    let mut chosen = None;
    let (name, hint) = (t!(cx.lang, "tabs.rename"), t!(cx.lang, "tabs.rename_hint"));
    let mut title = given.to_owned();
    let field = controls::Field::new(&mut title, &name, &hint, RENAME);
    let field = field.show(ui, cx.palette);
    if field.changed() {
        let title = title.chars().take(NAME).collect();
        chosen = Some(Action::RenameTab(place, title));
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        ui.close();
    }
    let items = [
        ("tabs.close", Action::CloseTab(place), true),
        (
            "tabs.close_others",
            Action::CloseOtherTabs(place),
            count > 1,
        ),
        ("tabs.duplicate", Action::DuplicateTab(place), true),
    ];
    for (name, action, enabled) in items {
        let item = egui::Button::new(t!(cx.lang, name));
        if ui.add_enabled(enabled, item).clicked() {
            chosen = Some(action);
            ui.close();
        }
    }
    chosen
}
