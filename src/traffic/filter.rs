//! What a person looks for, and where a chunk has it.

use super::{Chunk, Columns, Hits, Kind, Notice};
use crate::payload::charset::Charset;
use memchr::memmem::Finder;
use std::sync::Arc;

/// Lets a record through whose payload, or whose words, contain every one of its own.
#[derive(Clone)]
pub struct Filter {
    /// As it was written.
    text: String,
    words: Vec<Word>,
    /// What the log says of a notice.
    describe: Describe,
}

/// A word as bytes, in each encoding that is recognised by itself.
#[derive(Clone)]
struct Word {
    utf8: Finder<'static>,
    /// In GB18030, where that differs.
    gb18030: Option<Finder<'static>>,
}

impl Word {
    fn new(text: &str) -> Self {
        let finder = |bytes: &[u8]| Finder::new(bytes).into_owned();
        let gb18030 = Charset::Gb18030.encode(text).ok();
        Self {
            utf8: finder(text.as_bytes()),
            gb18030: gb18030
                .filter(|bytes| **bytes != *text.as_bytes())
                .map(|bytes| finder(&bytes)),
        }
    }

    fn finders(&self) -> impl Iterator<Item = &Finder<'static>> {
        std::iter::once(&self.utf8).chain(&self.gb18030)
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.finders().any(|finder| finder.find(bytes).is_some())
    }
}

/// Words a notice in the language of the face.
pub type Describe = Arc<dyn Fn(&Notice) -> String + Send + Sync>;

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl Filter {
    /// Words are separated by spaces; `"…"` is one word. Upper and lower case differ, as
    /// bytes do. `None` if there is no word.
    pub fn new(text: &str, describe: Describe) -> Option<Self> {
        let mut words = words(text);
        // The longest is the rarest, most likely: it is looked for first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        (!words.is_empty()).then(|| Self {
            text: text.to_owned(),
            words: words.iter().map(|word| Word::new(word)).collect(),
            describe,
        })
    }

    /// Whether there is a word in what was written.
    pub fn is_in(text: &str) -> bool {
        !words(text).is_empty()
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// `text` in parts, each with whether it is something looked for.
    pub fn marked<'a>(&self, text: &'a str) -> Vec<(&'a str, bool)> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((begin, end)) = self.first_in(rest) {
            let (before, found) = (rest.get(..begin), rest.get(begin..end));
            let (Some(before), Some(found)) = (before, found) else {
                break;
            };
            parts.extend((!before.is_empty()).then_some((before, false)));
            parts.push((found, true));
            rest = rest.get(end..).unwrap_or_default();
        }
        parts.extend((!rest.is_empty()).then_some((rest, false)));
        parts
    }

    /// Where the first word stands in `text`; of two in one place, the longer.
    fn first_in(&self, text: &str) -> Option<(usize, usize)> {
        let places = self.words.iter().filter_map(|word| {
            let begin = word.utf8.find(text.as_bytes())?;
            Some((begin, begin + word.utf8.needle().len()))
        });
        places.min_by_key(|(begin, end)| (*begin, std::cmp::Reverse(*end)))
    }

    /// The records of `chunk` it lets through.
    pub fn hits(&self, chunk: &Chunk) -> Hits {
        let mut hits = Hits::none(chunk.len());
        self.look_through(&chunk.columns(), &mut hits);
        if chunk.count().events() > 0 {
            self.read_notices(chunk, &mut hits);
        }
        hits
    }

    /// The records of an encoded chunk it lets through; `has_events` tells whether there
    /// are notices among them. None of a chunk that is damaged.
    pub fn hits_encoded(&self, bytes: &[u8], has_events: bool) -> Hits {
        if has_events {
            return Chunk::decode(bytes)
                .map_or_else(|_| Hits::default(), |chunk| self.hits(&chunk));
        }
        let Ok(columns) = Columns::encoded(bytes) else {
            return Hits::default();
        };
        let mut hits = Hits::none(columns.count());
        self.look_through(&columns, &mut hits);
        hits
    }

    /// Looks through all payloads at once: many times faster than one by one.
    fn look_through(&self, columns: &Columns<'_>, hits: &mut Hits) {
        if let Some((first, others)) = self.words.split_first() {
            for finder in first.finders() {
                Self::look_for(finder, others, columns, hits);
            }
        }
    }

    fn look_for(first: &Finder<'_>, others: &[Word], columns: &Columns<'_>, hits: &mut Hits) {
        let arena = columns.arena();
        let (mut at, mut from) = (0, 0);
        while let Some(found) = arena.get(from..).and_then(|rest| first.find(rest)) {
            let begin = from + found;
            at = columns.holder(at, begin);
            let bytes = columns.bytes(at);
            // What begins in one record and ends in another is in neither.
            if begin + first.needle().len() <= bytes.end
                && let Some(kind @ (Kind::Received | Kind::Sent)) = columns.kind(at)
            {
                let payload = arena.get(bytes.clone()).unwrap_or_default();
                if others.iter().all(|word| word.is_in(payload)) {
                    hits.add(at, kind);
                }
            }
            from = bytes.end.max(begin + 1);
        }
    }

    fn read_notices(&self, chunk: &Chunk, hits: &mut Hits) {
        for (at, kind) in chunk.kinds(0).enumerate() {
            if matches!(kind, Kind::Received | Kind::Sent) {
                continue;
            }
            let Some(super::Body::Notice(notice)) = chunk.get(at).map(|record| record.body) else {
                continue;
            };
            let said = (self.describe)(notice);
            if self.words.iter().all(|word| word.is_in(said.as_bytes())) {
                hits.add(at, kind);
            }
        }
    }
}

