//! One line of the list.

use super::PeerEntry;
use super::menu::PeerMenuChoice;
use crate::session::SessionKind;
use crate::t;
use crate::ui::peer_sign::PeerSign;
use crate::ui::{UiContext, controls, narrow, theme};
use egui::{
    Align2, Color32, CornerRadius, Popup, PopupCloseBehavior, Rect, Response, Sense, Ui,
    WidgetInfo, accesskit::Role, pos2, vec2,
};

/// The width of the button that opens the menu.
const MENU: f32 = 22.0;
/// The room before the address.
const DOT: f32 = 18.0;

pub(super) struct PeerRow {
    pub entry: PeerEntry,
    pub sign: PeerSign,
    pub kind: SessionKind,
    pub is_target: bool,
}

/// The line for all peers. Returns whether it was chosen.
pub(super) fn all_ui(ui: &Ui, cx: UiContext<'_>, rect: Rect, name: &str, on: bool) -> bool {
    let response = ui.interact(rect, ui.scope_id().with("all peers"), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, on, name));
    ground(ui, cx, rect, &response, on);
    dot(ui, rect, cx.palette.accent);
    let place = pos2(rect.left() + DOT, rect.center().y);
    let (align, ink) = (Align2::LEFT_CENTER, cx.palette.text);
    ui.painter().text(place, align, name, theme::body(), ink);
    response.clicked()
}

impl PeerRow {
    /// The line at `rect`, and its menu.
    pub(super) fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, rect: Rect) -> Option<PeerMenuChoice> {
        let id = ui.make_persistent_id(("peer", self.entry.far));
        let (line, menu) = rect.split_left_right_at_x(rect.right() - MENU);
        let response = ui.interact(line, id, Sense::click());
        let name = self.entry.name(cx);
        let (enabled, on) = (ui.is_enabled(), self.is_target);
        response.widget_info(|| match self.kind.is_relay() {
            true => WidgetInfo::labeled(Role::Button, enabled, &name),
            false => WidgetInfo::selected(Role::RadioButton, enabled, on, &name),
        });
        ground(ui, cx, rect, &response, on);
        self.paint(ui, cx, line);
        let button = self.button_ui(ui, cx, menu);
        for control in [&response, &button] {
            if control.gained_focus() {
                control.scroll_to_me(None);
            }
        }
        let mut chosen = None;
        if response.clicked() && self.entry.can_be_target(self.kind) {
            chosen = Some(PeerMenuChoice::Target);
        } else if response.clicked() {
            Popup::toggle_id(ui.ctx(), Popup::default_response_id(&button));
        }
        let mut menu_ui = |ui: &mut Ui| {
            chosen = chosen.or(self.entry.menu_ui(ui, cx, self.kind));
        };
        controls::menu(&button).show(&mut menu_ui);
        let close = PopupCloseBehavior::CloseOnClick;
        controls::context_menu(&response, false, close, &mut menu_ui);
        controls::regain_focus(ui, &button);
        controls::regain_focus(ui, &response);
        let local = self.entry.local.map(|local| cx.interfaces.show(local));
        response.on_hover_text(match local {
            Some(local) => format!("{name}\n→ {local}"),
            None => name,
        });
        chosen
    }

    fn paint(&self, ui: &Ui, cx: UiContext<'_>, rect: Rect) {
        let (palette, entry) = (cx.palette, &self.entry);
        let sign = pos2(rect.left() + 8.0, rect.center().y);
        self.sign.paint(ui.painter(), sign, palette);
        let ink = if entry.left {
            palette.dim
        } else {
            palette.text
        };
        let dim = if entry.unsent > 0 {
            palette.event
        } else {
            palette.dim
        };
        let middle = rect.center().y;
        let (right, font) = (pos2(rect.right(), middle), theme::small());
        let state = entry.state(cx);
        let painter = ui.painter();
        let state = painter.text(right, Align2::RIGHT_CENTER, state, font, dim);
        let room = state.left() - 6.0 - rect.left() - DOT;
        let peer = cx.interfaces.show(entry.far.peer);
        let (shown, font) = narrow::address(painter, &peer, room);
        let left = pos2(rect.left() + DOT, middle);
        painter.text(left, Align2::LEFT_CENTER, shown, font, ink);
    }

    /// Three dots.
    fn button_ui(&self, ui: &Ui, cx: UiContext<'_>, rect: Rect) -> Response {
        let id = ui.make_persistent_id(("menu of peer", self.entry.far));
        let response = ui.interact(rect, id, Sense::click());
        let peer = cx.interfaces.show(self.entry.far.peer);
        let name = match self.entry.far.connection {
            Some(id) => format!("{peer} {id}"),
            None => peer,
        };
        let name = t!(cx.lang, "peers.menu", peer = name);
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &name));
        let lit = response.hovered() || response.has_focus();
        let ink = if lit { cx.palette.text } else { cx.palette.dim };
        for across in [-4.0, 0.0, 4.0] {
            let place = rect.center() + vec2(across, 0.0);
            ui.painter().circle_filled(place, 1.2, ink);
        }
        response
    }
}

/// The background of a line.
fn ground(ui: &Ui, cx: UiContext<'_>, rect: Rect, response: &Response, on: bool) {
    let fill = match (on, response.hovered()) {
        (true, _) => cx.palette.selected,
        (false, true) => cx.palette.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
}

fn dot(ui: &Ui, rect: Rect, colour: Color32) {
    let place = pos2(rect.left() + 8.0, rect.center().y);
    let square = Rect::from_center_size(place, vec2(8.0, 8.0));
    ui.painter()
        .rect_filled(square, CornerRadius::same(2), colour);
}
