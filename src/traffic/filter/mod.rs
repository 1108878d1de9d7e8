//! The filter: search terms, and the records of a chunk that match them.
//!
//! Terms are separated by spaces, and all must match:
//!
//! | written | matches |
//! |---|---|
//! | `word` `"two words"` | payloads that contain it, in UTF-8 or GB18030, and events whose text contains it |
//! | `/regex/` `/regex/i` | the same; `\/` is a slash inside, `(?-u)` lets it match bytes that are not UTF-8 |
//! | `hex:0d0a` `hex:"0d 0a"` | payloads that contain these bytes |
//! | `from:` `to:` `peer:` | payloads received from, sent to, or either; a port or a whole address may be the local one: `127.0.0.1`, `[::1]:80`, `:8080`, `192.168.`, `1.5`, and Unix sockets: `unix:/tmp/a.sock`, `@name`, `#1`, `/a.sock`, `unix:` |
//! | `dir:rx` `dir:tx` `dir:event` | records of that kind, also `in`, `out`, `收`, `发`, `事件` |
//! | `len:20` `len:10-20` `len:>100` | payloads of this length in bytes, also `>=`, `<`, `<=` |
//! | `since:14:03` `until:14:05` | records not before, not after |
//! | `temp:>30` `kind:request` `dns.queries.name:~example` `crc:bad` | messages with such a field, where a description names it; `temp > 30` too |
//! | `-term` `!term` | records of any kind that the term does not match |
//!
//! A sign negates keys, quotations, regular expressions and words that begin with a letter;
//! `-5`, `->` and `!=` are words. `foo:bar`, whose key is unknown, and `/a/b` are words too.
//! Everything inside quotation marks is text. Keys, signs and values may be full-width.

mod address;
mod comparison;
mod field;
mod field_terms;
mod lexer;
mod marks;
mod mistake;
mod read;
mod term;
mod unknown_key;
mod word;

use crate::peer::Peer;
pub use field::FieldTest;
pub use field_terms::field_terms;
pub use marks::TextPart;
pub use mistake::{FilterMistake, FilterProblem};
pub use unknown_key::UnknownKey;

use super::{Body, Chunk, ChunkPayloads, Hits, MessageSchema, Micros, Notice, Record, RecordKind};
use lexer::{Lexer, TermContent};
use memchr::memmem::Finder;
use std::sync::Arc;
use term::{Facts, Term, TermDirection};

/// The most regular expressions in one filter: each needs memory of its own.
const REGEXES: usize = 8;

/// A parsed filter: it matches a record if every term matches.
#[derive(Clone)]
pub struct Filter {
    /// The text as it was written.
    text: String,
    /// The terms, ordered by cost, cheapest first.
    terms: Vec<Term>,
    /// The index of the term that is searched for in all payloads of a chunk at once.
    scout: Option<usize>,
    /// Whether a term needs more than the kind and the payload of a record.
    needs_record: bool,
    /// Puts a notice into the words that the log shows.
    describe: Describe,
    /// The local address of the session.
    local: Option<Peer>,
    /// A word that looks like a term whose key or field does not exist.
    unknown_key: Option<UnknownKey>,
}

