//! Encodings of text.

use crate::engine::evidence::{Evidence, Sample, SessionFacts, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::printable;
use crate::payload::reading::{Reading, ReadingContext, recognise};

/// The replacement character in UTF-8, for bytes that a decoder did not understand.
const REPLACED: &[u8] = "\u{FFFD}".as_bytes();
/// Seconds without an answer after which one is missing.
const PATIENCE: f64 = 2.0;
/// The most characters of a quoted text.
const QUOTED: usize = 40;
/// The encodings that are confused on one machine or in one program.
const CONFUSED: [Charset; 4] = [
    Charset::Utf8,
    Charset::Gb18030,
    Charset::Latin1,
    Charset::Windows1252,
];

pub fn wrong_encoding(evidence: &Evidence) -> Outcome {
    let Some(session) = &evidence.session else {
        return Outcome::DoesNotApply;
    };
    let Some(ours) = our_encoding(session) else {
        return Outcome::DoesNotApply;
    };
    if let Some((misread, text)) = misread(session, ours) {
        let values = [
            ("ours", ours.name().to_owned()),
            ("peer", misread.name().to_owned()),
            ("text", text),
        ];
        let clue = Clue::new("doctor.content.mojibake", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    if let Some(sample) = replaced(session) {
        let values = [
            ("ours", ours.name().to_owned()),
            ("text", quoted(Charset::Utf8, sample)),
        ];
        let clue = Clue::new("doctor.content.replaced", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    match other_encoding(session, ours) {
        Some((charset, sample)) => {
            let values = [
                ("ours", ours.name().to_owned()),
                ("peer", charset.name().to_owned()),
                ("text", quoted(charset, sample)),
            ];
            let clue = Clue::new("doctor.content.encoding", values);
            Outcome::Is(Certainty::Likely, vec![clue])
        }
        // Text of ASCII alone is the same in all of them.
        None if session.newest_sent.iter().all(|sent| sent.bytes.is_ascii()) => {
            Outcome::DoesNotApply
        }
        None if session
            .newest_received
            .iter()
            .all(|came| came.bytes.is_ascii()) =>
        {
            Outcome::Unseen(unread(evidence, ours))
        }
        None => Outcome::IsNot,
    }
}

/// Why the encoding of the peer is not known. If every unanswered text is invalid as UTF-8, the
/// encoding is the reason to try first.
fn unread(evidence: &Evidence, ours: Charset) -> Unseen {
    let target = Target::of(evidence).filter(|target| target.is_unanswered(PATIENCE));
    let waiting = target.map_or_else(Vec::new, |target| target.sent_by_answer().1);
    let is_unread =
        |sent: &&Sample| std::str::from_utf8(&sent.bytes).is_err() && is_text(ours, sent);
    match !waiting.is_empty() && waiting.iter().all(is_unread) {
        true => Unseen::EncodingSent {
            encoding: ours.name().to_owned(),
        },
        false => Unseen::NothingBack,
    }
}

/// Whether these bytes are text that somebody may have typed.
fn is_text(charset: Charset, sample: &Sample) -> bool {
    let is_typed = |c: char| !c.is_control() || c.is_whitespace();
    text_in(charset, &sample.bytes).is_some_and(|text| text.chars().all(is_typed))
}

/// The encoding that the peer takes our text to be in, or writes its own in.
pub fn peer_encoding(evidence: &Evidence) -> Option<Charset> {
    let session = evidence.session.as_ref()?;
    let ours = our_encoding(session)?;
    let misread = misread(session, ours).map(|(charset, _)| charset);
    misread.or_else(|| other_encoding(session, ours).map(|(charset, _)| charset))
}

/// The encoding of the session, by the name that lists of encodings show.
pub(super) fn our_encoding(session: &SessionFacts) -> Option<Charset> {
    let name = &session.settings.encoding;
    let is_it = |charset: &Charset| charset.name().eq_ignore_ascii_case(name);
    Charset::ALL.into_iter().find(is_it)
}

/// Our text as the peer sends it back: read in another encoding, and written again.
fn misread(session: &SessionFacts, ours: Charset) -> Option<(Charset, String)> {
    let foreign = session.newest_sent.iter().filter_map(|sent| {
        let text = text_in(ours, &sent.bytes)?;
        (sent.is_whole() && !text.is_ascii()).then_some(&sent.bytes)
    });
    foreign.rev().find_map(|bytes| {
        let mut others = CONFUSED.into_iter().filter(|charset| *charset != ours);
        others.find_map(|other| {
            let wrong = read_as(other, bytes)?;
            let came = session.newest_received.iter().find(|came| {
                let written = ours.encode(&wrong).ok();
                let written = written.as_deref().unwrap_or(wrong.as_bytes());
                written != bytes.as_slice() && memchr::memmem::find(&came.bytes, written).is_some()
            });
            came.map(|_| {
                (
                    other,
                    printable::line(wrong.as_bytes())
                        .chars()
                        .take(QUOTED)
                        .collect(),
                )
            })
        })
    })
}

/// Bytes as a careless decoder reads them: the replacement character for what is none.
fn read_as(charset: Charset, bytes: &[u8]) -> Option<String> {
    let parts = charset.decode(bytes).into_iter();
    let text: String = parts
        .map(|part| match part {
            DecodedPart::Text(text) => text.into_owned(),
            DecodedPart::Bad(_) => "\u{FFFD}".to_owned(),
        })
        .collect();
    // One foreign character alone can be a coincidence.
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    (foreign > 1).then_some(text)
}

/// An answer with replacement characters, to a text that has none.
fn replaced(session: &SessionFacts) -> Option<&Sample> {
    let has = |sample: &&Sample| memchr::memmem::find(&sample.bytes, REPLACED).is_some();
    let foreign = session
        .newest_sent
        .iter()
        .any(|sent| !sent.bytes.is_ascii());
    if !foreign || session.newest_sent.iter().any(|sent| has(&sent)) {
        return None;
    }
    session.newest_received.iter().rev().find(has)
}

/// Text of the peer that is certainly in another encoding than ours, if ours has such text too.
fn other_encoding(session: &SessionFacts, ours: Charset) -> Option<(Charset, &Sample)> {
    // Only these are recognised by themselves.
    let is_known = matches!(ours, Charset::Utf8 | Charset::Gb18030);
    if !is_known || session.newest_sent.iter().all(|sent| sent.bytes.is_ascii()) {
        return None;
    }
    let received = session.newest_received.iter().rev();
    let mut found = received.filter_map(|came| {
        let recognised = recognise(&came.bytes, ReadingContext::default());
        match recognised.reading {
            Reading::Text(charset) if recognised.sure => Some((charset, came)),
            _ => None,
        }
    });
    let (charset, sample) = found.next()?;
    let is_alone = found.all(|(other, _)| other == charset);
    (charset != ours && is_alone).then_some((charset, sample))
}

pub fn byte_order_mark(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let has_mark = |sent: &&Sample| mark_of(&sent.bytes).is_some();
    let sent = target.sent();
    let Some(name) = sent.last().and_then(|last| mark_of(&last.bytes)) else {
        return Outcome::IsNot;
    };
    if !target.is_unanswered(PATIENCE) {
        return match target.is_unanswered(0.0) {
            true => Outcome::DoesNotApply,
            false => Outcome::IsNot,
        };
    }
    // A peer that never answers looks the same. That it answered a text without a mark, and has
    // those with one, is the difference.
    let (answered, waiting) = target.sent_by_answer();
    let answers_others = !target.received().is_empty()
        && answered.last().is_some_and(|last| !has_mark(last))
        && waiting.iter().all(has_mark);
    let encoding = name.to_owned();
    match answers_others && target.has_all() {
        true => {
            let clue = Clue::new("doctor.content.mark_sent", [("encoding", encoding)]);
            Outcome::Is(Certainty::Likely, vec![clue])
        }
        false => Outcome::Unseen(Unseen::MarkSent { encoding }),
    }
}

/// The encoding of the mark with which a text begins (Unicode §23.8).
fn mark_of(bytes: &[u8]) -> Option<&'static str> {
    let (charset, rest) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Charset::Utf8, rest),
        [0xFF, 0xFE, rest @ ..] => (Charset::Utf16Le, rest),
        [0xFE, 0xFF, rest @ ..] => (Charset::Utf16Be, rest),
        _ => return None,
    };
    let head = rest.get(..rest.len().min(64) & !1).unwrap_or(rest);
    let text = match charset {
        Charset::Utf8 => read_head(rest)?,
        _ => text_in(charset, head)?,
    };
    let is_text = |c: char| !c.is_control() || c.is_whitespace();
    let is_plain = !text.is_empty() && text.chars().all(is_text);
    // In two bytes almost everything is a character.
    let is_sure = charset == Charset::Utf8 || text.chars().any(|c| c.is_ascii_graphic());
    (is_plain && is_sure).then(|| charset.name())
}

/// The text of UTF-8 bytes, without a character that is cut at their end.
fn read_head(bytes: &[u8]) -> Option<String> {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    Some(valid.to_owned())
}

/// The text of these bytes; `None` if some of them are none.
pub(super) fn text_in(charset: Charset, bytes: &[u8]) -> Option<String> {
    let parts = charset.decode(bytes).into_iter().map(|part| match part {
        DecodedPart::Text(text) => Some(text.into_owned()),
        DecodedPart::Bad(_) => None,
    });
    parts.collect()
}

fn quoted(charset: Charset, sample: &Sample) -> String {
    let line = printable::line_in(charset, &sample.bytes);
    line.chars().take(QUOTED).collect()
}
