//! The numbers that the kernel tells of a connection.

use super::sampler::SampleFailure;
use super::words;
use crate::engine::evidence::{ConnectionFacts, Unseen};
use crate::explain::doctor::words::{AskedFrom, unseen};
use crate::session::life::KernelView;
use crate::ui::measure::micros;
use crate::ui::{UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::{Label, RichText, Ui};

/// Shows the numbers of the last sample, or why there are none.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    view: Option<&KernelView>,
    (reason, failure): (Option<&Unseen>, Option<&SampleFailure>),
) {
    if let Some(failure) = failure {
        let text = match failure {
            SampleFailure::NoThread(error) => {
                let reason = explain::reason(cx.lang, error);
                t!(cx.lang, "life.no_thread", reason = reason)
            }
            SampleFailure::Died(died) => explain::died(cx.lang, died),
        };
        controls::error_line(ui, &text, cx.palette);
    }
    let facts = view.and_then(|view| view.facts.as_ref());
    let waiting = view.and_then(|view| view.waiting);
    let text = match (facts, waiting, reason) {
        (Some(facts), ..) => listed(cx, facts),
        (None, Some(waiting), _) => {
            let seconds = grouped(u64::from(waiting.left_ms.div_ceil(1_000)));
            let state = words::state(waiting.state);
            t!(cx.lang, "life.waiting", state = state, seconds = seconds)
        }
        (None, None, Some(reason)) => unseen(cx.lang, reason, AskedFrom::Window).why,
        (None, None, None) => t!(cx.lang, "life.not_in_kernel"),
    };
    let ink = match facts {
        Some(_) => cx.palette.text,
        None => cx.palette.dim,
    };
    let text = RichText::new(text).font(theme::body()).color(ink);
    ui.add(Label::new(text).wrap().selectable(true));
}

fn listed(cx: UiContext<'_>, facts: &ConnectionFacts) -> String {
    let mut parts = vec![
        words::state(facts.state),
        t!(
            cx.lang,
            "life.rtt",
            rtt = micros(f64::from(facts.rtt_us)),
            deviation = micros(f64::from(facts.rtt_deviation_us))
        ),
        t!(
            cx.lang,
            "life.retransmissions",
            count = grouped(u64::from(facts.total_retransmits))
        ),
        t!(
            cx.lang,
            "life.congestion",
            segments = grouped(u64::from(facts.congestion_window)),
            mss = grouped(u64::from(facts.mss))
        ),
    ];
    if let (Some(unacknowledged), Some(unsent)) = (facts.unacknowledged(), facts.unsent) {
        parts.push(t!(
            cx.lang,
            "life.queued",
            unacknowledged = grouped(unacknowledged),
            unsent = grouped(unsent)
        ));
    }
    if let Some(window) = facts.window {
        parts.push(t!(cx.lang, "life.window", bytes = grouped(window)));
    }
    if facts.unread > 0 {
        parts.push(t!(cx.lang, "life.unread", bytes = grouped(facts.unread)));
    }
    parts.join(" · ")
}
