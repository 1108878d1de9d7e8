//! What a person looks for, and where a chunk has it.
//!
//! Terms are separated by spaces, and all must hold:
//!
//! | written | holds for |
//! |---|---|
//! | `word` `"two words"` | payloads that have it, in UTF-8 or GB18030, and events said so |
//! | `/regex/` `/regex/i` | the same; `\/` is a slash inside, `(?-u)` frees it from UTF-8 |
//! | `hex:0d0a` `hex:"0d 0a"` | payloads that have these bytes |
//! | `from:` `to:` `peer:` | payloads received from, sent to, or either: `127.0.0.1`, `[::1]:80`, `:8080`, `192.168.`, `1.5`, and Unix sockets: `unix:/tmp/a.sock`, `@name`, `#1`, `/a.sock`, `unix:` |
//! | `dir:rx` `dir:tx` `dir:event` | records of that kind, also `in`, `out`, `收`, `发`, `事件` |
//! | `len:20` `len:10-20` `len:>100` | payloads of so many bytes, also `>=`, `<`, `<=` |
//! | `since:14:03` `until:14:05` | records not before, not after |
//! | `-term` `!term` | what the term does not hold for, whatever its kind |
//!
//! A sign negates keys, quotations, regular expressions and words that begin with a
//! letter; `-5`, `->` and `!=` are words. So are `foo:bar`, whose key is unknown, and
//! `/a/b`. Quoted, everything is text. Keys, their signs and their values may be written
//! full-width.

mod address;
mod lexer;
mod marks;
mod mistake;
mod read;
mod term;
mod word;

use crate::peer::Peer;
pub use mistake::{FilterMistake, FilterProblem};

use super::{Body, Chunk, Columns, Hits, Micros, Notice, Record, RecordKind};
use lexer::{Lexer, Piece};
use memchr::memmem::Finder;
use std::sync::Arc;
use term::{Facts, Term, TermDirection};

/// Regular expressions in one filter: each takes memory of its own.
const REGEXES: usize = 8;

/// Lets a record through for which every term holds.
#[derive(Clone)]
pub struct Filter {
    /// As it was written.
    text: String,
    /// The cheapest first.
    terms: Vec<Term>,
    /// The place of the term that all payloads are looked through for at once.
    scout: Option<usize>,
    /// Whether a term asks for more than kinds and payloads.
    needs_record: bool,
    /// What the log says of a notice.
    describe: Describe,
    /// Our own address.
    local: Option<Peer>,
}

