//! One tab of the bar.

use super::menu;
use super::title::TabButton;
use crate::t;
use crate::ui::controls::{self, Lamp, group, tooltip_with_key};
use crate::ui::palette::{WindowCommand, tab_shortcut, with_key};
use crate::ui::{Action, UiContext, icons, theme};
use egui::{
    CornerRadius, Id, PopupCloseBehavior, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

/// The width of a sign, and the space before the first.
const SIGN: f32 = 18.0;
const BEFORE_SIGNS: f32 = 4.0;

/// The id of a tab, wherever it stands.
pub(super) fn id(tab: &TabButton) -> Id {
    Id::unique(("tab", tab.id))
}

/// Shows the tab at this place.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tabs: &[TabButton],
    (place, tab): (usize, &TabButton),
    active: bool,
) -> Option<Action> {
    let (palette, count) = (cx.palette, tabs.len());
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
    let signs = match u8::from(tab.recorded) + u8::from(tab.impaired) {
        0 => 0.0,
        count => BEFORE_SIGNS + f32::from(count) * SIGN,
    };
    let width = 12.0 + 8.0 + 7.0 + title.size().x + badge + signs + 26.0;
    let size = vec2(width, 30.0);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    // The tab in front is the stop of the Tab key, and arrows bring the others there.
    let sense = group::sense(active) | Sense::DRAG;
    let response = ui.interact(rect, id(tab), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Tab, true, &tab.title));
    let message = tab.signs(cx.lang);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(active);
        if !message.is_empty() {
            node.set_description(message.as_str());
        }
    });
    let ground = match (active, response.hovered()) {
        (true, _) => palette.accent_soft,
        (false, true) => palette.hover,
        (false, false) => palette.panel,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(6), ground);
    let dot = pos2(rect.left() + 16.0, rect.center().y);
    let lamp = if tab.open { Lamp::Open } else { Lamp::Closed };
    lamp.paint(ui.painter(), dot, palette);
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
            Stroke::new(1.0, palette.line),
            egui::StrokeKind::Inside,
        );
        ui.painter()
            .galley(pill.center() - count.size() / 2.0, count, palette.dim);
    }
    signs_ui(
        ui,
        cx,
        tab,
        pos2(rect.right() - 26.0 - signs, rect.center().y),
    );
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
    let stroke = Stroke::new(1.2, palette.dim);
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
        if let Some(tab) = tabs.get(next) {
            group::focus(ui, id(tab));
        }
        return Some(Action::SelectTab(next));
    }
    // Text is typed in it.
    let close = PopupCloseBehavior::CloseOnClickOutside;
    let renames = response.double_clicked();
    let chosen = controls::context_menu(&response, renames, close, |ui| {
        menu::ui(ui, cx, &tab.given, (place, count))
    });
    let chosen = chosen.flatten();
    controls::regain_focus(ui, &response);
    let hint = match message.is_empty() {
        true => tab.whole.clone(),
        false => format!("{}\n{message}", tab.whole),
    };
    let selects = match tab_shortcut(place) {
        Some(key) => {
            let key = ui.ctx().format_shortcut(&key);
            tooltip_with_key(response, &hint, &key)
        }
        None => response.on_hover_text(hint),
    };
    chosen.or(selects.clicked().then_some(Action::SelectTab(place)))
}

/// Paints the other signs of the tab, from this place on.
fn signs_ui(ui: &Ui, cx: UiContext<'_>, tab: &TabButton, left: Pos2) {
    let mut centre = left + vec2(BEFORE_SIGNS + SIGN / 2.0, 0.0);
    if tab.recorded {
        ui.painter().circle_filled(centre, 3.0, cx.palette.error);
        let ring = Stroke::new(1.3, cx.palette.error);
        ui.painter().circle_stroke(centre, 5.5, ring);
        centre.x += SIGN;
    }
    if tab.impaired {
        icons::paint(ui.painter(), icons::NETWORK, centre, cx.palette.event);
    }
}
