//! The totals of a session as text.

use crate::t;
use crate::traffic::Totals;
use crate::words::{Lang, grouped};

/// The totals in one line. Further lines report replies that limits withheld, and time in which
/// reading waited for the output.
pub fn words(lang: Lang, totals: &Totals) -> String {
    let mut dropped = grouped(totals.dropped);
    if totals.dropped_at_least {
        dropped.insert(0, '≥');
    }
    let mut text = t!(
        lang,
        "cli.totals",
        received = grouped(totals.received.records),
        received_bytes = grouped(totals.received.bytes),
        sent = grouped(totals.sent.records),
        sent_bytes = grouped(totals.sent.bytes),
        dropped = dropped,
        cut = grouped(totals.truncated)
    );
    if totals.held_back > 0 {
        let count = grouped(totals.held_back);
        text.push('\n');
        text.push_str(&t!(lang, "cli.held_back", count = count));
    }
    if totals.waits > 0 {
        let seconds = format!("{:.3}", totals.waited.as_secs_f64());
        text.push('\n');
        text.push_str(&t!(
            lang,
            "cli.waited",
            count = grouped(totals.waits),
            seconds = seconds
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_slow_output_is_reported() {
        let quick = Totals::default();
        assert_eq!(words(Lang::English, &quick).lines().count(), 1);
        let slow = Totals {
            dropped: 1234,
            dropped_at_least: true,
            held_back: 4_321,
            waits: 2,
            waited: Duration::from_millis(1500),
            ..quick
        };
        for lang in Lang::ALL {
            let text = words(lang, &slow);
            assert!(
                text.contains("≥1,234") && text.contains("1.500") && text.contains("4,321"),
                "{text}"
            );
        }
    }
}
