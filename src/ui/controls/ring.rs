//! The ring around the control that has the keys.

use super::focus::shown_focus;
use crate::ui::theme::{self, Palette};
use egui::{Context, Id, Rect, StrokeKind};

/// Lets the ring of a control go around `place`, of which the control is a part. Stands in every
/// frame that shows it.
pub fn ring_around(ctx: &Context, control: Id, place: Rect) {
    ctx.data_mut(|data| data.insert_temp(of(control), place));
}

fn of(control: Id) -> Id {
    control.with("ring")
}

/// Paints it around any control. Stands behind all of them.
pub fn focus_ring(ctx: &Context, palette: &Palette) {
    // The ring of one that closed would stay until something else changes.
    let Some(control) = shown_focus(ctx) else {
        return;
    };
    let around = ctx.data(|data| data.get_temp(of(control.id)));
    let rect = around.unwrap_or(control.interact_rect);
    if rect.is_positive() {
        let painter = ctx.layer_painter(control.layer_id);
        let rect = rect.intersect(ctx.content_rect().shrink(1.0));
        painter.rect_stroke(rect, theme::ROUND, theme::ring(palette), StrokeKind::Middle);
    }
}
