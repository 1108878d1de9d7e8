//! The matches of a filter within a record, for highlighting.

use super::Filter;
use super::term::FilterTest;
use std::ops::Range;

/// The most matches that are returned, of each term and in total.
const MAX: usize = 1_000;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPart<'a> {
    pub text: &'a str,
    /// Whether it is a match of a word or a regular expression.
    pub is_match: bool,
}

impl Filter {
    /// Splits `text` into matches and the text between them. Negated terms are ignored. At most a
    /// thousand matches are marked.
    pub fn marked<'a>(&self, text: &'a str) -> Vec<TextPart<'a>> {
        let mut parts = Vec::new();
        let mut add = |text: &'a str, is_match| {
            parts.extend((!text.is_empty()).then_some(TextPart { text, is_match }));
        };
        let mut at = 0;
        for place in self.places(text.as_bytes(), true) {
            // A match that begins or ends within a character marks the whole character.
            let begin = text.floor_char_boundary(place.start).max(at);
            let end = text.ceil_char_boundary(place.end).max(begin);
            add(text.get(at..begin).unwrap_or_default(), false);
            add(text.get(begin..end).unwrap_or_default(), true);
            at = end;
        }
        add(text.get(at..).unwrap_or_default(), false);
        parts
    }

    /// The byte ranges of a payload that match words in either encoding, bytes or regular
    /// expressions: sorted, without overlaps, at most a thousand.
    pub fn marked_bytes(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.places(bytes, false)
    }

    fn places(&self, bytes: &[u8], in_text: bool) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        for term in self.terms.iter().filter(|term| !term.negated) {
            let mut add = |finder: &memchr::memmem::Finder<'_>| {
                let length = finder.needle().len();
                let found = finder.find_iter(bytes).take(MAX);
                places.extend(found.map(|begin| begin..begin + length));
            };
            match &term.test {
                FilterTest::Word(word) if in_text => add(word.in_text()),
                FilterTest::Bytes(_) if in_text => {}
                FilterTest::Word(word) | FilterTest::Bytes(word) => word.finders().for_each(add),
                FilterTest::Regex(regex) => {
                    let found = regex.find_iter(bytes).take(MAX);
                    places.extend(found.map(|found| found.range()));
                }
                _ => {}
            }
        }
        places.retain(|place| !place.is_empty());
        places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(places.len().min(MAX));
        for place in places {
            match merged.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => merged.push(place),
            }
        }
        merged.truncate(MAX);
        merged
    }
}
