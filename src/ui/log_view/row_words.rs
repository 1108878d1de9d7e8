//! The words of a row: its time since the row before, and all of it for screen readers.

use crate::t;
use crate::traffic::{Micros, Record, RecordKind};
use crate::ui::{UiContext, grouped};

/// The most characters of its content that a row says to screen readers.
pub const SPOKEN: usize = 200;

/// A row in words, for screen readers.
#[derive(Default)]
pub struct SpokenRow {
    pub time: String,
    /// Its kind, peer and length.
    pub head: String,
    pub content: String,
}

impl SpokenRow {
    /// All of it.
    pub fn line(&self) -> String {
        let Self {
            time,
            head,
            content,
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

/// `+31 µs`, `+102 ms`, `+5.1 s`: the time since the row before. It is negative where that row
/// waited, and so arrived later.
pub fn gap(micros: Micros) -> String {
    let sign = if micros < 0 { '-' } else { '+' };
    match micros.unsigned_abs() {
        time @ 0..1_000 => format!("{sign}{time} µs"),
        time @ 1_000..1_000_000 => format!("{sign}{} ms", time / 1_000),
        time @ 1_000_000..60_000_000 => format!("{sign}{:.1} s", time as f64 / 1e6),
        time @ 60_000_000..3_600_000_000 => format!("{sign}{} min", time / 60_000_000),
        time @ 3_600_000_000..172_800_000_000 => format!("{sign}{} h", time / 3_600_000_000),
        time => format!("{sign}{} d", time / 86_400_000_000),
    }
}
