//! Places for the values of a JSON text.

use super::document::{Document, JsonText, steps_of};
use super::json::is_plain;
use super::others::NamedValue;
use super::{Text, Wish};
use crate::schema::encode::values::FieldValue;
use crate::schema::encode::{Encoder, Stop};
use crate::schema::json_path::{self, JsonPath};
use crate::schema::plan::Repeat;
use crate::schema::text_form::JsonForm;
use std::collections::{BTreeMap, BTreeSet};

impl Encoder<'_> {
    /// Makes places for the fields that the text has, and takes those of others away.
    pub(super) fn place_fields<'a>(
        &mut self,
        text: &Text<'a>,
        form: &JsonForm,
        document: &mut Document,
    ) -> Result<BTreeMap<usize, Wish<'a>>, Stop> {
        let mut wishes = BTreeMap::new();
        // Values that others are in come before these; the rest is in the order of the description.
        let has_others = |key: &str| {
            let mut keys = form.keys.values();
            keys.any(|other| {
                let rest = other.strip_prefix(key);
                rest.is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let mut keys: Vec<(&String, usize)> =
            form.keys.iter().map(|(index, key)| (key, *index)).collect();
        keys.sort_by_key(|(key, _)| match has_others(key) {
            true => key.len(),
            false => usize::MAX,
        });
        for (key, index) in keys {
            let Some(field) = text.plan.field(index) else {
                continue;
            };
            let mut known = form.fields.iter().filter(|(_, of)| **of == index);
            let known = known.find_map(|(pointer, _)| {
                let steps = steps_of(pointer);
                document.get_mut(&steps).is_some().then_some(steps)
            });
            let is_new = text.origin().is_none();
            let wish = self.wish(text, index, known.is_some() && !is_new);
            let steps = match (&wish, known) {
                (Some(_), Some(steps)) => steps,
                (Some(_), None) => {
                    let steps = steps_of(key);
                    if let Err(problem) = document.insert(&steps, Document::null()) {
                        return self.fail_at(text.node, Some(&field.name), problem);
                    }
                    steps
                }
                (None, known) => {
                    // Where its condition does not hold, the value is that of no field.
                    let steps = known.filter(|_| field.condition.is_none() && !is_new);
                    if let Some(steps) = steps {
                        document.remove(&steps);
                    }
                    continue;
                }
            };
            let Some(wish) = wish else { continue };
            if let FieldValue::Kept(kept) = &*wish
                && is_plain(field)
                && (kept.starts_with(b"{") || kept.starts_with(b"["))
                && let Some(place) = document.get_mut(&steps)
                && place.text() != *kept
            {
                *place = JsonText::read(kept).value;
            }
            wishes.insert(index, wish);
        }
        Ok(wishes)
    }

    /// Makes places for what no field is declared for, and takes those of others away.
    pub(super) fn place_others(
        &mut self,
        text: &Text<'_>,
        form: &JsonForm,
        document: &mut Document,
        others: &[NamedValue],
    ) -> Result<(), Stop> {
        let Some(list) = form.others.and_then(|list| text.plan.field(list)) else {
            return Ok(());
        };
        let (mut count, mut placed) = (0, BTreeSet::new());
        if text.origin().is_some() {
            let mut seen = BTreeSet::new();
            let mut place = |path: &JsonPath, value: &mut Document, is_free: bool| {
                let field = form.fields.get(&path.pointer);
                let is_list = |field: &usize| {
                    let field = text.plan.field(*field);
                    field.is_some_and(|field| !matches!(field.repeat, Repeat::Once))
                };
                // A second one of the same name is none that the description knows.
                if field.is_some_and(|field| seen.insert(*field) || is_list(field)) {
                    return false;
                }
                let is_value = match &*value {
                    Document::Raw(_) => true,
                    value => value.is_hollow() && !path.pointer.is_empty(),
                };
                if is_free && is_value {
                    let name = path.name();
                    *value = match others.get(count) {
                        Some(other) if other.name == name => {
                            placed.insert(count);
                            Document::Other(count)
                        }
                        _ => Document::Gone,
                    };
                    count += 1;
                }
                is_free
            };
            document.walk(&mut JsonPath::default(), true, &mut place);
            document.sweep();
        }
        for (number, other) in others.iter().enumerate() {
            if placed.contains(&number) {
                continue;
            }
            let steps = json_path::steps(&other.name);
            if let Err(problem) = document.insert(&steps, Document::Other(number)) {
                let name = format!("{}[{number}]", list.name);
                return self.fail_at(text.node, Some(&name), problem);
            }
        }
        Ok(())
    }
}
