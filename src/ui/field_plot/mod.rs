//! The page of the plot: numbers in messages over time, or over another field.

mod chart;
mod choice;
mod curves;
mod drawn;
mod legend;
mod marks;
mod offered;
mod sight;

use super::csv_file::{CsvFile, CsvWords};
use super::log_view::OnShow;
use super::{UiContext, controls};
use crate::capture::points::{self, SavedCurves};
use crate::disk::Existing;
use crate::jobs::{Died, Running};
use crate::plotter::Plotter;
use crate::settings::tab::PlotDraft;
use crate::traffic::plot::{PlotFields, PlotSource};
use crate::traffic::{Filter, Log, Micros, SearchHits, ViewOptions};
use crate::{explain, t};
use chart::{Chart, ChartView};
use curves::Curves;
pub use curves::MOST;
use drawn::ChartPoint;
use egui::{RichText, Ui};
use legend::Rest;
use offered::Offered;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The words for the file of the points.
const WORDS: CsvWords = CsvWords {
    path: "plot.path",
    save: "plot.save",
    saving: "plot.saving",
    saved: "plot.saved",
};

/// The rows that are plotted, and how numbers are found in them.
pub struct PlotRows<'a> {
    pub log: &'a Log,
    pub source: PlotSource,
    /// The kinds of rows that the log shows.
    pub shown: ViewOptions,
    /// The matches of a search, if it hides all other rows.
    pub found: Option<&'a SearchHits>,
}

/// The state of the page besides the draft.
#[derive(Debug, Default)]
pub struct FieldPlot {
    /// The source of the curves.
    plotted: Option<Plotted>,
    plotter: Option<Plotter>,
    failure: Option<PlotFailure>,
    curves: Curves,
    offered: Offered,
    paused: bool,
    chart: Chart,
    saving: CsvFile,
}

/// The source of curves. Curves of another source begin anew.
#[derive(Clone, Debug, PartialEq)]
struct Plotted {
    fields: PlotFields,
    by_peer: bool,
    /// Whether received and sent rows are shown.
    received: bool,
    sent: bool,
    filter: Option<SameFilter>,
}

/// A filter that equals itself alone.
#[derive(Clone, Debug)]
struct SameFilter(Arc<Filter>);

impl PartialEq for SameFilter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Plotted {
    fn is_filtered(&self) -> bool {
        self.filter.is_some() || !self.received || !self.sent
    }
}

/// Why the curves do not go on.
#[derive(Debug)]
enum PlotFailure {
    NoThread(io::Error),
    Died(Died),
}

impl FieldPlot {
    /// The rows have other numbers now: the log was cleared, or had back.
    pub fn forget_rows(&mut self) {
        self.plotted = None;
        self.offered = Offered::default();
    }

    /// Takes the points of the rows that the log has gained. `wake` is called when there are more;
    /// it must not block.
    pub fn follow(
        &mut self,
        draft: &PlotDraft,
        rows: &PlotRows<'_>,
        wake: impl Fn() + Send + 'static,
    ) {
        let plotted = Plotted {
            fields: PlotFields {
                names: draft.fields.clone(),
                across: draft.across.clone(),
                source: rows.source.clone(),
            },
            by_peer: draft.by_peer,
            received: rows.shown.received,
            sent: rows.shown.sent,
            filter: rows
                .found
                .map(|found| SameFilter(Arc::clone(found.filter()))),
        };
        if self.plotted.as_ref() != Some(&plotted) {
            self.begin(plotted, wake);
        }
        let Some(plotter) = &mut self.plotter else {
            return;
        };
        for batch in plotter.answers() {
            match batch {
                Ok(batch) => self.curves.take(&batch),
                Err(died) => self.failure = Some(PlotFailure::Died(died)),
            }
        }
        if let Some(died) = plotter.death() {
            self.failure = Some(PlotFailure::Died(died));
        }
        if !self.paused {
            plotter.follow(rows.log, rows.found, rows.shown);
        }
    }

    fn begin(&mut self, plotted: Plotted, wake: impl Fn() + Send + 'static) {
        let before = self.plotted.as_ref();
        let is_other = before.is_none_or(|before| before.fields.across != plotted.fields.across);
        self.chart.forget(is_other);
        self.curves = Curves::new(&plotted.fields.names, plotted.by_peer);
        (self.plotter, self.failure, self.paused) = (None, None, false);
        if !plotted.fields.names.is_empty() {
            match Plotter::start(plotted.fields.clone(), wake) {
                Ok(plotter) => self.plotter = Some(plotter),
                Err(error) => self.failure = Some(PlotFailure::NoThread(error)),
            }
        }
        self.plotted = Some(plotted);
    }

