//! The edge of a panel, which is dragged, or moved by arrow keys, to resize it.

use super::UiContext;
use crate::t;
use egui::accesskit::Role;
use egui::{CursorIcon, EventFilter, Id, Key, Rect, Sense, Stroke, Ui, WidgetInfo};

/// How near the pointer must be, and how far a key moves it, in points.
pub const NEAR: f32 = 5.0;
const STEP: f32 = 20.0;

/// Which edge it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PanelEdge {
    Left,
    Right,
    Top,
}

/// Returns the size that is asked for in this frame; `name` is the key of the edge's name. The
/// edge lies inside the panel, so its neighbour loses no room.
pub fn ui(
    ui: &Ui,
    cx: UiContext<'_>,
    panel: Rect,
    side: PanelEdge,
    name: &'static str,
) -> Option<f32> {
    let (edge, icon, size) = match side {
        PanelEdge::Left => (
            panel.with_max_x(panel.left() + NEAR),
            CursorIcon::ResizeHorizontal,
            panel.width(),
        ),
        PanelEdge::Right => (
            panel.with_min_x(panel.right() - NEAR),
            CursorIcon::ResizeHorizontal,
            panel.width(),
        ),
        PanelEdge::Top => (
            panel.with_max_y(panel.top() + NEAR),
            CursorIcon::ResizeVertical,
            panel.height(),
        ),
    };
    let response = ui.interact(edge, Id::unique(name), Sense::drag());
    let name = t!(cx.lang, name);
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, &name));
    let moves = response.dragged() || response.has_focus();
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(icon);
    }
    if response.hovered() || moves {
        let stroke = Stroke::new(2.0, cx.palette.accent);
        match side {
            PanelEdge::Left => ui
                .painter()
                .vline(panel.left() + 1.0, panel.y_range(), stroke),
            PanelEdge::Right => ui
                .painter()
                .vline(panel.right() - 1.0, panel.y_range(), stroke),
            PanelEdge::Top => ui
                .painter()
                .hline(panel.x_range(), panel.top() + 1.0, stroke),
        };
    }
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let (larger, smaller) = match side {
            PanelEdge::Left => (Key::ArrowLeft, Key::ArrowRight),
            PanelEdge::Right => (Key::ArrowRight, Key::ArrowLeft),
            PanelEdge::Top => (Key::ArrowUp, Key::ArrowDown),
        };
        // A slow frame may bring several.
        let count = |key| ui.input(|input| input.num_presses(key)) as f32;
        let steps = count(larger) - count(smaller);
        if steps != 0.0 {
            return Some(size + steps * STEP);
        }
    }
    let at = response.interact_pointer_pos();
    let at = at.filter(|_| response.dragged())?;
    Some(match side {
        PanelEdge::Left => panel.right() - at.x,
        PanelEdge::Right => at.x - panel.left(),
        PanelEdge::Top => panel.bottom() - at.y,
    })
}
