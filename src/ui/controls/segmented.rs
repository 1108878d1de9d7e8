//! One of a few, side by side.

use super::{group, name_group};
use crate::ui::theme::{self, Palette};
use egui::{
    Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2,
    vec2,
};

/// The room around the options, and the least between their words.
const AROUND: f32 = 3.0;
const APART: f32 = 6.0;

/// Shows `options` in a row as wide as the space there is, as a group of this name; says whether
/// another was chosen.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    options: &[(T, String)],
    palette: &Palette,
) -> bool {
    let segment = |(value, text): &(T, String)| SegmentedChoice {
        value: *value,
        text: text.clone(),
        name: text.clone(),
    };
    let segments: Vec<_> = options.iter().map(segment).collect();
    segments_ui(ui, name, value, &segments, palette)
}

/// The room in which the words of `options` stand apart, in points.
pub fn segmented_width<T>(ui: &Ui, options: &[(T, String)]) -> f32 {
    let widths = options.iter().map(|(_, text)| {
        let painter = ui.painter();
        let words = painter.layout_no_wrap(text.clone(), theme::body(), Color32::PLACEHOLDER);
        words.size().x + APART
    });
    widths.sum::<f32>() + 2.0 * AROUND
}

/// One of the options of a row with little room.
pub struct SegmentedChoice<T> {
    pub value: T,
    pub text: String,
    /// Its accessible name.
    pub name: String,
}

/// As [`segmented`] does.
pub fn segments_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    options: &[SegmentedChoice<T>],
    palette: &Palette,
) -> bool {
    let group = ui.scope(|ui| {
        name_group(ui, Role::RadioGroup, name);
        row_ui(ui, value, options, palette)
    });
    group.inner
}

fn row_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    value: &mut T,
    options: &[SegmentedChoice<T>],
    palette: &Palette,
) -> bool {
    let (rect, row) =
        ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::hover());
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        palette.field,
        Stroke::new(1.0, palette.edge),
        StrokeKind::Inside,
    );
    let inner = rect.shrink(AROUND);
    let galleys: Vec<_> = options
        .iter()
        .map(|option| {
            let text = option.text.clone();
            ui.painter()
                .layout_no_wrap(text, theme::body(), palette.dim)
        })
        .collect();
    // Wider words get more room, as in a row of flexible cells.
    let words: f32 = galleys.iter().map(|galley| galley.size().x).sum();
    let spare = (inner.width() - words).max(0.0) / options.len().max(1) as f32;
    let mut left = inner.left();
    let mut changed = false;
    let id = |name: &str| row.id.with(name);
    let before = *value;
    // The chosen one is the stop of the Tab key.
    let stop = options.iter().position(|option| option.value == before);
    for (place, (segment, galley)) in options.iter().zip(galleys).enumerate() {
        let SegmentedChoice {
            value: option,
            name,
            ..
        } = segment;
        let width = galley.size().x + spare;
        let cell = Rect::from_min_max(
            pos2(left, inner.top()),
            pos2((left + width).min(inner.right()), inner.bottom()),
        );
        left += width;
        let sense = group::sense(place == stop.unwrap_or(0));
        let response = ui.interact(cell, id(name), sense);
        let on = before == *option;
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, on, name));
        if on {
            ui.painter().rect(
                cell,
                CornerRadius::same(4),
                palette.panel,
                Stroke::new(1.0, palette.edge),
                StrokeKind::Inside,
            );
        }
        let ink = match (enabled, on || response.hovered()) {
            (true, true) => palette.text,
            (true, false) => palette.dim,
            (false, true) => palette.dim,
            (false, false) => palette.faint,
        };
        ui.painter().galley_with_override_text_color(
            cell.center() - galley.size() / 2.0,
            galley,
            ink,
        );
        if response.clicked() && !on {
            *value = *option;
            changed = true;
        }
        let moved = group::arrow(ui, response.id, place, options.len());
        if let Some(next) = moved.and_then(|next| options.get(next)) {
            *value = next.value;
            changed |= next.value != before;
            group::focus(ui, id(&next.name));
        }
    }
    changed
}