/// `a "b c"` as `a` and `b c`; a quotation that does not end goes to the end.
fn words(text: &str) -> Vec<String> {
    let quoted = text.split('"').enumerate();
    let words = quoted.flat_map(|(place, part)| {
        if place % 2 == 1 {
            vec![part.to_owned()]
        } else {
            part.split_whitespace().map(str::to_owned).collect()
        }
    });
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, ChunkBuilder};
    use proptest::prelude::*;
    use std::net::SocketAddr;

    fn filter(text: &str) -> Filter {
        Filter::new(text, Arc::new(|notice| format!("{notice:?}"))).unwrap()
    }

    fn peer() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    fn chunk(payloads: &[&[u8]]) -> Chunk {
        let mut builder = ChunkBuilder::default();
        for payload in payloads {
            builder.received(0, peer(), payload, Arrival::default());
        }
        builder.finish()
    }

    fn found(filter: &Filter, chunk: &Chunk) -> Vec<usize> {
        let hits = filter.hits(chunk);
        assert_eq!(hits, filter.hits_encoded(&chunk.encode().unwrap(), true));
        let places: Vec<usize> = (0..chunk.len()).filter(|at| hits.contains(*at)).collect();
        assert_eq!(hits.count().rows(), places.len() as u64);
        places
    }

    #[test]
    fn a_word_across_two_records_is_in_neither() {
        let chunk = chunk(&[b"tem", b"p=1 temp", b"", b"te", b"mp"]);
        assert_eq!(found(&filter("temp"), &chunk), [1]);
    }

    #[test]
    fn every_word_must_be_there_in_any_order() {
        let chunk = chunk(&[
            b"a long word",
            b"word a",
            b"long",
            "长 word long".as_bytes(),
        ]);
        assert_eq!(found(&filter("word long"), &chunk), [0, 3]);
        assert_eq!(found(&filter("\"long word\""), &chunk), [0]);
        assert_eq!(found(&filter("长"), &chunk), [3]);
    }

    #[test]
    fn a_word_is_found_in_either_encoding() {
        let gbk = |text| Charset::Gb18030.encode(text).unwrap();
        let chunk = chunk(&["温度=1".as_bytes(), &gbk("温度=2"), &gbk("湿度"), b"="]);
        assert_eq!(found(&filter("温度"), &chunk), [0, 1]);
        assert_eq!(found(&filter("= 温度 2"), &chunk), [1]);
    }

    #[test]
    fn nothing_written_is_no_filter() {
        for text in ["", "   ", "\"\""] {
            assert!(
                Filter::new(text, Arc::new(|_| String::new())).is_none(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        let filter = filter("ab b 温");
        let expected = [
            ("x", false),
            ("ab", true),
            ("b", true),
            ("温", true),
            ("度", false),
        ];
        assert_eq!(filter.marked("xabb温度"), expected);
        assert_eq!(filter.marked("none"), [("none", false)]);
    }

    #[test]
    fn a_notice_is_found_by_its_words() {
        let mut builder = ChunkBuilder::default();
        builder.notice(0, Notice::Joined { peer: peer() });
        builder.received(0, peer(), b"Joined", Arrival::default());
        builder.notice(0, Notice::PeerFinished { peer: peer() });
        assert_eq!(found(&filter("Joined"), &builder.finish()), [0, 1]);
    }

    proptest! {
        #[test]
        fn it_finds_what_looking_one_by_one_finds(payloads: Vec<Vec<u8>>, word in "[ab]{1,3}") {
            // Few letters, so that there is something to find.
            let payloads: Vec<Vec<u8>> = payloads
                .into_iter()
                .map(|payload| payload.into_iter().map(|byte| b'a' + byte % 3).collect())
                .collect();
            let slices: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
            let expected: Vec<usize> = (0..payloads.len())
                .filter(|at| String::from_utf8_lossy(&payloads[*at]).contains(&word))
                .collect();
            let chunk = chunk(&slices);
            prop_assert_eq!(found(&filter(&word), &chunk), expected.clone());
            let encoded = filter(&word).hits_encoded(&chunk.encode().unwrap(), false);
            prop_assert_eq!(encoded.count().rows(), expected.len() as u64);
        }

        #[test]
        fn damage_finds_nothing_or_something_but_never_panics(mut bytes: Vec<u8>, at: usize, flip: u8) {
            filter("a").hits_encoded(&bytes, false);
            bytes = chunk(&[b"aaa", b"ba"]).encode().unwrap();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            filter("a").hits_encoded(&bytes, false);
        }
    }
}
