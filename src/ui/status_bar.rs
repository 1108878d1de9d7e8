//! The connection's state and the counters.

use super::controls::{self, Lamp};
use super::{Action, UiContext, grouped, size, sparkline};
use crate::engine::REPORTS_DROPS;
use crate::session::{Session, SessionRole, SessionState};
use crate::settings::dock::Page;
use crate::traffic::{Totals, Volume};
use crate::{explain, t};
use egui::accesskit::{Live, Role as Accessible};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Layout, Ui, vec2};

/// The room that the line of the rates needs too.
const WIDE: f32 = 1000.0;
const GAP: f32 = 16.0;
/// Seconds between two announcements of received messages.
const PAUSE: u64 = 5;
/// The sign of the state with the gap behind it.
const DOT: f32 = 14.0;
/// The most that a long address takes from the figures.
const STATE: f32 = 260.0;

/// The content of the bar besides the session.
pub struct StatusContent {
    /// Whether the session, or the next one, has streams.
    pub is_stream: bool,
    /// Lines that the log shows, and whether they are messages rather than rows.
    pub shown: u64,
    pub by_message: bool,
    /// The memory budget of the log, in MiB.
    pub budget_mib: usize,
    /// Whether a file or an earlier log is being read.
    pub is_reading: bool,
    /// Whether it shows a file.
    pub is_file: bool,
}

pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    content: &StatusContent,
) -> Option<Action> {
    let mut action = None;
    controls::name_group(ui, Accessible::Status, &t!(cx.lang, "regions.status"));
    announce(ui, cx, session);
    ui.spacing_mut().item_spacing.x = GAP;
    let narrow = ui.available_width() < WIDE;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let reset = t!(cx.lang, "status.reset");
        if controls::small(ui, &reset, &reset)
            .on_hover_text(t!(cx.lang, "status.reset_hint"))
            .clicked()
        {
            action = Some(Action::ResetCounters);
        }
        if sparkline::ui(ui, cx, &session.rates, cx.second, !narrow) {
            action = Some(Action::TogglePage(Page::Rates));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            left_ui(ui, cx, session, content);
        });
    });
    action
}

/// Announces to screen readers how much arrived, and why the session did not open, or ended.
fn announce(ui: &Ui, cx: UiContext<'_>, session: &Session) {
    let received = session.totals.received.records;
    let id = ui.scope_id().with("arrived");
    let mut last: Arrived = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    // The counters may have been reset.
    last.total = last.total.min(received);
    let is_due = last.count == 0 || cx.second >= last.second + PAUSE;
    if received > last.total && is_due {
        last = Arrived {
            second: cx.second,
            total: received,
            count: received - last.total,
        };
    }
    ui.data_mut(|data| data.insert_temp(id, last));
    if last.count > 0 {
        let text = t!(cx.lang, "status.arrived", count = grouped(last.count));
        controls::announce(ui.ctx(), "arrived", &text, Live::Polite);
    }
    if let Some(failure) = session.failure() {
        let text = explain::failure(cx.lang, failure).line(cx.lang);
        controls::announce(ui.ctx(), "failure", &text, Live::Assertive);
    }
}

/// The last announcement of received messages to screen readers.
#[derive(Clone, Copy, Default)]
struct Arrived {
    second: u64,
    /// Messages that the session had received by then.
    total: u64,
    /// How many of them were new.
    count: u64,
}

/// The state, and as many of the figures as there is room for.
fn left_ui(ui: &mut Ui, cx: UiContext<'_>, session: &Session, content: &StatusContent) {
    let (lamp, text) = match (content.is_reading, content.is_file) {
        (true, _) => (Lamp::Opening, t!(cx.lang, "status.reading")),
        (false, true) => (Lamp::Closed, t!(cx.lang, "status.file")),
        (false, false) => state(cx, session),
    };
    let text = words(&[(&text, cx.palette.text)]);
    let width = |words: &LayoutJob| ui.painter().layout_job(words.clone()).size().x;
    let mut room = ui.available_width() - DOT - width(&text).min(STATE);
    let mut items = items(cx, session, content);
    let mut ranks: Vec<u8> = items.iter().map(|item| item.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    // The most important entries get their width first; the bar shows them in their own order.
    for rank in ranks {
        for item in items.iter_mut().filter(|item| item.rank == rank) {
            let needed = width(&item.words) + GAP;
            item.fits = needed <= room;
            room -= if item.fits { needed } else { 0.0 };
        }
    }
    // The state takes the remaining width.
    let state = DOT + width(&text).min(STATE) + room.max(0.0);
    let size = vec2(state.min(DOT + width(&text)), ui.available_height());
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        lamp.ui(ui, cx.palette);
        let state = ui.add(egui::Label::new(text).truncate());
        controls::announced(ui, state, Live::Polite);
    });
    for item in items.into_iter().filter(|item| item.fits) {
        let label = ui.add(egui::Label::new(item.words).extend());
        if let Some(hint) = item.hint {
            label.on_hover_text(hint);
        }
    }
}

/// A figure of the bar.
struct StatusFigure {
    words: LayoutJob,
    hint: Option<String>,
    /// 0 for the most important entry.
    rank: u8,
    fits: bool,
}

impl StatusFigure {
    fn new(parts: &[(&str, Color32)], hint: Option<String>, rank: u8) -> Self {
        let fits = false;
        Self {
            words: words(parts),
            hint,
            rank,
            fits,
        }
    }
}