/// Puts a notice into words in the language of the front end.
pub type Describe = Arc<dyn Fn(&Notice) -> String + Send + Sync>;

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl Filter {
    /// Parses a filter. Matching is case-sensitive. `time` parses the values of `since:` and
    /// `until:`, and `fields` has those that terms may name. `None` if the text has no term.
    ///
    /// # Errors
    /// The first syntax error.
    pub fn new(
        text: &str,
        describe: Describe,
        time: &dyn Fn(&str) -> Option<Micros>,
        fields: Option<&Arc<MessageSchema>>,
    ) -> Result<Option<Self>, FilterMistake> {
        let (mut terms, mut regexes) = (Vec::new(), 0);
        let raws = Lexer::new(text).collect::<Result<Vec<_>, _>>()?;
        let raws = match fields {
            Some(fields) => comparison::joined(raws, &fields.schema),
            None => raws,
        };
        let unknown_key = UnknownKey::among(&raws, fields.map(|fields| &fields.schema));
        for raw in raws {
            regexes += usize::from(matches!(raw.content, TermContent::Regex { .. }));
            if regexes > REGEXES {
                return Err(FilterMistake {
                    at: raw.at,
                    problem: FilterProblem::TooManyRegexes(REGEXES),
                });
            }
            terms.push(read::term(raw, time, fields)?);
        }
        terms.sort_by_key(Term::order);
        Ok((!terms.is_empty()).then(|| Self {
            text: text.to_owned(),
            // The terms' order puts the longest word first.
            scout: terms.iter().position(|term| term.needle().is_some()),
            needs_record: terms.iter().any(Term::needs_record),
            terms,
            describe,
            local: None,
            unknown_key,
        }))
    }

    /// Sets the local address of the session: the present one, or the last one.
    #[must_use]
    pub fn at(self, local: Option<Peer>) -> Self {
        Self { local, ..self }
    }

    /// Whether the text has a term, even an invalid one.
    pub fn is_in(text: &str) -> bool {
        Lexer::new(text).next().is_some()
    }

    /// A word that is searched as text and looks like a term whose key or field does not exist.
    pub fn unknown_key(&self) -> Option<&UnknownKey> {
        self.unknown_key.as_ref()
    }

    /// The filter's source text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The records of `chunk` that match.
    pub fn hits(&self, chunk: &Chunk) -> Hits {
        let mut hits = Hits::none(chunk.len());
        self.look_through(&chunk.payloads(), Some(chunk), &mut hits);
        if chunk.count().events() > 0 {
            self.read_notices(chunk, &mut hits);
        }
        hits
    }

    /// The records of an encoded chunk that match; `has_events` says whether it contains
    /// notices. A damaged chunk has no matches.
    pub fn hits_encoded(&self, bytes: &[u8], has_events: bool) -> Hits {
        if has_events || self.needs_record {
            return Chunk::decode(bytes)
                .map_or_else(|_| Hits::default(), |chunk| self.hits(&chunk));
        }
        let Ok(payloads) = ChunkPayloads::encoded(bytes) else {
            return Hits::default();
        };
        let mut hits = Hits::none(payloads.count());
        self.look_through(&payloads, None, &mut hits);
        hits
    }

    /// Whether a record that is in no chunk matches, where the local address is `local`.
    pub fn lets_through(&self, record: &Record<'_>, local: Option<Peer>) -> bool {
        match record.body {
            Body::Notice(notice) => self.holds_for(notice, record.kind(), record.time),
            Body::Received { .. } | Body::Sent { .. } => {
                let facts = Facts::of(record, local);
                self.terms.iter().all(|term| term.holds(&facts))
            }
        }
    }

    /// Whether a record matches whose bytes are one message, without its delimiter and unstuffed.
    pub fn lets_message_through(&self, record: &Record<'_>) -> bool {
        if matches!(record.body, Body::Notice(_)) {
            return self.lets_through(record, self.local);
        }
        let facts = Facts {
            is_message: true,
            ..Facts::of(record, self.local)
        };
        self.terms.iter().all(|term| term.holds(&facts))
    }

    /// Searches the payloads; `chunk` is the chunk of `columns`, needed if a term needs records.
    fn look_through(&self, payloads: &ChunkPayloads<'_>, chunk: Option<&Chunk>, hits: &mut Hits) {
        let scout = self.scout.and_then(|scout| self.terms.get(scout)?.needle());
        if let Some(word) = scout {
            for finder in word.finders() {
                self.look_for(finder, payloads, chunk, hits);
            }
            return;
        }
        let arena = payloads.arena();
        for at in 0..payloads.count() {
            if let Some(kind @ (RecordKind::Received | RecordKind::Sent)) = payloads.kind(at) {
                let payload = arena.get(payloads.bytes(at)).unwrap_or_default();
                if self.holds(at, kind, payload, chunk) {
                    hits.add(at, kind);
                }
            }
        }
    }

    /// Searches all payloads at once, which is many times faster than one by one.
    fn look_for(
        &self,
        scout: &Finder<'_>,
        payloads: &ChunkPayloads<'_>,
        chunk: Option<&Chunk>,
        hits: &mut Hits,
    ) {
        let arena = payloads.arena();
        let is_alone = self.terms.len() == 1;
        let (mut record, mut from) = (payloads.span(0), 0);
        while let Some(found) = arena.get(from..).and_then(|rest| scout.find(rest)) {
            let begin = from + found;
            record = payloads.holder(record, begin);
            let end = record.bytes.end;
            // A match across the end of a record belongs to neither record.
            if begin + scout.needle().len() <= end
                && let Some(kind @ (RecordKind::Received | RecordKind::Sent)) =
                    payloads.kind(record.at)
            {
                let payload = || arena.get(record.bytes.clone()).unwrap_or_default();
                if is_alone || self.holds(record.at, kind, payload(), chunk) {
                    hits.add(record.at, kind);
                }
            }
            from = end.max(begin + 1);
        }
    }

    /// Whether every term except the scout, which has matched already, matches a payload.
    fn holds(&self, at: usize, kind: RecordKind, bytes: &[u8], chunk: Option<&Chunk>) -> bool {
        let facts = if self.needs_record {
            let Some(record) = chunk.and_then(|chunk| chunk.get(at)) else {
                return false;
            };
            Facts::of(&record, self.local)
        } else {
            Facts {
                direction: TermDirection::of(kind),
                bytes,
                peer: None,
                local: None,
                time: 0,
                is_message: false,
            }
        };
        let mut others = self.terms.iter().enumerate();
        others.all(|(place, term)| Some(place) == self.scout || term.holds(&facts))
    }

    fn read_notices(&self, chunk: &Chunk, hits: &mut Hits) {
        for (at, kind) in chunk.kinds(0).enumerate() {
            if matches!(kind, RecordKind::Received | RecordKind::Sent) {
                continue;
            }
            let Some(record) = chunk.get(at) else {
                continue;
            };
            if let Body::Notice(notice) = record.body
                && self.holds_for(notice, kind, record.time)
            {
                hits.add(at, kind);
            }
        }
    }

    /// Whether a notice matches. Its words are made only if the other terms match.
    fn holds_for(&self, notice: &Notice, kind: RecordKind, time: Micros) -> bool {
        let mut facts = Facts {
            direction: TermDirection::of(kind),
            bytes: &[],
            peer: None,
            local: None,
            time,
            is_message: false,
        };
        let of_words = || self.terms.iter().filter(|term| term.needs_words());
        let mut others = self.terms.iter().filter(|term| !term.needs_words());
        if !others.all(|term| term.holds(&facts)) {
            return false;
        }
        if of_words().next().is_none() {
            return true;
        }
        let message = (self.describe)(notice);
        facts.bytes = message.as_bytes();
        of_words().all(|term| term.holds(&facts))
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
