//! A group of controls that is one stop of the Tab key: arrows move inside.

use super::press::key_press;
use egui::{Context, Event, EventFilter, Id, Key, Modifiers, Sense, Ui};

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
    let last = count.checked_sub(1)?;
    // A slow frame may bring several presses.
    let mut moved = None;
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let next = place_after(event, moved.unwrap_or(at), last);
            moved = next.or(moved);
            next.is_none()
        });
    });
    moved
}

/// Where a key press leads from the member at `at`; `last` is the place of the last one.
fn place_after(event: &Event, at: usize, last: usize) -> Option<usize> {
    let (key, modifiers) = key_press(event)?;
    if !modifiers.matches_logically(Modifiers::NONE) {
        return None;
    }
    match key {
        Key::ArrowRight | Key::ArrowDown => Some(if at >= last { 0 } else { at + 1 }),
        Key::ArrowLeft | Key::ArrowUp => Some(at.checked_sub(1).unwrap_or(last)),
        Key::Home => Some(0),
        Key::End => Some(last),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: Key) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }
    }

    #[test]
    fn each_arrow_of_a_frame_moves_by_one_member_and_around_the_ends() {
        let walk = |keys: &[Key]| {
            keys.iter()
                .fold(1, |at, key| place_after(&press(*key), at, 3).unwrap())
        };
        assert_eq!(walk(&[Key::ArrowRight, Key::ArrowDown]), 3);
        assert_eq!(walk(&[Key::ArrowRight; 3]), 0);
        assert_eq!(walk(&[Key::ArrowLeft, Key::ArrowUp]), 3);
        assert_eq!(walk(&[Key::End, Key::ArrowLeft]), 2);
        assert_eq!(walk(&[Key::End, Key::Home]), 0);
        assert_eq!(place_after(&press(Key::Tab), 1, 3), None);
    }
}
