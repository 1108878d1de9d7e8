//! The events of a connection in words.

use crate::session::life::{Basis, ConnectionLife, DataSpan, LifeEvent, LifeStep};
use crate::ui::{UiContext, grouped};
use crate::{explain, t};

/// Names of the kernel's states by their numbers, from 1 (tcp_states.h; RFC 9293 §3.3.2).
const STATES: [&str; 12] = [
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV",
];

/// The name of a state of the kernel, or its number.
pub(super) fn state(number: u8) -> String {
    let place = usize::from(number).checked_sub(1);
    let name = place.and_then(|place| STATES.get(place));
    name.map_or_else(|| number.to_string(), |name| (*name).to_owned())
}

/// What happened.
pub(super) fn step(cx: UiContext<'_>, step: &LifeStep) -> String {
    match step {
        LifeStep::Connecting => t!(cx.lang, "life.step.connecting"),
        LifeStep::Handshake { by_us: true } => t!(cx.lang, "life.step.handshake_ours"),
        LifeStep::Handshake { by_us: false } => t!(cx.lang, "life.step.handshake_theirs"),
        LifeStep::SynAnswered => t!(cx.lang, "life.step.syn_answered"),
        LifeStep::Established => t!(cx.lang, "life.step.established"),
        LifeStep::Failed(failure) => explain::failure(cx.lang, failure).what_and_why(cx.lang),
        LifeStep::Refused => t!(cx.lang, "life.step.refused"),
        LifeStep::Cancelled => t!(cx.lang, "life.step.cancelled"),
        LifeStep::Data(span) => data(cx, span),
        LifeStep::NotCaptured { inward, bytes } => {
            let key = match inward {
                true => "life.step.not_captured_in",
                false => "life.step.not_captured_out",
            };
            t!(cx.lang, key, bytes = grouped(*bytes))
        }
        LifeStep::WindowClosed { window } => {
            t!(
                cx.lang,
                "life.step.window_closed",
                window = grouped(*window)
            )
        }
        LifeStep::WindowOpened { window } => {
            t!(
                cx.lang,
                "life.step.window_opened",
                window = grouped(*window)
            )
        }
        LifeStep::Retransmitted { count, total } => t!(
            cx.lang,
            "life.step.retransmitted",
            total = grouped(u64::from(*total)),
            count = grouped(u64::from(*count))
        ),
        LifeStep::State(number) => t!(cx.lang, "life.step.state", name = state(*number)),
        LifeStep::OurFin => t!(cx.lang, "life.step.our_fin"),
        LifeStep::PeerFin => t!(cx.lang, "life.step.peer_fin"),
        LifeStep::OurReset { unsent } => {
            with_unsent(cx, t!(cx.lang, "life.step.our_reset"), *unsent)
        }
        LifeStep::PeerReset { unsent } => {
            with_unsent(cx, t!(cx.lang, "life.step.peer_reset"), *unsent)
        }
        LifeStep::Closed { unsent } => with_unsent(cx, t!(cx.lang, "life.step.closed"), *unsent),
        LifeStep::TimeWait { ours: true } => t!(cx.lang, "life.step.time_wait_ours"),
        LifeStep::TimeWait { ours: false } => t!(cx.lang, "life.step.time_wait_theirs"),
        LifeStep::AwaitsPeerFin => t!(cx.lang, "life.step.awaits_peer_fin"),
    }
}

fn data(cx: UiContext<'_>, span: &DataSpan) -> String {
    let key = match span.inward {
        true => "life.step.data_in",
        false => "life.step.data_out",
    };
    t!(
        cx.lang,
        key,
        from = grouped(span.from),
        to = grouped(span.to),
        length = grouped(span.to.saturating_sub(span.from)),
        rows = grouped(span.rows)
    )
}

fn with_unsent(cx: UiContext<'_>, text: String, unsent: u64) -> String {
    match unsent {
        0 => text,
        unsent => t!(
            cx.lang,
            "life.step.with_unsent",
            step = text,
            bytes = grouped(unsent)
        ),
    }
}

/// Why an event is known.
pub(super) fn basis(cx: UiContext<'_>, event: &LifeEvent) -> String {
    match event.basis {
        Basis::Row(row) => t!(
            cx.lang,
            "life.basis.row",
            row = grouped(row.saturating_add(1))
        ),
        Basis::Kernel => t!(cx.lang, "life.basis.kernel"),
        Basis::Inferred => t!(cx.lang, "life.basis.inferred"),
    }
}

/// The name of a connection: its peer, and its number where it has one.
pub(super) fn title(cx: UiContext<'_>, life: &ConnectionLife) -> String {
    let far = life.far();
    let peer = cx.interfaces.show(far.peer);
    match far.connection {
        Some(id) => format!("{peer} {id}"),
        None => peer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_words(known: &LifeStep) -> String {
        step(UiContext::for_tests(), known)
    }

    #[test]
    fn data_says_its_positions_and_reads() {
        let span = DataSpan {
            inward: true,
            from: 0,
            to: 1_400,
            rows: 1,
            until: 0,
        };
        let text = in_words(&LifeStep::Data(span));
        assert_eq!(text, "◀ 0–1,400: 1,400 bytes in 1 read");
        let span = DataSpan {
            inward: false,
            rows: 2,
            ..span
        };
        let text = in_words(&LifeStep::Data(span));
        assert_eq!(text, "▶ 0–1,400: 1,400 bytes in 2 writes");
    }

    #[test]
    fn states_have_the_names_of_the_kernel() {
        assert_eq!(
            (state(1), state(6)),
            ("ESTABLISHED".into(), "TIME_WAIT".into())
        );
        assert_eq!((state(0), state(77)), ("0".into(), "77".into()));
    }

    #[test]
    fn an_end_says_what_was_left_unsent() {
        let clean = in_words(&LifeStep::PeerReset { unsent: 0 });
        let left = in_words(&LifeStep::PeerReset { unsent: 1 });
        assert_eq!(left, format!("{clean} (1 byte unsent)"));
    }
}