/// Words a notice in the language of the face.
pub type Describe = Arc<dyn Fn(&Notice) -> String + Send + Sync>;

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl Filter {
    /// `time` reads what follows `since:` and `until:`. Upper and lower case differ, as
    /// bytes do. `None` if there is no term.
    ///
    /// # Errors
    /// The first term that cannot be understood.
    pub fn new(
        text: &str,
        describe: Describe,
        time: &dyn Fn(&str) -> Option<Micros>,
    ) -> Result<Option<Self>, FilterMistake> {
        let (mut terms, mut regexes) = (Vec::new(), 0);
        for raw in Lexer::new(text) {
            let raw = raw?;
            regexes += usize::from(matches!(raw.piece, Piece::Regex { .. }));
            if regexes > REGEXES {
                return Err(FilterMistake {
                    at: raw.at,
                    problem: FilterProblem::TooManyRegexes(REGEXES),
                });
            }
            terms.push(read::term(raw, time)?);
        }
        terms.sort_by_key(Term::order);
        Ok((!terms.is_empty()).then(|| Self {
            text: text.to_owned(),
            // Of the words, the longest comes first.
            scout: terms.iter().position(|term| term.needle().is_some()),
            needs_record: terms.iter().any(Term::needs_record),
            terms,
            describe,
            local: None,
        }))
    }

    /// The same for a session that is, or was last, bound to `local`.
    #[must_use]
    pub fn at(self, local: Option<Peer>) -> Self {
        Self { local, ..self }
    }

    /// Whether there is a term in what was written, be it a mistaken one.
    pub fn is_in(text: &str) -> bool {
        Lexer::new(text).next().is_some()
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The records of `chunk` it lets through.
    pub fn hits(&self, chunk: &Chunk) -> Hits {
        let mut hits = Hits::none(chunk.len());
        self.look_through(&chunk.columns(), Some(chunk), &mut hits);
        if chunk.count().events() > 0 {
            self.read_notices(chunk, &mut hits);
        }
        hits
    }

    /// The records of an encoded chunk it lets through; `has_events` tells whether there
    /// are notices among them. None of a chunk that is damaged.
    pub fn hits_encoded(&self, bytes: &[u8], has_events: bool) -> Hits {
        if has_events || self.needs_record {
            return Chunk::decode(bytes)
                .map_or_else(|_| Hits::default(), |chunk| self.hits(&chunk));
        }
        let Ok(columns) = Columns::encoded(bytes) else {
            return Hits::default();
        };
        let mut hits = Hits::none(columns.count());
        self.look_through(&columns, None, &mut hits);
        hits
    }

    /// Whether it lets through a record that is in no chunk, where our own address is `local`.
    pub fn lets_through(&self, record: &Record<'_>, local: Option<Peer>) -> bool {
        match record.body {
            Body::Notice(notice) => self.holds_for(notice, record.kind(), record.time),
            Body::Received { .. } | Body::Sent { .. } => {
                let facts = Facts::of(record, local);
                self.terms.iter().all(|term| term.holds(&facts))
            }
        }
    }

    /// Looks through payloads; `chunk` is the one of `columns`, where a term needs it.
    fn look_through(&self, columns: &Columns<'_>, chunk: Option<&Chunk>, hits: &mut Hits) {
        let scout = self.scout.and_then(|scout| self.terms.get(scout)?.needle());
        if let Some(word) = scout {
            for finder in word.finders() {
                self.look_for(finder, columns, chunk, hits);
            }
            return;
        }
        let arena = columns.arena();
        for at in 0..columns.count() {
            if let Some(kind @ (RecordKind::Received | RecordKind::Sent)) = columns.kind(at) {
                let payload = arena.get(columns.bytes(at)).unwrap_or_default();
                if self.holds(at, kind, payload, chunk) {
                    hits.add(at, kind);
                }
            }
        }
    }

    /// Looks through all payloads at once: many times faster than one by one.
    fn look_for(
        &self,
        scout: &Finder<'_>,
        columns: &Columns<'_>,
        chunk: Option<&Chunk>,
        hits: &mut Hits,
    ) {
        let arena = columns.arena();
        let (mut at, mut from) = (0, 0);
        while let Some(found) = arena.get(from..).and_then(|rest| scout.find(rest)) {
            let begin = from + found;
            at = columns.holder(at, begin);
            let bytes = columns.bytes(at);
            // What begins in one record and ends in another is in neither.
            if begin + scout.needle().len() <= bytes.end
                && let Some(kind @ (RecordKind::Received | RecordKind::Sent)) = columns.kind(at)
            {
                let payload = arena.get(bytes.clone()).unwrap_or_default();
                if self.holds(at, kind, payload, chunk) {
                    hits.add(at, kind);
                }
            }
            from = bytes.end.max(begin + 1);
        }
    }

    /// Whether every term but the scout, which was found, holds for a payload.
    fn holds(&self, at: usize, kind: RecordKind, bytes: &[u8], chunk: Option<&Chunk>) -> bool {
        let facts = if self.needs_record {
            let Some(record) = chunk.and_then(|chunk| chunk.get(at)) else {
                return false;
            };
            Facts::of(&record, self.local)
        } else {
            Facts {
                way: TermDirection::of(kind),
                bytes,
                peer: None,
                local: None,
                time: 0,
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

    /// Its words are made only where nothing else decides.
    fn holds_for(&self, notice: &Notice, kind: RecordKind, time: Micros) -> bool {
        let mut facts = Facts {
            way: TermDirection::of(kind),
            bytes: &[],
            peer: None,
            local: None,
            time,
        };
        let of_words = || self.terms.iter().filter(|term| term.needs_words());
        let mut others = self.terms.iter().filter(|term| !term.needs_words());
        if !others.all(|term| term.holds(&facts)) {
            return false;
        }
        if of_words().next().is_none() {
            return true;
        }
        let said = (self.describe)(notice);
        facts.bytes = said.as_bytes();
        of_words().all(|term| term.holds(&facts))
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
