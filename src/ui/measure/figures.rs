//! What was measured, in numbers.

use crate::say;
use crate::traffic::meter::{Meter, Pace, Summary};
use crate::ui::{Look, grouped, theme};
use crate::words;
use egui::{Grid, RichText, Ui};

/// `refused` counts what came back as refused, of everything the session sent.
pub fn ui(ui: &mut Ui, look: Look<'_>, meter: &Meter, refused: u64) {
    let summary = meter.totals();
    let rows = rows(look, &summary, refused);
    Grid::new("figures")
        .num_columns(4)
        .spacing([14.0, 3.0])
        .min_col_width(70.0)
        .show(ui, |ui| {
            for (place, (name, value, bad)) in rows.into_iter().enumerate() {
                ui.label(RichText::new(name).color(look.palette.dim));
                let ink = match bad {
                    true => look.palette.error,
                    false => look.palette.text,
                };
                let value = RichText::new(value).font(theme::mono()).color(ink);
                ui.add(egui::Label::new(value).selectable(true));
                if place % 2 == 1 {
                    ui.end_row();
                }
            }
        });
}

/// A name, a value, and whether the value is bad news.
fn rows(look: Look<'_>, summary: &Summary, refused: u64) -> Vec<(String, String, bool)> {
    let tally = &summary.tally;
    let loss = tally.loss().unwrap_or(0.0) * 100.0;
    // Loss is told by what comes behind: where nothing comes it is not known.
    let unanswered = summary.sent.volume().records > 0 && tally.unique == 0;
    let lost = match tally.lost {
        _ if unanswered && refused > 0 => {
            say!(look.lang, "measure.refused", count = grouped(refused))
        }
        _ if unanswered => say!(look.lang, "measure.no_replies"),
        0 => "0".to_owned(),
        lost => say!(
            look.lang,
            "measure.lost_of",
            lost = grouped(lost),
            percent = format!("{loss:.2}"),
            bursts = grouped(tally.bursts.count),
            longest = grouped(tally.bursts.longest)
        ),
    };
    // Those behind the last that came: they may be under way, or lost.
    let sent = summary.sent.volume().records;
    let pending = tally.missing_of(sent).saturating_sub(tally.lost);
    let reordered = match tally.reordered {
        0 => "0".to_owned(),
        count => say!(
            look.lang,
            "measure.reordered_by",
            count = grouped(count),
            extent = grouped(tally.extent.longest)
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
    vec![
        (say!(look.lang, "status.sent"), pace(&summary.sent), false),
        (
            say!(look.lang, "status.received"),
            pace(&summary.received),
            false,
        ),
        (
            say!(look.lang, "measure.lost"),
            lost,
            tally.lost > 0 || unanswered,
        ),
        (
            say!(look.lang, "measure.no_reply_yet"),
            grouped(pending),
            false,
        ),
        (
            say!(look.lang, "measure.duplicated"),
            grouped(tally.duplicated),
            tally.duplicated > 0,
        ),
        (
            say!(look.lang, "measure.reordered"),
            reordered,
            tally.reordered > 0,
        ),
        (
            say!(look.lang, "measure.jitter"),
            summary.jitter.map_or_else(|| "–".into(), micros),
            false,
        ),
        (say!(look.lang, "measure.rtt"), time, false),
        (say!(look.lang, "measure.rtt_tail"), spread, false),
        (
            say!(look.lang, "measure.flows"),
            grouped(summary.flows as u64),
            false,
        ),
        (say!(look.lang, "measure.unnumbered"), grouped(other), false),
        (
            say!(look.lang, "measure.dropped_here"),
            grouped(summary.dropped),
            summary.dropped > 0,
        ),
        (
            say!(look.lang, "measure.on_purpose"),
            grouped(summary.on_purpose),
            false,
        ),
    ]
}

fn pace(pace: &Pace) -> String {
    let count = grouped(pace.volume().records);
    match pace.packets_per_second() {
        Some(rate) => format!("{count}  {}/s", words::rate(rate)),
        None => count,
    }
}

/// Microseconds in the unit they are read best in.
pub fn micros(value: f64) -> String {
    match value {
        value if value < 1e3 => format!("{value:.0} µs"),
        value if value < 1e6 => format!("{:.2} ms", value / 1e3),
        value => format!("{:.2} s", value / 1e6),
    }
}
