//! Writes keys with values.

use super::others::NamedValue;
use super::{Lists, Text, Wish, value_of};
use crate::payload::EncodeProblem;
use crate::schema::decode::{Pair, decoded_text, json_text, next_pair};
use crate::schema::encode::values::FieldValue;
use crate::schema::encode::{Encoder, Stop};
use crate::schema::plan::{Plan, Repeat};
use crate::schema::text_form::PairsForm;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a pair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Field(usize),
    /// The element of this number of a repeated field.
    Element(usize, usize),
    /// The pair of this number among those for which no field is declared.
    Other(usize),
}

/// A pair that the text has.
struct Wished<'a> {
    target: Target,
    value: Wish<'a>,
    key: Vec<u8>,
    /// That of one for which no field is declared.
    name: String,
}

/// A pair of the text that values were taken from.
struct Origin {
    /// `None` if it is listed nowhere.
    target: Option<Target>,
    pair: Pair,
    /// Where the pair behind it begins.
    next: usize,
}

/// Where a value is written.
struct ValuePlace {
    /// The key that was written.
    key: Range<usize>,
    is_quoted: bool,
    /// Whether the value stood there before.
    is_same: bool,
}

/// What a text needs to be a value.
enum Need {
    Nothing,
    Quotes,
    /// This byte cannot be in a value.
    Without(u8),
}

