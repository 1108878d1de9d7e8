//! The words of a row: its time since the row before, and all of it for screen readers.

use crate::t;
use crate::traffic::{Micros, Record, RecordKind};
use crate::ui::{UiContext, grouped};
use crate::words::{self, Lang};

/// The most characters of its content that a row says to screen readers.
pub const SPOKEN: usize = 200;

/// In microseconds.
const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const TWO_DAYS: u64 = 48 * HOUR;

/// A row in words, for screen readers.
#[derive(Default)]
pub struct SpokenRow {
    pub time: String,
    /// Its kind, peer and length.
    pub head: String,
    pub content: String,
    /// The text of a request and its reply, if some of that had no room in the row.
    pub cut: Option<String>,
}

impl SpokenRow {
    /// All of it.
    pub fn line(&self) -> String {
        let Self {
            time,
            head,
            content,
            cut: _,
        } = self;
        match head.is_empty() {
            true => content.clone(),
            false => format!("{time} {head}: {content}"),
        }
    }
}

/// The description of a row for screen readers: `received from 127.0.0.1:9, 14 bytes`.
pub fn spoken(record: &Record<'_>, cx: UiContext<'_>) -> String {
    let peer = record.peer().map(|peer| cx.interfaces.show(peer));
    let (kind, peer) = (record.kind(), peer.unwrap_or_default());
    let bytes = grouped(record.bytes().len() as u64);
    match kind {
        RecordKind::Received => t!(cx.lang, "log.said_received", peer = peer, bytes = bytes),
        RecordKind::Sent => t!(cx.lang, "log.said_sent", peer = peer, bytes = bytes),
        RecordKind::Notice if peer.is_empty() => t!(cx.lang, "log.said_event"),
        RecordKind::Notice => t!(cx.lang, "log.said_event_of", peer = peer),
        RecordKind::Failure => t!(cx.lang, "log.said_failure"),
    }
}

/// `+31 µs`, `+102 ms`, `+5.1 s`, `+1m59s`: the time since the row before, or from a request to its
/// reply. A dash for a negative one, which [`backwards`] explains.
pub fn gap(micros: Micros) -> String {
    match u64::try_from(micros) {
        Ok(time) => format!("+{}", lasting(time)),
        Err(_) => words::none(),
    }
}

/// Microseconds in one unit or two, in at most six characters for less than 270 years: the column
/// has room for these and the plus sign. What is shown is exact: the rest is cut off, not rounded.
fn lasting(time: u64) -> String {
    let (seconds, minutes, hours) = (time / SECOND, time / MINUTE, time / HOUR);
    match time {
        0..1_000 => format!("{time} µs"),
        1_000..SECOND => format!("{} ms", time / 1_000),
        SECOND..MINUTE => format!("{seconds}.{} s", time / 100_000 % 10),
        MINUTE..HOUR => format!("{minutes}m{}s", seconds % 60),
        HOUR..TWO_DAYS => format!("{hours}h{}m", minutes % 60),
        _ => format!("{}d", hours / 24),
    }
}

/// Why the time since the row before is negative; `None` if it is not.
pub fn backwards(lang: Lang, micros: Micros, goes_on: bool) -> Option<String> {
    let time = (micros < 0).then(|| lasting(micros.unsigned_abs()))?;
    Some(match goes_on {
        true => t!(lang, "log.gap_unfinished", time = time),
        false => t!(lang, "log.gap_backwards", time = time),
    })
}

/// Why the time from a request to its reply is negative; `None` if it is not.
pub fn reply_backwards(lang: Lang, micros: Micros) -> Option<String> {
    let time = (micros < 0).then(|| lasting(micros.unsigned_abs()))?;
    Some(t!(lang, "log.reply_backwards", time = time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_take_little_room_and_are_never_rounded_up() {
        for (micros, shown) in [
            (0, "+0 µs"),
            (31, "+31 µs"),
            (999, "+999 µs"),
            (102_999, "+102 ms"),
            (999_999, "+999 ms"),
            (5_100_000, "+5.1 s"),
            (59_999_999, "+59.9 s"),
            (60_000_000, "+1m0s"),
            (119_999_999, "+1m59s"),
            (3_599_999_999, "+59m59s"),
            (7_379_000_000, "+2h2m"),
            (172_799_999_999, "+47h59m"),
            (26_658 * 3_600_000_000, "+1110d"),
            (Micros::MAX, "+106751991d"),
        ] {
            assert_eq!(gap(micros), shown);
            assert!(
                shown.chars().count() <= 7 || micros == Micros::MAX,
                "{shown}"
            );
        }
    }

    #[test]
    fn a_negative_interval_is_a_dash_that_is_explained() {
        assert_eq!(gap(-1), words::none());
        assert_eq!(gap(Micros::MIN), words::none());
        for lang in Lang::ALL {
            assert_eq!(backwards(lang, 0, false), None);
            assert_eq!(reply_backwards(lang, 5), None);
            let unfinished = backwards(lang, -102_400, true).unwrap();
            let waited = backwards(lang, -102_400, false).unwrap();
            let reply = reply_backwards(lang, -102_400).unwrap();
            for said in [&unfinished, &waited, &reply] {
                assert!(said.contains("102 ms"), "{said}");
            }
            assert_ne!(unfinished, waited);
        }
    }
}
