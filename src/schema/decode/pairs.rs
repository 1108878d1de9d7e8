//! Keys with values.

use super::cursor::Cursor;
use super::others::{Lists, Other};
use super::{Decoder, NODES, Stop, json_text, operators};
use crate::schema::plan::Repeat;
use crate::schema::text_form::PairsForm;
use crate::schema::tree::Fault;
use std::ops::Range;

/// A key and its value, without the spaces around them.
pub(in crate::schema) struct Pair {
    pub whole: Range<usize>,
    pub key: Range<usize>,
    /// Empty if there is none.
    pub value: Range<usize>,
}

impl Decoder<'_> {
    /// Reads pairs up to the end of the stream.
    pub(super) fn pairs(
        &mut self,
        node: usize,
        form: &PairsForm,
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        let bytes = self.bytes;
        let text = bytes.get(..cursor.end).unwrap_or_default();
        let mut lists = Lists::default();
        while let Some((pair, next)) = next_pair(form, text, cursor.at) {
            if self.tree.len() >= NODES {
                return self.fail(node, Fault::TooMuch);
            }
            cursor.at = next;
            self.pair(node, form, pair, &mut lists);
        }
        cursor.at = cursor.end;
        Ok(())
    }

    fn pair(&mut self, node: usize, form: &PairsForm, pair: Pair, lists: &mut Lists) {
        let (plan, bytes) = (self.plan, self.bytes);
        let key = bytes.get(pair.key.clone()).unwrap_or_default();
        let declared = match form.any_case {
            true => form.fields.get(key.to_ascii_lowercase().as_slice()),
            false => form.fields.get(key),
        };
        let field = declared.and_then(|index| Some((*index, plan.field(*index)?)));
        let mut inside = Cursor::new(pair.value.clone());
        match field {
            // A second one of the same key is none that the description knows.
            Some((index, field)) if matches!(field.repeat, Repeat::Once) => {
                let is_first = self.tree.child_of(node, index).is_none();
                if is_first {
                    // What is wrong with one pair says nothing of the others.
                    let _ = self.field(node, (index, field), &mut inside);
                    return;
                }
            }
            Some(field) => {
                if let Some(place) = self.next_in_list(lists, node, field, &pair.value) {
                    let _ = self.element(place, field, &mut inside);
                }
                return;
            }
            None => {}
        }
        let name = operators::text(form.charset, key);
        let other = Other {
            name: &name,
            key: pair.key,
            whole: pair.whole,
        };
        if let Some((place, field)) = self.other(lists, node, form.others, other) {
            let _ = self.element(place, field, &mut inside);
        }
    }
}

/// The next pair that is not empty, and where the one after it begins.
pub(in crate::schema) fn next_pair(
    form: &PairsForm,
    text: &[u8],
    mut at: usize,
) -> Option<(Pair, usize)> {
    loop {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let end = at + length(form, rest);
        let whole = trimmed(text, at..end);
        // The character that ends it is one byte.
        at = (end + 1).min(text.len());
        if !whole.is_empty() {
            return Some((split(form, text, whole), at));
        }
    }
}

/// The length of the pair at the beginning of a text.
fn length(form: &PairsForm, rest: &[u8]) -> usize {
    let end_from = |from: usize| {
        let end = rest.get(from..).and_then(|rest| find(rest, &form.between));
        end.map_or(rest.len(), |end| from + end)
    };
    let end = end_from(0);
    let pair = rest.get(..end).unwrap_or_default();
    let Some(middle) = find(pair, &form.within).filter(|_| form.quotes) else {
        return end;
    };
    let value = trimmed(rest, middle + 1..end).start;
    match rest.get(value) {
        Some(b'"') => json_text::closing_quote(rest, value + 1).map_or(end, end_from),
        _ => end,
    }
}

fn split(form: &PairsForm, text: &[u8], whole: Range<usize>) -> Pair {
    let part = text.get(whole.clone()).unwrap_or_default();
    let Some(middle) = find(part, &form.within) else {
        return Pair {
            key: whole.clone(),
            value: whole.end..whole.end,
            whole,
        };
    };
    let middle = whole.start + middle;
    let value = trimmed(text, middle + 1..whole.end);
    Pair {
        key: trimmed(text, whole.start..middle),
        value: match text.get(value.clone()) {
            Some([b'"', .., b'"']) if form.quotes => value.start + 1..value.end - 1,
            _ => value,
        },
        whole,
    }
}

/// The first of these characters.
fn find(text: &[u8], signs: &[u8]) -> Option<usize> {
    text.iter().position(|byte| signs.contains(byte))
}

/// The part without white space around it.
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let begin = range.start + part.len() - part.trim_ascii_start().len();
    begin..begin + part.trim_ascii().len()
}
