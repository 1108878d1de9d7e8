//! The text of one row, truncated before it is built.

use super::ink::Ink;
use crate::payload::charset::Charset;
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::peer::Peer;
use crate::settings::tab::Display;
use crate::traffic::FieldsLine;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Automatic, Body, Destination, Notice, Record};
use crate::ui::{UiContext, grouped};
use crate::words::Lang;
use crate::{explain, t};

/// The maximum length of a row's text, in characters.
pub const CHARACTERS: usize = 512;
/// Bytes that could become that many characters.
const BYTES: usize = CHARACTERS * 3;

/// A row's words, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// How the bytes were read.
    pub badge: Option<&'static str>,
    pub spans: Vec<StyledSpan>,
    /// The whole length, where only the beginning is shown, and a destination of many.
    pub total: Option<String>,
    /// The other end of a relay: the direction and the peer.
    pub other: Option<(&'static str, Peer)>,
    /// The reads of a message, and how long its reply took.
    pub note: Option<String>,
    /// Of a request: its reply among the spans.
    pub exchange: Option<Exchange>,
}

/// A request and its reply, or the words in the place of one, in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The number of the first span of the reply, which is an arrow.
    pub reply: usize,
    /// The text of both, in two lines.
    pub text: String,
    /// Whether the spans have only the beginning of the request.
    pub is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyledSpan {
    pub text: String,
    pub ink: Ink,
    /// Whether it was searched: text is, its bytes in hexadecimal are not.
    pub searched: bool,
}

impl Content {
    /// The text of a record's row; `read` is the reading of its bytes, and the fields of its
    /// message stand for its text.
    pub fn of(
        record: &Record<'_>,
        read: &Streamed,
        shown: (Display, Option<&FieldsLine>),
        cx: UiContext<'_>,
    ) -> Self {
        let mut content = Self::of_body(record, read, shown, cx);
        if record.arrival.truncated {
            content.total = Some(cut(cx.lang, record));
        }
        // Broadcast and multicast data is marked.
        if let Some(Destination { ip, .. }) = record.arrival.destination
            && (ip.is_multicast() || cx.interfaces.is_broadcast(ip))
        {
            let total = content
                .total
                .map_or_else(String::new, |total| format!(" · {total}"));
            content.total = Some(format!("→ {ip}{total}"));
        }
        if let Some(rule) = record.origin.rule {
            let text = format!(
                " · {}",
                t!(
                    cx.lang,
                    "log.by_rule",
                    rule = printable::line(rule.as_bytes())
                )
            );
            content.spans.push(StyledSpan {
                text,
                ink: Ink::Dim,
                searched: false,
            });
        }
        content.other = other_end(record);
        content
    }

    /// The text after the spans: the other end of a relay, formatted by `show`, and the total if
    /// there is room for it.
    pub fn tail(&self, with_total: bool, show: impl FnOnce(Peer) -> String) -> Option<String> {
        let other = self.other;
        let other = other.map(|(way, peer)| format!("{way} {}", show(peer)));
        let total = self.total.clone().filter(|_| with_total);
        let parts = [other, self.note.clone(), total];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    fn of_body(
        record: &Record<'_>,
        read: &Streamed,
        (display, fields): (Display, Option<&FieldsLine>),
        cx: UiContext<'_>,
    ) -> Self {
        match record.body {
            Body::Notice(notice) => {
                let notice = for_client(notice).map_or(notice, |(_, of_target)| of_target);
                Self::dim(explain::notice(cx.lang, notice, cx.interfaces))
            }
            // One of which nothing was kept was not empty.
            Body::Received { bytes: [], .. } | Body::Sent { bytes: [], .. }
                if !record.arrival.truncated =>
            {
                Self::dim(t!(cx.lang, "log.empty_datagram"))
            }
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
                match fields.filter(|_| display != Display::Hex) {
                    Some(fields) => Self::of_fields(fields, bytes, display),
                    None => Self::of_bytes(bytes, read, display, cx),
                }
            }
        }
    }

