//! Presses of keys and of the mouse, and with which modifiers.

use egui::{Context, Event, Key, Modifiers, Pos2};

/// The place of a press in this frame. A quick click presses and releases in one frame, and then
/// only the pointer's place is left of it.
pub fn pressed_at(ctx: &Context) -> Option<Pos2> {
    ctx.input(|input| {
        let pointer = &input.pointer;
        let place = pointer.press_origin().or(pointer.interact_pos());
        place.filter(|_| pointer.any_pressed())
    })
}

/// The modifiers of the last press or release of a mouse button in this frame; without one, those
/// held now. They may be let go of before the frame ends.
pub fn pointer_modifiers(ctx: &Context) -> Modifiers {
    let of_button = |event: &Event| match event {
        Event::PointerButton { modifiers, .. } => Some(*modifiers),
        _ => None,
    };
    ctx.input(|input| {
        let last = input.events.iter().rev().find_map(of_button);
        last.unwrap_or(input.modifiers)
    })
}

/// The key that this event presses or repeats, and the modifiers; `None` for other events.
pub fn key_press(event: &Event) -> Option<(Key, Modifiers)> {
    match event {
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } => Some((*key, *modifiers)),
        _ => None,
    }
}
