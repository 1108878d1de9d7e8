//! A window within the window.

use crate::ui::theme;
use egui::{Align2, Context, Id, Key, Modifiers, RichText, Ui};

/// Shows it in the middle while it is open, `width` points wide. Escape and its × close it.
pub fn window<R>(
    ctx: &Context,
    id: &'static str,
    title: &str,
    open: &mut bool,
    width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    // A list that is open within it is closed first.
    let listed = egui::Popup::is_any_open(ctx);
    if *open && !listed && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        *open = false;
    }
    // In a small window it is as wide as there is room.
    let width = width.min(ctx.content_rect().width() - 60.0);
    let shown = egui::Window::new(RichText::new(title).font(theme::bold(13.0)))
        .id(Id::unique(id))
        .open(open)
        .collapsible(false)
        .resizable(false)
        .pivot(Align2::CENTER_CENTER)
        .default_pos(ctx.content_rect().center())
        .show(ctx, |ui| {
            ui.set_width(width);
            add(ui)
        });
    shown.and_then(|shown| shown.inner)
}

/// The height a list in such a window may have: the window itself must fit.
pub fn list_height(ctx: &Context) -> f32 {
    (ctx.content_rect().height() - 260.0).clamp(90.0, 300.0)
}
