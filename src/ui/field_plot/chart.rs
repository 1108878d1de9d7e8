//! The picture of the curves, and what the pointer and the keys do in it.

use super::curves::{Curves, look};
use super::drawn::{ChartPoint, Drawn, DrawnKey};
use super::marks;
use super::sight::{Sight, Span};
use crate::traffic::plot::{Figures, PlotPoint};
use crate::ui::plot;
use crate::ui::{UiContext, theme};
use egui::{
    Context, EventFilter, Key, Modifiers, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2,
};
use egui_plot::{
    GridInput, Line, MarkerShape, PlotBounds, PlotPoint as Place, PlotTransform, Points,
};

/// The height of the picture, and the room that a mark along the x axis needs, in points.
const HEIGHT: f32 = 220.0;
const MARK: f32 = 90.0;
/// The width of the numbers at the side.
const SIDE: f32 = 36.0;
/// The radius of a point, and of the ring around the one at the cursor.
const POINT: f32 = 1.8;
const RING: f32 = 4.5;
/// Where there are this many pixels for a point, each is marked.
const APART: usize = 8;
/// A point this far from the pointer is not meant any more.
const NEAR: f32 = 40.0;
/// The least width and height of a part that is chosen by dragging.
const DRAGGED: Vec2 = Vec2::new(6.0, 16.0);
/// How far the wheel turns until the part in sight is e times as wide.
const WHEEL: f64 = 300.0;
/// The factor of a key that zooms.
const STEP: f64 = 0.5;
/// Microseconds of a second.
const SECOND: f64 = 1e6;

/// How the curves are shown.
#[derive(Clone, Copy)]
pub(super) struct ChartView<'a> {
    /// The accessible name.
    pub(super) title: &'a str,
    /// The x axis is time.
    pub(super) is_timed: bool,
    /// The seconds in sight; 0 for all.
    pub(super) seconds: u32,
}

/// The state of the picture.
#[derive(Debug, Default)]
pub(super) struct Chart {
    sight: Sight,
    /// Where a drag began.
    dragged: Option<Pos2>,
    cursor: Option<ChartPoint>,
    drawn: Option<Drawn>,
}

impl Chart {
    /// Forgets what was drawn; `anew` shows all of other curves.
    pub(super) fn forget(&mut self, anew: bool) {
        (self.drawn, self.cursor, self.dragged) = (None, None, None);
        if anew {
            self.sight = Sight::default();
        }
    }

    /// Whether a part is in sight that the user chose.
    pub(super) fn is_zoomed(&self) -> bool {
        self.sight.is_chosen()
    }

    /// Shows all points.
    pub(super) fn show_all(&mut self) {
        self.sight = Sight::default();
    }

    /// The point at the pointer, or the one that keys went to.
    pub(super) fn cursor(&self) -> Option<ChartPoint> {
        self.cursor
    }

    /// The figures of each curve in sight.
    pub(super) fn figures(&self) -> &[Figures] {
        self.drawn.as_ref().map_or(&[][..], Drawn::figures)
    }