    /// The page. A click on a point goes to its row.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PlotDraft,
        shown: &mut OnShow<'_>,
    ) {
        let log = &shown.session.log;
        self.offered.follow(shown.view.schema.as_ref(), log);
        let before = draft.clone();
        let (paused, chart) = (&mut self.paused, &mut self.chart);
        let mut buttons = |ui: &mut Ui| buttons_ui(ui, cx, paused, chart);
        choice::ui(ui, cx, draft, &self.offered, &mut buttons);
        if *draft != before {
            // The curves begin anew before the next frame.
            ui.ctx().request_repaint();
        }
        if draft.fields.is_empty() {
            hint_ui(ui, cx, &t!(cx.lang, "plot.none"));
            return;
        }
        if let Some(failure) = &self.failure {
            let text = match failure {
                PlotFailure::NoThread(error) => {
                    let reason = explain::reason(cx.lang, error);
                    t!(cx.lang, "plot.no_thread", reason = reason)
                }
                PlotFailure::Died(died) => explain::died(cx.lang, died),
            };
            controls::error_line(ui, &text, cx.palette);
        }
        let row = match self.curves.across() {
            None => {
                hint_ui(ui, cx, &t!(cx.lang, "plot.no_values"));
                None
            }
            Some(_) if draft.large => {
                legend::large_ui(ui, cx, (&self.curves, &self.offered));
                None
            }
            Some(all) => self.curves_ui(ui, cx, draft, (log, all)),
        };
        let rest = self.rest(log);
        legend::notes_ui(ui, cx, &self.curves, &rest);
        ui.separator();
        let curves = || {
            let curves = SavedCurves {
                curves: self.curves.saved(),
                across: draft.across.clone(),
                zone: cx.zone.clone(),
            };
            move |file: (&Path, Existing), job: &Running| points::save(&curves, file, job)
        };
        self.saving.ui(ui, cx, WORDS, curves);
        if let Some(row) = row {
            shown.go_to(row);
        }
    }

    /// The picture, the point at the cursor, and the legend. Returns the row to go to.
    fn curves_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &PlotDraft,
        (log, all): (&Log, (f64, f64)),
    ) -> Option<u64> {
        let title = t!(cx.lang, "plot.title", fields = draft.fields.join(", "));
        let view = ChartView {
            title: &title,
            is_timed: draft.across.is_none(),
            seconds: draft.seconds,
        };
        let row = self.chart.ui(ui, cx, (&self.curves, all), view);
        let known = (&self.curves, &self.offered);
        let time = |at: ChartPoint| match view.is_timed {
            true => Some(at.point.x as Micros),
            false => log.get(at.point.row).map(|record| record.time),
        };
        let at = self.chart.cursor().map(|at| (at, time(at)));
        legend::cursor_ui(ui, cx, known, at, draft.across.as_deref());
        legend::ui(ui, cx, known, self.chart.figures());
        row
    }

    fn rest(&self, log: &Log) -> Rest {
        let plotter = self.plotter.as_ref();
        // A few rows are always on their way.
        let behind = plotter.map_or(0, |plotter| plotter.behind(log));
        let waits = self.paused || behind > 10_000;
        Rest {
            gone: plotter.map_or(0, Plotter::gone),
            behind: if waits { behind } else { 0 },
            is_filtered: self.plotted.as_ref().is_some_and(Plotted::is_filtered),
        }
    }
}

/// The buttons that stop the plot, and end a zoom.
fn buttons_ui(ui: &mut Ui, cx: UiContext<'_>, paused: &mut bool, chart: &mut Chart) {
    let name = match paused {
        true => t!(cx.lang, "plot.resume"),
        false => t!(cx.lang, "plot.pause"),
    };
    if controls::small(ui, &name, &name).clicked() {
        *paused = !*paused;
        ui.ctx().request_repaint();
    }
    let name = t!(cx.lang, "plot.show_all");
    let button = controls::small_if(ui, chart.is_zoomed(), &name, &name);
    if controls::unusable(ui, button, &t!(cx.lang, "plot.shows_all")).clicked() {
        chart.show_all();
    }
}

fn hint_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let hint = RichText::new(text).color(cx.palette.dim);
    ui.add(egui::Label::new(hint).wrap());
}
