//! A window within the window.

use super::field::FIELD;
use crate::ui::theme;
use egui::{Align2, Context, Id, Key, Memory, Modifiers, Order, Pos2, RichText, Ui, pos2};

/// The key of the window in front, and of the id of a window to be closed.
const FRONT: &str = "front window";
const CLOSED: &str = "window to close";
/// The room that the margins and the outline of a window take beside its content, in points.
const FRAME: f32 = 32.0;

#[derive(Clone, Debug, Default)]
struct Front {
    /// The ids of those that are open, the one opened or pressed last behind the others.
    windows: Vec<&'static str>,
    /// Something outside of them was pressed since.
    left: bool,
}

/// Shows it in the middle while it is open, `width` points wide. Escape closes it, and so does the
/// × of its title bar if it has one.
pub fn window<R>(
    ctx: &Context,
    id: &'static str,
    (title, has_bar): (&str, bool),
    open: &mut bool,
    width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    // A list that is open within it is closed first, and a number being typed is left.
    let typing = Id::unique((id, "typing"));
    let typed = ctx.data(|data| data.get_temp(typing)).unwrap_or(false);
    let busy = super::popup_takes_escape(ctx) || typed;
    let escape = |input: &mut egui::InputState| input.consume_key(Modifiers::NONE, Key::Escape);
    if *open && !busy && front(ctx).is_none_or(|front| front == id) && ctx.input_mut(escape) {
        *open = false;
    }
    let was_open = Id::unique((id, "open"));
    let opens = *open && !ctx.data(|data| data.get_temp(was_open)).unwrap_or(false);
    if ctx.data(|data| data.get_temp(Id::unique(CLOSED))) == Some(id) {
        ctx.data_mut(|data| data.remove_temp::<&str>(Id::unique(CLOSED)));
        *open = false;
    }
    // In a small window it is as wide as there is room.
    let width = width.min(ctx.content_rect().width() - FRAME);
    let shown = egui::Window::new(RichText::new(title).font(theme::bold(13.0)))
        .id(Id::unique(id))
        .open(open)
        .title_bar(has_bar)
        .collapsible(false)
        .resizable(false)
        .pivot(Align2::CENTER_TOP)
        .default_pos(top(ctx))
        .show(ctx, |ui| {
            ui.set_width(width);
            add(ui)
        });
    let pressed = super::pressed_at(ctx);
    let layer = shown.as_ref().map(|shown| shown.response.layer_id);
    let hit = pressed.map(|at| ctx.layer_id_at(at));
    ctx.data_mut(|data| {
        data.insert_temp(was_open, *open);
        let front: &mut Front = data.get_temp_mut_or_default(Id::unique(FRONT));
        let comes = opens || hit.is_some_and(|hit| hit == layer);
        if comes || !*open {
            front.windows.retain(|other| *other != id);
        }
        if *open && comes {
            front.windows.push(id);
            front.left = false;
        } else if let Some(hit) = hit {
            // Lists of a window hang over its edge, and another window may be pressed.
            front.left |= hit.is_none_or(|hit| hit.order == Order::Background);
        }
    });
    let types = types_a_number(ctx);
    ctx.data_mut(|data| data.insert_temp(typing, types));
    shown.and_then(|shown| shown.inner)
}

/// The window that has the keys: of those open the one opened or pressed last, until
/// something outside of them is pressed.
pub fn front(ctx: &Context) -> Option<&'static str> {
    let front: Front = ctx.data(|data| data.get_temp(Id::unique(FRONT)))?;
    front.windows.last().copied().filter(|_| !front.left)
}

/// Closes it the next time it is shown.
pub fn close(ctx: &Context, id: &'static str) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(CLOSED), id));
    ctx.request_repaint();
}

/// Whether a number is being typed, which Escape takes back: one in a field of our own is
/// text.
pub fn types_a_number(ctx: &Context) -> bool {
    let field: Option<Id> = ctx.data(|data| data.get_temp(Id::unique(FIELD)));
    ctx.text_edit_focused() && ctx.memory(Memory::focused) != field
}

/// Its upper edge: it grows downward, so that a clicked control stays in place.
fn top(ctx: &Context) -> Pos2 {
    let area = ctx.content_rect();
    pos2(area.center().x, area.top() + area.height() * 0.15)
}

/// The height a list in such a window may have: the window itself must fit.
pub fn list_height(ctx: &Context) -> f32 {
    (ctx.content_rect().height() - 260.0).clamp(90.0, 300.0)
}
