//! Where the keys are, and where they were.

use egui::{Context, Id, Key, Memory, WidgetRect};

/// Controls that are remembered for having had the keys.
const REMEMBERED: usize = 8;

/// The control that has the keys, where this frame shows it. Stands behind all controls.
pub fn shown_focus(ctx: &Context) -> Option<WidgetRect> {
    let id = ctx.memory(Memory::focused)?;
    ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied())
}

/// The control that has the keys, as it stands. Other than `Context::read_response`, which takes
/// the keys from a control while another one is clicked.
pub fn focused(ctx: &Context) -> Option<WidgetRect> {
    let id = ctx.memory(Memory::focused)?;
    ctx.viewport(|viewport| {
        let (now, before) = (&viewport.this_pass.widgets, &viewport.prev_pass.widgets);
        now.get(id).or_else(|| before.get(id)).copied()
    })
}

/// The controls that had the keys, the last one last.
#[derive(Clone, Debug, Default)]
struct History {
    had: Vec<Id>,
    /// Whether Escape took them from the last one.
    escaped: bool,
}

/// Gives the keys back to the control that had them before, where the one that had them let go of
/// them, was disabled or went away. A click may leave them nowhere, and Escape as long as the
/// control is shown: the next Escape is for what is around it. Stands behind all controls.
pub fn keep_focus(ctx: &Context) {
    let id = Id::unique("controls that had the keys");
    let mut history: History = ctx.data(|data| data.get_temp(id)).unwrap_or_default();
    let had = &mut history.had;
    let is_usable = |control: &Id| {
        ctx.viewport(|viewport| {
            let shown = viewport.this_pass.widgets.get(*control);
            shown.is_some_and(|shown| shown.enabled)
        })
    };
    let (clicked, escaped) = ctx.input(|input| {
        let pointer = &input.pointer;
        let clicked = pointer.any_pressed() || pointer.any_click();
        (clicked, input.key_pressed(Key::Escape))
    });
    match ctx.memory(Memory::focused) {
        Some(now) => {
            had.retain(|control| *control != now);
            had.push(now);
            if had.len() > REMEMBERED {
                had.remove(0);
            }
            history.escaped = false;
        }
        None if clicked => history = History::default(),
        None => {
            history.escaped |= escaped;
            let stays = history.escaped && had.last().is_some_and(is_usable);
            let before = had.iter().rev().copied().find(is_usable);
            if let Some(before) = before.filter(|_| !stays) {
                ctx.memory_mut(|memory| memory.request_focus(before));
                ctx.request_repaint();
            }
        }
    }
    ctx.data_mut(|data| data.insert_temp(id, history));
}
