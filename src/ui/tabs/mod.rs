//! The bar at the top: one tab a session, and the controls of the whole window.

mod menu;
mod tab_button;
mod title;

use super::controls::{self, icon_button};
use super::palette::{WindowCommand, with_key};
use super::region::{self, Region};
use super::{Action, UiContext, theme, window_bar};
use crate::settings::theme::ThemeSetting;
use crate::t;
use egui::accesskit::{Live, Role};
use egui::{Align, Color32, CursorIcon, Layout, Mesh, Rangef, Rect, RichText, Ui, vec2};
use std::cmp::Ordering;
pub use title::TabButton;

/// The widths of the button for another tab and of that for the list, with their margins.
const NEW: f32 = 36.0;
const LIST: f32 = 28.0;
/// The width over which a tab that is cut fades out.
const FADE: f32 = 20.0;

/// The room an offer takes.
const OFFER: f32 = 200.0;

/// The approximate width of the controls of the whole window, and the space before them.
const ASIDE: f32 = 300.0;
const GAP: f32 = 8.0;

/// An offer to undo for a few seconds, or the report that there is nothing to undo.
pub struct UndoOffer {
    /// The action to undo, or the report that there is none.
    pub text: String,
    /// How long it is still offered, if anything is.
    pub seconds: Option<u64>,
}

pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tabs: &[TabButton],
    active: usize,
    theme: &mut ThemeSetting,
    offer: Option<UndoOffer>,
) -> Option<Action> {
    ui.spacing_mut().item_spacing.x = 4.0;
    region::enter(ui, Region::Tabs);
    region::name(ui, cx, "regions.bar");
    let mut action = None;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        // The controls at the right end come last in the Tab order too: they are as wide as in the
        // last frame.
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

/// The tabs, and the button that opens another one.
fn tabs_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tabs: &[TabButton],
    active: usize,
    offer: Option<UndoOffer>,
) -> Option<Action> {
    let mut action = None;
    ui.label(RichText::new(t!(cx.lang, "app.title")).font(theme::bold(13.0)));
    ui.add_space(6.0);
    // The button for another tab stays visible, however many tabs there are.
    let list = if tabs.len() > 1 { LIST } else { 0.0 };
    let beside = NEW + list + offer.as_ref().map_or(0.0, |_| OFFER);
    let width = (ui.available_width() - beside).max(0.0);
    let reveal = reveals(ui, tabs, active, width);
    // Tabs that go on fade out; a bar would cover their lower edge.
    ui.spacing_mut().scroll.dormant_handle_opacity = 0.0;
    let shown = egui::ScrollArea::horizontal()
        .id_salt("tabs")
        .max_width(width)
        .show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                let name = t!(cx.lang, "regions.tabs");
                controls::name_group(ui, Role::TabList, &name);
                let mut rects = Vec::new();
                let start = ui.min_rect().left();
                for (place, tab) in tabs.iter().enumerate() {
                    let is_active = place == active;
                    let before = ui.cursor().left();
                    let done = tab_button::ui(ui, cx, tabs, (place, tab), is_active);
                    let rect = ui.min_rect().with_min_x(before);
                    let stands = Rangef::new(rect.left() - start, rect.right() - start);
                    if is_active && (is_moved(ui, stands, reveal) || reveal) {
                        // Clear of where its neighbours fade out.
                        let room = (width - rect.width()) / 2.0 - ui.spacing().item_spacing.x;
                        let beside = vec2(room.clamp(0.0, FADE), 0.0);
                        ui.scroll_to_rect(rect.expand2(beside), None);
                    }
                    rects.push(rect);
                    action = action.take().or(done);
                }
                action = action.take().or(dragged(ui, tabs, &rects));
            });
        });
    let place = shown.inner_rect;
    let hidden = [
        shown.state.clamped_offset().x,
        shown.content_size.x - place.width() - shown.state.clamped_offset().x,
    ];
    fade_ui(ui, place, hidden, cx.palette.panel);
    let new = t!(cx.lang, "tabs.new");
    let button = icon_button(ui, "＋", &new, cx.palette);
    if with_key(button, &new, WindowCommand::NewTab).clicked() {
        action = Some(Action::NewTab);
    }
    if tabs.len() > 1 {
        action = action.take().or(list_ui(ui, cx, tabs, active));
    }
    if let Some(offer) = offer {
        let asked = offer_ui(ui, cx, &offer);
        action = action.take().or(asked);
    }
    action
}