impl Encoder<'_> {
    pub(super) fn pairs(&mut self, text: &Text<'_>, form: &PairsForm) -> Result<(), Stop> {
        let source = text.origin().unwrap_or_default();
        let origins = origins(text.plan, form, source);
        let wished = self.wished(text, form, &origins)?;
        let mut written = BTreeSet::new();
        let (mut at, mut lists) = (0, Lists::new());
        let begin = self.out.bytes.len();
        for origin in &origins {
            let key = source.get(origin.pair.key.clone()).unwrap_or_default();
            let wish = wished.iter().position(|wish| {
                let is_it = Some(wish.target) == origin.target;
                let is_other = matches!(wish.target, Target::Other(_));
                is_it && (!is_other || wish.name == decoded_text(form.charset, key))
            });
            let is_bare = match origin.target {
                None => true,
                // Without its condition it is a pair that is no field.
                Some(Target::Field(index)) => {
                    let field = text.plan.field(index);
                    wish.is_none() && field.is_some_and(|field| field.condition.is_some())
                }
                Some(_) => false,
            };
            let part = |range: Range<usize>| source.get(range).unwrap_or_default();
            let Pair { whole, key, value } = &origin.pair;
            if let Some((number, wish)) = wish.and_then(|at| Some((at, wished.get(at)?))) {
                let key =
                    self.out.bytes.len() + key.start - at..self.out.bytes.len() + key.end - at;
                self.out.push(part(at..value.start));
                let is_empty = matches!(&*wish.value, FieldValue::Kept(kept) if kept.is_empty());
                if origin.pair.key.end == whole.end && !is_empty {
                    self.out.push(&sign_within(form));
                }
                let place = ValuePlace {
                    key,
                    is_quoted: value.end < whole.end,
                    is_same: matches!(
                        &*wish.value,
                        FieldValue::Kept(kept) if kept == part(value.clone())
                    ),
                };
                self.pair_value(text, form, &mut lists, (wish, &place))?;
                self.out.push(part(value.end..whole.end));
                at = whole.end;
                written.insert(number);
            } else if is_bare {
                self.out.push(part(at..whole.end));
                at = whole.end;
            } else {
                // What stands between it and the one before goes with it.
                at = match self.out.bytes.len() == begin {
                    true => origin.next,
                    false => whole.end,
                };
            }
        }
        let rest = wished.iter().enumerate();
        let rest = rest.filter(|(number, _)| !written.contains(number));
        let rest: Vec<_> = rest.map(|(_, wish)| wish).collect();
        let tail = source.get(at..).unwrap_or_default();
        self.more_pairs((text, form), &mut lists, &rest, (begin, tail))
    }

    /// Writes pairs behind those that were there, of which `tail` is left.
    fn more_pairs(
        &mut self,
        (text, form): (&Text<'_>, &PairsForm),
        lists: &mut Lists,
        pairs: &[&Wished<'_>],
        (begin, tail): (usize, &[u8]),
    ) -> Result<(), Stop> {
        let (between, ends_each) = sign_between(form);
        let has_end = tail.iter().any(|byte| form.between.contains(byte));
        if has_end || pairs.is_empty() {
            self.out.push(tail);
        }
        let mut is_open = self.out.bytes.len() > begin && !has_end;
        for &wish in pairs {
            if is_open {
                self.out.push(&between);
            }
            let key = self.out.bytes.len();
            self.out.push(&wish.key);
            let place = ValuePlace {
                key: key..self.out.bytes.len(),
                is_quoted: false,
                is_same: false,
            };
            self.out.push(&sign_within(form));
            self.pair_value(text, form, lists, (wish, &place))?;
            if ends_each {
                self.out.push(&between);
            }
            is_open = !ends_each;
        }
        if !has_end && !pairs.is_empty() {
            self.out.push(tail);
        }
        Ok(())
    }

    /// The pairs that the text has.
    fn wished<'a>(
        &mut self,
        text: &Text<'a>,
        form: &PairsForm,
        origins: &[Origin],
    ) -> Result<Vec<Wished<'a>>, Stop> {
        let mut wished = Vec::new();
        for index in text.seq.clone().filter(|index| Some(*index) != form.others) {
            let (Some(field), Some(key)) = (text.plan.field(index), form.keys.get(&index)) else {
                continue;
            };
            let mut add = |target, value| {
                wished.push(Wished {
                    target,
                    value,
                    key: key.clone(),
                    name: String::new(),
                });
            };
            if matches!(field.repeat, Repeat::Once) {
                let target = Target::Field(index);
                let was_there = origins.iter().any(|of| of.target == Some(target));
                if let Some(value) = self.wish(text, index, was_there) {
                    add(target, value);
                }
                continue;
            }
            let Some(value) = text.given(index) else {
                continue;
            };
            let Some(elements) = value.elements() else {
                return self.fail_at(text.node, Some(&field.name), EncodeProblem::Kind);
            };
            for (at, element) in elements.into_iter().enumerate() {
                add(Target::Element(index, at), Cow::Owned(element));
            }
        }
        let others = self.others(text, form.others)?;
        for (at, NamedValue { name, value }) in others.into_iter().enumerate() {
            let key = match form.charset.encode(&name) {
                Ok(key) => key.into_owned(),
                Err(lacking) => {
                    return self.fail(text.node, EncodeProblem::Charset(lacking));
                }
            };
            let is_sign = |byte: &&u8| form.between.contains(byte) || form.within.contains(byte);
            if let Some(sign) = key.iter().find(is_sign) {
                return self.fail(text.node, EncodeProblem::Separator(*sign));
            }
            wished.push(Wished {
                target: Target::Other(at),
                value: Cow::Owned(value),
                key,
                name,
            });
        }
        Ok(wished)
    }

    /// Writes a value, in quotation marks if it needs them.
    fn pair_value(
        &mut self,
        text: &Text<'_>,
        form: &PairsForm,
        lists: &mut Lists,
        (wish, place): (&Wished<'_>, &ValuePlace),
    ) -> Result<(), Stop> {
        // A text in quotation marks is what is in them.
        let inner = match &*wish.value {
            FieldValue::Written(text) if form.quotes => text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"')),
            _ => None,
        };
        let value = match inner {
            Some(inner) => Cow::Owned(FieldValue::Written(inner.to_owned())),
            None => Cow::Borrowed(&*wish.value),
        };
        let mut adds_quotes = inner.is_some() && !place.is_quoted;
        let before = (self.out.bytes.len(), self.tree.len(), lists.clone());
        loop {
            if adds_quotes {
                self.out.push(b"\"");
            }
            let begin = self.out.bytes.len();
            let node = self.value_of_pair(text, form, lists, (wish, value_of(&value), place))?;
            let written = self.out.bytes.get(begin..).unwrap_or_default();
            match need(form, written, adds_quotes || place.is_quoted) {
                _ if place.is_same => break,
                Need::Nothing => break,
                Need::Without(byte) => return self.fail(node, EncodeProblem::Separator(byte)),
                Need::Quotes => {
                    adds_quotes = true;
                    self.out.bytes.truncate(before.0);
                    self.tree.truncate(before.1);
                    lists.clone_from(&before.2);
                }
            }
        }
        if adds_quotes {
            self.out.push(b"\"");
        }
        Ok(())
    }

    /// Writes a value as it is. Returns its node.
    fn value_of_pair(
        &mut self,
        text: &Text<'_>,
        form: &PairsForm,
        lists: &mut Lists,
        (wish, value, place): (&Wished<'_>, Option<&FieldValue>, &ValuePlace),
    ) -> Result<usize, Stop> {
        match wish.target {
            Target::Field(index) | Target::Element(index, _) => {
                let Some(field) = text.plan.field(index) else {
                    return Ok(text.node);
                };
                if !self.is_in_text(text, index, field) {
                    return self.fail_at(text.node, Some(&field.name), EncodeProblem::Absent);
                }
                let of = text.place(index, 0);
                if let Target::Field(_) = wish.target {
                    self.field(of, field, value)?;
                    return Ok(self.tree.child_of(text.node, index).unwrap_or(text.node));
                }
                let (list, number) = self.next_in_list(lists, text.node, index);
                let node = self.element(&of, (list, Some(number)), field, value)?;
                self.end_here(list);
                Ok(node)
            }
            Target::Other(_) => {
                let Some(list) = form.others else {
                    return Ok(text.node);
                };
                let named = self.named_place(lists, (text, list), &wish.name, place.key.clone());
                let Some(named) = named else {
                    return Ok(text.node);
                };
                let node = self.element(&named.place, (named.pair, None), named.field, value)?;
                self.end_named(&named);
                Ok(node)
            }
        }
    }
}

/// The pairs of a text, as the decoder takes them.
fn origins(plan: &Plan, form: &PairsForm, text: &[u8]) -> Vec<Origin> {
    let (mut seen, mut others) = (BTreeMap::<usize, usize>::new(), 0);
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some((pair, next)) = next_pair(form, text, at) {
        at = next;
        let key = text.get(pair.key.clone()).unwrap_or_default();
        let declared = match form.any_case {
            true => form.fields.get(key.to_ascii_lowercase().as_slice()),
            false => form.fields.get(key),
        };
        let declared = declared.and_then(|index| Some((*index, plan.field(*index)?)));
        let target = declared.and_then(|(index, field)| {
            let count = seen.entry(index).or_default();
            let before = *count;
            *count += 1;
            match (&field.repeat, before) {
                (Repeat::Once, 0) => Some(Target::Field(index)),
                // A second one of the same key is none that the description knows.
                (Repeat::Once, _) => None,
                _ => Some(Target::Element(index, before)),
            }
        });
        let target = target.or_else(|| {
            form.others?;
            others += 1;
            Some(Target::Other(others - 1))
        });
        all.push(Origin { target, pair, next });
    }
    all
}

/// What a value needs that is written so, in quotation marks or not.
fn need(form: &PairsForm, value: &[u8], is_quoted: bool) -> Need {
    if is_quoted {
        let whole = [value, b"\""].concat();
        return match json_text::closing_quote(&whole, 0) {
            Some(end) if end == value.len() => Need::Nothing,
            _ => Need::Without(b'"'),
        };
    }
    let quote = value.first().filter(|byte| form.quotes && **byte == b'"');
    let sign = value.iter().find(|byte| form.between.contains(byte));
    let space = |byte: Option<&u8>| byte.copied().filter(u8::is_ascii_whitespace);
    let space = space(value.first()).or_else(|| space(value.last()));
    match (quote, sign.copied().or(space)) {
        (Some(quote), _) => Need::Without(*quote),
        (None, Some(_)) if form.quotes => Need::Quotes,
        (None, Some(byte)) => Need::Without(byte),
        (None, None) => Need::Nothing,
    }
}

/// What stands between pairs, and whether it stands behind the last one, too: lines have an end.
fn sign_between(form: &PairsForm) -> (Vec<u8>, bool) {
    match form.between.first() {
        Some(b'\r' | b'\n') => (b"\r\n".to_vec(), true),
        Some(sign) => (vec![*sign], false),
        None => (Vec::new(), false),
    }
}

/// What stands between a key and its value. Behind a colon a space is usual.
fn sign_within(form: &PairsForm) -> Vec<u8> {
    match form.within.first() {
        Some(b':') if !form.between.contains(&b' ') => b": ".to_vec(),
        Some(sign) => vec![*sign],
        None => Vec::new(),
    }
}
