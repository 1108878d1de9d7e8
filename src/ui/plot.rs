//! What all plots look like.

use super::UiContext;
use egui::Vec2b;
use egui_plot::Plot;

/// A plot from 0 up that shows no values at its side and cannot be moved.
pub fn quiet<'a>(name: &str, cx: UiContext<'_>) -> Plot<'a> {
    Plot::new(name)
        .include_y(0.0)
        .show_axes(Vec2b::new(true, false))
        .show_background(false)
        .cursor_color(cx.palette.faint)
        .grid_color(cx.palette.line)
        .grid_fade(0.0)
        .y_grid_spacer(|_| Vec::new())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
}
