//! The notes in the line of a message: why it is none, the reads it came from, and the reply to
//! it.

use super::content::{Content, Exchange, StyledSpan};
use super::ink::Ink;
use super::row_fields::RowFields;
use super::row_words::{gap, reply_backwards};
use super::scene::Scene;
use crate::settings::tab::Display;
use crate::t;
use crate::traffic::framing::{FrameEnd, Framing};
use crate::traffic::messages::{Message, MessageRole};
use crate::traffic::{Micros, RecordKind, RowPosition};
use crate::ui::grouped;
use crate::words::Lang;
use egui::Context;
use std::time::Duration;

/// The most characters of a request that has a reply behind it in its line.
const REQUEST: usize = 60;
/// A request without a reply for this long counts as unanswered, in microseconds.
const OVERDUE: Micros = 1_000_000;

/// The words around the bytes of a message.
pub struct MessageNote {
    /// Why it is no message, or is no request's reply.
    remark: Option<(String, Ink)>,
    reads: Option<String>,
    reply: ReplyNote,
}

/// The state of the reply to a message.
enum ReplyNote {
    /// None belongs to it.
    None,
    /// It may still come.
    Waiting,
    /// None came, in these words.
    Unanswered(String),
    /// Its content, and how long after the request it was complete.
    Reply(Content, Micros),
}

impl MessageNote {
    /// The words of a line; `None` for a row that is shown as it is.
    pub(super) fn of(
        ctx: &Context,
        scene: &Scene<'_>,
        line: &RowPosition<'_>,
        fields: &mut RowFields,
    ) -> Option<Self> {
        let (message, lang) = (line.message.as_ref()?, scene.cx.lang);
        let query = scene.rows.messages()?.index().query();
        Some(Self {
            remark: remark(lang, message, query.framing.of(message.kind)),
            reads: reads(lang, message),
            reply: reply_note(ctx, scene, line, fields),
        })
    }

    /// Whether it is a request that no reply came to.
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(self.reply, ReplyNote::Unanswered(_))
    }

    /// Why the reply has a time before that of the request, if it has.
    pub(super) fn backwards(&self, lang: Lang) -> Option<String> {
        match &self.reply {
            ReplyNote::Reply(_, after) => reply_backwards(lang, *after),
            _ => None,
        }
    }

    /// Puts the words around the content of the message.
    pub(super) fn put_around(&self, content: &mut Content) {
        if let Some((text, ink)) = &self.remark {
            content.spans.insert(0, span(text.clone(), *ink));
        }
        let mut notes = Vec::from_iter(self.reads.clone());
        match &self.reply {
            ReplyNote::None => {}
            ReplyNote::Waiting => put_reply(content, vec![span("…".into(), Ink::Dim)]),
            ReplyNote::Unanswered(words) => {
                put_reply(content, vec![span(words.clone(), Ink::Danger)]);
            }
            ReplyNote::Reply(reply, after) => {
                put_reply(content, reply.spans.clone());
                notes.push(gap(*after));
            }
        }
        content.note = (!notes.is_empty()).then(|| notes.join(" · "));
    }
}

/// The number of reads, or of writes, that a message came in; `None` for one.
fn reads(lang: Lang, message: &Message) -> Option<String> {
    let count = grouped(u64::from(message.reads));
    (message.reads > 1).then(|| match message.kind {
        RecordKind::Sent => t!(lang, "log.writes", count = count),
        _ => t!(lang, "log.reads", count = count),
    })
}

/// Why a line is no message, or no reply to a request, in a few words before it.
fn remark(lang: Lang, message: &Message, framing: Option<&Framing>) -> Option<(String, Ink)> {
    let key = match message.end {
        // Silence may end it at any time.
        FrameEnd::Unfinished if matches!(framing, Some(Framing::IdleGap(_))) => return None,
        FrameEnd::Unfinished => return Some((t!(lang, "framing.end_unfinished"), Ink::Dim)),
        FrameEnd::TooLong => "framing.end_too_long",
        FrameEnd::TooShort => "framing.end_too_short",
        FrameEnd::Garbled => "framing.end_garbled",
        FrameEnd::Whole | FrameEnd::Delimited(_) => {
            let is_unasked = message.role == MessageRole::Unasked;
            return is_unasked.then(|| (t!(lang, "log.unasked"), Ink::Dim));
        }
    };
    Some((t!(lang, key), Ink::Danger))
}