/// Fades out the ends of the tabs at which more than a point is scrolled out of sight, at the left
/// and at the right.
fn fade_ui(ui: &Ui, tabs: Rect, [left, right]: [f32; 2], ground: Color32) {
    let ends = [
        (
            left,
            tabs.with_max_x(tabs.left() + FADE),
            [ground, Color32::TRANSPARENT],
        ),
        (
            right,
            tabs.with_min_x(tabs.right() - FADE),
            [Color32::TRANSPARENT, ground],
        ),
    ];
    for (_, end, [from, to]) in ends.into_iter().filter(|(hidden, ..)| *hidden > 1.0) {
        let mut mesh = Mesh::default();
        for (corner, colour) in [
            (end.left_top(), from),
            (end.right_top(), to),
            (end.left_bottom(), from),
            (end.right_bottom(), to),
        ] {
            mesh.colored_vertex(corner, colour);
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(2, 1, 3);
        ui.painter().add(mesh);
    }
}

/// Moves the tab that is being dragged beyond the middle of another.
fn dragged(ui: &Ui, tabs: &[TabButton], rects: &[Rect]) -> Option<Action> {
    let is_dragged = |tab: &TabButton| ui.ctx().is_being_dragged(tab_button::id(tab));
    let from = tabs.iter().position(is_dragged)?;
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let x = ui.ctx().pointer_interact_pos()?.x;
    let is_passed = |(place, rect): &(usize, &Rect)| match place.cmp(&from) {
        Ordering::Less => x < rect.center().x,
        Ordering::Greater => x > rect.center().x,
        Ordering::Equal => false,
    };
    let passed: Vec<usize> = rects
        .iter()
        .enumerate()
        .filter(is_passed)
        .map(|(place, _)| place)
        .collect();
    let farthest = |place: &usize| place.abs_diff(from);
    let to = passed.into_iter().max_by_key(farthest)?;
    Some(Action::MoveTab(from, to))
}

/// The list of all tabs.
fn list_ui(ui: &mut Ui, cx: UiContext<'_>, tabs: &[TabButton], active: usize) -> Option<Action> {
    let name = t!(cx.lang, "tabs.all");
    let button = icon_button(ui, "▾", &name, cx.palette);
    let mut chosen = None;
    controls::menu(&button).show(|ui| {
        let height = controls::list_height(ui.ctx());
        egui::ScrollArea::vertical()
            .max_height(height)
            .show(ui, |ui| {
                for (place, tab) in tabs.iter().enumerate() {
                    let title = tab.whole.as_str();
                    if controls::item(ui, place == active, title).clicked() {
                        chosen = Some(Action::SelectTab(place));
                    }
                }
            });
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    button.on_hover_text(name);
    chosen
}

/// Whether the active tab is to come into sight: it was selected otherwise than by a click on
/// it, or the room or its title is another.
fn reveals(ui: &Ui, tabs: &[TabButton], active: usize, width: f32) -> bool {
    let id = egui::Id::unique("shown tab");
    let title = tabs.get(active).map_or(0, |tab| tab.title.len());
    let shown = (active, tabs.len(), title, width.to_bits());
    let same = ui.data(|data| data.get_temp(id)) == Some(shown);
    ui.data_mut(|data| data.insert_temp(id, shown));
    !same
}

/// Whether the active tab, which stands here among the tabs, was moved by those before it or got
/// another width, unless somebody scrolls to other tabs. `reveal` brings it into sight again.
fn is_moved(ui: &Ui, stands: Rangef, reveal: bool) -> bool {
    let id = egui::Id::unique("place of the shown tab");
    let scrolls = ui.rect_contains_pointer(ui.clip_rect())
        && ui.input(|input| input.smooth_scroll_delta != egui::Vec2::ZERO);
    ui.data_mut(|data| {
        let (known, follows): (Rangef, bool) = data.get_temp(id).unwrap_or((stands, true));
        let follows = (follows && !scrolls) || reveal;
        data.insert_temp(id, (stands, follows));
        let moved = (known.min - stands.min).abs() > 0.5 || (known.max - stands.max).abs() > 0.5;
        moved && follows
    })
}

/// Beside the tabs, where it covers nothing.
fn offer_ui(ui: &mut Ui, cx: UiContext<'_>, offer: &UndoOffer) -> Option<Action> {
    ui.add_space(4.0);
    let says = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).color(cx.palette.dim);
        ui.add(egui::Label::new(text).truncate())
    };
    let Some(seconds) = offer.seconds else {
        let label = says(ui, &offer.text);
        controls::announced(ui, label, Live::Polite);
        return None;
    };
    let name = t!(cx.lang, "undo.undo");
    let button = controls::small(ui, &format!("↶ {name}"), &name);
    let undone = with_key(button, &name, WindowCommand::Undo).clicked();
    let what = &offer.text;
    let left = t!(cx.lang, "undo.left", what = what, seconds = seconds);
    says(ui, &left);
    undone.then_some(Action::Undo)
}