    /// Shows the curves, whose points are between `all`. Returns the row to go to.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (curves, all): (&Curves, Span),
        view: ChartView<'_>,
    ) -> Option<u64> {
        let width = ui.available_width();
        let pixels = ui.ctx().pixels_per_point();
        let last = f64::from(view.seconds) * SECOND;
        let last = (view.is_timed && view.seconds > 0).then_some(last);
        let beside = match view.is_timed {
            true => SECOND / 2.0,
            false => super::sight::beside(all.0),
        };
        let across = self.sight.across(all, last, beside);
        let key = DrawnKey {
            version: curves.version(),
            across,
            up: self.sight.up,
            columns: (width * pixels).ceil().max(1.0) as usize,
            rows: (HEIGHT * pixels).ceil().max(1.0) as usize,
            is_timed: view.is_timed,
        };
        if self.drawn.as_ref().is_none_or(|drawn| *drawn.key() != key) {
            self.drawn = Some(Drawn::new(curves, key));
        }
        let drawn = self.drawn.as_ref()?;
        let up = drawn.up();
        let lines = lines(cx, drawn, view.is_timed);
        let marked = points(cx, drawn, view.is_timed);
        let mut chart = plot::quiet("fields", cx)
            .height(HEIGHT)
            .show_axes(true)
            .allow_axis_zoom_drag(false)
            .y_axis_min_width(SIDE)
            .y_grid_spacer(egui_plot::log_grid_spacer(10));
        if view.is_timed {
            let most = (width / MARK).floor().max(1.0) as usize;
            let offset = offset(cx, across.1);
            chart = chart
                .x_grid_spacer(move |input: GridInput| marks::marks(input.bounds, offset, most))
                .x_axis_formatter(move |mark, _| marks::words(cx, mark));
        }
        let shown = chart.show(ui, move |plot| {
            let bounds = PlotBounds::from_min_max([across.0, up.0], [across.1, up.1]);
            plot.set_plot_bounds(bounds);
            lines.into_iter().for_each(|line| plot.line(line));
            marked.into_iter().for_each(|points| plot.points(points));
        });
        plot::name(&shown.response, view.title);
        let (response, transform) = (shown.response, shown.transform);
        let before = (self.sight, self.cursor);
        let hovered = response.hover_pos().filter(|_| self.dragged.is_none());
        let near = hovered.and_then(|pos| nearest(drawn, &transform, pos));
        let asked = self.keys(ui, &response, (across, up));
        // A pointer that rests leaves the cursor to the keys.
        let moves =
            ui.input(|input| input.pointer.delta() != Vec2::ZERO || input.pointer.any_pressed());
        if hovered.is_some() && moves {
            self.cursor = near;
        }
        self.wheel(ui, &response, &transform, across);
        self.drag(ui, cx, &response, &transform);
        if response.double_clicked() {
            self.show_all();
        }
        if let Some(ChartPoint { curve, point }) = self.cursor {
            let place = transform.position_from_point(&Place::new(point.x, point.value));
            let (colour, _) = look(curve, cx.palette);
            let painter = ui.painter().with_clip_rect(*transform.frame());
            painter.circle_stroke(place, RING, Stroke::new(1.5, colour));
        }
        if before != (self.sight, self.cursor) {
            ui.ctx().request_repaint();
        }
        let clicked = response.clicked().then_some(self.cursor).flatten();
        asked.or(clicked.map(|clicked| clicked.point.row))
    }

    /// The wheel zooms along the x axis, and does not scroll the page.
    fn wheel(&mut self, ui: &Ui, response: &Response, transform: &PlotTransform, across: Span) {
        let pointer = response.hover_pos();
        let Some(pointer) = pointer.filter(|_| response.contains_pointer()) else {
            return;
        };
        let turned = ui.input_mut(|input| {
            let turned = input.smooth_scroll_delta.y;
            input.smooth_scroll_delta = Vec2::ZERO;
            turned
        });
        if turned != 0.0 {
            let at = transform.value_from_position(pointer).x;
            let factor = (-f64::from(turned) / WHEEL).exp();
            self.sight.zoom(across, at, factor);
        }
    }

    /// Dragging chooses the part that is in sight: a flat one only along the x axis.
    fn drag(&mut self, ui: &Ui, cx: UiContext<'_>, response: &Response, transform: &PlotTransform) {
        if response.drag_started() {
            self.dragged = ui.input(|input| input.pointer.press_origin());
        }
        let goes_on = response.dragged() || response.drag_stopped();
        self.dragged = self.dragged.filter(|_| goes_on);
        let end = ui.input(|input| input.pointer.latest_pos());
        let Some((begin, end)) = self.dragged.zip(end) else {
            return;
        };
        let frame = *transform.frame();
        let whole = Rect::from_two_pos(begin, end).intersect(frame);
        let is_flat = whole.height() < DRAGGED.y;
        let part = match is_flat {
            true => Rect::from_x_y_ranges(whole.x_range(), frame.y_range()),
            false => whole,
        };
        if !response.drag_stopped() {
            let painter = ui.painter().with_clip_rect(frame);
            let colour = cx.palette.accent;
            painter.rect(
                part,
                theme::ROUND,
                colour.gamma_multiply(0.12),
                Stroke::new(1.0, colour),
                StrokeKind::Inside,
            );
            return;
        }
        self.dragged = None;
        if part.width() < DRAGGED.x {
            return;
        }
        let low = transform.value_from_position(part.left_bottom());
        let high = transform.value_from_position(part.right_top());
        let up = (!is_flat).then_some((low.y, high.y));
        self.sight.choose(Some((low.x, high.x)), up);
    }

    /// Arrows go from point to point, Enter to the row, plus and minus zoom, and Home shows all.
    /// Returns the row to go to.
    fn keys(&mut self, ui: &Ui, response: &Response, (across, up): (Span, Span)) -> Option<u64> {
        if !response.has_focus() {
            return None;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let ctx = ui.ctx();
        let steps = presses(ctx, Key::ArrowRight) - presses(ctx, Key::ArrowLeft);
        if steps != 0
            && let Some(drawn) = &self.drawn
        {
            self.cursor = drawn.step(self.cursor, steps, (across, up));
        }
        let zooms = presses(ctx, Key::Minus) - presses(ctx, Key::Plus) - presses(ctx, Key::Equals);
        if zooms != 0 {
            let middle = (across.0 + across.1) / 2.0;
            let at = self.cursor.map_or(middle, |cursor| cursor.point.x);
            // A key that is held repeats a few times in a frame.
            let factor = STEP.powi(zooms.clamp(-20, 20).wrapping_neg());
            self.sight.zoom(across, at, factor);
        }
        if presses(ctx, Key::Home) > 0 {
            self.show_all();
        }
        let goes = presses(ctx, Key::Enter) > 0;
        self.cursor.filter(|_| goes).map(|cursor| cursor.point.row)
    }
}

