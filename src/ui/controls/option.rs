//! An option as a chip: filled while it is on, and with an arrow where it has a menu.

use crate::ui::theme::{self, Palette};
use egui::{
    Align2, Color32, Galley, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use std::sync::Arc;

const PADDING: f32 = 8.0;
/// The room of the arrow.
const ARROW: f32 = 20.0;

/// The content of a chip, and the name of its switch or list.
pub struct OptionChip<'a> {
    pub enabled: bool,
    pub on: bool,
    pub text: &'a str,
    pub name: &'a str,
}

impl OptionChip<'_> {
    /// A switch without a menu.
    pub fn switch(&self, ui: &mut Ui, palette: &Palette) -> Response {
        let words = self.words(ui, palette);
        let size = vec2(words.size().x + 2.0 * PADDING, theme::SMALL_BUTTON);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let response = ui.interact(rect, ui.scope_id().with(self.name), self.sense());
        self.describe_switch(&response);
        self.paint(ui, rect, words, &[&response], palette);
        response
    }

    /// A switch, and behind it the arrow that opens its menu, named `menu`.
    pub fn switch_with_menu(
        &self,
        ui: &mut Ui,
        menu: &str,
        palette: &Palette,
    ) -> (Response, Response) {
        let (rect, words) = self.allocate(ui, palette);
        let middle = rect.right() - ARROW;
        let id = ui.scope_id().with(self.name);
        let switch = ui.interact(rect.with_max_x(middle), id, self.sense());
        self.describe_switch(&switch);
        let arrow = ui.interact(rect.with_min_x(middle), id.with("menu"), self.sense());
        arrow.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, menu));
        self.paint(ui, rect, words, &[&switch, &arrow], palette);
        self.paint_arrow(ui, rect, palette);
        (switch, arrow)
    }

    /// The button of a list in which `value` is chosen.
    pub fn list(&self, ui: &mut Ui, value: &str, palette: &Palette) -> Response {
        let (rect, words) = self.allocate(ui, palette);
        let response = ui.interact(rect, ui.scope_id().with(self.name), self.sense());
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(value.to_owned()),
            ..WidgetInfo::labeled(Role::ComboBox, self.enabled, self.name)
        });
        super::describe_value(ui, &response);
        self.paint(ui, rect, words, &[&response], palette);
        self.paint_arrow(ui, rect, palette);
        response
    }

    /// The button of a menu.
    pub fn menu(&self, ui: &mut Ui, palette: &Palette) -> Response {
        let (rect, words) = self.allocate(ui, palette);
        let response = ui.interact(rect, ui.scope_id().with(self.name), self.sense());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, self.name));
        self.paint(ui, rect, words, &[&response], palette);
        self.paint_arrow(ui, rect, palette);
        response
    }

    /// Its width with an arrow.
    pub fn width(&self, ui: &Ui, palette: &Palette) -> f32 {
        self.words(ui, palette).size().x + PADDING + ARROW
    }

    fn allocate(&self, ui: &mut Ui, palette: &Palette) -> (Rect, Arc<Galley>) {
        let size = vec2(self.width(ui, palette), theme::SMALL_BUTTON);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        (rect, self.words(ui, palette))
    }

    fn words(&self, ui: &Ui, palette: &Palette) -> Arc<Galley> {
        let ink = self.ink(palette);
        ui.painter()
            .layout_no_wrap(self.text.to_owned(), theme::body(), ink)
    }

    fn ink(&self, palette: &Palette) -> Color32 {
        match (self.enabled, self.on) {
            (true, true) => palette.text,
            (true, false) => palette.dim,
            (false, _) => palette.faint,
        }
    }

    fn sense(&self) -> Sense {
        match self.enabled {
            true => Sense::click(),
            false => Sense::hover(),
        }
    }

    fn describe_switch(&self, response: &Response) {
        response
            .widget_info(|| WidgetInfo::selected(Role::CheckBox, self.enabled, self.on, self.name));
    }

    fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        words: Arc<Galley>,
        parts: &[&Response],
        palette: &Palette,
    ) {
        let fill = match self.on && self.enabled {
            true => palette.accent_soft,
            false => palette.panel,
        };
        let hovered = parts.iter().any(|part| part.hovered()) && self.enabled;
        let outline = match (hovered, self.on && self.enabled) {
            (true, _) => palette.faint,
            (false, true) => palette.accent_soft,
            (false, false) => palette.edge,
        };
        let round = theme::ROUND;
        let line = Stroke::new(1.0, outline);
        ui.painter()
            .rect(rect, round, fill, line, StrokeKind::Inside);
        let place = pos2(
            rect.left() + PADDING,
            rect.center().y - words.size().y / 2.0,
        );
        ui.painter().galley(place, words, self.ink(palette));
    }

    fn paint_arrow(&self, ui: &Ui, rect: Rect, palette: &Palette) {
        let place = pos2(rect.right() - ARROW / 2.0, rect.center().y);
        let ink = self.ink(palette);
        ui.painter()
            .text(place, Align2::CENTER_CENTER, "▾", theme::body(), ink);
    }
}
