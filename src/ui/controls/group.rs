//! A group of controls that is one stop of the Tab key: arrows move inside.

use egui::{Context, EventFilter, Id, Key, Modifiers, Sense, Ui};

/// The interaction of a member of a group: only one of them is a Tab stop.
pub fn sense(is_stop: bool) -> Sense {
    match is_stop {
        true => Sense::click(),
        false => Sense::CLICK,
    }
}

/// The place to which an arrow key moves from the member at `at`, of `count`, where that has the
/// focus.
pub fn arrow(ui: &Ui, member: Id, at: usize, count: usize) -> Option<usize> {
    if !ui.memory(|memory| memory.has_focus(member)) {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(member, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = count.checked_sub(1)?;
    let next = if at >= last { 0 } else { at + 1 };
    let before = at.checked_sub(1).unwrap_or(last);
    let keys = [
        (Key::ArrowRight, next),
        (Key::ArrowDown, next),
        (Key::ArrowLeft, before),
        (Key::ArrowUp, before),
        (Key::Home, 0),
        (Key::End, last),
    ];
    let moved = keys.into_iter().find(|(key, _)| pressed(*key));
    moved.map(|(_, place)| place)
}

/// Under which is kept the member that gets the keys.
const NEXT: &str = "next member of a group";

/// Gives the keys to a member when the frame is drawn: as long as it is no stop, egui would take
/// them from it at once.
pub fn focus(ui: &Ui, member: Id) {
    ui.data_mut(|data| data.insert_temp(Id::unique(NEXT), member));
}

/// Moves the keys within groups. Stands behind all of them.
pub fn settle(ctx: &Context) {
    let next = ctx.data(|data| data.get_temp::<Id>(Id::unique(NEXT)));
    if let Some(member) = next {
        ctx.data_mut(|data| data.remove::<Id>(Id::unique(NEXT)));
        ctx.memory_mut(|memory| memory.request_focus(member));
        ctx.request_repaint();
    }
}