fn items(cx: UiContext<'_>, session: &Session, content: &StatusContent) -> Vec<StatusFigure> {
    let (lang, palette, totals) = (cx.lang, cx.palette, session.totals);
    let shown = (
        format!("{} ", t!(lang, "status.shown")),
        match content.by_message {
            true => t!(lang, "status.lines", count = grouped(content.shown)),
            false => grouped(content.shown),
        },
        format!(
            " / {}",
            t!(
                lang,
                "status.rows",
                count = grouped(session.log.count().rows())
            )
        ),
    );
    let shown = [
        (shown.0.as_str(), palette.dim),
        (shown.1.as_str(), palette.text),
        (shown.2.as_str(), palette.dim),
    ];
    let mut items = vec![
        StatusFigure::new(&shown, None, 0),
        volume(cx, "status.received", totals.received),
        volume(cx, "status.sent", totals.sent),
    ];
    if !content.is_stream || totals.dropped > 0 {
        items.push(dropped(cx, totals));
    }
    let waited = format!("{:.1}", totals.waited.as_secs_f64());
    let truncated = t!(lang, "status.truncated_hint");
    // TCP loses nothing: it retransmits lost segments.
    if !content.is_stream || totals.truncated > 0 {
        let count = (totals.truncated, palette.error);
        items.push(loss(cx, "status.truncated", truncated, count));
    }
    if totals.unqueued.records > 0 {
        let bytes = size(totals.unqueued.bytes);
        let hint = t!(lang, "status.unqueued_hint", bytes = bytes);
        let count = (totals.unqueued.records, palette.error);
        items.push(loss(cx, "status.unqueued", hint, count));
    }
    let waits = t!(lang, "status.waits_hint", seconds = waited);
    items.push(loss(
        cx,
        "status.waits",
        waits,
        (totals.waits, palette.error),
    ));
    let trimmed = t!(lang, "status.trimmed_hint", budget = content.budget_mib);
    items.push(loss(
        cx,
        "status.trimmed",
        trimmed,
        (totals.trimmed, palette.text),
    ));
    items
}

fn volume(cx: UiContext<'_>, key: &str, volume: Volume) -> StatusFigure {
    let palette = cx.palette;
    let name = format!("{} ", t!(cx.lang, key));
    let (records, bytes) = (
        grouped(volume.records),
        format!(" · {}", size(volume.bytes)),
    );
    let parts = [
        (name.as_str(), palette.dim),
        (records.as_str(), palette.text),
        (bytes.as_str(), palette.dim),
    ];
    StatusFigure::new(&parts, None, 2)
}

fn dropped(cx: UiContext<'_>, totals: Totals) -> StatusFigure {
    let palette = cx.palette;
    let name = format!("{} ", t!(cx.lang, "status.dropped"));
    let hint = t!(cx.lang, "status.dropped_hint");
    let (text, ink, hint) = if totals.known_drops(REPORTS_DROPS).is_none() {
        let hint = t!(cx.lang, "status.unknown_hint");
        (t!(cx.lang, "status.unknown"), palette.dim, hint)
    } else if totals.dropped_at_least {
        let hint = t!(cx.lang, "status.dropped_at_least_hint");
        let text = format!("≥ {}", grouped(totals.dropped));
        (text, palette.error, hint)
    } else if totals.dropped > 0 {
        (grouped(totals.dropped), palette.error, hint)
    } else {
        ("0".to_owned(), palette.text, hint)
    };
    let parts = [(name.as_str(), palette.dim), (text.as_str(), ink)];
    StatusFigure::new(&parts, Some(hint), 1)
}

/// A count that stands out in this colour when it is not 0, and is left out last then.
fn loss(cx: UiContext<'_>, key: &str, hint: String, (count, ink): (u64, Color32)) -> StatusFigure {
    let palette = cx.palette;
    let (ink, rank) = match count {
        0 => (palette.text, 3),
        _ => (ink, 0),
    };
    let name = format!("{} ", t!(cx.lang, key));
    let count = grouped(count);
    let parts = [(name.as_str(), palette.dim), (count.as_str(), ink)];
    StatusFigure::new(&parts, Some(hint), rank)
}

fn words(parts: &[(&str, Color32)]) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (text, colour) in parts {
        let format = TextFormat::simple(super::theme::small(), *colour);
        job.append(text, 0.0, format);
    }
    job
}

fn state(cx: UiContext<'_>, session: &Session) -> (Lamp, String) {
    let local = session
        .local()
        .map(|local| cx.interfaces.show(local))
        .unwrap_or_default();
    let kind = session.kind();
    match session.state() {
        SessionState::Closed => (Lamp::Closed, t!(cx.lang, "status.closed")),
        SessionState::Opening => (Lamp::Opening, t!(cx.lang, "status.opening")),
        SessionState::Closing => (Lamp::Closed, t!(cx.lang, "network.closing")),
        SessionState::Open if !kind.is_stream() => {
            (Lamp::Open, t!(cx.lang, "status.bound", local = local))
        }
        SessionState::Open if kind.role() != SessionRole::Client => {
            (Lamp::Open, t!(cx.lang, "status.listening", local = local))
        }
        SessionState::Open => {
            let remote = session
                .remote()
                .map(|remote| remote.shown(cx.interfaces))
                .unwrap_or_default();
            (Lamp::Open, t!(cx.lang, "status.connected", remote = remote))
        }
    }
}
