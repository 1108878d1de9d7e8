//! Menus that a right click opens, and a key.

use super::scroll_by_keys;
use crate::ui::theme::Palette;
use egui::containers::menu::menu_style;
use egui::{
    Context, FocusDirection, Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, ScrollArea,
    SetOpenCommand, Stroke, Style, TextWrapMode, Ui, WidgetText,
};

/// The part of the window's height that a menu leaves free, in points: its frame and a gap.
const MARGIN: f32 = 24.0;

/// Takes the key that opens a menu out of the input: the menu key, or Shift+F10.
pub fn takes_menu_key(ctx: &Context) -> bool {
    ctx.input_mut(|input| {
        input.consume_key(Modifiers::SHIFT, Key::F10)
            || input.consume_key(Modifiers::NONE, Key::Menu)
    })
}

/// The distance of the items of a menu, and the room between their words and the edge of the ground
/// of a chosen one.
const SPACING: f32 = 2.0;
const BESIDE: f32 = 6.0;

/// The look of menus.
pub fn menu_look(style: &mut Style) {
    menu_style(style);
    style.spacing.item_spacing.y = SPACING;
    style.spacing.button_padding.x = BESIDE;
}

/// The menu that a click on this button opens.
pub fn menu<'a>(button: &Response) -> Popup<'a> {
    Popup::menu(button).style(menu_look)
}

/// Shows the menu of a control while it is open; `None` while it is not. A right click opens it
/// at the pointer, and the menu key at the control that has the focus. `asked` opens it too: at
/// the pointer if that was clicked. With a key or where it is asked for, its first item gets the
/// focus.
pub fn context_menu<R>(
    control: &Response,
    asked: bool,
    close: PopupCloseBehavior,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let ctx = &control.ctx;
    let asked = asked || control.has_focus() && takes_menu_key(ctx);
    let (place, first) = {
        let id = Popup::default_response_id(control);
        (id.with("at the control"), id.with("first"))
    };
    if asked || control.secondary_clicked() {
        let is_clicked = ctx.input(|input| input.pointer.any_click());
        ctx.data_mut(|data| {
            data.insert_temp(place, asked && !is_clicked);
            data.insert_temp(first, asked);
        });
    }
    let mut menu = Popup::context_menu(control).close_behavior(close);
    if ctx.data(|data| data.get_temp(place)).unwrap_or(false) {
        menu = menu.anchor(control);
    }
    if asked {
        menu = menu.open_memory(SetOpenCommand::Bool(true));
    }
    let height = ctx.content_rect().height() - MARGIN;
    let shown = menu.show(|ui| {
        ui.spacing_mut().item_spacing.y = SPACING;
        // A bar stands beside the items.
        ui.spacing_mut().scroll.floating = false;
        let items = ScrollArea::vertical()
            .max_height(height)
            // Otherwise it is never higher than it was measured at first.
            .min_scrolled_height(height);
        let items = items.show(ui, |ui| {
            ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
            // In the first pass the menu is only measured.
            let is_shown = !ui.is_sizing_pass();
            if is_shown && ui.data_mut(|data| data.remove_temp(first)) == Some(true) {
                focus_next(ui, first);
            }
            let added = add(ui);
            scroll_by_keys(ui);
            added
        });
        items.inner
    });
    shown.map(|shown| shown.inner)
}

/// Gives controls in a menu the borders that they have elsewhere.
pub fn edged(ui: &mut Ui, palette: &Palette) {
    let edge = Stroke::new(1.0, palette.edge);
    let widgets = &mut ui.visuals_mut().widgets;
    for look in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
    ] {
        look.bg_stroke = edge;
    }
}

/// Gives the focus to the first control behind this place; `id` is that of no control.
pub fn focus_next(ui: &Ui, id: Id) {
    let layer = ui.layer_id();
    ui.memory_mut(|memory| {
        memory.request_focus(id);
        memory.move_focus(FocusDirection::Next);
        memory.interested_in_focus(id, layer);
    });
}

/// An item of a list or menu, which is the chosen one or not. That gets the keys where no click
/// opened the list, so that arrows go on from it.
pub fn item(ui: &mut Ui, on: bool, text: impl Into<WidgetText>) -> Response {
    let item = ui.selectable_label(on, text.into());
    if opened_by_key(ui) && on {
        item.request_focus();
    }
    item
}

/// The item of a list or menu that makes `value` this choice.
pub fn item_of<T: PartialEq>(
    ui: &mut Ui,
    value: &mut T,
    choice: T,
    text: impl Into<WidgetText>,
) -> Response {
    let on = *value == choice;
    let mut item = item(ui, on, text);
    if item.clicked() && !on {
        *value = choice;
        item.mark_changed();
    }
    item
}

/// When a list was opened and shown last, by number of frame, and whether a key opened it.
type Opened = (u64, u64, bool);

/// Whether a key has just opened the list that this is.
fn opened_by_key(ui: &Ui) -> bool {
    let (id, frame) = (
        ui.layer_id().id.with("opened"),
        ui.ctx().cumulative_frame_nr(),
    );
    let known: Option<Opened> = ui.data(|data| data.get_temp(id));
    let known = known.filter(|(_, shown, _)| shown + 1 >= frame);
    let (opened, _, by_key) = known.unwrap_or_else(|| {
        let by_key = ui.input(|input| !input.pointer.any_click());
        (frame, frame, by_key)
    });
    ui.data_mut(|data| data.insert_temp(id, (opened, frame, by_key)));
    // In the first pass it is only measured.
    by_key && frame <= opened + 1 && !ui.is_sizing_pass()
}
