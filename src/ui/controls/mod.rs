//! The window's own controls: small, and each with an accessible name.

mod button;
mod caption;
mod check;
mod field;
mod focus;
pub mod group;
mod lamp;
mod menu;
mod option;
mod pair;
mod popups;
mod press;
mod ring;
mod segmented;
mod window;

pub use button::{
    badge, chip, chip_width, combo_arrow, icon_button, primary, small, small_if, small_width,
    soft_choice, tooltip_with_key, unless, unusable, wide,
};
pub use caption::{
    CaptionColumn, FACTS, FRAMING, LEFT_PANEL, MEASURE, NETWORK_PAGE, PLOT, POLL, REPEAT, REPLY,
    RULE, caption, labelled_row, wrapped_row,
};
pub use check::{check, radio};
pub use field::{
    TextField, cursor_at_end, describe_fault, elided, error_line, heading, heading_row, select_all,
};
pub use focus::{focused, keep_focus, keep_in_popup};
pub use lamp::Lamp;
pub use menu::{context_menu, edged, focus_next, item, item_of, menu, menu_look, takes_menu_key};
pub use option::OptionChip;
pub use pair::{captioned, captioned_in};
pub use popups::popup_takes_escape;
pub use press::{key_press, pointer_modifiers, pressed_at};
pub use ring::{focus_ring, ring_around};
pub use segmented::{SegmentedChoice, segmented, segmented_width, segments_ui};
pub use window::{close, front, list_height, types_a_number, window};

use egui::accesskit::{Live, Role};
use egui::{Context, Id, Key, Memory, Modifiers, Order, Popup, Response, Ui, WidgetRect, vec2};

/// Closes the menu or list around it when a key chose one of its items: a click closes it by
/// itself. Stands behind the items.
pub fn close_when_chosen(ui: &Ui) {
    let key =
        |input: &egui::InputState| input.key_pressed(Key::Enter) || input.key_pressed(Key::Space);
    if !ui.input(key) {
        return;
    }
    let focused = ui.memory(Memory::focused);
    let item = focused.and_then(|id| ui.ctx().read_response(id));
    // The button that opens it stands in another layer.
    if item.is_some_and(|item| item.layer_id == ui.layer_id() && item.clicked()) {
        ui.close();
    }
}

/// Lets the focus return to the button of a list or menu when that closes, rather than be
/// nowhere: the keys go on from there. Stands behind the list.
pub fn regain_focus(ui: &Ui, button: &Response) {
    let list = Popup::default_response_id(button);
    let is_open = Popup::is_id_open(ui.ctx(), list);
    let was_open = ui.data_mut(|data| {
        let was_open = data.get_temp_mut_or_default::<bool>(list.with("was open"));
        std::mem::replace(was_open, is_open)
    });
    if !was_open || is_open {
        return;
    }
    // Lists and menus, and those a menu opens, stand in front of all windows.
    let in_front = |order: Order| order == Order::Foreground;
    let clicked = ui.input(|input| {
        let place = input.pointer.interact_pos();
        place.filter(|_| input.pointer.any_click())
    });
    let layer = clicked.and_then(|place| ui.ctx().layer_id_at(place));
    let is_elsewhere = layer.is_some_and(|layer| !in_front(layer.order)) && !button.clicked();
    let item = focused(ui.ctx());
    // A click into another control keeps the focus there.
    if !is_elsewhere && item.is_none_or(|item| in_front(item.layer_id.order)) {
        button.request_focus();
    }
}

/// Keeps the Escape that closed a popup from closing something else. Stands behind the popup.
pub fn keep_escape(ctx: &Context, was_open: bool, is_open: bool) {
    if was_open && !is_open {
        ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    }
}

/// Scrolls to the control that got the keys, and by a page on Page Up and Page Down while a
/// control here has them. Called at the end of the scrolled content.
pub fn scroll_by_keys(ui: &mut Ui) {
    let now = ui.memory(Memory::focused);
    let before = ui.data_mut(|data| {
        let before: &mut Option<Id> = data.get_temp_mut_or_default(ui.scope_id().with("focused"));
        std::mem::replace(before, now)
    });
    let is_here = |control: &WidgetRect| {
        let inside = ui.min_rect().contains(control.rect.center());
        control.layer_id == ui.layer_id() && inside
    };
    let Some(control) = focused(ui.ctx()).filter(is_here) else {
        return;
    };
    if now != before {
        ui.scroll_to_rect(control.rect, None);
        return;
    }
    // The end of a page stays in sight.
    let page = ui.clip_rect().height() - ui.spacing().interact_size.y;
    for (key, by) in [(Key::PageUp, page), (Key::PageDown, -page)] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            ui.scroll_with_delta(vec2(0.0, by));
        }
    }
}

/// The button of a drop-down list, with its name; the focus returns to it from the list.
pub fn drop_down(ui: &Ui, button: Response, name: &str) -> Response {
    regain_focus(ui, &button);
    describe_value(ui, &button);
    named(ui, button, name)
}

/// Repeats a list's value as its description: AT-SPI passes on only values that are numbers.
fn describe_value(ui: &Ui, button: &Response) {
    ui.ctx().accesskit_node_builder(button.id, |node| {
        if let Some(value) = node.value().map(str::to_owned) {
            node.set_description(value);
        }
    });
}

/// Makes `ui` a group that screen readers name. Stands before the controls in it.
pub fn name_group(ui: &Ui, role: Role, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
    });
}

/// Names the window for screen readers, which do not get its title.
pub fn name_window(ctx: &Context, name: &str) {
    ctx.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(name));
}

/// Lets screen readers say the text of this label when it appears or changes.
pub fn announced(ui: &Ui, label: Response, live: Live) -> Response {
    ui.ctx()
        .accesskit_node_builder(label.id, |node| node.set_live(live));
    label
}

/// Text that only screen readers say, when it changes.
pub fn announce(ctx: &Context, id: &'static str, text: &str, live: Live) {
    ctx.accesskit_node_builder(Id::unique(id), |node| {
        node.set_role(Role::Label);
        node.set_value(text);
        node.set_live(live);
    });
}

/// Gives a control the name that screen readers, tests and scripts know it by.
pub fn named(ui: &Ui, response: Response, name: &str) -> Response {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}
