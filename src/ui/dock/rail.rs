//! The rail of a small window, in which the left panel and the strip of pages collapse.

use super::strip;
use crate::settings::SMALLEST;
use crate::settings::dock::Page;
use crate::t;
use crate::ui::region::{self, Region};
use crate::ui::{Action, UiContext, icons, theme};
use egui::accesskit::Role;
use egui::{Context, Frame, Panel, Sense, Ui, WidgetInfo, vec2};

pub const WIDTH: f32 = 40.0;

/// Whether the window is so narrow that it has the rail: the smallest one, or at a large zoom
/// factor.
pub fn is_shown(ctx: &Context) -> bool {
    ctx.content_rect().width() <= SMALLEST.0
}

/// Shows the rail; `left` says whether the left panel is open beside it.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    left: &mut bool,
    (open, marked): (Option<Page>, &[Page]),
) -> Option<Action> {
    let rail = Panel::left("rail")
        .exact_size(WIDTH)
        .resizable(false)
        .frame(Frame::new());
    let rail = rail.show(ui, |ui| {
        if !*left {
            region::stands(ui.ctx(), Region::Left, ui.max_rect());
            region::gate(ui, Region::Left);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(strip::AROUND);
        ui.vertical_centered(|ui| left_ui(ui, cx, left));
        strip::column_ui(ui, cx, open, marked)
    });
    if open.is_none() {
        region::stands(ui.ctx(), Region::Dock, rail.response.rect);
    }
    rail.inner
}

/// The button that opens and closes the left panel.
fn left_ui(ui: &mut Ui, cx: UiContext<'_>, left: &mut bool) {
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 26.0), Sense::click());
    let (name, open) = (t!(cx.lang, "left.show"), *left);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, &name));
    let palette = cx.palette;
    let (fill, ink) = match (open, response.hovered()) {
        (true, _) => (palette.accent_soft, palette.text),
        (false, true) => (palette.hover, palette.text),
        (false, false) => (palette.panel, palette.dim),
    };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    icons::paint(ui.painter(), icons::LEFT, rect.center(), ink);
    if response.clicked() {
        *left = !open;
    }
    response.on_hover_text(name);
}