    /// The spans as one line, for screen readers.
    pub fn line(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    fn dim(text: String) -> Self {
        Self {
            spans: vec![StyledSpan {
                text,
                ink: Ink::Dim,
                searched: true,
            }],
            ..Self::default()
        }
    }

    /// The fields of a message, behind its bytes if both are shown.
    fn of_fields(fields: &FieldsLine, bytes: &[u8], display: Display) -> Self {
        let span = |text: String, ink| StyledSpan {
            text,
            ink,
            searched: false,
        };
        let mut content = Self::default();
        if let Some(fault) = &fields.fault {
            let gap = if fields.fields.is_empty() { "" } else { "   " };
            content
                .spans
                .push(span(format!("✗ {fault}{gap}"), Ink::Danger));
        }
        content.spans.push(span(fields.fields.clone(), Ink::Plain));
        if display == Display::Both {
            let shown = bytes.get(..CHARACTERS / 6).unwrap_or(bytes);
            let bytes = format!("   {}", hex::format(shown));
            content.spans.push(span(bytes, Ink::Dim));
        }
        content
    }

    fn of_bytes(bytes: &[u8], read: &Streamed, display: Display, cx: UiContext<'_>) -> Self {
        let charset = match read.reading {
            Reading::Text(charset) if display != Display::Hex => Some(charset),
            _ => None,
        };
        let mut content = Self {
            badge: Some(charset.map_or("HEX", Charset::name)),
            ..Self::default()
        };
        let mut room = CHARACTERS;
        let mut whole = true;
        if let Some(charset) = charset {
            if display == Display::Both {
                room /= 2;
            }
            whole &= push_text(
                &mut content.spans,
                charset,
                &read.joined_head(bytes, BYTES),
                room,
            ) && bytes.len() <= BYTES;
            if whole && read.cut > 0 {
                content.spans.push(cut_end(bytes, read.cut));
            }
        }
        if charset.is_none() || display != Display::Text {
            if !content.spans.is_empty() {
                content.spans.push(StyledSpan {
                    text: "   ".into(),
                    ink: Ink::Plain,
                    searched: false,
                });
            }
            let ink = if content.spans.is_empty() {
                Ink::Plain
            } else {
                Ink::Dim
            };
            let shown = bytes.get(..room / 3).unwrap_or(bytes);
            whole &= shown.len() == bytes.len();
            content.spans.push(StyledSpan {
                text: hex::format(shown),
                ink,
                searched: false,
            });
        }
        if !whole {
            content.total = Some(t!(
                cx.lang,
                "log.total",
                bytes = grouped(bytes.len() as u64)
            ));
        }
        content
    }
}

/// The other end of a relay, behind an arrow in the direction of the record.
fn other_end(record: &Record<'_>) -> Option<(&'static str, Peer)> {
    let other = record.origin.other;
    match record.body {
        Body::Received { .. } => Some(("→", other?)),
        Body::Sent { .. } => Some(("←", other?)),
        Body::Notice(notice) => match for_client(notice) {
            Some((client, _)) => Some(("←", client)),
            None => Some(("→", other?)),
        },
    }
}

/// The client of a relay's outgoing connection, and the event on that connection.
fn for_client(notice: &Notice) -> Option<(Peer, &Notice)> {
    let Notice::Automatic(automatic) = notice else {
        return None;
    };
    match &**automatic {
        Automatic::ForClient { client, notice } => Some((*client, notice)),
        _ => None,
    }
}

/// How much there is of a record that was cut, and of how much where that is known.
pub fn cut(lang: Lang, record: &Record<'_>) -> String {
    let there = grouped(record.bytes().len() as u64);
    match record.arrival.whole {
        Some(whole) => {
            let whole = grouped(whole.into());
            t!(lang, "log.cut_of", bytes = there, whole = whole)
        }
        None => t!(lang, "log.cut", bytes = there),
    }
}

/// The bytes at the end that begin a character of the next read.
pub fn cut_end(bytes: &[u8], cut: usize) -> StyledSpan {
    let end = bytes.get(bytes.len() - cut..).unwrap_or_default();
    StyledSpan {
        text: format!(" {} →", hex::format(end)),
        ink: Ink::Dim,
        searched: false,
    }
}

/// Appends at most `room` characters; says whether that was all of it.
fn push_text(spans: &mut Vec<StyledSpan>, charset: Charset, bytes: &[u8], mut room: usize) -> bool {
    let head = charset.decode_head(bytes, BYTES);
    for piece in printable::pieces_of(head.parts) {
        if room == 0 {
            return false;
        }
        let text: String = piece.text().chars().take(room).collect();
        let count = text.chars().count();
        room -= count;
        let ink = Ink::of(&piece);
        match spans.last_mut() {
            Some(last) if last.ink == ink => last.text.push_str(&text),
            _ => spans.push(StyledSpan {
                text,
                ink,
                searched: true,
            }),
        }
        if room == 0 && piece.text().chars().count() > count {
            return false;
        }
    }
    head.is_whole
}

#[cfg(test)]
mod tests;
