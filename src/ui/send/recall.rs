//! Messages sent before, back in the box by the arrow keys.

use super::SendPanel;
use crate::payload::composition::Composition;
use crate::ui::controls;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{Event, Key, Modifiers, Ui};

/// Where one is in the history.
#[derive(Debug, Default)]
pub(super) struct Recall {
    /// The entry in the box, and the content of the box before the first one.
    shown: Option<(usize, Composition)>,
    /// Whether the cursor was on the first row and on the last, in the last frame.
    first: bool,
    last: bool,
}

impl Recall {
    /// The entry before the one in the box; `history` has the newest first.
    fn older(&mut self, history: &[Composition], present: &Composition) -> Option<Composition> {
        let next = match &self.shown {
            Some((place, _)) => place + 1,
            // A message that was just sent is still in the box.
            None => usize::from(history.first() == Some(present)),
        };
        let entry = history.get(next)?.clone();
        let before = self.shown.take().map(|(_, before)| before);
        self.shown = Some((next, before.unwrap_or_else(|| present.clone())));
        Some(entry)
    }

    /// The entry after the one in the box, and at last the content before the first one.
    fn newer(&mut self, history: &[Composition]) -> Option<Composition> {
        let (place, before) = self.shown.take()?;
        let next = place.checked_sub(1).and_then(|next| {
            let entry = history.get(next).filter(|entry| **entry != before)?;
            Some((next, entry.clone()))
        });
        let Some((next, entry)) = next else {
            return Some(before);
        };
        self.shown = Some((next, before));
        Some(entry)
    }

    /// A recalled message that was changed is a new message.
    fn check(&mut self, history: &[Composition], present: &Composition) {
        let place = self.shown.as_ref().map(|(place, _)| *place);
        if place.and_then(|place| history.get(place)) != Some(present) {
            self.shown = None;
        }
    }

    /// Remembers where the cursor is.
    pub(super) fn follow(&mut self, edit: &TextEditOutput) {
        let cursor = edit.cursor_range.filter(CCursorRange::is_empty);
        let row = cursor.map(|cursor| edit.galley.layout_from_cursor(cursor.primary).row);
        self.first = row == Some(0);
        self.last = row.is_some_and(|row| row + 1 >= edit.galley.rows.len());
    }
}

impl SendPanel {
    /// Takes the arrow that leaves the text, while the field has the keys, and replaces
    /// `present` by the message it leads to.
    pub(super) fn recall(&mut self, ui: &Ui, present: &mut Composition, history: &[Composition]) {
        self.recall.check(history, present);
        let (key, recalled) = if self.recall.first && is_pressed(ui, Key::ArrowUp) {
            (Key::ArrowUp, self.recall.older(history, present))
        } else if self.recall.last && is_pressed(ui, Key::ArrowDown) {
            (Key::ArrowDown, self.recall.newer(history))
        } else {
            return;
        };
        let (Some(recalled), Some(id)) = (recalled, self.text) else {
            return;
        };
        ui.input_mut(|input| input.events.retain(|event| !is_alone(event, key)));
        *present = recalled;
        let end = CCursor::new(present.text.chars().count());
        let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(CCursorRange::one(end)));
        state.store(ui.ctx(), id);
    }
}

fn is_pressed(ui: &Ui, key: Key) -> bool {
    ui.input(|input| input.events.iter().any(|event| is_alone(event, key)))
}

/// Whether this key was pressed without another.
fn is_alone(event: &Event, wanted: Key) -> bool {
    controls::key_press(event) == Some((wanted, Modifiers::NONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Composition {
        Composition {
            text: text.into(),
            ..Composition::default()
        }
    }

    #[test]
    fn up_and_down_walk_the_history_and_end_where_they_began() {
        let history = [text("c"), text("b"), text("a")];
        let mut recall = Recall::default();
        assert_eq!(recall.newer(&history), None);
        for (present, older) in [("draft", "c"), ("c", "b"), ("b", "a")] {
            assert_eq!(recall.older(&history, &text(present)), Some(text(older)));
        }
        assert_eq!(recall.older(&history, &text("a")), None);
        for newer in ["b", "c", "draft"] {
            assert_eq!(recall.newer(&history), Some(text(newer)));
        }
        assert_eq!(recall.newer(&history), None);
    }

    #[test]
    fn what_was_just_sent_is_not_recalled_again() {
        let history = [text("b"), text("a")];
        let mut recall = Recall::default();
        assert_eq!(recall.older(&history, &text("b")), Some(text("a")));
        assert_eq!(recall.newer(&history), Some(text("b")));
        assert_eq!(recall.newer(&history), None);
    }

    #[test]
    fn a_recalled_message_that_was_changed_is_a_new_one() {
        let history = [text("b"), text("a")];
        let mut recall = Recall::default();
        assert_eq!(recall.older(&history, &text("")), Some(text("b")));
        recall.check(&history, &text("b"));
        assert_eq!(recall.older(&history, &text("b")), Some(text("a")));
        recall.check(&history, &text("a!"));
        assert_eq!(recall.newer(&history), None);
        assert_eq!(recall.older(&history, &text("a!")), Some(text("b")));
    }

    #[test]
    fn an_empty_history_changes_nothing() {
        let mut recall = Recall::default();
        assert_eq!(recall.older(&[], &text("draft")), None);
        assert_eq!(recall.newer(&[]), None);
    }
}
