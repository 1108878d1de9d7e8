//! The totals of a session as text.

use crate::t;
use crate::traffic::Totals;
use crate::words::{Lang, grouped};

/// The totals in one line. Further lines report replies that limits withheld, messages that a full
/// send queue refused, and time in which reading waited for the output. `reported`: whether drops are reported, so that 0 means none.
pub fn words(lang: Lang, totals: &Totals, reported: bool) -> String {
    let unknown = || t!(lang, "status.unknown");
    let mut dropped = totals.known_drops(reported).map_or_else(unknown, grouped);
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
    if totals.unqueued.records > 0 {
        text.push('\n');
        text.push_str(&t!(
            lang,
            "cli.unqueued",
            count = grouped(totals.unqueued.records),
            bytes = grouped(totals.unqueued.bytes)
        ));
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
    use crate::traffic::Volume;
    use std::time::Duration;

    #[test]
    fn a_slow_output_is_reported() {
        let quick = Totals::default();
        assert_eq!(words(Lang::English, &quick, true).lines().count(), 1);
        let slow = Totals {
            dropped: 1234,
            dropped_at_least: true,
            held_back: 4_321,
            unqueued: Volume {
                records: 5,
                bytes: 6_789,
            },
            waits: 2,
            waited: Duration::from_millis(1500),
            ..quick
        };
        for lang in Lang::ALL {
            let text = words(lang, &slow, true);
            assert!(
                text.contains("≥1,234") && text.contains("1.500") && text.contains("4,321"),
                "{text}"
            );
            assert!(text.contains("6,789"), "{text}");
        }
    }

    #[test]
    fn drops_that_no_system_reports_are_not_0() {
        let none = Totals::default();
        for lang in Lang::ALL {
            let unknown = t!(lang, "status.unknown");
            assert!(!words(lang, &none, true).contains(&unknown));
            assert!(words(lang, &none, false).contains(&unknown));
            // Rows of drops in a file are facts.
            let some = Totals {
                dropped: 12_345,
                ..none
            };
            assert!(words(lang, &some, false).contains("12,345"));
        }
    }
}
