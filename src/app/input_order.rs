//! The order between keys that move the focus and the text that follows them.
//!
//! A command moves the focus at the end of its frame. The input behind it belongs to the control
//! that has the focus then, and a slow frame may have both: so the input of a frame ends behind a
//! command, and the rest comes in a later frame.

use crate::ui::controls;
use crate::ui::palette::{self, WindowCommand};
use egui::{Context, Event, Key, Plugin, RawInput};

#[derive(Debug, Default)]
pub struct InputOrder {
    /// The input behind a command, in its order.
    deferred: Vec<Event>,
    /// Whether a control may get the focus only in this frame.
    settles: bool,
    /// The number of the last frame.
    frame: Option<u64>,
}

/// Delivers input behind a command to the control that the command gives the focus.
pub fn install(ctx: &Context) {
    ctx.add_plugin(InputOrder::default());
}

impl Plugin for InputOrder {
    fn debug_name(&self) -> &'static str {
        "input order"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let mut events = std::mem::take(&mut self.deferred);
        events.append(&mut input.events);
        let frame = Some(ctx.cumulative_frame_nr());
        // A frame may have several passes; only the first has input.
        let is_new = std::mem::replace(&mut self.frame, frame) != frame;
        if !is_new || std::mem::take(&mut self.settles) {
            self.deferred = events;
        } else {
            let in_front = controls::front(ctx).is_some();
            if let Some((end, moves_focus)) = first_command(&events, in_front) {
                self.deferred = events.split_off(end);
                self.settles = moves_focus;
            }
            input.events = events;
        }
        if !self.deferred.is_empty() {
            ctx.request_repaint();
        }
    }
}

/// The end of the input up to the first command, with its repetitions, and whether the command
/// moves the focus. Enter and Escape are the commands of a window in front.
fn first_command(events: &[Event], in_front: bool) -> Option<(usize, bool)> {
    let closes = |event: &Event| {
        let is_key = |key: &Key| matches!(key, Key::Enter | Key::Escape);
        matches!(event, Event::Key { key, pressed: true, .. } if in_front && is_key(key))
    };
    let command = |event: &Event| palette::of_event(event);
    let at = events
        .iter()
        .position(|event| command(event).is_some() || closes(event))?;
    let first = events.get(at).and_then(command);
    // Held down on a slow machine, a key would go on long after its release.
    let belongs = |event: &&Event| match event {
        Event::Key { pressed: true, .. } => first.is_some() && command(event) == first,
        Event::Key { .. } | Event::ModifiersChanged(_) => true,
        Event::PointerMoved(_) | Event::MouseMoved(_) => true,
        _ => false,
    };
    let more = events.iter().skip(at + 1).take_while(belongs).count();
    Some((at + 1 + more, first.is_none_or(WindowCommand::moves_focus)))
}
