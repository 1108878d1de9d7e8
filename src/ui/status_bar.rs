//! The connection's state and the counters.

use super::{Action, Look, controls, grouped, size, sparkline};
use crate::say;
use crate::session::{Role, Session, SessionState};
use crate::settings::dock::Page;
use crate::traffic::{Totals, Volume};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Layout, Ui};

/// The room all of it needs.
const WIDE: f32 = 1000.0;

/// `is_stream` says whether the session, or the next one, has streams.
pub fn ui(
    ui: &mut Ui,
    look: Look<'_>,
    session: &Session,
    is_stream: bool,
    budget_mib: usize,
) -> Option<Action> {
    let mut action = None;
    let palette = look.palette;
    ui.spacing_mut().item_spacing.x = 16.0;
    let narrow = ui.available_width() < WIDE;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let reset = say!(look.lang, "status.reset");
        if controls::small(ui, &reset, &reset)
            .on_hover_text(say!(look.lang, "status.reset_hint"))
            .clicked()
        {
            action = Some(Action::ResetCounters);
        }
        if sparkline::ui(ui, look, &session.rates, look.second, !narrow) {
            action = Some(Action::TogglePage(Page::Rates));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (colour, text) = state(look, session);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                controls::dot(ui, colour);
                words(ui, &[(&text, palette.text)]);
            });
            volume(ui, look, "status.received", session.totals.received);
            volume(ui, look, "status.sent", session.totals.sent);
            losses_ui(ui, look, session.totals, (!is_stream, narrow), budget_mib);
        });
    });
    action
}

fn volume(ui: &mut Ui, look: Look<'_>, key: &str, volume: Volume) {
    let palette = look.palette;
    let name = format!("{} ", say!(look.lang, key));
    let bytes = format!(" · {}", size(volume.bytes));
    words(
        ui,
        &[
            (&name, palette.dim),
            (&grouped(volume.records), palette.text),
            (&bytes, palette.dim),
        ],
    );
}

/// What was lost, cut, waited for and let go. Where there is little room, only what there
/// was. TCP loses nothing: what is lost on the way is sent again.
fn losses_ui(
    ui: &mut Ui,
    look: Look<'_>,
    totals: Totals,
    (is_udp, narrow): (bool, bool),
    budget_mib: usize,
) {
    let waited = format!("{:.1}", totals.waited.as_secs_f64());
    let losses = [
        (
            "status.truncated",
            say!(look.lang, "status.truncated_hint"),
            totals.truncated,
            look.palette.error,
        ),
        (
            "status.waits",
            say!(look.lang, "status.waits_hint", seconds = waited),
            totals.waits,
            look.palette.error,
        ),
        (
            "status.evicted",
            say!(look.lang, "status.evicted_hint", budget = budget_mib),
            totals.evicted,
            look.palette.text,
        ),
    ];
    if is_udp || totals.dropped > 0 {
        dropped_ui(ui, look, totals);
    }
    for (key, hint, count, ink) in losses {
        let concerns = is_udp || key != "status.truncated";
        if count > 0 || !narrow && concerns {
            loss(ui, look, key, &hint, count, ink);
        }
    }
}

fn dropped_ui(ui: &mut Ui, look: Look<'_>, totals: Totals) {
    let palette = look.palette;
    let name = format!("{} ", say!(look.lang, "status.dropped"));
    let (text, ink, hint) = if cfg!(not(target_os = "linux")) {
        let hint = say!(look.lang, "status.unknown_hint");
        (say!(look.lang, "status.unknown"), palette.dim, hint)
    } else if totals.dropped_at_least {
        let hint = say!(look.lang, "status.dropped_at_least_hint");
        (
            format!("≥ {}", grouped(totals.dropped)),
            palette.error,
            hint,
        )
    } else if totals.dropped > 0 {
        let hint = say!(look.lang, "status.dropped_hint");
        (grouped(totals.dropped), palette.error, hint)
    } else {
        (
            "0".to_owned(),
            palette.text,
            say!(look.lang, "status.dropped_hint"),
        )
    };
    words(ui, &[(&name, palette.dim), (&text, ink)]).on_hover_text(hint);
}

/// A count that stands out in this colour when it is not 0.
fn loss(ui: &mut Ui, look: Look<'_>, key: &str, hint: &str, count: u64, ink: Color32) {
    let palette = look.palette;
    let ink = if count == 0 { palette.text } else { ink };
    let name = format!("{} ", say!(look.lang, key));
    words(ui, &[(&name, palette.dim), (&grouped(count), ink)]).on_hover_text(hint);
}

fn words(ui: &mut Ui, parts: &[(&str, Color32)]) -> egui::Response {
    let mut job = LayoutJob::default();
    for (text, colour) in parts {
        job.append(
            text,
            0.0,
            TextFormat::simple(super::theme::small(), *colour),
        );
    }
    ui.add(egui::Label::new(job).extend())
}

fn state(look: Look<'_>, session: &Session) -> (Color32, String) {
    let palette = look.palette;
    let local = session
        .local()
        .map(|local| look.interfaces.show(local))
        .unwrap_or_default();
    let kind = session.kind();
    match session.state() {
        SessionState::Closed => (palette.faint, say!(look.lang, "status.closed")),
        SessionState::Opening => (palette.event, say!(look.lang, "status.opening")),
        SessionState::Closing => (palette.faint, say!(look.lang, "network.closing")),
        SessionState::Open if !kind.is_stream() => {
            (palette.ok, say!(look.lang, "status.bound", local = local))
        }
        SessionState::Open if kind.role() != Role::Client => (
            palette.ok,
            say!(look.lang, "status.listening", local = local),
        ),
        SessionState::Open => {
            let remote = session
                .remote()
                .map(ToString::to_string)
                .unwrap_or_default();
            (
                palette.ok,
                say!(look.lang, "status.connected", remote = remote),
            )
        }
    }
}
