//! The curves in words: the last values, figures of the points in sight, the point at the cursor,
//! and counts of values that are not plotted.

use super::curves::{Curve, Curves, MOST, look};
use super::drawn::ChartPoint;
use super::offered::Offered;
use crate::schema::Number;
use crate::settings::columns::TimeFormat;
use crate::t;
use crate::traffic::Micros;
use crate::traffic::plot::Figures;
use crate::ui::{UiContext, controls, grouped, theme};
use crate::words;
use egui::accesskit::Live;
use egui::{Label, RichText, Ui, vec2};

/// The size of the last values in large type, and of their names.
const LARGE: f32 = 44.0;
const NAME: f32 = 16.0;
/// The room between two of them.
const APART: f32 = 28.0;
/// The height of the line of the cursor.
const LINE: f32 = 18.0;

/// Each curve with its last value, and its figures in sight.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (curves, offered): (&Curves, &Offered),
    figures: &[Figures],
) {
    for (place, curve) in curves.iter().enumerate() {
        let (colour, dash) = look(place, cx.palette);
        let text = format!("{}  {}", curve.name(), last(curve, offered));
        ui.horizontal_wrapped(|ui| dash.legend(ui, &text, colour));
        let Some(figures) = figures.get(place).filter(|known| known.count() > 0) else {
            continue;
        };
        let value = |value: Option<f64>| value.map_or_else(words::none, short);
        let text = t!(
            cx.lang,
            "plot.figures",
            min = value(figures.min()),
            mean = value(figures.mean()),
            max = value(figures.max()),
            last = value(figures.last()),
            count = grouped(figures.count())
        );
        dim(ui, cx, text);
    }
}

/// The last value of each curve in large type, as many side by side as there is room for.
pub(super) fn large_ui(ui: &mut Ui, cx: UiContext<'_>, (curves, offered): (&Curves, &Offered)) {
    let room = ui.available_width();
    let values: Vec<String> = curves.iter().map(|curve| last(curve, offered)).collect();
    let widths = values.iter().map(|value| {
        let font = theme::bold(LARGE);
        let painter = ui.painter();
        let shape = painter.layout_no_wrap(value.clone(), font, cx.palette.text);
        shape.size().x
    });
    let widest = widths.fold(1.0, f32::max).ceil();
    // A value that has no room in a line of its own is smaller.
    let size = LARGE * (room / widest).min(1.0);
    let columns = ((room + APART) / (widest + APART)).floor().max(1.0) as usize;
    let width = widest.min(room);
    let all: Vec<_> = curves.iter().zip(values).enumerate().collect();
    for line in all.chunks(columns) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = APART;
            for (place, (curve, value)) in line {
                let (colour, _) = look(*place, cx.palette);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let name = RichText::new(curve.name()).font(theme::bold(NAME));
                    ui.add(Label::new(name.color(cx.palette.dim)).truncate());
                    let value = RichText::new(value).font(theme::bold(size));
                    ui.add(Label::new(value.color(colour)).extend());
                });
            }
        });
    }
}

/// The point at the cursor, or how to use the picture. `time` is that of its row.
pub(super) fn cursor_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (curves, offered): (&Curves, &Offered),
    at: Option<(ChartPoint, Option<Micros>)>,
    across: Option<&str>,
) {
    let known = at.and_then(|(at, time)| Some((curves.iter().nth(at.curve)?, at.point, time)));
    let text = match known {
        None => t!(cx.lang, "plot.hint"),
        Some((curve, point, time)) => {
            let time = time.map(|time| cx.time(time, TimeFormat::Micros));
            let value = valued(point.value, offered.unit(&curve.field));
            let value = format!("{} {value}", curve.name());
            let value = match across {
                Some(across) => {
                    let x = valued(point.x, offered.unit(across));
                    format!("{value} · {across} {x}")
                }
                None => value,
            };
            t!(
                cx.lang,
                "plot.at",
                value = value,
                time = time.unwrap_or_else(words::none),
                row = grouped(point.row.saturating_add(1))
            )
        }
    };
    // The room of two lines stays, so that nothing moves.
    let size = vec2(ui.available_width(), 2.0 * LINE);
    let layout = egui::Layout::top_down(egui::Align::Min);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        let text = RichText::new(text).font(theme::small());
        let label = ui.add(Label::new(text.color(cx.palette.dim)).wrap());
        controls::announced(ui, label, Live::Polite);
    });
}

/// Counts of values that are not plotted, with the reasons.
pub(super) fn notes_ui(ui: &mut Ui, cx: UiContext<'_>, curves: &Curves, rest: &Rest) {
    let counted = [
        ("plot.faulty", curves.faulty()),
        ("plot.left_out", curves.left_out()),
        ("plot.dropped", curves.dropped()),
        ("plot.gone", curves.unread().saturating_add(rest.gone)),
        ("plot.behind", rest.behind),
    ];
    for (key, count) in counted.into_iter().filter(|(_, count)| *count > 0) {
        let text = match key {
            "plot.left_out" => t!(
                cx.lang,
                "plot.left_out",
                count = grouped(count),
                most = MOST
            ),
            key => t!(cx.lang, key, count = grouped(count)),
        };
        dim(ui, cx, text);
    }
    if rest.is_filtered {
        dim(ui, cx, t!(cx.lang, "plot.filtered"));
    }
}

/// Rows of the log that the curves do not have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rest {
    /// Rows that left the log before they were read, and rows that are still to be read.
    pub(super) gone: u64,
    pub(super) behind: u64,
    /// The filter or the switches hide rows.
    pub(super) is_filtered: bool,
}

fn dim(ui: &mut Ui, cx: UiContext<'_>, text: String) {
    let text = RichText::new(text).font(theme::small());
    ui.add(Label::new(text.color(cx.palette.dim)).wrap());
}

/// The last value of a curve with its unit.
fn last(curve: &Curve, offered: &Offered) -> String {
    let value = curve.series.last().map(|point| point.value);
    let unit = offered.unit(&curve.field);
    value.map_or_else(words::none, |value| valued(value, unit))
}

fn valued(value: f64, unit: Option<&str>) -> String {
    let value = Number::Real(value);
    match unit {
        Some(unit) => format!("{value} {unit}"),
        None => value.to_string(),
    }
}

/// Seven digits of a number: a mean has more than are meant.
fn short(value: f64) -> String {
    let rounded = format!("{value:.6e}").parse().unwrap_or(value);
    Number::Real(rounded).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_no_digits_that_say_nothing() {
        assert_eq!(short(1.0 / 3.0), "0.3333333");
        assert_eq!(short(23.5), "23.5");
        assert_eq!(short(1_234_567.0), "1234567");
        assert_eq!(valued(0.1, Some("V")), "0.1 V");
    }
}
