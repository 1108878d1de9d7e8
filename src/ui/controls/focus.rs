//! Where the keys are.

use egui::{Context, Memory, WidgetRect};

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
