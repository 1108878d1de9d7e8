//! Text fields with a caption, and their errors underneath.

use super::named;
use crate::ui::narrow;
use crate::ui::theme::{self, Palette};
use egui::accesskit::{Invalid, Live};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align, Align2, Context, FontSelection, Id, Layout, Margin, Response, RichText, Stroke,
    StrokeKind, TextEdit, Ui, pos2, vec2,
};
use std::sync::Arc;

/// Under this name is kept which of these fields was last written in.
pub const FIELD: &str = "last field";

/// The room above a heading, in points.
const ABOVE: f32 = 2.0;

/// A one-line field in the monospaced font.
pub struct TextField<'a> {
    pub text: &'a mut String,
    /// Its accessible name.
    pub name: &'a str,
    pub hint: &'a str,
    pub width: f32,
    pub faulty: bool,
    /// The error of its text, for screen readers.
    pub fault: Option<&'a str>,
    /// Where it is to be found before it is shown.
    pub id: Option<Id>,
}

impl<'a> TextField<'a> {
    /// A field with nothing wrong in it.
    pub fn new(text: &'a mut String, name: &'a str, hint: &'a str, width: f32) -> Self {
        Self {
            text,
            name,
            hint,
            width,
            faulty: false,
            fault: None,
            id: None,
        }
    }

    /// Marks its text as wrong, or not.
    pub fn faulty(self, faulty: bool) -> Self {
        Self { faulty, ..self }
    }

    /// Marks its text as wrong where there is a fault.
    pub fn fault(self, fault: Option<&'a str>) -> Self {
        let faulty = fault.is_some();
        Self {
            faulty,
            fault,
            ..self
        }
    }

    pub fn show(self, ui: &mut Ui, palette: &Palette) -> Response {
        self.show_with_inset(ui, palette, 0)
    }

    /// The same with this room at its right, in points, that something else stands in.
    pub fn show_with_inset(self, ui: &mut Ui, palette: &Palette, inset: i8) -> Response {
        let edit = TextEdit::singleline(self.text)
            .font(FontSelection::FontId(theme::mono()))
            .hint_text(
                RichText::new(self.hint)
                    .font(theme::mono())
                    .color(palette.faint),
            )
            .margin(Margin {
                left: 8,
                right: 8 + inset,
                top: 5,
                bottom: 5,
            })
            .align(egui::Align2::LEFT_CENTER)
            // The longest path Linux takes.
            .char_limit(4_096)
            // Its margin and outline come on top of the text's own width.
            .desired_width((self.width - 18.0 - f32::from(inset)).max(10.0))
            .min_size(vec2(self.width, theme::FIELD));
        let edit = match self.id {
            Some(id) => edit.id(id),
            None => edit,
        };
        let response = match self.faulty {
            true => add_faulty(ui, edit, palette),
            false => ui.add(edit),
        };
        if response.has_focus() {
            let id = response.id;
            ui.data_mut(|data| data.insert_temp(Id::unique(FIELD), id));
        }
        if self.faulty {
            describe_fault(ui, response.id, self.fault);
        }
        let response = match self.fault {
            Some(fault) => response.on_hover_text(fault),
            None => response,
        };
        named(ui, response, self.name)
    }
}

/// Adds a field with a red edge, which the focus ring does not hide. The style of the caller stays.
fn add_faulty(ui: &mut Ui, edit: TextEdit<'_>, palette: &Palette) -> Response {
    let style = Arc::clone(ui.style());
    let edge = Stroke::new(1.0, palette.error);
    let visuals = &mut ui.visuals_mut().widgets;
    for widget in [
        &mut visuals.inactive,
        &mut visuals.hovered,
        &mut visuals.active,
    ] {
        widget.bg_stroke = edge;
    }
    let response = ui.add(edit);
    ui.set_style(style);
    if response.has_focus() {
        let inner = response.rect.shrink(2.0);
        ui.painter()
            .rect_stroke(inner, theme::ROUND, edge, StrokeKind::Inside);
    }
    response
}

/// Says to screen readers that the text of this field is wrong, and why if it is known.
pub fn describe_fault(ui: &Ui, field: Id, fault: Option<&str>) {
    ui.ctx().accesskit_node_builder(field, |node| {
        node.set_invalid(Invalid::True);
        if let Some(fault) = fault {
            node.set_description(fault);
        }
    });
}

/// The heading of a group of settings.
pub fn heading(ui: &mut Ui, text: &str, palette: &Palette) {
    ui.add_space(ABOVE);
    heading_words(ui, text, palette);
}

/// The same with something at the right end of its line.
pub fn heading_row<R>(
    ui: &mut Ui,
    text: &str,
    palette: &Palette,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.add_space(ABOVE);
    ui.horizontal(|ui| {
        heading_words(ui, text, palette);
        ui.with_layout(Layout::right_to_left(Align::Center), add)
            .inner
    })
    .inner
}

fn heading_words(ui: &mut Ui, text: &str, palette: &Palette) {
    ui.label(
        RichText::new(text)
            .font(theme::bold(12.0))
            .color(palette.dim),
    );
}

/// Shows the beginning and the end of a text that is too long for its field, unless somebody
/// types there; the tooltip has all of it. `right` points at the right end are taken.
pub fn elided(ui: &Ui, field: Response, text: &str, right: f32, palette: &Palette) -> Response {
    let room = field.rect.width() - 18.0 - right;
    if field.has_focus() || narrow::fits(ui.painter(), text, room) {
        return field;
    }
    let ink = if ui.is_enabled() {
        palette.text
    } else {
        palette.dim
    };
    let painter = ui.painter();
    // What a disabled field has painted shines through one more layer of the same kind.
    let mut opaque = painter.clone();
    opaque.set_opacity(1.0);
    let inside = field.rect.shrink(1.5);
    opaque.rect_filled(inside, theme::ROUND, palette.panel);
    painter.rect_filled(inside, theme::ROUND, palette.field);
    let (shown, font) = narrow::address(painter, text, room);
    painter.text(
        pos2(field.rect.left() + 9.0, field.rect.center().y),
        Align2::LEFT_CENTER,
        shown,
        font,
        ink,
    );
    field.on_hover_text(text).on_disabled_hover_text(text)
}

/// The error of the field above.
pub fn error_line(ui: &mut Ui, text: &str, palette: &Palette) {
    let words = RichText::new(text)
        .font(theme::small())
        .color(palette.error);
    let line = ui.add(egui::Label::new(words).wrap());
    super::announced(ui, line, Live::Assertive);
}

/// Gives the field of this id the focus, with the cursor behind its text.
pub fn cursor_at_end(ctx: &Context, id: Id, text: &str) {
    select_from(ctx, id, text.chars().count(), text);
}

/// Gives the field of this id the focus and selects its text, so that typing replaces it.
pub fn select_all(ctx: &Context, id: Id, text: &str) {
    select_from(ctx, id, 0, text);
}

fn select_from(ctx: &Context, id: Id, first: usize, text: &str) {
    ctx.memory_mut(|memory| memory.request_focus(id));
    let mut state = TextEditState::load(ctx, id).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    let range = CCursorRange::two(CCursor::new(first), end);
    state.cursor.set_char_range(Some(range));
    state.store(ctx, id);
}