/// How often a key was pressed, which nothing else sees.
fn presses(ctx: &Context, key: Key) -> i32 {
    let presses = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    i32::try_from(presses).unwrap_or(i32::MAX)
}

/// The offset of the local time from UTC at this time, in microseconds.
fn offset(cx: UiContext<'_>, time: f64) -> f64 {
    let stamp = jiff::Timestamp::from_microsecond(time as i64).ok();
    let offset = stamp.map(|stamp| cx.zone.to_offset(stamp).seconds());
    offset.map_or(0.0, |seconds| f64::from(seconds) * SECOND)
}

fn lines(cx: UiContext<'_>, drawn: &Drawn, is_timed: bool) -> Vec<Line<'static>> {
    let curves = drawn.curves().iter().enumerate().filter(|_| is_timed);
    let lines = curves.flat_map(|(place, pieces)| {
        let (colour, dash) = look(place, cx.palette);
        pieces.iter().enumerate().map(move |(piece, points)| {
            let points = points.iter().map(|point| [point.x, point.value]);
            let points: egui_plot::PlotPoints<'static> = points.collect();
            dash.line(String::new(), colour, points).id((place, piece))
        })
    });
    lines.collect()
}

/// The points that are marked: all of a field over another, and those that stand apart.
fn points(cx: UiContext<'_>, drawn: &Drawn, is_timed: bool) -> Vec<Points<'static>> {
    let most = drawn.key().columns / APART;
    let curves = drawn.curves().iter().enumerate();
    let marked = curves.filter(|(_, pieces)| {
        let count = pieces.iter().map(Vec::len).sum::<usize>();
        !is_timed || count <= most
    });
    let points = marked.map(|(place, pieces)| {
        let (colour, _) = look(place, cx.palette);
        let points = pieces.iter().flatten();
        let points = points.map(|point| [point.x, point.value]);
        let points: egui_plot::PlotPoints<'static> = points.collect();
        Points::new(String::new(), points)
            .shape(MarkerShape::Circle)
            .radius(POINT)
            .color(colour)
            .id(("points", place))
    });
    points.collect()
}

/// The drawn point that is nearest to a place on the screen.
fn nearest(drawn: &Drawn, transform: &PlotTransform, at: Pos2) -> Option<ChartPoint> {
    let distance = |point: &PlotPoint| {
        let place = transform.position_from_point(&Place::new(point.x, point.value));
        place.distance_sq(at)
    };
    let points = drawn.points();
    let apart = points.map(|point| (distance(&point.point), point));
    let nearest = apart.min_by(|one, other| one.0.total_cmp(&other.0));
    nearest
        .filter(|(distance, _)| *distance <= NEAR * NEAR)
        .map(|(_, point)| point)
}
