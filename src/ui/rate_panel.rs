//! The traffic of the last minutes: records, bytes and drops for each second.

use super::plot::{self, Dash};
use super::{UiContext, grouped, size, theme};
use crate::t;
use crate::traffic::{Rates, Second};
use egui::{Color32, RichText, Ui, Vec2};
use egui_plot::{GridMark, HoverPosition, Line, PlotPoints};

/// Seconds shown.
const SECONDS: u64 = 300;
/// Three charts fit side by side in this width; and how high each is.
const WIDE: f32 = 700.0;
const HEIGHT: f32 = 110.0;

/// A line of a chart.
struct Curve<'a> {
    name: String,
    colour: Color32,
    dash: Dash,
    /// The value that it shows of a second.
    value: &'a dyn Fn(&Second) -> u64,
}

/// One of the three plots.
struct Chart<'a> {
    title: String,
    lines: Vec<Curve<'a>>,
    show: &'a dyn Fn(u64) -> String,
}

/// The page: the charts stand side by side where there is room for that.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, rates: &Rates) {
    let palette = cx.palette;
    let received = |value: &'static dyn Fn(&Second) -> u64| Curve {
        name: t!(cx.lang, "status.received"),
        colour: palette.received,
        dash: Dash::Solid,
        value,
    };
    let sent = |value: &'static dyn Fn(&Second) -> u64| Curve {
        name: t!(cx.lang, "status.sent"),
        colour: palette.sent,
        dash: Dash::Dashed,
        value,
    };
    let dropped = Curve {
        name: t!(cx.lang, "status.dropped"),
        colour: palette.error,
        dash: Dash::Solid,
        value: &|second| second.dropped,
    };
    let charts = [
        Chart {
            title: t!(cx.lang, "rates.records"),
            lines: vec![
                received(&|second| second.received.records),
                sent(&|second| second.sent.records),
            ],
            show: &grouped,
        },
        Chart {
            title: t!(cx.lang, "rates.bytes"),
            lines: vec![
                received(&|second| second.received.bytes),
                sent(&|second| second.sent.bytes),
            ],
            show: &size,
        },
        Chart {
            title: t!(cx.lang, "rates.dropped"),
            lines: vec![dropped],
            show: &grouped,
        },
    ];
    let history: Vec<(f64, Second)> = rates.before(cx.second, SECONDS).collect();
    if ui.available_width() < WIDE {
        for chart in &charts {
            chart.ui(ui, cx, &history, true);
        }
        return;
    }
    ui.spacing_mut().item_spacing.x = 24.0;
    ui.columns(charts.len(), |columns| {
        for (chart, ui) in charts.iter().zip(columns) {
            chart.ui(ui, cx, &history, false);
        }
    });
}

impl Chart<'_> {
    /// `narrow`: the title has a line of its own.
    fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, history: &[(f64, Second)], narrow: bool) {
        let mut most = 0;
        let lines: Vec<Line<'_>> = self
            .lines
            .iter()
            .map(|curve| {
                let points = history.iter().map(|(ago, second)| {
                    let value = (curve.value)(second);
                    most = most.max(value);
                    [*ago, value as f64]
                });
                let points: PlotPoints<'_> = points.collect();
                curve.dash.line(curve.name.clone(), curve.colour, points)
            })
            .collect();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(10.0, 0.0);
            let words = |ui: &mut Ui, text: String, colour| {
                ui.label(RichText::new(text).font(theme::small()).color(colour))
            };
            words(ui, self.title.clone(), cx.palette.dim);
            if narrow {
                ui.end_row();
            }
            for curve in &self.lines {
                let last = history
                    .last()
                    .map_or(0, |(_, second)| (curve.value)(second));
                let is_none = last == 0;
                let last = (self.show)(last);
                // One line alone goes by the chart's title.
                match self.lines.len() {
                    1 => {
                        let colour = match is_none {
                            true => cx.palette.dim,
                            false => curve.colour,
                        };
                        words(ui, last, colour);
                    }
                    _ => {
                        let text = format!("{} {last}", curve.name);
                        curve.dash.legend(ui, &text, curve.colour);
                    }
                }
            }
            let most = t!(cx.lang, "rates.most", most = (self.show)(most));
            words(ui, most, cx.palette.faint);
        });
        let hover = |position: &HoverPosition<'_>| {
            let (HoverPosition::NearDataPoint { position, .. }
            | HoverPosition::Elsewhere { position }) = position;
            let (at, second) = nearest(history, position.x)?;
            let of = |curve: &Curve<'_>| {
                let value = (self.show)((curve.value)(&second));
                format!("{} {value}", curve.name)
            };
            let values: Vec<String> = self.lines.iter().map(of).collect();
            Some(format!("{} · {}", values.join(" · "), ago(-at)))
        };
        let chart = plot::quiet(&self.title, cx)
            .height(HEIGHT)
            .set_margin_fraction(Vec2::new(0.0, 0.06))
            .include_x(-(SECONDS as f64))
            .include_x(0.0)
            .include_y(most.max(1) as f64)
            .x_grid_spacer(|_| minutes())
            .x_axis_formatter(|mark, _| ago(-mark.value))
            .label_formatter(hover);
        let shown = chart.show(ui, |plot| {
            lines.into_iter().for_each(|line| plot.line(line))
        });
        plot::name(&shown.response, &self.title);
    }
}

/// The second under the pointer.
fn nearest(history: &[(f64, Second)], x: f64) -> Option<(f64, Second)> {
    let distance = |(at, _): &&(f64, Second)| (at - x).abs();
    let nearest = history
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.copied()
}

/// A line a minute.
fn minutes() -> Vec<GridMark> {
    let mark = |minute| GridMark {
        value: -60.0 * f64::from(minute),
        step_size: 60.0,
    };
    (0..SECONDS as u32 / 60).map(mark).collect()
}

/// `-90` as `-1:30`.
fn ago(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match (seconds / 60, seconds % 60) {
        (0, 0) => "0".into(),
        (minutes, seconds) => format!("-{minutes}:{seconds:02}"),
    }
}
