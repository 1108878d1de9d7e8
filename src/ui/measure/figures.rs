//! The results of a measurement, in numbers.

use crate::engine::REPORTS_DROPS;
use crate::t;
use crate::traffic::meter::{Meter, MeterSummary, PacketRate};
use crate::ui::{UiContext, grouped, theme};
use crate::words;
use egui::{Align, FontId, Layout, RichText, Ui, vec2};

/// The width of a name, in points, and the room between columns.
const NAME: f32 = 146.0;
const GAP: f32 = 14.0;
/// The height of a figure of one line.
const ROW: f32 = 20.0;
/// In less room than this the figures stand below each other.
const WIDE: f32 = 640.0;
/// The least a value has.
const LEAST: f32 = 80.0;

/// A name, a value, and whether the value is bad news.
type Figure = (String, String, bool);

/// `refused` counts the sent packets that were reported as refused.
///
/// The columns are as wide whatever stands in them: a figure that grows moves nothing, except for
/// one that needs several lines where there is little room.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, meter: &Meter, refused: u64) {
    let width = ui.available_width();
    let mut lines = lines(cx, &meter.totals(), refused);
    let narrow = width < WIDE;
    if narrow {
        lines = lines.into_iter().flatten().map(|one| vec![one]).collect();
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, 3.0);
        for line in lines {
            let count = line.len() as f32;
            let taken = count * (NAME + 2.0 * GAP) - GAP;
            let value = ((width - taken) / count).max(LEAST);
            ui.horizontal_top(|ui| {
                for figure in line {
                    figure_ui(ui, cx, figure, value, narrow);
                }
            });
        }
    });
}

fn figure_ui(ui: &mut Ui, cx: UiContext<'_>, (name, value, bad): Figure, width: f32, wraps: bool) {
    let ink = match bad {
        true => cx.palette.error,
        false => cx.palette.text,
    };
    let name = egui::Label::new(RichText::new(name).color(cx.palette.dim));
    cell(ui, NAME, theme::body(), name.truncate());
    let value = RichText::new(value).font(theme::mono()).color(ink);
    let value = egui::Label::new(value).selectable(true);
    let value = if wraps {
        value.wrap()
    } else {
        value.truncate()
    };
    cell(ui, width, theme::mono(), value);
}

/// A label of this width and font, its first line in the middle of a row; its whole text appears
/// under the pointer.
fn cell(ui: &mut Ui, width: f32, font: FontId, label: egui::Label) {
    // A second line stands below the first.
    let layout = Layout::top_down(Align::LEFT);
    let line = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let around = ((ROW - line) / 2.0).max(0.0);
    let size = vec2(width, ROW);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.set_min_size(size);
        ui.add_space(around);
        ui.add(label);
        ui.add_space(around);
    });
}

/// The figures that stand side by side. The loss needs a line of its own.
fn lines(cx: UiContext<'_>, summary: &MeterSummary, refused: u64) -> Vec<Vec<Figure>> {
    let counts = &summary.counts;
    let loss = counts.loss().unwrap_or(0.0) * 100.0;
    // Later packets reveal a loss: without any, the loss is unknown.
    let unanswered = summary.sent.volume().records > 0 && counts.unique == 0;
    let lost = match counts.lost {
        _ if unanswered && refused > 0 => {
            t!(cx.lang, "measure.refused", count = grouped(refused))
        }
        _ if unanswered => t!(cx.lang, "measure.no_replies"),
        0 => "0".to_owned(),
        lost => t!(
            cx.lang,
            "measure.lost_of",
            lost = grouped(lost),
            percent = format!("{loss:.2}"),
            bursts = grouped(counts.bursts.count),
            longest = grouped(counts.bursts.longest)
        ),
    };
    let pending = summary.unanswered.map_or_else(words::none, grouped);
    let reordered = match counts.reordered {
        0 => "0".to_owned(),
        count => t!(
            cx.lang,
            "measure.reordered_by",
            count = grouped(count),
            extent = grouped(counts.extent.longest)
        ),
    };
    let (time, spread) = match &summary.round_trip {
        None => ("–".to_owned(), "–".to_owned()),
        Some(trip) => (
            format!(
                "{} / {}",
                micros(trip.min as f64),
                micros(trip.median as f64)
            ),
            format!("{} / {}", micros(trip.p99 as f64), micros(trip.max as f64)),
        ),
    };
    let other = summary.others.records + summary.unnumbered.records;
    let plain = |key: &str, value: String| (t!(cx.lang, key), value, false);
    let counted = |key: &str, count: u64| (t!(cx.lang, key), grouped(count), count > 0);
    let is_lost = counts.lost > 0 || unanswered;
    let jitter = summary.jitter.map_or_else(|| "–".into(), micros);
    vec![
        vec![
            plain("status.sent", pace(&summary.sent)),
            plain("status.received", pace(&summary.received)),
        ],
        vec![(t!(cx.lang, "measure.lost"), lost, is_lost)],
        vec![
            plain("measure.no_reply_yet", pending),
            counted("measure.duplicated", counts.duplicated),
        ],
        vec![
            (
                t!(cx.lang, "measure.reordered"),
                reordered,
                counts.reordered > 0,
            ),
            plain("measure.jitter", jitter),
        ],
        vec![
            plain("measure.rtt", time),
            plain("measure.rtt_tail", spread),
        ],
        vec![
            plain("measure.flows", grouped(summary.flows as u64)),
            plain("measure.unnumbered", grouped(other)),
        ],
        vec![
            match summary.dropped {
                0 if !REPORTS_DROPS => plain("measure.dropped_here", t!(cx.lang, "status.unknown")),
                dropped => counted("measure.dropped_here", dropped),
            },
            plain("measure.on_purpose", grouped(summary.on_purpose)),
        ],
    ]
}

fn pace(pace: &PacketRate) -> String {
    let count = grouped(pace.volume().records);
    match pace.packets_per_second() {
        Some(rate) => format!("{count}  {}/s", words::rate(rate)),
        None => count,
    }
}

/// Microseconds in the unit they are read best in, which is the one of the rounded number.
pub fn micros(value: f64) -> String {
    match value {
        value if value < 999.5 => format!("{value:.0} µs"),
        value if value < 999_995.0 => format!("{:.2} ms", value / 1e3),
        value => format!("{:.2} s", value / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_a_thousand_of_its_unit() {
        let shown = [0.0, 999.4, 999.6, 1_234.0, 999_994.0, 999_996.0, 75e6].map(micros);
        let expected = [
            "0 µs",
            "999 µs",
            "1.00 ms",
            "1.23 ms",
            "999.99 ms",
            "1.00 s",
            "75.00 s",
        ];
        assert_eq!(shown, expected);
    }
}
