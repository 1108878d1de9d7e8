//! The common look of all plots.

use super::{UiContext, theme};
use egui::{
    Color32, Response, RichText, Sense, Shape, Stroke, Ui, Vec2b, WidgetInfo, accesskit::Role,
    pos2, vec2,
};
use egui_plot::{Line, LineStyle, Plot, PlotPoints};

/// The width of a curve, and the length of its dashes, in points.
const WIDTH: f32 = 1.5;
const DASH: f32 = 5.0;

/// The identity of a curve in a plot: each has a dash besides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    Solid,
    Dashed,
}

impl Dash {
    /// A curve drawn in this way.
    pub fn line(self, name: String, colour: Color32, points: PlotPoints<'_>) -> Line<'_> {
        let style = match self {
            Self::Solid => LineStyle::Solid,
            Self::Dashed => LineStyle::Dashed { length: DASH },
        };
        Line::new(name, points)
            .color(colour)
            .width(WIDTH)
            .style(style)
            // A band joins what is seen in several columns of pixels, across gaps without points, too.
            .allow_band(false)
    }

    /// The words of the legend behind a piece of the curve.
    pub fn legend(self, ui: &mut Ui, words: &str, colour: Color32) {
        // Nearer to its own words than to those of other curves.
        let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 4.0);
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, 14.0), Sense::hover());
        let stroke = Stroke::new(WIDTH, colour);
        let ends = [rect.left(), rect.right()].map(|x| pos2(x, rect.center().y));
        match self {
            Self::Solid => {
                ui.painter().line_segment(ends, stroke);
            }
            Self::Dashed => {
                let dashes = Shape::dashed_line(&ends, stroke, DASH, DASH * 0.6);
                ui.painter().extend(dashes);
            }
        }
        ui.spacing_mut().item_spacing.x = gap;
        ui.label(RichText::new(words).font(theme::small()).color(colour));
    }
}

/// A plot from 0 up that shows no values at its side and cannot be moved.
pub fn quiet<'a>(name: &str, cx: UiContext<'_>) -> Plot<'a> {
    Plot::new(name)
        .include_y(0.0)
        .show_axes(Vec2b::new(true, false))
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

/// Describes the content of a plot for screen readers.
pub fn name(plot: &Response, title: &str) {
    plot.widget_info(|| WidgetInfo::labeled(Role::Image, true, title));
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Context, RawInput};

    fn has_band(shape: &Shape) -> bool {
        match shape {
            Shape::Vec(shapes) => shapes.iter().any(has_band),
            shape => matches!(shape, Shape::Band(_)),
        }
    }

    #[test]
    fn a_gap_between_many_points_is_crossed_by_a_line() {
        // Many points in a column of pixels, then none, then many in a column again.
        let dense = |from: f64| (0..20_u8).map(move |at| [from + f64::from(at), f64::from(at % 3)]);
        let points: Vec<[f64; 2]> = dense(0.0).chain(dense(1e6)).collect();
        let ctx = Context::default();
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            Plot::new("gap").show(ui, |plot| {
                let line = Dash::Solid.line(String::new(), Color32::RED, points.clone().into());
                plot.line(line);
            });
        });
        let mut lines = output.shapes.iter().map(|clipped| &clipped.shape);
        assert!(!lines.clone().any(has_band), "no area");
        let is_line = |shape: &Shape| matches!(shape, Shape::Path(path) if path.points.len() > 2);
        assert!(lines.any(is_line), "the line is drawn");
        output.textures_delta.clear();
    }
}
