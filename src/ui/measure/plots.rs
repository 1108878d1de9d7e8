//! The results of a measurement, in plots: the last minute, and the round trips.

use super::figures::micros;
use crate::t;
use crate::traffic::meter::{Meter, Pulse, Series};
use crate::ui::plot::{self, Dash};
use crate::ui::{UiContext, grouped, theme};
use egui::{Color32, RichText, Ui};
use egui_plot::{Bar, BarChart, GridMark, PlotPoints};

/// Seconds shown.
const SECONDS: u64 = 60;
const HEIGHT: f32 = 96.0;
/// In less room than this the plots stand below each other.
const WIDE: f32 = 480.0;

/// A curve's name, and how it is drawn.
type PlotCurve = (String, Color32, Dash);

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, meter: &Meter) {
    let second = Series::second(cx.now);
    let history: Vec<(f64, Pulse)> = meter.series().before(second, SECONDS).collect();
    if ui.available_width() < WIDE {
        way_ui(ui, cx, &history);
        trips_ui(ui, cx, meter);
        return;
    }
    ui.spacing_mut().item_spacing.x = 20.0;
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            way_ui(left, cx, &history);
            trips_ui(right, cx, meter);
        }
    });
}

/// Packets that came and packets that did not, by the second.
fn way_ui(ui: &mut Ui, cx: UiContext<'_>, history: &[(f64, Pulse)]) {
    let palette = cx.palette;
    let line = |(name, colour, dash): &PlotCurve, value: &dyn Fn(&Pulse) -> u64| {
        let points = history
            .iter()
            .map(|(ago, pulse)| [*ago, value(pulse) as f64]);
        let points: PlotPoints<'_> = points.collect();
        dash.line(name.clone(), *colour, points)
    };
    let curves: [PlotCurve; 2] = [
        (
            t!(cx.lang, "status.received"),
            palette.received,
            Dash::Solid,
        ),
        (t!(cx.lang, "measure.lost"), palette.error, Dash::Dashed),
    ];
    caption(ui, cx, &t!(cx.lang, "measure.by_second"), &curves);
    let [received, lost] = &curves;
    let lines = [
        line(received, &|pulse| pulse.received.records),
        line(lost, &|pulse| pulse.lost),
    ];
    let shown = plot::quiet("measured seconds", cx)
        .height(HEIGHT)
        .include_y(1.0)
        .include_x(-(SECONDS as f64) - 4.0)
        .include_x(4.0)
        .x_axis_formatter(|mark, _| format!("{:.0} s", mark.value))
        .x_grid_spacer(|_| marks(&[-60.0, -45.0, -30.0, -15.0, 0.0]))
        .label_formatter(|position| {
            let (egui_plot::HoverPosition::NearDataPoint { position, .. }
            | egui_plot::HoverPosition::Elsewhere { position }) = position;
            Some(grouped(position.y.max(0.0) as u64))
        })
        .show(ui, |plot| {
            lines.into_iter().for_each(|line| plot.line(line));
        });
    plot::name(&shown.response, &t!(cx.lang, "measure.by_second"));
}

/// How long round trips took, on a logarithmic scale.
fn trips_ui(ui: &mut Ui, cx: UiContext<'_>, meter: &Meter) {
    let colour = cx.palette.accent;
    let times = meter.round_trips();
    caption(ui, cx, &t!(cx.lang, "measure.histogram"), &[]);
    // Ten bars a decade: the buckets themselves are finer than a picture shows.
    let mut bars = [0_u64; 80];
    for bucket in times.buckets() {
        let place = ((bucket.from.max(1) as f64).log10() * 10.0) as usize;
        if let Some(bar) = bars.get_mut(place) {
            *bar += bucket.count;
        }
    }
    let bars: Vec<Bar> = bars
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(place, count)| {
            Bar::new(place as f64 / 10.0 + 0.05, *count as f64)
                .width(0.09)
                .fill(colour)
        })
        .collect();
    let first = bars.first().map_or(1.0, |bar| bar.argument).floor();
    let last = bars.last().map_or(4.0, |bar| bar.argument).ceil();
    let shown = plot::quiet("round trips", cx)
        .height(HEIGHT)
        .include_y(1.0)
        .include_x(first - 0.2)
        .include_x(last.max(first + 1.0) + 0.3)
        .x_axis_formatter(|mark, _| decade(mark.value))
        .x_grid_spacer(move |_| {
            let all = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
            let seen = first..=last.max(first + 1.0);
            let within = all.into_iter().filter(|mark| seen.contains(mark));
            marks(&within.collect::<Vec<f64>>())
        })
        .label_formatter(|position| {
            let (egui_plot::HoverPosition::NearDataPoint { position, .. }
            | egui_plot::HoverPosition::Elsewhere { position }) = position;
            Some(micros(10_f64.powf(position.x)))
        })
        .show(ui, |plot| {
            plot.bar_chart(BarChart::new("", bars).color(colour))
        });
    plot::name(&shown.response, &t!(cx.lang, "measure.histogram"));
}

/// A power of ten of microseconds; without decimals, so that the marks stand apart.
fn decade(exponent: f64) -> String {
    let value = 10_f64.powf(exponent).round();
    match value {
        value if value < 1e3 => format!("{value:.0} µs"),
        value if value < 1e6 => format!("{:.0} ms", value / 1e3),
        value => format!("{:.0} s", value / 1e6),
    }
}

fn caption(ui: &mut Ui, cx: UiContext<'_>, title: &str, curves: &[PlotCurve]) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let title = RichText::new(title).font(theme::small());
        ui.label(title.color(cx.palette.dim));
        for (name, colour, dash) in curves {
            dash.legend(ui, name, *colour);
        }
    });
}

fn marks(places: &[f64]) -> Vec<GridMark> {
    let mark = |place: &f64| GridMark {
        value: *place,
        step_size: 15.0,
    };
    places.iter().map(mark).collect()
}
