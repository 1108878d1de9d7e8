//! The bar at the top: one tab a session, and what concerns the whole window.

mod face;
mod menu;
mod title;

use super::controls::{self, icon_button};
use super::palette::{WindowCommand, with_key};
use super::region::{self, Region};
use super::{Action, UiContext, theme, window_bar};
use crate::settings::theme::Choice;
use crate::t;
use egui::{Align, Layout, RichText, Ui, accesskit::Role, vec2};
pub use title::Tab;

/// The width of the button for another tab, with what is around it.
const NEW: f32 = 36.0;

/// The room an offer takes.
const OFFER: f32 = 200.0;

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
                    let done = face::ui(ui, cx, tab, (place, tabs.len()), is_active);
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
