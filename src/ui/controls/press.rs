//! Where the mouse was pressed.

use egui::{Context, Pos2};

/// The place of a press in this frame. A quick click presses and releases in one frame, and then
/// only the pointer's place is left of it.
pub fn pressed_at(ctx: &Context) -> Option<Pos2> {
    ctx.input(|input| {
        let pointer = &input.pointer;
        let place = pointer.press_origin().or(pointer.interact_pos());
        place.filter(|_| pointer.any_pressed())
    })
}
