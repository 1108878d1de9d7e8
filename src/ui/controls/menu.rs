//! Menus that a right click opens, and a key.

use egui::{
    Context, FocusDirection, Id, Key, Modifiers, Popup, PopupCloseBehavior, Response,
    SetOpenCommand, Ui,
};

/// Takes the key that opens a menu out of the input: the menu key, or Shift+F10.
pub fn takes_menu_key(ctx: &Context) -> bool {
    ctx.input_mut(|input| {
        input.consume_key(Modifiers::SHIFT, Key::F10)
            || input.consume_key(Modifiers::NONE, Key::Menu)
    })
}

/// Shows the menu of a control while it is open; `None` while it is not. A right click opens it
/// at the pointer. Where the control has the focus the menu key opens it at the control, and so
/// does `asked`: its first item then has the focus.
pub fn context_menu<R>(
    control: &Response,
    asked: bool,
    close: PopupCloseBehavior,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let ctx = &control.ctx;
    let asked = asked || control.has_focus() && takes_menu_key(ctx);
    let by_key = Popup::default_response_id(control).with("by key");
    if asked || control.secondary_clicked() {
        ctx.data_mut(|data| {
            data.insert_temp(by_key, asked);
            data.insert_temp(by_key.with("first"), asked);
        });
    }
    let is_by_key = ctx.data(|data| data.get_temp(by_key)).unwrap_or(false);
    let menu = Popup::context_menu(control).close_behavior(close);
    let menu = match (is_by_key, asked) {
        (false, _) => menu,
        (true, false) => menu.anchor(control),
        (true, true) => menu.anchor(control).open_memory(SetOpenCommand::Bool(true)),
    };
    let shown = menu.show(|ui| {
        // In the first pass the menu is only measured.
        let first = by_key.with("first");
        if is_by_key
            && !ui.is_sizing_pass()
            && ui.data_mut(|data| data.remove_temp(first)) == Some(true)
        {
            focus_next(ui, first);
        }
        add(ui)
    });
    shown.map(|shown| shown.inner)
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
