//! The bar at the top: one tab a session, and what concerns the whole window.

use super::controls::{self, icon_button, tooltip_with_key};
use super::theme;
use super::{Action, UiContext, narrow};
use crate::engine::Remote;
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::session::{self, Kind, Session};
use crate::settings::dock::Page;
use crate::settings::theme::Choice;
use crate::t;
use egui::{
    Align, CornerRadius, Layout, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use std::path::Path;

/// The width of the button for another tab, with what is around it.
const NEW: f32 = 36.0;

/// Characters of a path that a title has room for.
const PATH: usize = 28;

/// The room an offer takes.
const OFFER: f32 = 200.0;

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
            open: session.is_open(),
            clients,
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
    let mut action = None;
    ui.spacing_mut().item_spacing.x = 4.0;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let settings = t!(cx.lang, "tabs.settings");
        if icon_button(ui, &format!("⚙ {settings}"), &settings, cx.palette).clicked() {
            action = Some(Action::TogglePage(Page::Settings));
        }
        let open = t!(cx.lang, "open.name");
        let button = icon_button(ui, &open, &open, cx.palette);
        if tooltip_with_key(button, &t!(cx.lang, "open.hint"), "Ctrl+O").clicked() {
            action = Some(Action::ShowPage(Page::Open));
        }
        theme_ui(ui, cx, theme);
        let language = t!(cx.lang, "tabs.language");
        if icon_button(ui, &language, &language, cx.palette)
            .on_hover_text(t!(cx.lang, "tabs.language_hint"))
            .clicked()
        {
            action = Some(Action::SwitchLanguage);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
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
                        for (place, tab) in tabs.iter().enumerate() {
                            let is_active = place == active;
                            let before = ui.cursor().left();
                            let done = tab_ui(ui, cx, tab, place, is_active);
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
            if tooltip_with_key(button, &new, "Ctrl+N").clicked() {
                action = Some(Action::NewTab);
            }
            if let Some(offer) = offer {
                let asked = offer_ui(ui, cx, &offer);
                action = action.take().or(asked);
            }
        });
    });
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
    let undone = tooltip_with_key(button, &name, "Ctrl+Shift+T").clicked();
    let left = t!(
        cx.lang,
        "undo.left",
        what = offer.text,
        seconds = offer.seconds
    );
    ui.add(egui::Label::new(RichText::new(left).color(cx.palette.dim)).truncate());
    undone.then_some(Action::Undo)
}

fn theme_ui(ui: &mut Ui, cx: UiContext<'_>, theme: &mut Choice) {
    let name = t!(cx.lang, "tabs.theme");
    let text = RichText::new(format!("◐ {name}")).color(cx.palette.dim);
    let button = egui::Button::new(text)
        .frame_when_inactive(false)
        .min_size(vec2(0.0, 28.0));
    let menu = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        for choice in Choice::ALL {
            let text = match choice {
                Choice::System => t!(cx.lang, "tabs.theme_system"),
                Choice::Light => t!(cx.lang, "tabs.theme_light"),
                Choice::Dark => t!(cx.lang, "tabs.theme_dark"),
            };
            if ui.selectable_value(theme, choice, text).clicked() {
                ui.close();
            }
        }
    });
    controls::named(ui, menu.0, &name);
}

fn tab_ui(ui: &mut Ui, cx: UiContext<'_>, tab: &Tab, place: usize, active: bool) -> Option<Action> {
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
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, &tab.title));
    let ground = match (active, response.hovered()) {
        (true, _) => palette.accent_soft,
        (false, true) => palette.hover,
        (false, false) => palette.panel,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(6), ground);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            CornerRadius::same(6),
            egui::Stroke::new(1.0, palette.accent),
            egui::StrokeKind::Inside,
        );
    }
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
    let close = ui.interact(cross, response.id.with("close"), Sense::click());
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
    let closes = tooltip_with_key(close, &t!(cx.lang, "tabs.close"), "Ctrl+W").clicked()
        || response.middle_clicked();
    let selects = tooltip_with_key(response, &tab.whole, "Ctrl+Tab").clicked();
    match (closes, selects) {
        (true, _) => Some(Action::CloseTab(place)),
        (false, true) => Some(Action::SelectTab(place)),
        (false, false) => None,
    }
}
