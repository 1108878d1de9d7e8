//! The ring around the control that has the keys.

use super::focus::focused;
use crate::ui::theme::{self, Palette};
use egui::{Context, StrokeKind};

/// Paints it, whatever control that is. Stands behind all of them.
pub fn focus_ring(ctx: &Context, palette: &Palette) {
    let Some(control) = focused(ctx) else {
        return;
    };
    let rect = control.interact_rect;
    if rect.is_positive() {
        let painter = ctx.layer_painter(control.layer_id);
        let rect = rect.intersect(ctx.content_rect().shrink(1.0));
        painter.rect_stroke(rect, theme::ROUND, theme::ring(palette), StrokeKind::Middle);
    }
}