fn reply_note(
    ctx: &Context,
    scene: &Scene<'_>,
    line: &RowPosition<'_>,
    fields: &mut RowFields,
) -> ReplyNote {
    let message = line.message.as_ref();
    let Some(MessageRole::Request(reply)) = message.map(|message| message.role) else {
        return ReplyNote::None;
    };
    if reply.is_none() {
        let waited = scene.cx.now.saturating_sub(line.record.time);
        if (0..OVERDUE).contains(&waited) {
            let left = u64::try_from(OVERDUE - waited).map(Duration::from_micros);
            ctx.request_repaint_after(left.unwrap_or_default());
            return ReplyNote::Waiting;
        }
    }
    let Some(reply) = scene.rows.reply_to(line) else {
        return ReplyNote::Unanswered(t!(scene.cx.lang, "log.unanswered"));
    };
    let joined = scene.joined(&reply);
    let reply = match &joined {
        Some(bytes) => reply.with_bytes(bytes),
        None => reply,
    };
    let described = scene.schema.as_ref();
    let fields = described.and_then(|known| fields.of_message(scene.cx.lang, known, &reply));
    let display = match scene.receive.display {
        Display::Classic => Display::Text,
        display => display,
    };
    let shown = (display, fields.as_ref());
    let content = Content::of(&reply.record, &scene.read(&reply), shown, scene.cx);
    let after = reply.record.time.saturating_sub(line.record.time);
    ReplyNote::Reply(content, after)
}

fn span(text: String, ink: Ink) -> StyledSpan {
    StyledSpan {
        text,
        ink,
        searched: false,
    }
}

/// Puts an arrow and the reply behind a request, of which a long one leaves it room.
fn put_reply(content: &mut Content, reply: Vec<StyledSpan>) {
    let words: String = reply.iter().map(|span| span.text.as_str()).collect();
    let text = format!("{}\n→  {words}", content.line());
    let is_cut = shorten(&mut content.spans, REQUEST);
    content.exchange = Some(Exchange {
        reply: content.spans.len(),
        text,
        is_cut,
    });
    content.spans.push(span("   →  ".into(), Ink::Dim));
    content.spans.extend(reply);
}

/// Leaves at most this number of characters, with an ellipsis if there were more. Returns
/// whether there were.
fn shorten(spans: &mut Vec<StyledSpan>, most: usize) -> bool {
    let mut room = most;
    for at in 0..spans.len() {
        let Some(span) = spans.get_mut(at) else {
            return false;
        };
        let end = span.text.char_indices().nth(room).map(|(end, _)| end);
        match end {
            Some(end) => {
                span.text.truncate(end);
                span.text.push('…');
                spans.truncate(at + 1);
                return true;
            }
            None => room -= span.text.chars().count(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(reply: ReplyNote) -> MessageNote {
        MessageNote {
            remark: None,
            reads: Some("3 reads".into()),
            reply,
        }
    }

    fn content(text: &str) -> Content {
        Content {
            spans: vec![span(text.into(), Ink::Plain)],
            ..Content::default()
        }
    }

    #[test]
    fn a_long_request_leaves_room_for_its_reply() {
        let mut long = content(&"温".repeat(100));
        note(ReplyNote::Reply(content("reply"), 1_500)).put_around(&mut long);
        let expected = format!("{}…   →  reply", "温".repeat(REQUEST));
        assert_eq!(long.line(), expected);
        let exchange = Exchange {
            reply: 1,
            text: format!("{}\n→  reply", "温".repeat(100)),
            is_cut: true,
        };
        assert_eq!(long.exchange, Some(exchange));
        assert_eq!(long.note.as_deref(), Some("3 reads · +1 ms"));
        let mut short = content("ask");
        note(ReplyNote::Reply(content("reply"), 0)).put_around(&mut short);
        assert_eq!(short.line(), "ask   →  reply");
        assert!(short.exchange.is_some_and(|exchange| !exchange.is_cut));
    }

    #[test]
    fn a_reply_before_its_request_has_a_dash_and_a_reason() {
        let mut asked = content("ask");
        let before = note(ReplyNote::Reply(content("reply"), -1_500));
        before.put_around(&mut asked);
        assert_eq!(asked.note.as_deref(), Some("3 reads · –"));
        let said = before.backwards(Lang::English).unwrap();
        assert!(said.contains("1 ms"), "{said}");
        let after = note(ReplyNote::Reply(content("reply"), 1_500));
        assert_eq!(after.backwards(Lang::English), None);
    }

    #[test]
    fn a_request_without_a_reply_says_so_in_the_colour_of_errors() {
        let mut asked = content("ask");
        let note = note(ReplyNote::Unanswered("unanswered".into()));
        note.put_around(&mut asked);
        assert!(note.is_unanswered());
        assert_eq!(asked.line(), "ask   →  unanswered");
        assert_eq!(asked.spans.last().map(|span| span.ink), Some(Ink::Danger));
    }

    #[test]
    fn texts_are_cut_at_characters_across_spans() {
        let of = |texts: &[&str], most| {
            let spans = texts.iter().map(|text| span((*text).into(), Ink::Plain));
            let mut spans: Vec<StyledSpan> = spans.collect();
            let is_cut = shorten(&mut spans, most);
            assert_eq!(is_cut, texts.concat().chars().count() > most);
            let texts = spans.iter().map(|span| span.text.as_str());
            texts.collect::<String>()
        };
        assert_eq!(of(&["ab", "cd", "ef"], 3), "abc…");
        assert_eq!(of(&["ab", "cd"], 4), "abcd");
        assert_eq!(of(&["ab", "cd"], 2), "ab…");
    }
}
