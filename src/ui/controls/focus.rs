//! Where the keys are, and where they were.

use egui::{Context, Id, Key, LayerId, Memory, Order, WidgetRect};

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

/// The keyboard focus in the last frame.
#[derive(Clone, Copy, Default)]
struct Before {
    /// The id of the control that had it.
    layer: Option<LayerId>,
    /// Whether Tab was pressed, and whether with Shift: the toolkit goes back a frame later.
    tab: Option<bool>,
}

/// Keeps the keys in a menu or a popup while it is open: behind its last control Tab goes to its
/// first, and Shift+Tab the other way round. Stands behind all controls.
pub fn keep_in_popup(ctx: &Context) {
    let id = Id::unique("what the last frame knew of the keys");
    let now = shown_focus(ctx).map(|control| control.layer_id);
    let before: Before = ctx.data(|data| data.get_temp(id)).unwrap_or_default();
    let tab = ctx.input(|input| input.key_pressed(Key::Tab).then_some(input.modifiers.shift));
    let left = before.layer.filter(|layer| now != Some(*layer));
    let left = left.filter(|layer| layer.order == Order::Foreground);
    let to = left.zip(tab.or(before.tab));
    let end = to.and_then(|(layer, back)| end_of(ctx, layer, back));
    if let Some(end) = end {
        ctx.memory_mut(|memory| memory.request_focus(end));
        ctx.request_repaint();
    }
    let layer = if end.is_some() { left } else { now };
    ctx.data_mut(|data| data.insert_temp(id, Before { layer, tab }));
}

/// The first control of a layer that takes keys, or the last one.
fn end_of(ctx: &Context, layer: LayerId, last: bool) -> Option<Id> {
    ctx.viewport(|viewport| {
        let controls = viewport.this_pass.widgets.get_layer(layer);
        let mut controls =
            controls.filter(|control| control.enabled && control.sense.is_focusable());
        let end = if last {
            controls.last()
        } else {
            controls.next()
        };
        end.map(|control| control.id)
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
